"""Compare probabilities with what came true."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from adclassifier.metrics.weighted import divide


@dataclass(frozen=True, slots=True)
class CalibrationBin:
    """One point of a calibration plot: texts of similar probability.

    Attributes
    ----------
    n : int
        Texts in the bin.
    low, high, mean_probability : float
        Smallest, largest and mean probability, in [0, 1].
    share_true : float
        Share of them that is positive, in [0, 1].
    """

    n: int
    low: float
    high: float
    mean_probability: float
    share_true: float


def equal_mass_bins(y_prob: NDArray[np.float64], n_bins: int = 10) -> NDArray[np.intp]:
    """Give each text's bin, 0 for the lowest probabilities; bins hold equally many texts.

    Equal probabilities share a bin, so that the order of the rows does not matter.

    Examples
    --------
    >>> equal_mass_bins(np.array([0.4, 0.1, 0.3, 0.2]), n_bins=2)
    array([1, 0, 1, 0])
    >>> equal_mass_bins(np.array([0.0, 0.0, 0.0, 0.9]), n_bins=2)
    array([0, 0, 0, 1])
    """
    position = (rankdata(y_prob, method="average") - 0.5) / max(len(y_prob), 1)
    bins: NDArray[np.intp] = np.floor(position * n_bins).astype(np.intp)
    return bins


def calibration_errors(
    y_true: NDArray[np.bool_],
    y_prob: NDArray[np.float64],
    weights: NDArray[np.float64],
    *,
    n_bins: int = 10,
) -> NDArray[np.float64]:
    """Give the expected calibration error under each weighting, bins as in the whole sample.

    Parameters
    ----------
    y_true, y_prob : ndarray of shape (n_texts,)
        Truth and probability.
    weights : ndarray of shape (n_weightings, n_texts)
        How often each text counts.

    Returns
    -------
    ndarray of shape (n_weightings,), in [0, 1]
        NaN where no text counts.
    """
    members = equal_mass_bins(y_prob, n_bins)[:, None] == np.arange(n_bins)
    gaps = np.abs(weights @ (members * (y_prob - y_true)[:, None]))
    return divide(gaps.sum(axis=1), weights.sum(axis=1))


def expected_calibration_error(
    y_true: NDArray[np.bool_], y_prob: NDArray[np.float64], n_bins: int = 10
) -> float:
    """Give the mean gap between probability and share of positives over bins of equal mass.

    Parameters
    ----------
    y_true : ndarray of shape (n_texts,), bool
        What came true.
    y_prob : ndarray of shape (n_texts,), in [0, 1]
        Calibrated probability of it.
    n_bins : int, default=10
        Bins, each of about n_texts / n_bins texts.

    Returns
    -------
    float
        In [0, 1]; 0 is perfect, but see `perfect_calibration_error`. NaN without texts.

    Examples
    --------
    Two bins: 0.2 said and 0 of 2 true; 0.8 said and 1 of 2 true.

    >>> y_true, y_prob = np.array([False, False, True, False]), np.array([0.1, 0.3, 0.7, 0.9])
    >>> round(expected_calibration_error(y_true, y_prob, n_bins=2), 6)
    0.25
    """
    weights = np.ones((1, len(y_prob)))
    return float(calibration_errors(y_true, y_prob, weights, n_bins=n_bins)[0])


def perfect_calibration_error(
    y_prob: NDArray[np.float64],
    n_bins: int = 10,
    *,
    n_draws: int = 200,
    random_state: int = 0,
) -> float:
    """Give the calibration error that right probabilities would show at this number of texts.

    Few texts make gaps by chance: labels are drawn from the probabilities themselves, and the error
    is averaged over the draws.

    Parameters
    ----------
    y_prob : ndarray of shape (n_texts,), in [0, 1]
        Probabilities to be taken as right.
    n_bins : int, default=10
        As for `expected_calibration_error`.
    n_draws, random_state : int
        Draws of all labels, and their seed.

    Examples
    --------
    >>> y_prob = np.full(100, 0.5)
    >>> round(perfect_calibration_error(y_prob, n_bins=1), 2)
    0.04
    """
    if not len(y_prob):
        return float("nan")
    rng = np.random.default_rng(random_state)
    members = (equal_mass_bins(y_prob, n_bins)[:, None] == np.arange(n_bins)).astype(np.float64)
    drawn = rng.random((n_draws, len(y_prob))) < y_prob
    gaps = np.abs((y_prob - drawn) @ members)
    return float(gaps.sum(axis=1).mean() / len(y_prob))


def calibration_bins(
    y_true: NDArray[np.bool_], y_prob: NDArray[np.float64], n_bins: int = 10
) -> tuple[CalibrationBin, ...]:
    """Give the points of a calibration plot, from low probabilities to high, without empty bins.

    Examples
    --------
    >>> y_true, y_prob = np.array([False, False, True, False]), np.array([0.1, 0.3, 0.7, 0.9])
    >>> for point in calibration_bins(y_true, y_prob, n_bins=2):
    ...     print(point.n, round(point.mean_probability, 2), point.share_true)
    2 0.2 0.0
    2 0.8 0.5
    """
    bins = equal_mass_bins(y_prob, n_bins)
    return tuple(
        CalibrationBin(
            n=int(inside.sum()),
            low=float(y_prob[inside].min()),
            high=float(y_prob[inside].max()),
            mean_probability=float(y_prob[inside].mean()),
            share_true=float(y_true[inside].mean()),
        )
        for inside in (bins == number for number in np.unique(bins))
    )
