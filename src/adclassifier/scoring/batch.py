"""The one function that batch, Spark and MLflow's pyfunc call."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from adclassifier.classifier import AdClassifier, DayOf, PostedAt, PredictOptions, check_texts
from adclassifier.errors import InputError
from adclassifier.posts import parse_posted_at
from adclassifier.posts.naming import quote_names
from adclassifier.scoring.columns import judged_columns
from adclassifier.scoring.options import ScoreOptions, clashing_columns


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
    texts = batch.column(options.text_column)
    dates = batch.column(options.posted_at_column) if options.posted_at_column in names else None
    kept = [name for name in names if name not in replaced]
    date_of = None if dates is None else lambda i: dates[i].as_py()
    added = score_column(texts, date_of, classifier, options)
    return pa.RecordBatch.from_arrays(
        [batch.column(name) for name in kept] + added.columns,
        schema=pa.schema([*(batch.schema.field(name) for name in kept), *added.schema]),
    )


def score_column(
    texts: Any,
    date_of: Callable[[int], PostedAt] | None,
    classifier: AdClassifier,
    options: ScoreOptions,
) -> Any:
    """Judge an Arrow column of texts, and give the added columns as a `pyarrow.RecordBatch`.

    Parameters
    ----------
    texts : pyarrow.Array
        Strings of any kind; a null is unreadable.
    date_of, classifier, options
        See `score_texts`.

    Raises
    ------
    InvalidTextError
        If a text is no string, or longer than the model judges.
    """
    if pa.types.is_dictionary(texts.type):
        texts = texts.dictionary_decode()
    if pa.types.is_null(texts.type) or pa.types.is_string_view(texts.type):
        texts = texts.cast(pa.large_string())
    if not (pa.types.is_string(texts.type) or pa.types.is_large_string(texts.type)):
        return score_texts(texts.to_pylist(), date_of, classifier, options)
    longest = pc.max(pc.binary_length(texts)).as_py() or 0
    if longest > classifier.max_chars:  # in bytes: perhaps fewer characters
        check_texts(
            ["" if text is None else text for text in texts.to_pylist()], classifier.max_chars
        )
    judged = classifier.judge_arrow(texts, _asked(options), _day_of(date_of))
    return judged_columns(judged, classifier.model, options)


def score_texts(
    texts: Sequence[str | None],
    date_of: Callable[[int], PostedAt] | None,
    classifier: AdClassifier,
    options: ScoreOptions,
    n_threads: int = 1,
) -> Any:
    """Judge texts, and give the added columns as a `pyarrow.RecordBatch`.

    Parameters
    ----------
    texts : sequence of (str or None)
        None is unreadable.
    date_of : callable or None
        Gives the date of a post by its number, as `parse_posted_at` reads them; what it cannot
        read counts as no date. Asked only for posts of which there is more to say.
    classifier : AdClassifier
        The model.
    options : ScoreOptions
        How.
    n_threads : int, default=1
        Threads that score them.

    Raises
    ------
    InvalidTextError
        If a text is no string, or longer than the model judges.
    """
    listed = check_texts(["" if text is None else text for text in texts], classifier.max_chars)
    judged = classifier.judge(listed, _asked(options), _day_of(date_of), n_threads=n_threads)
    return judged_columns(judged, classifier.model, options)


def _asked(options: ScoreOptions) -> PredictOptions:
    """Give what the classifier is asked."""
    return PredictOptions(
        explain=options.evidence,
        all_signals=options.all_signals,
        min_severity=options.min_severity,
        prior=options.prior,
        authority=options.authority,
    )


def _day_of(date_of: Callable[[int], PostedAt] | None) -> DayOf | None:
    return None if date_of is None else lambda i: parse_posted_at(date_of(i))
