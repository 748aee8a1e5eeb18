"""Turn code points into hashed n-grams and their weighted sums: the compiled half of `features`.

A *view* is a spelling of the same tokens: 0 as written, 1 without accents. In a window with
tokens t_1 … t_n, every distinct k-gram of tokens (k ≤ ``max_words``, each view) that occurs m times
weighs 1 + ln m, and so does every character n-gram (``min_chars`` … ``max_chars``, inside one
token and its two borders, each view) of a distinct token that occurs m times. A window's
features are idf · weight, divided by √(Σ weight · idf²). Damping by token, not by n-gram, ranks as
well as scikit-learn's sublinear tf (``benchmarks/features.py``), and the sums of a token do not
depend on its neighbours.

Import this module through `adclassifier.features.kernels()`: decorating touches the cache folder.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from adclassifier.features.hashing import (
    bucket,
    char_keys,
    count_keys,
    hash_tokens,
    tokenize,
    word_keys,
)
from adclassifier.features.jit import jit
from adclassifier.features.windows import cut_windows


@jit
def add_row(
    table: NDArray[np.float32], row: np.int64, weight: float, sums: NDArray[np.float64]
) -> None:
    """Add one feature's row of the table to the sums."""
    for column in range(sums.shape[0]):
        sums[column] += weight * table[row, column]


@jit
def sum_window(
    points: NDArray[np.int32],
    spans: NDArray[np.int32],
    hashes: NDArray[np.uint64],
    fold: NDArray[np.int32],
    shape: NDArray[np.int64],
    table: NDArray[np.float32],
    sums: NDArray[np.float64],
) -> None:
    """Sum the table's rows over the features of one window.

    ``shape`` holds max_words, min_chars, max_chars and the number of buckets; ``sums`` is
    overwritten. Order of addition: token types by first occurrence, then k-grams by length, view
    and first occurrence, so that no thread or chunk size changes a bit.
    """
    sums[:] = 0.0
    if shape[2] > 0:
        sum_chars(points, spans, count_keys(hashes[0]), fold, shape, table, sums)
    mask = np.uint64(shape[3] - 1)
    for length in range(1, shape[0] + 1):
        for view in range(2):
            grams = word_keys(hashes, view, length)
            counts = count_keys(grams)
            for t in range(grams.shape[0]):
                if counts[t] > 0:
                    weight = 1.0 + math.log(counts[t])
                    add_row(table, bucket(grams[t], mask), weight, sums)


@jit
def sum_chars(
    points: NDArray[np.int32],
    spans: NDArray[np.int32],
    types: NDArray[np.int32],
    fold: NDArray[np.int32],
    shape: NDArray[np.int64],
    table: NDArray[np.float32],
    sums: NDArray[np.float64],
) -> None:
    """Add the character n-grams of every token type; ``types`` as `count_keys` gives it."""
    _, min_chars, max_chars, n_buckets, _ = shape
    mask = np.uint64(n_buckets - 1)
    keys = np.empty((longest_token(spans) + 1) * max_chars, np.uint64)
    for t in range(spans.shape[0]):
        if types[t] == 0:
            continue
        weight = 1.0 + math.log(types[t])
        for view in range(2):
            n = char_keys(points, fold, spans[t, 0], spans[t, 1], view, min_chars, max_chars, keys)
            for k in range(n):
                add_row(table, bucket(keys[k], mask), weight, sums)


@jit
def longest_token(spans: NDArray[np.int32]) -> int:
    """Length of the longest token, at least 1."""
    longest = 1
    for t in range(spans.shape[0]):
        longest = max(longest, spans[t, 1] - spans[t, 0])
    return longest


