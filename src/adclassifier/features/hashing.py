"""Hash tokens and their n-grams: the compiled functions below the kernel.

Import through `adclassifier.features.kernels()`, as `kernel`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from adclassifier.features.jit import jit, jit_in_place

SPACE, WORD = 0, 1
# Places of the numbers that `FeatureShape.as_array` gives.
MAX_WORDS, MIN_CHARS, MAX_CHARS, BORDER_CHARS, BUCKETS, MIN_LENGTH, GROUPS = range(7)
BLANK = 32
# The brackets of a contact token, and the longest run that is taken for a word: hashtags of several
# words are shorter, and one letter held down is longer.
OPEN, CLOSE = 0x27E8, 0x27E9
MAX_TOKEN_CHARS = 40
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_SEED = np.uint64(0xCBF29CE484222325)
_SHIFT = np.uint64(29)
_HIGH = np.uint64(20)


@jit_in_place
def mix(state: np.uint64, value: np.uint64) -> np.uint64:
    """Fold a value into a hash state (multiply, then xor the high bits down)."""
    state = (state ^ value) * _GOLDEN
    return state ^ (state >> _SHIFT)


@jit_in_place
def word_seed(view: int) -> np.uint64:
    """Give the state that the hash of a gram of tokens begins with."""
    return np.uint64(7 + 13 * view)


@jit_in_place
def char_seed(view: int) -> np.uint64:
    """Give the state that the hash of a character n-gram begins with."""
    # Spread over all bits: a small number would be undone by the first character's own bits.
    return mix(_SEED, np.uint64(101 + 17 * view))


@jit
def tokenize(points: NDArray[np.int32], classes: NDArray[np.uint8]) -> NDArray[np.int32]:
    """Spans of tokens: runs of word characters, and each symbol by itself.

    Contacts (⟨phone⟩) are no tokens: how a seller is reached says nothing of what is sold, and
    blocks of contacts made lawful posts look like spam. Neither are runs too long for a word.
    """
    spans = np.empty((points.shape[0], 2), np.int32)
    return spans[: write_spans(points, classes, spans)]


@jit_in_place
def write_spans(
    points: NDArray[np.int32], classes: NDArray[np.uint8], spans: NDArray[np.int32]
) -> int:
    """Write the spans of `tokenize` into an array with room for them; return how many."""
    n = points.shape[0]
    count = 0
    i = 0
    while i < n:
        point = points[np.uintp(i)]
        kind = classes[np.uintp(point)]
        j = i + 1
        if point == OPEN:
            while j < n and is_name(points[np.uintp(j)], classes):
                j += 1
            i = j + 1 if j < n and points[np.uintp(j)] == CLOSE else i + 1
            continue
        while kind == WORD and j < n and is_inside(points[np.uintp(j)], classes):
            j += 1
        if kind != SPACE and j - i <= MAX_TOKEN_CHARS:
            spans[np.uintp(count), 0] = i
            spans[np.uintp(count), 1] = j
            count += 1
        i = j
    return count


@jit_in_place
def is_inside(point: int, classes: NDArray[np.uint8]) -> bool:
    """Whether a code point goes on a run of word characters."""
    return classes[np.uintp(point)] == WORD and point != OPEN


@jit_in_place
def is_name(point: int, classes: NDArray[np.uint8]) -> bool:
    """Whether a code point goes on the name of a contact."""
    return is_inside(point, classes) and point != CLOSE


@jit
def hash_tokens(
    points: NDArray[np.int32], spans: NDArray[np.int32], fold: NDArray[np.int32]
) -> NDArray[np.uint64]:
    """Hash every token in both views; shape (2, n_tokens)."""
    hashes = np.empty((2, spans.shape[0]), np.uint64)
    write_hashes(points, spans, spans.shape[0], fold, hashes)
    return hashes


@jit_in_place
def write_hashes(
    points: NDArray[np.int32],
    spans: NDArray[np.int32],
    n_tokens: int,
    fold: NDArray[np.int32],
    hashes: NDArray[np.uint64],
) -> None:
    """Write the hashes of the first tokens into an array with room for them."""
    for t in range(n_tokens):
        written = _SEED
        stripped = _SEED
        for i in range(spans[t, 0], spans[t, 1]):
            point = np.uintp(points[np.uintp(i)])
            written = mix(written, np.uint64(point))
            stripped = mix(stripped, np.uint64(fold[point]))
        hashes[0, t] = written
        hashes[1, t] = stripped


@jit
def first_places(keys: NDArray[np.uint64]) -> NDArray[np.int32]:
    """Where each key occurs first; shape (n,)."""
    n = keys.shape[0]
    size = 16
    while size < 2 * n:
        size *= 2
    slots = np.full(size, -1, np.int32)
    firsts = np.empty(n, np.int32)
    for i in range(n):
        slot = np.int64(keys[i] >> np.uint64(17)) & (size - 1)
        while slots[slot] >= 0 and keys[slots[slot]] != keys[i]:
            slot = (slot + 1) & (size - 1)
        if slots[slot] < 0:
            slots[slot] = i
        firsts[i] = slots[slot]
    return firsts


@jit
def word_keys(hashes: NDArray[np.uint64], view: int, length: int) -> NDArray[np.uint64]:
    """Hash every k-gram of tokens of one view; shape (n_tokens - length + 1,)."""
    n = max(hashes.shape[1] - length + 1, 0)
    keys = np.empty(n, np.uint64)
    for t in range(n):
        keys[t] = word_key(hashes, view, length, t)
    return keys


@jit_in_place
def word_key(hashes: NDArray[np.uint64], view: int, length: int, t: int) -> np.uint64:
    """Hash the k-gram of tokens that begins at token ``t``."""
    state = word_seed(view)
    for k in range(length):
        state = mix(state, hashes[view, t + k])
    return mix(state, np.uint64(length))


@jit_in_place
def bucket(key: np.uint64, mask: np.uint64) -> np.int64:
    """Row of the weight table that a key falls into."""
    return np.int64((key >> _HIGH) & mask)


@jit_in_place
def char_rows(
    points: NDArray[np.int32],
    fold: NDArray[np.int32],
    span: NDArray[np.int32],
    view: int,
    shape: NDArray[np.int64],
    rows: NDArray[np.int64],
    n: int,
) -> int:
    """Write the rows of a token's character n-grams into ``rows`` from ``n``; return the end.

    The token stands between two blanks; the one behind it begins no n-gram.
    """
    start, end = span[0], span[1]
    seed = char_seed(view)
    mask = np.uint64(shape[BUCKETS] - 1)
    for first in range(start - 1, end):
        state = seed
        for k in range(shape[MAX_CHARS]):
            i = first + k
            if i > end:
                break
            if i < start or i == end:
                point = np.int32(BLANK)
            elif view == 1:
                point = fold[np.uintp(points[np.uintp(i)])]
            else:
                point = points[np.uintp(i)]
            state = mix(state, np.uint64(point))
            if k + 1 >= shape[MIN_CHARS]:
                rows[np.uintp(n)] = bucket(mix(state, np.uint64(k + 1)), mask)
                n += 1
    return n


@jit_in_place
def border_rows(
    points: NDArray[np.int32],
    left: NDArray[np.int32],
    right: NDArray[np.int32],
    shape: NDArray[np.int64],
    rows: NDArray[np.int64],
    n: int,
) -> int:
    """Write the rows of the n-grams over the blank between two tokens; return the end.

    They hold the last characters of the one, the blank, and the first of the other: at least one
    character of each.
    """
    seed = char_seed(0)
    mask = np.uint64(shape[BUCKETS] - 1)
    longest = shape[BORDER_CHARS]
    for first in range(max(left[0], left[1] - longest + 2), left[1]):
        state = seed
        for i in range(first, left[1]):
            state = mix(state, np.uint64(points[i]))
        state = mix(state, np.uint64(BLANK))
        length = left[1] - first + 1
        for i in range(right[0], min(right[1], right[0] + longest - length)):
            state = mix(state, np.uint64(points[i]))
            length += 1
            rows[n] = bucket(mix(state, np.uint64(length)), mask)
            n += 1
    return n


@jit_in_place
def gram_rows(
    points: NDArray[np.int32],
    spans: NDArray[np.int32],
    fold: NDArray[np.int32],
    shape: NDArray[np.int64],
    gram: tuple[np.uint64, int, int, int],
    rows: NDArray[np.int64],
) -> int:
    """Write the rows of one gram of tokens and of the n-grams that go with it; return how many.

    ``gram`` is its key, first token, length and view. With a token as written go its character
    n-grams in both views, with two tokens as written those over the blank between them: they occur
    as often as it does.
    """
    key, t, length, view = gram
    rows[0] = bucket(key, np.uint64(shape[BUCKETS] - 1))
    n = 1
    if view == 0 and length == 1 and shape[MAX_CHARS] > 0:
        n = char_rows(points, fold, spans[t], 0, shape, rows, n)
        n = char_rows(points, fold, spans[t], 1, shape, rows, n)
    if view == 0 and length == 2 and shape[BORDER_CHARS] > 0:
        n = border_rows(points, spans[t], spans[t + 1], shape, rows, n)
    return n


@jit_in_place
def most_rows(spans: NDArray[np.int32], shape: NDArray[np.int64]) -> int:
    """Room that the rows of any gram of a text need."""
    longest = 1
    for t in range(spans.shape[0]):
        longest = max(longest, spans[t, 1] - spans[t, 0])
    inside = 2 * (longest + 1) * shape[MAX_CHARS]
    return int(1 + max(inside, shape[BORDER_CHARS] ** 2))
