"""Smooth the scores of tokens, and put tokens together: the compiled half of `evidence`.

Everything is added up in the order in which numpy adds it there: the sums are the same bits.

Import this module through `classifier.compiled`: decorating touches the cache folder.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from adclassifier.features.jit import jit
from adclassifier.features.pairwise import block_sum


@jit
def smoothed_scores(
    scores: NDArray[np.float64],
    mean: float,
    clauses: NDArray[np.int64],
    smoothing: NDArray[np.float64],
    logs: NDArray[np.float64],
    outside: float,
) -> NDArray[np.float64]:
    """Give the log-odds of tokens from their surroundings.

    Parameters
    ----------
    scores : ndarray of shape (n_tokens,), float64
    mean : float
        Of them.
    clauses : ndarray of shape (n_tokens,), int64
        Number of each token's clause, from 0 on.
    smoothing : ndarray of shape (n_inputs + 1,), float64
    logs : ndarray of shape (at least n_tokens + 1,), float64
        The logarithm of each number, as numpy gives it.
    outside : float
        Stands for the scores of tokens before the first and behind the last.

    Returns
    -------
    ndarray of shape (n_tokens,), float64
        What `evidence.smooth` makes probabilities of.
    """
    n = scores.shape[0]
    n_inputs = smoothing.shape[0] - 1
    reach = (n_inputs - 9) // 2
    order = np.argsort(-scores, kind="mergesort")
    ranks = np.empty(n)
    for i in range(n):
        ranks[order[i]] = i / n
    means, highest, lengths = _by_clause(scores, clauses)
    top = scores.max()
    inputs = np.empty(n_inputs)
    log_odds = np.empty(n)
    for t in range(n):
        for step in range(-reach, reach + 1):
            inside = 0 <= t + step < n
            inputs[step + reach] = scores[t + step] if inside else outside
        clause = clauses[t]
        at = 2 * reach + 1
        inputs[at], inputs[at + 1], inputs[at + 2] = top, mean, logs[n]
        inputs[at + 3], inputs[at + 4] = ranks[t], t / n
        inputs[at + 5], inputs[at + 6] = means[clause], highest[clause]
        inputs[at + 7] = logs[lengths[clause]]
        for i in range(n_inputs):
            inputs[i] *= smoothing[i]
        log_odds[t] = block_sum(inputs, 0, n_inputs) + smoothing[n_inputs]
    return log_odds


@jit
def _by_clause(
    scores: NDArray[np.float64], clauses: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]:
    """Give mean and highest score, and the number of tokens, of each clause."""
    n = clauses[-1] + 1
    sums, highest, lengths = np.zeros(n), np.full(n, -np.inf), np.zeros(n, np.int64)
    for t in range(scores.shape[0]):
        clause = clauses[t]
        sums[clause] += scores[t]
        highest[clause] = max(highest[clause], scores[t])
        lengths[clause] += 1
    return sums / lengths, highest, lengths


@jit
def clause_numbers(
    spans: NDArray[np.int32], points: NDArray[np.int32], classes: NDArray[np.uint8], symbol: int
) -> NDArray[np.int64]:
    """Give each token the number of its clause: more than a blank, or a symbol, ends one.

    Parameters
    ----------
    spans : ndarray of shape (n_tokens, 2), int32
        Of the tokens, as places in ``points``.
    points : ndarray of shape (n_chars,), int32
    classes : ndarray of shape (n_classes,), uint8
        Of code points.
    symbol : int
        The class of symbols.

    Returns
    -------
    ndarray of shape (n_tokens,), int64
    """
    numbers = np.zeros(spans.shape[0], np.int64)
    for t in range(1, spans.shape[0]):
        ends = classes[points[spans[t - 1, 0]]] == symbol
        for place in range(spans[t - 1, 1], spans[t, 0]):
            ends |= points[place] != 32
        numbers[t] = numbers[t - 1] + ends
    return numbers


@jit
def merge_tokens(
    tokens: NDArray[np.int32],
    lows: NDArray[np.int32],
    highs: NDArray[np.int32],
    words: NDArray[np.int32],
    base: int,
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Put tokens together that lie in one word.

    Parameters
    ----------
    tokens : ndarray of shape (n_tokens, 2), int32
        As characters of the canonical text.
    lows, highs : ndarray of shape (n_tokens,), int32
        Where each token stands in the original text; ``lows`` in order.
    words : ndarray of shape (n_words, 2), int32
        In order; counted from ``base`` on.
    base : int

    Returns
    -------
    originals, chars : ndarray of shape (n_merged, 2), int32
        Ranges of the original text and of the canonical text.
    """
    originals, chars = np.empty_like(tokens), np.empty_like(tokens)
    n, place, before = 0, 0, -1
    for t in range(tokens.shape[0]):
        low, high = lows[t] - base, highs[t] - base
        while place < words.shape[0] - 1 and words[place, 1] <= low:
            place += 1
        touched = words.shape[0] > 0 and words[place, 0] < high and words[place, 1] > low
        word = place if touched else -1
        if t == 0 or word < 0 or word != before:
            originals[n] = lows[t], highs[t]
            chars[n, 0] = tokens[t, 0]
            n += 1
        originals[n - 1, 1] = max(originals[n - 1, 1], highs[t])
        chars[n - 1, 1] = tokens[t, 1]
        before = word
    return originals[:n], chars[:n]
