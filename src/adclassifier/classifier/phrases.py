"""Choose the phrases that a prediction shows as evidence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from adclassifier.classifier.compiled import marking
from adclassifier.classifier.evidence import EvidenceHead
from adclassifier.classifier.heads import LinearHeads
from adclassifier.classifier.prediction import Evidence
from adclassifier.classifier.text_features import TextFeatures, WindowFeatures
from adclassifier.classifier.words import merge_into_words
from adclassifier.explain import choose_words, widen_to_graphemes

#: The passage that is read for evidence is so many times as long as the longest window.
PASSAGE_WINDOWS = 2

_Range = tuple[int, int]
#: First and last word, and the share of the log-odds.
_Phrase = tuple[int, int, float]
#: The words of passages: ranges of the original text, and of canonical text.
PassageWords = dict[_Range, tuple[NDArray[np.int32], NDArray[np.int32]]]


@dataclass(frozen=True, slots=True, eq=False)
class _Passage:
    """A passage as words: ranges of the original text, of canonical text; its tokens' log-odds."""

    features: WindowFeatures
    words: NDArray[np.int32]
    chars: NDArray[np.int32]
    log_odds: NDArray[np.float64]


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
            for first, last, share in self._phrases(label, features, window, passage):
                start, end = passage.words.item(first, 0), passage.words.item(last, 1)
                start, end = widen_to_graphemes(text, start, end)
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
        """Say of each token of a passage how likely an inspector would mark it."""
        log_odds = np.empty(0)
        if self.evidence is not None:
            log_odds = self.evidence.log_odds(seen.tokens, seen.occurrences, seen.idf)
        return _Passage(seen, originals, chars, log_odds)

    def _phrases(
        self, label: str, features: TextFeatures, window: _Range, passage: _Passage
    ) -> Iterable[_Phrase]:
        """Give the first and last word of each phrase, and its share of the log-odds.

        What the window holds decides the label; of phrases beside it the passage says their share.
        """
        head, decider = self.heads.names.index(label), features.window(*window)
        if self.evidence is None:
            return _chosen(decider.folded(head, passage.chars))
        runs = self._marked(self.evidence, window, passage)
        folded = {
            decides: (decider if decides else passage.features).folded(head, passage.chars)
            for decides in {decides for *_, decides in runs}
        }
        phrases = [
            (first, last, _total(folded[decides], first, last)) for first, last, decides in runs
        ]
        speaking = [phrase for phrase in phrases if phrase[2] > 0.0]
        if speaking:
            return speaking
        inside = folded[1] if 1 in folded else decider.folded(head, passage.chars)
        return sorted(_chosen(inside), key=lambda phrase: -phrase[2])[:1]

    @staticmethod
    def _marked(evidence: EvidenceHead, window: _Range, passage: _Passage) -> list[list[int]]:
        """Give first and last word of what would be marked, and 1 where the window touches it."""
        least, tokens = evidence.least_log_odds, passage.features.tokens
        runs = marking().marked_runs(passage.log_odds, least, tokens.spans, passage.chars, window)
        found: list[list[int]] = runs.tolist()
        return found


def _chosen(contributions: NDArray[np.float64]) -> list[_Phrase]:
    """Give the phrases that speak most for a label, in order."""
    return [
        (first, last, _total(contributions, first, last))
        for first, last in choose_words(contributions)
    ]


def _total(contributions: NDArray[np.float64], first: int, last: int) -> float:
    """Add up what the words of a run contribute."""
    return float(np.add.reduce(contributions[first : last + 1]))
