from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from adclassifier import AdClassifier
from adclassifier.bundle import save
from adclassifier.classifier.heads import sigmoid
from adclassifier.config import Config, load_config
from adclassifier.corpus import Record
from adclassifier.errors import DatasetError, LabelCountError
from adclassifier.training import draw_plots, evaluate, fit, train
from adclassifier.training.calibration import NEVER, calibrate
from adclassifier.training.examples import lay_out
from adclassifier.training.fitting import Fitting, learn_features
from adclassifier.training.learning import fit_linear, out_of_fold_decisions

SMALL = ["features.n_bits=12", "learning.n_folds=2", "learning.n_jobs=1"]


@pytest.fixture(scope="module")
def config() -> Config:
    return load_config(overrides=SMALL)


@pytest.fixture(scope="module")
def fitting(sample_records: list[Record], config: Config) -> Fitting:
    return fit(sample_records, config)


def as_real(records: list[Record]) -> list[Record]:
    """Take authored records for public ones."""
    return [replace(record, source="posts") for record in records]


def test_fit_linear_gives_scikit_learns_model_rounded(
    sample_records: list[Record], config: Config
) -> None:
    examples = lay_out(sample_records, config)
    _, features = learn_features(examples, config)
    target = examples.targets[:, examples.column("violating")]
    weight = np.linspace(0.5, 1.5, len(target))
    weights, bias = fit_linear(features, target, weight, 2.0, 0)
    reference = LogisticRegression(C=2.0, solver="lbfgs", max_iter=2000, tol=1e-8)
    reference.fit(features, target, weight)
    ours = features @ weights.astype(np.float64) + bias
    theirs = reference.decision_function(features)
    # liblinear regularises the bias and lbfgs does not; they agree on the order of the texts
    assert np.corrcoef(ours, theirs)[0, 1] > 0.999


def test_train_gives_the_same_bytes_twice_for_any_number_of_processes(
    sample_records: list[Record], tmp_path: Path
) -> None:
    hashes = set()
    for name, n_jobs in (("one", 1), ("two", 2)):
        settings = [*SMALL, f"learning.n_jobs={n_jobs}"]
        classifier = train(sample_records, load_config(overrides=settings))
        card = {k: v for k, v in classifier.card.items() if k != "config"}
        hashes.add(save(replace(classifier, card=card), tmp_path / name).content_hash)
    assert len(hashes) == 1


def test_out_of_fold_decisions_do_not_know_the_labels_of_their_own_fold(
    sample_records: list[Record], config: Config
) -> None:
    folds = np.arange(len(sample_records)) % 2
    swapped = [
        record if fold else replace(record, labels=() if record.labels else ("medicine",))
        for record, fold in zip(sample_records, folds, strict=True)
    ]
    decided = []
    for records in (sample_records, swapped):
        examples = lay_out(records, config)
        vectorizer, features = learn_features(examples, config)
        decided.append(out_of_fold_decisions(examples, vectorizer, features, folds, config))
    column = lay_out(sample_records, config).column("violating")
    assert np.array_equal(decided[0][folds == 0, column], decided[1][folds == 0, column])
    assert not np.array_equal(decided[0][folds == 1, column], decided[1][folds == 1, column])


def test_calibrate_takes_the_real_texts_where_there_are_some(
    sample_records: list[Record], config: Config
) -> None:
    half = len(sample_records) // 2
    records = [*as_real(sample_records[::2])[:half], *sample_records[1::2]]
    examples = lay_out(records, config)
    decisions = np.random.default_rng(0).normal(size=examples.targets.shape)
    calibration = calibrate(examples, decisions, config)
    real = examples.targets[examples.real, examples.column("violating")]
    assert calibration.basis == "real"
    assert calibration.prior == pytest.approx(real.mean())


def test_calibrated_probabilities_of_violating_average_to_their_share(fitting: Fitting) -> None:
    examples, calibration = fitting.examples, fitting.calibration
    column = examples.column("violating")
    said = sigmoid(
        calibration.slope[column] * fitting.decisions[:, column] + calibration.intercept[column]
    )
    assert said.mean() == pytest.approx(examples.targets[:, column].mean(), abs=0.02)


