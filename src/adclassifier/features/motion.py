"""Move the two windows of a scratch over a text: the additions of `sliding`, in its order.

Import lazily: decorating touches the cache folder.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from adclassifier.features.hashing import BUCKETS
from adclassifier.features.jit import jit_in_place
from adclassifier.features.rows import add_row, add_weighted, copy_row
from adclassifier.features.scratch import Grams, Marks, Motion, Tables
from adclassifier.features.sliding import pair_row

#: The windows: one slides, one only grows from the beginning of the text.
SLIDING, GROWING = 0, 1


@jit_in_place
def count_gram(motion: Motion, window: int, place: int, step: int) -> float:
    """Count a gram once more or less; return the change of its weight."""
    m = motion.counts[window, place]
    motion.counts[window, place] = m + step
    return float(motion.damping[m + step] - motion.damping[m])


@jit_in_place
def move_grams(
    motion: Motion, window: int, row: int, grams: Grams, t: int, kind: int, step: int
) -> None:
    """Count the gram that begins at a token once more or less, in both views."""
    one, other = grams.places[t, kind], grams.places[t, kind + 1]
    first = count_gram(motion, window, one, step)
    second = count_gram(motion, window, other, step)
    add_row(motion.sums, row, first, grams.sums, one)
    add_row(motion.sums, row, second, grams.sums, other)


@jit_in_place
def move_words(
    motion: Motion, window: int, row: int, grams: Grams, t: int, pair: int, step: int
) -> None:
    """Do as `move_grams` does for the token ``t`` and then for the two tokens from ``pair``.

    First all counts, then all sums: these wait for nothing but each other.
    """
    one, other = grams.places[t, 0], grams.places[t, 1]
    two, others = grams.places[pair, 2], grams.places[pair, 3]
    first, second = count_gram(motion, window, one, step), count_gram(motion, window, other, step)
    third, fourth = count_gram(motion, window, two, step), count_gram(motion, window, others, step)
    add_row(motion.sums, row, first, grams.sums, one)
    add_row(motion.sums, row, second, grams.sums, other)
    add_row(motion.sums, row, third, grams.sums, two)
    add_row(motion.sums, row, fourth, grams.sums, others)


@jit_in_place
def move_group(
    motion: Motion,
    window: int,
    row: int,
    tables: Tables,
    groups: NDArray[np.int32],
    group: int,
    step: int,
) -> None:
    """Count one cue of a group more or less, as `sliding.move_group` does."""
    counts, shape = motion.group_counts, tables.shape
    m = counts[window, group]
    counts[window, group] = m + step
    change = motion.damping[m + step] - motion.damping[m]
    place = shape[BUCKETS] + group
    add_weighted(motion.sums, row, change, tables.cue_weights[0], tables.table, place)
    if m + step > 1 or m > 1:
        return
    for i in range(1, groups[0] + 1):
        other = groups[i]
        if other != group and counts[window, other] > 0:
            place = pair_row(group, other, shape)
            change = float(step)
            add_weighted(motion.sums, row, change, tables.cue_weights[1], tables.table, place)


@jit_in_place
def add_token(
    motion: Motion,
    window: int,
    row: int,
    grams: Grams,
    marks: Marks,
    n_cues: int,
    tables: Tables,
    low: int,
    high: int,
) -> None:
    """Take token ``high`` into the window [low, high)."""
    n_kinds = grams.places.shape[1]
    if n_kinds == 2 or high == low:
        move_grams(motion, window, row, grams, high, 0, 1)
    else:
        move_words(motion, window, row, grams, high, high - 1, 1)
    for kind in range(4, n_kinds, 2):
        t = high - kind // 2
        if t >= low:
            move_grams(motion, window, row, grams, t, kind, 1)
    while motion.ends[window, 0] < n_cues:
        cue = marks.by_last[motion.ends[window, 0]]
        if marks.placed[cue, 1] > high:
            break
        motion.ends[window, 0] += 1
        if marks.placed[cue, 0] >= low:
            move_group(motion, window, row, tables, marks.groups, marks.placed[cue, 2], 1)


@jit_in_place
def drop_token(
    motion: Motion,
    grams: Grams,
    marks: Marks,
    n_cues: int,
    tables: Tables,
    low: int,
    high: int,
) -> None:
    """Drop token ``low`` from the sliding window [low, high)."""
    n_kinds = grams.places.shape[1]
    if n_kinds == 2 or low + 1 == high:
        move_grams(motion, SLIDING, 0, grams, low, 0, -1)
    else:
        move_words(motion, SLIDING, 0, grams, low, low, -1)
    for kind in range(4, n_kinds, 2):
        if low + kind // 2 < high:
            move_grams(motion, SLIDING, 0, grams, low, kind, -1)
    while motion.ends[0, 1] < n_cues and marks.placed[motion.ends[0, 1], 0] <= low:
        cue = motion.ends[0, 1]
        motion.ends[0, 1] += 1
        if marks.placed[cue, 1] < high:
            move_group(motion, 0, 0, tables, marks.groups, marks.placed[cue, 2], -1)
    if low + 1 == high:
        # Nothing is left, and so no rounding either.
        motion.sums[0, :] = 0.0


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
    """Let the sliding window hold the first ``high`` tokens."""
    empty_window(motion, 0, grams, n_tokens, marks)
    n_kinds = grams.places.shape[1]
    for t in range(high):
        for kind in range(n_kinds):
            if t + kind // 2 < high:
                motion.counts[0, grams.places[t, kind]] += 1
    while motion.ends[0, 0] < n_cues:
        cue = marks.by_last[motion.ends[0, 0]]
        if marks.placed[cue, 1] >= high:
            break
        motion.ends[0, 0] += 1
        motion.group_counts[0, marks.placed[cue, 2]] += 1
    copy_row(motion.sums, 0, motion.sums, 1 + high)
