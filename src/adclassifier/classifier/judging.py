"""What is said of many texts: arrays for all, and the details of those that are shown."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

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
    "plain_prediction",
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
            self.details[i] if i in self.details else plain_prediction(self.heads, outcome, rows[i])
            for i, outcome in enumerate(self.outcomes.tolist())
        ]


def _labels(heads: Sequence[str]) -> tuple[str, ...]:
    return tuple(name for name in heads if name not in (VIOLATING, OFFER))


def plain_prediction(heads: Sequence[str], outcome: int, row: Sequence[float]) -> Prediction:
    """Give the prediction of a text of which no more is said.

    Parameters
    ----------
    heads : sequence of str
    outcome : int
        Place in `OUTCOMES`.
    row : sequence of float, in [0, 1]
        Probability of each head.
    """
    if outcome == UNREADABLE:
        return Prediction("unreadable", None, None, dict.fromkeys(_labels(heads)))
    known = dict(zip(heads, row, strict=True))
    return Prediction(OUTCOMES[outcome], known.pop(VIOLATING), known.pop(OFFER), known)
