"""The linear heads: weights of n-grams and cues in, decisions and contributions out."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from adclassifier.classifier.words import find_words
from adclassifier.features import (
    FeatureShape,
    Tokens,
    code_points,
    find_cues,
    fold_table,
    kernels,
    token_classes,
)
from adclassifier.features.alignment import aligned_zeros

if TYPE_CHECKING:
    from adclassifier.features.bulk import BulkScorer

Segmenter = Literal["syllable", "underthesea"]

#: Heads beside the labels.
VIOLATING, OFFER = "violating", "offer"

#: A table row is one cache line: up to fifteen heads and idf², padded.
ROW_COLUMNS = 16


def join_words(canonical: str, segmenter: Segmenter) -> str:
    """Join the syllables of each word with "_" where underthesea's words are the tokens.

    Length and positions stay, since a canonical text has one blank between syllables.

    Examples
    --------
    >>> join_words("trị nám", "syllable")
    'trị nám'
    """
    if segmenter == "syllable":
        return canonical
    characters = list(canonical)
    for start, end in find_words(canonical).tolist():
        for i in range(start, end):
            if characters[i] == " ":
                characters[i] = "_"
    return "".join(characters)


@dataclass(frozen=True, eq=False)
class LinearHeads:
    """One linear model a head over the same features: p = σ(slope · (bias + Σ w·x) + intercept).

    Parameters
    ----------
    names : tuple of str
        One a head.
    shape : FeatureShape
        What the features are.
    segmenter : {"syllable", "underthesea"}
        What a token is.
    window_chars, stride_chars : int
        Longest window, and how far the next place lies behind the last (`features.windows`); every
        head takes its largest decision over the windows.
    idf : ndarray of shape (n_rows,), float16
    weights : ndarray of shape (n_rows, n_heads), float16
    bias, slope, intercept : ndarray of shape (n_heads,), float64
        ``slope`` is positive, so that the largest decision is the largest probability.
    """

    names: tuple[str, ...]
    shape: FeatureShape
    segmenter: Segmenter
    window_chars: int
    stride_chars: int
    idf: NDArray[np.float16]
    weights: NDArray[np.float16]
    bias: NDArray[np.float64]
    slope: NDArray[np.float64]
    intercept: NDArray[np.float64]

    @functools.cached_property
    def _table(self) -> NDArray[np.float32]:
        """Give idf · weight a head, then idf²: products of two half floats are exact in float32."""
        n_heads = len(self.names)
        columns = max(ROW_COLUMNS, n_heads + 1)
        table = aligned_zeros((self.shape.n_rows, columns), np.float32)
        idf = self.idf.astype(np.float32)
        table[:, :n_heads] = self.weights.astype(np.float32) * idf[:, None]
        table[:, n_heads] = idf**2
        return table

    def decisions(
        self, canonical_texts: list[str]
    ) -> tuple[NDArray[np.float64], NDArray[np.int32]]:
        """Decide every head on every text.

        Returns
        -------
        decisions : ndarray of shape (n_texts, n_heads), float64
            bias + Σ w·x of the window that speaks most for the head.
        windows : ndarray of shape (n_texts, n_heads, 2), int32
            That window's range in the canonical text.
        """
        kernel, shape = kernels(), self.shape.as_array()
        classes, fold, table = token_classes(), fold_table(), self._table
        cue_weights = self.shape.cue_weights()
        window = np.array([self.window_chars, self.stride_chars], np.int64)
        decisions = np.empty((len(canonical_texts), len(self.names)))
        windows = np.empty((len(canonical_texts), len(self.names), 2), np.int32)
        for i, text in enumerate(canonical_texts):
            joined = join_words(text, self.segmenter)
            decisions[i], windows[i] = kernel.score_text(
                code_points(joined),
                classes,
                fold,
                find_cues(joined, self.shape.cue_groups),
                shape,
                cue_weights,
                window,
                table,
                self.bias,
            )
        return decisions, windows

    def bulk_scorer(self) -> BulkScorer:
        """Give compiled code that decides on many texts at once, for one thread."""
        from adclassifier.features.bulk import BulkScorer

        return BulkScorer(self.shape, self.window_chars, self.stride_chars, self._table, self.bias)

    def probabilities(self, decisions: NDArray[np.float64]) -> NDArray[np.float64]:
        """Calibrate decisions; shapes (n_texts, n_heads)."""
        return sigmoid(self.slope * decisions + self.intercept)

    def contributions(
        self, tokens: Tokens, head: int
    ) -> tuple[float, NDArray[np.float64], NDArray[np.int32]]:
        """Split a head's log-odds on one window over the n-grams and cues that make it.

        Parameters
        ----------
        tokens : Tokens
            Those of the window (`Tokens.window`).
        head : int
            Place of the head in ``names``.

        Returns
        -------
        bias : float
        contributions : ndarray of shape (n_occurrences,), float64
            bias + Σ contributions is the log-odds of the calibrated probability.
        ranges : ndarray of shape (n_occurrences, 2), int32
            Characters of the canonical text, from the feature's first token to its last.
        """
        rows, values, spans = self.features(tokens)
        return self.log_odds_bias(head), self.shares(head, rows, values), spans

    def log_odds_bias(self, head: int) -> float:
        """Give the log-odds of a head where no feature speaks."""
        return float(self.slope[head] * self.bias[head] + self.intercept[head])

    def shares(
        self, head: int, rows: NDArray[np.int64], values: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Give the share of a head's log-odds that each occurrence of a feature has; (n,)."""
        return np.asarray(self.slope[head] * values * self.weights[rows, head].astype(np.float64))

    def tokens(self, canonical: str) -> Tokens:
        """Tokenize a canonical text as this model does."""
        return Tokens.of(join_words(canonical, self.segmenter), self.shape.cue_groups)

    @functools.cached_property
    def cue_groups(self) -> frozenset[str]:
        """Groups of cues that are features."""
        return frozenset(self.shape.cue_groups)

    @functools.cached_property
    def single_idf(self) -> NDArray[np.float32]:
        """Give idf in a type that compiled code knows; half floats are exact in it."""
        return self.idf.astype(np.float32)

    @functools.cached_property
    def shape_arrays(self) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Give kernels what the features are: `FeatureShape.as_array` and ``cue_weights``."""
        return self.shape.as_array(), self.shape.cue_weights()

    @functools.cached_property
    def single_weights(self) -> NDArray[np.float32]:
        """Give the weights in a type that compiled code knows; half floats are exact in it.

        Those of one head lie side by side: who asks for them asks for one head.
        """
        return self.weights.astype(np.float32, order="F")

    def features(
        self, tokens: Tokens
    ) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.int32]]:
        """List the features of a window by occurrence: row, value, range of characters."""
        rows, weights, ends = tokens.occurrences(self.shape)
        return (
            rows,
            self.values(weights, self.single_idf[rows].astype(np.float64)),
            token_ranges(tokens, ends),
        )

    def values(self, weights: NDArray[np.float64], idf: NDArray[np.float64]) -> NDArray[np.float64]:
        """Weigh all occurrences of a window by idf, and divide by the window's length; (n,)."""
        length = max(float(np.sqrt(np.sum(weights * idf**2))), self.shape.min_length) or 1.0
        return weights * idf / length


