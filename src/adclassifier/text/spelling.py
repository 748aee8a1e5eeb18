"""Know which syllables and words are usual, to restore what a trick has broken."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Set
from functools import cache, lru_cache

from adclassifier.text import tables
from adclassifier.text.accents import strip_accents
from adclassifier.text.syllables import bare_syllables, is_bare_syllable, syllables

_MIN_SHARE = 0.7
"""An accented reading is restored if it has this share of the counts of its spelling without
accents; measured on data/corpus, 88 % of the readings restored at 0.7 are right."""

LONGEST_UNIT = 8
"""Letters in the longest unit that joining makes ("facebook"); syllables have at most seven."""


@cache
def counts() -> dict[str, int]:
    """Read how often each usual syllable stands in our captions.

    Returns
    -------
    dict
        Syllable to count, at least 1.

    Examples
    --------
    >>> counts()["thuốc"] > counts()["thuộc"] > 0
    True
    """
    rows = tables.tsv_pairs("syllable_counts.tsv")
    return {syllable: int(count) for syllable, count in rows}


@cache
def words() -> frozenset[str]:
    """Read the words that are no syllables and that a broken spelling may stand for.

    Returns
    -------
    frozenset of str
        Lower case.

    Examples
    --------
    >>> "zalo" in words()
    True
    """
    return frozenset(" ".join(row["words"] for row in tables.tsv_rows("words.tsv")).split())


@cache
def readings() -> dict[str, list[tuple[int, str]]]:
    """Group the usual syllables by their spelling without accents.

    Returns
    -------
    dict
        Spelling without accents to pairs of count and syllable, in no particular order.

    Examples
    --------
    >>> max(readings()["thuoc"])[1]
    'thuốc'
    """
    found: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for syllable, count in counts().items():
        found[strip_accents(syllable)].append((count, syllable))
    return dict(found)


@cache
def _pairs() -> dict[str, tuple[int, float]]:
    """Read tables/pairs.tsv: two syllables to their count and cohesion."""
    rows = tables.tsv_rows("pairs.tsv")
    return {row["pair"]: (int(row["count"]), float(row["cohesion"])) for row in rows}


@cache
def _bare_pairs() -> dict[str, str]:
    """Give the usual spelling of each pair that is written without accents."""
    found: dict[str, tuple[int, str]] = {}
    for pair, (count, _) in _pairs().items():
        bare = strip_accents(pair)
        found[bare] = max(found.get(bare, (0, "")), (count, pair))
    return {bare: pair for bare, (_, pair) in found.items()}


def is_pair(left: str, right: str, *, cohesion: float = 0.0) -> bool:
    """Say whether two syllables are often side by side.

    Parameters
    ----------
    left, right : str
        As they are written, accents included.
    cohesion : float, default=0.0
        Bits by which the pair must be more frequent than chance; two words that merely follow each
        other have 3, the parts of a compound 7.

    Returns
    -------
    bool

    Examples
    --------
    >>> is_pair("giá", "rẻ"), is_pair("giá", "rẻ", cohesion=7.0)
    (True, False)
    >>> is_pair("xách", "tay", cohesion=7.0)
    True
    """
    found = _pairs().get(f"{left} {right}")
    return found is not None and found[1] >= cohesion


def usual_pair(left: str, right: str) -> tuple[str, str]:
    """Give the spelling with accents of two syllables of which one may have lost them.

    Parameters
    ----------
    left, right : str
        Neighbours; what carries accents must keep them.

    Returns
    -------
    (str, str)
        The usual pair that fits, or two empty strings.

    Examples
    --------
    >>> usual_pair("giảm", "can"), usual_pair("xach", "tay"), usual_pair("giám", "can")
    (('giảm', 'cân'), ('xách', 'tay'), ('', ''))
    """
    pair = _bare_pairs().get(strip_accents(f"{left} {right}"))
    if pair is None:
        return "", ""
    first, second = pair.split(" ")
    return (first, second) if _fits(left, first) and _fits(right, second) else ("", "")


def _fits(written: str, full: str) -> bool:
    """Say whether a spelling differs from another only by accents that it lacks."""
    letters = zip(written, full, strip_accents(full), strict=True)
    return all(letter in (accented, bare) for letter, accented, bare in letters)


def restorations(written: str, lost: Set[int]) -> list[str]:
    """Give the usual syllables that a spelling may stand for whose accents were lost in places.

    Parameters
    ----------
    written : str
        Lower case.
    lost : set of int
        Places of the letters that may have lost their accents; the others must stay.

    Returns
    -------
    list of str
        In no particular order.

    Examples
    --------
    >>> {"nhận", "nhắn"} <= set(restorations("nhan", {2})), restorations("xach", {1})[0]
    (True, 'xách')
    """
    return [
        syllable
        for _, syllable in readings().get(strip_accents(written), ())
        if all(place in lost or written[place] == syllable[place] for place in range(len(written)))
    ]


def usual_reading(bare: str) -> str:
    """Give the accented syllable that a bare one most likely stands for, or the bare one.

    Parameters
    ----------
    bare : str
        A syllable without accents.

    Returns
    -------
    str
        The reading with at least seven tenths of the counts; otherwise ``bare``.

    Examples
    --------
    >>> usual_reading("thuoc"), usual_reading("ban")
    ('thuốc', 'ban')
    """
    found = readings().get(bare)
    if not found:
        return bare
    best, reading = max(found)
    return reading if best >= _MIN_SHARE * sum(count for count, _ in found) else bare


def weight(unit: str) -> int:
    """Say how usual a word, a syllable or a syllable without accents is; 0 if it is none.

    Parameters
    ----------
    unit : str
        Lower case.

    Returns
    -------
    int
        Its count; for a bare syllable that of all its readings; 100 for a listed word.

    Examples
    --------
    >>> weight("zalo"), weight("uốc"), weight("ghuy")
    (100, 0, 0)
    """
    if unit in words():
        return 100
    known = counts().get(unit, 0)
    if unit.isascii() and is_bare_syllable(unit):
        return known + sum(count for count, _ in readings().get(unit, ()))
    return known


def is_unit(unit: str) -> bool:
    """Say whether letters make a possible syllable, bare or accented, or a listed word."""
    return unit in _units()


@cache
def _units() -> frozenset[str]:
    return words() | bare_syllables() | syllables()


@lru_cache(maxsize=1 << 14)
def _score(unit: str) -> float:
    """Rate a unit; each further one costs, so that the longer one wins unless it is rare."""
    return math.log(weight(unit) + 0.1) - 9.0


def split_units(letters: str) -> list[str]:
    """Cut a run of letters into syllables and words, the most usual way.

    Parameters
    ----------
    letters : str
        Letters that were spaced or dotted apart, joined.

    Returns
    -------
    list of str
        Units of two letters or more that make up the run, empty if there is no way.

    Examples
    --------
    >>> split_units("thuốctây"), split_units("bánhàng"), split_units("ibzalo")
    (['thuốc', 'tây'], ['bán', 'hàng'], ['ib', 'zalo'])
    >>> split_units("smlxl")
    []
    """
    possible = _units()
    best: list[tuple[float, int]] = [(0.0, 0)] + [(-math.inf, 0)] * len(letters)
    for start, (before, _) in enumerate(best):
        if before > -math.inf:
            for end in range(start + 2, min(start + LONGEST_UNIT, len(letters)) + 1):
                unit = letters[start:end]
                if unit in possible:
                    best[end] = max(best[end], (before + _score(unit), start))
    if best[-1][0] == -math.inf:
        return []
    units, end = [], len(letters)
    while end:
        start = best[end][1]
        units.append(letters[start:end])
        end = start
    return units[::-1]
