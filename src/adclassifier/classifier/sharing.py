"""Share what features weigh among words and models: compiled code over weights.

Everything is added up in the order in which numpy adds it there: the sums are the same bits.

Import this module through `classifier.compiled`: decorating touches the cache folder.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from adclassifier.features.jit import jit, jit_in_place


@jit
def _gather(weights: NDArray[np.float32], rows: NDArray[np.int64]) -> NDArray[np.float32]:
    """Give the weight of each row.

    In a loop of its own the processor fetches many at once; it waits for memory, not for sums.
    """
    found = np.empty(rows.shape[0], np.float32)
    for i in range(rows.shape[0]):
        found[i] = weights[rows[i]]
    return found


@jit
def fold_shares(
    occurrences: tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.int32]],
    weights: NDArray[np.float32],
    head: tuple[int, float],
    spans: NDArray[np.int32],
    words: NDArray[np.int32],
) -> NDArray[np.float64]:
    """Share a head's log-odds on a window among words, by characters in common.

    Parameters
    ----------
    occurrences : tuple of (rows, values, ends)
        Of the window's features, with what each is worth.
    weights : ndarray of shape (n_rows, n_heads), float32
        Those of a head side by side.
    head : tuple of (int, float)
        Its column, and its slope.
    spans : ndarray of shape (n_tokens, 2), int32
        The window's tokens, as characters of the canonical text.
    words : ndarray of shape (n_words, 2), int32
        As `explain.fold_onto_words` takes them.

    Returns
    -------
    ndarray of shape (n_words,), float64
        What `explain.fold_onto_words` gives of `LinearHeads.shares`.
    """
    rows, values, ends = occurrences
    column, slope = head
    folded = np.zeros(words.shape[0])
    longest = 0
    for i in range(rows.shape[0]):
        longest = max(longest, ends[i, 1] - ends[i, 0] + 1)
    sums = np.zeros((spans.shape[0], longest))
    found = _gather(weights[:, column], rows)
    for i in range(rows.shape[0]):
        share = slope * values[i] * np.float64(found[i])
        sums[ends[i, 0], ends[i, 1] - ends[i, 0]] += share
    low = 0
    for first in range(spans.shape[0]):
        start = spans[first, 0]
        while low < words.shape[0] and words[low, 1] <= start:
            low += 1
        for more in range(longest):
            if sums[first, more] != 0.0:
                _share(sums[first, more], start, spans[first + more, 1], words, low, folded)
    return folded


@jit_in_place
def _share(
    total: float,
    start: int,
    stop: int,
    words: NDArray[np.int32],
    low: int,
    folded: NDArray[np.float64],
) -> None:
    """Share what a range is worth among the words it touches, of which ``low`` is the first."""
    common, last = 0, low
    while last < words.shape[0] and words[last, 0] < stop:
        common += min(words[last, 1], stop) - max(words[last, 0], start)
        last += 1
    for word in range(low, last):
        own = min(words[word, 1], stop) - max(words[word, 0], start)
        folded[word] += total * own / common


@jit
def add_known(
    rows: NDArray[np.int64],
    values: NDArray[np.float64],
    places: NDArray[np.int32],
    weights: NDArray[np.float32],
    bias: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Add up the weights of the features that some models know.

    Parameters
    ----------
    rows : ndarray of shape (n_occurrences,), int64
        Row of each occurrence of a feature.
    values : ndarray of shape (n_occurrences,), float64
    places : ndarray of shape (n_places,), int32
        Row of ``weights`` by row of features, -1 where there is none.
    weights : ndarray of shape (n_known, n_models), float32
    bias : ndarray of shape (n_models,), float64

    Returns
    -------
    ndarray of shape (n_models,), float64
    """
    known, found = np.empty(rows.shape[0], np.int32), np.empty(rows.shape[0], np.int32)
    n = 0
    for i in range(rows.shape[0]):
        place = places[rows[i]] if rows[i] < places.shape[0] else -1
        known[n], found[n] = i, place
        n += place >= 0
    scores = np.zeros(bias.shape[0])
    for k in range(n):
        value = values[known[k]]
        for model in range(bias.shape[0]):
            scores[model] += value * np.float64(weights[found[k], model])
    return bias + scores
