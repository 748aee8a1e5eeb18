"""Read letters of other scripts that look like Latin ones: Cyrillic а, Greek ο, Armenian ո."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache

from adclassifier.text import tables
from adclassifier.text.offsets import Edit, Rewriter
from adclassifier.text.spelling import weight

# Greek, Cyrillic, Armenian, Ethiopic, Cherokee, Canadian syllables, runes, Greek with breathings,
# Coptic, Tifinagh, Lisu, Bamum and the scripts of old; phonetic letters; mathematical Greek
_OTHER_SCRIPTS = re.compile(
    "[\u0370-\u058f\u0b20\u1200-\u12ff\u13a0-\u167f\u16a0-\u16ff\u1f00-\u1fff\u2c80-\u2d7f"
    "\ua4d0-\ua4ff\ua640-\ua6ff\uab70-\uabbf\U00010280-\U0001057f\U00011700-\U000118ff"
    "\U00016f00-\U00016fff\u0184-\u019f\u01a2-\u01a6\u01bd\u0241-\u02af\u1d00-\u1dbf\u1e9d\u1eff\u213d"
    "\ua720-\ua7ff\uab30-\uab6f\U0001d6a4-\U0001d7cb]"
)
_SCRIPTS_IN_USE = re.compile("[\u0370-\u058f\u1200-\u12ff\u13a0-\u13ff\u1f00-\u1fff]")
_WORD = re.compile(r"[\w\u0300-\u036f]+")
# Latin letters, plain, circled, fullwidth or mathematical
_LATIN = re.compile("[A-Za-zÀ-ɏḀ-ỿⒶ-ⓩＡ-ｚ\U0001d400-\U0001d6a3\U0001f130-\U0001f189]")
_MARKS = {"\u0342": "\u0303"}
"""Marks of other scripts that look like marks of Vietnamese; others are put on as they are."""

_FEW = 2
"""Words of mixed letters from which a single letter is taken for a Latin one too."""

_USUAL = 20
"""Count from which a syllable is read out of letters that look only roughly like Latin ones."""

_HOOKED = frozenset("ɗɖƌ")
_CHEROKEE = frozenset(map(chr, range(0x13A0, 0x13F0)))
_MARKED = (*range(0x370, 0x530), *range(0x1F00, 0x2000))


def fold_lookalikes(rewriter: Rewriter) -> None:
    """Put Latin letters for lookalikes of other scripts in words that are, or would be, Latin.

    Parameters
    ----------
    rewriter : Rewriter
        Holds any text, capitals included: Cyrillic В looks like B, в does not.

    Examples
    --------
    >>> def folded(text):
    ...     rewriter = Rewriter(text)
    ...     fold_lookalikes(rewriter)
    ...     return rewriter.text
    >>> folded("tһuốс, zаlо, β-glucan")  # Cyrillic, and one Greek letter by itself
    'thuốc, zalo, β-glucan'
    """
    if _OTHER_SCRIPTS.search(rewriter.text):
        rewriter.apply(_homoglyph_edits(rewriter.text))


def other_scripts() -> re.Pattern[str]:
    """Give the pattern of the letters that `fold_lookalikes` looks at."""
    return _OTHER_SCRIPTS


def is_lookalike(letter: str) -> bool:
    """Say whether a letter of another script looks like a Latin one.

    Parameters
    ----------
    letter : str
        One character.

    Returns
    -------
    bool

    Examples
    --------
    >>> is_lookalike("\u043e"), is_lookalike("o"), is_lookalike("ж")
    (True, False, False)
    """
    return letter in _homoglyphs()[0]


@cache
def _homoglyphs() -> tuple[dict[str, str], frozenset[str]]:
    """Read tables/homoglyphs.tsv: letter to Latin letter; those a word may consist of."""
    rows = tables.tsv_rows("homoglyphs.tsv")
    latin = {letter: row["latin"] for row in rows for letter in row["letters"]}
    strict = {letter for row in rows if row["tier"] == "strict" for letter in row["letters"]}
    # a capital that is not listed looks like that of its small letter
    for letter in [letter for letter in latin if len(letter.upper()) == 1]:
        if letter.upper() not in latin and not letter.upper().isascii():
            latin[letter.upper()] = latin[letter]
            if letter in strict:
                strict.add(letter.upper())
    # small Cherokee letters have the shape of the capital ones
    for letter in [letter for letter in latin if letter in _CHEROKEE]:
        latin.setdefault(letter.lower(), latin[letter])
        strict.add(letter.lower())
    for letter, base, marks in _marked_letters():
        if base in latin and letter not in latin:
            latin[letter] = unicodedata.normalize("NFC", latin[base] + marks)
            if base in strict:
                strict.add(letter)
    return latin, frozenset(strict)


def _marked_letters() -> Iterator[tuple[str, str, str]]:
    """Take the letters of other scripts that carry marks apart: ᾰ is α and a breve."""
    for letter in map(chr, _MARKED):
        base, *marks = list(unicodedata.normalize("NFD", letter))
        if marks:
            yield letter, base, "".join(_MARKS.get(mark, mark) for mark in marks)


def _homoglyph_edits(text: str) -> list[Edit]:
    """Put Latin letters for lookalikes in words that are Latin, or would be with them.

    A text with words in another script keeps that script; a single Greek letter (β-glucan) stays,
    unless other words are mixed.
    """
    latin, _ = _homoglyphs()
    words = [match for match in _WORD.finditer(text) if _OTHER_SCRIPTS.search(match[0])]
    foreign = sum(not latin.keys() >= set(_SCRIPTS_IN_USE.findall(word[0])) for word in words)
    often = sum(_LATIN.search(word[0]) is not None for word in words) >= _FEW
    edits = []
    for word in words:
        mixed = _LATIN.search(word[0]) is not None
        if mixed or (not foreign and _is_latin(word[0], often=often)):
            edits += [
                Edit(place, place + 1, new, "homoglyph")
                for place, (letter, new) in enumerate(
                    zip(word[0], _with_latin(word[0]), strict=True), word.start()
                )
                if new != letter
            ]
    return edits


@lru_cache(maxsize=1 << 12)
def _with_latin(word: str) -> tuple[str, ...]:
    """Put Latin letters in the place of each lookalike; a hooked d is the usual one of đ and d."""
    latin, _ = _homoglyphs()
    letters = [latin.get(letter, letter) for letter in word]
    if _HOOKED.isdisjoint(word):
        return tuple(letters)
    barred = ["đ" if sign in _HOOKED else new for sign, new in zip(word, letters, strict=True)]
    return tuple(barred if weight(_composed(barred)) > weight(_composed(letters)) else letters)


def _composed(letters: Sequence[str]) -> str:
    return unicodedata.normalize("NFC", "".join(letters)).lower()


def _is_latin(word: str, *, often: bool) -> bool:
    """Say whether a word without a Latin letter would be one in Latin letters.

    Parameters
    ----------
    word : str
        Any word.
    often : bool
        Whether others of the text are.
    """
    latin, strict = _homoglyphs()
    letters = _OTHER_SCRIPTS.findall(word)
    whole = _composed(_with_latin(word))
    if often and latin.keys() >= set(letters):
        return strict.issuperset(letters) or weight(whole) > 0 or not word.isalpha()
    usual = len(letters) > 2 and weight(whole) >= _USUAL
    return len(letters) > 1 and (strict.issuperset(letters) or usual)
