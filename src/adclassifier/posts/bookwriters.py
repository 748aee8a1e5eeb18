"""Write Parquet and XLSX."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from adclassifier.errors import InputError
from adclassifier.posts.arrowrows import ArrowRows
from adclassifier.posts.cells import cell_values
from adclassifier.posts.output import Destination
from adclassifier.posts.repetition import repetitive_columns
from adclassifier.posts.rows import CellRows, Rows, encode_json
from adclassifier.posts.tables import escape_excel
from adclassifier.posts.writer import PostWriter

# A row group is written at either size: small ones read slowly, large ones fill the memory.
GROUP_ROWS = 1 << 16
GROUP_BYTES = 1 << 25
# Excel's limits, in UTF-16 code units and rows.
CELL_UNITS = 32_767
SHEET_ROWS = 1_048_576
CUT_MARK = " […đã cắt bớt]"


class ParquetWriter(PostWriter):
    """Writes Parquet: columns that came from Parquet keep their types, the others are strings."""

    def __init__(self, destination: Destination) -> None:
        super().__init__(destination)
        self._writer: Any = None
        self._schema: Any = None
        self._waiting: list[Any] = []
        self._n_waiting = self._n_bytes = 0

    def _write(self, rows: Rows | None, kept: Sequence[str], added: Any) -> None:
        self._refuse_late_keys(rows)
        fields = [rows.field(name) for name in kept] if rows else []
        arrays = [rows.array(name) for name in kept] if rows else []
        if self._is_first([*kept, *added.schema.names]):
            metadata = rows.batch.schema.metadata if isinstance(rows, ArrowRows) else None
            self._schema = pa.schema([*fields, *added.schema], metadata=metadata)
        arrays = [
            array.cast(field.type) if array.type != field.type else array
            for array, field in zip([*arrays, *added.columns], self._schema, strict=True)
        ]
        self._waiting.append(pa.RecordBatch.from_arrays(arrays, schema=self._schema))
        self._n_waiting += self._waiting[-1].num_rows
        self._n_bytes += self._waiting[-1].nbytes
        full = self._n_bytes >= GROUP_BYTES and not self._destination.one_group
        if full or self._n_waiting >= GROUP_ROWS:
            self._write_group()

    def _write_group(self) -> None:
        """Write what is waiting as one row group."""
        # one piece a column, since pages end where pieces do: the same rows give the same bytes
        table = pa.Table.from_batches(self._waiting, schema=self._schema)
        table = table.unify_dictionaries().combine_chunks()
        self._waiting = []
        self._n_waiting = self._n_bytes = 0
        if self._writer is None:
            self._writer = pq.ParquetWriter(
                self._sink.stream,
                self._schema,
                compression="zstd",
                use_dictionary=repetitive_columns(table),
            )
        self._writer.write_table(table, row_group_size=max(1, table.num_rows))

    def _finish(self) -> None:
        if self._waiting:
            self._write_group()
        self._writer.close()
        self._writer = None

    def abort(self) -> None:
        """Leave nothing behind."""
        self._waiting = []
        writer, self._writer = self._writer, None
        if writer is not None:
            with contextlib.suppress(OSError):  # its footer goes into the file that is removed
                writer.close()
        super().abort()


class SheetWriter(PostWriter):
    """Writes one sheet, row by row; strings are strings, whatever they begin with.

    A cell over 32,767 characters is cut, with a mark at its end, and its row noted.
    """

    def __init__(self, destination: Destination) -> None:
        from openpyxl import Workbook  # 0.2 s, and most runs write no sheet
        from openpyxl.cell import WriteOnlyCell

        super().__init__(destination)
        self._book = Workbook(write_only=True)
        self._sheet = self._book.create_sheet("posts")
        self._new_cell = WriteOnlyCell
        self._n_sheet_rows = 0
        self._saved = False

    def _write(self, rows: Rows | None, kept: Sequence[str], added: Any) -> None:
        self._refuse_late_keys(rows)
        names = [*kept, *added.schema.names]
        if self._is_first(names):
            self._append(names)
        columns = [_native(rows, name) for name in kept] if rows else []
        columns += [self._added_cells(column) for column in added.columns]
        for row in zip(*columns, strict=True):
            self._append(row)

    def _append(self, row: Sequence[Any]) -> None:
        """Append a row to the sheet."""
        self._n_sheet_rows += 1
        if self._n_sheet_rows > SHEET_ROWS:
            raise InputError(
                self._destination.name, f"a sheet holds {SHEET_ROWS:,} rows", ".csv or .parquet"
            )
        self._sheet.append([self._cell(value) if type(value) is str else value for value in row])

    def _cell(self, text: str) -> Any:
        """Make a cell that Excel does not take for a formula or an error."""
        text = escape_excel(text)
        if _units(text) > CELL_UNITS:
            self._note_cut(self._n_sheet_rows)
            # by code points of the escaped text: an escape cut in half shows as it is
            text = _cut(text, CELL_UNITS - len(CUT_MARK)) + CUT_MARK
        cell = self._new_cell(self._sheet, text)
        cell.data_type = "s"
        return cell

    def _added_cells(self, column: Any) -> list[Any]:
        """Give added cells; a list too long for a cell loses whole records, so it stays JSON."""
        cells = cell_values(column)
        for index, cell in enumerate(cells):
            if type(cell) is str and len(cell) > CELL_UNITS // 2 and cell[0] == "[":
                row = self._n_sheet_rows + 1 + index
                cells[index] = self._shortened(cell, column[index].as_py(), row)
        return cells

    def _shortened(self, cell: str, records: Any, row: int) -> str:
        """Drop records from the end until the cell fits."""
        if not isinstance(records, list) or _units(escape_excel(cell)) <= CELL_UNITS:
            return cell
        self._note_cut(row)
        while records and _units(escape_excel(encode_json(records))) > CELL_UNITS:
            del records[-(len(records) // 8 or 1) :]
        return encode_json(records)

    def _finish(self) -> None:
        self._saved = True
        self._book.save(self._sink.stream)

    def abort(self) -> None:
        """Leave nothing behind."""
        if not self._saved:
            self._saved = True
            # openpyxl removes its own temporary file when it saves
            with contextlib.suppress(OSError), open(os.devnull, "wb") as nowhere:
                self._book.save(nowhere)
        super().abort()


def _native(rows: Rows, name: str) -> list[Any]:
    """Give a column with a sheet's own numbers and dates, anything else as strings."""
    return rows.values(name) if isinstance(rows, CellRows) else rows.texts(name)


def _units(text: str) -> int:
    """Count UTF-16 code units, as Excel does."""
    if len(text) * 2 <= CELL_UNITS:
        return len(text)
    return len(text.encode("utf-16-le")) // 2


def _cut(text: str, units: int) -> str:
    """Cut text to a number of UTF-16 code units, between characters."""
    return text.encode("utf-16-le")[: units * 2].decode("utf-16-le", "ignore")
