"""Learn from a stream of records."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from adclassifier.classifier import VIOLATING
from adclassifier.config import Config
from adclassifier.corpus import Record, require_groups
from adclassifier.training.calibration import Calibration, calibrate
from adclassifier.training.card import describe
from adclassifier.training.evidence import fit_evidence
from adclassifier.training.learned import Learned
from adclassifier.training.learning import build_vectorizer
from adclassifier.training.provenance import describe_origin
from adclassifier.training.streaming.groups import deal_folds
from adclassifier.training.streaming.learning import decide_out_of_fold, fit_folds
from adclassifier.training.streaming.sampling import (
    draw_coded,
    draw_judged,
    draw_marked,
    read_examples,
    read_rows,
)
from adclassifier.training.streaming.spool import Spool, spool
from adclassifier.training.subcodes import fit_subcodes


def learn_streamed(
    records: Iterable[Record], config: Config, say: Callable[[str], None]
) -> Learned:
    """Learn from records that are read once, in blocks on disk.

    Parameters
    ----------
    records : iterable of Record
    config : Config
    say : callable
        Called with the name of each stage as it begins.

    Returns
    -------
    Learned
        Its ``examples`` are without records and texts. The same for any ``learning.n_jobs``.

    Raises
    ------
    DatasetError, LabelCountError
        As `training.train`.
    """
    with tempfile.TemporaryDirectory(prefix="adclassifier-") as folder:
        say("blocks")
        return _learn(spool(records, Path(folder), config, say), config, say)


def _learn(texts: Spool, config: Config, say: Callable[[str], None]) -> Learned:
    """Learn from texts on disk."""
    examples = texts.examples
    violating = examples.targets[:, examples.column(VIOLATING)]
    require_groups(examples.groups, violating, n_splits=config.learning.n_folds)
    vectorizer = build_vectorizer(config).learn_idf(texts.frequency, len(violating))
    folds = deal_folds(
        examples.groups,
        violating,
        n_splits=config.learning.n_folds,
        random_state=config.learning.random_state,
    )
    say("folds and final model")
    *fitted, (weights, bias) = fit_folds(texts, folds, vectorizer, config, say)
    say("decisions")
    decisions = decide_out_of_fold(texts, folds, fitted, vectorizer, config)
    say("calibration")
    calibration = calibrate(examples, decisions, config)
    draw = np.random.default_rng(config.learning.random_state)
    say("sub-codes")
    coded = draw_coded(texts, draw)
    subcodes = fit_subcodes(
        read_examples(texts, coded, config), read_rows(texts, coded, vectorizer), config
    )
    say("evidence")
    marked = read_examples(texts, draw_marked(texts, draw), config)
    evidence = fit_evidence(marked, vectorizer, config)
    say("figures")
    card = _describe(texts, calibration, decisions, draw_judged(texts, draw), config)
    return Learned(
        examples, vectorizer, decisions, calibration, weights, bias, subcodes, evidence, card
    )


def _describe(
    texts: Spool,
    calibration: Calibration,
    decisions: NDArray[np.float64],
    judged: NDArray[np.int64],
    config: Config,
) -> dict[str, Any]:
    """Write the card: its counts are those of all texts, its figures those of the judged ones."""
    examples = texts.examples
    origin = describe_origin(texts.lines, config, streamed=True)
    card = describe(read_examples(texts, judged, config), calibration, decisions[judged], origin)
    names = texts.source_names
    counts = Counter({names[i]: int(n) for i, n in enumerate(np.bincount(texts.source))})
    return {
        **card,
        "n_texts": len(examples.real),
        "n_violating": int(examples.targets[:, examples.column(VIOLATING)].sum()),
        "n_texts_of_figures": len(judged),
        "sources": dict(sorted(counts.items())),
    }
