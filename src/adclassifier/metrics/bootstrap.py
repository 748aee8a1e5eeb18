"""Say how far a figure could be off: resample whole groups of near-duplicates."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

LEVEL = 0.95


def number_groups(groups: Sequence[Hashable | None]) -> NDArray[np.intp]:
    """Give each row the number of its group; None or "" is a group of its own.

    Numbers follow the order of appearance.

    Examples
    --------
    >>> number_groups(["a", "b", "a", None, None])
    array([0, 1, 0, 2, 3])
    """
    numbers: dict[Hashable, int] = {}
    keys = (
        ("row", row) if group in (None, "") else ("group", group)
        for row, group in enumerate(groups)
    )
    return np.array([numbers.setdefault(key, len(numbers)) for key in keys], dtype=np.intp)


def draw_weights(
    group_numbers: NDArray[np.intp], n_draws: int, random_state: int, *, chunk: int = 100
) -> Iterator[NDArray[np.float64]]:
    """Give how often each row is in each bootstrap draw of whole groups, with replacement.

    Parameters
    ----------
    group_numbers : ndarray of shape (n_rows,)
        From `number_groups`.
    n_draws, random_state : int
        Draws, and their seed.
    chunk : int, default=100
        Draws at a time: 100 draws of 6,900 rows are 5.5 MB. It does not change the draws.

    Yields
    ------
    ndarray of shape (at most chunk, n_rows)
        Counts; each draw takes as many groups as there are.
    """
    rng = np.random.default_rng(random_state)
    n_groups = int(group_numbers.max()) + 1
    for start in range(0, n_draws, chunk):
        rows = min(chunk, n_draws - start)
        drawn = rng.integers(n_groups, size=(rows, n_groups))
        offsets = np.arange(rows)[:, None] * n_groups
        counts = np.bincount((drawn + offsets).ravel(), minlength=rows * n_groups)
        yield counts.reshape(rows, n_groups)[:, group_numbers].astype(np.float64)


def percentile_interval(values: NDArray[np.float64]) -> list[float] | None:
    """Give the 95 % percentile interval, or None if most draws leave the figure undefined.

    Examples
    --------
    >>> [round(end, 6) for end in percentile_interval(np.arange(101.0)) or []]
    [2.5, 97.5]
    """
    defined = values[~np.isnan(values)]
    if 2 * len(defined) <= len(values):
        return None
    low, high = np.quantile(defined, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return [float(low), float(high)]
