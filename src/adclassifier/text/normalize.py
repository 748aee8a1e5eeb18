"""Bring a post to its canonical spelling, with a way back to the original."""

from __future__ import annotations

import re
from collections.abc import Callable, Set
from dataclasses import dataclass
from functools import lru_cache

from adclassifier.text.accents import accent_table, strip_accents
from adclassifier.text.codepoints import fold_code_points, replace_surrogates
from adclassifier.text.contacts import mark_accounts, mark_links
from adclassifier.text.emoji_words import name_emoji
from adclassifier.text.joining import join_chains, join_cuts
from adclassifier.text.leet import read_leet
from adclassifier.text.offsets import Offsets, Rewriter, TextRewriter, Trick
from adclassifier.text.phones import mark_phones
from adclassifier.text.platforms import name_platforms
from adclassifier.text.respelling import respell
from adclassifier.text.restoring import restore_accents
from adclassifier.text.separating import separate_joined
from adclassifier.text.short_forms import form_rules, write_out
from adclassifier.text.spelling import counts
from adclassifier.text.stages import EVERY_STAGE, LINKS, WORD_TRICKS
from adclassifier.text.stretching import shorten_stretched
from adclassifier.text.telex import read_keys

__all__ = ["TRICK_KINDS", "Canonical", "Trick", "accent_table", "normalize", "strip_accents"]

TRICK_KINDS = {
    "zero_width": "invisible characters inside a word",
    "homoglyph": "letters of another script, or enclosed ones, for Latin letters",
    "styled": "mathematical, fullwidth and other decorated letters",
    "marks": "strokes and lines over or under letters",
    "dotted": "signs between the letters of a word",
    "spaced": "spaces between the letters of a word",
    "joined": "several words written as one",
    "leet": "digits and signs for letters",
    "telex": "key strokes of Telex or VNI that were never turned to letters",
    "stretched": "letters written many times over",
    "emoji_word": "an emoji in the place of a word",
    "platform_pun": "the name of a platform spelled by ear",
    "phone_digits": "a phone number in words, letters, single digits or over lines",
    "spelled_link": "a link with its dot in words",
    "short_form": "a short form of chat Vietnamese",
}
"""What the kinds of :class:`Trick` mean."""

MOST_ROUNDS = 8
"""Times the stages are carried out at most: what one of them restores may complete what another
looks for ("gi4m c4n"). Three are enough for every authored text."""