@jit
def occurrences(
    points: NDArray[np.int32],
    spans: NDArray[np.int32],
    hashes: NDArray[np.uint64],
    fold: NDArray[np.int32],
    shape: NDArray[np.int64],
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.int32]]:
    """List every feature occurrence of a window: bucket, weight, first and last token.

    The m occurrences of a type share its weight, so that the weights of one window sum to what
    `sum_window` adds. Shapes (n,), (n,) and (n, 2).
    """
    max_words, _, max_chars, n_buckets, _ = shape
    mask = np.uint64(n_buckets - 1)
    room = 2 * max_words * spans.shape[0] + 1
    for t in range(spans.shape[0]):
        room += 2 * (spans[t, 1] - spans[t, 0] + 1) * max_chars
    rows = np.empty(room, np.int64)
    weights = np.empty(room, np.float64)
    tokens = np.empty((room, 2), np.int32)
    n = 0
    if max_chars > 0:
        shares = type_shares(hashes[0])
        n = list_chars(points, spans, shares, fold, shape, rows, weights, tokens)
    for length in range(1, max_words + 1):
        for view in range(2):
            grams = word_keys(hashes, view, length)
            shares = type_shares(grams)
            for t in range(grams.shape[0]):
                rows[n] = bucket(grams[t], mask)
                weights[n] = shares[t]
                tokens[n, 0] = t
                tokens[n, 1] = t + length - 1
                n += 1
    return rows[:n], weights[:n], tokens[:n]


@jit
def list_chars(
    points: NDArray[np.int32],
    spans: NDArray[np.int32],
    shares: NDArray[np.float64],
    fold: NDArray[np.int32],
    shape: NDArray[np.int64],
    rows: NDArray[np.int64],
    weights: NDArray[np.float64],
    tokens: NDArray[np.int32],
) -> int:
    """Write the character n-grams of every token into the last three; return how many."""
    _, min_chars, max_chars, n_buckets, _ = shape
    mask = np.uint64(n_buckets - 1)
    keys = np.empty((longest_token(spans) + 1) * max_chars, np.uint64)
    n = 0
    for t in range(spans.shape[0]):
        for view in range(2):
            found = char_keys(
                points, fold, spans[t, 0], spans[t, 1], view, min_chars, max_chars, keys
            )
            for k in range(found):
                rows[n] = bucket(keys[k], mask)
                weights[n] = shares[t]
                tokens[n] = t
                n += 1
    return n


@jit
def type_shares(keys: NDArray[np.uint64]) -> NDArray[np.float64]:
    """Weight of each occurrence: (1 + ln m) / m for a key that occurs m times."""
    order = np.argsort(keys)
    shares = np.empty(keys.shape[0], np.float64)
    i = 0
    while i < order.shape[0]:
        j = i
        while j < order.shape[0] and keys[order[j]] == keys[order[i]]:
            j += 1
        for k in range(i, j):
            shares[order[k]] = (1.0 + math.log(j - i)) / (j - i)
        i = j
    return shares


@jit
def score_text(
    points: NDArray[np.int32],
    classes: NDArray[np.uint8],
    fold: NDArray[np.int32],
    shape: NDArray[np.int64],
    window: NDArray[np.int64],
    table: NDArray[np.float32],
    bias: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.int32]]:
    """Decide each head on the window that speaks most for it.

    ``window`` holds window_chars and stride_chars. ``table`` has a column a head, then idf². Gives
    the decisions, shape (n_heads,), and the ranges of the windows they come from, (n_heads, 2).
    """
    n_heads = bias.shape[0]
    spans = tokenize(points, classes)
    hashes = hash_tokens(points, spans, fold)
    ranges = cut_windows(points, window[0], window[1])
    best = np.full(n_heads, -np.inf)
    where = np.zeros((n_heads, 2), np.int32)
    sums = np.empty(n_heads + 1, np.float64)
    low = 0
    for w in range(ranges.shape[0]):
        while low < spans.shape[0] and spans[low, 0] < ranges[w, 0]:
            low += 1
        high = low
        while high < spans.shape[0] and spans[high, 0] < ranges[w, 1]:
            high += 1
        inside = np.ascontiguousarray(hashes[:, low:high])
        sum_window(points, spans[low:high], inside, fold, shape, table, sums)
        length = max(math.sqrt(sums[n_heads]), float(shape[4]))
        length = length if length > 0.0 else 1.0
        for head in range(n_heads):
            decision = bias[head] + sums[head] / length
            if decision > best[head]:
                best[head] = decision
                where[head, 0] = ranges[w, 0]
                where[head, 1] = ranges[w, 1]
    return best, where
