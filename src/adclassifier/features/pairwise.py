"""Add numbers up as numpy does: the same bits from compiled code.

Import lazily: decorating touches the cache folder.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from adclassifier.features.jit import jit, jit_in_place

#: So many numbers numpy adds up at once, in eight sums; more in halves.
_BLOCK = 128
#: More halves of halves than any array has.
_DEPTH = 64


@jit
def pairwise_sum(values: NDArray[np.float64]) -> float:
    """Add up as numpy does: by halves, and in eight sums where they are short.

    Halves wait with their depth: two of one depth are the halves of one range.
    """
    ranges, sums = np.empty((_DEPTH, 3), np.int64), np.empty((_DEPTH, 2))
    ranges[0, 0], ranges[0, 1], ranges[0, 2] = 0, values.shape[0], 0
    n_ranges, n_sums = 1, 0
    while n_ranges:
        n_ranges -= 1
        low, high, depth = ranges[n_ranges, 0], ranges[n_ranges, 1], ranges[n_ranges, 2]
        if high - low > _BLOCK:
            half = (high - low) // 2
            middle = low + half - half % 8
            ranges[n_ranges, 0], ranges[n_ranges, 1] = middle, high
            ranges[n_ranges + 1, 0], ranges[n_ranges + 1, 1] = low, middle
            ranges[n_ranges, 2] = ranges[n_ranges + 1, 2] = depth + 1
            n_ranges += 2
            continue
        total = block_sum(values, low, high)
        while n_sums and sums[n_sums - 1, 1] == depth:
            n_sums -= 1
            depth -= 1
            total = sums[n_sums, 0] + total
        sums[n_sums, 0], sums[n_sums, 1] = total, depth
        n_sums += 1
    return float(sums[0, 0])


@jit_in_place
def block_sum(values: NDArray[np.float64], low: int, high: int) -> float:
    """Add up a range of at most 128 numbers as numpy does: eight sums, then the rest."""
    if high - low < 8:
        total = 0.0
        for i in range(low, high):
            total += values[i]
        return total
    a, b, c, d = values[low], values[low + 1], values[low + 2], values[low + 3]
    e, f, g, h = values[low + 4], values[low + 5], values[low + 6], values[low + 7]
    whole = high - (high - low) % 8
    for i in range(low + 8, whole, 8):
        a, b, c, d = a + values[i], b + values[i + 1], c + values[i + 2], d + values[i + 3]
        e, f, g, h = e + values[i + 4], f + values[i + 5], g + values[i + 6], h + values[i + 7]
    total = ((a + b) + (c + d)) + ((e + f) + (g + h))
    for i in range(whole, high):
        total += values[i]
    return float(total)
