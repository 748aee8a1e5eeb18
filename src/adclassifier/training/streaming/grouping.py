"""Compiled grouping of near-duplicates: texts that share a band of their sketch are compared.

Import through `adclassifier.training.streaming.groups`: decorating touches the cache folder.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from adclassifier.features.jit import jit

# Texts of one band that each further one is compared with. Those it does not resemble are others'
# beginnings: a band that thousands of unlike texts share (a shop's greeting) must not cost their
# square.
_MOST_COMPARED = 32


@jit
def root(parents: NDArray[np.int64], i: int) -> int:
    """Find the first text of a group, and shorten the way there."""
    while parents[i] != i:
        parents[i] = parents[parents[i]]
        i = parents[i]
    return i


@jit
def join(parents: NDArray[np.int64], one: int, other: int) -> None:
    """Make two groups one; its first text stands for it."""
    first, second = root(parents, one), root(parents, other)
    if first < second:
        parents[second] = first
    else:
        parents[first] = second


@jit
def resemble(one: NDArray[np.uint32], other: NDArray[np.uint32], threshold: float) -> bool:
    """Whether the Jaccard similarity of two rising arrays reaches a threshold."""
    i = j = common = 0
    while i < one.shape[0] and j < other.shape[0]:
        if one[i] == other[j]:
            common += 1
            i += 1
            j += 1
        elif one[i] < other[j]:
            i += 1
        else:
            j += 1
    return bool(common >= threshold * (one.shape[0] + other.shape[0] - common))


@jit
def join_band(
    keys: NDArray[np.uint32],
    order: NDArray[np.int64],
    starts: NDArray[np.int64],
    shingles: NDArray[np.uint32],
    threshold: float,
    parents: NDArray[np.int64],
) -> None:
    """Join the near-duplicates among the texts with the same key.

    ``order`` sorts ``keys``; ``shingles`` holds those of each text, rising, from its ``starts`` on.
    Texts without any stay alone.
    """
    compared = np.empty(_MOST_COMPARED, np.int64)
    n = 0
    for place in range(order.shape[0]):
        i = order[place]
        if place == 0 or keys[i] != keys[order[place - 1]]:
            n = 0
        own = shingles[starts[i] : starts[i + 1]]
        if own.shape[0] == 0:
            continue
        known = False
        for k in range(n):
            other = compared[k]
            if root(parents, i) == root(parents, other):
                known = True
                break
            if resemble(own, shingles[starts[other] : starts[other + 1]], threshold):
                join(parents, other, i)
                known = True
        if not known and n < _MOST_COMPARED:
            compared[n] = i
            n += 1


@jit
def join_pairs(
    ones: NDArray[np.int64], others: NDArray[np.int64], parents: NDArray[np.int64]
) -> None:
    """Join texts pair by pair."""
    for k in range(ones.shape[0]):
        join(parents, ones[k], others[k])


@jit
def find_roots(parents: NDArray[np.int64]) -> NDArray[np.int64]:
    """Give the first text of each text's group."""
    roots = np.empty_like(parents)
    for i in range(parents.shape[0]):
        roots[i] = root(parents, i)
    return roots
