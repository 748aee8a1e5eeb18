"""Say how well a syllable stands between its neighbours, to choose between readings of a word."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache

from adclassifier.text import tables
from adclassifier.text.accents import strip_accents
from adclassifier.text.language import latin_words
from adclassifier.text.spelling import counts, words

_BEFORE = re.compile(r"(?<![^\W_])(?<![^\W_][@$€£!|+.*/-])([^\W\d_]+) \Z")
_AFTER = re.compile(r" ([^\W\d_]+)(?![^\W_]|[@$€£!|+.*/-][^\W_])")
_REACH = 12
PAIR_SHARE = 0.8
"""Weight of the pair against the single syllable when the chance of a neighbour is reckoned."""

N_WORDS = 400_000
"""Words of data/corpus and half as many that were not seen: a chance is a count over this."""

_LATIN_CHANCE = -10.0
"""Logarithm of the chance of a word that is no syllable and was not counted."""


@cache
def _pair_counts() -> dict[str, int]:
    """Read tables/pairs.tsv and tables/neighbours.tsv: two syllables to their count."""
    names = ("neighbours.tsv", "pairs.tsv")
    rows = [row for name in names for row in tables.tsv_pairs(name)]
    return {pair: int(count) for pair, count in rows}


@cache
def _bare_pairs() -> frozenset[str]:
    """Give the pairs that were seen, without their accents."""
    return frozenset(strip_accents("\n".join(_pair_counts())).split("\n"))


def pair_counts() -> Mapping[str, int]:
    """Give the pairs of syllables that were seen, with their counts.

    Returns
    -------
    mapping of str to int
        Two syllables with a space between.
    """
    return _pair_counts()


def is_bare_pair(left: str, right: str) -> bool:
    """Say whether two syllables were seen side by side, whatever their accents.

    Parameters
    ----------
    left, right : str
        Lower case, without accents.

    Returns
    -------
    bool

    Examples
    --------
    >>> is_bare_pair("khach", "san"), is_bare_pair("san", "khoeo")
    (True, False)
    """
    return f"{left} {right}" in _bare_pairs()


def around(text: str, start: int, end: int) -> tuple[str, str]:
    """Give the words right before and behind a span, one space apart; empty where there is none.

    Parameters
    ----------
    text : str
        Text of the first stage.
    start, end : int
        Half-open span.

    Returns
    -------
    (str, str)

    Examples
    --------
    >>> around("hàng xach tay, nhật", 5, 9), around("hàng xach tay, nhật", 10, 13)
    (('hàng', 'tay'), ('xach', ''))
    """
    before = _BEFORE.search(text, max(0, start - _REACH), start)
    after = _AFTER.match(text, end, end + _REACH)
    return before[1] if before else "", after[1] if after else ""


def pair_count(left: str, unit: str, right: str) -> int:
    """Say how often a syllable was seen beside its neighbours.

    Parameters
    ----------
    left, unit, right : str
        Lower case, with accents; a neighbour may be empty.

    Returns
    -------
    int
        Texts that hold the left pair plus texts that hold the right one.

    Examples
    --------
    >>> pair_count("hàng", "xách", "tay") > pair_count("", "xạch", "tay") == 0
    True
    """
    pairs = _pair_counts()
    return pairs.get(f"{left} {unit}", 0) + pairs.get(f"{unit} {right}", 0)


def fit(left: str, units: Iterable[str], right: str) -> float:
    """Rate a row of syllables between two neighbours.

    Parameters
    ----------
    left, right : str
        Neighbours; empty where there is none.
    units : iterable of str
        What would stand between them.

    Returns
    -------
    float
        Natural logarithm of the chance of the row and of its right neighbour behind the left one.

    Examples
    --------
    >>> fit("thuốc", ["giảm"], "cân") > fit("thuốc", ["giám"], "cân")
    True
    """
    row = [left, *units, right]
    return sum(log_chance(*row[place - 1 : place + 1]) for place in range(1, len(row)))


@lru_cache(maxsize=1 << 14)
def log_chance(left: str, right: str) -> float:
    """Give the logarithm of the chance that a syllable stands behind another.

    Parameters
    ----------
    left, right : str
        Lower case, with accents; either may be empty.

    Returns
    -------
    float
        Natural logarithm, 0 for no syllable on the right.

    Examples
    --------
    >>> log_chance("giảm", "cân") > log_chance("giảm", "cần")
    True
    """
    if not right:
        return 0.0
    known = counts()
    paired = _pair_counts().get(f"{left} {right}", 0) / max(known.get(left, 1), 1)
    single = (known.get(right, 0) + 0.1) / N_WORDS
    return math.log(PAIR_SHARE * min(paired, 1.0) + (1 - PAIR_SHARE) * single)


@lru_cache(maxsize=1 << 14)
def word_chance(left: str, right: str) -> float:
    """Give the logarithm of the chance of a word behind another, also of words not counted.

    Parameters
    ----------
    left, right : str
        Lower case, with accents; either may be empty.

    Returns
    -------
    float
        That of `log_chance`, more for words that are known to be no syllables ("zalo").

    Examples
    --------
    >>> word_chance("ib", "zalo") > word_chance("ib", "xyzzy")
    True
    """
    if right.isascii() and right not in counts() and (right in words() or right in latin_words()):
        return _LATIN_CHANCE
    return log_chance(left, right)


def best_fit(left: str, readings: Iterable[str], right: str) -> tuple[str, float]:
    """Choose the reading that stands best between two neighbours.

    Parameters
    ----------
    left, right : str
        Neighbours; empty where there is none.
    readings : iterable of str
        Syllables to choose from.

    Returns
    -------
    (str, float)
        The best one and its share of the chances of all, in (0, 1]; ("", 0.0) without readings.

    Examples
    --------
    >>> best_fit("thuốc", ["giám", "giảm", "giam"], "cân")[0]
    'giảm'
    """
    rated = sorted(((fit(left, [reading], right), reading) for reading in readings), reverse=True)
    if not rated:
        return "", 0.0
    best, reading = rated[0]
    return reading, 1 / sum(math.exp(score - best) for score, _ in rated)
