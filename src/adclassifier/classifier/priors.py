"""Move probabilities to another share of violating texts."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def shift_prior(
    probabilities: NDArray[np.float64], assumed: float, prior: float | None, *, fixed: int
) -> NDArray[np.float64]:
    """Move every head but one to another share of violating texts (Bayes' rule).

    Parameters
    ----------
    probabilities : ndarray of shape (n_texts, n_heads), in [0, 1]
    assumed : float, in (0, 1)
        Share that they are calibrated for.
    prior : float or None, in (0, 1)
        The other share; None moves nothing.
    fixed : int
        The head that stays: whether goods are offered is no matter of this share.

    Returns
    -------
    ndarray of shape (n_texts, n_heads), in [0, 1]

    Raises
    ------
    ValueError
        If ``prior`` is not inside (0, 1).

    Examples
    --------
    >>> shift_prior(np.array([[0.5, 0.5]]), 0.5, 0.2, fixed=1).tolist()
    [[0.2, 0.5]]
    """
    if prior is None:
        return probabilities
    if not 0.0 < prior < 1.0:
        raise ValueError(f"expected a prior inside (0, 1), got {prior}")
    ratio = prior * (1 - assumed) / ((1 - prior) * assumed)
    shifted = probabilities * ratio / (probabilities * ratio + 1.0 - probabilities)
    shifted[:, fixed] = probabilities[:, fixed]
    return shifted
