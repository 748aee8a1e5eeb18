"""Turn code points into features and their weighted sums: the compiled half of `features`.

A *view* is a spelling of the same tokens: 0 as written, 1 without accents. In a window with
tokens t_1 … t_n, every distinct k-gram of tokens (k ≤ ``max_words``, each view) that occurs m times
weighs 1 + ln m. So do the n-grams that go with it (`hashing.gram_rows`): the character n-grams
inside a token and its two borders, in both views, and those over the blank between two tokens, as
written. Every group of cues (`cues`) that occurs m times weighs ``cue_weight`` · (1 + ln m), and
every pair of groups ``pair_weight``. A window's features are idf · weight, divided by
√(Σ weight · idf²). Damping by token, not by n-gram, ranks as well as scikit-learn's sublinear tf,
and what a token adds does not depend on its neighbours.

Import this module through `adclassifier.features.kernels()`: decorating touches the cache folder.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from adclassifier.features.hashing import (
    BORDER_CHARS,
    BUCKETS,
    GROUPS,
    MAX_CHARS,
    MAX_WORDS,
    MIN_LENGTH,
    first_places,
    gram_rows,
    hash_tokens,
    most_rows,
    tokenize,
    word_keys,
)
from adclassifier.features.jit import jit
from adclassifier.features.sliding import (
    Slide,
    add_token,
    drop_token,
    new_slide,
    pair_row,
    rewind,
)
from adclassifier.features.windows import N_SIZES, cut_windows


@jit
def place_cues(cues: NDArray[np.int32], spans: NDArray[np.int32]) -> NDArray[np.int32]:
    """Put cues on tokens: first and last token and group of each that touches any; (n, 3)."""
    placed = np.empty_like(cues)
    n = 0
    for i in range(cues.shape[0]):
        first = np.searchsorted(spans[:, 1], cues[i, 0] + 1)
        last = np.searchsorted(spans[:, 0], cues[i, 1]) - 1
        if first <= last:
            placed[n, 0], placed[n, 1], placed[n, 2] = first, last, cues[i, 2]
            n += 1
    return placed[:n]


@jit
def occurrences(
    points: NDArray[np.int32],
    spans: NDArray[np.int32],
    hashes: NDArray[np.uint64],
    cues: NDArray[np.int32],
    fold: NDArray[np.int32],
    shape: NDArray[np.int64],
    cue_weights: NDArray[np.float64],
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.int32]]:
    """List every feature occurrence of a window: row, weight, first and last token.

    The m occurrences of a type share its weight, so that the weights of one window sum to what
    `score_text` adds. ``cues`` as `place_cues` gives them. Shapes (n,), (n,) and (n, 2).
    """
    n_tokens = spans.shape[0]
    room = 2 * shape[MAX_WORDS] * n_tokens + cues.shape[0] * (shape[GROUPS] + 1) + 1
    for t in range(n_tokens):
        room += 2 * (spans[t, 1] - spans[t, 0] + 1) * shape[MAX_CHARS] + shape[BORDER_CHARS] ** 2
    rows = np.empty(room, np.int64)
    weights = np.empty(room, np.float64)
    tokens = np.empty((room, 2), np.int32)
    n = 0
    for length in range(1, shape[MAX_WORDS] + 1):
        for view in range(2):
            keys = word_keys(hashes, view, length)
            shares = type_shares(keys)
            for t in range(keys.shape[0]):
                gram = keys[t], t, length, view
                end = n + gram_rows(points, spans, fold, shape, gram, rows[n:])
                for i in range(n, end):
                    weights[i] = shares[t]
                    tokens[i, 0], tokens[i, 1] = t, t + length - 1
                n = end
    n = list_cues(cues, shape, cue_weights, rows, weights, tokens, n)
    return rows[:n], weights[:n], tokens[:n]


@jit
def list_cues(
    cues: NDArray[np.int32],
    shape: NDArray[np.int64],
    cue_weights: NDArray[np.float64],
    rows: NDArray[np.int64],
    weights: NDArray[np.float64],
    tokens: NDArray[np.int32],
    n: int,
) -> int:
    """Write the groups of cues and their pairs from place ``n``; return the end.

    Both groups of a pair have half of it, and every cue its share of its group's half.
    """
    counts = np.zeros(shape[GROUPS], np.int64)
    for i in range(cues.shape[0]):
        counts[cues[i, 2]] += 1
    for i in range(cues.shape[0]):
        group = cues[i, 2]
        m = counts[group]
        for other in range(shape[GROUPS]):
            if counts[other] == 0:
                continue
            if other == group:
                rows[n] = shape[BUCKETS] + group
                weights[n] = cue_weights[0] * (1.0 + math.log(m)) / m
            else:
                rows[n] = pair_row(group, other, shape)
                weights[n] = 0.5 * cue_weights[1] / m
            tokens[n] = cues[i, :2]
            n += 1
    return n


@jit
def type_shares(keys: NDArray[np.uint64]) -> NDArray[np.float64]:
    """Weight of each occurrence: (1 + ln m) / m for a key that occurs m times."""
    firsts = first_places(keys)
    counts = np.zeros(keys.shape[0], np.int64)
    for i in range(keys.shape[0]):
        counts[firsts[i]] += 1
    shares = np.empty(keys.shape[0], np.float64)
    for i in range(keys.shape[0]):
        m = counts[firsts[i]]
        shares[i] = 1.0 if m == 1 else (1.0 + math.log(m)) / m
    return shares


@jit
def sum_grams(
    points: NDArray[np.int32],
    spans: NDArray[np.int32],
    keys: NDArray[np.uint64],
    firsts: NDArray[np.int32],
    kind: tuple[int, int],
    fold: NDArray[np.int32],
    shape: NDArray[np.int64],
    table: NDArray[np.float32],
    sums: NDArray[np.float64],
) -> None:
    """Sum the table's rows of every distinct gram of one length and view, once."""
    length, view = kind
    rows = np.empty(most_rows(spans, shape), np.int64)
    for t in range(keys.shape[0]):
        if firsts[t] == t:
            n = gram_rows(points, spans, fold, shape, (keys[t], t, length, view), rows)
            for k in range(n):
                for column in range(sums.shape[1]):
                    sums[t, column] += table[rows[k], column]


