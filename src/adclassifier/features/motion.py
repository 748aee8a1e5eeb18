"""Move the two windows of a scratch over a text: the additions of `sliding`, in its order.

The sums of a window go from function to function in registers.

Import lazily: decorating touches the cache folder.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from adclassifier.features.hashing import BUCKETS
from adclassifier.features.jit import jit_in_place
from adclassifier.features.rows import Row, plus_weighted, read_row, row_of, sum_of, times
from adclassifier.features.scratch import LESS, MORE, Grams, Marks, Motion, Tables
from adclassifier.features.sliding import pair_row

#: The windows: one slides, one only grows from the beginning of the text.
SLIDING, GROWING = 0, 1


@jit_in_place
def count_gram(motion: Motion, window: int, place: np.uint32, way: int) -> float:
    """Count a gram once more or less; give the change of its weight."""
    m = motion.counts[window, place]
    motion.counts[window, place] = m + 1 - 2 * way
    return float(motion.steps[way, m])


@jit_in_place
def move_grams(
    sums: Row, motion: Motion, window: int, grams: Grams, t: int, kind: int, way: int
) -> Row:
    """Count the gram that begins at a token once more or less, in both views; give the sums."""
    # Unsigned places count from the front: nothing asks whether they count from the end.
    token = np.uintp(t)
    one, other = grams.places[token, np.uintp(kind)], grams.places[token, np.uintp(kind + 1)]
    sums = plus_weighted(sums, count_gram(motion, window, one, way), grams.sums, one)
    return plus_weighted(sums, count_gram(motion, window, other, way), grams.sums, other)


@jit_in_place
def move_group(
    sums: Row,
    motion: Motion,
    window: int,
    tables: Tables,
    groups: NDArray[np.int32],
    group: int,
    way: int,
) -> Row:
    """Count one cue of a group more or less, as `sliding.move_group` does."""
    counts, shape, weights = motion.group_counts, tables.shape, tables.cue_weights
    m = counts[window, group]
    left = m + 1 - 2 * way
    counts[window, group] = left
    own = times(read_row(tables.table, shape[BUCKETS] + group), weights[0])
    sums = sum_of(sums, times(own, motion.steps[way, m]))
    if left > 1 or m > 1:
        return sums
    for i in range(1, groups[0] + 1):
        other = groups[i]
        if other != group and counts[window, other] > 0:
            own = times(read_row(tables.table, pair_row(group, other, shape)), weights[1])
            sums = sum_of(sums, times(own, float(1 - 2 * way)))
    return sums


@jit_in_place
def add_token(
    sums: Row,
    motion: Motion,
    window: int,
    grams: Grams,
    marks: Marks,
    n_cues: int,
    tables: Tables,
    low: int,
    high: int,
) -> Row:
    """Take token ``high`` into the window [low, high); give its sums."""
    for kind in range(0, grams.places.shape[1], 2):
        t = high - kind // 2
        if t < low:
            break
        sums = move_grams(sums, motion, window, grams, t, kind, MORE)
    while motion.ends[window, 0] < n_cues:
        cue = marks.placed[np.uintp(marks.by_last[np.uintp(motion.ends[window, 0])])]
        if cue[1] > high:
            break
        motion.ends[window, 0] += 1
        if cue[0] >= low:
            sums = move_group(sums, motion, window, tables, marks.groups, cue[2], MORE)
    return sums


@jit_in_place
def drop_token(
    sums: Row,
    motion: Motion,
    grams: Grams,
    marks: Marks,
    n_cues: int,
    tables: Tables,
    low: int,
    high: int,
) -> Row:
    """Drop token ``low`` from the sliding window [low, high); give its sums."""
    for kind in range(0, grams.places.shape[1], 2):
        if low + kind // 2 >= high:
            break
        sums = move_grams(sums, motion, SLIDING, grams, low, kind, LESS)
    while motion.ends[SLIDING, 1] < n_cues:
        cue = marks.placed[np.uintp(motion.ends[SLIDING, 1])]
        if cue[0] > low:
            break
        motion.ends[SLIDING, 1] += 1
        if cue[1] < high:
            sums = move_group(sums, motion, SLIDING, tables, marks.groups, cue[2], LESS)
    # Nothing may be left, and then no rounding either.
    return row_of(0.0) if low + 1 == high else sums


@jit_in_place
def empty_window(motion: Motion, window: int, grams: Grams, n_tokens: int, marks: Marks) -> None:
    """Forget what a window counted."""
    for i in range(n_tokens * grams.places.shape[1]):
        motion.counts[window, i] = 0
    for i in range(1, marks.groups[0] + 1):
        motion.group_counts[window, marks.groups[i]] = 0
    motion.ends[window, 0] = motion.ends[window, 1] = 0


@jit_in_place
def leave_beginning(
    motion: Motion, grams: Grams, n_tokens: int, marks: Marks, n_cues: int, high: int
) -> None:
    """Let the sliding window count what the first ``high`` tokens hold."""
    empty_window(motion, SLIDING, grams, n_tokens, marks)
    for kind in range(grams.places.shape[1]):
        for t in range(high - kind // 2):
            motion.counts[SLIDING, grams.places[np.uintp(t), np.uintp(kind)]] += 1
    while motion.ends[SLIDING, 0] < n_cues:
        cue = marks.by_last[motion.ends[SLIDING, 0]]
        if marks.placed[cue, 1] >= high:
            break
        motion.ends[SLIDING, 0] += 1
        motion.group_counts[SLIDING, marks.placed[cue, 2]] += 1
