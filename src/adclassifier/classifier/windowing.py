"""Read texts and weigh windows: the compiled half of `text_features`.

Everything is added up in the order in which numpy adds it there: the sums are the same bits.

Import this module through `classifier.compiled`: decorating touches the cache folder.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from adclassifier.features.hashing import hash_tokens, tokenize
from adclassifier.features.jit import jit, jit_in_place
from adclassifier.features.kernel import occurrences, place_cues

#: So many numbers numpy adds up at once, in eight sums; more in halves.
_BLOCK = 128
#: More halves of halves than any array has.
_DEPTH = 64


@jit
def read_tokens(
    points: NDArray[np.int32],
    classes: NDArray[np.uint8],
    fold: NDArray[np.int32],
    cues: NDArray[np.int32],
    groups: NDArray[np.int32],
) -> tuple[NDArray[np.int32], NDArray[np.uint64], NDArray[np.int32], NDArray[np.int32]]:
    """Cut a text into tokens, and put its cues on them.

    Parameters
    ----------
    points : ndarray of shape (n_chars,), int32
    classes, fold : ndarray
        See `features.token_classes`, `features.fold_table`.
    cues : ndarray of shape (n_found, 3), int32
        As `features.cues.find_cue_rows` gives them.
    groups : ndarray of shape (n_cues_of_the_lexicon,), int32
        See `features.cues.numbers_of_cues`.

    Returns
    -------
    spans, hashes : ndarray
        See `Tokens`.
    placed : ndarray of shape (n_placed, 3), int32
        First token, last token and row in ``cues`` of each cue of the groups that has a token.
    placed_groups : ndarray of shape (n_placed,), int32
    """
    spans = tokenize(points, classes)
    known = np.empty_like(cues)
    n = 0
    for row in range(cues.shape[0]):
        if groups[cues[row, 2]] >= 0:
            known[n, 0], known[n, 1], known[n, 2] = cues[row, 0], cues[row, 1], row
            n += 1
    placed = place_cues(known[:n], spans)
    placed_groups = np.empty(placed.shape[0], np.int32)
    for i in range(placed.shape[0]):
        placed_groups[i] = groups[cues[placed[i, 2], 2]]
    return spans, hash_tokens(points, spans, fold), placed, placed_groups


@jit
def cut_window(
    spans: NDArray[np.int32],
    hashes: NDArray[np.uint64],
    placed: NDArray[np.int32],
    groups: NDArray[np.int32],
    start: int,
    end: int,
) -> tuple[NDArray[np.int32], NDArray[np.uint64], NDArray[np.int32], NDArray[np.int32]]:
    """Keep the tokens that begin in a range of characters, and the cues on them.

    Parameters
    ----------
    spans, hashes, placed, groups : ndarray
        As `read_tokens` gives them.
    start, end : int

    Returns
    -------
    spans, hashes, cues : ndarray
        As `Tokens.window` has them.
    rows : ndarray of shape (n_cues,), int32
        Of the cues that are kept.
    """
    low, high = np.searchsorted(spans[:, 0], start), np.searchsorted(spans[:, 0], end)
    kept, rows = np.empty_like(placed), np.empty_like(groups)
    n = 0
    for i in range(placed.shape[0]):
        if placed[i, 0] >= low and placed[i, 1] < high:
            kept[n, 0], kept[n, 1], kept[n, 2] = placed[i, 0] - low, placed[i, 1] - low, groups[i]
            rows[n] = placed[i, 2]
            n += 1
    return spans[low:high], hashes[:, low:high].copy(), kept[:n], rows[:n]


@jit
def weigh_window(
    points: NDArray[np.int32],
    spans: NDArray[np.int32],
    hashes: NDArray[np.uint64],
    cues: NDArray[np.int32],
    fold: NDArray[np.int32],
    shape: NDArray[np.int64],
    cue_weights: NDArray[np.float64],
    idf: NDArray[np.float32],
    min_length: float,
) -> tuple[
    NDArray[np.int64],
    NDArray[np.float64],
    NDArray[np.int32],
    NDArray[np.float32],
    NDArray[np.float64],
]:
    """List the features of a window by occurrence.

    Parameters
    ----------
    points, spans, hashes, cues, fold, shape, cue_weights : ndarray
        As `features.kernel.occurrences` takes them.
    idf : ndarray of shape (n_rows,), float32
    min_length : float
        See `FeatureShape`.

    Returns
    -------
    rows, weights, tokens : ndarray
        As `features.kernel.occurrences` gives them.
    idf : ndarray of shape (n_occurrences,), float32
    values : ndarray of shape (n_occurrences,), float64
        What `LinearHeads.values` makes of them.
    """
    rows, weights, tokens = occurrences(points, spans, hashes, cues, fold, shape, cue_weights)
    n = rows.shape[0]
    own, values = np.empty(n, np.float32), np.empty(n)
    # in a loop of its own the processor fetches many at once
    for i in range(n):
        own[i] = idf[rows[i]]
    for i in range(n):
        values[i] = weights[i] * (np.float64(own[i]) * np.float64(own[i]))
    length = max(math.sqrt(_pairwise_sum(values)), min_length)
    if length == 0.0:
        length = 1.0
    for i in range(n):
        values[i] = weights[i] * np.float64(own[i]) / length
    return rows, weights, tokens, own, values


@jit
def _pairwise_sum(values: NDArray[np.float64]) -> float:
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
        total = _block_sum(values, low, high)
        while n_sums and sums[n_sums - 1, 1] == depth:
            n_sums -= 1
            depth -= 1
            total = sums[n_sums, 0] + total
        sums[n_sums, 0], sums[n_sums, 1] = total, depth
        n_sums += 1
    return float(sums[0, 0])


@jit_in_place
def _block_sum(values: NDArray[np.float64], low: int, high: int) -> float:
    """Add up a short range as numpy does."""
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
