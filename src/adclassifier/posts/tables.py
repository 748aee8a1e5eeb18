"""Read Parquet, streaming by row group, and XLSX, row by row.

A sheet is read in constant memory but for the workbook's list of strings, which the format keeps
in one piece.
"""

from __future__ import annotations

import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import ParseError

import pyarrow as pa
import pyarrow.parquet as pq

from adclassifier.errors import InputError
from adclassifier.posts.arrowrows import ArrowRows
from adclassifier.posts.blocks import BLOCK_CHARS, Block, Table
from adclassifier.posts.naming import refuse_duplicates
from adclassifier.posts.rejects import Reason, RejectedRow, reject
from adclassifier.posts.rows import CellRows, as_text
from adclassifier.posts.sources import DAMAGE, Source

# What openpyxl raises for a file that is no workbook or a damaged one.
SHEET_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    KeyError,
    ValueError,
    IndexError,
    TypeError,
    AttributeError,
    ParseError,
    OSError,
    EOFError,
)
# Excel writes characters that XML cannot hold as _x0001_, and the text "_x0001_" as _x005F_x0001_.
_EXCEL_ESCAPE = re.compile("_x(?![dD][89a-fA-F])([0-9A-Fa-f]{4})_")  # no half characters
_NOT_IN_XML = re.compile(r"[\x00-\x08\x0b-\x1f\ufffe\uffff]")


class ParquetTable(Table):
    """An open Parquet file.

    Parameters
    ----------
    source : Source
        The file.

    Raises
    ------
    InputError
        If it is damaged or names a column twice.
    """

    def __init__(self, source: Source) -> None:
        self._stream = source.open_seekable()
        try:
            # what it read ahead it would hold to the end
            self._file = pq.ParquetFile(self._stream, pre_buffer=False)
        except DAMAGE as error:
            self._stream.close()
            raise InputError(source.name, f"no Parquet file ({error})", "a whole file") from error
        self.schema = self._file.schema_arrow
        self.columns = tuple(self.schema.names)
        try:
            refuse_duplicates(self.columns, source.name)
        except InputError:
            self.close()
            raise

    def close(self) -> None:
        """Close the file."""
        self._file.close()
        self._stream.close()

    def blocks(self, n_rows: int) -> Iterator[Block[ArrowRows]]:
        """Give the rows, at most `n_rows` a block."""
        row = 1
        # without threads: decoding is a small part of the work, and a process without threads
        # can be forked
        for read in self._file.iter_batches(batch_size=n_rows, use_threads=False):
            for batch in _bounded(read):
                numbers = range(row, row + batch.num_rows)
                row += batch.num_rows
                yield without_invalid_strings(Block(ArrowRows(self.columns, batch), numbers))


