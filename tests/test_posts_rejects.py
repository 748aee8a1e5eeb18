"""The side file: which rows were left out, why, and how they begin."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from adclassifier.errors import OutputExistsError
from adclassifier.posts import Reason, RejectedRow, open_posts, open_rejected


def test_rejected_writer_masks_a_number_across_the_200th_character(tmp_path: Path) -> None:
    row = RejectedRow(17, Reason.TOO_LONG, "x" * 195 + "0901234567" + "y" * 100)
    with open_rejected(
        tmp_path / "out.csv", mask=lambda text: text.replace("0901234567", "⟨phone⟩")
    ) as side:
        side.write([row])
    (line,) = (tmp_path / "out.csv.rejected.jsonl").read_text("utf-8").splitlines()
    assert json.loads(line) == {"row": 17, "reason": "too_long", "head": "x" * 195 + "⟨phon"}


def test_rejected_writer_shows_contacts_without_a_mask(tmp_path: Path) -> None:
    with open_rejected(tmp_path / "out.csv", mask=None) as side:
        side.write([RejectedRow(2, Reason.NO_TEXT, "0901234567", "a.csv")])
    record = json.loads((tmp_path / "out.csv.rejected.jsonl").read_text("utf-8"))
    assert (record["head"], record["source_file"], side.n_rows) == ("0901234567", "a.csv", 1)


def test_rejected_writer_makes_no_file_for_nothing_and_replaces_on_demand(tmp_path: Path) -> None:
    output, path = tmp_path / "out.csv", tmp_path / "out.csv.rejected.jsonl"
    open_rejected(output, mask=None).close()
    assert not path.exists()
    path.write_text("of an earlier run")
    with pytest.raises(OutputExistsError):
        open_rejected(output, mask=None)
    open_rejected(output, mask=None, overwrite=True).close()
    assert not path.exists()


@pytest.mark.parametrize(
    ("line", "head"),
    [
        pytest.param(b'{"text": 12, "id": "a"}', '{"text": 12, "id": "a"}', id="no string"),
        pytest.param(b'{"id": "a"}', '{"id": "a"}', id="no text"),
        pytest.param(b'{"text": "' + b"x" * 300 + b'"}', "x" * 200, id="too long"),
        pytest.param(b'{"text": "tr\xe1"}', '{"text": "tr\ufffd"}', id="invalid UTF-8"),
        pytest.param(b"{" + b"y" * 300, "{" + "y" * 199, id="broken"),
    ],
)
def test_rejected_rows_show_how_they_begin(tmp_path: Path, line: bytes, head: str) -> None:
    path = tmp_path / "posts.jsonl"
    path.write_bytes(b'{"text": "ok"}\n' + line)
    with open_posts(path, max_chars=250) as reader:
        (chunk,) = reader.chunks()
    assert [row.head for row in chunk.rejected] == [head]


def test_rejected_rows_name_their_file_where_there_are_several(tmp_path: Path) -> None:
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_text("id,text\n1,\n2,x\n")
    with open_posts(tmp_path) as reader:
        found = [(row.row, Path(row.source).name) for c in reader.chunks() for row in c.rejected]
    assert found == [(2, "a.csv"), (2, "b.csv")]


def test_every_row_rejected_leaves_the_side_file_only(tmp_path: Path) -> None:
    path = tmp_path / "posts.csv"
    path.write_text("id,text\n1,\n2,\n")
    with open_posts(path) as reader, open_rejected(tmp_path / "out.csv", mask=None) as side:
        for chunk in reader.chunks():
            assert len(chunk.rows) == 0
            side.write(chunk.rejected)
    assert (reader.rows_read, reader.rejected) == (2, {"no_text": 2})
    assert {file.name for file in tmp_path.iterdir()} == {"posts.csv", "out.csv.rejected.jsonl"}
