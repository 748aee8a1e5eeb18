"""Find the cues of a text: where they stand, and of which group they are."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from itertools import pairwise
from types import ModuleType

import numpy as np
from numpy.typing import NDArray

from adclassifier.features.cue_table import cue_table, group_numbers
from adclassifier.lexicon import Match, load_lexicon

# A text has about a cue in twenty characters; dense ones are matched again with more room.
_CHARS_A_ROW = 8
_LEAST_ROOM = 32


def matcher() -> ModuleType:
    """Import the compiled matcher, not before it is needed: see `features.tokens.kernels`."""
    from adclassifier.features import cue_matching

    return cue_matching


def find_cues(canonical: str, groups: tuple[str, ...]) -> NDArray[np.int32]:
    """Find the cues of some groups in a canonical text.

    Parameters
    ----------
    canonical : str
        Words may be joined by "_".
    groups : tuple of str
        Codes of groups of the package's lexicon; cues of others are left out.

    Returns
    -------
    ndarray of shape (n_cues, 3), int32
        Start, end and number of the group, by start.

    Examples
    --------
    >>> find_cues("trị dứt điểm viêm xoang", ("cure_verb", "disease")).tolist()
    [[0, 12, 0], [13, 23, 1]]
    """
    if not groups:
        return np.empty((0, 3), np.int32)
    points, table, numbers = _whole_points(canonical), cue_table(), group_numbers(groups)
    match_groups = matcher().match_groups
    return _with_room(points, lambda room: match_groups(points, table, numbers, room))


def find_cue_rows(canonical: str) -> NDArray[np.int32]:
    """Find the cues of a canonical text by number.

    Parameters
    ----------
    canonical : str
        Words may be joined by "_".

    Returns
    -------
    ndarray of shape (n_cues, 3), int32
        Start, end and place in ``load_lexicon().cues``, in the order of `find_matches`.
    """
    points, table = _whole_points(canonical), cue_table()
    match_cues = matcher().match_cues
    return _with_room(points, lambda room: match_cues(points, table, room))


def find_rows_of_texts(canonicals: Sequence[str]) -> list[NDArray[np.int32]]:
    """Find the cues of some canonical texts by number: what `find_cue_rows` gives of each, faster.

    Parameters
    ----------
    canonicals : sequence of str
        Words may be joined by "_".

    Returns
    -------
    list of ndarray of shape (n_cues, 3), int32
        One a text, in order.
    """
    from adclassifier.features.cue_batches import match_texts

    points, table = _whole_points("".join(canonicals)), cue_table()
    ends = np.cumsum([*map(len, canonicals)], dtype=np.int64)
    cue_ends = np.empty_like(ends)
    room = len(points) // _CHARS_A_ROW + _LEAST_ROOM
    while match_texts(points, ends, table, found := np.empty((room, 3), np.int32), cue_ends) < 0:
        room *= 2
    return [found[first:last] for first, last in pairwise([0, *cue_ends.tolist()])]


def as_matches(rows: NDArray[np.int32]) -> list[Match]:
    """Give what `find_matches` gives of a text with the rows that `find_cue_rows` found in it."""
    cues = load_lexicon().cues
    return [Match(cues[cue], start, end) for start, end, cue in rows.tolist()]


@functools.lru_cache(maxsize=16)
def numbers_of_cues(groups: tuple[str, ...]) -> NDArray[np.int32]:
    """Give the number of each cue's group among some groups, -1 for others; shape (n_cues,)."""
    return group_numbers(groups)[cue_table().groups]


def find_matches(canonical: str) -> list[Match]:
    """Find the cues of a canonical text, as `Lexicon.matches` of the package's lexicon, faster.

    Parameters
    ----------
    canonical : str
        Words may be joined by "_".

    Returns
    -------
    list of Match
        Ordered by start, longest first; hidden ones are left out.

    Examples
    --------
    >>> [(m.cue.group, m.cue.phrase) for m in find_matches("trị dứt điểm viêm xoang")]
    [('cure_verb', 'trị dứt điểm'), ('disease', 'viêm xoang')]
    """
    return as_matches(find_cue_rows(canonical))


def _whole_points(canonical: str) -> NDArray[np.int32]:
    """Give all code points as they are: `code_points` cannot tell a rare letter from a sign."""
    points = np.frombuffer(canonical.encode("utf-32-le", "surrogatepass"), np.int32)
    # To the matcher NUL is such a letter, as `code_points` has it. Another array, too: those of
    # `code_points` can be written to, and for others the matcher would be compiled again.
    return np.maximum(points, 1)


def _with_room(
    points: NDArray[np.int32], match: Callable[[NDArray[np.int32]], int]
) -> NDArray[np.int32]:
    """Match with as many rows as are needed; give those that were written."""
    room = np.empty((len(points) // _CHARS_A_ROW + _LEAST_ROOM, 3), np.int32)
    found = match(room)
    if found < 0:
        room = np.empty((-found, 3), np.int32)
        found = match(room)
    return room[:found]
