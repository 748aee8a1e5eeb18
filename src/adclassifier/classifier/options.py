"""What a caller may ask of a prediction, and what follows from the day of the post."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from adclassifier.errors import InputError, InvalidTextError
from adclassifier.posts import parse_posted_at
from adclassifier.provisions import load_law
from adclassifier.taxonomy import load_taxonomy

PostedAt = dt.date | str | float | None


@dataclass(frozen=True, slots=True)
class PredictOptions:
    """What a caller may ask of `AdClassifier.predict`.

    Parameters
    ----------
    explain : bool, default=True
        Give the evidence of flagged texts.
    all_signals : bool, default=False
        Give the signals of clear texts too.
    min_severity : str or None, default=None
        Drop findings that are less urgent, such as "S3".
    prior : float or None, default=None
        Share of violating posts where the texts come from, in (0, 1), if it is known to differ
        from the share that the calibration assumes.
    authority : bool, default=False
        Name the articles of the Penal Code too: hints for an authority, not for the public.
    """

    explain: bool = True
    all_signals: bool = False
    min_severity: str | None = None
    prior: float | None = None
    authority: bool = False


def check_texts(texts: Iterable[str], max_chars: int) -> list[str]:
    """Give the texts as a list, or raise where one is no text that can be judged.

    Parameters
    ----------
    texts : iterable of str
        Not a string, a mapping or a table: what these iterate over are letters, keys and names
        of columns, which nobody means.
    max_chars : int
        Longest text that is judged, in code points.

    Raises
    ------
    InvalidTextError
        If one is no string (None and NaN are none) or too long.
    ValueError
        If there is one string, a mapping, or a table.
    """
    if isinstance(texts, str):
        raise ValueError("expected an iterable of texts, got one string; pass [text]")
    if isinstance(texts, Mapping) or getattr(texts, "ndim", 1) != 1:
        raise ValueError(
            f"expected an iterable of texts, got a {type(texts).__name__}; pass its column of texts"
        )
    listed = list(texts)
    for i, text in enumerate(listed):
        if not isinstance(text, str):
            raise InvalidTextError(f"text {i}", type(text).__name__, "expected a string")
        if len(text) > max_chars:
            raise InvalidTextError(
                f"text {i}", f"{len(text)} characters", f"expected at most {max_chars}"
            )
    return listed


def read_days(values: Sequence[PostedAt], n_texts: int) -> list[dt.date | None]:
    """Read the days of posts; an empty value is no day, one that is no date is an error."""
    days: list[dt.date | None] = []
    for i, value in enumerate(values):
        day = None if value is None else parse_posted_at(value)
        if day is None and value is not None and str(value).strip():
            # the value stays out of the message: it is part of somebody's post
            raise InputError(
                f"posted_at {i}",
                "no date",
                "expected ISO 8601, dd/mm/yyyy, or epoch seconds or milliseconds since 1973",
            )
        days.append(day)
    if len(days) != n_texts:
        raise ValueError(f"expected {n_texts} dates, one a text; got {len(days)}")
    return days


def provisions_of(
    subcodes: Sequence[str], date: dt.date | None, *, authority: bool
) -> tuple[str, ...]:
    """Ids of the provisions that sub-codes name and that are in force on a day.

    Parameters
    ----------
    subcodes : sequence of str
    date : date or None
        None for the day of the data.
    authority : bool
        Whether articles of the Penal Code are named.

    Returns
    -------
    tuple of str
        Without repetition, in the order of the sub-codes.
    """
    taxonomy, law = load_taxonomy(), load_law()
    ids = dict.fromkeys(i for code in subcodes for i in taxonomy.subcode(code).provisions)
    current = law.in_force(tuple(ids), date)
    return tuple(dict.fromkeys(p.id for p in current if authority or not p.penal))
