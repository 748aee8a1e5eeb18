"""Turn scores into outcomes, and say all there is to say of the texts that are shown."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from adclassifier.classifier.evidence import EvidenceHead
from adclassifier.classifier.heads import OFFER, VIOLATING, LinearHeads, log_odds
from adclassifier.classifier.judging import (
    CLEAR,
    OUTCOMES,
    REVIEW,
    UNREADABLE,
    DayOf,
    Judgements,
    Scores,
    TextOf,
)
from adclassifier.classifier.options import PredictOptions, provisions_of
from adclassifier.classifier.phrases import EvidenceFinder, PassageWords
from adclassifier.classifier.prediction import Evidence, Outcome, Prediction
from adclassifier.classifier.standing import standing_labels
from adclassifier.classifier.subcodes import SubcodeHeads
from adclassifier.classifier.text_features import TextFeatures
from adclassifier.features.cues import find_rows_of_texts
from adclassifier.signals import Signal, find_signals
from adclassifier.taxonomy import load_taxonomy
from adclassifier.text.normalize import Canonical, normalize

__all__ = ["CanonicalOf", "RowJudge"]

#: Gives the canonical form of a text by the number of its row.
CanonicalOf = Callable[[int, str], Canonical]
#: Texts that go through a stage together: what it looks things up in stays in the processor's
#: cache, and so do they.
_BLOCK = 64

#: Decided labels, each with its sub-codes.
_Findings = dict[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True, eq=False)
class _Row:
    """A readable text: its features; its probabilities by head; what they say.

    ``ranges`` has start and end of the window of each head, one behind the other.
    """

    features: TextFeatures
    probabilities: dict[str, float]
    ranges: list[int]
    shown: bool
    offer: bool

    def window(self, name: str) -> tuple[int, int]:
        """Give the window that decides a head."""
        head = 2 * self.features.heads.names.index(name)
        return self.ranges[head], self.ranges[head + 1]


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
            Gives a canonical text by its number and the text; by default it is normalized again.
        day_of : callable, optional
            Gives the day of a post by its number; asked only for those in ``details``. By default
            the law is that of the data's own day.
        """
        ranking = scores.probabilities[:, self.heads.names.index(VIOLATING)]
        shown = scores.readable & (ranking >= self.thresholds["review"])
        outcomes = np.where(scores.readable, np.where(shown, REVIEW, CLEAR), UNREADABLE)
        asked = np.flatnonzero(scores.readable if self.options.all_signals else shown).tolist()
        details: dict[int, Prediction] = {}
        for start in range(0, len(asked), _BLOCK):
            block = asked[start : start + _BLOCK]
            texts = [text_of(i) for i in block]
            canonicals = [*map(canonical_of or _normalized, block, texts)]
            days = [day_of(i) if day_of else None for i in block]
            rows = self._rows(texts, canonicals, scores.probabilities[block], scores.windows[block])
            details.update(zip(block, self._judge_rows(rows, days), strict=True))
        outcomes[asked] = [OUTCOMES.index(each.outcome) for each in details.values()]
        return Judgements(self.heads.names, outcomes.astype(np.int8), scores.probabilities, details)

    def _rows(
        self,
        texts: Sequence[str],
        canonicals: Sequence[Canonical],
        probabilities: NDArray[np.float64],
        windows: NDArray[np.int32],
    ) -> list[_Row]:
        """Put together what is known of texts."""
        names, rows = self.heads.names, []
        ranges = windows.reshape(len(texts), -1).tolist()
        cues = find_rows_of_texts([canonical.text for canonical in canonicals])
        for text, canonical, found, row, own in zip(
            texts, canonicals, cues, probabilities.tolist(), ranges, strict=True
        ):
            p = dict(zip(names, row, strict=True))
            features = TextFeatures(text, canonical, self.heads, found)
            shown = p[VIOLATING] >= self.thresholds["review"]
            rows.append(_Row(features, p, own, shown, p[OFFER] >= self.thresholds[OFFER]))
        return rows

    def _judge_rows(self, rows: Sequence[_Row], days: Sequence[dt.date | None]) -> list[Prediction]:
        """Say everything of some readable texts, stage by stage."""
        matches = [row.features.matches for row in rows]
        signals = [
            find_signals(row.features.text, row.features.canonical, offer=row.offer, matches=found)
            for row, found in zip(rows, matches, strict=True)
        ]
        # a label that the ranking score does not bear out would stand at the end of every list
        labels = [self._standing(row) if row.offer and row.shown else () for row in rows]
        finder = EvidenceFinder(self.heads, self.evidence) if self.options.explain else None
        words: list[PassageWords] = [{} for _ in rows]
        if finder is not None:
            words = [
                finder.words(row.features, map(row.window, own))
                for row, own in zip(rows, labels, strict=True)
            ]
        judged = []
        for row, day, seen, own, cut in zip(rows, days, signals, labels, words, strict=True):
            judged.append(self._say(row, finder, day, seen, own, cut))
            row.features.forget_windows()
        return judged

    def _say(
        self,
        row: _Row,
        finder: EvidenceFinder | None,
        day: dt.date | None,
        signals: tuple[Signal, ...],
        labels: Sequence[str],
        words: PassageWords,
    ) -> Prediction:
        """Weigh the windows of a text, and put together all that is said of it."""
        found = self._findings(row, labels)
        codes = tuple(code for label in found for code in found[label])
        evidence: tuple[Evidence, ...] = ()
        if finder is not None and found:
            windows = {label: row.window(label) for label in found}
            evidence = finder.find(row.features, windows, words)
        p = row.probabilities
        return Prediction(
            _outcome(row.shown, found),
            p[VIOLATING],
            p[OFFER],
            {name: p[name] for name in p if name not in (VIOLATING, OFFER)},
            labels=tuple(found),
            subcodes=codes,
            severity=_severity(codes),
            signals=signals,
            provisions=_provisions(codes, day, self.options.authority),
            evidence=evidence,
        )

    def _standing(self, row: _Row) -> tuple[str, ...]:
        """Decided labels that stand, the most dangerous first."""
        least, p = self.thresholds, row.probabilities
        decided = [name for name in p if name not in (VIOLATING, OFFER) and p[name] >= least[name]]
        if not decided:
            return ()
        windows = {name: row.window(name) for name in (*decided, VIOLATING)}
        excess = {
            name: log_odds(p[name]) - log_odds(least["review" if name == VIOLATING else name])
            for name in windows
        }
        return _in_order(tuple(standing_labels(row.features, windows, excess)))

    def _findings(self, row: _Row, labels: Sequence[str]) -> _Findings:
        """Labels that are as urgent as was asked for, each with its sub-codes."""
        found: _Findings = {}
        for label in labels:
            window = row.features.window(*row.window(label))
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


def _normalized(_: int, text: str) -> Canonical:
    """Give the canonical form of a text that has been scored elsewhere."""
    return normalize(text)


def _outcome(shown: bool, found: _Findings) -> Outcome:
    if found:
        return "flag"
    return "review" if shown else "clear"


@lru_cache(maxsize=4096)
def _in_order(labels: tuple[str, ...]) -> tuple[str, ...]:
    """Sort labels, the most dangerous first; few sets of them ever occur."""
    return load_taxonomy().danger_order(labels)


@lru_cache(maxsize=4096)
def _severity(subcodes: tuple[str, ...]) -> str | None:
    """Give the most urgent severity among sub-codes; few sets of them ever occur."""
    return load_taxonomy().severity(subcodes)


@lru_cache(maxsize=4096)
def _provisions(subcodes: tuple[str, ...], day: dt.date | None, authority: bool) -> tuple[str, ...]:
    """Name the provisions of sub-codes; few sets of them ever occur on one day."""
    return provisions_of(subcodes, day, authority=authority)
