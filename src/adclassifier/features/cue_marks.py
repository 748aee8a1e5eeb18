"""Put the cues of a text on its tokens, in memory that is used again.

Import lazily: decorating touches the cache folder.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from adclassifier.features.jit import jit_in_place
from adclassifier.features.scratch import Grams, Marks


@jit_in_place
def write_marks(cues: NDArray[np.int32], n_tokens: int, grams: Grams, marks: Marks) -> int:
    """Put cues on tokens as `kernel.place_cues` does, and sort them; return how many."""
    n = 0
    marks.groups[0] = 0
    for i in range(cues.shape[0]):
        first = count_before(grams.spans, n_tokens, 1, cues[i, 0] + 1)
        last = count_before(grams.spans, n_tokens, 0, cues[i, 1]) - 1
        if first > last:
            continue
        marks.placed[n, 0], marks.placed[n, 1], marks.placed[n, 2] = first, last, cues[i, 2]
        k = n
        while k > 0 and marks.placed[marks.by_last[k - 1], 1] > last:
            marks.by_last[k] = marks.by_last[k - 1]
            k -= 1
        marks.by_last[k] = n
        note_group(cues[i, 2], marks.groups)
        n += 1
    return n


@jit_in_place
def count_before(spans: NDArray[np.int32], n_tokens: int, side: int, position: int) -> int:
    """Count the tokens whose beginning (side 0) or end (1) lies before a position."""
    low, high = 0, n_tokens
    while low < high:
        middle = (low + high) // 2
        if spans[np.uintp(middle), side] < position:
            low = middle + 1
        else:
            high = middle
    return low


@jit_in_place
def note_group(group: int, groups: NDArray[np.int32]) -> None:
    """Put a group among the text's own, where it is not yet."""
    n = groups[0]
    k = n
    while k > 0 and groups[k] > group:
        k -= 1
    if k > 0 and groups[k] == group:
        return
    for i in range(n, k, -1):
        groups[i + 1] = groups[i]
    groups[k + 1] = group
    groups[0] = n + 1
