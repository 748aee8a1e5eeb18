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
from adclassifier.features.cuts import write_windows
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
from adclassifier.features.rows import ROW_COLUMNS, copy_row
from adclassifier.features.scratch import Scratch, Tables, make_scratch
from adclassifier.features.token_sums import read_tokens, sum_all
from adclassifier.features.windows import N_SIZES

__all__ = ["ROW_COLUMNS", "Scratch", "Tables", "make_scratch", "score_many", "score_points"]


@jit_in_place
def decide(
    sums: NDArray[np.float64],
    row: int,
    tables: Tables,
    window: int,
    best: NDArray[np.float64],
    chosen: NDArray[np.int32],
) -> None:
    """Keep a window's decisions where they are the largest so far, as `kernel.decide` does."""
    n_heads = tables.bias.shape[0]
    length = max(math.sqrt(max(sums[row, n_heads], 0.0)), float(tables.shape[MIN_LENGTH]))
    length = length if length > 0.0 else 1.0
    for head in range(n_heads):
        decision = tables.bias[head] + sums[row, head] / length
        if decision > best[head]:
            best[head] = decision
            chosen[head, 0] = window


@jit_in_place
def slide(
    size: int,
    n_tokens: int,
    n_windows: int,
    n_cues: int,
    grown: int,
    tables: Tables,
    scratch: Scratch,
    best: NDArray[np.float64],
    chosen: NDArray[np.int32],
) -> int:
    """Decide on the windows of one size; return how far the window that grows has come."""
    grams, cuts, marks, motion = scratch.grams, scratch.cuts, scratch.marks, scratch.motion
    spans = grams.spans
    low = high = 0
    for w in range(n_windows):
        if cuts.sizes[w] != size:
            continue
        start, end = cuts.ranges[w, 0], cuts.ranges[w, 1]
        while high < n_tokens and spans[high, 0] < end:
            if low > 0:
                add_token(motion, SLIDING, 0, grams, marks, n_cues, tables, low, high)
            elif grown == high:
                copy_row(motion.sums, 2 + high, motion.sums, 1 + high)
                add_token(motion, GROWING, 2 + high, grams, marks, n_cues, tables, 0, high)
                grown += 1
            high += 1
        if low == 0 and low < high and spans[low, 0] < start:
            leave_beginning(motion, grams, n_tokens, marks, n_cues, high)
        while low < high and spans[low, 0] < start:
            drop_token(motion, grams, marks, n_cues, tables, low, high)
            low += 1
        decide(motion.sums, 1 + high if low == 0 else 0, tables, w, best, chosen)
    return grown


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
    ``cues`` as `find_cues` gives them.
    """
    if max(points.shape[0], cues.shape[0]) > scratch.grams.spans.shape[0]:
        best[:] = np.nan
        where[:, :] = 0
        return False
    grams, ranges = scratch.grams, scratch.cuts.ranges
    n_tokens = read_tokens(points, tables, grams)
    sum_all(points, n_tokens, tables, scratch)
    n_cues = write_marks(cues, n_tokens, grams, scratch.marks)
    n_windows = write_windows(points, tables.window[1], scratch.cuts)
    empty_window(scratch.motion, GROWING, grams, n_tokens, scratch.marks)
    best[:] = -np.inf
    where[:, :] = 0
    grown = 0
    for size in range(N_SIZES):
        grown = slide(size, n_tokens, n_windows, n_cues, grown, tables, scratch, best, where)
    for head in range(best.shape[0]):
        window = where[head, 0]
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
    refused = 0
    for i in range(starts.shape[0]):
        own_points = points[starts[i] : starts[i] + lengths[i]]
        own_cues = cues[cue_starts[i] : cue_starts[i + 1]]
        if not score_points(own_points, own_cues, tables, scratch, decisions[i], windows[i]):
            refused += 1
    return refused
