"""Find the cues of many texts: compiled. Import lazily: decorating touches the cache folder."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from adclassifier.features.cue_matching import find_all, find_groups
from adclassifier.features.cue_table import CueTable
from adclassifier.features.cue_words import Room, make_room
from adclassifier.features.jit import jit, jit_in_place


@jit
def match_many(
    points: NDArray[np.int32],
    starts: NDArray[np.int64],
    lengths: NDArray[np.int32],
    table: CueTable,
    numbers: NDArray[np.int32],
    found: NDArray[np.int32],
    cue_starts: NDArray[np.int64],
) -> int:
    """Write the cues of text after text into ``found``; return how many, -1 where it is too small.

    ``cue_starts``, shape (n_texts + 1,), is filled; see `cue_matching.match_groups`.
    """
    longest = 0
    for i in range(lengths.shape[0]):
        longest = max(longest, lengths[i])
    return match_each(
        points, starts, lengths, table, numbers, make_room(longest), found, cue_starts
    )


@jit_in_place
def match_each(
    points: NDArray[np.int32],
    starts: NDArray[np.int64],
    lengths: NDArray[np.int32],
    table: CueTable,
    numbers: NDArray[np.int32],
    own: Room,
    found: NDArray[np.int32],
    cue_starts: NDArray[np.int64],
) -> int:
    """Do as `match_many` does, in a room for the longest text."""
    used = 0
    for i in range(starts.shape[0]):
        cue_starts[i] = used
        text = points[starts[i] : starts[i] + lengths[i]]
        n = find_groups(text, table, numbers, own, found[used:])
        if n < 0:
            return -1
        used += n
    cue_starts[starts.shape[0]] = used
    return used


@jit
def match_texts(
    points: NDArray[np.int32],
    ends: NDArray[np.int64],
    table: CueTable,
    found: NDArray[np.int32],
    cue_ends: NDArray[np.int64],
) -> int:
    """Write the cues of text after text into ``found``; return how many, -1 where it is too small.

    The texts stand one behind the other and end at ``ends``. ``cue_ends``, of the same shape, is
    filled; see `cue_matching.match_cues`.
    """
    used, start = 0, 0
    for i in range(ends.shape[0]):
        text = points[start : ends[i]]
        n = find_all(text, table, make_room(text.shape[0]), found[used:])
        if n < 0:
            return -1
        used += n
        start, cue_ends[i] = ends[i], used
    return used
