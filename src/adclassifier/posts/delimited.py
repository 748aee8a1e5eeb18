"""Read CSV and TSV, one bad row at a time.

A quote that is never closed would swallow the rows after it; here it costs the line it stands in,
and reading goes on with the next.
"""

from __future__ import annotations

import csv
import itertools
from collections.abc import Iterator
from io import TextIOBase
from typing import Any

from adclassifier.errors import InputError
from adclassifier.posts.blocks import (
    BLOCK_CHARS,
    LINE_CHARS,
    Block,
    Table,
    is_encodable,
    is_piece,
    read_lines,
    without_invalid,
)
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

    def __init__(self, stream: TextIOBase) -> None:
        self._pending = read_lines(stream)
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

    def put_back(self, lines: list[str]) -> None:
        """Put lines in front of those to come, and start a record there."""
        self._pending = itertools.chain(lines, self._pending)
        self.ended = False
        self.start_record()

    def skip_line(self) -> None:
        """Pass over what is left of a line that came in pieces."""
        for piece in self._pending:
            if not is_piece(piece):
                break
        self.start_record()


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
        cells: list[list[str]] = []
        numbers: list[int] = []
        rejected: list[RejectedRow] = []
        width, n_chars = len(self.columns), 0
        while len(cells) + len(rejected) < n_rows and n_chars < BLOCK_CHARS:
            record = self._next_record()
            n_chars += self._lines.start_record()
            if record is None:
                break
            if isinstance(record, RejectedRow):
                rejected.append(record)
            elif len(record) == width:
                cells.append(record)
                numbers.append(self._row)
            elif record:  # a blank line is no row
                content = self._delimiter.join(record)
                rejected.append(reject(self._row, Reason.WRONG_FIELD_COUNT, content))
        rows = CellRows(self.columns, cells, all_text=True)
        contents = [self._delimiter.join(record) for record in cells]
        return without_invalid(Block(rows, numbers, rejected), contents)

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
