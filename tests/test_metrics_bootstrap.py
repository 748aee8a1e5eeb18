from __future__ import annotations

import numpy as np
import pytest

from adclassifier.metrics.bootstrap import draw_weights, number_groups, percentile_interval


def drawn(groups: list[str | None], n_draws: int = 50, **options: int) -> np.ndarray:
    options = {"random_state": 0} | options
    return np.concatenate(list(draw_weights(number_groups(groups), n_draws, **options)))


def test_draw_weights_takes_whole_groups() -> None:
    weights = drawn(["a", "b", "a", "c", "b", "a"])
    assert (weights[:, 0] == weights[:, 2]).all()
    assert (weights[:, 0] == weights[:, 5]).all()
    assert (weights[:, 1] == weights[:, 4]).all()
    assert (weights[:, [0, 1, 3]].sum(axis=1) == 3).all()


def test_draw_weights_leaves_rows_without_a_group_alone() -> None:
    weights = drawn([None, "", None, ""])
    assert (weights.sum(axis=1) == 4).all()
    assert len(np.unique(weights, axis=0)) > 10


@pytest.mark.parametrize("chunk", [1, 7, 50, 1000])
def test_draw_weights_do_not_depend_on_the_chunk(chunk: int) -> None:
    groups = [f"g{row % 5}" for row in range(20)]
    assert (drawn(groups, chunk=chunk) == drawn(groups)).all()


def test_draw_weights_follow_the_seed() -> None:
    groups = [str(row) for row in range(30)]
    assert (drawn(groups) == drawn(groups)).all()
    assert (drawn(groups) != drawn(groups, random_state=1)).any()


def test_number_groups_keeps_equal_numbers_apart_from_missing_ones() -> None:
    assert number_groups([0, None, 0, 1]).tolist() == [0, 1, 0, 2]


def test_percentile_interval_covers_the_mean_as_often_as_it_says() -> None:
    rng = np.random.default_rng(0)
    hits = 0
    for seed in range(200):
        values = rng.normal(size=80)
        groups = [str(row) for row in range(80)]
        weights = drawn(groups, n_draws=400, random_state=seed)
        low, high = percentile_interval(weights @ values / 80) or (0.0, 0.0)
        hits += low <= 0 <= high
    assert 0.89 <= hits / 200 <= 0.99


def test_percentile_interval_leaves_undefined_draws_out() -> None:
    values = np.arange(101.0)
    padded = np.concatenate([values, np.full(50, np.nan)])
    assert percentile_interval(padded) == percentile_interval(values)


@pytest.mark.parametrize("values", [[], [np.nan], [np.nan, np.nan, 1.0]])
def test_percentile_interval_is_none_when_most_draws_are_undefined(values: list[float]) -> None:
    assert percentile_interval(np.array(values, dtype=float)) is None
