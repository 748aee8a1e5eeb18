"""Read JSON Lines, one bad line at a time.

Each object is kept as the text it was written in, so that a JSONL output gives numbers, nested
values and key order back to the letter. Two things change, because no strict reader takes them: NaN
and Infinity become null, half a surrogate pair becomes U+FFFD. An object with a key twice is
rejected: readers differ in which value they take, so what was judged might not be what is read.
"""

from __future__ import annotations

import bisect
from collections.abc import Iterator
from typing import Any

from adclassifier.errors import InputError
from adclassifier.posts.blocks import (
    BLOCK_CHARS,
    Block,
    Table,
    is_encodable,
    is_piece,
    without_invalid,
)
from adclassifier.posts.jsonrows import JsonRows
from adclassifier.posts.jsontext import (
    Scanner,
    has_lone_surrogate,
    is_deep,
    scan_flat,
    without_constants,
    without_lone_surrogates,
)
from adclassifier.posts.linefeed import LineFeed
from adclassifier.posts.rejects import Reason, RejectedRow, reject
from adclassifier.posts.sources import Source

# A file whose every object has keys of its own is not a table.
MOST_COLUMNS = 1000


class _Gathered:
    """The rows of one block, while it is read."""

    def __init__(self) -> None:
        self.raws: list[str] = []
        self.objects: list[dict[str, Any]] = []
        self.numbers: list[int] = []
        self.rejected: list[RejectedRow] = []

    @property
    def n_rows(self) -> int:
        """Rows so far, rejected ones with them."""
        return len(self.raws) + len(self.rejected)


class JsonLinesTable(Table):
    """An open JSONL file.

    Parameters
    ----------
    source : Source
        The file.
    n_rows : int
        Columns are the keys of this many rows at the beginning.
    columns : tuple of str or None
        Columns that are known from `scan_keys`.

    Raises
    ------
    InputError
        If it is empty or its encoding unknown.
    """

    def __init__(self, source: Source, n_rows: int, columns: tuple[str, ...] | None = None) -> None:
        self._stream = source.open_text("\n")
        self._lines = LineFeed(self._stream, "\n")
        self._row = 0
        self._ended = False
        self._scanner = Scanner()
        self.columns = ()
        try:
            first = self._read_block(n_rows)
            if self._ended and not len(first.rows) and not first.rejected:
                raise InputError(source.name, "the file is empty", "at least one row")
            self.columns = columns or tuple(_keys_of(first, source.name))
        except BaseException:
            self.close()
            raise
        self._first: Block[JsonRows] | None = first

    def close(self) -> None:
        """Close the file."""
        self._stream.close()

    def blocks(self, n_rows: int) -> Iterator[Block[JsonRows]]:
        """Give the rows, at most `n_rows` a block."""
        first, self._first = self._first, None
        if first is not None:
            yield from _cut(first, self.columns, n_rows)
        while not self._ended:
            yield self._read_block(n_rows)

    def _read_block(self, n_rows: int) -> Block[JsonRows]:
        """Read lines until there are enough of them, or of their characters."""
        gathered = _Gathered()
        n_chars = 0
        while (room := n_rows - gathered.n_rows) > 0 and n_chars < BLOCK_CHARS:
            lines = self._lines.some(room)
            if not lines:
                self._ended = True
                break
            n_chars += sum(map(len, lines))
            self._read_some(lines, gathered)
        rows = JsonRows(self.columns, gathered.raws, gathered.objects)
        block = Block(rows, gathered.numbers, gathered.rejected)
        return block if self._lines.valid else without_invalid(block, gathered.raws)

    def _read_some(self, lines: list[str], gathered: _Gathered) -> None:
        """Read lines."""
        for index, line in enumerate(lines):
            self._row += 1
            raw = line.strip()
            if not raw:
                continue
            decoded = scan_flat(raw)
            if decoded is None:
                if is_piece(line):  # the others of its pieces are yet to come
                    self._lines.put_back(lines[index + 1 :])
                    self._read_carefully(line, raw, gathered)
                    break
                self._read_carefully(line, raw, gathered)
                continue
            gathered.raws.append(raw)
            gathered.objects.append(decoded)
            gathered.numbers.append(self._row)

    def _read_carefully(self, line: str, raw: str, gathered: _Gathered) -> None:
        """Read a line that is not as most lines are."""
        try:
            decoded, end = self._scanner.scan(raw, 0)
        except (ValueError, StopIteration, RecursionError):
            decoded, end = None, -1
        if type(decoded) is not dict or end != len(raw) or self._needs_care(raw):
            mended = self._mend(line, raw, decoded, end)
            if isinstance(mended, RejectedRow):
                gathered.rejected.append(mended)
                return
            raw, decoded = mended, self._scanner.scan(mended, 0)[0]
        gathered.raws.append(raw)
        gathered.objects.append(decoded)
        gathered.numbers.append(self._row)

    def _needs_care(self, raw: str) -> bool:
        """Tell whether a line that decodes holds what must not go further."""
        if self._scanner.constants or self._scanner.repeats or is_deep(raw):
            return True
        # The first test is the fast one: most lines escape nothing of the kind.
        return ("\\ud" in raw or "\\uD" in raw) and has_lone_surrogate(raw)

    def _mend(self, line: str, raw: str, decoded: object, end: int) -> str | RejectedRow:
        """Reject a line, or write it anew without NaN and half characters."""
        self._scanner.constants.clear()
        if is_piece(line):
            self._skip_line()
            return reject(self._row, Reason.TOO_LONG, raw)
        if not is_encodable(raw):
            return reject(self._row, Reason.INVALID_UTF8, raw)
        if end != len(raw) or is_deep(raw):
            return reject(self._row, Reason.BROKEN_JSON, raw)
        if not isinstance(decoded, dict):
            return reject(self._row, Reason.NOT_AN_OBJECT, raw)
        if self._scanner.repeats:
            return reject(self._row, Reason.BROKEN_JSON, raw)
        return without_lone_surrogates(without_constants(raw))

    def _skip_line(self) -> None:
        """Pass over what is left of a line that came in pieces."""
        for piece in self._lines:
            if not is_piece(piece):
                break


