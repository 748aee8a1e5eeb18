"""What is said of many texts: arrays for all, and the details of those that are shown."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from adclassifier.classifier.heads import OFFER, VIOLATING
from adclassifier.classifier.prediction import Outcome, Prediction

__all__ = [
    "CLEAR",
    "FLAG",
    "OUTCOMES",
    "REVIEW",
    "UNREADABLE",
    "DayOf",
    "Judgements",
    "Scores",
    "TextOf",
]

#: Outcomes by code.
OUTCOMES: tuple[Outcome, ...] = ("flag", "review", "clear", "unreadable")
FLAG, REVIEW, CLEAR, UNREADABLE = range(len(OUTCOMES))

#: Gives the text of a row, the day of its post.
TextOf = Callable[[int], str]
DayOf = Callable[[int], dt.date | None]


@dataclass(frozen=True, slots=True, eq=False)
class Scores:
    """What the heads say of some texts.

    Parameters
    ----------
    probabilities : ndarray of shape (n_texts, n_heads), float64, in [0, 1]
        Calibrated, for the share of violating texts that the calibration assumes.
    windows : ndarray of shape (n_texts, n_heads, 2), int32
        Range of the canonical text that decides each head.
    readable : ndarray of shape (n_texts,), bool
        Whether the text can be judged.
    """

    probabilities: NDArray[np.float64]
    windows: NDArray[np.int32]
    readable: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Judgements:
    """What is said of some texts: arrays, and a `Prediction` where there is more to say.

    Parameters
    ----------
    heads : tuple of str
        Names of the columns of ``probabilities``.
    outcomes : ndarray of shape (n_texts,), int8
        Places in `OUTCOMES`.
    probabilities : ndarray of shape (n_texts, n_heads), float64, in [0, 1]
        As they are shown; of no meaning for unreadable texts.
    details : mapping of int to Prediction
        By number of the text, in order: every one that is flagged or reviewed, and every readable
        one where all signals are asked for.
    """

    heads: tuple[str, ...]
    outcomes: NDArray[np.int8]
    probabilities: NDArray[np.float64]
    details: Mapping[int, Prediction]

    @property
    def labels(self) -> tuple[str, ...]:
        """Codes of the labels, in the order of the heads."""
        return _labels(self.heads)

    @property
    def readable(self) -> NDArray[np.bool_]:
        """Whether each text was judged."""
        return np.asarray(self.outcomes != UNREADABLE)

    @property
    def violating(self) -> NDArray[np.bool_]:
        """Whether each text shows signs of at least one label."""
        return np.asarray(self.outcomes == FLAG)

    def predictions(self) -> list[Prediction]:
        """Give one prediction a text, in order."""
        rows = self.probabilities.tolist()
        return [
            self.details[i] if i in self.details else _plain(self.heads, outcome, rows[i])
            for i, outcome in enumerate(self.outcomes.tolist())
        ]

    def rows(self, model: str, *, evidence: bool) -> list[dict[str, Any]]:
        """Give the columns of each text, in order: `Prediction.as_row` of `predictions`.

        Parameters
        ----------
        model : str
            What `AdClassifier.model` says.
        evidence : bool
            Whether the column of evidence is there.

        Returns
        -------
        list of dict
            Those of texts of which no more is said share their empty lists.
        """
        plain = _plain_rows(self.heads, model, evidence)
        columns = [f"p_{head}" for head in self.heads]
        rows: list[dict[str, Any]] = []
        for i, (outcome, row) in enumerate(
            zip(self.outcomes.tolist(), self.probabilities.tolist(), strict=True)
        ):
            if i in self.details:
                told = self.details[i].as_row(model)
                if not evidence:
                    del told["evidence"]
                rows.append(told)
            elif outcome == UNREADABLE:
                rows.append(plain[outcome].copy())
            else:
                # the columns are there already, so that they keep their places
                rows.append(plain[outcome] | dict(zip(columns, row, strict=True)))
        return rows


def _labels(heads: Sequence[str]) -> tuple[str, ...]:
    return tuple(name for name in heads if name not in (VIOLATING, OFFER))


def _plain(heads: Sequence[str], outcome: int, row: Sequence[float]) -> Prediction:
    """Give the prediction of a text of which no more is said."""
    if outcome == UNREADABLE:
        return Prediction("unreadable", None, None, dict.fromkeys(_labels(heads)))
    known = dict(zip(heads, row, strict=True))
    return Prediction(OUTCOMES[outcome], known.pop(VIOLATING), known.pop(OFFER), known)


@functools.lru_cache(maxsize=16)
def _plain_rows(heads: tuple[str, ...], model: str, evidence: bool) -> list[dict[str, Any]]:
    """Give the columns of texts of which no more is said, by outcome; few models serve at once."""
    rows = [
        _plain(heads, outcome, [0.0] * len(heads)).as_row(model) for outcome in range(len(OUTCOMES))
    ]
    return [{name: row[name] for name in row if evidence or name != "evidence"} for row in rows]
