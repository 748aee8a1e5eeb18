"""Judging in several processes: the same order, bytes and errors as in one."""

from __future__ import annotations

import json
import multiprocessing
import os

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from adclassifier.errors import AdClassifierError, InputError, InvalidTextError
from adclassifier.scoring import FileOptions, ScoreOptions, score_batch, score_file, workers
from adclassifier.scoring.judging import Judge

LAWFUL = "Áo thun nam 99k, freeship toàn quốc"


@pytest.fixture
def early(monkeypatch):
    """Other processes judge from the second chunk on."""
    monkeypatch.setattr(workers, "START_ROWS", 1)


@pytest.fixture
def posts(tmp_path, flagged_text):
    """Posts, some of them equal, some broken."""
    path = tmp_path / "posts.jsonl"
    rows = [
        json.dumps({"id": i, "text": flagged_text if i % 3 else f"{LAWFUL} {i}"})
        if i % 10
        else "{broken"
        for i in range(60)
    ]
    path.write_text("\n".join(rows), encoding="utf-8")
    return path


def doubled(batch):
    """A judge for tests."""
    values = batch.column("n")
    if 13 in values.to_pylist():
        raise InvalidTextError("row 13", "unlucky", "another")
    if 99 in values.to_pylist():
        os._exit(3)
    if 77 in values.to_pylist():
        raise ZeroDivisionError
    return pa.RecordBatch.from_arrays([pc.multiply(values, 2)], names=["n"])


class Heard:
    """A memory for tests: keeps what it is told."""

    def __init__(self):
        self.told = []

    def listen(self):
        self.news = ["listening"]

    def take_news(self):
        news, self.news = self.news, []
        return news

    def learn(self, news):
        self.told += news


HEARD = Heard()


def heard():
    return HEARD


def count_told(batch):
    """A judge for tests: says how much its process was told."""
    return pa.RecordBatch.from_pydict({"n": [len(HEARD.told)] * batch.num_rows})


def judge_all(items, jobs):
    started = []
    judged = workers.judge_in_order(items, batch_of, doubled, jobs, lambda: started.append(1))
    found = [(item, None if out is None else out.column("n")[0].as_py()) for item, out in judged]
    return found, bool(started)


def batch_of(item):
    return None if item is None else pa.RecordBatch.from_pydict({"n": [item]})


@pytest.mark.parametrize("jobs", [1, 2, 5])
def test_judge_in_order_keeps_the_order(early, jobs):
    items = [1, 2, None, *range(3, 10), None]
    found, started = judge_all(items, jobs)
    assert found == [(item, None if item is None else 2 * item) for item in items]
    assert started == (jobs > 1)


def test_judge_in_order_starts_nobody_for_little():
    assert judge_all([1, 2, 3], 2)[1] is False


def test_judge_in_order_asks_for_items_when_there_is_room(early):
    asked = []

    def items():
        for number in range(12):
            asked.append(number)
            yield number

    for done, _ in workers.judge_in_order(items(), batch_of, doubled, 2, lambda: None):
        assert len(asked) <= done + 6


def test_judge_in_order_starts_processes_for_few_long_posts(monkeypatch):
    monkeypatch.setattr(workers, "START_BYTES", 8)  # one number of 64 bits
    found, started = judge_all([1, 2, 3], 2)
    assert found == [(1, 2), (2, 4), (3, 6)]
    assert started


def test_judge_in_order_tells_a_process_what_another_learnt(early):
    items = range(200)
    judged = workers.judge_in_order(items, batch_of, count_told, 2, lambda: None, heard)
    told = [out.column("n")[0].as_py() for _, out in judged]
    assert told[0] == 0  # judged before there were others
    assert {*told} == {0, 1}  # each hears once that the other listens


@pytest.mark.parametrize("jobs", [1, 2])
def test_judge_in_order_raises_what_judging_raised(early, jobs):
    with pytest.raises(InvalidTextError, match=r"^row 13: unlucky; another$"):
        judge_all([1, 13, 2], jobs)


