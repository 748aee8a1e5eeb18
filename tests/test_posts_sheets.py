"""XLSX: strings are strings, numbers stay numbers, and what a cell cannot hold is counted."""

from __future__ import annotations

import datetime
import json
from pathlib import Path

import openpyxl
import pyarrow as pa
import pytest

from adclassifier.errors import InputError
from adclassifier.posts import open_posts, open_writer
from adclassifier.posts.bookwriters import CELL_UNITS, CUT_MARK, SHEET_ROWS

SIGNAL = {"code": "guarantee", "start": 0, "end": 7, "text": "cam kết"}


def test_write_xlsx_never_makes_formulas(tmp_path: Path) -> None:
    output = tmp_path / "out.xlsx"
    table = {
        "phone": ["0901234567", "=1+1"],
        "text": ["a", "#N/A"],
        "violating": [True, False],
        "labels": [["medicine", "supplement"], []],
    }
    with open_writer(output) as writer:
        writer.write(pa.RecordBatch.from_pydict(table))
    sheet = openpyxl.load_workbook(output).worksheets[0]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value} <= {"s", "n"}
    assert sheet["A2"].value == "0901234567"
    assert sheet["A3"].value == "=1+1"
    assert (sheet["C2"].value, sheet["D2"].value) == ("true", "medicine|supplement")


def test_write_xlsx_keeps_numbers_and_dates_of_a_sheet(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    moment = datetime.datetime(2026, 5, 12, 10, 32)
    book.active.append(["price", "when", "text", "ok"])
    book.active.append([650000.5, moment, "a", True])
    book.active.append([901234567, None, "b"])
    path, output = tmp_path / "posts.xlsx", tmp_path / "out.xlsx"
    book.save(path)
    with open_posts(path) as reader, open_writer(output) as writer:
        for chunk in reader.chunks():
            writer.write(chunk.batch, chunk.rows)
    sheet = openpyxl.load_workbook(output).worksheets[0]
    assert [cell.value for cell in sheet[2]][:4] == [650000.5, moment, "a", True]
    assert [cell.value for cell in sheet[3]][:4] == [901234567, None, "b", None]
    with open_posts(path) as reader:
        assert next(iter(reader)).column("price").to_pylist() == ["650000.5", "901234567"]


def test_write_xlsx_cuts_and_counts_what_a_cell_cannot_hold(tmp_path: Path) -> None:
    path, output = tmp_path / "posts.jsonl", tmp_path / "out.xlsx"
    path.write_text(json.dumps({"text": "😀" * 20_000}) + "\n" + json.dumps({"text": "a"}))
    signals = [[SIGNAL | {"start": number} for number in range(1000)], [SIGNAL]]
    with open_posts(path) as reader, open_writer(output) as writer:
        for chunk in reader.chunks():
            writer.write(pa.RecordBatch.from_pydict({"signals": signals}), chunk.rows)
    assert (writer.cut_cells, writer.cut_rows) == (2, {2})
    sheet = openpyxl.load_workbook(output).worksheets[0]
    text = sheet["A2"].value
    assert text.endswith(CUT_MARK)
    assert len(text.encode("utf-16-le")) // 2 in (CELL_UNITS, CELL_UNITS - 1)
    kept = json.loads(sheet["B2"].value)
    assert kept == signals[0][: len(kept)]
    assert 100 < len(kept) < 1000
    assert json.loads(sheet["B3"].value) == [SIGNAL]


def test_write_xlsx_notes_the_rows_it_cut_in_every_chunk(tmp_path: Path) -> None:
    long = "a" * (CELL_UNITS + 1)
    records = [SIGNAL | {"start": number} for number in range(1000)]
    with open_writer(tmp_path / "out.xlsx") as writer:
        for text, signals in (("a", records), (long, [SIGNAL]), ("a", [SIGNAL])):
            batch = {"text": ["b", text], "signals": [[SIGNAL], signals]}
            writer.write(pa.RecordBatch.from_pydict(batch))
    assert (writer.cut_cells, writer.cut_rows) == (2, {3, 5})


def test_write_xlsx_refuses_more_rows_than_a_sheet(tmp_path: Path) -> None:
    writer = open_writer(tmp_path / "out.xlsx")
    writer._n_sheet_rows = SHEET_ROWS - 1  # type: ignore[attr-defined]
    with pytest.raises(InputError, match="a sheet holds 1,048,576 rows"):
        writer.write(pa.RecordBatch.from_pydict({"text": ["a"]}))
    writer.abort()
