"""Hold the rows of one chunk as they stand in their file, so that they can be given back unchanged.

The classifier sees strings; a writer of the same format gets what was read: the JSON text of each
object, the Arrow types, the numbers and dates of a sheet.
"""

from __future__ import annotations

import base64
import json
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, time
from typing import Any, Self

import pyarrow as pa

from adclassifier.posts.jsontext import without_constants

_USUAL_WIDTH = 100
_TEXTS = frozenset({str, type(None)})
_encode = json.JSONEncoder(ensure_ascii=False, default=lambda value: as_plain(value)).encode


def encode_json(value: object) -> str:
    """Spell a value as JSON; NaN and infinities, which JSON does not know, as null.

    Examples
    --------
    >>> encode_json(["sữa", float("inf"), date(2026, 5, 12)])
    '["sữa", null, "2026-05-12"]'
    """
    spelt = _encode(value)
    return without_constants(spelt) if "NaN" in spelt or "Infinity" in spelt else spelt


def as_plain(value: object) -> object:
    """Spell a value that JSON has no type for.

    Examples
    --------
    >>> as_plain(date(2026, 5, 12)), as_plain(b"abc")
    ('2026-05-12', 'YWJj')
    """
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return str(value)


def as_text(value: object) -> str | None:
    """Spell a value as a table's cell: text as it is, nested values as JSON.

    Examples
    --------
    >>> [as_text(value) for value in ("0901", 12, True, 650000.0, None, ["a"], date(2026, 5, 12))]
    ['0901', '12', 'true', '650000', None, '["a"]', '2026-05-12']
    """
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):  # sheets store 650000 as 650000.0
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, (list, dict)):
        return encode_json(value)
    return str(as_plain(value))


def string_array(values: Iterable[str | None]) -> Any:
    """Make an Arrow string array."""
    return pa.array(list(values), pa.string())


class Rows(ABC):
    """The rows of one chunk in the types of their file.

    Attributes
    ----------
    columns : tuple of str
        Names, in order. A name that this chunk's file lacks holds nulls.
    """

    def __init__(self, columns: Sequence[str]) -> None:
        self.columns = tuple(columns)

    @abstractmethod
    def __len__(self) -> int:
        """Count the rows."""

    @abstractmethod
    def values(self, name: str) -> list[Any]:
        """Give one column as Python values in the file's own types, null as None."""

    @abstractmethod
    def keep(self, indices: Sequence[int]) -> Self:
        """Give the rows at these positions only."""

    @abstractmethod
    def with_columns(self, columns: Sequence[str]) -> Self:
        """Give the same rows with these columns."""

    def find_late_key(self) -> str | None:
        """Find a key that some row has beyond `columns` (JSONL only)."""
        return None

    def widths(self) -> list[int]:
        """Tell how long each row is, in characters or bytes: what it costs to hold it, roughly."""
        return [_USUAL_WIDTH] * len(self)

    def drop(self, names: Collection[str]) -> Self:
        """Give the same rows without some columns, for a caller that replaces them."""
        return self.with_columns([name for name in self.columns if name not in names])

    @abstractmethod
    def strings(self, name: str) -> Any:
        """Give one column as an Arrow string array."""

    def arrow_texts(self, name: str) -> Any | None:
        """Give one column as an Arrow string array, if it holds strings and nulls only."""
        values = self.values(name)
        return string_array(values) if _TEXTS.issuperset(map(type, values)) else None

    def texts(self, name: str) -> list[str | None]:
        """Give one column as Python strings."""
        texts: list[str | None] = self.strings(name).to_pylist()
        return texts

    def arrow(self, name: str) -> Any | None:
        """Give one column as an Arrow array of the types of its file; None where there are none."""
        return None

    def array(self, name: str) -> Any:
        """Give one column as an Arrow array in the type that Parquet should store."""
        return self.strings(name)

    def field(self, name: str) -> Any:
        """Give the `pyarrow.Field` of `array`."""
        return pa.field(name, pa.string())

    def content(self, index: int) -> str:
        """Show one row, for the account of rejected ones."""
        cells = (as_text(self.values(name)[index]) or "" for name in self.columns)
        return ", ".join(cell for cell in cells if cell)


class CellRows(Rows):
    """Rows of cells: CSV, TSV, sheets, plain text, chats.

    Parameters
    ----------
    columns : sequence of str
        Names; `positions` tells where each stands in a row.
    cells : sequence of sequences
        The rows.
    all_text : bool
        Whether every cell is a string or None, so that none needs spelling.
    """

    def __init__(
        self,
        columns: Sequence[str],
        cells: Sequence[Sequence[Any]],
        *,
        all_text: bool,
        positions: Mapping[str, int] | None = None,
    ) -> None:
        super().__init__(columns)
        self.cells = cells
        self.all_text = all_text
        self._positions = positions or {name: index for index, name in enumerate(columns)}

    def __len__(self) -> int:
        return len(self.cells)

    def values(self, name: str) -> list[Any]:
        """Give one column as Python values."""
        position = self._positions.get(name)
        if position is None:
            return [None] * len(self.cells)
        return [row[position] for row in self.cells]

    def strings(self, name: str) -> Any:
        """Give one column as an Arrow string array."""
        return string_array(self.texts(name))

    def arrow(self, name: str) -> Any | None:
        """Give one column as an Arrow string array, where all cells are text."""
        return self.strings(name) if self.all_text else None

    def texts(self, name: str) -> list[str | None]:
        """Give one column as Python strings."""
        values = self.values(name)
        return values if self.all_text else [as_text(value) for value in values]

    def content(self, index: int) -> str:
        """Show one row."""
        return ", ".join(text for text in map(as_text, self.cells[index]) if text)

    def widths(self) -> list[int]:
        """Tell how many characters each row has."""
        if not self.all_text:
            return super().widths()
        return [sum(map(len, filter(None, row))) for row in self.cells]

    def keep(self, indices: Sequence[int]) -> Self:
        """Give the rows at these positions only."""
        return self._copy(self.columns, [self.cells[index] for index in indices])

    def with_columns(self, columns: Sequence[str]) -> Self:
        """Give the same rows with these columns."""
        return self._copy(columns, self.cells)

    def can_join(self, other: CellRows) -> bool:
        """Tell whether the other rows have the same cells in the same places."""
        return self._positions == other._positions and self.all_text == other.all_text

    def joined(self, other: CellRows) -> Self:
        """Give these rows and then those of another small file with the same columns."""
        return self._copy(self.columns, [*self.cells, *other.cells])

    def _copy(self, columns: Sequence[str], cells: Sequence[Sequence[Any]]) -> Self:
        return type(self)(columns, cells, all_text=self.all_text, positions=self._positions)
