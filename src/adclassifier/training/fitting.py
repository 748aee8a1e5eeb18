"""Fit a classifier: features, out-of-fold scores, calibration, thresholds, card."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from adclassifier.classifier import VIOLATING, AdClassifier
from adclassifier.config import Config, load_config
from adclassifier.corpus import Record, group_folds, require_groups
from adclassifier.features import HashedNgramVectorizer
from adclassifier.training.calibration import Calibration, calibrate
from adclassifier.training.card import describe
from adclassifier.training.evidence import fit_evidence
from adclassifier.training.examples import Examples, lay_out
from adclassifier.training.learned import Learned
from adclassifier.training.learning import build_vectorizer, fit_heads, out_of_fold_decisions
from adclassifier.training.provenance import describe_origin, describe_record
from adclassifier.training.streaming import learn_streamed
from adclassifier.training.subcodes import fit_subcodes

logger = logging.getLogger(__name__)

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True, eq=False)
class Fitting:
    """Everything that learning made, for those who measure it.

    Of streamed texts the ``examples`` hold no records and texts, only what is said of them.

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
    records: Iterable[Record],
    config: Config | None = None,
    *,
    progress: Progress | None = None,
) -> AdClassifier:
    """Fit a classifier on labelled texts.

    Parameters
    ----------
    records : iterable of Record
        Authored, real or both (`read_corpus`, `corpus.hydrate`, `corpus.read_table`); some of them
        violating. Groups of near-duplicates are found here. It is read once: above
        ``streaming.above`` records from an iterator (`corpus.LabelledTable`) only some of them are
        in memory at a time, and the heads are fitted by averaged stochastic gradient descent.
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
    records: Iterable[Record],
    config: Config | None = None,
    *,
    progress: Progress | None = None,
) -> Fitting:
    """Fit as `train` does, and keep what the figures are computed from."""
    config = config or load_config()
    say = progress or logger.info
    source = iter(records)
    first = deque(islice(source, config.streaming.above + 1))
    if len(first) > config.streaming.above:
        learned = learn_streamed(chain(_drain(first), source), config, say)
    else:
        learned = _learn(tuple(first), config, say)
    return Fitting(
        learned.classifier(config), learned.examples, learned.decisions, learned.calibration
    )


def _drain(first: deque[Record]) -> Iterator[Record]:
    """Give records and forget them."""
    while first:
        yield first.popleft()


def _learn(records: Sequence[Record], config: Config, say: Progress) -> Learned:
    """Learn from records in memory, by the exact solver."""
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
    ((weights, bias),) = fit_heads(examples, features, None, config)
    subcodes = fit_subcodes(examples, features, config)
    say("evidence")
    evidence = fit_evidence(examples, vectorizer, config)
    say("figures")
    lines = map(describe_record, sorted(records, key=lambda record: record.id))
    origin = describe_origin(lines, config, streamed=False)
    card = describe(examples, calibration, decisions, origin)
    return Learned(
        examples, vectorizer, decisions, calibration, weights, bias, subcodes, evidence, card
    )


def learn_features(examples: Examples, config: Config) -> tuple[HashedNgramVectorizer, csr_matrix]:
    """Fit the transformer and give the features; shape (n_texts, n_rows)."""
    vectorizer = build_vectorizer(config)
    features = vectorizer.fit_transform(examples.tokens)
    return vectorizer, features
