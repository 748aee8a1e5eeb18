"""Writers: whole files or none, types kept, strings verbatim."""

from __future__ import annotations

import csv
import datetime
import errno
import gzip
import io
import json
import os
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard

from adclassifier.errors import InputError, OutputExistsError
from adclassifier.posts import atomic as atomic_module
from adclassifier.posts import bookwriters, open_posts, open_writer

SIGNAL = {"code": "guarantee", "start": 0, "end": 7, "text": "cam kết"}
ADDED = pa.RecordBatch.from_pydict(
    {
        "violating": pa.array([True, False]),
        "p_violating": pa.array([0.25, float("nan")]),
        "labels": pa.array([["medicine", "supplement"], []]),
        "signals": pa.array([[SIGNAL], []]),
        "evidence": pa.array([None, None], pa.list_(pa.struct({"start": pa.int64()}))),
        "model": pa.array(["default@0123"] * 2).dictionary_encode(),
    }
)
ENDINGS = [".csv", ".tsv", ".jsonl", ".parquet", ".xlsx", ".csv.gz", ".jsonl.zst", ".tsv.zst"]


def source(folder: Path) -> Path:
    path = folder / "posts.csv"
    path.write_text('phone,text\n0901234567,"Kem trị nám\nib"\n=1+1,"=cmd|\'/c calc\'!A0"\n')
    return path


def copy(path: Path, output: Path, added: Any = ADDED, **options: Any) -> None:
    with open_posts(path) as reader, open_writer(output, inputs=reader.paths, **options) as writer:
        for chunk in reader.chunks():
            writer.write(added, chunk.rows)


def test_write_csv_spells_added_columns(tmp_path: Path) -> None:
    output = tmp_path / "out.csv"
    copy(source(tmp_path), output)
    rows = list(csv.DictReader(io.StringIO(output.read_text("utf-8"), newline="")))
    assert [(row["phone"], row["text"]) for row in rows] == [
        ("0901234567", "Kem trị nám\nib"),
        ("=1+1", "=cmd|'/c calc'!A0"),
    ]
    assert [row["violating"] for row in rows] == ["true", "false"]
    assert [row["p_violating"] for row in rows] == ["0.25", ""]
    assert [row["labels"] for row in rows] == ["medicine|supplement", ""]
    assert [json.loads(row["signals"]) for row in rows] == [[SIGNAL], []]
    assert [row["evidence"] for row in rows] == ["", ""]
    assert rows[0]["model"] == "default@0123"


def test_write_parquet_keeps_types(tmp_path: Path) -> None:
    day = datetime.date(2026, 5, 12)
    table = pa.table(
        {
            "id": pa.array([7, None], pa.int32()),
            "day": [day, day],
            "tags": [["a"], []],
            "text": pa.array(["một", "hai"], pa.large_string()),
        }
    )
    path, output = tmp_path / "posts.parquet", tmp_path / "out.parquet"
    pq.write_table(table, path)
    copy(path, output)
    written = pq.read_table(output)
    assert written.select(table.column_names).equals(table)
    assert written.schema.field("signals").type == ADDED.schema.field("signals").type
    assert written.column("labels").to_pylist() == [["medicine", "supplement"], []]


@pytest.mark.parametrize(
    ("name", "expected"),
    [("id", "7"), ("day", "2026-05-12"), ("tags", '["a"]'), ("ok", "true"), ("raw", "YWI=")],
)
def test_batch_spells_parquet_values(tmp_path: Path, name: str, expected: str) -> None:
    path = tmp_path / "posts.parquet"
    row = {"id": 7, "day": datetime.date(2026, 5, 12), "tags": ["a"], "ok": True, "raw": b"ab"}
    table = pa.Table.from_pylist([row | {"text": "a"}])
    pq.write_table(table, path)
    with open_posts(path) as reader:
        assert next(iter(reader)).column(name).to_pylist() == [expected]


@pytest.mark.parametrize("value", [float("inf"), float("-inf"), float("nan")])
@pytest.mark.parametrize("kind", [pa.float64(), pa.float32()])
def test_write_jsonl_has_null_for_what_json_does_not_know(
    tmp_path: Path, value: float, kind: Any
) -> None:
    posts, output = tmp_path / "posts.parquet", tmp_path / "out.jsonl"
    columns = {
        "price": pa.array([value, 0.5], kind),
        "sizes": pa.array([[1.0, value], None], pa.list_(kind)),
        "name": ["Infinity", "NaN"],
    }
    pq.write_table(pa.table({"text": ["kem", "sữa"], **columns}), posts)
    copy(posts, output)
    lines = output.read_text("utf-8").splitlines()
    rows = [json.loads(line, parse_constant=pytest.fail) for line in lines]
    assert [row["price"] for row in rows] == [None, 0.5]
    assert [row["sizes"] for row in rows] == [[1.0, None], None]
    assert [row["name"] for row in rows] == ["Infinity", "NaN"]


def test_write_parquet_gathers_chunks_into_row_groups(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bookwriters, "GROUP_ROWS", 4)
    with open_writer(tmp_path / "out.parquet") as writer:
        for _ in range(5):
            writer.write(ADDED)
    file = pq.ParquetFile(tmp_path / "out.parquet")
    assert [file.metadata.row_group(i).num_rows for i in range(3)] == [4, 4, 2]


