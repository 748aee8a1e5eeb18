"""Output in parts: interrupted runs go on, and only with the same input, model and options."""

from __future__ import annotations

import gzip
import json
import os
from dataclasses import replace

import pytest

from adclassifier.errors import InputError, OutputExistsError
from adclassifier.scoring import FileOptions, ScoreOptions, parts, score_file
from adclassifier.scoring.identity import InputIdentity

FILES = FileOptions(part_rows=7, chunk_rows=5)
RESUME = replace(FILES, resume=True)


@pytest.fixture
def posts(tmp_path):
    """Posts with days, some of which cannot be read, and broken rows."""
    path = tmp_path / "posts.jsonl"
    rows = [
        json.dumps({"id": i, "text": f"Áo thun {i} giá 99k", "date": "x" if i % 9 else "1/5/2026"})
        if i % 6
        else "{broken"
        for i in range(1, 61)
    ]
    path.write_text("\n".join(rows), encoding="utf-8")
    return path


class Stopped(BaseException):
    """The run was stopped."""


def stop_at(monkeypatch, n_rows):
    """Stop the next run after so many rows; what it hashes is hashed at once."""
    monkeypatch.setattr(InputIdentity, "known", property(lambda self: bool(self.wait())))

    def stop(summary):
        if sum(summary.outcomes.values()) >= n_rows:
            raise Stopped

    return stop


@pytest.fixture
def interrupt(posts, tmp_path, classifier, monkeypatch):
    """A function that runs up to some row and leaves parts."""

    def run(output, n_rows=25, files=FILES, options=None):
        with pytest.raises(Stopped):
            score_file(
                posts, output, classifier, options, files, on_progress=stop_at(monkeypatch, n_rows)
            )

    return run


@pytest.mark.parametrize("ending", [".csv", ".tsv.gz", ".jsonl", ".jsonl.zst", ".parquet"])
@pytest.mark.parametrize("n_rows", [8, 25, 50])
def test_score_file_goes_on_where_it_was_stopped(
    posts, tmp_path, classifier, interrupt, ending, n_rows
):
    whole, output = tmp_path / f"whole{ending}", tmp_path / f"out{ending}"
    expected = score_file(posts, whole, classifier, files=FILES)
    interrupt(output, n_rows)
    assert not output.exists()
    found = score_file(posts, output, classifier, files=replace(RESUME, chunk_rows=8192))
    assert output.read_bytes() == whole.read_bytes()
    aside = [path.with_name(f"{path.name}.rejected.jsonl") for path in (whole, output)]
    assert aside[0].read_bytes() == aside[1].read_bytes()
    assert 0 < found.n_resumed < 50
    assert replace(found, n_resumed=0, seconds=0) == replace(expected, seconds=0)
    assert not (tmp_path / f"out{ending}.parts").exists()


def test_score_file_writes_all_it_is_asked_for_in_parts(posts, tmp_path, classifier):
    score_file(posts, tmp_path / "parts.csv", classifier, files=FILES)
    score_file(posts, tmp_path / "one.csv", classifier)
    assert (tmp_path / "parts.csv").read_bytes() == (tmp_path / "one.csv").read_bytes()


def test_score_file_says_in_the_manifest_what_is_done(tmp_path, interrupt, classifier, posts):
    interrupt(tmp_path / "out.csv")
    folder = tmp_path / "out.csv.parts"
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    assert manifest["rows_done"] == 21
    assert manifest["bundle"] == f"{classifier.name}@{classifier.content_hash}"
    assert [part["name"] for part in manifest["parts"]] == [
        f"part-{number:06}.csv" for number in range(3)
    ]
    assert manifest["input"][0]["bytes"] == posts.stat().st_size


def test_score_file_refuses_parts_that_are_left(posts, tmp_path, classifier, interrupt):
    interrupt(tmp_path / "out.csv")
    with pytest.raises(OutputExistsError, match=r"out\.csv\.parts: holds the parts .*--resume"):
        score_file(posts, tmp_path / "out.csv", classifier)
    again = replace(FILES, overwrite=True)
    assert score_file(posts, tmp_path / "out.csv", classifier, files=again).n_resumed == 0
    assert sorted(os.listdir(tmp_path)) == ["out.csv", "out.csv.rejected.jsonl", "posts.jsonl"]


def test_score_file_refuses_to_resume_with_another_input(posts, tmp_path, classifier, interrupt):
    interrupt(tmp_path / "out.csv")
    with posts.open("r+b") as stream:
        stream.write(b'{"id": 9')
    with pytest.raises(InputError, match=r"out\.csv\.parts: sha256 of input .*posts\.jsonl is \w+"):
        score_file(posts, tmp_path / "out.csv", classifier, files=RESUME)
    with posts.open("ab") as stream:
        stream.write(b"\n")
    with pytest.raises(InputError, match=r"bytes of input .*posts\.jsonl is \d+ now; \d+, as when"):
        score_file(posts, tmp_path / "out.csv", classifier, files=RESUME)


def test_score_file_refuses_to_resume_with_another_bundle(posts, tmp_path, classifier, interrupt):
    interrupt(tmp_path / "out.csv")
    other = replace(classifier, content_hash="0" * 64)
    with pytest.raises(InputError, match=r"bundle is tiny@0{64} now; tiny@\w{64}, as when"):
        score_file(posts, tmp_path / "out.csv", other, files=RESUME)


