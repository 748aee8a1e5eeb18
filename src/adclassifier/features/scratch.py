"""Hold the memory that scoring many short texts uses again and again: no text allocates.

Import lazily: decorating touches the cache folder.
"""

from __future__ import annotations

import math
from typing import NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from adclassifier.features.alignment import aligned_zeros
from adclassifier.features.hashing import (
    BORDER_CHARS,
    GROUPS,
    MAX_CHARS,
    MAX_TOKEN_CHARS,
    MAX_WORDS,
)
from adclassifier.features.rows import ROW_COLUMNS
from adclassifier.features.windows import N_SIZES

#: Code points, and cues, of the longest text that a scratch has room for.
ROOM = 2048
#: Ways that a gram's count can go.
MORE, LESS = 0, 1
#: Slots that the cache is searched for a token.
WAYS = 4
TOKEN_SLOTS = 1 << 15


class Tables(NamedTuple):
    """What one model scores with; the same for every text and thread.

    Parameters
    ----------
    classes : ndarray of shape (TABLE_SIZE,), uint8
    fold : ndarray of shape (TABLE_SIZE,), int32
    shape : ndarray, int64
        As `FeatureShape.as_array` gives it.
    cue_weights : ndarray of shape (2,), float64
    window : ndarray of shape (2,), int64
        window_chars and stride_chars.
    table : ndarray of shape (n_rows, ROW_COLUMNS), float32
        A column a head, then idf², then zeros (`alignment.aligned_zeros`).
    bias : ndarray of shape (n_heads,), float64
    """

    classes: NDArray[np.uint8]
    fold: NDArray[np.int32]
    shape: NDArray[np.int64]
    cue_weights: NDArray[np.float64]
    window: NDArray[np.int64]
    table: NDArray[np.float32]
    bias: NDArray[np.float64]


class SumCache(NamedTuple):
    """Sums of the rows of tokens met before: a lossy table, so no answer may depend on it.

    Parameters
    ----------
    keys : ndarray of shape (n_slots, 2), uint64
        Keys of a token in both views; zeros in an empty slot. ``n_slots`` is a power of two.
    sums : ndarray of shape (n_slots, ROW_COLUMNS), float64
    """

    keys: NDArray[np.uint64]
    sums: NDArray[np.float64]


class Grams(NamedTuple):
    """The tokens of a text and what its grams add; kind 2 · (length - 1) + view.

    Parameters
    ----------
    spans : ndarray of shape (room, 2), int32
    hashes : ndarray of shape (2, room), uint64
    keys : ndarray of shape (n_kinds, room), uint64
    places : ndarray of shape (room, n_kinds), uint32
        ``n_kinds`` · first place + kind, the row in ``sums``, of the gram that begins at a token.
    sums : ndarray of shape (room · n_kinds, ROW_COLUMNS), float64
        What is read is where a gram stands first.
    slots : ndarray of shape (n_kinds, n_slots), int32
        For the search of first places.
    rows : ndarray of shape (n_kinds + n_borders, room), int64
        Row of the table of each gram, then of the n-grams over the blank behind each token.
    weights : ndarray of shape (n_borders, room), float64
        1 where a token and the next are long enough for such an n-gram, else 0.
    corners : ndarray of shape (2 · reach, room), uint64
        The first characters of each token and then its last, as far as those n-grams reach.
    sizes : ndarray of shape (room,), int64
        Characters of each token.
    states : ndarray of shape (room,), uint64
        Of the hashes in hand.
    own : ndarray, int64
        Rows of one token.
    """

    spans: NDArray[np.int32]
    hashes: NDArray[np.uint64]
    keys: NDArray[np.uint64]
    places: NDArray[np.uint32]
    sums: NDArray[np.float64]
    slots: NDArray[np.int32]
    rows: NDArray[np.int64]
    weights: NDArray[np.float64]
    corners: NDArray[np.uint64]
    sizes: NDArray[np.int64]
    states: NDArray[np.uint64]
    own: NDArray[np.int64]


class Cuts(NamedTuple):
    """Where a text may be cut, and its windows.

    Parameters
    ----------
    stops, blanks : ndarray of shape (room + 1,), int32
        The last cut of quality 2, or of 1, up to each position; -1 where there is none.
    lengths : ndarray of shape (N_SIZES,), int64
        Characters of each size of window, the longest first.
    ranges : ndarray of shape (room_windows, 2), int32
    sizes : ndarray of shape (room_windows,), int32
    firsts : ndarray of shape (N_SIZES,), int32
        First window of each size; -1 where there is none.
    nexts : ndarray of shape (room_windows,), int32
        The next window of the same size.
    """

    stops: NDArray[np.int32]
    blanks: NDArray[np.int32]
    lengths: NDArray[np.int64]
    ranges: NDArray[np.int32]
    sizes: NDArray[np.int32]
    firsts: NDArray[np.int32]
    nexts: NDArray[np.int32]


class Marks(NamedTuple):
    """The cues of a text, on its tokens.

    Parameters
    ----------
    placed : ndarray of shape (room, 3), int32
        First and last token and group; by first token.
    by_last : ndarray of shape (room,), int32
        Their order by last token.
    groups : ndarray of shape (n_groups + 1,), int32
        How many groups the text has, then these, rising.
    """

    placed: NDArray[np.int32]
    by_last: NDArray[np.int32]
    groups: NDArray[np.int32]


