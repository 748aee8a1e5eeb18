"""Hash the grams of a whole text at once: the keys and rows of `hashing`, many in one instruction.

LLVM makes vectors of loops over the tokens; of loops over the characters of a token it cannot.

Import lazily: decorating touches the cache folder.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from adclassifier.features.hashing import (
    BLANK,
    BUCKETS,
    bucket,
    char_seed,
    mix,
    word_seed,
)
from adclassifier.features.jit import jit_in_place
from adclassifier.features.scratch import Grams, Tables


@jit_in_place
def fill(states: NDArray[np.uint64], n: int, state: np.uint64) -> None:
    """Set the first ``n`` states."""
    for t in range(n):
        states[t] = state


@jit_in_place
def mix_all(states: NDArray[np.uint64], n: int, values: NDArray[np.uint64], first: int) -> None:
    """Fold a value into each of the first ``n`` states: those of ``values`` from ``first`` on."""
    for t in range(n):
        states[t] = mix(states[t], values[t + first])


@jit_in_place
def write_keys(n_tokens: int, kind: int, tables: Tables, grams: Grams) -> None:
    """Write the keys of all grams of a kind, as `hashing.word_key` gives them, and their rows."""
    mask = np.uint64(tables.shape[BUCKETS] - 1)
    length, view = kind // 2 + 1, kind % 2
    n = n_tokens - length + 1
    keys, rows = grams.keys[kind], grams.rows[kind]
    fill(keys, n, word_seed(view))
    for k in range(length):
        mix_all(keys, n, grams.hashes[view], k)
    for t in range(n):
        keys[t] = mix(keys[t], np.uint64(length))
        rows[t] = bucket(keys[t], mask)


@jit_in_place
def write_corners(points: NDArray[np.int32], n_tokens: int, grams: Grams) -> None:
    """Write the size of each token, its first characters and then its last, outermost first."""
    spans, corners = grams.spans, grams.corners
    reach = corners.shape[0] // 2
    for t in range(n_tokens):
        start, last = spans[t, 0], spans[t, 1] - 1
        grams.sizes[t] = last + 1 - start
        for k in range(reach):
            corners[k, t] = points[np.uintp(min(start + k, last))]
            corners[reach + k, t] = points[np.uintp(max(last - k, start))]


@jit_in_place
def write_borders(n_tokens: int, tables: Tables, grams: Grams) -> None:
    """Write the rows that `hashing.border_rows` gives for all pairs of tokens, and their weights.

    Pairs of short tokens have fewer: their own row stands for what they lack, with weight 0.
    """
    n_kinds, reach, n = grams.places.shape[1], grams.corners.shape[0] // 2, n_tokens - 1
    states = grams.states
    k = 0
    for before in range(reach, 0, -1):
        fill(states, n, char_seed(0))
        for i in range(before - 1, -1, -1):
            mix_all(states, n, grams.corners[reach + i], 0)
        for t in range(n):
            states[t] = mix(states[t], np.uint64(BLANK))
        for behind in range(1, reach + 2 - before):
            mix_all(states, n, grams.corners[behind - 1], 1)
            rows, weights = grams.rows[n_kinds + k], grams.weights[k]
            write_border(before, behind, n, tables, grams, rows, weights)
            k += 1


@jit_in_place
def write_border(
    before: int,
    behind: int,
    n: int,
    tables: Tables,
    grams: Grams,
    rows: NDArray[np.int64],
    weights: NDArray[np.float64],
) -> None:
    """Write one border row of each pair: so many characters before the blank, so many behind."""
    mask = np.uint64(tables.shape[BUCKETS] - 1)
    size = np.uint64(before + 1 + behind)
    states, sizes, own = grams.states, grams.sizes, grams.rows[2]
    for t in range(n):
        row = bucket(mix(states[t], size), mask)
        fits = (sizes[t] >= before) & (sizes[t + 1] >= behind)
        rows[t] = row if fits else own[t]
        weights[t] = 1.0 if fits else 0.0
