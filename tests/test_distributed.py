"""Scoring with Spark on one machine: what is written is what the local engine writes."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import json
import os
import sys
from dataclasses import replace

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from adclassifier import cli
from adclassifier.bundle import save
from adclassifier.distributed import Cluster, score_with_spark
from adclassifier.distributed.cluster import open_session, require_java, require_spark
from adclassifier.distributed.failures import plain_error
from adclassifier.distributed.gathering import Block, Index, in_order, rejected_rows
from adclassifier.distributed.pieces import (
    CELL,
    FILE,
    LINE,
    REJECTED,
    ROW,
    START,
    Shape,
    cells_of_lines,
    pieces_of_lines,
    pieces_of_table,
)
from adclassifier.errors import (
    AdClassifierError,
    InputError,
    InvalidTextError,
    MissingExtraError,
    OutputExistsError,
    UntrustedBundleError,
)
from adclassifier.scoring import FileOptions, ScoreOptions, score_file

# pyspark's own: sockets that it leaves to the garbage collector, names that Python deprecates.
pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning:pyspark"),
]


@pytest.fixture(scope="module")
def spark():
    """A session with two workers on this machine, which every call below finds running."""
    try:
        require_spark()
    except AdClassifierError as error:
        if os.environ.get("ADCLASSIFIER_REQUIRE_SPARK"):
            raise
        pytest.skip(str(error))
    with open_session(Cluster(master="local[2]"), 2000) as session:
        yield session


@pytest.fixture(scope="module")
def texts(sample_records):
    """A few hundred texts, some of which cannot be judged."""
    texts = [record.text for record in sample_records[:300:2]]
    texts[3], texts[5], texts[8] = None, "", " \u3000\n"
    texts[11] = "dài " * 30_000
    texts[13] = 'Kem trị nám\nxuống dòng, "ngoặc"\r\nvà\rhết'
    texts[17] = texts[16]
    return texts


@pytest.fixture(scope="module")
def posts(texts, tmp_path_factory):
    """The same posts as Parquet with types, as CSV and as JSONL with broken rows."""
    folder = tmp_path_factory.mktemp("posts")
    days = [dt.datetime(2026, 1, 1) + dt.timedelta(days=n) for n in range(len(texts))]
    ids = range(len(texts))
    table = {
        "id": pa.array(ids, pa.uint64()),
        "text": pa.array(texts, pa.large_string()),
        "posted_at": pa.array(days, pa.timestamp("ns")),
        "platform": pa.array(["facebook", "tiktok", None] * 50).dictionary_encode(),
        "stats.likes": [{"n": n} for n in ids],
        "Text": pa.array([b"\xff\x00"] * len(texts)),
        "seen": pa.array(days, pa.timestamp("ms", "Asia/Ho_Chi_Minh")),
    }
    pq.write_table(pa.table(table), folder / "posts.parquet", row_group_size=45)
    with (folder / "posts.csv").open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["mã, số", "Nội dung", "ngày đăng", "phone"])
        writer.writerows(
            [n, text, f"2026-02-{n % 35}", "0901234567"] for n, text in enumerate(texts)
        )
        stream.write('1,hai\n\n3,"không đóng\n4,còn hàng nha bạn,,\n')
    with (folder / "posts.jsonl").open("wb") as stream:
        for n, text in enumerate(texts):
            post = {"id": n, "caption": text, "price": 1.5, "date": f"{n % 35}/1/2026"}
            stream.write(json.dumps(post, ensure_ascii=False).replace("1.5", "1.50").encode())
            stream.write(b"\n\n" if n % 50 == 0 else b"\n")
        stream.write(b'{"caption": "\xff"}\n{half\n[1]\n')
    lines = (folder / "posts.jsonl").read_bytes()
    (folder / "posts.jsonl.gz").write_bytes(gzip.compress(lines))
    return folder


def read(path):
    """Give what can be compared: a table with its schema, or bytes."""
    if path.suffix == ".parquet":
        table = pq.read_table(path)
        return table.schema.metadata, table.schema, table
    return (gzip.open if path.suffix == ".gz" else open)(path, "rb").read()


def counts(summary):
    """Give the counts that do not depend on the machine."""
    return (summary.text_column, summary.date_column, summary.n_read, summary.outcomes,
            summary.rejected, summary.n_bad_dates, summary.bad_dates)  # fmt: skip


def compare(source, name, tmp_path, classifier, bundle_folder, options=None, **files):
    """Judge with both engines, and compare all that they write and say."""
    local, ours = tmp_path / "local", tmp_path / "spark"
    local.mkdir()
    ours.mkdir()
    files = FileOptions(**files)
    said = score_file(source, local / name, classifier, options, files)
    found = score_with_spark(source, ours / name, bundle_folder, options, files)
    assert read(ours / name) == read(local / name)
    side = f"{name}.rejected.jsonl"
    assert (ours / side).read_bytes() == (local / side).read_bytes()
    assert counts(found) == counts(said)
    return found


@pytest.mark.parametrize(
    ("source", "output"),
    [
        ("posts.parquet", "scored.parquet"),
        ("posts.parquet", "scored.csv"),
        ("posts.csv", "scored.csv.gz"),
        ("posts.csv", "scored.parquet"),
        ("posts.jsonl", "scored.jsonl"),
        ("posts.jsonl.gz", "scored.tsv"),
    ],
)
def test_score_with_spark_writes_what_score_file_writes(
    source, output, spark, posts, tmp_path, classifier, bundle_folder
):
    found = compare(posts / source, output, tmp_path, classifier, bundle_folder)
    assert found.outcomes["flag"] > 10
    assert found.rejected["too_long"] == 1


def test_score_with_spark_takes_the_options(spark, posts, tmp_path, classifier, bundle_folder):
    options = ScoreOptions(
        evidence=False, all_signals=True, prior=0.5, prefix="ad_", min_severity="S2"
    )
    compare(
        posts / "posts.parquet", "a.jsonl", tmp_path, classifier, bundle_folder, options,
        show_contacts=True, date_column="id", chunk_rows=7,
    )  # fmt: skip


def test_score_with_spark_names_the_files_of_a_folder(
    spark, posts, tmp_path, classifier, bundle_folder
):
    folder = tmp_path / "bài đăng [1] 50%"
    folder.mkdir()
    lines = (posts / "posts.jsonl").read_bytes().splitlines(keepends=True)
    (folder / "b.jsonl").write_bytes(b"".join(lines[100:]))
    (folder / "a.jsonl").write_bytes(b"".join(lines[:40]))
    compare(folder, "a.jsonl", tmp_path, classifier, bundle_folder)


def test_score_with_spark_keeps_the_order_of_rows_that_it_spreads(
    spark, texts, tmp_path, classifier, bundle_folder
):
    rows = [*texts[:20], *[None] * 9_000, *texts[20:40], *[None] * 9_000, *texts[40:60]]
    table = pa.table({"n": pa.array(range(len(rows))), "text": pa.array(rows, pa.string())})
    path = tmp_path / "posts.parquet"
    pq.write_table(table, path)
    compare(path, "a.parquet", tmp_path, classifier, bundle_folder)


def test_score_with_spark_refuses_another_bundle_on_the_workers(
    spark, posts, tmp_path, classifier, bundle_folder
):
    save(replace(classifier, name="other"), tmp_path / "other")
    cluster = Cluster(model_on_workers=str(tmp_path / "other"))
    with pytest.raises(UntrustedBundleError, match="content hash"):
        score_with_spark(posts / "posts.jsonl", tmp_path / "a.csv", bundle_folder, cluster=cluster)
    assert [path.name for path in tmp_path.iterdir()] == ["other"]


def test_score_with_spark_takes_the_bundle_that_the_workers_have(
    spark, posts, tmp_path, bundle_folder
):
    cluster = Cluster(model_on_workers=str(bundle_folder))
    score_with_spark(posts / "posts.jsonl", tmp_path / "a.csv", bundle_folder, cluster=cluster)
    assert (tmp_path / "a.csv").exists()


def test_score_with_spark_says_when_no_row_could_be_judged(spark, tmp_path, bundle_folder):
    path = tmp_path / "posts.csv"
    path.write_text("text,id\n,1\n,2\n", encoding="utf-8")
    with pytest.raises(InputError, match="every row was rejected"):
        score_with_spark(path, tmp_path / "a.csv", bundle_folder)
    assert not (tmp_path / "a.csv").exists()
    assert len((tmp_path / "a.csv.rejected.jsonl").read_text().splitlines()) == 2


def test_score_with_spark_keeps_an_output_that_is_there(spark, posts, tmp_path, bundle_folder):
    output = tmp_path / "a.jsonl"
    output.write_text("mine")
    with pytest.raises(OutputExistsError):
        score_with_spark(posts / "posts.jsonl", output, bundle_folder)
    assert output.read_text() == "mine"


@pytest.mark.parametrize(
    ("source", "output", "message"),
    [
        ("-", "a.csv", "standard input"),
        ("posts.xlsx", "a.csv", "does not read .xlsx"),
        ("posts.jsonl.zst", "a.csv", "compression"),
        ("_posts.jsonl", "a.csv", "passes over"),
        ("utf16.csv", "a.csv", "UTF-16"),
        ("mixed", "a.csv", "one format"),
        ("types", "a.csv", "other columns or types"),
        ("posts.jsonl", "a.xlsx", "not written"),
        ("posts.jsonl", "-", "not written"),
        ("none.jsonl", "a.csv", "no such file"),
    ],
)
def test_score_with_spark_refuses_what_spark_does_not_do(
    source, output, message, spark, posts, tmp_path, bundle_folder
):
    for name in ("posts.jsonl", "_posts.jsonl", "mixed/a.jsonl"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes((posts / "posts.jsonl").read_bytes())
    (tmp_path / "mixed" / "b.csv").write_text("caption\ncòn hàng\n", encoding="utf-8")
    (tmp_path / "utf16.csv").write_text("text\ncòn hàng\n", encoding="utf-16")
    (tmp_path / "types").mkdir()
    pq.write_table(pa.table({"text": ["a"], "n": [1]}), tmp_path / "types" / "a.parquet")
    pq.write_table(pa.table({"text": ["a"], "n": ["1"]}), tmp_path / "types" / "b.parquet")
    source = source if source == "-" else tmp_path / source
    output = output if output == "-" else tmp_path / output
    with pytest.raises(InputError, match=message):
        score_with_spark(source, output, bundle_folder)
    assert not (tmp_path / "a.csv").exists()


def test_score_with_spark_refuses_another_master_than_the_session_has(
    spark, posts, tmp_path, bundle_folder
):
    cluster = Cluster(master="spark://127.0.0.1:1")
    with pytest.raises(InputError, match=r"a session on local\[2\] is running"):
        score_with_spark(posts / "posts.csv", tmp_path / "a.csv", bundle_folder, cluster=cluster)


def test_score_command_judges_with_spark(spark, posts, tmp_path, classifier, bundle_folder, capsys):
    command = ["score", str(posts / "posts.csv"), "--model", str(bundle_folder), "--strict"]
    asked = ["--engine", "spark", "--master", "local[2]", "--spark-conf", "spark.x=1"]
    assert cli.main([*command, "--output", str(tmp_path / "ours.csv"), *asked]) == 1
    assert "2 jobs" in capsys.readouterr().err
    score_file(posts / "posts.csv", tmp_path / "local.csv", classifier)
    assert read(tmp_path / "ours.csv") == read(tmp_path / "local.csv")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("--engine flink", "--engine: unknown engine 'flink'; local or spark"),
        ("--master local", "--master: is for --engine spark"),
        ("--spark-conf spark.a=1", "--spark-conf: is for --engine spark"),
        ("--engine spark --report a.html", "--report: does not go with --engine spark"),
        ("--engine spark --show 3", "--show: does not go with --engine spark"),
        ("--engine spark --resume", "--resume: does not go with --engine spark"),
        ("--engine spark --jobs 2", "--jobs: does not go with --engine spark"),
        ("--engine spark --spark-conf memory=1", "--spark-conf: 'memory'"),
    ],
)
def test_score_command_refuses_the_other_engines_options(options, message, posts, tmp_path, capsys):
    output = tmp_path / "a.csv"
    command = ["score", str(posts / "posts.csv"), "--output", str(output), *options.split()]
    assert cli.main(command) == 2
    assert capsys.readouterr().err.startswith(f"error: {message}")
    assert not output.exists()


def test_score_with_spark_names_the_extra(monkeypatch, posts, tmp_path):
    monkeypatch.setitem(sys.modules, "pyspark.sql", None)
    with pytest.raises(MissingExtraError, match=r"adclassifier\[spark\]"):
        score_with_spark(posts / "posts.jsonl", tmp_path / "a.csv")


@pytest.mark.parametrize(
    ("version", "message"), [(None, "no Java"), ("11.0.2", "Java 11"), ("1.8.0_392", "Java 8")]
)
def test_require_java_names_the_version_it_needs(version, message, monkeypatch, tmp_path):
    if version is not None:
        java = tmp_path / "bin" / "java"
        java.parent.mkdir()
        java.write_text(f"#!/bin/sh\necho 'openjdk version \"{version}\"' >&2\n")
        java.chmod(0o755)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(InputError, match=f"{message}.*; Java 17 or newer"):
        require_java()


@pytest.mark.parametrize(
    ("message", "kind", "said"),
    [
        ("x\nadclassifier.errors.InvalidTextError: a: b; c\n\n", InvalidTextError, "a: b; c"),
        ("ModuleNotFoundError: No module named 'pyarrow'", InputError, "no 'pyarrow'"),
        ("calling o1.\n: org.apache.X: All masters are unresponsive!\n\tat", InputError, "masters"),
        ("", InputError, "no reason"),
    ],
)
def test_plain_error_finds_the_line_that_says_most(message, kind, said):
    error = plain_error(message, "spark")
    assert type(error) is kind
    assert said in str(error)


def lines_batch(lines, start):
    return pa.record_batch(
        {LINE: pa.array(lines, pa.binary()), START: pa.array([start] * len(lines), pa.int64())}
    )


def test_pieces_of_lines_counts_lines_from_the_start_of_each_part():
    shape = Shape("jsonl", ("text",), ("a.jsonl",))
    batches = [
        lines_batch([b"\xef\xbb\xbf" + b'{"text": "a"}', b""], 0),
        lines_batch([b"{half"], 0),
        lines_batch([b" ", b'{"text": "b"}'], 90),
        lines_batch([b""], 99),
    ]
    pieces = list(pieces_of_lines(batches, shape))
    found = [
        (p.key.start, list(p.block.numbers), [r.row for r in p.block.rejected], p.n_lines)
        for p in pieces
        if len(p.block.rows) or p.block.rejected or p.n_lines
    ]
    assert found == [(0, [1], [3], 0), (0, [], [], 3), (90, [2], [], 0), (90, [], [], 2),
                     (99, [], [], 1)]  # fmt: skip


def test_pieces_of_table_keeps_rows_that_the_parser_rejected():
    shape = Shape("csv", ("id", "text"), ("a.csv",))
    lines = [b"id,text", b"1,a", b"2", b'3,"b', b'c"']
    cells = list(cells_of_lines([lines_batch(lines, 0)], shape))
    assert cells[0].column(ROW).to_pylist() == [2, 3, 4]
    assert cells[0].column(FILE).to_pylist() == ["0", "0", "0"]
    assert cells[0].column(REJECTED).is_valid().to_pylist() == [False, True, False]
    assert cells[0].column(CELL.format(1)).to_pylist() == ["a", None, "b\nc"]
    (piece,) = pieces_of_table(cells, shape)
    assert piece.block.rows.texts("text") == ["a", "b\nc"]
    assert [(row.row, str(row.reason)) for row in piece.block.rejected] == [
        (3, "wrong_field_count")
    ]


class _Row:
    def __init__(self, file, start, part, n_lines):
        self.file, self.start, self.part, self.n_lines = file, start, part, n_lines
        self.counts = "{}"


def test_index_counts_the_lines_before_each_part():
    index = Index.of([_Row(0, 90, 0, 5), _Row(0, 0, 1, 3), _Row(0, 0, 0, 0), _Row(1, 0, 0, 2)])
    assert index.places == [(0, 0, 0), (0, 0, 1), (0, 90, 0), (1, 0, 0)]
    assert index.offsets == {(0, 0): 0, (0, 90): 3, (1, 0): 0}
    block = Block((0, 90, 0), '[[2, "no_text", "x"]]', b"")
    assert [row.row for row in rejected_rows(block, index, ("a", "b"))] == [5]


def test_in_order_gives_early_blocks_later(tmp_path):
    blocks = [Block((0, n, 0), f"[{n}]", bytes([n])) for n in range(5)]
    places = [block.place for block in blocks]
    early = [blocks[n] for n in (3, 1, 0, 2, 4)]
    assert list(in_order(early, places, tmp_path)) == blocks
    assert not list(tmp_path.iterdir())
