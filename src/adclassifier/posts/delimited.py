"""Read CSV and TSV, one bad row at a time.

A quote that is never closed would swallow the rows after it; here it costs the line it stands in,
and reading goes on with the next.
"""

from __future__ import annotations

import contextlib
import csv
from collections.abc import Iterator
from io import TextIOWrapper
from typing import Any

from adclassifier.errors import InputError
from adclassifier.posts.blocks import (
    BLOCK_CHARS,
    LINE_CHARS,
    Block,
    Table,
    is_encodable,
    is_piece,
    without_invalid,
)
from adclassifier.posts.linefeed import LineFeed
from adclassifier.posts.naming import refuse_duplicates
from adclassifier.posts.rejects import Reason, RejectedRow, reject
from adclassifier.posts.rows import CellRows
from adclassifier.posts.sources import Source

# Ties go to the first: the header of a single column has none of them.
DELIMITERS = (",", ";", "\t")
# Lines behind an unclosed quote are read again; a file made to abuse that stops here (a minute).
REREAD_CHARS = 1 << 31


def find_delimiter(header: str) -> str:
    """Choose the delimiter that stands most often in the header, outside quotes.

    Examples
    --------
    >>> find_delimiter('id;"a,b,c";text')
    ';'
    """
    bare = "".join(header.split('"')[::2])
    return max(DELIMITERS, key=bare.count)


class _TooLongError(Exception):
    """A record is longer than can be held."""


class _Lines:
    """Lines for `csv.reader`, remembering those of the record that is being read."""

    def __init__(self, stream: TextIOWrapper) -> None:
        self._pending = LineFeed(stream, "")
        self._n_chars = 0
        self.record: list[str] = []
        self.ended = False

    def __iter__(self) -> Iterator[str]:
        for line in self._pending:
            self.record.append(line)
            self._n_chars += len(line)
            if self._n_chars >= LINE_CHARS:
                raise _TooLongError
            yield line
        self.ended = True

    def start_record(self) -> int:
        """Forget the record that was read; give its length in characters."""
        n_chars, self._n_chars = self._n_chars, 0
        self.record.clear()
        return n_chars

    @property
    def valid(self) -> bool:
        """Whether all that was read so far could be decoded."""
        return self._pending.valid

    def some(self, n_lines: int) -> list[str]:
        """Give at most so many lines, between records; they are not remembered."""
        return self._pending.some(n_lines)

    def put_back(self, lines: list[str]) -> None:
        """Put lines in front of those to come, and start a record there."""
        self._pending.put_back(lines)
        self.ended = False
        self.start_record()

    def skip_line(self) -> None:
        """Pass over what is left of a line that came in pieces."""
        for piece in self._pending:
            if not is_piece(piece):
                break
        self.start_record()


class _Gathered:
    """The records of one block, while it is read.

    Parameters
    ----------
    width : int
        Cells of a row.
    delimiter : str
        Joins the cells of a record that has more or fewer.
    """

    def __init__(self, width: int, delimiter: str) -> None:
        self.cells: list[list[str]] = []
        self.numbers: list[int] = []
        self.rejected: list[RejectedRow] = []
        self._width = width
        self._delimiter = delimiter

    @property
    def n_rows(self) -> int:
        """Rows so far, rejected ones with them."""
        return len(self.cells) + len(self.rejected)

    def add(self, number: int, record: list[str] | RejectedRow) -> None:
        """Take in what was read; a blank line is no row."""
        if type(record) is list and len(record) == self._width:
            self.cells.append(record)
            self.numbers.append(number)
        elif isinstance(record, RejectedRow):
            self.rejected.append(record)
        elif record:
            content = self._delimiter.join(record)
            self.rejected.append(reject(number, Reason.WRONG_FIELD_COUNT, content))


