"""Read letters of other scripts that look like Latin ones: Cyrillic а, Greek ο, Armenian ո."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache

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

_USUAL = 20
"""Count from which a syllable is read out of letters that look only roughly like Latin ones."""

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

    A text with words in another script keeps that script; a single Greek letter (β-glucan) stays.
    """
    latin, strict = _homoglyphs()
    words = [match for match in _WORD.finditer(text) if _OTHER_SCRIPTS.search(match[0])]
    foreign = sum(not latin.keys() >= set(_SCRIPTS_IN_USE.findall(word[0])) for word in words)
    edits = []
    for word in words:
        letters = _OTHER_SCRIPTS.findall(word[0])
        mixed = _LATIN.search(word[0]) is not None
        whole = "".join(latin.get(letter, letter) for letter in word[0])
        sure = strict.issuperset(letters) or (len(letters) > 2 and weight(whole) >= _USUAL)
        alone = not foreign and len(letters) > 1 and sure
        if mixed or alone:
            edits += [
                Edit(place, place + 1, latin[letter], "homoglyph")
                for place, letter in enumerate(word[0], word.start())
                if letter in latin
            ]
    return edits