_TOKEN = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True, eq=False)
class Canonical:
    """Canonical text and where each of its characters came from.

    Attributes
    ----------
    text : str
        NFC, lower case, single spaces, tricks undone, one token for each contact: ``⟨phone⟩``,
        ``⟨url⟩``, ``⟨email⟩``, ``⟨account⟩``.
    starts, ends : ndarray of shape (len(text),), int32
        Half-open span in code points of the original behind every character: non-decreasing,
        ``starts < ends``.
    tricks : tuple of Trick
        What was undone.
    """

    text: str
    starts: Offsets
    ends: Offsets
    tricks: tuple[Trick, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Give the span of the original behind ``text[start:end]``.

        Parameters
        ----------
        start, end : int
            Half-open span of the canonical text.

        Returns
        -------
        (int, int)
            Half-open, in code points of the original; empty for an empty span.

        Examples
        --------
        >>> text = "Bán TH.UỐC tây"
        >>> canonical = normalize(text)
        >>> place = canonical.text.index("thuốc")
        >>> start, end = canonical.span(place, place + 5)
        >>> text[start:end]
        'TH.UỐC'
        """
        if start >= end:
            place = int(self.starts[start]) if start < len(self.starts) else 0
            return place, place
        return int(self.starts[start]), int(self.ends[end - 1])

    def has_tricks(self, kinds: Set[str]) -> bool:
        """Say whether a trick of one of some kinds (`TRICK_KINDS`) was undone."""
        return any(trick.kind in kinds for trick in self.tricks)


def normalize(text: str) -> Canonical:
    """Bring a text to its canonical spelling.

    Parameters
    ----------
    text : str
        Any string; lone surrogates are read as U+FFFD.

    Returns
    -------
    Canonical
        The canonical text of a canonical text is itself, and composed and decomposed spellings of
        a text have the same.

    Examples
    --------
    >>> normalize("Bán TH.UỐC gi4m c4n ko cần đơn, ib dê lô O9I2.345.678 nha mn").text
    'bán thuốc giảm cân không cần đơn, ib zalo ⟨phone⟩ nha mọi người'
    >>> [trick.kind for trick in normalize("z.a.l.o o9l2 345 678").tricks]
    ['phone_digits', 'dotted']
    >>> normalize("Giá 250k/hộp 10 viên, size S-M-L, 24/7, vitamin K").text
    'giá 250k/hộp 10 viên, size s-m-l, 24/7, vitamin k'
    """
    rewriter = Rewriter(replace_surrogates(text))
    for _ in range(MOST_ROUNDS):
        fold_code_points(rewriter)
        folded = rewriter.text
        _undo_tricks(rewriter, EVERY_STAGE)
        if rewriter.text == folded:
            break
    starts, ends = rewriter.offsets()
    return Canonical(rewriter.text, starts, ends, tuple(rewriter.tricks))


def retrace(text: str, canonical_text: str, done: int = EVERY_STAGE) -> Canonical:
    """Find the way back from a canonical text that is known already.

    The compiled normaliser (`features.reading`) says what a text becomes and which stages had
    something to do, not where each character came from. Those stages are carried out again, and
    only until the text is reached.

    Parameters
    ----------
    text : str
        Any string.
    canonical_text : str
        Its canonical text.
    done : int, default=EVERY_STAGE
        Bits of the stages that change the text in any round.

    Returns
    -------
    Canonical
        What `normalize` gives.

    Examples
    --------
    >>> retrace("THUỐC ko  cần đơn", "thuốc không cần đơn").starts.tolist()[5:12]
    [5, 6, 6, 6, 6, 6, 8]
    """
    rewriter = Rewriter(replace_surrogates(text))
    if rewriter.text.lower() == canonical_text:
        rewriter.replace_text(canonical_text)
    for _ in range(MOST_ROUNDS):
        if rewriter.text == canonical_text:
            break
        fold_code_points(rewriter)
        if rewriter.text != canonical_text:
            _undo_tricks(rewriter, done, canonical_text)
    if rewriter.text != canonical_text:
        return normalize(text)
    starts, ends = rewriter.offsets()
    return Canonical(rewriter.text, starts, ends, tuple(rewriter.tricks))


def carry_out(stage: int, text: str) -> str:
    """Carry out one of the stages of a round of `normalize`.

    Parameters
    ----------
    stage : int
        One of `text.stages`, which a round carries out in this order.
    text : str
        As the stage before left it.

    Returns
    -------
    str

    Examples
    --------
    >>> from adclassifier.text.stages import CHAINS, FOLD
    >>> carry_out(FOLD, "Bán TH.UỐC"), carry_out(CHAINS, "bán th.uốc")
    ('bán th.uốc', 'bán thuốc')
    """
    rewriter = TextRewriter(text)
    _STAGES[stage](rewriter)
    return rewriter.text


def _undo_tricks(rewriter: Rewriter, done: int, wanted: str | None = None) -> None:
    """Carry out stages behind the first once, until a text is reached: contacts, signs, words."""
    for stage in range(LINKS, WORD_TRICKS):
        if done >> stage & 1:
            _STAGES[stage](rewriter)
            if rewriter.text == wanted:
                return
    if done >> WORD_TRICKS:
        _undo_word_tricks(rewriter, done >> WORD_TRICKS, wanted)


@lru_cache(maxsize=8)
def _words(text: str) -> frozenset[str]:
    """Give the different words of a text."""
    return frozenset(_TOKEN.findall(text))


@lru_cache(maxsize=8)
def _odd_words(text: str) -> frozenset[str]:
    """Give the different words of a text that are no usual syllables."""
    return _words(text).difference(counts())


def _mark_numbers(rewriter: Rewriter) -> None:
    mark_accounts(rewriter)
    mark_phones(rewriter)


def _read_signs(rewriter: Rewriter) -> None:
    read_leet(rewriter)
    name_emoji(rewriter)


def _undo_word_tricks(
    rewriter: Rewriter, done: int = EVERY_STAGE, wanted: str | None = None
) -> None:
    """Carry out the tricks that look at the words which a text had before them."""
    before = rewriter.text
    for place, trick in enumerate(_WORD_TRICKS):
        if done >> place & 1:
            if place == _ACCENTS and wanted and _lacks_accents(rewriter.text, wanted, done):
                # no offset moves, and it is no trick: the words need not be weighed again
                rewriter.replace_text(wanted)
            else:
                trick(rewriter, before)
            if rewriter.text == wanted:
                return


def _lacks_accents(text: str, wanted: str, done: int) -> bool:
    """Say whether a text becomes another by `restore_accents` alone, in this round or later.

    Short forms and respelled words may differ from what they mean in accents too.
    """
    if len(text) != len(wanted) or done >> _RESPELLED & 1:
        return False
    spans = [match.span() for match in _TOKEN.finditer(text)]
    words = {text[start:end] for start, end in spans if text[start:end] != wanted[start:end]}
    if not words.isdisjoint(form_rules()):
        return False
    pairs = [(bare, letter) for bare, letter in zip(text, wanted, strict=True) if bare != letter]
    bare, letters = ("".join(side) for side in zip(*pairs, strict=True)) if pairs else ("", "")
    return bare == strip_accents(letters)


_STAGES: tuple[Callable[[Rewriter], None], ...] = (
    fold_code_points,
    mark_links,
    _mark_numbers,
    lambda rewriter: name_platforms(rewriter, _words(rewriter.text), _odd_words(rewriter.text)),
    join_chains,
    lambda rewriter: join_cuts(rewriter, _words(rewriter.text)),
    _read_signs,
    _undo_word_tricks,
)
_WORD_TRICKS: tuple[Callable[[Rewriter, str], None], ...] = (
    lambda rewriter, before: shorten_stretched(rewriter, _odd_words(before)),
    lambda rewriter, before: read_keys(rewriter, _odd_words(before)),
    lambda rewriter, before: separate_joined(rewriter, _odd_words(before)),
    lambda rewriter, before: write_out(rewriter, _words(before)),
    lambda rewriter, before: respell(rewriter, _odd_words(before)),
    lambda rewriter, _: restore_accents(rewriter),
)
_RESPELLED, _ACCENTS = 4, 5