@jit
def prepare(
    points: NDArray[np.int32],
    spans: NDArray[np.int32],
    cues: NDArray[np.int32],
    fold: NDArray[np.int32],
    shape: NDArray[np.int64],
    cue_weights: NDArray[np.float64],
    table: NDArray[np.float32],
    n_sums: int,
) -> Slide:
    """Sum once what every gram adds, so that a window costs no more than its two ends."""
    n = spans.shape[0]
    n_kinds = 2 * shape[MAX_WORDS]
    hashes = hash_tokens(points, spans, fold)
    grams = np.zeros((n_kinds, n, n_sums), np.float64)
    firsts = np.zeros((n_kinds, n), np.int32)
    for length in range(1, shape[MAX_WORDS] + 1):
        for view in range(2):
            kind = 2 * (length - 1) + view
            keys = word_keys(hashes, view, length)
            own = first_places(keys)
            firsts[kind, : own.shape[0]] = own
            sum_grams(points, spans, keys, own, (length, view), fold, shape, table, grams[kind])
    return new_slide(grams, firsts, cues, shape, cue_weights, table)


@jit
def score_text(
    points: NDArray[np.int32],
    classes: NDArray[np.uint8],
    fold: NDArray[np.int32],
    cues: NDArray[np.int32],
    shape: NDArray[np.int64],
    cue_weights: NDArray[np.float64],
    window: NDArray[np.int64],
    table: NDArray[np.float32],
    bias: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.int32]]:
    """Decide each head on the window that speaks most for it.

    ``window`` holds window_chars and stride_chars, ``cues`` start, end and group of each cue.
    ``table`` has a column a head, then idf². Gives the decisions, shape (n_heads,), and the ranges
    of the windows they come from, (n_heads, 2).
    """
    n_heads = bias.shape[0]
    spans = tokenize(points, classes)
    placed = place_cues(cues, spans)
    ranges, sizes = cut_windows(points, window[0], window[1])
    best = np.full(n_heads, -np.inf)
    where = np.zeros((n_heads, 2), np.int32)
    slide = prepare(points, spans, placed, fold, shape, cue_weights, table, n_heads + 1)
    for size in range(N_SIZES):
        rewind(slide)
        low = high = 0
        for w in range(ranges.shape[0]):
            if sizes[w] != size:
                continue
            while high < spans.shape[0] and spans[high, 0] < ranges[w, 1]:
                add_token(slide, low, high)
                high += 1
            while low < high and spans[low, 0] < ranges[w, 0]:
                drop_token(slide, low, high)
                low += 1
            decide(slide.sums, bias, float(shape[MIN_LENGTH]), ranges[w], best, where)
        while low < high:
            drop_token(slide, low, high)
            low += 1
    return best, where


@jit
def decide(
    sums: NDArray[np.float64],
    bias: NDArray[np.float64],
    least: float,
    window: NDArray[np.int32],
    best: NDArray[np.float64],
    where: NDArray[np.int32],
) -> None:
    """Keep a window's decisions where they are the largest so far."""
    length = max(math.sqrt(max(sums[-1], 0.0)), least)
    length = length if length > 0.0 else 1.0
    for head in range(bias.shape[0]):
        decision = bias[head] + sums[head] / length
        if decision > best[head]:
            best[head] = decision
            where[head, 0] = window[0]
            where[head, 1] = window[1]
