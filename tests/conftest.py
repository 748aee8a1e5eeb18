from __future__ import annotations

import os
from pathlib import Path

import pytest

from adclassifier import AdClassifier
from adclassifier.bundle import save
from adclassifier.config import load_config
from adclassifier.corpus import Record, read_corpus
from adclassifier.training import train

CORPUS = Path(__file__).parents[1] / "data" / "corpus"


@pytest.fixture(scope="session")
def sample_records() -> list[Record]:
    """Every eighth authored record: all labels, a few hundred texts."""
    return read_corpus(CORPUS)[::8]


@pytest.fixture(scope="session")
def classifier(
    sample_records: list[Record], tmp_path_factory: pytest.TempPathFactory
) -> AdClassifier:
    """A small classifier, saved once so that it has a content hash."""
    settings = ["features.n_bits=14", "learning.n_folds=2", "learning.n_jobs=1"]
    config = load_config(overrides=[*settings, "bundle.name=tiny"])
    return save(train(sample_records, config), tmp_path_factory.mktemp("bundles") / "tiny")


@pytest.fixture(scope="session")
def bundle_folder(classifier: AdClassifier, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small classifier as a bundle."""
    folder = tmp_path_factory.mktemp("bundles") / "tiny"
    save(classifier, folder)
    return folder


@pytest.fixture(scope="session")
def flagged_text(classifier: AdClassifier, sample_records: list[Record]) -> str:
    """A text with a telephone number that the small classifier flags, with Penal Code hints."""
    texts = [f"{' '.join(r.text.split())} Zalo 0912345678" for r in sample_records if r.violating]
    predictions = classifier.predict(texts[:200], authority=True)
    return next(
        text
        for text, prediction in zip(texts, predictions, strict=False)
        if any(provision.startswith("BLHS") for provision in prediction.provisions)
    )


@pytest.fixture(scope="session")
def clear_text(classifier: AdClassifier, sample_records: list[Record]) -> str:
    """A lawful text that the small classifier does not flag."""
    texts = [" ".join(r.text.split()) for r in sample_records if not r.violating]
    predictions = classifier.predict(texts[:50], explain=False)
    return next(t for t, p in zip(texts, predictions, strict=False) if not p.violating)


@pytest.fixture(scope="session")
def public_texts() -> Path:
    """The folder of public texts that ADCLASSIFIER_DATA names; skips without it."""
    folder = os.environ.get("ADCLASSIFIER_DATA")
    if not folder:
        pytest.skip("needs the public texts: set ADCLASSIFIER_DATA to their folder")
    return Path(folder)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what was skipped and why: a skipped test is not a passed one."""
    reasons = {report.longrepr[2] for report in terminalreporter.stats.get("skipped", [])}
    for reason in sorted(reasons):
        terminalreporter.write_line(f"skipped: {reason.removeprefix('Skipped: ')}")


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail where tests of the public texts were skipped though ADCLASSIFIER_REQUIRE_DATA is set."""
    if os.environ.get("ADCLASSIFIER_REQUIRE_DATA") and not os.environ.get("ADCLASSIFIER_DATA"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
