from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit
from sklearn.calibration import _SigmoidCalibration
from sklearn.metrics import fbeta_score

from adclassifier.errors import ConfigError, LabelCountError
from adclassifier.thresholds import choose_review_threshold, choose_thresholds, fit_sigmoid


def column(*values: float) -> np.ndarray:
    return np.array(values, dtype=float)[:, None]


def random_scores(
    seed: int, n_texts: int, share: float = 0.2, decimals: int = 2
) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    y_true = rng.random(n_texts) < share
    y_true[0] = True
    y_prob = np.round(expit(rng.normal(size=n_texts) + 2.0 * y_true - 1.5), decimals)
    return y_true, y_prob


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("beta", [0.5, 1.0, 2.0])
def test_choose_thresholds_finds_the_best_score_of_scikit_learn(seed: int, beta: float) -> None:
    y_true, y_prob = random_scores(seed, 200, decimals=1 if seed % 2 else 6)
    threshold = choose_thresholds(y_true[:, None], y_prob[:, None], beta=beta)[0]
    candidates = np.unique(y_prob)
    scores = [fbeta_score(y_true, y_prob >= cut, beta=beta) for cut in candidates]
    best = candidates[np.isclose(scores, max(scores), rtol=0, atol=1e-12)]
    assert threshold == best.max()


def test_choose_thresholds_weighs_recall_by_beta() -> None:
    y_true = column(1, 0, 0, 0, 1) > 0
    y_prob = column(0.9, 0.8, 0.7, 0.6, 0.5)
    assert choose_thresholds(y_true, y_prob, beta=0.5)[0] == 0.9
    assert choose_thresholds(y_true, y_prob, beta=3.0)[0] == 0.5


def test_choose_thresholds_takes_texts_of_equal_probability_together() -> None:
    y_true = column(1, 1, 0, 0, 0, 0) > 0
    y_prob = column(0.9, 0.5, 0.5, 0.5, 0.5, 0.1)
    assert choose_thresholds(y_true, y_prob)[0] == 0.9


def test_choose_thresholds_takes_the_highest_of_equal_scores() -> None:
    # at 0.8: 1 of 2 found, nothing else flagged, F1 2/3; at 0.2: both found, four flagged, F1 4/6
    y_true = column(1, 0, 0, 1) > 0
    assert choose_thresholds(y_true, column(0.8, 0.6, 0.4, 0.2))[0] == 0.8


def test_choose_thresholds_leaves_ignored_entries_out() -> None:
    y_true, y_prob = random_scores(7, 300, decimals=6)
    ignore = np.random.default_rng(1).random(300) < 0.3
    ignored = choose_thresholds(y_true[:, None], y_prob[:, None], ignore=ignore[:, None])
    dropped = choose_thresholds(y_true[~ignore][:, None], y_prob[~ignore][:, None])
    assert ignored == dropped


def test_choose_thresholds_treats_each_label_alone() -> None:
    first, second = random_scores(1, 150), random_scores(2, 150)
    both = choose_thresholds(
        np.column_stack([first[0], second[0]]), np.column_stack([first[1], second[1]])
    )
    alone = [choose_thresholds(y[:, None], p[:, None])[0] for y, p in (first, second)]
    assert both.tolist() == alone


@pytest.mark.parametrize(
    ("y_true", "ignore", "min_positives", "found"),
    [
        ([[1, 0], [0, 0]], None, 1, "{1: 0}"),
        ([[1, 0], [0, 0]], None, 0, "{1: 0}"),
        ([[1, 1], [0, 0]], None, 2, "{0: 1, 1: 1}"),
        ([[1, 1], [1, 0]], [[0, 1], [0, 0]], 2, "{1: 0}"),
    ],
)
def test_choose_thresholds_names_all_labels_without_enough_positives(
    y_true: list[list[int]], ignore: list[list[int]] | None, min_positives: int, found: str
) -> None:
    mask = None if ignore is None else np.array(ignore, dtype=bool)
    with pytest.raises(LabelCountError) as caught:
        choose_thresholds(
            np.array(y_true, dtype=bool),
            np.full((2, 2), 0.5),
            ignore=mask,
            min_positives=min_positives,
        )
    assert found in caught.value.found


@pytest.mark.parametrize(
    ("target_recall", "expected"), [(1.0, 0.1), (0.8, 0.3), (0.75, 0.3), (0.7, 0.3), (0.2, 0.9)]
)
def test_choose_review_threshold_reaches_the_recall_at_the_highest_cut(
    target_recall: float, expected: float
) -> None:
    y_true = np.array([1, 1, 0, 1, 1, 0, 1], dtype=bool)
    y_prob = np.array([0.9, 0.7, 0.65, 0.5, 0.3, 0.2, 0.1])
    assert choose_review_threshold(y_true, y_prob, target_recall=target_recall) == expected


@given(
    st.lists(st.tuples(st.booleans(), st.integers(0, 20)), min_size=1, max_size=60),
    st.floats(0.01, 1.0),
)
def test_choose_review_threshold_keeps_its_promise(
    rows: list[tuple[bool, int]], target: float
) -> None:
    y_true = np.array([truth for truth, _ in rows])
    y_prob = np.array([score for _, score in rows]) / 20
    cut = choose_review_threshold(y_true, y_prob, share=target)
    assert np.mean(y_prob >= cut) <= target + 1e-9
    lower = y_prob[y_prob < cut]
    assert not len(lower) or np.mean(y_prob >= lower.max()) > target
    if y_true.any():
        cut = choose_review_threshold(y_true, y_prob, target_recall=target)
        assert np.mean(y_prob[y_true] >= cut) >= target - 1e-9
        assert np.mean(y_prob[y_true] > cut) < target


