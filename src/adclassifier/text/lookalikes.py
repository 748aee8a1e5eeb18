"""Read letters of other scripts that look like Latin ones: Cyrillic а, Greek ο, Armenian ո."""

from __future__ import annotations

import re
from functools import cache

from adclassifier.text import tables
from adclassifier.text.offsets import Edit, Rewriter

_OTHER_SCRIPTS = re.compile("[\u0370-\u058f\u13a0-\u13ff]")
_WORD = re.compile(r"[\w\u0300-\u036f]+")
_LATIN = re.compile("[A-Za-zÀ-ɏḀ-ỿ]")


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
        if letter.upper() not in latin:
            latin[letter.upper()] = latin[letter]
            if letter in strict:
                strict.add(letter.upper())
    return latin, frozenset(strict)


def _homoglyph_edits(text: str) -> list[Edit]:
    """Put Latin letters for lookalikes in words that are Latin, or would be with them.

    A text with words in another script keeps that script; a single Greek letter (β-glucan) stays.
    """
    latin, strict = _homoglyphs()
    words = [match for match in _WORD.finditer(text) if _OTHER_SCRIPTS.search(match[0])]
    foreign = sum(not latin.keys() >= set(_OTHER_SCRIPTS.findall(word[0])) for word in words)
    edits = []
    for word in words:
        letters = _OTHER_SCRIPTS.findall(word[0])
        mixed = _LATIN.search(word[0]) is not None
        alone = not foreign and len(letters) > 1 and strict.issuperset(letters)
        if mixed or alone:
            edits += [
                Edit(place, place + 1, latin[letter], "homoglyph")
                for place, letter in enumerate(word[0], word.start())
                if letter in latin
            ]
    return edits
