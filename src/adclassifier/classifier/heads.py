"""The linear heads: weights of n-grams and cues in, decisions and contributions out."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from adclassifier.features import (
    FeatureShape,
    Tokens,
    code_points,
    find_cues,
    fold_table,
    kernels,
    token_classes,
)
from adclassifier.text.segment import word_spans

Segmenter = Literal["syllable", "underthesea"]

#: Heads beside the labels.
VIOLATING, OFFER = "violating", "offer"

#: A table row is one cache line: up to fifteen heads and idf², padded.
_ROW_COLUMNS = 16


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
    for start, end in word_spans(canonical):
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
        table = np.zeros((self.shape.n_rows, max(_ROW_COLUMNS, n_heads + 1)), np.float32)
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
        weights = self.weights[rows, head].astype(np.float64)
        bias = float(self.slope[head] * self.bias[head] + self.intercept[head])
        return bias, self.slope[head] * values * weights, spans

    def tokens(self, canonical: str) -> Tokens:
        """Tokenize a canonical text as this model does."""
        return Tokens.of(join_words(canonical, self.segmenter), self.shape.cue_groups)

    def features(
        self, tokens: Tokens
    ) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.int32]]:
        """List the features of a window by occurrence: row, value, range of characters."""
        rows, weights, ends = tokens.occurrences(self.shape)
        idf = self.idf[rows].astype(np.float64)
        length = max(float(np.sqrt(np.sum(weights * idf**2))), self.shape.min_length) or 1.0
        ranges = np.empty_like(ends)
        if len(ends):
            ranges[:, 0] = tokens.spans[ends[:, 0], 0]
            ranges[:, 1] = tokens.spans[ends[:, 1], 1]
        return rows, weights * idf / length, ranges


@dataclass(frozen=True, eq=False)
class SubcodeHeads:
    """Sparse linear models that tell a label's sub-codes apart, on texts that carry the label.

    Parameters
    ----------
    codes : tuple of str
        Sub-codes, ``label.name``.
    starts : ndarray of shape (n_codes + 1,), int32
        Where each sub-code's entries begin.
    buckets : ndarray of shape (n_entries,), int32
        Rows of features, of n-grams and of cues; sorted inside a sub-code.
    weights : ndarray of shape (n_entries,), float16
    bias : ndarray of shape (n_codes,), float64
    """

    codes: tuple[str, ...]
    starts: NDArray[np.int32]
    buckets: NDArray[np.int32]
    weights: NDArray[np.float16]
    bias: NDArray[np.float64]

    def choose(
        self, label: str, rows: NDArray[np.int64], values: NDArray[np.float64]
    ) -> tuple[str, ...]:
        """Choose the sub-codes of a label from one window's features: at least the likeliest."""
        own = rows.astype(np.int32)  # as `buckets`: a search over mixed types converts every time
        scores = {
            code: self._decision(i, own, values)
            for i, code in enumerate(self.codes)
            if code.startswith(f"{label}.")
        }
        if not scores:
            return ()
        best = max(scores, key=lambda code: scores[code])
        return tuple(code for code, score in scores.items() if score >= 0.0 or code == best)

    def _decision(self, i: int, rows: NDArray[np.int32], values: NDArray[np.float64]) -> float:
        entries = slice(self.starts[i], self.starts[i + 1])
        own = self.buckets[entries]
        if not len(own) or not len(rows):
            return float(self.bias[i])
        found = np.minimum(np.searchsorted(own, rows), len(own) - 1)
        hit = own[found] == rows
        weights = self.weights[entries][found[hit]].astype(np.float64)
        return float(self.bias[i] + values[hit] @ weights)


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
