"""Describe a model: what it was made from, and how good it is on texts it had not seen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from adclassifier.classifier import OFFER, VIOLATING
from adclassifier.metrics import evaluate_predictions
from adclassifier.metrics.records import HasSpan
from adclassifier.training.calibration import Calibration
from adclassifier.training.examples import Examples

# Draws of the card's intervals: enough for two digits, and a quarter of the time of 1,000.
_N_DRAWS = 200


@dataclass(frozen=True, slots=True)
class OutOfFold:
    """What models that had not seen a text decide on it; a `metrics.Predicted`."""

    outcome: str
    p_violating: float | None
    probabilities: Mapping[str, float | None]
    labels: tuple[str, ...]
    evidence: Sequence[HasSpan] = ()


def decide(
    labels: Sequence[str],
    heads: Sequence[str],
    probabilities: NDArray[np.float64],
    thresholds: Mapping[str, float],
) -> list[OutOfFold]:
    """Decide as the classifier does, from probabilities; shape (n_texts, n_heads)."""
    column = {head: i for i, head in enumerate(heads)}
    decided = []
    for row in probabilities:
        offer = row[column[OFFER]] >= thresholds[OFFER]
        p_violating = float(row[column[VIOLATING]])
        shown = p_violating >= thresholds["review"]
        found = tuple(c for c in labels if offer and shown and row[column[c]] >= thresholds[c])
        decided.append(
            OutOfFold(
                outcome="flag" if found else "review" if shown else "clear",
                p_violating=p_violating,
                probabilities={c: float(row[column[c]]) for c in labels},
                labels=found,
            )
        )
    return decided


def describe(
    examples: Examples,
    calibration: Calibration,
    decisions: NDArray[np.float64],
    provenance: Mapping[str, Any],
) -> dict[str, Any]:
    """Write the card of a model.

    Parameters
    ----------
    examples : Examples
    calibration : Calibration
    decisions : ndarray of shape (n_texts, n_heads)
        Out of fold.
    provenance : mapping
        Settings, versions and the hash of the data.

    Returns
    -------
    dict
        Ready for JSON. ``figures`` holds `metrics.evaluate_predictions` for the parts that there
        are (``real``, ``authored``), from models that had not seen the texts (folds by group);
        thresholds and calibration were chosen on the scores of the ``calibrated_on`` part, so that
        its figures lean to the good side a little.
    """
    probabilities = calibration.probabilities(decisions)
    parts = {"real": examples.real, "authored": ~examples.real}
    return {
        **provenance,
        "calibrated_on": calibration.basis,
        "prior": calibration.prior,
        "thresholds": dict(calibration.thresholds),
        "unlearned_labels": list(calibration.unlearned),
        "labels_without_own_threshold": list(calibration.guessed),
        "n_texts": len(examples.records),
        "n_violating": int(examples.targets[:, examples.column(VIOLATING)].sum()),
        "sources": dict(sorted(Counter(record.source for record in examples.records).items())),
        "figures": {
            name: part_figures(examples, probabilities, rows, calibration.thresholds)
            for name, rows in parts.items()
            if _can_be_judged(examples, rows)
        },
    }


def part_figures(
    examples: Examples,
    probabilities: NDArray[np.float64],
    rows: NDArray[np.bool_],
    thresholds: Mapping[str, float],
    n_draws: int = _N_DRAWS,
) -> dict[str, Any]:
    """Judge out-of-fold probabilities on some of the texts; ``rows`` of shape (n_texts,)."""
    chosen = np.flatnonzero(rows)
    return evaluate_predictions(
        [examples.records[i] for i in chosen],
        decide(examples.labels, examples.heads, probabilities[chosen], thresholds),
        label_codes=examples.labels,
        groups=examples.groups[chosen].tolist(),
        n_draws=n_draws,
    )


def _can_be_judged(examples: Examples, rows: NDArray[np.bool_]) -> bool:
    """Tell whether a part holds both violating and lawful texts."""
    violating = examples.targets[rows, examples.column(VIOLATING)]
    return bool(violating.any() and not violating.all())
