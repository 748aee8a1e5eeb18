"""Cut chunks where the parts of the output end, wherever the chunks do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from adclassifier.posts import Chunk, RejectedRow

#: A part ends with the row at which its rows have so many characters: it is held in memory.
PART_CHARS = 1 << 25


@dataclass(frozen=True, slots=True)
class Piece:
    """Rows that stand in one part of the output.

    Parameters
    ----------
    part : int
        The part's number; it depends on the rows alone, not on the size of chunks.
    chunk : Chunk
        The rows; there may be none.
    rejected : list of RejectedRow
        What was left out before the next piece.
    """

    part: int
    chunk: Chunk
    rejected: list[RejectedRow]


def cut_pieces(
    chunks: Iterable[Chunk], part_rows: int, *, n_parts: int = 0, n_rejected: int = 0
) -> Iterator[Piece]:
    """Give the rows in pieces, without what an earlier run has written.

    Parameters
    ----------
    chunks : iterable of Chunk
        All of the input, from its beginning.
    part_rows : int
        Most rows of a part.
    n_parts, n_rejected : int, default=0
        Parts, and rejected rows, that are written.

    Yields
    ------
    Piece
        In order; its part is at least `n_parts`.
    """
    cutter = _Cutter(part_rows)
    for chunk in chunks:
        rejected = chunk.rejected[n_rejected:]
        n_rejected -= len(chunk.rejected) - len(rejected)
        for part, start, stop in cutter.cut(chunk):
            if part >= n_parts:
                yield Piece(part, chunk.part(start, stop), rejected)
                rejected = []
        if rejected:
            yield Piece(max(cutter.part, n_parts), chunk.part(0, 0), rejected)


class _Cutter:
    """Counts the rows of the part that is being filled."""

    def __init__(self, part_rows: int) -> None:
        self._part_rows = part_rows
        self._n_rows = self._n_chars = 0
        self.part = 0

    def cut(self, chunk: Chunk) -> Iterator[tuple[int, int, int]]:
        """Give each part that a chunk touches, with the chunk's rows in it (start, stop)."""
        start, n_rows = 0, len(chunk.rows)
        ends = np.cumsum(chunk.rows.widths(), dtype=np.int64)
        while start < n_rows:
            if self._n_rows == self._part_rows or self._n_chars >= PART_CHARS:
                self.part += 1
                self._n_rows = self._n_chars = 0
            before = int(ends[start - 1]) if start else 0
            full = int(np.searchsorted(ends, before + PART_CHARS - self._n_chars)) + 1
            stop = min(n_rows, start + self._part_rows - self._n_rows, full)
            self._n_rows += stop - start
            self._n_chars += int(ends[stop - 1]) - before
            yield self.part, start, stop
            start = stop
