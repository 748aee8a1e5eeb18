"""Compute figures for many weightings of the same rows at once.

A weighting is a row of `weights`, shape (n_weightings, n_rows): all ones for the figure itself,
ones and zeros for a slice, counts for a bootstrap draw. One formula then serves all three, in a few
passes over arrays instead of a call per draw. Figures that are not defined (nothing to divide by)
are NaN. scikit-learn with `sample_weight` is the reference in the tests.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


def divide(numerator: Floats, denominator: Floats) -> Floats:
    """Divide, giving NaN where the denominator is not positive.

    Examples
    --------
    >>> divide(np.array([1.0, 0.0]), np.array([2.0, 0.0]))
    array([0.5, nan])
    """
    result = np.full(np.broadcast(numerator, denominator).shape, np.nan)
    np.divide(numerator, denominator, out=result, where=denominator > 0)
    return result


@dataclass(frozen=True, slots=True)
class Counts:
    """Weighted true and false positives and negatives, shape (n_weightings, n_columns)."""

    tp: Floats
    fp: Floats
    fn: Floats
    tn: Floats

    @property
    def precision(self) -> Floats:
        """Share of the flagged that is right; NaN when nothing is flagged."""
        return divide(self.tp, self.tp + self.fp)

    @property
    def recall(self) -> Floats:
        """Share of the true that is flagged; NaN when nothing is true."""
        return divide(self.tp, self.tp + self.fn)

    @property
    def f1(self) -> Floats:
        """Harmonic mean of both; NaN when nothing is true and nothing flagged."""
        return divide(2 * self.tp, 2 * self.tp + self.fp + self.fn)

    @property
    def false_positive_rate(self) -> Floats:
        """Share of the lawful that is flagged; NaN when nothing is lawful."""
        return divide(self.fp, self.fp + self.tn)

    def summed(self, columns: slice) -> Counts:
        """Add the columns up, for micro averages; shape (n_weightings,)."""
        return Counts(
            *(part[:, columns].sum(axis=1) for part in (self.tp, self.fp, self.fn, self.tn))
        )


def count(truth: Bools, chosen: Bools, weights: Floats) -> Counts:
    """Count decisions, both of shape (n_rows, n_columns), under each weighting.

    Examples
    --------
    >>> truth, chosen = np.array([[True], [True], [False]]), np.array([[True], [False], [True]])
    >>> count(truth, chosen, np.array([[1.0, 1.0, 1.0], [2.0, 1.0, 0.0]])).precision
    array([[0.5],
           [1. ]])
    """
    tp = weights @ (truth & chosen).astype(np.float64)
    true = weights @ truth.astype(np.float64)
    flagged = weights @ chosen.astype(np.float64)
    total = weights.sum(axis=1, keepdims=True)
    return Counts(tp=tp, fp=flagged - tp, fn=true - tp, tn=total - true - flagged + tp)


@dataclass(frozen=True, slots=True)
class Ranked:
    """Weighted positives and all rows at each distinct score, from the highest score down.

    Attributes
    ----------
    positive, total : ndarray of shape (n_weightings, n_scores)
        Summed weights of the positive rows, and of all rows, that share a score.
    """

    positive: Floats
    total: Floats


def rank(y_true: Bools, score: Floats, weights: Floats) -> Ranked:
    """Sort rows by falling score, equal scores put together.

    Parameters
    ----------
    y_true, score : ndarray of shape (n_rows,)
        Truth and score of each row.
    weights : ndarray of shape (n_weightings, n_rows)
        How often each row counts.
    """
    order = np.argsort(-score, kind="stable")
    falling = score[order]
    starts = np.flatnonzero(np.r_[True, falling[1:] != falling[:-1]])[: len(order)]
    ordered = weights[:, order]
    return Ranked(
        positive=np.add.reduceat(ordered * y_true[order], starts, axis=1),
        total=np.add.reduceat(ordered, starts, axis=1),
    )


def roc_auc(ranked: Ranked) -> Floats:
    """Give the chance that a positive row scores above a negative one, ties counting half.

    Examples
    --------
    >>> y_true, score = np.array([True, False, True, False]), np.array([0.9, 0.8, 0.8, 0.1])
    >>> roc_auc(rank(y_true, score, np.ones((1, 4))))
    array([0.875])
    """
    negative = ranked.total - ranked.positive
    n_negative = negative.sum(axis=1)
    below = n_negative[:, None] - np.cumsum(negative, axis=1)
    won = (ranked.positive * (below + negative / 2)).sum(axis=1)
    return divide(won, ranked.positive.sum(axis=1) * n_negative)


def average_precision(ranked: Ranked) -> Floats:
    """Give the precision at each score, averaged over the positive rows.

    Examples
    --------
    >>> y_true, score = np.array([True, False, True]), np.array([0.9, 0.8, 0.7])
    >>> average_precision(rank(y_true, score, np.ones((1, 3)))).round(4)
    array([0.8333])
    """
    found = np.cumsum(ranked.positive, axis=1)
    precision = np.nan_to_num(divide(found, np.cumsum(ranked.total, axis=1)))
    return divide((precision * ranked.positive).sum(axis=1), found[:, -1:].sum(axis=1))


def precision_at(ranked: Ranked, k: int) -> Floats:
    """Give the share of positives among the k rows with the highest scores.

    Where a tie straddles the cut, its rows count in proportion: the order of rows must not matter.

    Examples
    --------
    >>> y_true, score = np.array([True, True, False, False]), np.array([0.9, 0.5, 0.5, 0.1])
    >>> precision_at(rank(y_true, score, np.ones((1, 4))), 2)
    array([0.75])
    """
    above = np.cumsum(ranked.total, axis=1) - ranked.total
    taken = np.clip(k - above, 0.0, ranked.total)
    share = np.nan_to_num(divide(ranked.positive, ranked.total))
    return divide((share * taken).sum(axis=1), taken.sum(axis=1))
