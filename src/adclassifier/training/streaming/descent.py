"""Compiled averaged stochastic gradient descent for logistic heads on sparse rows.

Import through `adclassifier.training.streaming.learning`: decorating touches the cache folder.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from adclassifier.features.jit import jit

# Steps of the search for the length of a step, and the error (relative to the longest step) that
# ends it: three or four are usual.
_SEARCH_STEPS, _NEAR = 40, 1e-6
# Regularisation and average follow when as many texts were visited, or this share of the weights is
# to be taken off.
_PERIOD, _MOST_PENDING = 2048, 0.03
# Weight of later sets of weights in the average (Shamir and Zhang 2013, arXiv:1212.1824): the k-th
# counts k³, so that the first, which are those of chance, are forgotten.
_RECENT = 3.0
_LARGEST_EXPONENT = 500.0


@jit
def step_length(margin: float, reach: float, square: float) -> float:
    """Solve a = reach · σ(-(margin + a · square)): the step that its own result asks for.

    The gradient is taken where the step ends, not where it begins (implicit, or proximal, descent):
    no step is too long, however large ``reach``.
    """
    low, high = 0.0, reach
    step, last = 0.5 * reach, 2.0 * reach
    for _ in range(_SEARCH_STEPS):
        share = 1.0 / (1.0 + math.exp(min(margin + step * square, _LARGEST_EXPONENT)))
        excess = step - reach * share
        if abs(excess) <= _NEAR * reach:
            break
        if excess > 0.0:
            high = step
        else:
            low = step
        # Newton's way as long as it pays, else halve: it may go to and fro for ever
        step -= excess / (1.0 + reach * share * (1.0 - share) * square)
        if step < low or step > high or abs(excess) > 0.5 * last:
            step = 0.5 * (low + high)
        last = abs(excess)
    return step


@jit
def find_factors(
    columns: NDArray[np.int32],
    values: NDArray[np.float32],
    shared: NDArray[np.int32],
    targets: NDArray[np.bool_],
    counts: NDArray[np.float64],
    step: float,
    weights: NDArray[np.float64],
    factors: NDArray[np.float64],
) -> None:
    """Write to ``factors`` by how much of its features a text moves each head's weights."""
    factors[:] = 0.0
    square = 0.0
    for k in range(columns.shape[0]):
        column = columns[k]
        value = np.float64(values[k])
        square += value * value
        for head in range(factors.shape[0]):
            factors[head] += value * weights[column, head]
    for column in shared:
        if column >= 0:
            square += 1.0
            for head in range(factors.shape[0]):
                factors[head] += weights[column, head]
    for head in range(factors.shape[0]):
        sign = 1.0 if targets[head] else -1.0
        factors[head] = sign * step_length(sign * factors[head], step * counts[head], square)


@jit
def add_row(
    columns: NDArray[np.int32],
    values: NDArray[np.float32],
    shared: NDArray[np.int32],
    factors: NDArray[np.float64],
    weights: NDArray[np.float64],
) -> None:
    """Add a text's features, times a factor a head, to the weights; shape (n_columns, n_heads)."""
    for k in range(columns.shape[0]):
        column = columns[k]
        value = np.float64(values[k])
        for head in range(factors.shape[0]):
            weights[column, head] += value * factors[head]
    for column in shared:
        if column >= 0:
            for head in range(factors.shape[0]):
                weights[column, head] += factors[head]


@jit
def descend(
    starts: NDArray[np.int64],
    columns: NDArray[np.int32],
    values: NDArray[np.float32],
    shared: NDArray[np.int32],
    order: NDArray[np.int64],
    targets: NDArray[np.bool_],
    counts: NDArray[np.float64],
    weights: NDArray[np.float64],
    average: NDArray[np.float64],
    state: NDArray[np.int64],
    first_step: float,
    decay: float,
) -> None:
    """Visit texts in an order, and move the weights of all heads after each.

    ``starts``, ``columns`` and ``values`` are a CSR matrix; ``shared`` holds two more columns a
    text whose value is 1 (bias and source), -1 for none. ``counts`` says how much a text counts for
    a head. The step after t texts is first_step · (1 + decay · first_step · t)^-¾, and weights
    shrink by decay · step a text. ``state`` holds the texts visited so far, and how many sets of
    weights ``average`` is the mean of.
    """
    factors = np.empty(weights.shape[1])
    pending, shrink = 0, 0.0
    for visit in range(order.shape[0]):
        i = order[visit]
        step = first_step * (1.0 + decay * first_step * state[0]) ** -0.75
        own, x = columns[starts[i] : starts[i + 1]], values[starts[i] : starts[i + 1]]
        find_factors(own, x, shared[i], targets[i], counts[i], step, weights, factors)
        add_row(own, x, shared[i], factors, weights)
        state[0] += 1
        pending += 1
        shrink += decay * step
        if pending == _PERIOD or shrink >= _MOST_PENDING or visit == order.shape[0] - 1:
            shrink_and_average(weights, average, state, 1.0 / (1.0 + shrink))
            pending, shrink = 0, 0.0


@jit
def shrink_and_average(
    weights: NDArray[np.float64],
    average: NDArray[np.float64],
    state: NDArray[np.int64],
    kept: float,
) -> None:
    """Regularise, and take the weights into the average."""
    state[1] += 1
    share = (_RECENT + 1.0) / (_RECENT + state[1])
    for column in range(weights.shape[0]):
        for head in range(weights.shape[1]):
            weights[column, head] *= kept
            average[column, head] += share * (weights[column, head] - average[column, head])


@jit
def weigh_rows(
    starts: NDArray[np.int64],
    columns: NDArray[np.int32],
    values: NDArray[np.float32],
    idf: NDArray[np.float64],
    least: float,
) -> None:
    """Turn counts into features in place: times idf, divided by √(Σ count · idf²) or ``least``."""
    for i in range(starts.shape[0] - 1):
        total = 0.0
        for k in range(starts[i], starts[i + 1]):
            total += values[k] * idf[columns[k]] ** 2
        length = max(math.sqrt(total), least)
        for k in range(starts[i], starts[i + 1]):
            values[k] = values[k] * idf[columns[k]] / length if length > 0.0 else 0.0