def _bounded(batch: Any) -> Iterator[Any]:
    """Cut a batch of long rows, so that what is judged at once does not depend on their length."""
    n_parts = min(batch.num_rows, -(-batch.nbytes // BLOCK_CHARS)) or 1
    n_rows = max(1, -(-batch.num_rows // n_parts))
    for start in range(0, batch.num_rows, n_rows):
        yield batch.slice(start, n_rows)


def without_invalid_strings(block: Block[ArrowRows]) -> Block[ArrowRows]:
    """Reject rows whose strings are not UTF-8, which Parquet does not check.

    Parameters
    ----------
    block : Block of ArrowRows
        Rows as they were read.

    Returns
    -------
    Block of ArrowRows
        The others, and those that were rejected, both in order.
    """
    rows = block.rows
    if _is_valid(rows.batch):
        return block
    good, rejected = [], []
    for index, number in enumerate(block.numbers):
        if _is_valid(rows.batch.slice(index, 1)):
            good.append(index)
        else:
            rejected.append(reject(number, Reason.INVALID_UTF8, rows.content(index)))
    return Block(rows.keep(good), [block.numbers[index] for index in good], rejected)


def _is_valid(batch: Any) -> bool:
    """Tell whether all strings are UTF-8."""
    try:
        batch.validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


class SheetTable(Table):
    """The first sheet of an XLSX workbook, with the values that Excel last computed.

    Parameters
    ----------
    source : Source
        The file.

    Raises
    ------
    InputError
        If it is damaged, empty, or names a column twice.
    """

    def __init__(self, source: Source) -> None:
        self._name = source.name
        self._stream = source.open_seekable()
        try:
            self._open()
        except BaseException:
            self._stream.close()
            raise

    def _open(self) -> None:
        """Open the workbook and read its header."""
        from openpyxl import load_workbook  # 0.2 s, and most runs read no sheet

        try:
            with warnings.catch_warnings():  # about styles, which we do not read
                warnings.simplefilter("ignore")
                self._book = load_workbook(self._stream, read_only=True, data_only=True)
            sheet = self._book.worksheets[0]
            sheet.reset_dimensions()  # some writers store wrong ones, and rows would be cut
            self._rows = enumerate(sheet.iter_rows(values_only=True), start=1)
            header = next((row for _, row in self._rows if any(row)), ())
        except SHEET_DAMAGE as error:
            raise self._damaged(error) from error
        names = [as_text(cell) or "" for cell in header]
        while names and not names[-1]:
            names.pop()
        if not names:
            raise InputError(self._name, "the sheet is empty", "a first row with columns' names")
        refuse_duplicates(names, self._name)
        self.columns = tuple(map(unescape_excel, names))

    def _damaged(self, error: Exception) -> InputError:
        return InputError(self._name, f"no XLSX workbook ({error})", "a whole file")

    def close(self) -> None:
        """Close the file."""
        self._book.close()
        self._stream.close()

    def blocks(self, n_rows: int) -> Iterator[Block[CellRows]]:
        """Give the rows, at most `n_rows` a block."""
        ended = False
        while not ended:
            cells: list[list[Any]] = []
            numbers: list[int] = []
            rejected: list[RejectedRow] = []
            while len(cells) + len(rejected) < n_rows:
                number, row = self._next_row()
                if row is None:
                    ended = True
                    break
                extra = row[len(self.columns) :]
                if extra:
                    content = ", ".join(as_text(cell) or "" for cell in row)
                    rejected.append(reject(number, Reason.WRONG_FIELD_COUNT, content))
                elif row:
                    cells.append(row + [None] * (len(self.columns) - len(row)))
                    numbers.append(number)
            yield Block(CellRows(self.columns, cells, all_text=False), numbers, rejected)

    def _next_row(self) -> tuple[int, list[Any] | None]:
        """Give the next row without the empty cells at its end; None after the last."""
        try:
            number, cells = next(self._rows, (0, None))
        except SHEET_DAMAGE as error:
            raise self._damaged(error) from error
        if cells is None:
            return 0, None
        row = [unescape_excel(cell) if isinstance(cell, str) else cell for cell in cells]
        while row and row[-1] is None:
            row.pop()
        return number, row


def unescape_excel(text: str) -> str:
    r"""Read Excel's spelling of characters that XML cannot hold.

    Examples
    --------
    >>> unescape_excel("a_x000D_b"), unescape_excel("_x005F_x000D_")
    ('a\rb', '_x000D_')
    """
    if "_x" not in text:
        return text
    return _EXCEL_ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)


def escape_excel(text: str) -> str:
    r"""Write characters that XML cannot hold, or does not keep, as Excel does.

    Examples
    --------
    >>> escape_excel("a\rb"), escape_excel("_x000D_"), escape_excel("sữa ong chúa")
    ('a_x000D_b', '_x005F_x000D_', 'sữa ong chúa')
    """
    text = re.sub("_(?=x[0-9A-Fa-f]{4}_)", "_x005F_", text) if "_x" in text else text
    return _NOT_IN_XML.sub(lambda match: f"_x{ord(match[0]):04X}_", text)
