"""The evidence head: which tokens of a text an inspector would mark."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from adclassifier.classifier.compiled import marking
from adclassifier.classifier.heads import sigmoid
from adclassifier.features import FeatureShape, Tokens, token_classes

#: What the features of a token are multiplied by: it keeps them near 1, as regularisation expects.
_SCALE = 0.02
#: What a neighbour's features count, where a token's own count 1.
_NEIGHBOUR = 0.5
#: Scores of so many tokens to each side are read beside a token's own …
_REACH = 4
#: … and where the text ends a low one stands for them.
_OUTSIDE = -3.0
_BLANK, _SYMBOL = 32, 2
#: Log-odds of the probabilities 0 and 1.
_SURE = 800.0

#: Rows, weights, first and last tokens, as `Tokens.occurrences` gives them.
Occurrences = tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.int32]]

#: The inputs of smoothing: the scores around a token, five of the text and three of the clause.
N_INPUTS = 2 * _REACH + 1 + 5 + 3


@dataclass(frozen=True, eq=False)
class EvidenceHead:
    """What tells the words that an inspector would mark from the rest of a violating text.

    It says nothing of whether a text is violating: the heads of the labels do. A linear score a
    token over the features that touch it and its neighbours; then a logistic regression on the
    scores around it, since people mark phrases and not words.

    Parameters
    ----------
    weights : ndarray of shape (n_rows,), float16
    bias : float
    smoothing : ndarray of shape (N_INPUTS + 1,), float64
        Weights of `smoothing_inputs`, then the intercept.
    threshold : float, in [0, 1]
        A word is shown from this probability on.
    """

    weights: NDArray[np.float16]
    bias: float
    smoothing: NDArray[np.float64]
    threshold: float

    def log_odds(
        self, tokens: Tokens, occurrences: Occurrences, idf: NDArray[np.float32]
    ) -> NDArray[np.float64]:
        """Give the log-odds that an inspector would mark each token.

        Parameters
        ----------
        tokens : Tokens
            A passage of some lines: its highest score and its length say how to read the others.
        occurrences : tuple of (rows, weights, ends)
            Of the passage's features (`Tokens.occurrences`).
        idf : ndarray of shape (n_occurrences,), float32
            Of each occurrence's feature.

        Returns
        -------
        ndarray of shape (n_tokens,), float64
        """
        n = len(tokens.spans)
        if not n:
            return np.empty(0)
        log_odds: NDArray[np.float64] = marking().token_log_odds(
            occurrences,
            idf,
            self._single_weights,
            (_SCALE, _NEIGHBOUR, float(self.bias)),
            (tokens.spans, tokens.points, token_classes(), _SYMBOL),
            (self.smoothing, _logarithms(1 << n.bit_length()), _OUTSIDE),
        )
        return log_odds

    @functools.cached_property
    def least_log_odds(self) -> float:
        """Give the least log-odds whose probability is the threshold or more, or an infinity."""
        low, high = -_SURE, _SURE
        if self._is_shown(low):
            return -math.inf
        if not self._is_shown(high):
            return math.inf
        while low < (middle := (low + high) / 2) < high:
            low, high = (low, middle) if self._is_shown(middle) else (middle, high)
        return high

    def _is_shown(self, log_odds: float) -> bool:
        """Say whether a word of some log-odds is shown, as its probability says."""
        return bool(sigmoid(np.array(log_odds)) >= self.threshold)

    @functools.cached_property
    def _single_weights(self) -> NDArray[np.float32]:
        """Give the weights in a type that compiled code knows; half floats are exact in it."""
        return self.weights.astype(np.float32)


def spread_features(
    tokens: Tokens, shape: FeatureShape, idf: NDArray[np.floating]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Share the features of a text among its tokens, and lend each token's to its neighbours.

    Returns
    -------
    places, rows : ndarray of shape (n_entries,), int64
        Token and feature of each entry; a pair may occur several times.
    values : ndarray of shape (n_entries,), float64
        To be added up.
    """
    rows, weights, ends = tokens.occurrences(shape)
    lengths, places = _touched(ends)
    values = np.repeat(_token_values(weights, idf[rows], ends), lengths)
    rows = np.repeat(rows, lengths)
    left, right = places > 0, places < len(tokens.spans) - 1
    return (
        np.concatenate([places, places[left] - 1, places[right] + 1]),
        np.concatenate([rows, rows[left], rows[right]]),
        np.concatenate([values, _NEIGHBOUR * values[left], _NEIGHBOUR * values[right]]),
    )


def _token_values(
    weights: NDArray[np.float64], idf: NDArray[np.floating], ends: NDArray[np.int32]
) -> NDArray[np.float64]:
    """Give what each token that an occurrence touches has of it; shape (n_occurrences,)."""
    return np.asarray(_SCALE * weights * idf / (ends[:, 1] - ends[:, 0] + 1))


def _touched(ends: NDArray[np.int32]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Give how many tokens each occurrence touches, and which, one behind the other."""
    lengths = (ends[:, 1] - ends[:, 0] + 1).astype(np.int64)
    before = np.cumsum(lengths) - lengths
    return lengths, np.arange(lengths.sum()) + np.repeat(ends[:, 0] - before, lengths)


@functools.lru_cache(maxsize=32)
def _logarithms(n: int) -> NDArray[np.float64]:
    """Give the logarithms of 0 (as 0) to n as numpy has them: the C library's differ in a bit."""
    return np.log(np.maximum(np.arange(n + 1), 1))


def smoothing_inputs(scores: NDArray[np.float64], tokens: Tokens) -> NDArray[np.float64]:
    """Describe each token by the scores of its surroundings.

    Parameters
    ----------
    scores : ndarray of shape (n_tokens,), float64
    tokens : Tokens

    Returns
    -------
    ndarray of shape (n_tokens, N_INPUTS), float64
    """
    n = len(scores)
    if not n:
        return np.empty((0, N_INPUTS))
    padded = np.pad(scores, _REACH, constant_values=_OUTSIDE)
    around = np.lib.stride_tricks.sliding_window_view(padded, 2 * _REACH + 1)
    rank = np.empty(n)
    rank[np.argsort(-scores, kind="stable")] = np.arange(n) / n
    clause = _clauses(tokens)
    lengths = np.bincount(clause)
    highest = np.full(len(lengths), -np.inf)
    np.maximum.at(highest, clause, scores)
    return np.column_stack(
        [
            around,
            np.full(n, scores.max()),
            np.full(n, scores.mean()),
            np.full(n, np.log(n)),
            rank,
            np.arange(n) / n,
            (np.bincount(clause, scores) / lengths)[clause],
            highest[clause],
            np.log(lengths)[clause],
        ]
    )


def smooth(inputs: NDArray[np.float64], smoothing: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give the probabilities of tokens from their `smoothing_inputs`; shape (n_tokens,)."""
    # not a matrix product: its last bits depend on how many threads add up
    return sigmoid(np.sum(inputs * smoothing[:-1], axis=1) + smoothing[-1])


def _clauses(tokens: Tokens) -> NDArray[np.int64]:
    """Give each token the number of its clause: more than a blank, or a symbol, ends one."""
    first, last = tokens.spans[:-1], tokens.spans[1:]
    marks = np.concatenate([[0], np.cumsum(tokens.points != _BLANK)])
    ends = marks[last[:, 0]] > marks[first[:, 1]]
    ends |= token_classes()[tokens.points[first[:, 0]]] == _SYMBOL
    return np.concatenate([[0], np.cumsum(ends)])
