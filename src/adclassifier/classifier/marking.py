"""Share features among tokens and words: the compiled half of `evidence` and `phrases`.

Everything is added up in the order in which numpy adds it there: the sums are the same bits.

Import this module late: decorating touches the cache folder.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from adclassifier.features.jit import jit


@jit
def token_scores(
    occurrences: tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.int32]],
    idf: NDArray[np.float64],
    weights: NDArray[np.float32],
    factors: tuple[float, float, float],
    n_tokens: int,
) -> NDArray[np.float64]:
    """Give each token the linear score of the features that touch it and its neighbours.

    Parameters
    ----------
    occurrences : tuple of (rows, weights, ends)
        Of a passage's features (`Tokens.occurrences`).
    idf : ndarray of shape (n_occurrences,), float64
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
    found = _gather(weights, rows)
    for i in range(rows.shape[0]):
        first, last = ends[i, 0], ends[i, 1]
        value = scale * values[i] * idf[i] / (last - first + 1) * np.float64(found[i])
        for t in range(first, last + 1):
            own[t] += value
    scores = np.empty(n_tokens)
    for t in range(n_tokens):
        left = own[t - 1] if t > 0 else 0.0
        right = own[t + 1] if t < n_tokens - 1 else 0.0
        scores[t] = own[t] + neighbour * (left + right) + bias
    return scores


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


@jit
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
        log_odds[t] = _pairwise_product(inputs, smoothing) + smoothing[n_inputs]
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
def _pairwise_product(inputs: NDArray[np.float64], smoothing: NDArray[np.float64]) -> float:
    """Add products up as numpy adds fewer than 128 of them: eight sums, then the rest."""
    n = inputs.shape[0]
    lanes = np.zeros(8)
    whole = n - n % 8
    for i in range(whole):
        lanes[i % 8] += inputs[i] * smoothing[i]
    total = ((lanes[0] + lanes[1]) + (lanes[2] + lanes[3])) + (
        (lanes[4] + lanes[5]) + (lanes[6] + lanes[7])
    )
    for i in range(whole, n):
        total += inputs[i] * smoothing[i]
    return float(total)


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
    found = np.empty(rows.shape[0], np.int32)
    for i in range(rows.shape[0]):
        found[i] = places[rows[i]] if rows[i] < places.shape[0] else -1
    scores = np.zeros(bias.shape[0])
    for i in range(rows.shape[0]):
        if found[i] >= 0:
            for model in range(bias.shape[0]):
                scores[model] += values[i] * np.float64(weights[found[i], model])
    return bias + scores


@jit
def cut_window(
    spans: NDArray[np.int32],
    hashes: NDArray[np.uint64],
    cues: tuple[NDArray[np.int32], NDArray[np.int32]],
    start: int,
    end: int,
) -> tuple[NDArray[np.int32], NDArray[np.uint64], NDArray[np.int32], NDArray[np.int64]]:
    """Keep the tokens that begin in a range of characters, and the cues on them.

    Parameters
    ----------
    spans : ndarray of shape (n_tokens, 2), int32
    hashes : ndarray of shape (2, n_tokens), uint64
        See `Tokens`.
    cues : tuple of (places, groups)
        First token, last token and number of each cue that has a token, shape (n_cues, 3), int32;
        and the group by number.
    start, end : int

    Returns
    -------
    spans, hashes, cues : ndarray
        As `Tokens.window` has them.
    numbers : ndarray of shape (n_cues,), int64
        Of the cues that are kept.
    """
    places, groups = cues
    low, high = np.searchsorted(spans[:, 0], start), np.searchsorted(spans[:, 0], end)
    kept, numbers = np.empty_like(places), np.empty(places.shape[0], np.int64)
    n = 0
    for i in range(places.shape[0]):
        if places[i, 0] >= low and places[i, 1] < high:
            kept[n, 0], kept[n, 1] = places[i, 0] - low, places[i, 1] - low
            kept[n, 2] = groups[places[i, 2]]
            numbers[n] = places[i, 2]
            n += 1
    return spans[low:high], hashes[:, low:high].copy(), kept[:n], numbers[:n]
