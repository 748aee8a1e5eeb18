"""What is read and written again means the same, whatever it holds."""

from __future__ import annotations

import csv
import io
import json
import math
import tempfile
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adclassifier.errors import InputError
from adclassifier.posts import open_posts, open_writer

LETTERS = (
    "aăâđêôơư ạặậệộợựỳ\u0301\u0323AĐ0123,;|\t\"'\\=+-@#_x\u00a0\u200b\u202e\ufeff\ufffe\U0001f33f"
)
BREAKS = "\n\r\x00\x0b\x0c\x1c\x85\u2028"
CELLS = st.text(st.sampled_from(LETTERS + BREAKS) | st.characters(exclude_categories=["Cs"]))
TEXTS = CELLS.filter(lambda text: bool(text.strip()))
ROWS = st.lists(st.tuples(CELLS, TEXTS, CELLS), min_size=1, max_size=8)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | CELLS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(CELLS, inner, max_size=3),
    max_leaves=8,
)
OBJECTS = st.lists(
    st.tuples(st.dictionaries(CELLS.filter(lambda key: key not in ("text", "p")), VALUES), TEXTS),
    min_size=1,
    max_size=8,
)
FEW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def copy(content: bytes, name: str, output: str, chunk_rows: int = 3) -> tuple[bytes, int]:
    """Read a file and write it with one column more; give the output and how many were rejected."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, name)
        path.write_bytes(content)
        options: Any = {"chunk_rows": chunk_rows, "text_column": "text", "scan_columns": True}
        with (
            open_posts(path, **options) as reader,
            open_writer(Path(folder, output), inputs=reader.paths) as writer,
        ):
            for chunk in reader.chunks():
                added = pa.RecordBatch.from_pydict({"p": [0.5] * len(chunk.rows)})
                writer.write(added, chunk.rows)
        return Path(folder, output).read_bytes(), sum(reader.rejected.values())


def as_csv(rows: list[tuple[str, str, str]], delimiter: str) -> bytes:
    lines = io.StringIO()
    writer = csv.writer(lines, delimiter=delimiter, lineterminator="\r\n")
    writer.writerows([("id", "text", "note"), *rows])
    return lines.getvalue().encode()


@FEW
@given(rows=ROWS, delimiter=st.sampled_from([",", ";", "\t"]), chunk_rows=st.integers(1, 4))
def test_csv_comes_back_verbatim(
    rows: list[tuple[str, str, str]], delimiter: str, chunk_rows: int
) -> None:
    written, n_rejected = copy(as_csv(rows, delimiter), "in.csv", "out.csv", chunk_rows)
    table = list(csv.reader(io.StringIO(written.decode(), newline="")))
    assert table[0] == ["id", "text", "note", "p"]
    assert [tuple(row) for row in table[1:]] == [(*row, "0.5") for row in rows]
    assert n_rejected == 0


@FEW
@given(objects=OBJECTS, ascii_only=st.booleans())
def test_jsonl_comes_back_verbatim(
    objects: list[tuple[dict[str, Any], str]], ascii_only: bool
) -> None:
    records = [{**record, "text": text} for record, text in objects]
    lines = [json.dumps(record, ensure_ascii=ascii_only, allow_nan=True) for record in records]
    written, _ = copy("\n".join(lines).encode(), "in.jsonl", "out.jsonl")
    for line, original, record in zip(written.decode().split("\n"), lines, records, strict=False):
        assert json.loads(line) == without_infinity(record) | {"p": 0.5}
        if "Infinity" not in original:
            assert line == original[:-1] + ', "p": 0.5}'


def without_infinity(value: Any) -> Any:
    """Put null where JSON has no number."""
    if isinstance(value, dict):
        return {key: without_infinity(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [without_infinity(inner) for inner in value]
    return None if isinstance(value, float) and math.isinf(value) else value


@pytest.mark.parametrize(
    ("start", "middle"),
    [
        ("in.csv", "out.xlsx"),
        ("in.csv", "out.parquet"),
        ("in.csv", "out.jsonl"),
        ("in.csv", "out.tsv"),
    ],
)
@settings(FEW, max_examples=25)
@given(rows=ROWS)
def test_every_format_keeps_strings(
    start: str, middle: str, rows: list[tuple[str, str, str]]
) -> None:
    written, _ = copy(as_csv(rows, ","), start, middle)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, middle)
        path.write_bytes(written)
        with open_posts(path) as reader:
            found = [row for batch in reader for row in batch.to_pylist()]
    expected = [dict(zip(("id", "text", "note"), row, strict=True)) for row in rows]
    # a sheet does not tell an empty cell from an empty string
    kept = [{name: row[name] or "" for name in ("id", "text", "note")} for row in found]
    assert kept == expected


@FEW
@given(content=st.binary(max_size=300), ending=st.sampled_from(["csv", "tsv", "jsonl", "txt"]))
def test_open_posts_never_breaks_on_bytes(content: bytes, ending: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"posts.{ending}")
        path.write_bytes({"txt": b"", "jsonl": b'{"text": "a"}\n'}.get(ending, b"text\n") + content)
        try:
            with open_posts(path, chunk_rows=2) as reader:
                total = sum(len(c.rows) + len(c.rejected) for c in reader.chunks())
        except InputError:
            return
        assert total == reader.rows_read
