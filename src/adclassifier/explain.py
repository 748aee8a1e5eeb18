"""Fold contributions of features onto words, and choose the words to show: works on arrays."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

#: Evidence covers this share of what speaks for the label …
_SHARE = 0.85
#: … in at most this many spans, each worth at least this part of the strongest word.
_MOST_SPANS = 6
_LEAST_PART = 0.05

#: What takes the character after it: the zero-width joiner, Arabic number signs, Indic viramas.
_LINKS = frozenset(
    "\u200d\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2"
    "\u094d\u09cd\u0acd\u0b4d\u0c4d\u0d4d\u0d4e"
)
#: What belongs to the character before it without being a mark: joiners, half-width voice marks,
#: Thai and Lao am, skin tones, the letters of flags such as Scotland's.
_EXTENDERS = frozenset(
    "\u200c\u200d\uff9e\uff9f\u0e33\u0eb3"
    + "".join(map(chr, [*range(0x1F3FB, 0x1F400), *range(0xE0020, 0xE0080)]))
)
_CONTROLS = frozenset("\r\n\u2028\u2029" + "".join(map(chr, [*range(32), *range(127, 160)])))
_FLAG_LETTERS = frozenset(map(chr, range(0x1F1E6, 0x1F200)))
_HANGUL_LEADS, _HANGUL_VOWELS = range(0x1100, 0x1160), range(0x1160, 0x11A8)
_HANGUL_TAILS, _HANGUL_SYLLABLES = range(0x11A8, 0x1200), range(0xAC00, 0xD7A4)


def fold_onto_words(
    contributions: NDArray[np.float64],
    ranges: NDArray[np.int32],
    words: Sequence[tuple[int, int]],
) -> NDArray[np.float64]:
    """Share each feature's contribution among the words it touches, by characters in common.

    Parameters
    ----------
    contributions : ndarray of shape (n_occurrences,), float64
    ranges : ndarray of shape (n_occurrences, 2), int
        Where each n-gram or cue stands in the text; every one must touch a word.
    words : sequence of (start, end)
        Half-open, in order, not overlapping.

    Returns
    -------
    ndarray of shape (n_words,), float64
        Sums to the sum of the contributions.

    Examples
    --------
    >>> fold_onto_words(np.array([1.0, 2.0]), np.array([[0, 3], [0, 7]]), [(0, 3), (4, 7)]).tolist()
    [2.0, 1.0]
    """
    if not len(contributions):
        return np.zeros(len(words))
    starts, ends = np.array(words).T
    # One number a range: sorting pairs takes seconds on a text that is one endless word.
    base = int(ranges.max()) + 1
    unique, inverse = np.unique(
        ranges[:, 0].astype(np.int64) * base + ranges[:, 1], return_inverse=True
    )
    firsts, stops = unique // base, unique % base
    sums = np.bincount(inverse, contributions)
    low = np.searchsorted(ends, firsts, side="right")
    n_touched = np.searchsorted(starts, stops, side="left") - low
    # every word that a range touches, range by range
    behind = np.repeat(np.arange(len(unique)), n_touched)
    first_entries = np.cumsum(n_touched) - n_touched
    touched = np.arange(len(behind)) + (low - first_entries)[behind]
    common = np.minimum(ends[touched], stops[behind]) - np.maximum(starts[touched], firsts[behind])
    totals = np.bincount(behind, common, minlength=len(unique))
    shares = sums[behind] * common / totals[behind]
    return np.bincount(touched, shares, minlength=len(words)).astype(np.float64, copy=False)


def choose_words(contributions: NDArray[np.float64]) -> list[tuple[int, int]]:
    """Choose the runs of words that speak most for a label.

    Parameters
    ----------
    contributions : ndarray of shape (n_words,), float64

    Returns
    -------
    list of (first, last)
        Inclusive, in order, not touching: the strongest words that together hold most of what
        speaks for the label; a word between two chosen ones joins them, unless it says more against
        the label than the next one says for it.

    Examples
    --------
    >>> choose_words(np.array([0.0, 1.6, 0.1, 1.5, -1.0, 0.0, 0.1]))
    [(1, 3)]
    """
    positive = np.maximum(contributions, 0.0)
    if not positive.any():
        return []
    order = np.argsort(-positive, kind="stable")
    enough = int(np.searchsorted(np.cumsum(positive[order]), _SHARE * positive.sum())) + 1
    chosen = sorted(i for i in order[:enough] if positive[i] >= _LEAST_PART * positive[order[0]])
    runs: list[tuple[int, int]] = []
    for i in map(int, chosen):
        last = runs[-1][1] if runs else -3
        if i - last <= 2 and contributions[last + 1 : i + 1].sum() > 0.0:
            runs[-1] = (runs[-1][0], i)
        else:
            runs.append((i, i))
    strongest = sorted(runs, key=lambda run: -positive[run[0] : run[1] + 1].sum())
    return sorted(strongest[:_MOST_SPANS])


def widen_to_graphemes(text: str, start: int, end: int) -> tuple[int, int]:
    r"""Widen a range so that it cuts no letter from its marks and no emoji from its joiners.

    Examples
    --------
    >>> widen_to_graphemes("a\u0301b", 0, 1)
    (0, 2)
    """
    while 0 < start < len(text) and not _is_boundary(text, start):
        start -= 1
    while 0 < end < len(text) and not _is_boundary(text, end):
        end += 1
    return start, end


def _is_boundary(text: str, i: int) -> bool:
    """Whether a new grapheme cluster begins at ``i`` (the rules of Unicode's annex 29)."""
    before, after = text[i - 1], text[i]
    if _stands_alone(before) and _stands_alone(after):
        return True
    if before + after == "\r\n":
        return False
    if before in _CONTROLS or after in _CONTROLS:
        return True
    if _extends(after) or before in _LINKS:
        return False
    if before in _FLAG_LETTERS and after in _FLAG_LETTERS:
        letters = 1
        while letters < i and text[i - 1 - letters] in _FLAG_LETTERS:
            letters += 1
        return letters % 2 == 0
    return not _is_hangul_inside(ord(before), ord(after))


def _stands_alone(character: str) -> bool:
    """Whether a code point is neither a mark nor joins with others: what most letters are."""
    return " " <= character < "\u0300" or "\u1e00" <= character < "\u2000"


def _extends(character: str) -> bool:
    """Whether a code point belongs to the one before it."""
    return character in _EXTENDERS or unicodedata.category(character) in ("Mn", "Mc", "Me")


def _is_hangul_inside(before: int, after: int) -> bool:
    """Whether two code points are parts of one Korean syllable."""
    if before in _HANGUL_LEADS:
        return after in _HANGUL_LEADS or after in _HANGUL_VOWELS or after in _HANGUL_SYLLABLES
    if after in _HANGUL_TAILS:
        return before in _HANGUL_VOWELS or before in _HANGUL_TAILS or before in _HANGUL_SYLLABLES
    # A whole syllable without a tail may still take a vowel: every 28th has none.
    open_syllable = before in _HANGUL_SYLLABLES and (before - _HANGUL_SYLLABLES.start) % 28 == 0
    return after in _HANGUL_VOWELS and (before in _HANGUL_VOWELS or open_syllable)
