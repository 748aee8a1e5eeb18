"""Score many short texts: `kernel.score_text` to the bit, without its allocations.

The sums of a window that begins with the text do not depend on where it will end, so windows of
all sizes share them; only a window that has left the beginning is slid by itself. All additions
keep the order that `sliding` gives them.

Import lazily: decorating touches the cache folder.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from adclassifier.features.cue_marks import write_marks
from adclassifier.features.cuts import link_sizes, write_windows
from adclassifier.features.hashing import MIN_LENGTH
from adclassifier.features.jit import jit_in_place
from adclassifier.features.motion import (
    GROWING,
    SLIDING,
    add_token,
    drop_token,
    empty_window,
    leave_beginning,
)
from adclassifier.features.rows import (
    ROW_COLUMNS,
    Row,
    column,
    read_row,
    row_of,
    shares,
    sum_of,
    where_larger,
    write_row,
)
from adclassifier.features.scratch import Scratch, Tables, make_scratch
from adclassifier.features.token_sums import list_grams, read_tokens, sum_all
from adclassifier.features.windows import N_SIZES

# Rows of `Motion.heads`.
BIAS, BEST, CHOSEN = range(3)

__all__ = ["ROW_COLUMNS", "Scratch", "Tables", "make_scratch", "score_many"]


@jit_in_place
def decide(sums: Row, tables: Tables, window: int, heads: NDArray[np.float64]) -> None:
    """Keep a window's decisions where they are the largest so far, as `kernel.decide` does."""
    squares = column(sums, tables.bias.shape[0])
    length = max(math.sqrt(max(squares, 0.0)), float(tables.shape[MIN_LENGTH]))
    decisions = sum_of(read_row(heads, BIAS), shares(sums, length if length > 0.0 else 1.0))
    best, chosen = read_row(heads, BEST), read_row(heads, CHOSEN)
    write_row(heads, BEST, where_larger(decisions, best, decisions, best))
    write_row(heads, CHOSEN, where_larger(decisions, best, row_of(float(window)), chosen))


@jit_in_place
def grow(n_tokens: int, n_cues: int, tables: Tables, scratch: Scratch) -> None:
    """Sum what the first n tokens hold, for each n."""
    grams, marks, motion = scratch.grams, scratch.marks, scratch.motion
    empty_window(motion, GROWING, grams, n_tokens, marks)
    sums = row_of(0.0)
    write_row(motion.sums, 0, sums)
    for high in range(n_tokens):
        sums = add_token(sums, motion, GROWING, grams, marks, n_cues, tables, 0, high)
        write_row(motion.sums, high + 1, sums)


@jit_in_place
def slide(first: int, n_tokens: int, n_cues: int, tables: Tables, scratch: Scratch) -> None:
    """Decide on the windows of one size, ``first`` and those behind it."""
    grams, cuts, marks, motion = scratch.grams, scratch.cuts, scratch.marks, scratch.motion
    spans = grams.spans
    low = high = 0
    sums = row_of(0.0)
    w = first
    while w >= 0:
        start, end = cuts.ranges[np.uintp(w), 0], cuts.ranges[np.uintp(w), 1]
        while high < n_tokens and spans[np.uintp(high), 0] < end:
            if low > 0:
                sums = add_token(sums, motion, SLIDING, grams, marks, n_cues, tables, low, high)
            high += 1
        if low == 0:
            sums = read_row(motion.sums, high)
            if high > 0 and spans[0, 0] < start:
                leave_beginning(motion, grams, n_tokens, marks, n_cues, high)
        while low < high and spans[np.uintp(low), 0] < start:
            sums = drop_token(sums, motion, grams, marks, n_cues, tables, low, high)
            low += 1
        decide(sums, tables, w, motion.heads)
        w = cuts.nexts[np.uintp(w)]


@jit_in_place
def score_points(
    points: NDArray[np.int32],
    cues: NDArray[np.int32],
    tables: Tables,
    scratch: Scratch,
    best: NDArray[np.float64],
    where: NDArray[np.int32],
) -> bool:
    """Score one text into ``best``, shape (n_heads,), and ``where``, (n_heads, 2).

    False, and NaN in ``best``, where the scratch has no room for so many code points or cues.
    ``cues`` as `find_cues` gives them. The scratch holds the biases, as `score_many` leaves them.
    """
    if max(points.shape[0], cues.shape[0]) > scratch.grams.spans.shape[0]:
        best[:] = np.nan
        where[:, :] = 0
        return False
    grams, ranges = scratch.grams, scratch.cuts.ranges
    n_tokens = read_tokens(points, tables, grams)
    list_grams(points, n_tokens, tables, scratch)
    n_cues = write_marks(cues, n_tokens, grams, scratch.marks)
    link_sizes(scratch.cuts, write_windows(points, tables.window[1], scratch.cuts))
    sum_all(points, n_tokens, tables, scratch)
    grow(n_tokens, n_cues, tables, scratch)
    heads = scratch.motion.heads
    write_row(heads, BEST, row_of(-np.inf))
    write_row(heads, CHOSEN, row_of(0.0))
    for size in range(N_SIZES):
        slide(scratch.cuts.firsts[size], n_tokens, n_cues, tables, scratch)
    for head in range(best.shape[0]):
        best[head] = heads[BEST, head]
        window = int(heads[CHOSEN, head])
        where[head, 0] = ranges[window, 0]
        where[head, 1] = ranges[window, 1]
    return True


@jit_in_place
def score_many(
    points: NDArray[np.int32],
    starts: NDArray[np.int64],
    lengths: NDArray[np.int32],
    cues: NDArray[np.int32],
    cue_starts: NDArray[np.int64],
    tables: Tables,
    scratch: Scratch,
    decisions: NDArray[np.float64],
    windows: NDArray[np.int32],
) -> int:
    """Score texts that lie in one buffer; return how many the scratch had no room for.

    Text i has ``lengths[i]`` code points from ``starts[i]`` on, and the cues
    ``cues[cue_starts[i]:cue_starts[i + 1]]``; ``decisions``, shape (n_texts, n_heads), and
    ``windows``, (n_texts, n_heads, 2), are filled as `score_points` does.
    """
    for head in range(tables.bias.shape[0]):
        scratch.motion.heads[BIAS, head] = tables.bias[head]
    refused = 0
    for i in range(starts.shape[0]):
        own_points = points[starts[i] : starts[i] + lengths[i]]
        own_cues = cues[cue_starts[i] : cue_starts[i + 1]]
        if not score_points(own_points, own_cues, tables, scratch, decisions[i], windows[i]):
            refused += 1
    return refused
