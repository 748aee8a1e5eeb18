"""Write what is said of texts as JSON, without a dictionary for each of which no more is said."""

from __future__ import annotations

import functools
from typing import Any, NamedTuple

from pydantic_core import to_json

from adclassifier.classifier.judging import OUTCOMES, UNREADABLE, Judgements, plain_prediction

__all__ = ["write_rows"]


class _Patterns(NamedTuple):
    """The JSON of texts of which no more is said.

    Parameters
    ----------
    by_outcome : tuple of bytes
        With ``%b`` where a probability stands; in that of unreadable texts there is none.
    heads : list of int
        Whose probability stands there, in order.
    """

    by_outcome: tuple[bytes, ...]
    heads: list[int]


def write_rows(judged: Judgements, model: str, *, evidence: bool) -> list[bytes]:
    """Write `Prediction.as_row` of each text as JSON.

    Parameters
    ----------
    judged : Judgements
    model : str
        What `AdClassifier.model` says.
    evidence : bool
        Whether the column of evidence is there.

    Returns
    -------
    list of bytes
        One object a text, in order.
    """
    patterns = _patterns(judged.heads, model, evidence)
    n = len(patterns.heads)
    numbers = to_json(judged.probabilities[:, patterns.heads].ravel().tolist())[1:-1].split(b",")
    rows = []
    for i, outcome in enumerate(judged.outcomes.tolist()):
        if i in judged.details:
            rows.append(to_json(_columns(judged.details[i].as_row(model), evidence)))
        else:
            own = () if outcome == UNREADABLE else tuple(numbers[n * i : n * i + n])
            rows.append(patterns.by_outcome[outcome] % own)
    return rows


def _columns(row: dict[str, Any], evidence: bool) -> dict[str, Any]:
    return {name: row[name] for name in row if evidence or name != "evidence"}


@functools.lru_cache(maxsize=16)
def _patterns(heads: tuple[str, ...], model: str, evidence: bool) -> _Patterns:
    """Make the patterns of one model; few serve at once."""
    places = {f"p_{head}": place for place, head in enumerate(heads)}
    by_outcome = []
    for outcome in range(len(OUTCOMES)):
        plain = plain_prediction(heads, outcome, [0.0] * len(heads)).as_row(model)
        row = _columns(plain, evidence)
        known = places.keys() if outcome != UNREADABLE else frozenset()
        members = [
            b"%b:%b" % (_literal(name), b"%b" if name in known else _literal(row[name]))
            for name in row
        ]
        by_outcome.append(b"{%b}" % b",".join(members))
    return _Patterns(tuple(by_outcome), [places[name] for name in row if name in places])


def _literal(value: Any) -> bytes:
    """Write a value that stands in a pattern as it is."""
    return to_json(value).replace(b"%", b"%%")
