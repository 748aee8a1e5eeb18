"""Tell flags from words that are spelled with the letters of flags."""

from __future__ import annotations

from functools import cache

from adclassifier.text import tables

_INDICATOR_A = 0x1F1E6


@cache
def flags() -> frozenset[str]:
    """Read the pairs of letters that are shown as a flag."""
    return frozenset(tables.toml_table("signs.toml")["flags"].split())


def flags_end(text: str, start: int, end: int) -> int:
    """Give the end of a row of flags that begins at a place.

    Regional indicators that do not pair up to flags spell a word, all of them.

    Parameters
    ----------
    text : str
    start, end : int
        Half-open span to look at.

    Returns
    -------
    int
        ``start`` if there is none.

    Examples
    --------
    >>> flags_end("🇻🇳 🇿🇦🇱🇴", 0, 2), flags_end("🇻🇳 🇿🇦🇱🇴", 3, 7)
    (2, 3)
    """
    if not _is_indicator(text[start]) or (start and _is_indicator(text[start - 1])):
        return start
    stop = start
    while stop < end and _is_indicator(text[stop]):
        stop += 1
    letters = "".join(chr(ord(sign) - _INDICATOR_A + ord("a")) for sign in text[start:stop])
    pairs = {letters[place : place + 2] for place in range(0, len(letters), 2)}
    return stop if pairs <= flags() else start


def _is_indicator(sign: str) -> bool:
    return _INDICATOR_A <= ord(sign) < _INDICATOR_A + 26