class Motion(NamedTuple):
    """Two windows: 0 slides, 1 only grows from the beginning of the text.

    Parameters
    ----------
    sums : ndarray of shape (room + 1, ROW_COLUMNS), float64
        Row n is that of the first n tokens.
    counts : ndarray of shape (2, room · n_kinds), uint32
        How often a gram stands in each window, at its place.
    group_counts : ndarray of shape (2, n_groups), uint32
    ends : ndarray of shape (2, 2), int64
        How many cues each window's two ends have passed: by last token, by first.
    steps : ndarray of shape (2, 2 · room + 2), float64
        What a gram that was counted so many times gains, or loses, by once `MORE`, or `LESS`.
    heads : ndarray of shape (3, ROW_COLUMNS), float64
        Bias, largest decision and its window of each head.
    """

    sums: NDArray[np.float64]
    counts: NDArray[np.uint32]
    group_counts: NDArray[np.uint32]
    ends: NDArray[np.int64]
    steps: NDArray[np.float64]
    heads: NDArray[np.float64]


class Scratch(NamedTuple):
    """All that one thread needs to score with one model."""

    tokens: SumCache
    grams: Grams
    cuts: Cuts
    marks: Marks
    motion: Motion


def make_scratch(
    shape: NDArray[np.int64],
    window: NDArray[np.int64],
    *,
    room: int = ROOM,
    token_slots: int = TOKEN_SLOTS,
) -> Scratch:
    """Make what one thread needs to score with one model; no two threads may share it.

    Parameters
    ----------
    shape : ndarray, int64
        As `FeatureShape.as_array` gives it.
    window : ndarray of shape (2,), int64
        window_chars and stride_chars.
    room : int, default=2048
        Code points, and cues, of the longest text that can be scored. Memory that no text has
        needed yet is only reserved, so that much room costs little.
    token_slots : int, a power of two
        Size of the cache of token sums, 144 bytes a slot: 4.7 MB.

    Returns
    -------
    Scratch
        Its cache is of one model: a scratch that has scored with one table of weights must not
        score with another.
    """
    n_kinds, n_groups = int(2 * shape[MAX_WORDS]), int(shape[GROUPS])
    return Scratch(
        SumCache(np.zeros((token_slots, 2), np.uint64), _rows(token_slots)),
        _make_grams(shape, n_kinds, room),
        _make_cuts(window, room),
        Marks(
            np.empty((room, 3), np.int32),
            np.empty(room, np.int32),
            np.zeros(n_groups + 1, np.int32),
        ),
        Motion(
            _rows(room + 1),
            np.zeros((2, room * n_kinds), np.uint32),
            np.zeros((2, n_groups), np.uint32),
            np.zeros((2, 2), np.int64),
            _make_steps(2 * room + 2),
            _rows(3),
        ),
    )


def _rows(n_rows: int) -> NDArray[np.float64]:
    """Make rows of sums."""
    return cast(NDArray[np.float64], aligned_zeros((n_rows, ROW_COLUMNS), np.float64))


def _make_steps(n: int) -> NDArray[np.float64]:
    """Say how much the weight of a gram, 1 + ln m or 0, changes with its count."""
    damping = np.array([0.0, *(1.0 + math.log(m) for m in range(1, n + 1))])
    gains = np.diff(damping)
    return np.array([gains, [0.0, *-gains[:-1]]])


def _make_grams(shape: NDArray[np.int64], n_kinds: int, room: int) -> Grams:
    """Make room for the tokens of a text and the rows of their grams."""
    n_slots = 16
    while n_slots < 4 * room:
        n_slots *= 2
    reach = max(int(shape[BORDER_CHARS]) - 2, 0) if n_kinds > 2 else 0
    n_borders = reach * (reach + 1) // 2
    # Otherwise the same places of all rows may want the same few lines of the nearest cache.
    wide = room + 8
    return Grams(
        np.empty((room, 2), np.int32),
        np.empty((2, wide), np.uint64),
        np.empty((n_kinds, wide), np.uint64),
        np.empty((room, n_kinds), np.uint32),
        _rows(room * n_kinds),
        np.empty((n_kinds, n_slots + 16), np.int32),
        np.empty((n_kinds + n_borders, wide), np.int64),
        np.empty((n_borders, wide), np.float64),
        np.empty((2 * reach, wide), np.uint64),
        np.empty(room, np.int64),
        np.empty(room, np.uint64),
        np.empty(1 + 2 * (MAX_TOKEN_CHARS + 1) * int(shape[MAX_CHARS]), np.int64),
    )


def _make_cuts(window: NDArray[np.int64], room: int) -> Cuts:
    """Make room for the windows of a text, as many as `windows.cut_windows` may cut."""
    longest, stride = max(int(window[0]), 1), max(int(window[1]), 1)
    lengths = [max(int(longest * 0.5 ** (0.5 * step)), 1) for step in range(N_SIZES)]
    n_windows = (room // min(stride, longest // 2 + 1) + 2) * N_SIZES
    return Cuts(
        np.empty(room + 1, np.int32),
        np.empty(room + 1, np.int32),
        np.array(lengths, np.int64),
        np.empty((n_windows, 2), np.int32),
        np.empty(n_windows, np.int32),
        np.empty(N_SIZES, np.int32),
        np.empty(n_windows, np.int32),
    )
