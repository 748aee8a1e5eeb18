"""Choose cut-offs, and turn decisions into probabilities.

Both work on arrays: texts in rows, labels in columns, out-of-fold scores of real posts.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit, logit

from adclassifier.errors import ConfigError, LabelCountError

# In units of one standard deviation of the decision: a head that ranks nothing still maps a larger
# decision to a larger probability, but so weakly that every text gets about the base rate.
_MIN_SLOPE = 1e-3


def choose_thresholds(
    y_true: NDArray[np.bool_],
    y_prob: NDArray[np.float64],
    *,
    beta: float = 1.0,
    ignore: NDArray[np.bool_] | None = None,
    min_positives: int = 1,
    slack: float = 0.0,
) -> NDArray[np.float64]:
    """Choose for each label the threshold with the best F-beta score, or nearly the best.

    Of thresholds with the same score the highest is taken: it raises fewer alarms. From a few dozen
    positive texts the best threshold is mostly chance, and the posts of another day score lower
    than those that it was chosen on; `slack` takes the lowest of those that are nearly as good.

    Parameters
    ----------
    y_true : ndarray of shape (n_texts, n_labels), bool
        Whether each text carries each label.
    y_prob : ndarray of shape (n_texts, n_labels), in [0, 1]
        Calibrated probabilities for the same texts, from models that did not
        see them in training.
    beta : float, default=1.0
        Weight of recall against precision: 2.0 makes a missed advert cost
        more than a false alarm.
    ignore : ndarray of shape (n_texts, n_labels), bool, default=None
        Entries that could go either way (`metrics.could_go_either_way`): they
        are left out of the label's score.
    min_positives : int, default=1
        Positive texts that a label needs, not counting ignored ones.
    slack : float in [0, 1), default=0.0
        Share of the best score that a threshold may lose.

    Returns
    -------
    ndarray of shape (n_labels,), in [0, 1]
        A text is flagged when its probability is at or above the threshold.

    Raises
    ------
    LabelCountError
        If a label has fewer than `min_positives` positive texts (or none), so that no
        threshold can be judged; all such columns are named.

    Examples
    --------
    >>> y_true = np.array([[1, 0], [1, 0], [0, 1], [0, 0]], dtype=bool)
    >>> y_prob = np.array([[0.9, 0.2], [0.6, 0.1], [0.4, 0.7], [0.1, 0.3]])
    >>> choose_thresholds(y_true, y_prob)
    array([0.6, 0.7])
    >>> choose_thresholds(y_true, y_prob, slack=0.2)
    array([0.4, 0.7])
    >>> ignore = np.array([[0, 0], [1, 0], [0, 0], [0, 0]], dtype=bool)
    >>> choose_thresholds(y_true, y_prob, ignore=ignore)
    array([0.9, 0.7])
    """
    judged = np.ones_like(y_true, dtype=bool) if ignore is None else ~ignore
    n_positives = (y_true & judged).sum(axis=0)
    needed = max(min_positives, 1)
    if (n_positives < needed).any():
        short = {
            int(column): int(n_positives[column]) for column in np.flatnonzero(n_positives < needed)
        }
        raise LabelCountError(
            "y_true", f"positive texts by column: {short}", f"at least {needed} in each column"
        )
    columns = zip(y_true.T, y_prob.T, judged.T, strict=True)
    return np.array([_best_threshold(y[keep], p[keep], beta, slack) for y, p, keep in columns])


def _best_threshold(
    y_true: NDArray[np.bool_], y_prob: NDArray[np.float64], beta: float, slack: float
) -> float:
    """Give the lowest of the probabilities that make nearly the best F-beta as thresholds."""
    order = np.argsort(-y_prob, kind="stable")
    descending = y_prob[order]
    n_true = np.cumsum(y_true[order])
    n_flagged = np.arange(1, len(order) + 1)
    score = (1 + beta**2) * n_true / (beta**2 * n_true[-1] + n_flagged)
    # a threshold takes all texts of equal probability or none: only the last of a tie is a choice
    score[:-1][descending[:-1] == descending[1:]] = -1.0
    # with no slack the first of equals, which is the highest
    near = np.flatnonzero(score >= (1 - slack) * score.max())
    return float(descending[near[-1] if slack else near[0]])


def choose_review_threshold(
    y_true: NDArray[np.bool_],
    y_prob: NDArray[np.float64],
    *,
    target_recall: float | None = None,
    share: float | None = None,
) -> float:
    """Choose from which `p_violating` a post goes to a person, by recall or by work load.

    Parameters
    ----------
    y_true : ndarray of shape (n_texts,), bool
        Whether each text shows signs of a violation. Leave texts that could go either way out.
    y_prob : ndarray of shape (n_texts,), in [0, 1]
        Out-of-fold probability that it does.
    target_recall : float in (0, 1], default=None
        Take the highest threshold that still catches this share of the violating texts.
    share : float in (0, 1], default=None
        Take the lowest threshold that at most this share of all texts reaches. Give exactly
        one of the two.

    Returns
    -------
    float
        A text is shown when its probability is at or above it; just above the highest
        probability when texts of equal probability are more than `share` already.

    Raises
    ------
    ConfigError
        If not exactly one target is given, or it is outside (0, 1].
    LabelCountError
        If a recall is asked for and no text is violating.

    Examples
    --------
    >>> y_true = np.array([True, False, True, False, False])
    >>> y_prob = np.array([0.9, 0.6, 0.3, 0.2, 0.1])
    >>> choose_review_threshold(y_true, y_prob, target_recall=1.0)
    0.3
    >>> choose_review_threshold(y_true, y_prob, share=0.4)
    0.6
    """
    given = [target for target in (target_recall, share) if target is not None]
    if len(given) != 1 or not 0 < given[0] <= 1:
        raise ConfigError(
            "review threshold",
            f"target_recall={target_recall}, share={share}",
            "exactly one of them, in (0, 1]",
        )
    if share is not None:
        return _threshold_for_share(y_prob, share)
    return _threshold_for_recall(y_true, y_prob, given[0])


def _threshold_for_recall(
    y_true: NDArray[np.bool_], y_prob: NDArray[np.float64], target_recall: float
) -> float:
    """Give the highest threshold that catches the share of violating texts."""
    found = np.sort(y_prob[y_true])[::-1]
    if not len(found):
        raise LabelCountError("y_true", "no violating text", "at least one")
    # 1e-9: 0.07 * 100 is 7.000000000000001, and must ask for 7 texts, not for 8
    return float(found[math.ceil(target_recall * len(found) - 1e-9) - 1])


def _threshold_for_share(y_prob: NDArray[np.float64], share: float) -> float:
    """Give the lowest threshold that no more than the share of texts reaches."""
    values, counts = np.unique(y_prob, return_counts=True)
    n_shown = np.cumsum(counts[::-1])[::-1]
    fitting = values[n_shown <= share * len(y_prob) + 1e-9]
    return float(fitting[0]) if len(fitting) else math.nextafter(float(values[-1]), math.inf)


def fit_sigmoid(
    decision: NDArray[np.float64],
    y_true: NDArray[np.bool_],
    sample_weight: NDArray[np.float64] | None = None,
) -> tuple[float, float]:
    """Fit Platt's sigmoid: probability = 1 / (1 + exp(-(slope * decision + intercept))).

    Platt's smoothed targets, (n+ + 1) / (n+ + 2) and 1 / (n- + 2), keep the fit finite for few or
    perfectly separated positives. The slope is never zero or negative: where the decisions rank
    the texts the wrong way round, every text gets about the base rate.

    Parameters
    ----------
    decision : ndarray of shape (n_texts,)
        Uncalibrated margins, from models that did not see the texts.
    y_true : ndarray of shape (n_texts,), bool
        Whether each text carries the label.
    sample_weight : ndarray of shape (n_texts,), >= 0, default=None
        How much each text counts, also in n+ and n-; None: one each.

    Returns
    -------
    tuple of float
        (slope, intercept) in log-odds, slope > 0.

    Examples
    --------
    >>> decision = np.array([-2.0, -1.0, 1.0, 2.0])
    >>> slope, intercept = fit_sigmoid(decision, np.array([False, False, True, True]))
    >>> bool(slope > 0), round(abs(intercept), 6)
    (True, 0.0)
    """
    weight = np.ones(len(decision)) if sample_weight is None else sample_weight.astype(np.float64)
    n_positive, n_negative = float(weight[y_true].sum()), float(weight[~y_true].sum())
    target = np.where(y_true, (n_positive + 1) / (n_positive + 2), 1 / (n_negative + 2))
    # one standard deviation as the unit: the solver's tolerances then mean the same for every head
    center = float(np.average(decision, weights=weight))
    spread = math.sqrt(float(np.average((decision - center) ** 2, weights=weight))) or 1.0
    standard = (decision - center) / spread
    slope, intercept = _minimize_log_loss(standard, target, weight)
    return slope / spread, intercept - slope * center / spread


def _minimize_log_loss(
    decision: NDArray[np.float64], target: NDArray[np.float64], weight: NDArray[np.float64]
) -> tuple[float, float]:
    """Give slope (at least `_MIN_SLOPE`) and intercept of the smallest weighted log loss."""
    total = weight.sum()

    def loss_and_gradient(parameters: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        margin = parameters[0] * decision + parameters[1]
        residual = weight * (expit(margin) - target) / total
        loss = weight @ (np.logaddexp(0.0, margin) - target * margin) / total
        return float(loss), np.array([residual @ decision, residual.sum()])

    start = np.array([1.0, logit(weight @ target / total)])
    solution = minimize(
        loss_and_gradient,
        start,
        jac=True,
        method="L-BFGS-B",
        bounds=[(_MIN_SLOPE, None), (None, None)],
        options={"gtol": 1e-10, "ftol": 1e-15, "maxiter": 500},
    )
    return float(solution.x[0]), float(solution.x[1])
