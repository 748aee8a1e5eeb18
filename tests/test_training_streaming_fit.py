"""Learning from blocks on disk, as a whole, beside the exact solver."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from adclassifier.config import Config, load_config
from adclassifier.corpus import Record, read_corpus
from adclassifier.training import Fitting, fit

CORPUS = Path(__file__).parents[1] / "data" / "corpus"
SMALL = (
    *("features.n_bits=12", "learning.n_folds=2", "learning.n_jobs=1", "bundle.name=tiny"),
    *("streaming.above=100", "streaming.block_texts=64", "streaming.visits=10000"),
)


def quiet(_: str) -> None:
    """Say nothing."""


@pytest.fixture(scope="module")
def records() -> list[Record]:
    """Some hundred authored records of all labels."""
    return read_corpus(CORPUS)[::24]


@pytest.fixture(scope="module")
def config() -> Config:
    return load_config(overrides=SMALL)


@pytest.fixture(scope="module")
def streamed(records: list[Record], config: Config) -> Fitting:
    return fit(iter(records), config, progress=quiet)


@pytest.fixture(scope="module")
def exact(records: list[Record]) -> Fitting:
    return fit(records, load_config(overrides=[*SMALL, "streaming.above=100000"]), progress=quiet)


def test_fit_streams_above_the_threshold_alone(streamed: Fitting, exact: Fitting) -> None:
    assert streamed.examples.records == ()
    assert len(exact.examples.records) == len(exact.examples.groups)
    assert "streaming" in streamed.classifier.card["config"]
    assert "streaming" not in exact.classifier.card["config"]


def test_fit_reads_an_iterator_only_once(records: list[Record], config: Config) -> None:
    read = 0

    def count() -> Iterator[Record]:
        nonlocal read
        for record in records:
            read += 1
            yield record

    fit(count(), config, progress=quiet)
    assert read == len(records)


def test_fit_streamed_says_of_the_data_what_the_exact_path_says(
    streamed: Fitting, exact: Fitting
) -> None:
    ours, theirs = streamed.classifier.card, exact.classifier.card
    for name in ("data_sha256", "n_texts", "n_violating", "sources", "calibrated_on", "prior"):
        assert ours[name] == theirs[name]


def test_fit_streamed_decides_as_the_exact_solver(streamed: Fitting, exact: Fitting) -> None:
    texts = [record.text for record in exact.examples.records]
    ours, theirs = (
        each.classifier.heads.decisions(exact.examples.canonical)[0] for each in (streamed, exact)
    )
    assert len(texts) == len(ours)
    for head in range(ours.shape[1]):
        assert np.corrcoef(ours[:, head], theirs[:, head])[0, 1] > 0.98


def test_fit_streamed_judges_unseen_texts_nearly_as_well(streamed: Fitting, exact: Fitting) -> None:
    ours, theirs = (
        each.classifier.card["figures"]["authored"]["accepted"]["violating"]["roc_auc"]
        for each in (streamed, exact)
    )
    assert ours == pytest.approx(theirs, abs=0.03)


def test_fit_streamed_leaves_no_file_behind(
    records: list[Record], config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    fit(records, config, progress=quiet)
    assert list(tmp_path.iterdir()) == []


def test_fit_streamed_gives_the_same_classifier_for_two_jobs(
    records: list[Record], streamed: Fitting
) -> None:
    again = fit(records, load_config(overrides=[*SMALL, "learning.n_jobs=2"]), progress=quiet)
    ours, theirs = again.classifier, streamed.classifier
    assert ours.heads.weights.tobytes() == theirs.heads.weights.tobytes()
    assert ours.subcodes.weights.tobytes() == theirs.subcodes.weights.tobytes()
    assert again.decisions.tobytes() == streamed.decisions.tobytes()
    assert dict(ours.thresholds) == dict(theirs.thresholds)