def test_train_never_decides_a_label_without_examples(
    sample_records: list[Record], config: Config
) -> None:
    records = [record for record in sample_records if "smuggled" not in record.labels]
    classifier = train(records, config)
    assert classifier.card["unlearned_labels"] == ["smuggled"]
    assert classifier.thresholds["smuggled"] == NEVER
    predictions = classifier.predict([record.text for record in sample_records], explain=False)
    assert not any("smuggled" in prediction.labels for prediction in predictions)


def test_train_learns_from_a_table_that_does_not_say_what_offers(
    sample_records: list[Record], config: Config
) -> None:
    records = [
        replace(record, source="mine", offer=True if record.labels else None)
        for record in sample_records
    ]
    classifier = train(records, config)
    texts = [record.text for record in records if record.labels]
    flagged = [prediction.violating for prediction in classifier.predict(texts, explain=False)]
    assert np.mean(flagged) > 0.5


@pytest.mark.parametrize("labels", [(), ("medicine",)])
def test_train_refuses_texts_of_one_class(
    sample_records: list[Record], config: Config, labels: tuple[str, ...]
) -> None:
    records = [replace(record, labels=labels, subcodes=()) for record in sample_records[:20]]
    with pytest.raises(DatasetError, match="with a label and some without"):
        train(records, config)


def test_train_refuses_an_id_that_occurs_twice(
    sample_records: list[Record], config: Config
) -> None:
    with pytest.raises(DatasetError, match="twice"):
        train([*sample_records, sample_records[0]], config)


def test_card_holds_what_the_model_was_made_from(
    classifier: AdClassifier, sample_records: list[Record]
) -> None:
    card = classifier.card
    assert card["n_texts"] == len(sample_records)
    assert sum(card["sources"].values()) == len(sample_records)
    assert card["config"]["bundle"]["name"] == "tiny"
    assert set(card["figures"]) == {"authored"}
    assert 0.5 < card["figures"]["authored"]["strict"]["violating"]["roc_auc"] < 1.0


def test_draw_plots_gives_the_same_svg_twice(fitting: Fitting) -> None:
    plots = draw_plots(fitting)
    assert set(plots) == {"labels.svg", "calibration.svg"}
    assert all(content.startswith(b"<?xml") for content in plots.values())
    assert plots == draw_plots(fitting)


def test_draw_plots_leaves_out_labels_of_a_part_without_figures(
    sample_records: list[Record],
) -> None:
    few = load_config(overrides=[*SMALL, "data.min_real_positives=100000"])
    plots = draw_plots(fit(as_real(sample_records[:200]), few))
    assert set(plots) == {"calibration.svg"}


def test_train_refuses_fewer_groups_than_folds(
    sample_records: list[Record], config: Config
) -> None:
    lawful = [record for record in sample_records if not record.violating][:30]
    one = next(record for record in sample_records if record.violating)
    twins = [replace(one, id=f"twin-{number}") for number in range(5)]
    with pytest.raises(LabelCountError, match="1 groups of near-duplicates with a label"):
        train([*lawful, *twins], config)


def test_evaluate_counts_all_records(
    classifier: AdClassifier, sample_records: list[Record]
) -> None:
    result = evaluate(classifier, sample_records[:60], n_draws=20)
    assert result["n"] == 60
    assert result["n_violating"] == sum(record.violating for record in sample_records[:60])


@pytest.mark.parametrize("segmenter", ["syllable", "underthesea"])
def test_train_works_with_either_segmenter(
    sample_records: list[Record], tmp_path: Path, segmenter: str
) -> None:
    settings = [*SMALL, f"features.segmenter={segmenter}"]
    classifier = train(sample_records[:200], load_config(overrides=settings))
    assert classifier.heads.segmenter == segmenter
    assert len(classifier.predict(["Kem trộn trị nám dứt điểm, ib em"])) == 1


def test_train_flags_labels_that_were_learnt_without_subcodes(
    sample_records: list[Record], config: Config
) -> None:
    classifier = train([replace(record, subcodes=()) for record in sample_records], config)
    texts = [record.text for record in sample_records if record.labels]
    flagged = [p for p in classifier.predict(texts, explain=False) if p.violating]
    assert flagged
    assert all(not p.subcodes and p.severity is None for p in flagged)
