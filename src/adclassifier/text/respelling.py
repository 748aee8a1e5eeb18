"""Read syllables that are spelled by ear or by fashion: "zá" (giá), "thuốk", "kág", "gía"."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Set
from functools import cache, lru_cache

from adclassifier.text import tables
from adclassifier.text.accents import strip_accents
from adclassifier.text.language import latin_words
from adclassifier.text.neighbours import around, pair_count, word_chance
from adclassifier.text.offsets import Edit, Rewriter
from adclassifier.text.short_forms import spoken
from adclassifier.text.spelling import counts, readings, words
from adclassifier.text.syllables import is_bare_syllable, is_syllable

_TOKEN = re.compile(r"(?<![\w@#⟨.])[^\W\d_]+(?![\w⟩@]|\.\w)")
_TONES = frozenset("\u0300\u0301\u0303\u0309\u0323")
_SHORTEST = 2
_LONGEST = 8
_LEAST_COUNT = 3
_LEAST_BARE_COUNT = 20
_LEAST_PAIRS = 3
"""Texts in which a word was seen beside its neighbour, where the spelling has no accents."""

_PRICES = {"fashion": 2.5, "dialect": 5.0}
"""Natural logarithm of how much rarer than a word a respelling of it is, for each change."""

_LOST_PRICE = 3.0
"""What it costs on top to restore accents to a spelling without."""

_MOVED_PRICE = 1.0
_MOST_READINGS = 8


def respell(rewriter: Rewriter, odd: Set[str]) -> None:
    """Write the syllables that the words among ``odd`` mean, where their neighbours agree.

    Parameters
    ----------
    rewriter : Rewriter
        Holds text of the first stage.
    odd : set of str
        The words of the text that are no usual syllables.

    Examples
    --------
    >>> def respelled(text):
    ...     rewriter = Rewriter(text)
    ...     respell(rewriter, set(text.split()) - counts().keys())
    ...     return rewriter.text
    >>> respelled("bán thuốk zảm cân zá rẻ, khôg fải đâu")
    'bán thuốc giảm cân giá rẻ, không phải đâu'
    >>> respelled("zara jeans pizza của wendy")
    'zara jeans pizza của wendy'
    """
    found = {token for token in odd if meanings(token)}
    if found:
        text = rewriter.text
        rewriter.apply(
            [
                Edit(*match.span(), new, "short_form")
                for match in _TOKEN.finditer(text)
                if match[0] in found and (new := meant(text, *match.span()))
            ]
        )


@lru_cache(maxsize=1 << 14)
def _parted(syllable: str) -> tuple[str, str]:
    """Part letters and tone: the tone may stand on any vowel."""
    parts = unicodedata.normalize("NFD", syllable)
    tone = "".join(sign for sign in parts if sign in _TONES)
    letters = "".join(sign for sign in parts if sign not in _TONES)
    return unicodedata.normalize("NFC", letters), tone


@cache
def _syllables() -> dict[tuple[str, str], str]:
    """Give the usual syllable of letters and tone."""
    found: dict[tuple[str, str], str] = {}
    for syllable, count in counts().items():
        key = _parted(syllable)
        if count > counts().get(found.get(key, ""), 0):
            found[key] = syllable
    return found


@cache
def _toned_words() -> dict[tuple[str, str], tuple[str, ...]]:
    """Give the usual syllable of letters and tone, where it was seen often enough."""
    usual = _syllables().items()
    return {key: (word,) for key, word in usual if counts()[word] >= _LEAST_COUNT}


@cache
def _bare_words() -> dict[tuple[str, str], tuple[str, ...]]:
    """Give the usual syllables of letters that lost their accents; no tone is in the key."""
    often = {
        bare: tuple(word for count, word in found if count >= _LEAST_BARE_COUNT)
        for bare, found in readings().items()
    }
    return {(bare, ""): words for bare, words in often.items() if words}


@cache
def _rules(place: str) -> list[tuple[str, str, float]]:
    """Read tables/respelling.toml: what is written in a place, what it means, and the price."""
    table = tables.toml_table("respelling.toml")
    return [
        (written, full, price)
        for manner, price in _PRICES.items()
        for written, meant in table[manner][place].items()
        for full in meant.split()
    ]


@cache
def _spellings() -> frozenset[str]:
    """Give what may mean a usual syllable, without accents: the rules taken backwards, in turn."""
    found = {letters for letters, _ in (*_bare_words(), *_toned_words())}
    found |= {
        letters[: -len(full)] + written
        for written, full, _ in _rules("codas")
        for letters in found
        if letters.endswith(full)
    }
    found |= {
        letters[:place] + written + letters[place + len(full) :]
        for written, full, _ in _rules("nuclei")
        for letters in found
        for place in range(len(letters))
        if letters.startswith(full, place)
    }
    found |= {
        written + letters[len(full) :]
        for written, full, _ in _rules("onsets")
        for letters in found
        if letters.startswith(full)
    }
    return frozenset(map(strip_accents, found))


def _onsets(letters: str) -> list[tuple[str, float]]:
    """Give what letters may mean by the rules for their beginning, with the price."""
    found = [(letters, 0.0)]
    for written, full, price in _rules("onsets"):
        if letters.startswith(written):
            found.append((full + letters[len(written) :], price))
    return found


def _nuclei(letters: str) -> list[tuple[str, float]]:
    """Give what letters may mean by the rules for their middle."""
    found, behind = [(letters, 0.0)], letters[1:]
    for written, full, price in _rules("nuclei"):
        if written in behind:
            found.append((letters.replace(written, full, 1), price))
    return found


def _codas(letters: str) -> list[tuple[str, float]]:
    """Give what letters may mean by the rules for their end."""
    found = [(letters, 0.0)]
    for written, full, price in _rules("codas"):
        if letters.endswith(written) and len(letters) > len(written):
            found.append((letters[: -len(written)] + full, price))
    return found


def meanings(token: str) -> tuple[tuple[str, float], ...]:
    """Give the usual syllables that a spelling by ear may mean, with what each costs.

    Parameters
    ----------
    token : str
        Lower case.

    Returns
    -------
    tuple of (str, float)
        The cheapest first; empty for usual syllables and foreign words.

    Examples
    --------
    >>> [meanings(token)[0][0] for token in ("thuốk", "gía", "páh")]
    ['thuốc', 'giá', 'bánh']
    >>> meanings("thuốc"), meanings("zara")
    ((), ())
    """
    sized = _SHORTEST <= len(token) <= _LONGEST
    return _respelled(token) if sized and strip_accents(token) in _spellings() else ()


@lru_cache(maxsize=1 << 12)
def _respelled(token: str) -> tuple[tuple[str, float], ...]:
    """Give the usual syllables that letters mean which rules make of them, and their tone."""
    if _is_known(token):
        return ()
    bare = token.isascii()
    letters, tone = (token, "") if bare else _parted(token)
    usual = _bare_words() if bare else _toned_words()
    found: dict[str, float] = {}
    for onset, first in _onsets(letters):
        for nucleus, second in _nuclei(onset):
            for whole, third in _codas(nucleus):
                plain = first + second + third or _MOVED_PRICE
                for syllable in usual.get((whole, tone), ()):
                    lost = bare and not syllable.isascii()
                    price = plain + (_LOST_PRICE if lost else 0.0)
                    found[syllable] = min(price, found.get(syllable, price))
    cheapest = sorted(found.items(), key=lambda pair: (pair[1], -counts()[pair[0]]))
    return tuple(cheapest[:_MOST_READINGS])


def _is_known(token: str) -> bool:
    if token in counts() or token in words():
        return True
    if token.isascii():
        return token in latin_words() or is_bare_syllable(token)
    return is_syllable(token)  # rare, but what it says: "pía", "vâu"


def meant(text: str, start: int, end: int) -> str:
    """Choose what a spelling by ear means between its neighbours.

    Parameters
    ----------
    text : str
        Text of the first stage.
    start, end : int
        Half-open span of the token.

    Returns
    -------
    str
        Empty if it rather means itself: a name, a foreign word.

    Examples
    --------
    >>> meant("bán kem zá rẻ", 8, 10)
    'giá'
    """
    token = text[start:end]
    found = meanings(token)
    if not found:
        return ""
    left, right = around(text, start, end)
    left, right = spoken(left)[1], spoken(right)[0]

    def chance(syllable: str) -> float:
        return word_chance(left, syllable) + word_chance(syllable, right)

    best, price = max(found, key=lambda pair: chance(pair[0]) - pair[1])
    if token.isascii() and pair_count(left, best, right) < _LEAST_PAIRS:
        return ""
    return best if chance(best) - price > chance(token) else ""