def token_ranges(tokens: Tokens, ends: NDArray[np.int32]) -> NDArray[np.int32]:
    """Give the characters from a first token to a last one; shapes (n, 2)."""
    ranges = np.empty_like(ends)
    if len(ends):
        ranges[:, 0] = tokens.spans[ends[:, 0], 0]
        ranges[:, 1] = tokens.spans[ends[:, 1], 1]
    return ranges


def head_names(labels: tuple[str, ...]) -> tuple[str, ...]:
    """Names of the heads of a model with these labels.

    Examples
    --------
    >>> head_names(("medicine",))
    ('medicine', 'violating', 'offer')
    """
    return (*labels, VIOLATING, OFFER)


def log_odds(probability: float) -> float:
    """Give log-odds that are finite at 0 and 1 too.

    Examples
    --------
    >>> log_odds(0.5), log_odds(1.0) < 40.0
    (0.0, True)
    """
    inside = min(max(probability, 1e-15), 1.0 - 1e-15)
    return math.log(inside / (1.0 - inside))


def sigmoid(log_odds: NDArray[np.float64]) -> NDArray[np.float64]:
    """Logistic function that neither overflows nor warns.

    Examples
    --------
    >>> sigmoid(np.array([-800.0, 0.0, 800.0])).tolist()
    [0.0, 0.5, 1.0]
    """
    small = np.exp(-np.abs(log_odds))
    return np.where(log_odds >= 0.0, 1.0 / (1.0 + small), small / (1.0 + small))
