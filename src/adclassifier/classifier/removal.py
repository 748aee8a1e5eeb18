"""Take words out of a text until it is flagged no more, and put back what was needless."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from adclassifier.classifier.heads import log_odds
from adclassifier.classifier.model import AdClassifier
from adclassifier.classifier.prediction import Prediction
from adclassifier.classifier.words import find_words, shown_words
from adclassifier.explain import choose_words, fold_onto_words, widen_to_graphemes
from adclassifier.text.normalize import normalize

__all__ = ["Judge", "Range", "Shortened", "find_removal", "split_log_odds"]

#: Pieces taken out at most while searching …
_MOST_PIECES = 16
#: … and fewer of a long text, since every one costs judging all of it once more.
_MOST_CHARS = 60_000
#: Words that weigh as much as one phrase more: a few phrases say more than scattered words.
_WORDS_A_PHRASE = 3
_UNFLAGGED = ("review", "clear")

#: Half-open range of code points of the original text.
Range = tuple[int, int]
Judge = Callable[[str], Prediction]
#: Chooses runs of words, by their first and last, that may be taken out as one.
_Chooser = Callable[[NDArray[np.float64]], list[tuple[int, int]]]
#: Whether the text is no longer flagged without some ranges.
_Flips = Callable[[Sequence[Range]], bool]


class Shortened:
    """A text without some phrases, a blank in each one's place, and the way back.

    Parameters
    ----------
    text : str
        The original.
    removed : sequence of (start, end)
        Ranges of the original, in any order.

    Examples
    --------
    >>> shortened = Shortened("Bán thuốc ngủ nhé", [(4, 9), (10, 13)])
    >>> shortened.phrases
    [(4, 13)]
    >>> shortened.text
    'Bán   nhé'
    >>> list(shortened.originals(0, 9))
    [(0, 4), (13, 17)]
    """

    def __init__(self, text: str, removed: Sequence[Range]) -> None:
        self.phrases = _join(text, removed)
        starts = [0, *(end for _, end in self.phrases)]
        ends = [*(start for start, _ in self.phrases), len(text)]
        kept = list(zip(starts, ends, strict=True))
        self.text = " ".join(text[start:end] for start, end in kept)
        # a blank stands between two kept stretches: -1 there, and once more behind the last
        behind = [np.append(np.arange(start, end), -1) for start, end in kept]
        self._origins = np.concatenate(behind)

    def originals(self, start: int, end: int) -> Iterator[Range]:
        """Give the ranges of the original behind a range; several where it runs over a gap."""
        behind = self._origins[start:end]
        behind = behind[behind >= 0]
        for run in np.split(behind, np.flatnonzero(np.diff(behind) > 1) + 1):
            if len(run):
                yield int(run[0]), int(run[-1]) + 1


def find_removal(text: str, classifier: AdClassifier, judge: Judge) -> list[Range]:
    """Find phrases of a flagged text without which it is not flagged.

    Parameters
    ----------
    text : str
        A text that `judge` flags.
    classifier : AdClassifier
        Which model splits log-odds over words.
    judge : callable
        Judges a text with that model.

    Returns
    -------
    list of (start, end)
        In order, not touching, of the original text; with any one of them put back the text is
        flagged again. Empty where no set was found.
    """

    def flips(removed: Sequence[Range]) -> bool:
        return judge(Shortened(text, removed).text).outcome in _UNFLAGGED

    found = [
        _reduce(text, _search(text, classifier, judge, chooser), flips)
        for chooser in (_single_words, choose_words)
    ]
    sets = [_join(text, removed) for removed in found if removed]
    return min(sets, key=lambda phrases: _size(text, phrases), default=[])


def _join(text: str, ranges: Sequence[Range]) -> list[Range]:
    """Join ranges with nothing but white space between them, in order."""
    phrases: list[Range] = []
    for start, end in sorted(ranges):
        if phrases and not text[phrases[-1][1] : start].strip():
            phrases[-1] = (phrases[-1][0], max(end, phrases[-1][1]))
        else:
            phrases.append((start, end))
    return phrases


def _size(text: str, phrases: Sequence[Range]) -> int:
    """Weigh a set by its phrases and their words."""
    return sum(_WORDS_A_PHRASE + len(text[start:end].split()) for start, end in phrases)


def _single_words(contributions: NDArray[np.float64]) -> list[tuple[int, int]]:
    """Give every word as a run of its own, as `choose_words` gives runs."""
    return [(i, i) for i in range(len(contributions))]


def _search(text: str, classifier: AdClassifier, judge: Judge, chooser: _Chooser) -> list[Range]:
    """Take out the strongest piece until the text is flagged no more; nothing if that fails."""
    removed: list[Range] = []
    for _ in range(1 + min(_MOST_PIECES, max(1, _MOST_CHARS // len(text)))):
        shortened = Shortened(text, removed)
        prediction = judge(shortened.text)
        if prediction.outcome in _UNFLAGGED:
            return removed
        gains = _gains(text, shortened, prediction, classifier, chooser)
        best = max(gains, key=lambda place: gains[place], default=None)
        if best is None or gains[best] <= 0.0:
            return []
        removed.append(best)
    return []


def _gains(
    text: str,
    shortened: Shortened,
    prediction: Prediction,
    classifier: AdClassifier,
    chooser: _Chooser,
) -> dict[Range, float]:
    """Say how far each piece carries the decided labels above their thresholds.

    What it says beyond a label's excess does not count, so that it does not hide a piece that
    several labels need.
    """
    gains: dict[Range, float] = {}
    split = split_log_odds(shortened.text, prediction.labels, classifier)
    for label, words, contributions in split:
        probability, threshold = prediction.probabilities[label], classifier.thresholds[label]
        excess = log_odds(probability or 0.0) - log_odds(threshold)
        for first, last in chooser(contributions):
            share = float(contributions[first : last + 1].sum())
            behind = list(shortened.originals(words[first][0], words[last][1]))
            n_chars = sum(end - start for start, end in behind)
            for start, end in behind:
                place = widen_to_graphemes(text, start, end)
                own = min(share * (end - start) / n_chars, excess)
                gains[place] = gains.get(place, 0.0) + own
    return gains


def split_log_odds(
    text: str, labels: Sequence[str], classifier: AdClassifier
) -> Iterator[tuple[str, list[Range], NDArray[np.float64]]]:
    """Do what `AdClassifier.log_odds` does for several labels, normalizing the text once."""
    heads, canonical = classifier.heads, normalize(text)
    _, windows = heads.decisions([canonical.text])
    tokens = heads.tokens(canonical.text)
    for label in labels:
        head = heads.names.index(label)
        start, end = map(int, windows[0, head])
        inside = tokens.window(start, end)
        _, contributions, ranges = heads.contributions(inside, head)
        words, chars = shown_words(text, canonical, inside.spans)
        yield label, words, fold_onto_words(contributions, ranges, chars)


def _reduce(text: str, removed: list[Range], flips: _Flips) -> list[Range]:
    """Put back and shorten until nothing more can be."""
    kept = _prune(text, removed[::-1], flips)  # what was taken out last is the weakest
    while (trimmed := _trim(text, kept, flips)) != kept:
        kept = _prune(text, trimmed, flips)
    return kept


def _prune(text: str, removed: list[Range], flips: _Flips) -> list[Range]:
    """Put back every piece, and every phrase of pieces, that is needless."""
    kept = removed
    changed = bool(kept)
    while changed:
        changed = False
        for start, end in dict.fromkeys([*kept, *_join(text, kept)]):
            rest = [piece for piece in kept if piece[0] < start or end < piece[1]]
            if len(rest) < len(kept) and flips(rest):
                kept, changed = rest, True
    return kept


def _trim(text: str, removed: list[Range], flips: _Flips) -> list[Range]:
    """Shorten pieces by their first and last words as long as the text stays unflagged."""
    kept = list(removed)
    for i in range(len(kept)):
        for shorten in (_without_first_word, _without_last_word):
            while (shorter := shorten(text, kept[i])) is not None:
                rest = [*kept[:i], shorter, *kept[i + 1 :]]
                if not flips(rest):
                    break
                kept = rest
    return kept


def _without_first_word(text: str, piece: Range) -> Range | None:
    """Leave the first word out of a run; None for a single word."""
    words = find_words(text[piece[0] : piece[1]]).tolist()
    return (piece[0] + words[1][0], piece[1]) if len(words) > 1 else None


def _without_last_word(text: str, piece: Range) -> Range | None:
    """Leave the last word out of a run; None for a single word."""
    words = find_words(text[piece[0] : piece[1]]).tolist()
    return (piece[0], piece[0] + words[-2][1]) if len(words) > 1 else None
