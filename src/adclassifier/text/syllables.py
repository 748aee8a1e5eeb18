"""Say whether a token is a possible Vietnamese syllable.

A syllable is onset + rime + tone. The grammar (tables/syllables.toml) is small enough to write out,
so a look-up in a set answers, and the set is built once, on first use. Both placements of the tone
("hòa", "hoà") are accepted.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from itertools import chain

from adclassifier.text import tables
from adclassifier.text.accents import strip_accents

TONES = ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
"""No tone, huyền, sắc, ngã, hỏi, nặng, as combining marks."""

STOP_TONES = ("\u0301", "\u0323")
"""Syllables that end in p, t, c or ch carry sắc or nặng, and no other tone."""

_VOWELS = frozenset("aăâeêioôơuưy")


def _toned(spelling: str) -> set[str]:
    """All tones of one spelling without tone; two places for it where both are written."""
    stop = spelling.endswith(("p", "t", "c", "ch"))
    places = _tone_places(spelling)
    return {
        spelling[:place] + _with_tone(spelling[place], tone) + spelling[place + 1 :]
        for tone in (STOP_TONES if stop else TONES)
        for place in places
    }


@cache
def _with_tone(vowel: str, tone: str) -> str:
    """Put a tone on a vowel."""
    return unicodedata.normalize("NFC", vowel + tone)


def _tone_places(spelling: str) -> tuple[int, ...]:
    """Where the tone may stand: the marked vowel, else by old and by new custom."""
    start = 2 if spelling.startswith("qu") or (spelling[:2] == "gi" and len(spelling) > 2) else 0
    if spelling in ("gin", "gich"):
        start = 0
    vowels = [i for i, letter in enumerate(spelling) if letter in _VOWELS and i >= start]
    marked = [i for i in vowels if spelling[i] in "ăâêôơư"]
    if marked:
        return (marked[-1],)
    if len(vowels) == 1:
        return (vowels[0],)
    closed = vowels[-1] != len(spelling) - 1
    if closed or len(vowels) == 3:
        return (vowels[1],)
    rounded = spelling[vowels[0] : vowels[0] + 2] in ("oa", "oe", "uy")
    return (vowels[0], vowels[1]) if rounded else (vowels[0],)


@cache
def _spellings() -> frozenset[str]:
    """Every onset with every rime that it takes, without tones."""
    table = tables.toml_table("syllables.toml")
    part = {name: value.split() for name, value in table.items()}
    labials = frozenset(part["labials"])
    back = {
        onset + rime
        for onset in ("", *part["back_onsets"])
        for rime in chain(part["back_rimes"], () if onset in labials else part["round_rimes"])
    }
    front = {onset + rime for onset in part["front_onsets"] for rime in part["front_rimes"]}
    quite = {"qu" + rime for rime in part["qu_rimes"]}
    giving = {"gi" + rime for rime in part["gi_rimes"]}
    # the sound of c + round rime is written qu
    odd = {"c" + rime for rime in part["round_rimes"]}
    return frozenset((back - odd) | front | quite | giving).union(part["lone_rimes"], part["more"])


@cache
def syllables() -> frozenset[str]:
    """Build every possible syllable, NFC, lower case, once.

    Examples
    --------
    >>> "thuốc" in syllables(), "hoà" in syllables(), "hòa" in syllables()
    (True, True, True)
    """
    return frozenset(chain.from_iterable(map(_toned, _spellings())))


@cache
def bare_syllables() -> frozenset[str]:
    """Build every possible syllable with its accents stripped, once.

    Examples
    --------
    >>> "thuoc" in bare_syllables(), "dieu" in bare_syllables()
    (True, True)
    """
    return frozenset(strip_accents(" ".join(syllables() | _spellings())).split(" "))


def is_syllable(token: str) -> bool:
    """Say whether a token is a possible Vietnamese syllable as written, accents included.

    Parameters
    ----------
    token : str
        One token, NFC, any case.

    Returns
    -------
    bool
        True for possible syllables, used ones or not. A syllable with a stop at its end needs a
        tone, so that most of those typed without accents are refused.

    Examples
    --------
    >>> [is_syllable(token) for token in ("thuốc", "quý", "nghiêng", "khoẻ", "khỏe", "ạ")]
    [True, True, True, True, True, True]
    >>> [is_syllable(token) for token in ("thuôc", "đc", "shop", "kẹoo", "nghà", "zalo")]
    [False, False, False, False, False, False]
    """
    return token.lower() in syllables()


def is_bare_syllable(token: str) -> bool:
    """Say whether a token is a possible Vietnamese syllable typed without accents.

    Parameters
    ----------
    token : str
        One token, any case. One that carries an accent is no bare syllable.

    Returns
    -------
    bool
        True for "thuoc" (thuốc, thuộc), and for words without accents such as "xong".

    Examples
    --------
    >>> [is_bare_syllable(token) for token in ("thuoc", "dieu", "tri", "Khong", "xong")]
    [True, True, True, True, True]
    >>> [is_bare_syllable(token) for token in ("thuốc", "thuooc", "ship", "dc", "w")]
    [False, False, False, False, False]
    """
    return token.lower() in bare_syllables()
