"""A chunk of posts: what the classifier sees, and what the writer gives back."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa

from adclassifier.posts.rejects import RejectedRow
from adclassifier.posts.rows import CellRows, Rows


@dataclass(frozen=True)
class Chunk:
    """Rows that can be judged, in their order, and those that cannot.

    Parameters
    ----------
    rows : Rows
        The rows in the types of their file, for the writer.
    numbers : sequence of int
        Where each of them stands in its file, as `RejectedRow.row` says.
    sources : list of str
        The file of each of them.
    rejected : list of RejectedRow
        What was left out since the last chunk.
    text_column : str
        The column that holds the text.
    texts : pyarrow.StringArray
        That column, valid and not blank.
    source_column : str or None
        The column that gets `sources`, where there are several files.
    """

    rows: Rows
    numbers: Sequence[int]
    sources: list[str]
    rejected: list[RejectedRow]
    text_column: str
    texts: Any
    source_column: str | None

    @functools.cached_property
    def batch(self) -> Any:
        """All columns as one `pyarrow.RecordBatch` of strings, null as null."""
        return self.select(self.rows.columns)

    def select(self, names: Sequence[str]) -> Any:
        """Give some columns, and the file's name where there are several files.

        A writer that gets `rows` needs nothing but what was added, so this is the
        fast way where only the text and the date are looked at.

        Parameters
        ----------
        names : sequence of str
            Names; one that the file lacks holds nulls.

        Returns
        -------
        pyarrow.RecordBatch
            Strings, ``len(rows)`` rows.
        """
        arrays = {
            name: self.texts if name == self.text_column else self.rows.strings(name)
            for name in names
        }
        if self.source_column is not None:
            arrays[self.source_column] = pa.array(self.sources, pa.string())
        return pa.RecordBatch.from_arrays(list(arrays.values()), names=list(arrays))

    def part(self, start: int, stop: int) -> Chunk:
        """Give some of the rows, without what was rejected."""
        if start == 0 and stop == len(self.rows):
            return replace(self, rejected=[])
        return replace(
            self,
            rows=self.rows.keep(range(start, stop)),
            numbers=self.numbers[start:stop],
            sources=self.sources[start:stop],
            rejected=[],
            texts=self.texts.slice(start, stop - start),
        )

    def joined(self, other: Chunk, n_rows: int) -> Chunk | None:
        """Give this chunk and the next small file's as one; None where they do not fit."""
        rows, more = self.rows, other.rows
        if not isinstance(rows, CellRows) or not isinstance(more, CellRows):
            return None
        if not rows.can_join(more) or len(rows) + len(more) > n_rows:
            return None
        return replace(
            self,
            rows=rows.joined(more),
            numbers=[*self.numbers, *other.numbers],
            sources=self.sources + other.sources,
            rejected=self.rejected + other.rejected,
            texts=pa.concat_arrays([self.texts, other.texts]),
        )
