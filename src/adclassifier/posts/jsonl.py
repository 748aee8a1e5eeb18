"""Read JSON Lines, one bad line at a time.

Each object is kept as the text it was written in, so that a JSONL output gives numbers, nested
values and key order back to the letter. Two things change, because no strict reader takes them: NaN
and Infinity become null, half a surrogate pair becomes U+FFFD. An object with a key twice is
rejected: readers differ in which value they take, so what was judged might not be what is read.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from adclassifier.errors import InputError
from adclassifier.posts.blocks import (
    BLOCK_CHARS,
    Block,
    Table,
    is_encodable,
    is_piece,
    read_lines,
    without_invalid,
)
from adclassifier.posts.jsonrows import JsonRows
from adclassifier.posts.jsontext import (
    Scanner,
    has_lone_surrogate,
    is_deep,
    without_constants,
    without_lone_surrogates,
)
from adclassifier.posts.rejects import Reason, RejectedRow, reject
from adclassifier.posts.sources import Source

# A file whose every object has keys of its own is not a table.
MOST_COLUMNS = 1000


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
        self._lines = read_lines(self._stream)
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
            yield Block(first.rows.with_columns(self.columns), first.numbers, first.rejected)
        while not self._ended:
            yield self._read_block(n_rows)

    def _read_block(self, n_rows: int) -> Block[JsonRows]:
        """Read lines until there are enough of them, or of their characters."""
        raws: list[str] = []
        objects: list[dict[str, Any]] = []
        numbers: list[int] = []
        rejected: list[RejectedRow] = []
        n_chars = 0
        while len(raws) + len(rejected) < n_rows and n_chars < BLOCK_CHARS:
            line = next(self._lines, "")
            if not line:
                self._ended = True
                break
            self._row += 1
            n_chars += len(line)
            raw = line.strip()
            if not raw:
                continue
            try:
                decoded, end = self._scanner.scan(raw, 0)
            except (ValueError, StopIteration, RecursionError):
                decoded, end = None, -1
            if type(decoded) is dict and end == len(raw) and not self._needs_care(raw):
                raws.append(raw)
                objects.append(decoded)
                numbers.append(self._row)
                continue
            mended = self._mend(line, raw, decoded, end)
            if isinstance(mended, RejectedRow):
                rejected.append(mended)
            else:
                raws.append(mended)
                objects.append(self._scanner.scan(mended, 0)[0])
                numbers.append(self._row)
        rows = JsonRows(self.columns, raws, objects)
        return without_invalid(Block(rows, numbers, rejected), raws)

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
