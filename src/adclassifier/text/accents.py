"""Strip accents, code point for code point."""

from __future__ import annotations

import unicodedata
from functools import cache


@cache
def accent_table() -> dict[int, int]:
    """Build the table from accented Latin letters to plain ones.

    Returns
    -------
    dict
        Code point to code point, upper and lower case; ``đ`` becomes ``d``. Letters that are not
        listed stay. In a form that a compiled kernel can turn into an array.

    Examples
    --------
    >>> chr(accent_table()[ord("ố")]), chr(accent_table()[ord("Đ")])
    ('o', 'D')
    """
    table = {ord("đ"): ord("d"), ord("Đ"): ord("D")}
    # Latin-1 to Latin Extended-B, and Latin Extended Additional, where the Vietnamese letters are
    for point in (*range(0xC0, 0x250), *range(0x1E00, 0x1F00)):
        base = unicodedata.normalize("NFD", chr(point))[0]
        if base.isascii():
            table[point] = ord(base)
    return table


def strip_accents(text: str) -> str:
    """Strip the accents of Latin letters, code point for code point.

    Parameters
    ----------
    text : str
        Usually canonical text (NFC).

    Returns
    -------
    str
        Of the same length, so that offsets stay valid.

    Examples
    --------
    >>> strip_accents("đặc trị tiểu đường")
    'dac tri tieu duong'
    """
    return text if text.isascii() else text.translate(accent_table())