@pytest.mark.parametrize(
    ("options", "files", "named"),
    [
        (ScoreOptions(evidence=False), RESUME, "option evidence is False now; True,"),
        (ScoreOptions(prefix="ai_"), RESUME, "option prefix is ai_ now"),
        (ScoreOptions(), replace(RESUME, part_rows=8), "option part_rows is 8 now; 7,"),
        (ScoreOptions(), replace(RESUME, show_contacts=True), "option show_contacts is True now"),
        (ScoreOptions(), replace(RESUME, text_column="date"), "option text_column is date now"),
    ],
)
def test_score_file_refuses_to_resume_with_other_options(
    posts, tmp_path, classifier, interrupt, options, files, named
):
    interrupt(tmp_path / "out.csv")
    with pytest.raises(InputError, match=named):
        score_file(posts, tmp_path / "out.csv", classifier, options, files)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda record: record.update(format=2), "format 2; format 1"),
        (lambda record: record.pop("parts"), "not a manifest of this version"),
    ],
)
def test_score_file_refuses_a_manifest_of_another_version(
    posts, tmp_path, classifier, interrupt, change, named
):
    interrupt(tmp_path / "out.csv")
    path = tmp_path / "out.csv.parts" / "manifest.json"
    record = json.loads(path.read_text("utf-8"))
    change(record)
    path.write_text(json.dumps(record), encoding="utf-8")
    with pytest.raises(InputError, match=named):
        score_file(posts, tmp_path / "out.csv", classifier, files=RESUME)


def test_score_file_refuses_to_resume_without_a_part(posts, tmp_path, classifier, interrupt):
    interrupt(tmp_path / "out.csv")
    (tmp_path / "out.csv.parts" / "part-000001.csv").unlink()
    with pytest.raises(InputError, match=r"part-000001\.csv: is missing"):
        score_file(posts, tmp_path / "out.csv", classifier, files=RESUME)


@pytest.mark.parametrize(
    ("source", "output", "named"),
    [
        ("-", "out.csv", "standard input cannot be read again"),
        ("posts.jsonl", "out.xlsx", "XLSX has no parts"),
        ("posts.jsonl", "-", "standard output has no parts"),
    ],
)
def test_score_file_refuses_to_resume_what_has_no_parts(
    posts, tmp_path, classifier, monkeypatch, source, output, named
):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=named):
        score_file(source, output, classifier, files=RESUME)


def test_score_file_refuses_to_resume_with_an_onlooker(posts, tmp_path, classifier):
    with pytest.raises(InputError, match="no --report and no --show"):
        score_file(posts, tmp_path / "out.csv", classifier, files=RESUME, on_chunk=lambda *_: None)


@pytest.mark.parametrize("left", ["nothing", "parts that no manifest names"])
def test_score_file_says_that_there_is_nothing_to_resume(posts, tmp_path, classifier, caplog, left):
    if left != "nothing":  # killed before the input's hash was known
        (tmp_path / "out.csv.parts").mkdir()
        (tmp_path / "out.csv.parts" / "part-000000.csv").write_text("id,text\n")
    assert score_file(posts, tmp_path / "out.csv", classifier, files=RESUME).n_resumed == 0
    said = [record.getMessage() for record in caplog.records]
    assert said == [
        f"--resume: no whole parts in {tmp_path}/out.csv.parts, so this run begins anew"
    ]


def test_score_file_says_nothing_where_it_goes_on(posts, tmp_path, classifier, interrupt, caplog):
    interrupt(tmp_path / "out.csv")
    score_file(posts, tmp_path / "out.csv", classifier, files=RESUME)
    assert not caplog.records


@pytest.mark.parametrize("moment", ["joined", "output", "both"])
def test_score_file_ends_a_run_that_was_killed_while_it_moved_its_files(
    posts, tmp_path, classifier, monkeypatch, moment
):
    whole, output = tmp_path / "whole.csv", tmp_path / "out.csv"
    score_file(posts, whole, classifier, files=FILES)
    monkeypatch.setattr(parts, "place_joined", lambda *_: None)
    score_file(posts, output, classifier, files=FILES)
    monkeypatch.undo()
    folder = tmp_path / "out.csv.parts"
    if moment != "joined":
        (folder / "joined").rename(output)
    if moment == "both":
        (folder / "rejected.jsonl").rename(tmp_path / "out.csv.rejected.jsonl")
    score_file(posts, output, classifier, files=RESUME)
    assert output.read_bytes() == whole.read_bytes()
    for name in ("whole", "out"):
        assert (tmp_path / f"{name}.csv.rejected.jsonl").stat().st_size > 0
    assert not folder.exists()


def test_score_file_takes_its_own_parts_for_no_input(tmp_path, classifier, monkeypatch):
    folder = tmp_path / "in"
    folder.mkdir()
    text = "".join(f"{i},Áo thun {i} 99k\n" for i in range(30))
    (folder / "a.csv").write_text(f"id,text\n{text}", encoding="utf-8")
    (folder / "b.csv.gz").write_bytes(gzip.compress(f"id,text\n{text}".encode()))
    output = folder / "out.csv"
    with pytest.raises(Stopped):
        score_file(folder, output, classifier, files=FILES, on_progress=stop_at(monkeypatch, 20))
    assert (folder / "out.csv.parts").is_dir()
    summary = score_file(folder, output, classifier, files=RESUME)
    assert (summary.n_read, summary.n_skipped_files) == (60, 0)
    assert summary.n_resumed > 0
