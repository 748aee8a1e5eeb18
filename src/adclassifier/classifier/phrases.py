"""Choose the phrases that a prediction shows as evidence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from adclassifier.classifier.evidence import EvidenceHead
from adclassifier.classifier.heads import LinearHeads
from adclassifier.classifier.prediction import Evidence
from adclassifier.classifier.text_features import TextFeatures, WindowFeatures
from adclassifier.classifier.words import merge_into_words
from adclassifier.explain import choose_words, runs_above, widen_to_graphemes

#: The passage that is read for evidence is so many times as long as the longest window.
PASSAGE_WINDOWS = 2

_Range = tuple[int, int]


@dataclass(frozen=True, slots=True, eq=False)
class _Words:
    """The words of a passage: ranges of the original text, and of canonical text."""

    features: WindowFeatures
    originals: NDArray[np.int32]
    chars: NDArray[np.int32]


@dataclass(frozen=True, slots=True, eq=False)
class _Passage:
    """A passage as words: ranges of the original text, of canonical text, and probabilities."""

    features: WindowFeatures
    words: list[list[int]]
    chars: NDArray[np.int32]
    marked: NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class EvidenceFinder:
    """Finds what an inspector would mark, among what speaks for a label.

    That is not all that the model used: `AdClassifier.log_odds` gives it.

    Parameters
    ----------
    heads : LinearHeads
    evidence : EvidenceHead or None
        Without it, evidence is the words of the deciding window that speak most for the label.
    """

    heads: LinearHeads
    evidence: EvidenceHead | None

    def find_many(
        self, asked: Sequence[tuple[TextFeatures, Mapping[str, _Range]]]
    ) -> list[tuple[Evidence, ...]]:
        """Find the evidence of some labels of several texts.

        Parameters
        ----------
        asked : sequence of (features, windows)
            Of each text the window of the canonical text that decides each of its labels.

        Returns
        -------
        list of tuple of Evidence
            Of each text in its order; for each label at least the strongest phrase, if any word
            speaks for it.
        """
        # all words first: what they are looked up in stays in the processor's cache
        words = [self._words(features, windows) for features, windows in asked]
        return [
            self._find(features, windows, own)
            for (features, windows), own in zip(asked, words, strict=True)
        ]

    def _find(
        self, features: TextFeatures, windows: Mapping[str, _Range], words: Mapping[_Range, _Words]
    ) -> tuple[Evidence, ...]:
        """Find the evidence of some labels in the words of their passages."""
        text = features.text
        read = {place: self._read(own) for place, own in words.items()}
        found: list[Evidence] = []
        for label, window in windows.items():
            passage = read[self._passage(window, len(features.canonical.text))]
            inside = self._contributions(label, features.window(*window), passage)
            for first, last, share in self._phrases(label, inside, window, passage):
                start, end = widen_to_graphemes(
                    text, passage.words[first][0], passage.words[last][1]
                )
                found.append(Evidence(start, end, text[start:end], label, share))
        return tuple(sorted(found, key=lambda evidence: (evidence.start, evidence.label)))

    def _passage(self, window: _Range, n_chars: int) -> _Range:
        """Say what to read: the window may be one line of an advert, so what stands around it."""
        if self.evidence is None:
            return window
        start, end = window
        size = PASSAGE_WINDOWS * self.heads.window_chars
        low = max(0, min(start - max(size - (end - start), 0) // 2, n_chars - size))
        return low, max(end, min(low + size, n_chars))

    def _words(self, features: TextFeatures, windows: Mapping[str, _Range]) -> dict[_Range, _Words]:
        """Cut the passages of some windows into words; most labels are read in one passage."""
        found: dict[_Range, _Words] = {}
        for window in windows.values():
            place = self._passage(window, len(features.canonical.text))
            if place not in found:
                seen = features.window(*place)
                merged = merge_into_words(features.text, features.canonical, seen.tokens.spans)
                found[place] = _Words(seen, *merged)
        return found

    def _read(self, words: _Words) -> _Passage:
        """Say of each word of a passage how likely an inspector would mark it."""
        seen, chars = words.features, words.chars
        marked = np.zeros(len(chars))
        if self.evidence is not None and len(chars):
            scores = self.evidence.scores(seen.tokens, seen.occurrences, seen.idf)
            firsts = np.searchsorted(seen.tokens.spans[:, 0], chars[:, 0])
            marked = np.maximum.reduceat(scores, firsts)
        return _Passage(seen, words.originals.tolist(), chars, marked)

    def _phrases(
        self, label: str, inside: NDArray[np.float64], window: _Range, passage: _Passage
    ) -> Iterator[tuple[int, int, float]]:
        """Give the first and last word of each phrase, and its share of the log-odds."""
        if self.evidence is None:
            for first, last in choose_words(inside):
                yield first, last, _total(inside, first, last)
            return
        runs = runs_above(passage.marked, self.evidence.threshold)
        start, end = window
        decides = ((passage.chars[:, 0] < end) & (passage.chars[:, 1] > start)).tolist()
        decided = [True in decides[first : last + 1] for first, last in runs]
        beside = inside if all(decided) else self._contributions(label, passage.features, passage)
        shares = [
            (first, last, _total(inside if decides_run else beside, first, last))
            for (first, last), decides_run in zip(runs, decided, strict=True)
        ]
        speaking = [phrase for phrase in shares if phrase[2] > 0.0]
        yield from speaking or self._strongest(inside)

    @staticmethod
    def _strongest(contributions: NDArray[np.float64]) -> list[tuple[int, int, float]]:
        """Give the one phrase that speaks most for a label, if any does."""
        phrases = [
            (first, last, _total(contributions, first, last))
            for first, last in choose_words(contributions)
        ]
        return sorted(phrases, key=lambda phrase: -phrase[2])[:1]

    def _contributions(
        self, label: str, features: WindowFeatures, passage: _Passage
    ) -> NDArray[np.float64]:
        """Fold a label's log-odds on some tokens onto the words of a passage around them."""
        return features.folded(self.heads.names.index(label), passage.chars)


def _total(contributions: NDArray[np.float64], first: int, last: int) -> float:
    """Add up what the words of a run contribute."""
    return float(np.add.reduce(contributions[first : last + 1]))