def test_judge_in_order_shows_a_bug_of_another_process(early):
    with pytest.raises(RuntimeError, match="ZeroDivisionError"):
        judge_all([1, 77], 2)


def test_judge_in_order_says_that_a_process_ended(early):
    with pytest.raises(AdClassifierError, match=r"a process that judges ended \(code 3\)"):
        judge_all([1, 99, 2, 3], 2)


def test_judge_in_order_ends_the_processes_with_the_block(early):
    others = set(workers.multiprocessing.active_children())  # joblib keeps those of other tests
    judged = workers.judge_in_order(iter(range(9)), batch_of, doubled, 2, lambda: None)
    for _ in range(3):
        next(judged)
    running = set(workers.multiprocessing.active_children()) - others
    judged.close()
    assert len(running) == 2
    assert not running & set(workers.multiprocessing.active_children())


@pytest.mark.parametrize("ending", [".csv", ".jsonl", ".parquet", ".csv.gz", ".jsonl.zst"])
def test_score_file_writes_the_same_for_any_jobs_and_chunks(
    early, posts, tmp_path, classifier, ending
):
    contents = set()
    for jobs, chunk_rows, dedupe in ((1, 8192, True), (2, 7, True), (3, 1, False), (2, 20, False)):
        output = tmp_path / f"out-{jobs}-{chunk_rows}{ending}"
        files = FileOptions(jobs=jobs, chunk_rows=chunk_rows, dedupe=dedupe, part_rows=16)
        summary = score_file(posts, output, classifier, files=files)
        aside = output.with_name(f"{output.name}.rejected.jsonl")
        contents.add((output.read_bytes(), aside.read_bytes(), repr(summary.outcomes)))
        assert (summary.n_read, summary.jobs) == (60, jobs)
    assert len(contents) == 1


def test_score_file_leaves_nothing_where_it_is_interrupted_with_jobs(
    early, posts, tmp_path, classifier
):
    def interrupt(summary):
        if summary.n_read > 20:
            raise KeyboardInterrupt

    others = set(multiprocessing.active_children())  # those that joblib keeps for other tests
    with pytest.raises(KeyboardInterrupt):
        score_file(
            posts,
            tmp_path / "out.csv",
            classifier,
            files=FileOptions(jobs=2, chunk_rows=5),
            on_progress=interrupt,
        )
    assert os.listdir(tmp_path) == ["posts.jsonl"]
    assert others.issuperset(multiprocessing.active_children())


def test_judge_gives_what_score_batch_gives(classifier, flagged_text):
    texts = [flagged_text, LAWFUL, flagged_text, LAWFUL, "???"] * 3
    days = ["1/1/2020", "1/5/2026", None] * 5
    batch = pa.RecordBatch.from_pydict({"text": texts, "posted_at": days})
    options = ScoreOptions()
    scored = score_batch(batch, classifier, options)
    added = Judge(classifier, options, dedupe=True)(batch)
    assert added.equals(scored.select(added.schema.names))


def test_judge_judges_equal_posts_once(classifier, monkeypatch):
    seen = []

    def count(batch, *rest):
        seen.append(batch.num_rows)
        return score_batch(batch, *rest)

    monkeypatch.setattr("adclassifier.scoring.judging.score_batch", count)
    batch = pa.RecordBatch.from_pydict({"text": [LAWFUL] * 8, "posted_at": ["1/5/2026", None] * 4})
    for dedupe in (True, False):
        Judge(classifier, ScoreOptions(), dedupe)(batch)
    assert seen == [2, 8]


@pytest.mark.parametrize("files", [{"jobs": 0}, {"part_rows": 0}, {"part_rows": 1 << 17}])
def test_file_options_refuse_numbers_out_of_range(files):
    with pytest.raises(InputError):
        FileOptions(**files)
