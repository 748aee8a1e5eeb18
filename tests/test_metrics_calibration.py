from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from sklearn.calibration import calibration_curve

from adclassifier.metrics import (
    calibration_bins,
    expected_calibration_error,
    perfect_calibration_error,
)
from adclassifier.metrics.calibration import calibration_errors, equal_mass_bins


def sample(n_texts: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    y_prob = rng.beta(0.5, 2.0, n_texts)
    return rng.random(n_texts) < np.sqrt(y_prob), y_prob


def test_calibration_bins_equal_scikit_learn() -> None:
    y_true, y_prob = sample(500)
    share_true, mean = calibration_curve(y_true, y_prob, n_bins=10, strategy="quantile")
    points = calibration_bins(y_true, y_prob)
    assert [point.mean_probability for point in points] == pytest.approx(mean)
    assert [point.share_true for point in points] == pytest.approx(share_true)
    assert [point.n for point in points] == [50] * 10
    assert all(before.high < after.low for before, after in pairwise(points))


def test_expected_calibration_error_is_the_weighted_gap_of_the_bins() -> None:
    y_true, y_prob = sample(237)
    points = calibration_bins(y_true, y_prob)
    gaps = [p.n * abs(p.mean_probability - p.share_true) for p in points]
    assert expected_calibration_error(y_true, y_prob) == pytest.approx(sum(gaps) / 237)


def test_expected_calibration_error_of_a_hand_computed_example() -> None:
    # five bins of two texts: gaps .05, .15, .05 (.45 said, half true), .35, .05
    y_prob = np.array([0.0, 0.1, 0.1, 0.2, 0.4, 0.5, 0.6, 0.7, 0.9, 1.0])
    y_true = np.array([0, 0, 0, 0, 1, 0, 1, 1, 1, 1], dtype=bool)
    y_prob = y_prob + np.arange(10) * 1e-9
    error = expected_calibration_error(y_true, y_prob, n_bins=5)
    assert error == pytest.approx((0.05 + 0.15 + 0.05 + 0.35 + 0.05) / 5, abs=1e-6)


def test_expected_calibration_error_does_not_depend_on_the_order_of_ties() -> None:
    y_true, y_prob = sample(300)
    y_prob = np.round(y_prob, 1)
    order = np.random.default_rng(1).permutation(300)
    error = expected_calibration_error(y_true, y_prob)
    assert expected_calibration_error(y_true[order], y_prob[order]) == pytest.approx(error)


@pytest.mark.parametrize("n_texts", [3, 10, 99, 1234])
def test_equal_mass_bins_hold_equally_many(n_texts: int) -> None:
    counts = np.bincount(equal_mass_bins(sample(n_texts)[1]), minlength=10)
    assert counts.sum() == n_texts
    assert counts.max() - counts.min() <= 1


def test_calibration_errors_count_rows_by_weight() -> None:
    y_true, y_prob = sample(200)
    weights = np.random.default_rng(2).integers(0, 3, (1, 200)).astype(float)
    bins = equal_mass_bins(y_prob)
    gaps = [abs(weights[0, bins == b] @ (y_prob - y_true)[bins == b]) for b in range(10)]
    expected = sum(gaps) / weights.sum()
    assert calibration_errors(y_true, y_prob, weights) == pytest.approx([expected])


def test_perfect_calibration_error_is_what_drawn_labels_show() -> None:
    _, y_prob = sample(400)
    rng = np.random.default_rng(99)
    draws = [expected_calibration_error(rng.random(400) < y_prob, y_prob) for _ in range(300)]
    assert perfect_calibration_error(y_prob) == pytest.approx(np.mean(draws), rel=0.05)


def test_perfect_calibration_error_of_one_coin() -> None:
    # mean absolute deviation of the share of heads in n fair throws: sqrt(1 / (2 pi n))
    y_prob = np.full(10_000, 0.5)
    expected = 1 / np.sqrt(2 * np.pi * 10_000)
    assert perfect_calibration_error(y_prob, n_bins=1) == pytest.approx(expected, rel=0.15)


def test_perfect_calibration_error_falls_with_more_texts_and_keeps_its_seed() -> None:
    few, many = (
        perfect_calibration_error(sample(100)[1]),
        perfect_calibration_error(sample(9000)[1]),
    )
    assert few > 5 * many
    assert perfect_calibration_error(sample(100)[1]) == few
    assert perfect_calibration_error(sample(100)[1], random_state=1) != few


def test_calibration_is_undefined_without_texts() -> None:
    nothing, none = np.zeros(0), np.zeros(0, dtype=bool)
    assert np.isnan(expected_calibration_error(none, nothing))
    assert np.isnan(perfect_calibration_error(nothing))
    assert calibration_bins(none, nothing) == ()
