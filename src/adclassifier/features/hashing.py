"""Hash tokens and their n-grams: the compiled functions below the kernel.

Import through `adclassifier.features.kernels()`, as `kernel`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from adclassifier.features.jit import jit

SPACE, WORD = 0, 1
# The brackets of a contact token, and the longest run that is taken for a word: hashtags of several
# words are shorter, and one letter held down is longer.
OPEN, CLOSE = 0x27E8, 0x27E9
MAX_TOKEN_CHARS = 40
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_SEED = np.uint64(0xCBF29CE484222325)
_SHIFT = np.uint64(29)
_HIGH = np.uint64(20)


@jit
def mix(state: np.uint64, value: np.uint64) -> np.uint64:
    """Fold a value into a hash state (multiply, then xor the high bits down)."""
    state = (state ^ value) * _GOLDEN
    return state ^ (state >> _SHIFT)


@jit
def tokenize(points: NDArray[np.int32], classes: NDArray[np.uint8]) -> NDArray[np.int32]:
    """Spans of tokens: runs of word characters, and each symbol by itself.

    Contacts (⟨phone⟩) are no tokens: how a seller is reached says nothing of what is sold, and
    blocks of contacts made lawful posts look like spam. Neither are runs too long for a word.
    """
    n = points.shape[0]
    spans = np.empty((n, 2), np.int32)
    count = 0
    i = 0
    while i < n:
        kind = classes[points[i]]
        j = i + 1
        if points[i] == OPEN:
            while j < n and points[j] != CLOSE and classes[points[j]] == WORD:
                j += 1
            i = j + 1 if j < n and points[j] == CLOSE else i + 1
            continue
        while kind == WORD and j < n and classes[points[j]] == WORD and points[j] != OPEN:
            j += 1
        if kind != SPACE and j - i <= MAX_TOKEN_CHARS:
            spans[count, 0] = i
            spans[count, 1] = j
            count += 1
        i = j
    return spans[:count]


@jit
def hash_tokens(
    points: NDArray[np.int32], spans: NDArray[np.int32], fold: NDArray[np.int32]
) -> NDArray[np.uint64]:
    """Hash every token in both views; shape (2, n_tokens)."""
    n = spans.shape[0]
    hashes = np.empty((2, n), np.uint64)
    for t in range(n):
        written = _SEED
        stripped = _SEED
        for i in range(spans[t, 0], spans[t, 1]):
            written = mix(written, np.uint64(points[i]))
            stripped = mix(stripped, np.uint64(fold[points[i]]))
        hashes[0, t] = written
        hashes[1, t] = stripped
    return hashes


@jit
def count_keys(keys: NDArray[np.uint64]) -> NDArray[np.int32]:
    """How often each key occurs: its count at the first occurrence, 0 at the later ones."""
    n = keys.shape[0]
    size = 16
    while size < 2 * n:
        size *= 2
    slots = np.full(size, -1, np.int32)
    counts = np.zeros(n, np.int32)
    for i in range(n):
        slot = np.int64(keys[i] >> np.uint64(17)) & (size - 1)
        while slots[slot] >= 0 and keys[slots[slot]] != keys[i]:
            slot = (slot + 1) & (size - 1)
        if slots[slot] < 0:
            slots[slot] = i
        counts[slots[slot]] += 1
    return counts


@jit
def word_keys(hashes: NDArray[np.uint64], view: int, length: int) -> NDArray[np.uint64]:
    """Hash every k-gram of tokens of one view; shape (n_tokens - length + 1,)."""
    n = max(hashes.shape[1] - length + 1, 0)
    keys = np.empty(n, np.uint64)
    for t in range(n):
        state = np.uint64(7 + 13 * view)
        for k in range(length):
            state = mix(state, hashes[view, t + k])
        keys[t] = mix(state, np.uint64(length))
    return keys


@jit
def bucket(key: np.uint64, mask: np.uint64) -> np.int64:
    """Row of the weight table that a key falls into."""
    return np.int64((key >> _HIGH) & mask)


@jit
def char_keys(
    points: NDArray[np.int32],
    fold: NDArray[np.int32],
    start: int,
    end: int,
    view: int,
    min_chars: int,
    max_chars: int,
    keys: NDArray[np.uint64],
) -> int:
    """Write the keys of a token's character n-grams into ``keys``; return how many."""
    count = 0
    # Spread over all bits: a small number would be undone by the first character's own bits.
    seed = mix(_SEED, np.uint64(101 + 17 * view))
    for first in range(start - 1, end):
        state = seed
        for k in range(max_chars):
            i = first + k
            if i > end:
                break
            if i < start or i == end:
                point = np.int32(32)
            elif view == 1:
                point = fold[points[i]]
            else:
                point = points[i]
            state = mix(state, np.uint64(point))
            if k + 1 >= min_chars:
                keys[count] = mix(state, np.uint64(k + 1))
                count += 1
    return count
