"""Read scored posts from the rows of a frame."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from adclassifier.errors import InputError
from adclassifier.posts import parse_posted_at

#: What a post may say of itself, each in a column that the caller names.
COLUMN_ROLES = ("id", "platform", "account", "url", "posted_at")

_NEEDED = ("outcome", "p_violating", "labels", "subcodes", "severity", "signals", "provisions")


@dataclass(frozen=True, slots=True)
class ScoredPost:
    """One post with what was said of it.

    Parameters
    ----------
    text : str
        As it was written.
    origin : mapping of str to str
        By role, those that are given.
    posted_on : date or None
        Day in Vietnam; None where it is not given or cannot be read.
    outcome, p_violating, probabilities, labels, subcodes, severity, signals, provisions, evidence
        As in the added columns; ``probabilities`` by label.
    """

    text: str
    origin: Mapping[str, str]
    posted_on: dt.date | None
    outcome: str
    p_violating: float
    probabilities: Mapping[str, float]
    labels: tuple[str, ...]
    subcodes: tuple[str, ...]
    severity: str
    signals: tuple[Mapping[str, Any], ...]
    provisions: tuple[str, ...]
    evidence: tuple[Mapping[str, Any], ...]


def read_scored_posts(
    frame: pd.DataFrame, *, text: str, columns: Mapping[str, str], labels: Sequence[str]
) -> Iterator[ScoredPost]:
    """Read the rows of a scored frame.

    Parameters
    ----------
    frame : pandas.DataFrame
        Input columns and the added ones; ``evidence`` may be absent.
    text : str
        Name of the text column.
    columns : mapping of str to str
        Column names by role; see `COLUMN_ROLES`. A column that is absent counts as empty.
    labels : sequence of str
        Codes of the labels.

    Raises
    ------
    InputError
        If the text or an added column is missing.
    """
    missing = [name for name in (text, *_NEEDED) if name not in frame.columns]
    if missing:
        raise InputError("report", f"no column {missing[0]!r}", "a frame as score_frame gives it")
    present = {role: name for role, name in columns.items() if name in frame.columns}
    listed = {name: frame[name].tolist() for name in frame.columns if name in _used(text, present)}
    chances = {x: frame[f"p_{x}"].tolist() for x in labels if f"p_{x}" in frame.columns}
    for i in range(len(frame)):
        row = {name: values[i] for name, values in listed.items()}
        origin = {role: _word(row[name]) for role, name in present.items()}
        yield ScoredPost(
            text=_word(row[text]),
            origin={role: value for role, value in origin.items() if value},
            posted_on=parse_posted_at(origin.get("posted_at")),
            outcome=row["outcome"],
            p_violating=_share(row["p_violating"]),
            probabilities={label: _share(values[i]) for label, values in chances.items()},
            labels=_listed(row["labels"]),
            subcodes=_listed(row["subcodes"]),
            severity=_word(row["severity"]),
            signals=_listed(row["signals"]),
            provisions=_listed(row["provisions"]),
            evidence=_listed(row.get("evidence")),
        )


def _used(text: str, present: Mapping[str, str]) -> set[str]:
    """Name the columns that are read whole."""
    return {text, *_NEEDED, "evidence", *present.values()}


def _word(value: Any) -> str:
    """Read a cell as text; a missing one is empty."""
    return "" if value is None or value is pd.NA or value != value else str(value)


def _share(value: Any) -> float:
    """Read a probability; a missing one is 0."""
    return 0.0 if value is None or value is pd.NA or value != value else float(value)


def _listed(value: Any) -> tuple[Any, ...]:
    """Read a list; a missing one is empty."""
    return tuple(value) if isinstance(value, list | tuple) else ()
