"""Bring a post to its canonical spelling, with a way back to the original."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Set
from dataclasses import dataclass

from adclassifier.text.accents import accent_table, strip_accents
from adclassifier.text.codepoints import fold_code_points, replace_surrogates
from adclassifier.text.contacts import mark_accounts, mark_links
from adclassifier.text.emoji_words import name_emoji
from adclassifier.text.joining import join_pieces
from adclassifier.text.leet import read_leet
from adclassifier.text.offsets import Offsets, Rewriter, Trick
from adclassifier.text.phones import mark_phones
from adclassifier.text.platforms import name_platforms
from adclassifier.text.respelling import respell
from adclassifier.text.restoring import restore_accents
from adclassifier.text.separating import separate_joined
from adclassifier.text.short_forms import write_out
from adclassifier.text.spelling import counts
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
    return _carry_out(text, None)


def _carry_out(text: str, known: str | None) -> Canonical:
    """Carry out rounds until one changes nothing, or the text is the one that is known."""
    rewriter = Rewriter(replace_surrogates(text))
    for _ in range(MOST_ROUNDS):
        if not _read_once(rewriter) or rewriter.text == known:
            break
    starts, ends = rewriter.offsets()
    return Canonical(rewriter.text, starts, ends, tuple(rewriter.tricks))


def retrace(text: str, canonical_text: str, *, plain: bool = False) -> Canonical:
    """Find the way back from a canonical text that is known already.

    The compiled normaliser (`features.reading`) says what a text becomes, not where each character
    came from. It carries out the stages below alone, and those only until the text is reached;
    where they do not lead there, all stages but those of the last round, which change nothing.

    Parameters
    ----------
    text : str
        Any string.
    canonical_text : str
        Its canonical text.
    plain : bool, default=False
        Whether the compiled normaliser could not read it by itself: all stages may be needed.

    Returns
    -------
    Canonical
        What `normalize` gives.

    Examples
    --------
    >>> retrace("THUỐC ko  cần đơn", "thuốc không cần đơn").starts.tolist()[5:12]
    [5, 6, 6, 6, 6, 6, 8]
    """
    if plain:
        return _carry_out(text, canonical_text)
    rewriter = Rewriter(replace_surrogates(text))
    for _ in range(MOST_ROUNDS):
        fold_code_points(rewriter)
        if rewriter.text == canonical_text:
            break
        mark_links(rewriter)
        tokens = set(_TOKEN.findall(rewriter.text))
        for _ in _word_stages(rewriter, tokens, tokens.difference(counts())):
            if rewriter.text == canonical_text:
                break
    if rewriter.text != canonical_text:
        return _carry_out(text, canonical_text)
    starts, ends = rewriter.offsets()
    return Canonical(rewriter.text, starts, ends, tuple(rewriter.tricks))


def read_once(text: str) -> tuple[str, bool]:
    """Carry out one of the rounds of `normalize`, of which there are at most `MOST_ROUNDS`.

    Parameters
    ----------
    text : str
        As it was written, or as the last round left it.

    Returns
    -------
    text : str
    changed : bool
        False where this is the canonical text; else another round is due.

    Examples
    --------
    >>> read_once("Bán TH.UỐC"), read_once("bán thuốc")
    (('bán thuốc', True), ('bán thuốc', False))
    """
    rewriter = Rewriter(replace_surrogates(text))
    changed = _read_once(rewriter)
    return rewriter.text, changed


def _read_once(rewriter: Rewriter) -> bool:
    """Carry out one round; say whether anything but the first stage changed the text."""
    fold_code_points(rewriter)
    folded = rewriter.text
    _undo_tricks(rewriter)
    return rewriter.text != folded


def _undo_tricks(rewriter: Rewriter) -> None:
    """Carry out every stage behind the first once: contacts, then signs, then words."""
    mark_links(rewriter)
    mark_accounts(rewriter)
    mark_phones(rewriter)
    text = rewriter.text
    tokens = set(_TOKEN.findall(text))
    odd = tokens.difference(counts())
    name_platforms(rewriter, tokens, odd)
    join_pieces(rewriter, tokens)
    read_leet(rewriter)
    name_emoji(rewriter)
    if rewriter.text is not text:
        tokens = set(_TOKEN.findall(rewriter.text))
        odd = tokens.difference(counts())
    deque(_word_stages(rewriter, tokens, odd), maxlen=0)


def _word_stages(rewriter: Rewriter, tokens: Set[str], odd: Set[str]) -> Iterator[None]:
    """Carry out the stages that look at the words which a text had before them, step by step."""
    shorten_stretched(rewriter, odd)
    yield
    read_keys(rewriter, odd)
    yield
    separate_joined(rewriter, odd)
    yield
    write_out(rewriter, tokens)
    yield
    respell(rewriter, odd)
    yield
    restore_accents(rewriter)