@pytest.mark.parametrize("ending", ENDINGS)
def test_write_makes_a_file_that_open_posts_reads(tmp_path: Path, ending: str) -> None:
    output = tmp_path / f"out{ending}"
    copy(source(tmp_path), output)
    with open_posts(output) as reader:
        rows = [row for batch in reader for row in batch.to_pylist()]
    assert [(row["phone"], row["text"]) for row in rows] == [
        ("0901234567", "Kem trị nám\nib"),
        ("=1+1", "=cmd|'/c calc'!A0"),
    ]
    assert [row["violating"] for row in rows] == ["true", "false"]


def test_write_compresses(tmp_path: Path) -> None:
    for ending in ("csv", "csv.gz", "csv.zst"):
        copy(source(tmp_path), tmp_path / f"out.{ending}")
    plain = (tmp_path / "out.csv").read_bytes()
    assert gzip.decompress((tmp_path / "out.csv.gz").read_bytes()) == plain
    frame = (tmp_path / "out.csv.zst").read_bytes()
    assert zstandard.ZstdDecompressor().decompressobj().decompress(frame) == plain


@pytest.mark.parametrize("ending", ENDINGS)
def test_writer_leaves_nothing_behind_on_error(tmp_path: Path, ending: str) -> None:
    path = source(tmp_path)
    with pytest.raises(ValueError, match="1 rows to add"):
        copy(path, tmp_path / f"out{ending}", ADDED.slice(0, 1))
    path.unlink()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("ending", ENDINGS)
def test_writer_leaves_nothing_without_a_write(tmp_path: Path, ending: str) -> None:
    open_writer(tmp_path / f"out{ending}").close()
    abandoned = open_writer(tmp_path / f"out{ending}")
    abandoned.write(ADDED)
    abandoned.abort()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("ending", ENDINGS)
def test_writer_hides_the_file_until_it_is_whole(tmp_path: Path, ending: str) -> None:
    output = tmp_path / f"out{ending}"
    with open_writer(output) as writer:
        writer.write(ADDED)
        assert not output.exists()
    assert [path.name for path in tmp_path.iterdir()] == [output.name]


@pytest.mark.parametrize("ending", ENDINGS)
def test_writer_tells_a_full_disk(
    tmp_path: Path, ending: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(atomic_module.os, "fsync", refuse)
    writer = open_writer(tmp_path / f"out{ending}")
    writer.write(ADDED)
    with pytest.raises(InputError, match="No space left"):
        writer.close()
    assert list(tmp_path.iterdir()) == []


def test_open_writer_keeps_an_output_that_is_there(tmp_path: Path) -> None:
    output = tmp_path / "out.csv"
    output.write_text("old")
    with pytest.raises(OutputExistsError, match="--overwrite"):
        open_writer(output)
    assert output.read_text() == "old"
    copy(source(tmp_path), output, overwrite=True)
    assert output.read_text().startswith("phone,text")


def test_writer_keeps_an_output_that_appeared_meanwhile(tmp_path: Path) -> None:
    output = tmp_path / "out.csv"
    writer = open_writer(output)
    writer.write(ADDED)
    output.write_text("theirs")
    with pytest.raises(OutputExistsError):
        writer.close()
    assert [path.name for path in tmp_path.iterdir()] == ["out.csv"]
    assert output.read_text() == "theirs"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("posts.csv", "is the input too"),
        ("link.csv", "is the input too"),
        ("out.doc", "unknown ending"),
        ("out.txt", "unknown ending"),
        ("out", "unknown ending"),
        ("out.parquet.gz", "compressed already"),
        ("folder.csv", "is a folder"),
        ("missing/out.csv", "cannot be written"),
    ],
)
def test_open_writer_refuses(tmp_path: Path, name: str, message: str) -> None:
    path = source(tmp_path)
    (tmp_path / "folder.csv").mkdir()
    (tmp_path / "link.csv").symlink_to(path)
    before = path.read_bytes()
    with pytest.raises(InputError, match=message):
        open_writer(tmp_path / name, overwrite=True, inputs=[path])
    assert path.read_bytes() == before
    assert len(list(tmp_path.iterdir())) == 3


def test_write_refuses_other_rows_or_columns(tmp_path: Path) -> None:
    with open_posts(source(tmp_path)) as reader:
        (chunk,) = reader.chunks()
    writer = open_writer(tmp_path / "out.csv")
    with pytest.raises(ValueError, match="1 rows to add to 2 rows"):
        writer.write(ADDED.slice(0, 1), chunk.rows)
    writer.write(ADDED, chunk.rows)
    with pytest.raises(ValueError, match="columns"):
        writer.write(ADDED)
    writer.abort()


class ClosedPipe(io.BytesIO):
    def write(self, content: Any) -> int:
        raise BrokenPipeError


def test_write_leaves_a_closed_pipe_to_the_caller(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(ClosedPipe()))
    with pytest.raises(BrokenPipeError):
        open_writer("-").write(ADDED)


def test_open_writer_writes_to_stdout(monkeypatch: pytest.MonkeyPatch) -> None:
    taken = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(taken))
    with open_writer("-", stdout_format="csv") as writer:
        writer.write(ADDED.select(["violating"]))
    assert taken.getvalue() == b"violating\ntrue\nfalse\n"
