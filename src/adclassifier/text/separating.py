"""Separate words that were written as one: "thuốcgiảmcân", "#giamcantoanthan"."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from functools import cache, lru_cache
from itertools import pairwise

from adclassifier.text.language import latin_words
from adclassifier.text.neighbours import is_bare_pair, word_chance
from adclassifier.text.offsets import Edit, Rewriter
from adclassifier.text.short_forms import spoken
from adclassifier.text.spelling import (
    LONGEST_UNIT,
    counts,
    readings,
    split_units,
    weight,
    words,
)
from adclassifier.text.syllables import is_syllable

_TOKEN = re.compile(r"(#?)(?<![^\W_])([^\W_]+)")
_FEWEST_LETTERS = 5
_FEWEST_BARE_LETTERS = 8
_LONGEST = 60
"""Letters of the longest token that is looked at; noise from a keyboard is longer."""

_SEEN = 3
"""Times that each word must have been seen, where accents say that the token is Vietnamese."""

_SEEN_BARE = 20
_LONGEST_WORD = 9
_FEWEST_LATIN = 4
_SHORT_PRICE = 4.0
"""Natural logarithm of how much rarer than words short forms are in what is joined."""

_FEWEST_SURE = 3
_SEEN_SHORT = 30
"""Times that a word of one or two letters without accents must have been seen."""

_SHORT_FORMS = frozenset(["e", "ko", "ib"])
_LEAST_CHANCE = -12.0
"""Logarithm of the chance that a row of words must have for each of them."""

_QUANTITY = re.compile(r"(?<!\d)\d++(?:tr|kg|ml|k|g)?(?=[^\W\d_]{3,}\Z)(?=[^\W\d_]*[à-ỹăđơưâêô])")


def separate_joined(rewriter: Rewriter, odd: Iterable[str]) -> None:
    r"""Put the spaces back into the words among ``odd`` that are several words in a row.

    A token without accents might be a name or foreign; it is separated only if its words are usual
    ones that were seen side by side. A hashtag is no trick, and is separated all the same.

    Parameters
    ----------
    rewriter : Rewriter
        Holds text of the first stage.
    odd : iterable of str
        The words of the text that are no usual syllables.

    Examples
    --------
    >>> def separated(text):
    ...     rewriter = Rewriter(text)
    ...     separate_joined(rewriter, re.findall(r"\w+", text))
    ...     return rewriter.text
    >>> separated("thuốcgiảmcân sốtàikhoản, #hangcosan #khachsannhatrang")
    'thuốc giảm cân số tài khoản, #hang co san #khach san nha trang'
    >>> separated("băn khoăn, livestream, collagen, smartphone, iphone")
    'băn khoăn, livestream, collagen, smartphone, iphone'
    """
    found = {token: " ".join(units) for token in odd if (units := separated(token))}
    if found:
        rewriter.apply(
            [
                Edit(*match.span(2), found[match[2]], "" if match[1] else "joined")
                for match in _TOKEN.finditer(rewriter.text)
                if match[2] in found
            ]
        )


def separated(token: str) -> tuple[str, ...]:
    """Give the words of a token; none if it is one word, or what it is cannot be said.

    Examples
    --------
    >>> separated("thuốcgiảmcân"), separated("collagen")
    (('thuốc', 'giảm', 'cân'), ())
    """
    quantity = _QUANTITY.match(token) if token[:1].isdecimal() else None
    if quantity:
        rest = token[quantity.end() :]
        words_behind = (rest,) if counts().get(rest, 0) >= _SEEN else separated(rest)
        return (quantity[0], *words_behind) if words_behind else ()
    bare = token.isascii()
    fewest = _FEWEST_BARE_LETTERS if bare else _FEWEST_LETTERS
    if not fewest <= len(token) <= _LONGEST or not token.isalpha() or _is_word(token):
        return ()
    return _separated_bare(token) if bare else _likeliest(token)


@lru_cache(maxsize=1 << 12)
def _separated_bare(token: str) -> tuple[str, ...]:
    """Cut a token without accents into usual words that were seen side by side."""
    if not _may_be_cut(token):
        return ()
    units = split_units(token)
    usual = len(units) > 1 and min(map(weight, units)) >= _SEEN_BARE
    paired = usual and all(is_bare_pair(*pair) for pair in pairwise(units))
    return tuple(units) if paired else ()


@cache
def _bare_units() -> frozenset[str]:
    """Give the usual words without accents that a token may be cut into."""
    known = {*words(), *readings(), *counts()}
    return frozenset(unit for unit in known if unit.isascii() and weight(unit) >= _SEEN_BARE)


def _may_be_cut(token: str) -> bool:
    """Say whether usual words that were seen side by side make up a token in any way at all."""
    units, size = _bare_units(), len(token)
    beginning: dict[int, list[str]] = {size: []}  # the words from each place on, from the last one
    for end in range(size, 1, -1):
        if end in beginning:
            for start in range(max(0, end - LONGEST_UNIT), end - 1):
                unit = token[start:end]
                if unit in units and (
                    end == size or any(is_bare_pair(unit, right) for right in beginning[end])
                ):
                    beginning.setdefault(start, []).append(unit)
    return 0 in beginning


@lru_cache(maxsize=1 << 12)
def _likeliest(token: str) -> tuple[str, ...]:
    """Cut a token into usual words, so that their row is the likeliest; empty if that is none."""
    ends = _usual_ends(token)
    if not ends[0]:
        return ()
    rows: list[dict[str, tuple[float, tuple[str, ...]]]] = [{} for _ in range(len(token) + 1)]
    rows[0][""] = (0.0, ())
    for start, row_before in enumerate(rows[:-1]):
        for end in ends[start] if row_before else ():
            unit = token[start:end]
            first, last = spoken(unit)
            score, row = max(
                (score + word_chance(left, first), row) for left, (score, row) in row_before.items()
            )
            price = _SHORT_PRICE if first != unit else 0.0
            if score - price > rows[end].get(last, (-math.inf, ()))[0]:
                rows[end][last] = (score - price, (*row, unit))
    score, units = max(rows[-1].values())
    return units if len(units) > 1 and score > _LEAST_CHANCE * len(units) else ()


def _usual_ends(token: str) -> list[list[int]]:
    """Give where a usual word may end that begins at each place, if more make up the rest."""
    usual, size = _usual_units(), len(token)
    found: list[list[int]] = [[] for _ in range(size)]
    for end in range(size, 0, -1):
        if end == size or found[end]:
            for start in range(max(0, end - _LONGEST_WORD), end):
                if token[start:end] in usual:
                    found[start].append(end)
    return found


@cache
def _usual_units() -> frozenset[str]:
    """Give the words that others may be written behind without a space."""
    return frozenset(filter(_is_usual, {*words(), *latin_words(), *counts(), *_SHORT_FORMS}))


def _is_usual(unit: str) -> bool:
    """Say whether a unit is a word that others may be written behind without a space."""
    if unit in words() or (len(unit) >= _FEWEST_LATIN and unit in latin_words()):
        return True
    if len(unit) < _FEWEST_SURE and unit.isascii():
        return (len(unit) > 1 and counts().get(unit, 0) >= _SEEN_SHORT) or unit in _SHORT_FORMS
    return counts().get(unit, 0) >= (_SEEN_BARE if len(unit) == 1 else _SEEN)


def _is_word(token: str) -> bool:
    return token in counts() or token in words() or token in latin_words() or is_syllable(token)
