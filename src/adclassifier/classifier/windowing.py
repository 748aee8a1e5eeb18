"""Read texts and weigh windows: the compiled half of `text_features`.

Everything is added up in the order in which numpy adds it there: the sums are the same bits.

Import this module through `classifier.compiled`: decorating touches the cache folder.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from adclassifier.features.hashing import hash_tokens, tokenize
from adclassifier.features.jit import jit
from adclassifier.features.kernel import occurrences, place_cues
from adclassifier.features.pairwise import pairwise_sum


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
    length = max(math.sqrt(pairwise_sum(values)), min_length)
    if length == 0.0:
        length = 1.0
    for i in range(n):
        values[i] = weights[i] * np.float64(own[i]) / length
    return rows, weights, tokens, own, values