class DelimitedTable(Table):
    """An open CSV or TSV file.

    Parameters
    ----------
    source : Source
        The file.

    Raises
    ------
    InputError
        If it is empty, its encoding unknown, or a column stands twice in its header.
    """

    def __init__(self, source: Source) -> None:
        self._name = source.name
        self._stream = source.open_text("")
        # The limit is the whole process's: raise it, never lower what somebody else has set.
        csv.field_size_limit(max(csv.field_size_limit(), 2 * LINE_CHARS))
        self._lines = _Lines(self._stream)
        self._reread = 0
        self._row = 0
        try:
            self._read_header(source.format)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close the file."""
        self._stream.close()

    def _read_header(self, file_format: str) -> None:
        """Find the delimiter and the columns."""
        try:
            first = next((line for line in self._lines if line.strip("\r\n")), "")
        except _TooLongError:
            raise InputError(self._name, "the first line does not end", "a header") from None
        self._delimiter = "\t" if file_format == "tsv" else find_delimiter(first)
        blank_lines = len(self._lines.record) - 1
        self._lines.put_back([first])
        self._reader = self._new_reader()
        header = self._next_record()
        if isinstance(header, RejectedRow) or not header:
            raise InputError(self._name, "no header", "a first row with the columns' names")
        if not is_encodable("".join(header)):
            raise InputError(self._name, "unknown encoding (the header is not UTF-8)", "UTF-8")
        refuse_duplicates(header, self._name)
        self.columns = tuple(header)
        self._row += blank_lines
        self._lines.start_record()

    def _new_reader(self) -> Any:
        """Make a reader that goes on with the lines to come."""
        # strict: what follows a closing quote must be a delimiter, or the quote was another
        # record's; without it two records would silently become one.
        return csv.reader(self._lines, delimiter=self._delimiter, strict=True)

    def blocks(self, n_rows: int) -> Iterator[Block[CellRows]]:
        """Give the rows, at most `n_rows` a block."""
        while not self._lines.ended:
            yield self._read_block(n_rows)

    def _read_block(self, n_rows: int) -> Block[CellRows]:
        """Read rows until there are enough of them, or of their characters."""
        gathered = _Gathered(len(self.columns), self._delimiter)
        n_chars = 0
        while (room := n_rows - gathered.n_rows) > 0 and n_chars < BLOCK_CHARS:
            lines = self._lines.some(room)
            n_chars += sum(map(len, lines))
            n_used = self._parse_some(lines, gathered)
            if lines and n_used == len(lines):
                continue
            self._lines.put_back(lines[n_used:])
            self._reader = self._new_reader()
            record = self._next_record()
            self._lines.start_record()
            if record is None:
                break
            gathered.add(self._row, record)
        rows = CellRows(self.columns, gathered.cells, all_text=True)
        block = Block(rows, gathered.numbers, gathered.rejected)
        if self._lines.valid:
            return block
        return without_invalid(block, [self._delimiter.join(cells) for cells in gathered.cells])

    def _parse_some(self, lines: list[str], gathered: _Gathered) -> int:
        """Read the records of whole lines up to the first that needs a second look.

        Returns
        -------
        int
            Lines that were used; the others begin a record that does not end among them, or that
            cannot be read.
        """
        if sum(map(len, lines)) >= LINE_CHARS:
            return 0
        n_used, width = 0, len(self.columns)
        reader = csv.reader(lines, delimiter=self._delimiter, strict=True)
        with contextlib.suppress(csv.Error):  # what failed is read again, and mended
            for record in reader:
                self._row += 1
                if len(record) == width:
                    gathered.cells.append(record)
                    gathered.numbers.append(self._row)
                else:
                    gathered.add(self._row, record)
                n_used = reader.line_num
        return n_used

    def _next_record(self) -> list[str] | RejectedRow | None:
        """Read one record; None at the end."""
        try:
            record: list[str] = next(self._reader)
        except StopIteration:
            return None
        except (csv.Error, _TooLongError):
            self._row += 1
            return self._mend()
        self._row += 1
        return record

    def _mend(self) -> list[str] | RejectedRow:
        """Deal with the lines of a record that cannot be read."""
        first, *others = self._lines.record
        if is_piece(first):
            self._lines.skip_line()
            self._reader = self._new_reader()
            return reject(self._row, Reason.TOO_LONG, first)
        record = None if others or self._lines.ended else self._parse_alone(first)
        if record is not None:
            return record
        self._reread += sum(map(len, others))
        if self._reread > REREAD_CHARS:
            raise InputError(
                f"{self._name}:{self._row}", "quotes do not pair up", "a quote doubled inside text"
            )
        self._lines.put_back(others)
        self._reader = self._new_reader()
        return reject(self._row, Reason.UNCLOSED_QUOTE, first)

    def _parse_alone(self, line: str) -> list[str] | None:
        """Read a line with a stray quote, which does no harm if the record ends with the line."""
        lines = iter([line, ""])
        record: list[str] = next(csv.reader(lines, delimiter=self._delimiter))
        took_both = next(lines, None) is None
        return None if took_both else record
