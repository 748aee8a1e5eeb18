"""Read and score many texts: Arrow strings in, decisions out, no Python object for each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from adclassifier.features.codepoints import TABLE_SIZE, fold_table, token_classes
from adclassifier.features.cue_table import cue_table, group_numbers
from adclassifier.features.reading.memo import shared_memo
from adclassifier.features.reading.reader import Batch, Reader, Written, string_buffers
from adclassifier.features.tokens import FeatureShape, kernels

#: Code points of the longest text that the scratch has room for, at first and where longer texts
#: come; what is longer still is scored by the plain kernel.
_ROOM, _MOST_ROOM = 1 << 12, 1 << 15
_CUES_A_TEXT = 64
#: Texts that are read and scored together, and their bytes: the more at once, the less often
#: compiled and plain code drive each other out of the processor's cache.
CHUNK, CHUNK_BYTES = 4096, 1 << 20

#: Says of which texts the canonical form is kept, by their decisions, (n_texts, n_heads).
Keep = Callable[[NDArray[np.float64]], NDArray[np.bool_]]


@dataclass(frozen=True, slots=True, eq=False)
class Decided:
    """What compiled code says of some texts.

    Parameters
    ----------
    decisions : ndarray of shape (n_texts, n_heads), float64
    windows : ndarray of shape (n_texts, n_heads, 2), int32
        As `LinearHeads.decisions` gives them.
    readable : ndarray of shape (n_texts,), bool
    plain : ndarray of shape (n_texts,), bool
        For which texts plain code carried out a stage of the normaliser.
    written : mapping of int to Written
        Canonical texts of those that were to be kept, by number.
    """

    decisions: NDArray[np.float64]
    windows: NDArray[np.int32]
    readable: NDArray[np.bool_]
    plain: NDArray[np.bool_]
    written: Mapping[int, Written]


class BulkScorer:
    """Scores batches of texts with one model; one for each thread.

    Parameters
    ----------
    shape : FeatureShape
    window_chars, stride_chars : int
    table : ndarray of shape (n_rows, 16), float32
        A column a head, then idf², aligned to a cache line.
    bias : ndarray of shape (n_heads,), float64
    """

    def __init__(
        self,
        shape: FeatureShape,
        window_chars: int,
        stride_chars: int,
        table: NDArray[np.float32],
        bias: NDArray[np.float64],
    ) -> None:
        from adclassifier.features import bulk_sliding, cue_batches

        self._match_many, self._score_many = cue_batches.match_many, bulk_sliding.score_many
        self._reader = Reader(shared_memo())
        self._numbers = group_numbers(shape.cue_groups)
        self._tables = bulk_sliding.Tables(
            token_classes(),
            fold_table(),
            shape.as_array(),
            shape.cue_weights(),
            np.array([window_chars, stride_chars], np.int64),
            table,
            bias,
        )
        self._make_scratch = bulk_sliding.make_scratch
        self._make_room(_ROOM)
        self._cues = np.empty((CHUNK * _CUES_A_TEXT, 3), np.int32)

    def _make_room(self, room: int) -> None:
        """Make a scratch for texts of so many code points."""
        self._room = room
        self._scratch = self._make_scratch(self._tables.shape, self._tables.window, room=room)

    def score(self, texts: Any, keep: Keep | None = None) -> Decided:
        """Read and score texts.

        Parameters
        ----------
        texts : pyarrow.StringArray or LargeStringArray
            A null reads as an empty text.
        keep : callable, optional
            Says of which texts the canonical form is kept, by their decisions; of none by default.

        Returns
        -------
        Decided
            The same bits whatever stands beside a text, and whatever was scored before.
        """
        n, n_heads = len(texts), len(self._tables.bias)
        decisions = np.empty((n, n_heads))
        windows = np.zeros((n, n_heads, 2), np.int32)
        readable, plain = np.zeros(n, np.bool_), np.zeros(n, np.bool_)
        written: dict[int, Written] = {}
        for rows in _chunks(texts):
            start = rows.start
            batch = self._reader.read(texts.slice(start, rows.stop - start))
            self._score(batch, decisions[rows], windows[rows])
            readable[rows], plain[rows] = self._reader.readable(batch), batch.plain
            if keep is not None:
                kept = np.flatnonzero(keep(decisions[rows]) & readable[rows])
                written |= {start + row: batch.written(row) for row in kept.tolist()}
        return Decided(decisions, windows, readable, plain, written)

    def _score(
        self, batch: Batch, decisions: NDArray[np.float64], windows: NDArray[np.int32]
    ) -> None:
        """Find the cues of a batch, and fill in its decisions."""
        cue_starts = np.zeros(len(batch.starts) + 1, np.int64)
        while (
            self._match_many(
                batch.points,
                batch.starts,
                batch.lengths,
                cue_table(),
                self._numbers,
                self._cues,
                cue_starts,
            )
            < 0
        ):
            self._cues = np.empty((2 * len(self._cues), 3), np.int32)
        if self._room < _MOST_ROOM and self._room < batch.lengths.max(initial=0):
            self._make_room(_MOST_ROOM)
        points = batch.points
        if len(points) and int(points.max()) >= TABLE_SIZE:
            points = np.where(points < TABLE_SIZE, points, 0).astype(np.int32)
        refused = self._score_many(
            points,
            batch.starts,
            batch.lengths,
            self._cues,
            cue_starts,
            self._tables,
            self._scratch,
            decisions,
            windows,
        )
        if refused:
            self._score_plainly(points, batch, cue_starts, decisions, windows)

    def _score_plainly(
        self,
        points: NDArray[np.int32],
        batch: Batch,
        cue_starts: NDArray[np.int64],
        decisions: NDArray[np.float64],
        windows: NDArray[np.int32],
    ) -> None:
        """Score the texts that are too long for the scratch."""
        kernel, tables = kernels(), self._tables
        for row in np.flatnonzero(np.isnan(decisions).any(axis=1)).tolist():
            start = batch.starts[row]
            decisions[row], windows[row] = kernel.score_text(
                points[start : start + batch.lengths[row]],
                tables.classes,
                tables.fold,
                self._cues[cue_starts[row] : cue_starts[row + 1]],
                tables.shape,
                tables.cue_weights,
                tables.window,
                tables.table,
                tables.bias,
            )


def _chunks(texts: Any) -> Iterator[slice]:
    """Cut texts into pieces of at most `CHUNK`, and `CHUNK_BYTES` unless a single one has more."""
    _, offsets = string_buffers(texts)
    start = 0
    while start < len(texts):
        full = int(np.searchsorted(offsets, offsets[start] + CHUNK_BYTES, side="right")) - 1
        end = min(start + CHUNK, max(full, start + 1), len(texts))
        yield slice(start, end)
        start = end
