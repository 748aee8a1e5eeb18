"""Smooth the scores of tokens, and put tokens together: the compiled half of `evidence`.

Everything is added up in the order in which numpy adds it there: the sums are the same bits.

Import this module through `classifier.compiled`: decorating touches the cache folder.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from adclassifier.features.jit import jit
from adclassifier.features.pairwise import block_sum, pairwise_sum


@jit
def token_log_odds(
    occurrences: tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.int32]],
    idf: NDArray[np.float32],
    weights: NDArray[np.float32],
    factors: tuple[float, float, float],
    text: tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.uint8], int],
    smoothing: tuple[NDArray[np.float64], NDArray[np.float64], float],
) -> NDArray[np.float64]:
    """Give the log-odds that an inspector would mark each token of a passage.

    Parameters
    ----------
    occurrences, idf, weights, factors
        As `token_scores` takes them.
    text : tuple of (spans, points, classes, symbol)
        As `clause_numbers` takes them; there is a token.
    smoothing : tuple of (smoothing, logs, outside)
        As `smoothed_scores` takes them.

    Returns
    -------
    ndarray of shape (n_tokens,), float64
    """
    n = text[0].shape[0]
    scores = token_scores(occurrences, idf, weights, factors, n)
    clauses = clause_numbers(text[0], text[1], text[2], text[3])
    mean = pairwise_sum(scores) / n
    return smoothed_scores(scores, mean, clauses, smoothing[0], smoothing[1], smoothing[2])


@jit
def token_scores(
    occurrences: tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.int32]],
    idf: NDArray[np.float32],
    weights: NDArray[np.float32],
    factors: tuple[float, float, float],
    n_tokens: int,
) -> NDArray[np.float64]:
    """Give each token the linear score of the features that touch it and its neighbours.

    Parameters
    ----------
    occurrences : tuple of (rows, weights, ends)
        Of a passage's features (`Tokens.occurrences`).
    idf : ndarray of shape (n_occurrences,), float32
    weights : ndarray of shape (n_rows,), float32
        By row of features.
    factors : tuple of float
        What features are multiplied by, what those of a neighbour are, and the bias.
    n_tokens : int

    Returns
    -------
    ndarray of shape (n_tokens,), float64
    """
    rows, values, ends = occurrences
    scale, neighbour, bias = factors
    own = np.zeros(n_tokens)
    # in a loop of its own the processor fetches many at once
    found = np.empty(rows.shape[0], np.float32)
    for i in range(rows.shape[0]):
        found[i] = weights[rows[i]]
    for i in range(rows.shape[0]):
        first, last = ends[i, 0], ends[i, 1]
        value = scale * values[i] * np.float64(idf[i]) / (last - first + 1) * np.float64(found[i])
        for t in range(first, last + 1):
            own[t] += value
    scores = np.empty(n_tokens)
    for t in range(n_tokens):
        left = own[t - 1] if t > 0 else 0.0
        right = own[t + 1] if t < n_tokens - 1 else 0.0
        scores[t] = own[t] + neighbour * (left + right) + bias
    return scores


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
def marked_runs(
    log_odds: NDArray[np.float64],
    least: float,
    spans: NDArray[np.int32],
    words: NDArray[np.int32],
    window: tuple[int, int],
) -> NDArray[np.int32]:
    """Find the runs of words that are marked: one of their tokens is likely enough to be.

    Parameters
    ----------
    log_odds : ndarray of shape (n_tokens,), float64
        Of each token.
    least : float
        Log-odds from which a token is marked.
    spans : ndarray of shape (n_tokens, 2), int32
        Of the tokens, as characters of the canonical text.
    words : ndarray of shape (n_words, 2), int32
        As `merge_tokens` makes them of these tokens.
    window : tuple of (start, end)
        A range of the canonical text.

    Returns
    -------
    ndarray of shape (n_runs, 3), int32
        First and last word, as long as can be, and whether the window touches a word of them.
    """
    runs = np.empty((words.shape[0], 3), np.int32)
    n, token, before = 0, 0, False
    for word in range(words.shape[0]):
        marked = False
        while token < spans.shape[0] and spans[token, 0] < words[word, 1]:
            marked = marked or log_odds[token] >= least
            token += 1
        if marked and not before:
            runs[n, 0], runs[n, 2] = word, 0
            n += 1
        if marked:
            runs[n - 1, 1] = word
            if words[word, 0] < window[1] and words[word, 1] > window[0]:
                runs[n - 1, 2] = 1
        before = marked
    return runs[:n]


@jit
def merge_tokens(
    tokens: NDArray[np.int32],
    starts: NDArray[np.int32],
    ends: NDArray[np.int32],
    words: NDArray[np.int32],
    base: int,
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Put tokens together that lie in one word.

    Parameters
    ----------
    tokens : ndarray of shape (n_tokens, 2), int32
        As characters of the canonical text.
    starts, ends : ndarray of shape (n_chars,), int32
        Where each character of the canonical text stands in the original text.
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
        first, last = starts[tokens[t, 0]], ends[tokens[t, 1] - 1]
        low, high = first - base, last - base
        while place < words.shape[0] - 1 and words[place, 1] <= low:
            place += 1
        touched = words.shape[0] > 0 and words[place, 0] < high and words[place, 1] > low
        word = place if touched else -1
        if t == 0 or word < 0 or word != before:
            originals[n] = first, last
            chars[n, 0] = tokens[t, 0]
            n += 1
        originals[n - 1, 1] = max(originals[n - 1, 1], last)
        chars[n - 1, 1] = tokens[t, 1]
        before = word
    return originals[:n], chars[:n]
