from __future__ import annotations

import numpy as np
import pytest
from sklearn import metrics as reference

from adclassifier.metrics.weighted import average_precision, count, precision_at, rank, roc_auc

N_ROWS = 120


@pytest.fixture(params=["distinct", "ties", "constant"])
def score(request: pytest.FixtureRequest) -> np.ndarray:
    distinct = np.random.default_rng(0).random(N_ROWS)
    return {
        "distinct": distinct,
        "ties": np.round(distinct, 1),
        "constant": np.full(N_ROWS, 0.5),
    }[str(request.param)]


@pytest.fixture
def y_true() -> np.ndarray:
    return np.random.default_rng(1).random(N_ROWS) < 0.3


@pytest.fixture
def weights() -> np.ndarray:
    """Ones, a slice, and two bootstrap draws."""
    rng = np.random.default_rng(2)
    draws = rng.multinomial(N_ROWS, np.full(N_ROWS, 1 / N_ROWS), size=2)
    return np.vstack([np.ones(N_ROWS), np.arange(N_ROWS) % 2, draws]).astype(float)


def test_roc_auc_equals_scikit_learn(
    y_true: np.ndarray, score: np.ndarray, weights: np.ndarray
) -> None:
    expected = [reference.roc_auc_score(y_true, score, sample_weight=w) for w in weights]
    assert roc_auc(rank(y_true, score, weights)) == pytest.approx(expected, abs=1e-12)


def test_average_precision_equals_scikit_learn(
    y_true: np.ndarray, score: np.ndarray, weights: np.ndarray
) -> None:
    expected = [reference.average_precision_score(y_true, score, sample_weight=w) for w in weights]
    assert average_precision(rank(y_true, score, weights)) == pytest.approx(expected, abs=1e-12)


def test_count_equals_scikit_learn(
    y_true: np.ndarray, score: np.ndarray, weights: np.ndarray
) -> None:
    truth = np.column_stack([y_true, ~y_true])
    chosen = np.column_stack([score >= 0.5, score < 0.3])
    counts = count(truth, chosen, weights)
    for line, weight in enumerate(weights):
        precision, recall, f1, _ = reference.precision_recall_fscore_support(
            truth, chosen, sample_weight=weight, zero_division=np.nan
        )
        assert counts.precision[line] == pytest.approx(precision, abs=1e-12, nan_ok=True)
        assert counts.recall[line] == pytest.approx(recall, abs=1e-12, nan_ok=True)
        assert counts.f1[line] == pytest.approx(f1, abs=1e-12, nan_ok=True)
        micro = reference.f1_score(truth, chosen, average="micro", sample_weight=weight)
        assert counts.summed(slice(0, 2)).f1[line] == pytest.approx(micro, abs=1e-12)
        tn, fp, _, _ = reference.confusion_matrix(
            truth[:, 0], chosen[:, 0], sample_weight=weight, labels=[False, True]
        ).ravel()
        assert counts.false_positive_rate[line, 0] == pytest.approx(fp / (fp + tn), abs=1e-12)


@pytest.mark.parametrize("k", [5, 20, N_ROWS])
def test_precision_at_equals_sorting(y_true: np.ndarray, k: int) -> None:
    score = np.random.default_rng(3).random(N_ROWS)
    top = np.argsort(-score)[:k]
    found = precision_at(rank(y_true, score, np.ones((1, N_ROWS))), k)
    assert found == pytest.approx([y_true[top].mean()])


def test_precision_at_is_the_mean_over_all_orders_of_a_tie(y_true: np.ndarray) -> None:
    score = np.round(np.random.default_rng(4).random(N_ROWS), 1)
    rng = np.random.default_rng(5)
    orders = (rng.permutation(N_ROWS) for _ in range(4000))
    tops = (order[np.argsort(-score[order], kind="stable")[:30]] for order in orders)
    shuffled = np.mean([y_true[top].mean() for top in tops])
    found = precision_at(rank(y_true, score, np.ones((1, N_ROWS))), 30)[0]
    assert found == pytest.approx(shuffled, abs=0.005)


def test_weighting_by_a_count_equals_repeating_rows(y_true: np.ndarray, score: np.ndarray) -> None:
    counts = np.random.default_rng(6).integers(0, 4, N_ROWS)
    ranked = rank(y_true, score, counts[None, :].astype(float))
    repeated = np.repeat(np.arange(N_ROWS), counts)
    plain = rank(y_true[repeated], score[repeated], np.ones((1, len(repeated))))
    assert roc_auc(ranked) == pytest.approx(roc_auc(plain))
    assert average_precision(ranked) == pytest.approx(average_precision(plain))
    assert precision_at(ranked, 20) == pytest.approx(precision_at(plain, 20))


@pytest.mark.parametrize(
    ("y_true", "weights"),
    [([], []), ([True, True], [1.0, 1.0]), ([False, False], [1.0, 1.0]), ([True, False], [0, 1])],
)
def test_roc_auc_is_undefined_without_both_classes(
    y_true: list[bool], weights: list[float]
) -> None:
    truth, score = np.array(y_true, dtype=bool), np.linspace(0, 1, len(y_true))
    assert np.isnan(roc_auc(rank(truth, score, np.array([weights], dtype=float)))).all()


def test_figures_are_undefined_where_there_is_nothing_to_divide_by() -> None:
    nothing = np.zeros((3, 1), dtype=bool)
    counts = count(nothing, nothing, np.ones((1, 3)))
    assert np.isnan([counts.precision, counts.recall, counts.f1]).all()
    assert counts.false_positive_rate == 0.0
    assert np.isnan(average_precision(rank(nothing[:, 0], np.ones(3), np.ones((1, 3))))).all()
