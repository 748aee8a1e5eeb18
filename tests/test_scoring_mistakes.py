"""Hits, misses and false alarms."""

from __future__ import annotations

import json

import pytest

from adclassifier.classifier import Prediction
from adclassifier.corpus import Record
from adclassifier.errors import DatasetError, InputError
from adclassifier.scoring.mistakes import compare, join_posts


@pytest.mark.parametrize(
    ("labels", "accept", "said", "kind"),
    [
        (["medicine"], [], ["medicine"], "hits"),
        (["medicine"], [], ["supplement"], "hits"),
        (["medicine"], [], [], "missed"),
        (["medicine"], ["legal"], [], "lawful"),
        ([], [], ["medicine"], "false_alarms"),
        ([], ["medicine"], ["medicine"], "hits"),
        ([], ["medicine"], ["supplement"], "false_alarms"),
        ([], [], [], "lawful"),
    ],
)
def test_compare_sorts_by_signs_or_none(labels, accept, said, kind):
    record = Record("a", "text", tuple(labels), accept=tuple(accept))
    prediction = Prediction("flag" if said else "clear", 0.5, 0.5, {}, labels=tuple(said))
    assert getattr(compare([record], [prediction]), kind) == ((record, prediction),)


def write(path, *rows):
    path.write_text("\n".join(map(json.dumps, rows)) + "\n", encoding="utf-8")
    return path


def test_join_posts_takes_the_text_from_the_posts(tmp_path):
    labels = write(
        tmp_path / "l.jsonl", {"id": "a", "labels": ["medicine"]}, {"id": "b", "labels": []}
    )
    posts = tmp_path / "posts.csv"
    posts.write_text("post_id,caption\nb,Áo thun\nz,Quần jean\n", encoding="utf-8")
    (record,) = join_posts(labels, [posts])
    assert (record.id, record.text, record.labels) == ("b", "Áo thun", ())


def test_join_posts_wants_ids(tmp_path):
    labels = write(tmp_path / "l.jsonl", {"id": "a", "labels": []})
    posts = write(tmp_path / "p.jsonl", {"text": "Áo thun"})
    with pytest.raises(InputError, match="no column of ids"):
        join_posts(labels, [posts])


def test_join_posts_names_what_is_no_label(tmp_path):
    labels = write(tmp_path / "l.jsonl", {"id": "a", "labels": "medicine"})
    with pytest.raises(DatasetError, match="labels: is str"):
        join_posts(labels, [labels])
