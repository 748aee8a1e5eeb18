"""Find the cues of a text for the kernel: where they stand, and of which group they are."""

from __future__ import annotations

import functools

import numpy as np
from numpy.typing import NDArray

from adclassifier.lexicon import load_lexicon


@functools.lru_cache(maxsize=16)
def _numbers(groups: tuple[str, ...]) -> dict[str, int]:
    """Give each group its number."""
    return {group: number for number, group in enumerate(groups)}


def find_cues(canonical: str, groups: tuple[str, ...]) -> NDArray[np.int32]:
    """Find the cues of some groups in a canonical text.

    Parameters
    ----------
    canonical : str
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
    numbers = _numbers(groups)
    found = [
        (match.start, match.end, numbers[match.cue.group])
        for match in load_lexicon().matches(canonical)
        if match.cue.group in numbers
    ]
    return np.array(found, np.int32).reshape(-1, 3)
