"""The one function that batch, Spark and MLflow's pyfunc call."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from adclassifier.classifier import AdClassifier, Prediction
from adclassifier.errors import InputError
from adclassifier.posts import parse_posted_at
from adclassifier.posts.naming import quote_names
from adclassifier.scoring.options import ScoreOptions, added_schema, clashing_columns


def score_batch(batch: Any, classifier: AdClassifier, options: ScoreOptions) -> Any:
    """Judge the posts of a batch.

    Parameters
    ----------
    batch : pyarrow.RecordBatch
        Holds the text column, and perhaps the date's. A null text is unreadable, where
        `AdClassifier.predict` raises and `score_file` rejects the row.
    classifier : AdClassifier
        The model.
    options : ScoreOptions
        How.

    Returns
    -------
    pyarrow.RecordBatch
        The batch's columns, without those that are replaced, and the added ones; as many rows, in
        order.

    Raises
    ------
    InputError
        If there is no text column, or a column clashes with one of ours.
    InvalidTextError
        If a text is longer than the model judges.
    """
    names = batch.schema.names
    if options.text_column not in names:
        raise InputError(
            "batch", f"no column {options.text_column!r}", f"one of {quote_names(names)}"
        )
    replaced = clashing_columns(names, classifier.labels, options, where="batch")
    texts = batch.column(options.text_column).to_pylist()
    dates = (
        batch.column(options.posted_at_column).to_pylist()
        if options.posted_at_column in names
        else None
    )
    kept = [name for name in names if name not in replaced]
    added = score_texts(texts, dates, classifier, options)
    return pa.RecordBatch.from_arrays(
        [batch.column(name) for name in kept] + added.columns,
        schema=pa.schema([*(batch.schema.field(name) for name in kept), *added.schema]),
    )


def score_texts(
    texts: Sequence[str | None],
    dates: Sequence[str | float | dt.date | None] | None,
    classifier: AdClassifier,
    options: ScoreOptions,
) -> Any:
    """Judge texts, and give the added columns as a `pyarrow.RecordBatch`.

    Parameters
    ----------
    texts : sequence of (str or None)
        None is unreadable.
    dates : sequence or None
        One a text, as `parse_posted_at` reads them; what it cannot read counts as no date.
    classifier : AdClassifier
        The model.
    options : ScoreOptions
        How.
    """
    predictions = classifier.predict(
        ["" if text is None else text for text in texts],
        posted_at=None if dates is None else [parse_posted_at(date) for date in dates],
        explain=options.evidence,
        all_signals=options.all_signals,
        min_severity=options.min_severity,
        prior=options.prior,
        authority=options.authority,
    )
    return predictions_to_batch(predictions, classifier, options)


def predictions_to_batch(
    predictions: Sequence[Prediction], classifier: AdClassifier, options: ScoreOptions
) -> Any:
    """Give predictions as the added columns."""
    schema = added_schema(classifier.labels, options)
    rows = [prediction.as_row(classifier.model) for prediction in predictions]
    arrays = [
        pa.array([row[field.name.removeprefix(options.prefix)] for row in rows], field.type)
        for field in schema
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)
