"""Choose the phrases that a prediction shows as evidence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
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
#: The words of passages: ranges of the original text, and of canonical text.
PassageWords = dict[_Range, tuple[NDArray[np.int32], NDArray[np.int32]]]


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

    def words(self, features: TextFeatures, windows: Iterable[_Range]) -> PassageWords:
        """Cut the passages that are read for some windows into words.

        It comes before `find`, for many texts: what words are looked up in then stays in the
        processor's cache. Most labels are read in one passage.
        """
        found: PassageWords = {}
        for window in windows:
            place = self._passage(window, len(features.canonical.text))
            if place not in found:
                seen = features.window(*place)
                found[place] = merge_into_words(
                    features.text, features.canonical, seen.tokens.spans
                )
        return found

    def find(
        self, features: TextFeatures, windows: Mapping[str, _Range], words: PassageWords
    ) -> tuple[Evidence, ...]:
        """Find the evidence of some labels.

        Parameters
        ----------
        features : TextFeatures
        windows : mapping of str to (start, end)
            The window of the canonical text that decides each label.
        words : mapping of (start, end) to words
            What `words` gives of these windows.

        Returns
        -------
        tuple of Evidence
            In the order of the text; for each label at least the strongest phrase, if any word
            speaks for it.
        """
        text = features.text
        read: dict[_Range, _Passage] = {}
        found: list[Evidence] = []
        for label, window in windows.items():
            place = self._passage(window, len(features.canonical.text))
            if place not in read:
                read[place] = self._read(features.window(*place), *words[place])
            passage = read[place]
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

    def _read(
        self, seen: WindowFeatures, originals: NDArray[np.int32], chars: NDArray[np.int32]
    ) -> _Passage:
        """Say of each word of a passage how likely an inspector would mark it."""
        marked = np.zeros(len(chars))
        if self.evidence is not None and len(chars):
            scores = self.evidence.scores(seen.tokens, seen.occurrences, seen.idf)
            firsts = np.searchsorted(seen.tokens.spans[:, 0], chars[:, 0])
            marked = np.maximum.reduceat(scores, firsts)
        return _Passage(seen, originals.tolist(), chars, marked)

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
