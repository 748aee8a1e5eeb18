"""Slide a window over a text, adding and dropping what a token brings with it.

Import through `adclassifier.features.kernels()`, as `kernel`.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from adclassifier.features.hashing import BUCKETS, GROUPS
from adclassifier.features.jit import jit, jit_in_place


class Slide(NamedTuple):
    """The sums of the window as it stands, and what moves them.

    Parameters
    ----------
    sums : ndarray of shape (n_sums,), float64
    grams : ndarray of shape (n_kinds, n_tokens, n_sums), float64
        What the gram that begins at a token adds; filled where it stands first.
    firsts : ndarray of shape (n_kinds, n_tokens), int32
        Where the same gram stands first.
    counts : ndarray of shape (n_kinds, n_tokens), int32
        How often a gram stands in the window, at its first place.
    damping : ndarray of shape (n_tokens + n_cues + 2,), float64
        0, and 1 + ln m.
    cues : ndarray of shape (n_cues, 3), int32
        First and last token, and place of the group in ``groups``; by first token.
    by_last : ndarray of shape (n_cues,), int64
        The cues in the order of their last tokens.
    ends : ndarray of shape (2,), int64
        How many of ``by_last`` and of ``cues`` the window's two ends have passed.
    groups : ndarray of shape (n_own_groups,), int64
        The text's own groups.
    group_counts : ndarray of shape (n_own_groups,), int64
    pairs : ndarray of shape (n_own_groups, n_own_groups, n_sums), float64
        What two groups add together; a group with itself what it adds alone.
    """

    sums: NDArray[np.float64]
    grams: NDArray[np.float64]
    firsts: NDArray[np.int32]
    counts: NDArray[np.int32]
    damping: NDArray[np.float64]
    cues: NDArray[np.int32]
    by_last: NDArray[np.int64]
    ends: NDArray[np.int64]
    groups: NDArray[np.int64]
    group_counts: NDArray[np.int64]
    pairs: NDArray[np.float64]


@jit_in_place
def pair_row(one: int, other: int, shape: NDArray[np.int64]) -> int:
    """Row of a pair of groups of cues: behind the buckets and the groups."""
    low, high = min(one, other), max(one, other)
    before = low * (2 * shape[GROUPS] - low - 1) // 2
    return int(shape[BUCKETS] + shape[GROUPS] + before + high - low - 1)


@jit
def new_slide(
    grams: NDArray[np.float64],
    firsts: NDArray[np.int32],
    cues: NDArray[np.int32],
    shape: NDArray[np.int64],
    cue_weights: NDArray[np.float64],
    table: NDArray[np.float32],
) -> Slide:
    """Begin with an empty window; ``cues`` by first token, with their groups."""
    n_kinds, n_tokens, n_sums = grams.shape
    damping = np.zeros(n_tokens + cues.shape[0] + 2)
    for m in range(1, damping.shape[0]):
        damping[m] = 1.0 + math.log(m)
    groups = np.unique(cues[:, 2]).astype(np.int64)
    own = cues.copy()
    for i in range(cues.shape[0]):
        own[i, 2] = np.searchsorted(groups, cues[i, 2])
    pairs = np.empty((groups.shape[0], groups.shape[0], n_sums))
    for one in range(groups.shape[0]):
        for other in range(groups.shape[0]):
            if one == other:
                row, weight = shape[BUCKETS] + groups[one], cue_weights[0]
            else:
                row, weight = pair_row(groups[one], groups[other], shape), cue_weights[1]
            for column in range(n_sums):
                pairs[one, other, column] = weight * table[row, column]
    return Slide(
        np.zeros(n_sums),
        grams,
        firsts,
        np.zeros((n_kinds, n_tokens), np.int32),
        damping,
        own,
        np.argsort(cues[:, 1], kind="mergesort"),
        np.zeros(2, np.int64),
        groups,
        np.zeros(groups.shape[0], np.int64),
        pairs,
    )


@jit
def add(sums: NDArray[np.float64], weight: float, row: NDArray[np.float64]) -> None:
    """Add a weighted row to the sums."""
    for column in range(sums.shape[0]):
        sums[column] += weight * row[column]


@jit
def add_token(slide: Slide, low: int, high: int) -> None:
    """Take token ``high`` into the window [low, high)."""
    for kind in range(slide.firsts.shape[0]):
        t = high - kind // 2
        if t >= low:
            first = slide.firsts[kind, t]
            m = slide.counts[kind, first]
            slide.counts[kind, first] = m + 1
            step = slide.damping[m + 1] - slide.damping[m]
            add(slide.sums, step, slide.grams[kind, first])
    while slide.ends[0] < slide.by_last.shape[0]:
        cue = slide.cues[slide.by_last[slide.ends[0]]]
        if cue[1] > high:
            break
        slide.ends[0] += 1
        if cue[0] >= low:
            move_group(slide, cue[2], 1)


@jit
def drop_token(slide: Slide, low: int, high: int) -> None:
    """Drop token ``low`` from the window [low, high)."""
    for kind in range(slide.firsts.shape[0]):
        if low + kind // 2 < high:
            first = slide.firsts[kind, low]
            m = slide.counts[kind, first]
            slide.counts[kind, first] = m - 1
            step = slide.damping[m - 1] - slide.damping[m]
            add(slide.sums, step, slide.grams[kind, first])
    while slide.ends[1] < slide.cues.shape[0] and slide.cues[slide.ends[1], 0] <= low:
        cue = slide.cues[slide.ends[1]]
        slide.ends[1] += 1
        if cue[1] < high:
            move_group(slide, cue[2], -1)
    if low + 1 == high:
        # Nothing is left, and so no rounding either.
        slide.sums[:] = 0.0


@jit
def rewind(slide: Slide) -> None:
    """Go back to the beginning of the text with an empty window."""
    slide.ends[:] = 0


@jit
def move_group(slide: Slide, group: int, step: int) -> None:
    """Count one cue of a group more or less; with the first and the last its pairs come and go."""
    m = slide.group_counts[group]
    slide.group_counts[group] = m + step
    change = slide.damping[m + step] - slide.damping[m]
    add(slide.sums, change, slide.pairs[group, group])
    if m + step > 1 or m > 1:
        return
    for other in range(slide.groups.shape[0]):
        if other != group and slide.group_counts[other] > 0:
            add(slide.sums, float(step), slide.pairs[group, other])