def _cut(
    block: Block[JsonRows], columns: tuple[str, ...], n_rows: int
) -> Iterator[Block[JsonRows]]:
    """Give the first block in blocks of at most so many rows, with the columns of the file."""
    lines = [row.row for row in block.rejected]
    n_given = 0
    for start in range(0, len(block.rows) or 1, n_rows):
        stop = min(start + n_rows, len(block.rows))
        rows = block.rows.keep(range(start, stop)).with_columns(columns)
        is_last = stop == len(block.rows)
        n_before = len(lines) if is_last else bisect.bisect(lines, block.numbers[stop])
        yield Block(rows, block.numbers[start:stop], block.rejected[n_given:n_before])
        n_given = n_before


def _keys_of(block: Block[JsonRows], where: str) -> dict[str, None]:
    """Give the keys of a block's objects, in order of appearance."""
    keys: dict[str, None] = {}
    for record in block.rows.objects:
        keys.update(dict.fromkeys(record))
    _refuse_too_many(keys, where)
    return keys


def _refuse_too_many(keys: dict[str, None], where: str) -> None:
    """Raise InputError where the keys are no columns."""
    if len(keys) > MOST_COLUMNS:
        raise InputError(where, f"over {MOST_COLUMNS} different keys", "objects with common keys")


def scan_keys(source: Source, n_rows: int) -> tuple[str, ...]:
    """Read a whole file for the keys of its objects, for outputs that need all columns at once.

    Parameters
    ----------
    source : Source
        The file; it is read once more afterwards.
    n_rows : int
        Rows to hold at a time.

    Returns
    -------
    tuple of str
        Keys in order of appearance.

    Raises
    ------
    InputError
        If there are over 1,000.
    """
    keys: dict[str, None] = {}
    table = JsonLinesTable(source, n_rows)
    try:
        for block in table.blocks(n_rows):
            keys.update(_keys_of(block, source.name))
            _refuse_too_many(keys, source.name)
    finally:
        table.close()
    return tuple(keys)
