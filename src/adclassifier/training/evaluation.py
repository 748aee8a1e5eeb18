"""Judge a classifier on labelled texts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from adclassifier.classifier import AdClassifier
from adclassifier.corpus import Record, assign_groups
from adclassifier.metrics import evaluate_predictions


def evaluate(
    classifier: AdClassifier,
    records: Sequence[Record],
    *,
    prior: float | None = None,
    n_draws: int = 1000,
) -> dict[str, Any]:
    """Judge a classifier on labelled texts that it was not trained on.

    Parameters
    ----------
    classifier : AdClassifier
    records : sequence of Record
        At least one.
    prior : float, optional
        As in `AdClassifier.predict`.
    n_draws : int, default=1000
        Bootstrap draws over groups of near-duplicates, for the intervals.

    Returns
    -------
    dict
        As `metrics.evaluate_predictions` gives it, ready for JSON.
    """
    predictions = classifier.predict([record.text for record in records], prior=prior)
    groups = assign_groups([r.text for r in records], declared=[r.group for r in records])
    return evaluate_predictions(
        records,
        predictions,
        label_codes=classifier.labels,
        groups=groups.tolist(),
        n_draws=n_draws,
    )
