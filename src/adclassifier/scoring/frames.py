"""Judge a `pandas.DataFrame`."""

from __future__ import annotations

from typing import Any

import pandas as pd
from joblib import cpu_count

from adclassifier.bundle import load
from adclassifier.classifier import AdClassifier
from adclassifier.errors import InputError, InvalidTextError
from adclassifier.posts.naming import quote_names
from adclassifier.scoring.batch import score_texts
from adclassifier.scoring.options import ScoreOptions, clashing_columns
from adclassifier.text.codepoints import replace_surrogates


def score_frame(
    frame: pd.DataFrame,
    text: str = "text",
    *,
    classifier: AdClassifier | None = None,
    options: ScoreOptions | None = None,
) -> pd.DataFrame:
    """Judge the posts of a frame.

    Parameters
    ----------
    frame : pandas.DataFrame of shape (n_posts, n_columns)
        Not changed.
    text : str, default="text"
        Column of the text; a missing value is unreadable, where `AdClassifier.predict` raises and
        `score_file` rejects the row.
    classifier : AdClassifier, optional
        By default the one that `load` finds.
    options : ScoreOptions, optional
        How; its ``text_column`` gives way to ``text``.

    Returns
    -------
    pandas.DataFrame of shape (n_posts, n_columns + n_added)
        The frame's columns and index, and the columns that scoring adds: lists in Python, absent
        probabilities as NaN.

    Raises
    ------
    InputError
        If there is no such column, or one clashes with ours.
    InvalidTextError
        If a value is no string, or longer than the model judges.

    Examples
    --------
    >>> posts = pd.DataFrame({"caption": ["Nhận làm bằng lái xe, không cần thi", None]})
    >>> score_frame(posts, text="caption")["outcome"].tolist()  # doctest: +SKIP
    ['flag', 'unreadable']
    """
    classifier = load() if classifier is None else classifier
    chosen = options or ScoreOptions()
    names = [str(name) for name in frame.columns]
    if text not in names:
        raise InputError("frame", f"no column {text!r}", f"one of {quote_names(names)}")
    replaced = clashing_columns(names, classifier.labels, chosen, where="frame")
    dates = _dates(frame, chosen.posted_at_column)
    texts = [_text(value, row) for row, value in enumerate(frame[text])]
    date_of = None if dates is None else dates.__getitem__
    added = score_texts(texts, date_of, classifier, chosen, n_threads=cpu_count())
    columns = {
        name: pd.Series(column.to_pylist(), index=frame.index, dtype=_dtype(name, chosen))
        for name, column in zip(added.schema.names, added.columns, strict=True)
    }
    kept = frame.drop(columns=[name for name in frame.columns if name in replaced])
    return pd.concat([kept, pd.DataFrame(columns, index=frame.index)], axis=1)


def _text(value: Any, row: int) -> str | None:
    """Give a cell's text; None where it is missing."""
    if isinstance(value, str):
        return replace_surrogates(value)
    if value is None or pd.isna(value) is True:
        return None
    raise InvalidTextError(f"row {row}", type(value).__name__, "expected a string")


def _dates(frame: pd.DataFrame, column: str | None) -> list[Any] | None:
    """Give the column of dates, missing ones as None."""
    if column is None or column not in frame.columns:
        return None
    return [None if pd.isna(value) else value for value in frame[column]]


def _dtype(name: str, options: ScoreOptions) -> str:
    """Choose the type of an added column."""
    plain = name.removeprefix(options.prefix)
    if plain.startswith("p_"):
        return "float64"
    return "bool" if plain == "violating" else "object"
