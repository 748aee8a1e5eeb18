"""Turn out-of-fold decisions into probabilities, and probabilities into thresholds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from adclassifier.classifier import OFFER, VIOLATING
from adclassifier.classifier.heads import sigmoid
from adclassifier.config import Config
from adclassifier.thresholds import choose_review_threshold, choose_thresholds, fit_sigmoid
from adclassifier.training.examples import Examples

#: A threshold that no probability reaches: the label of a head that nothing could be learnt for.
NEVER = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Calibration:
    """How decisions are read.

    Parameters
    ----------
    slope, intercept : ndarray of shape (n_heads,), float64
    thresholds : mapping of str to float
        One a label, "offer" and "review".
    prior : float
        Share of violating texts among those that were calibrated on.
    basis : str
        ``"real"`` or ``"authored"``: what the texts are.
    unlearned : tuple of str
        Labels without a positive text: never decided.
    guessed : tuple of str
        Labels with too few positive texts of the basis for a threshold of their own.
    """

    slope: NDArray[np.float64]
    intercept: NDArray[np.float64]
    thresholds: Mapping[str, float]
    prior: float
    basis: str
    unlearned: tuple[str, ...]
    guessed: tuple[str, ...]

    def probabilities(self, decisions: NDArray[np.float64]) -> NDArray[np.float64]:
        """Calibrate decisions; shapes (n_texts, n_heads)."""
        return sigmoid(self.slope * decisions + self.intercept)


def calibrate(examples: Examples, decisions: NDArray[np.float64], config: Config) -> Calibration:
    """Fit a sigmoid a head and choose the thresholds, on real texts where there are enough.

    Parameters
    ----------
    examples : Examples
    decisions : ndarray of shape (n_texts, n_heads)
        Out of fold.
    config : Config
    """
    rows, basis = _basis(examples, config)
    n_positive = (examples.targets & (examples.weights > 0))[rows].sum(axis=0)
    fits = [_fit(examples, decisions, rows, column) for column in range(len(examples.heads))]
    slope, intercept = np.array(fits).T
    probabilities = sigmoid(slope * decisions + intercept)
    labels = examples.labels
    n_anywhere = examples.targets.sum(axis=0)
    unlearned = tuple(c for c, n in zip(labels, n_anywhere, strict=False) if not n)
    guessed = tuple(
        code
        for code, n in zip(labels, n_positive, strict=False)
        if n < config.data.min_real_positives and code not in unlearned
    )
    return Calibration(
        slope=slope,
        intercept=intercept,
        thresholds=_thresholds(
            examples, probabilities, rows, (*unlearned, *guessed), unlearned, config
        ),
        prior=float(examples.targets[rows, examples.column(VIOLATING)].mean()),
        basis=basis,
        unlearned=unlearned,
        guessed=guessed,
    )


def _basis(examples: Examples, config: Config) -> tuple[NDArray[np.intp], str]:
    """Choose the texts to calibrate on: the real ones, unless hardly any is violating."""
    violating = examples.targets[:, examples.column(VIOLATING)]
    real = examples.real
    enough = (real & violating).sum() >= config.data.min_real_positives and (~violating[real]).any()
    if enough:
        return np.flatnonzero(real), "real"
    return np.arange(len(examples.real)), "authored"


def _fit(
    examples: Examples, decisions: NDArray[np.float64], rows: NDArray[np.intp], column: int
) -> tuple[float, float]:
    """Fit one head's sigmoid; a head that never saw both classes gives the base rate."""
    known = rows[examples.weights[rows, column] > 0]
    target = examples.targets[known, column]
    if not len(known) or target.all() or not target.any():
        rate = (target.sum() + 1) / (len(target) + 2)
        return 1.0, float(np.log(rate / (1 - rate)))
    return fit_sigmoid(decisions[known, column], target)


def _thresholds(
    examples: Examples,
    probabilities: NDArray[np.float64],
    rows: NDArray[np.intp],
    unmeasured: tuple[str, ...],
    unlearned: tuple[str, ...],
    config: Config,
) -> dict[str, float]:
    """Choose the offer's threshold first: it stands before every label's."""
    settings = config.thresholds
    offer, violating = examples.column(OFFER), examples.column(VIOLATING)
    targets, open_ = examples.targets[rows], examples.open[rows]
    own = probabilities[rows]
    thresholds = {
        OFFER: choose_review_threshold(
            targets[:, violating], own[:, offer], target_recall=settings.offer_recall
        )
    }
    passed = own[:, offer] >= thresholds[OFFER]
    measured = [code for code in examples.labels if code not in unmeasured]
    columns = [examples.column(code) for code in measured]
    chosen = choose_thresholds(
        targets[:, columns],
        np.where(passed[:, None], own[:, columns], 0.0),
        beta=settings.beta,
        ignore=open_[:, columns],
        slack=settings.slack,
    )
    by_label = dict(zip(measured, map(float, chosen), strict=True))
    for code in examples.labels:
        fallback = NEVER if code in unlearned else settings.fallback
        thresholds[code] = by_label.get(code, fallback)
    judged = ~open_[:, violating]
    thresholds["review"] = choose_review_threshold(
        targets[judged, violating], own[judged, violating], target_recall=settings.review_recall
    )
    return thresholds
