"""Turn scores into outcomes: arrays for all texts, and the details of those that are shown."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from adclassifier.classifier.evidence import EvidenceHead
from adclassifier.classifier.heads import OFFER, VIOLATING, LinearHeads, log_odds
from adclassifier.classifier.options import PredictOptions, provisions_of
from adclassifier.classifier.phrases import EvidenceFinder
from adclassifier.classifier.prediction import Evidence, Outcome, Prediction
from adclassifier.classifier.standing import standing_labels
from adclassifier.classifier.subcodes import SubcodeHeads
from adclassifier.classifier.text_features import TextFeatures
from adclassifier.signals import find_signals
from adclassifier.taxonomy import load_taxonomy
from adclassifier.text.normalize import Canonical, normalize

__all__ = ["OUTCOMES", "DayOf", "Judgements", "RowJudge", "Scores", "TextOf"]

#: Outcomes by code.
OUTCOMES: tuple[Outcome, ...] = ("flag", "review", "clear", "unreadable")
_FLAG, _REVIEW, _CLEAR, _UNREADABLE = range(4)

#: Gives the text of a row, its canonical form, the day of its post.
TextOf = Callable[[int], str]
CanonicalOf = Callable[[int], Canonical]
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
        return tuple(name for name in self.heads if name not in (VIOLATING, OFFER))

    @property
    def readable(self) -> NDArray[np.bool_]:
        """Whether each text was judged."""
        return np.asarray(self.outcomes != _UNREADABLE)

    @property
    def violating(self) -> NDArray[np.bool_]:
        """Whether each text shows signs of at least one label."""
        return np.asarray(self.outcomes == _FLAG)

    def predictions(self) -> list[Prediction]:
        """Give one prediction a text, in order."""
        rows = self.probabilities.tolist()
        return [
            self.details[i] if i in self.details else self._plain(outcome, rows[i])
            for i, outcome in enumerate(self.outcomes.tolist())
        ]

    def rows(self, model: str) -> list[dict[str, Any]]:
        """Give the columns of each text, in order: `Prediction.as_row` of `predictions`.

        Parameters
        ----------
        model : str
            What `AdClassifier.model` says.

        Returns
        -------
        list of dict
            Those of texts of which no more is said share their empty lists.
        """
        nothing = [self._plain(code, [0.0] * len(self.heads)) for code in range(len(OUTCOMES))]
        plain = [prediction.as_row(model) for prediction in nothing]
        columns = [f"p_{head}" for head in self.heads]
        rows: list[dict[str, Any]] = []
        for i, (outcome, row) in enumerate(
            zip(self.outcomes.tolist(), self.probabilities.tolist(), strict=True)
        ):
            if i in self.details:
                rows.append(self.details[i].as_row(model))
            elif outcome == _UNREADABLE:
                rows.append(plain[outcome].copy())
            else:
                # the columns are there already, so that they keep their places
                rows.append(plain[outcome] | dict(zip(columns, row, strict=True)))
        return rows

    def _plain(self, outcome: int, row: list[float]) -> Prediction:
        """Give the prediction of a text of which no more is said."""
        if outcome == _UNREADABLE:
            return Prediction("unreadable", None, None, dict.fromkeys(self.labels))
        known = dict(zip(self.heads, row, strict=True))
        return Prediction(OUTCOMES[outcome], known.pop(VIOLATING), known.pop(OFFER), known)


@dataclass(frozen=True, slots=True, eq=False)
class RowJudge:
    """Judges texts whose scores are known.

    Parameters
    ----------
    heads : LinearHeads
    subcodes : SubcodeHeads
    thresholds : mapping of str to float, in [0, 1]
        See `AdClassifier`.
    evidence : EvidenceHead or None
    options : PredictOptions
    """

    heads: LinearHeads
    subcodes: SubcodeHeads
    thresholds: Mapping[str, float]
    evidence: EvidenceHead | None
    options: PredictOptions

    def judge(
        self,
        scores: Scores,
        text_of: TextOf,
        *,
        canonical_of: CanonicalOf | None = None,
        day_of: DayOf | None = None,
    ) -> Judgements:
        """Judge texts; one that is clear costs nothing but its place in the arrays.

        Parameters
        ----------
        scores : Scores
            With the probabilities that are to be compared with the thresholds.
        text_of : callable
            Gives a text by its number; asked only for those in ``details``.
        canonical_of : callable, optional
            Gives a canonical text by its number; by default it is normalized again.
        day_of : callable, optional
            Gives the day of a post by its number; asked only for those in ``details``. By default
            the law is that of the data's own day.
        """
        ranking = scores.probabilities[:, self.heads.names.index(VIOLATING)]
        shown = scores.readable & (ranking >= self.thresholds["review"])
        outcomes = np.where(scores.readable, np.where(shown, _REVIEW, _CLEAR), _UNREADABLE)
        asked = scores.readable if self.options.all_signals else shown
        details: dict[int, Prediction] = {}
        for i in np.flatnonzero(asked).tolist():
            text = text_of(i)
            canonical = normalize(text) if canonical_of is None else canonical_of(i)
            details[i] = self._judge(
                TextFeatures(text, canonical, self.heads),
                scores.probabilities[i].tolist(),
                scores.windows[i].tolist(),
                None if day_of is None else day_of(i),
            )
            outcomes[i] = OUTCOMES.index(details[i].outcome)
        return Judgements(self.heads.names, outcomes.astype(np.int8), scores.probabilities, details)

    def _judge(
        self,
        features: TextFeatures,
        row: list[float],
        windows: list[list[int]],
        day: dt.date | None,
    ) -> Prediction:
        """Say everything of one readable text."""
        names = self.heads.names
        p = dict(zip(names, row, strict=True))
        places = {name: (start, end) for name, (start, end) in zip(names, windows, strict=True)}
        shown = p[VIOLATING] >= self.thresholds["review"]
        offer = p[OFFER] >= self.thresholds[OFFER]
        # a label that the ranking score does not bear out would stand at the end of every list
        found = self._findings(features, p, places) if offer and shown else {}
        codes = tuple(code for label in found for code in found[label])
        return Prediction(
            _outcome(shown, found),
            p[VIOLATING],
            p[OFFER],
            {name: p[name] for name in names if name not in (VIOLATING, OFFER)},
            labels=tuple(found),
            subcodes=codes,
            severity=_severity(codes),
            signals=find_signals(
                features.text, features.canonical, offer=offer, matches=features.matches
            ),
            provisions=_provisions(codes, day, self.options.authority),
            evidence=self._evidence(features, {label: places[label] for label in found}),
        )

    def _findings(
        self,
        features: TextFeatures,
        p: Mapping[str, float],
        places: Mapping[str, tuple[int, int]],
    ) -> dict[str, tuple[str, ...]]:
        """Decided labels, the most dangerous first, each with its sub-codes."""
        taxonomy, least = load_taxonomy(), self.thresholds
        decided = [name for name in p if name not in (VIOLATING, OFFER) and p[name] >= least[name]]
        windows = {name: places[name] for name in (*decided, VIOLATING)}
        excess = {
            name: log_odds(p[name]) - log_odds(least["review" if name == VIOLATING else name])
            for name in windows
        }
        found: dict[str, tuple[str, ...]] = {}
        for label in taxonomy.danger_order(standing_labels(features, windows, excess)):
            window = features.window(*windows[label])
            chosen = self.subcodes.choose(label, window.rows, window.values)
            codes = tuple(code for code in chosen if self._is_urgent(code))
            # a label that was learnt without sub-codes has no severity that could be too low
            if codes or not chosen:
                found[label] = codes
        return found

    def _is_urgent(self, subcode: str) -> bool:
        """Whether a finding is as urgent as was asked for."""
        least = self.options.min_severity
        return least is None or load_taxonomy().subcode(subcode).severity <= least

    def _evidence(
        self, features: TextFeatures, windows: Mapping[str, tuple[int, int]]
    ) -> tuple[Evidence, ...]:
        if not windows or not self.options.explain:
            return ()
        return EvidenceFinder(self.heads, self.evidence).find(features, windows)


def _outcome(shown: bool, found: Mapping[str, tuple[str, ...]]) -> Outcome:
    if found:
        return "flag"
    return "review" if shown else "clear"


@lru_cache(maxsize=4096)
def _severity(subcodes: tuple[str, ...]) -> str | None:
    """Give the most urgent severity among sub-codes; few sets of them ever occur."""
    return load_taxonomy().severity(subcodes)


@lru_cache(maxsize=4096)
def _provisions(subcodes: tuple[str, ...], day: dt.date | None, authority: bool) -> tuple[str, ...]:
    """Name the provisions of sub-codes; few sets of them ever occur on one day."""
    return provisions_of(subcodes, day, authority=authority)
