"""Fit a classifier: features, out-of-fold scores, calibration, thresholds, card."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from adclassifier.classifier import VIOLATING, AdClassifier
from adclassifier.config import Config, load_config
from adclassifier.corpus import Record, group_folds, hash_text, require_groups
from adclassifier.features import HashedNgramVectorizer
from adclassifier.training.calibration import Calibration, calibrate
from adclassifier.training.card import describe
from adclassifier.training.evidence import fit_evidence
from adclassifier.training.examples import Examples, lay_out
from adclassifier.training.learning import (
    assemble,
    build_vectorizer,
    fit_heads,
    out_of_fold_decisions,
)
from adclassifier.training.subcodes import fit_subcodes

logger = logging.getLogger(__name__)

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True, eq=False)
class Fitting:
    """Everything that learning made, for those who measure it.

    Parameters
    ----------
    classifier : AdClassifier
    examples : Examples
    decisions : ndarray of shape (n_texts, n_heads)
        Out of fold, uncalibrated.
    calibration : Calibration
    """

    classifier: AdClassifier
    examples: Examples
    decisions: NDArray[np.float64]
    calibration: Calibration


def train(
    records: Sequence[Record],
    config: Config | None = None,
    *,
    progress: Progress | None = None,
) -> AdClassifier:
    """Fit a classifier on labelled texts.

    Parameters
    ----------
    records : sequence of Record
        Authored, real or both (`read_corpus`, `corpus.hydrate`, `corpus.read_table`); some of them
        violating. Groups of near-duplicates are found here.
    config : Config, optional
        Settings; the package's defaults without it.
    progress : callable, optional
        Called with the name of each stage as it begins.

    Returns
    -------
    AdClassifier
        The same bytes for the same records and settings, once saved. Its `card` holds the figures
        on texts that the models had not seen (by group), and says on what they were measured.

    Raises
    ------
    DatasetError
        If an id occurs twice, or all or none of the texts carry a label.
    LabelCountError
        If fewer groups of near-duplicates than folds hold a text with a label, or one without.
    """
    return fit(records, config, progress=progress).classifier


def fit(
    records: Sequence[Record],
    config: Config | None = None,
    *,
    progress: Progress | None = None,
) -> Fitting:
    """Fit as `train` does, and keep what the figures are computed from."""
    config = config or load_config()
    say = progress or logger.info
    say("reading and grouping")
    examples = lay_out(records, config)
    violating = examples.targets[:, examples.column(VIOLATING)]
    require_groups(examples.groups, violating, n_splits=config.learning.n_folds)
    say("n-grams")
    vectorizer, features = learn_features(examples, config)
    say("folds")
    folds = group_folds(
        examples.groups,
        violating,
        n_splits=config.learning.n_folds,
        random_state=config.learning.random_state,
    )
    decisions = out_of_fold_decisions(examples, vectorizer, features, folds, config)
    say("calibration")
    calibration = calibrate(examples, decisions, config)
    say("final model")
    (fitted,) = fit_heads(examples, features, None, config)
    subcodes = fit_subcodes(examples, features, config)
    say("evidence")
    evidence = fit_evidence(examples, vectorizer, config)
    say("figures")
    card = describe(examples, calibration, decisions, _provenance(examples, config))
    classifier = AdClassifier(
        name=config.bundle.name,
        labels=examples.labels,
        heads=assemble(
            examples.heads,
            vectorizer,
            fitted,
            (calibration.slope, calibration.intercept),
            config,
        ),
        subcodes=subcodes,
        thresholds=calibration.thresholds,
        prior=calibration.prior,
        max_chars=config.bundle.max_chars,
        card=card,
        evidence=evidence,
    )
    return Fitting(classifier, examples, decisions, calibration)


def learn_features(examples: Examples, config: Config) -> tuple[HashedNgramVectorizer, csr_matrix]:
    """Fit the transformer and give the features; shape (n_texts, n_rows)."""
    vectorizer = build_vectorizer(config)
    features = vectorizer.fit_transform(examples.tokens)
    return vectorizer, features


def _provenance(examples: Examples, config: Config) -> dict[str, Any]:
    """Say what a model was made from: counts, one hash of all records, settings, versions."""
    digest = hashlib.sha256()
    for record in sorted(examples.records, key=lambda record: record.id):
        parts = (
            record.id,
            hash_text(record.text),
            "|".join(sorted(record.labels)),
            "|".join(sorted(record.subcodes)),
            str(record.offer),
            "|".join(sorted(record.accept)),
        )
        digest.update("\t".join(parts).encode() + b"\n")
    return {
        "adclassifier": version("adclassifier"),
        "scikit_learn": version("scikit-learn"),
        "config": config.model_dump(),
        "data_sha256": digest.hexdigest(),
    }
