"""Hold the objects of a JSONL file, with the text that each was written in."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, Self

from adclassifier.posts.jsontext import members
from adclassifier.posts.rows import Rows, as_text, string_array

# JSON values whose spelling Python does not keep: 1.50 would become 1.5.
_SPELT = (float, list, dict)


class JsonRows(Rows):
    """Objects of a JSONL file, with the JSON text of each.

    Parameters
    ----------
    columns : sequence of str
        Keys.
    raw : sequence of str
        The JSON text of each object, ``{…}``.
    objects : sequence of dict
        The same, decoded.
    dropped : collection of str
        Keys that a caller replaces; they may stand in `raw` still.
    """

    def __init__(
        self,
        columns: Sequence[str],
        raw: Sequence[str],
        objects: Sequence[dict[str, Any]],
        *,
        dropped: Collection[str] = (),
    ) -> None:
        super().__init__(columns)
        self.raw = raw
        self.objects = objects
        self.dropped = frozenset(dropped)
        self._spellings: dict[int, dict[str, str]] = {}

    def find_late_key(self) -> str | None:
        """Find a key that some row has beyond the columns."""
        known = self.dropped.union(self.columns)
        for row in self.objects:
            if not known.issuperset(row):
                return next(key for key in row if key not in known)
        return None

    def __len__(self) -> int:
        return len(self.raw)

    def values(self, name: str) -> list[Any]:
        """Give one column as Python values."""
        return [row.get(name) for row in self.objects]

    def strings(self, name: str) -> Any:
        """Give one column as an Arrow string array: numbers and nested values as they are spelt."""
        values = self.values(name)
        for index, value in enumerate(values):
            if type(value) in _SPELT:
                values[index] = self._spelling(index)[name]
            elif type(value) is not str:
                values[index] = as_text(value)
        return string_array(values)

    def _spelling(self, index: int) -> dict[str, str]:
        """Give a row's values as they are spelt, parsed once for all columns."""
        if index not in self._spellings:
            self._spellings[index] = dict(members(self.raw[index]))
        return self._spellings[index]

    def widths(self) -> list[int]:
        """Tell how many characters each row has."""
        return list(map(len, self.raw))

    def content(self, index: int) -> str:
        """Show one row."""
        return self.raw[index]

    def keep(self, indices: Sequence[int]) -> Self:
        """Give the rows at these positions only."""
        raw = [self.raw[index] for index in indices]
        objects = [self.objects[index] for index in indices]
        return type(self)(self.columns, raw, objects, dropped=self.dropped)

    def with_columns(self, columns: Sequence[str]) -> Self:
        """Give the same rows with these columns."""
        return type(self)(columns, self.raw, self.objects, dropped=self.dropped)

    def drop(self, names: Collection[str]) -> Self:
        """Give the same rows without some keys."""
        kept = [name for name in self.columns if name not in names]
        return type(self)(kept, self.raw, self.objects, dropped=self.dropped.union(names))