def test_choose_review_threshold_is_not_off_by_one_through_rounding() -> None:
    y_prob = np.arange(100, 0, -1) / 100
    everything = np.ones(100, dtype=bool)
    assert 0.07 * 100 > 7
    assert choose_review_threshold(everything, y_prob, target_recall=0.07) == y_prob[6]
    assert 0.29 * 100 < 29
    assert choose_review_threshold(everything, y_prob, share=0.29) == y_prob[28]


def test_choose_review_threshold_shows_nothing_when_a_tie_is_too_large() -> None:
    y_prob = np.array([1.0, 1.0, 0.1, 0.1])
    cut = choose_review_threshold(y_prob > 0.5, y_prob, share=0.25)
    assert not (y_prob >= cut).any()


@pytest.mark.parametrize(
    "targets",
    [{}, {"target_recall": 0.9, "share": 0.1}, {"share": 0.0}, {"target_recall": 1.1}],
)
def test_choose_review_threshold_refuses_other_targets(targets: dict[str, float]) -> None:
    with pytest.raises(ConfigError, match="exactly one"):
        choose_review_threshold(np.array([True]), np.array([0.5]), **targets)


def test_choose_review_threshold_needs_a_violating_text_for_recall() -> None:
    with pytest.raises(LabelCountError):
        choose_review_threshold(np.array([False]), np.array([0.5]), target_recall=0.9)


def random_decisions(seed: int, n_texts: int, scale: float) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    y_true = rng.random(n_texts) < 0.15
    return scale * (rng.normal(size=n_texts) + 1.5 * y_true - 0.7), y_true


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("scale", [0.01, 1.0, 20.0])
@pytest.mark.parametrize("n_texts", [40, 2000])
def test_fit_sigmoid_equals_scikit_learn(n_texts: int, scale: float, weighted: bool) -> None:
    decision, y_true = random_decisions(3, n_texts, scale)
    weight = np.random.default_rng(4).uniform(0.2, 2.0, n_texts) if weighted else None
    slope, intercept = fit_sigmoid(decision, y_true, weight)
    reference = _SigmoidCalibration().fit(decision, y_true.astype(float), weight)
    expected = reference.predict(decision)
    assert expit(slope * decision + intercept) == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize("weighted", [False, True])
def test_fit_sigmoid_is_at_the_minimum(weighted: bool) -> None:
    decision, y_true = random_decisions(5, 500, 3.0)
    weight = np.random.default_rng(4).uniform(0.2, 2.0, 500) if weighted else np.ones(500)
    slope, intercept = fit_sigmoid(decision, y_true, weight if weighted else None)
    positive, negative = weight[y_true].sum(), weight[~y_true].sum()
    target = np.where(y_true, (positive + 1) / (positive + 2), 1 / (negative + 2))
    residual = weight * (expit(slope * decision + intercept) - target)
    assert residual.sum() == pytest.approx(0.0, abs=1e-5)
    assert residual @ decision == pytest.approx(0.0, abs=1e-4)


@pytest.mark.parametrize("n_positive", [0, 1, 2, 5])
def test_fit_sigmoid_stays_finite_for_few_separated_positives(n_positive: int) -> None:
    decision = np.linspace(-5.0, 5.0, 200)
    y_true = np.arange(200) >= 200 - n_positive
    slope, intercept = fit_sigmoid(decision, y_true)
    assert slope > 0
    probability = expit(slope * decision + intercept)
    assert (n_positive + 1) / (n_positive + 2) + 0.01 > probability.max()
    assert np.isfinite([slope, intercept]).all()


def test_fit_sigmoid_gives_the_base_rate_for_reversed_decisions() -> None:
    decision, y_true = random_decisions(6, 1000, 1.0)
    slope, intercept = fit_sigmoid(-decision, y_true)
    assert slope > 0
    probability = expit(slope * -decision + intercept)
    assert probability == pytest.approx(np.full(1000, y_true.mean()), abs=0.01)


@pytest.mark.parametrize("value", [0.0, -3.0, 1e6])
def test_fit_sigmoid_gives_the_base_rate_for_constant_decisions(value: float) -> None:
    y_true = np.arange(100) < 20
    slope, intercept = fit_sigmoid(np.full(100, value), y_true)
    assert slope > 0
    assert expit(slope * value + intercept) == pytest.approx(0.2, abs=0.01)


def test_fit_sigmoid_counts_a_weight_of_two_as_two_texts() -> None:
    decision, y_true = random_decisions(8, 300, 1.0)
    doubled = np.arange(300) % 3 == 0
    weighted = fit_sigmoid(decision, y_true, np.where(doubled, 2.0, 1.0))
    repeated = fit_sigmoid(
        np.concatenate([decision, decision[doubled]]), np.concatenate([y_true, y_true[doubled]])
    )
    assert weighted == pytest.approx(repeated, rel=1e-6)
