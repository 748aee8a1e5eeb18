"""What is read and written in bulk is what is read and written row by row."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adclassifier.posts import blocks, delimited, jsonl, linewriters, open_posts, open_writer
from adclassifier.posts.cells import cell_values, encode_json, json_values
from adclassifier.posts.joining import join_parts
from adclassifier.posts.linefeed import LineFeed
from adclassifier.posts.repetition import repetitive_columns
from adclassifier.posts.spelling import cell_column, json_column

ODD = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

PIECES = st.sampled_from(
    ["áo", "sữa ong", "😀", '"', '""', ",", ";", "\t", "\n", "\r", "\r\n", " ", "\\", "\\n",
     "\\u0061", "\\ud83d", "\\ude00", "\\ud83d\\ude00", "{", "}", "[", "]", ":", "NaN", "Infinity",
     "1e999", "1.50", "null", "true", "\x00", "\x1c", "\u2028", "\x85", "\ufeff", "text", '"text"',
     '"a": 1', '{"text": "b"}']
)  # fmt: skip
ODD_TEXT = st.lists(PIECES, max_size=12).map("".join)
ODD_BYTES = ODD_TEXT.map(str.encode) | st.binary(max_size=6)

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=True) | ODD_TEXT
VALUES = SCALARS | st.lists(SCALARS, max_size=2) | st.dictionaries(ODD_TEXT, SCALARS, max_size=2)
OBJECTS = st.dictionaries(st.sampled_from(["text", "id", "n", 'a"b']), VALUES).map(
    lambda record: {"text": "áo thun", **record}
)
JSON_LINES = st.builds(
    lambda record, ascii_: json.dumps(record, ensure_ascii=ascii_).encode(),
    OBJECTS,
    st.booleans(),
)
TWICE = st.builds(lambda v: b'{"text": "a", "text": %s}' % json.dumps(v).encode(), VALUES)


def read_all(path: Path, chunk_rows: int) -> list[Any]:
    """Everything that reading gives, and the error where it gives none."""
    try:
        with open_posts(path, chunk_rows=chunk_rows, max_chars=20, text_column="text") as reader:
            rows = [
                (chunk.rows.columns, chunk.batch.to_pydict(), list(chunk.numbers), chunk.rejected)
                for chunk in reader.chunks()
            ]
            return [rows, reader.rows_read, reader.rejected]
    except ValueError as error:
        return [str(error)]


@ODD
@given(
    lines=st.lists(JSON_LINES | TWICE | ODD_BYTES, max_size=12),
    chunk_rows=st.sampled_from([1, 3, 100]),
)
def test_open_posts_reads_jsonl_as_line_by_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lines: list[bytes], chunk_rows: int
) -> None:
    path = tmp_path / "in.jsonl"
    path.write_bytes(b"\n".join([b'{"text": "a"}', *lines]))
    found = read_all(path, chunk_rows)
    with monkeypatch.context() as patch:
        patch.setattr(jsonl, "scan_flat", lambda raw: None)
        assert found == read_all(path, chunk_rows)


@ODD
@given(
    records=st.lists(ODD_BYTES | st.just(b"1,\xc3\xa1o,x\n"), max_size=15),
    chunk_rows=st.sampled_from([1, 3, 100]),
)
def test_open_posts_reads_csv_as_record_by_record(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, records: list[bytes], chunk_rows: int
) -> None:
    path = tmp_path / "in.csv"
    path.write_bytes(b"id,text,note\n" + b"".join(records))
    found = read_all(path, chunk_rows)
    with monkeypatch.context() as patch:
        patch.setattr(delimited.DelimitedTable, "_parse_some", lambda *_: 0)
        assert found == read_all(path, chunk_rows)


@ODD
@given(
    text=ODD_TEXT,
    newline=st.sampled_from(["", "\n"]),
    read_bytes=st.integers(1, 9),
    line_chars=st.integers(3, 40),
    encoding=st.sampled_from(["utf-8-sig", "utf-16"]),
)
def test_line_feed_gives_the_lines_of_the_stream(
    monkeypatch: pytest.MonkeyPatch,
    text: str,
    newline: str,
    read_bytes: int,
    line_chars: int,
    encoding: str,
) -> None:
    monkeypatch.setattr("adclassifier.posts.linefeed._READ_BYTES", read_bytes)
    monkeypatch.setattr(blocks, "LINE_CHARS", line_chars)
    data = text.encode(encoding)
    stream = io.TextIOWrapper(io.BytesIO(data), encoding, newline=newline)
    plain = io.TextIOWrapper(io.BytesIO(data), encoding, newline=newline)
    lines = list(LineFeed(stream, newline))
    assert "".join(lines) == plain.read()
    if max(map(len, lines), default=0) < line_chars:
        plain.seek(0)
        assert lines == plain.readlines()


RECORDS = pa.list_(pa.struct([("code", pa.string()), ("start", pa.int32())]))
CODES = pa.list_(pa.string())
FLOATS = st.floats(allow_infinity=False) | st.floats(0, 1) | st.just(1e-4)
COLUMNS = st.one_of(
    st.lists(st.none() | values, min_size=1).map(lambda some, kind=kind: pa.array(some, kind))
    for kind, values in (
        (pa.string(), ODD_TEXT),
        (pa.bool_(), st.booleans()),
        (pa.int32(), st.integers(-9, 9)),
        (pa.float64(), FLOATS),
        (CODES, st.lists(st.none() | ODD_TEXT, max_size=3)),
        (RECORDS, st.lists(st.builds(lambda text: {"code": text, "start": 1}, ODD_TEXT))),
    )
)


@ODD
@given(column=COLUMNS, start=st.integers(0, 3))
def test_json_column_spells_as_value_by_value(column: Any, start: int) -> None:
    column = column.slice(start)
    assert json_column(column).to_pylist() == [encode_json(v) for v in json_values(column)]


@ODD
@given(column=COLUMNS, start=st.integers(0, 3))
def test_cell_column_spells_as_value_by_value(column: Any, start: int) -> None:
    column = column.slice(start)
    cells = ["" if cell is None else str(cell) for cell in cell_values(column)]
    assert cell_column(column).to_pylist() == cells


@ODD
@given(
    texts=st.lists(st.tuples(ODD_TEXT, ODD_TEXT, st.floats(0, 1)), min_size=1),
    ending=st.sampled_from(["csv", "tsv"]),
)
def test_write_csv_writes_as_cell_by_cell(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    texts: list[tuple[str, str, float]],
    ending: str,
) -> None:
    columns = list(zip(*texts, strict=True))
    batch = pa.RecordBatch.from_arrays(list(map(pa.array, columns)), names=["a", 'b"', "p"])
    written = []
    for name in ("joined", "spelt"):
        path = tmp_path / f"{name}.{ending}"
        with open_writer(path, overwrite=True) as writer:
            writer.write(batch)
        written.append(path.read_bytes())
        monkeypatch.setattr(linewriters.DelimitedWriter, "_joined", lambda *_: None)
    monkeypatch.undo()
    assert written[0] == written[1]


def test_write_json_gives_null_for_a_number_that_is_none(tmp_path: Path) -> None:
    path = tmp_path / "in.parquet"
    pq.write_table(pa.table({"text": ["a"], "likes": [float("nan")]}), path)
    with open_posts(path) as reader, open_writer(tmp_path / "out.jsonl") as writer:
        for chunk in reader.chunks():
            writer.write(pa.RecordBatch.from_pydict({"p": [0.5]}), chunk.rows)
    record = json.loads((tmp_path / "out.jsonl").read_bytes())
    assert record == {"text": "a", "likes": None, "p": 0.5}


@pytest.mark.parametrize("chunk_rows", [1, 7, 100])
def test_write_parquet_gives_the_same_bytes_for_any_chunks(tmp_path: Path, chunk_rows: int) -> None:
    table = pa.table({"text": [f"áo {i}" for i in range(50)], "p": [i / 50 for i in range(50)]})
    for rows, name in ((50, "whole"), (chunk_rows, "chunks")):
        with open_writer(tmp_path / f"{name}.parquet") as writer:
            for batch in table.to_batches(rows):
                writer.write(batch)
    assert (tmp_path / "whole.parquet").read_bytes() == (tmp_path / "chunks.parquet").read_bytes()


@pytest.mark.parametrize("page_index", [True, False])
def test_join_parts_joins_row_groups(tmp_path: Path, page_index: bool) -> None:
    table = pa.table(
        {
            "text": [f"áo {i}" for i in range(100)],
            "codes": [["x", None], []] * 50,
            "signals": [[{"code": "a", "start": None}]] * 100,
            "yes": [True, None] * 50,
            "many": pa.array([{str(i): i for i in range(20)}] * 100),
        }
    )
    parts = [tmp_path / f"{number}.parquet" for number in range(20)]
    for number, part in enumerate(parts):
        rows = table.slice(number * 5, 5)
        pq.write_table(
            rows, part, row_group_size=3, compression="zstd", write_page_index=page_index
        )
    whole = tmp_path / "whole.parquet"
    with whole.open("wb") as stream:
        join_parts(parts, stream, "parquet")
    assert pq.read_table(whole).equals(table)
    assert pq.ParquetFile(whole).metadata.num_row_groups == 40
    assert pq.read_table(whole, filters=[("text", "==", "áo 77")]).num_rows == 1


def test_repetitive_columns_leaves_out_what_differs() -> None:
    table = pa.table({"id": ["a", "b"], "model": ["m", "m"], "p": [0.5, 0.5]})
    assert repetitive_columns(table) == ["model"]
