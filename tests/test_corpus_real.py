import json
import os
import time
from pathlib import Path

import pytest

from adclassifier.corpus import assign_groups, check, hydrate, read_corpus

pytestmark = pytest.mark.real
DATA = Path(__file__).parents[1] / "data"


@pytest.fixture(scope="module")
def real():
    folder = os.environ.get("ADCLASSIFIER_DATA")
    if not folder:
        pytest.skip("ADCLASSIFIER_DATA names no folder with the public texts")
    return Path(folder)


@pytest.fixture(scope="module")
def train(real):
    return read_corpus(real / "real_posts" / "train.jsonl")


def test_hydrate_joins_every_committed_annotation(real, train):
    posts = real / "real_posts"
    records, report = hydrate(DATA / "annotations", [posts / "train.jsonl", posts / "pool.jsonl"])
    assert report.n_by_id == report.n_annotations == len(records)
    joined = {record.id: record for record in records}
    assert len(joined) > len(train)
    assert all(joined[record.id].text == record.text for record in train)
    rows = (DATA / "label_corrections.jsonl").read_text(encoding="utf-8").splitlines()
    was = {row["id"]: tuple(row["was"]["labels"]) for row in map(json.loads, rows)}
    given = {record.id: was.get(record.id, joined[record.id].labels) for record in train}
    assert all(given[record.id] == record.labels for record in train)
    assert all(part in record.text for record in records for part in record.evidence)


def test_hydrate_joins_a_public_data_set_without_our_ids(real):
    vispam = real / "benchmarks" / "vispam"
    _, report = hydrate(DATA / "annotations" / "vispam.jsonl", vispam)
    assert report.n_by_hash >= 399
    assert not report.mismatched


def test_read_corpus_loses_three_pieces_of_evidence_at_most(real, train):
    stored = read_corpus(real / "real_posts" / "train.jsonl", as_stored=True)
    pieces = [sum(len(record.evidence) for record in records) for records in (stored, train)]
    assert pieces[0] - pieces[1] <= 3


def test_read_corpus_leaves_no_story_line_in_what_it_cut(train):
    marks = ("Photos from", "'s post", " added a new photo", "updated her status")
    left = [
        record.id
        for record in train
        if record.source == "vlsp2019" and any(mark in record.text for mark in marks)
    ]
    assert len(left) < 60  # texts that are nothing else


def test_check_finds_nothing_in_the_real_part(real, train):
    dev = read_corpus(real / "real_posts" / "dev.jsonl")
    problems = check(train, held_out=dev)
    assert {problem.field for problem in problems} == {"group"}
    assert len(problems) <= 10


def test_assign_groups_is_fast_and_repeatable(train):
    texts = [record.text for record in (*read_corpus(DATA / "corpus"), *train)]
    start = time.perf_counter()
    groups = assign_groups(texts)
    assert time.perf_counter() - start < 60  # 6 s alone on two cores
    assert len(texts) * 0.9 < groups.max() < len(texts)
    assert (groups == assign_groups(texts)).all()
