"""What the compiled normaliser knows of single code points."""

from __future__ import annotations

import functools
import re
import unicodedata

import numpy as np
from numpy.typing import NDArray

from adclassifier.features.codepoints import TABLE_SIZE
from adclassifier.text.codepoints import (
    KEYCAP,
    code_point_table,
    flags,
    is_other_mark,
    marks_and_joiners,
)
from adclassifier.text.emoji_words import emoji_signs
from adclassifier.text.lookalikes import other_scripts
from adclassifier.text.phones import digit_letters

#: What `folds` says of code points that do not simply become another one.
PLAIN_WAY, DROP, INDICATOR = -1, -2, -3
#: The first of the marks that Vietnamese letters are composed with; the others lie below.
MARK = -4
#: A mark of another script, which stays behind what it stands on.
OTHER_MARK = -32
_MARKS = "\u0300\u0301\u0302\u0303\u0306\u0309\u031b\u0323"

#: Bits of `kinds`, each a class of the patterns in `adclassifier.text`.
ALNUM, ALPHA, DIGIT, SPACE, NEWLINE, ACCENTED, LOST, JOINER = (1 << bit for bit in range(8))
GAP, APART, LEET_SIGN, EMOJI, LATIN, OTHER, DIGIT_LETTER = (
    1 << bit for bit in range(8, 15)
)

_CLASSES = {
    ALNUM: r"[^\W_]",
    ALPHA: r"[^\W\d_]",
    DIGIT: r"\d",
    SPACE: r"\s",
    NEWLINE: "[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]",
    ACCENTED: "[ăâđêôơưà-ỹ]",
    LOST: "[ăđơưà-ỹ]",
    JOINER: r"(?:[^\w\s⟨⟩@$€£]|_)",
    GAP: "[^\\w⟨⟩@#$€£%+|!=\"“”()'’]",
    APART: r"[\w/&+\-'’@#_%*=<>|\\⟨⟩$]",
    LEET_SIGN: r"[@$€£!|+]",
}


@functools.cache
def kinds() -> NDArray[np.uint16]:
    """Classes of each code point of folded text.

    Returns
    -------
    ndarray of shape (TABLE_SIZE,), uint16
        Sums of the bits above.
    """
    everything = "".join(map(_character, range(TABLE_SIZE)))
    found = np.zeros(TABLE_SIZE, np.uint16)
    for bit, pattern in _CLASSES.items():
        places = [match.start() for match in re.finditer(pattern, everything)]
        found[places] |= bit
    for point in np.flatnonzero(found & ALPHA).tolist():
        latin = point < 0x250 or 0x1E00 <= point < 0x1F00
        if chr(point).isalpha():
            found[point] |= LATIN if latin else OTHER
    for bit, signs in ((EMOJI, emoji_signs()), (DIGIT_LETTER, digit_letters())):
        found[list(map(ord, signs))] |= bit
    return found


@functools.cache
def folds() -> NDArray[np.int32]:
    """What each code point becomes by itself.

    Returns
    -------
    ndarray of shape (TABLE_SIZE,), int32
        A code point in lower case, or ``DROP``, ``INDICATOR`` (a letter of a flag), ``PLAIN_WAY``
        where its neighbours or several characters come into it; ``MARK`` and
        below for a mark.
    """
    return np.array([_folded(point) for point in range(TABLE_SIZE)], np.int32)


@functools.cache
def flag_pairs() -> NDArray[np.bool_]:
    """Whether two letters, as 26 · first + second, are a flag; shape (676,)."""
    found = np.zeros(26 * 26, np.bool_)
    for first, second in flags():
        found[26 * (ord(first) - ord("a")) + ord(second) - ord("a")] = True
    return found


@functools.cache
def composed() -> NDArray[np.int32]:
    """Letters with one more mark, as one code point each.

    Returns
    -------
    ndarray of shape (0x250 + 0x100, 8), int32
        By lower-case letter (those from U+1E00 behind the others) and mark; -1 where there is none.
    """
    letters = [*range(0x250), *range(0x1E00, 0x1F00)]
    found = np.full((len(letters), len(_MARKS)), -1, np.int32)
    for row, point in enumerate(letters):
        for column, mark in enumerate(_MARKS):
            joined = unicodedata.normalize("NFC", chr(point) + mark)
            if len(joined) == 1 and _folded(ord(joined)) == ord(joined):
                found[row, column] = ord(joined)
    return found


def _character(point: int) -> str:
    return "\ufffd" if 0xD800 <= point < 0xE000 else chr(point)


def _folded(point: int) -> int:
    if point < 0x80:
        lower = chr(point).lower()
        return DROP if code_point_table().get(ord(lower)) == "" else ord(lower)
    sign = chr(point)
    if 0xD800 <= point < 0xE000 or not unicodedata.is_normalized("NFC", sign):
        return PLAIN_WAY
    if is_other_mark(sign) and sign.lower() == sign:
        return OTHER_MARK
    if sign in _MARKS:
        return MARK - _MARKS.index(sign)
    if 0x1F1E6 <= point < 0x1F1E6 + 26:
        return INDICATOR
    if sign == KEYCAP:
        return DROP  # with or without a character before it
    lower = "i" if sign == "İ" else sign.lower()
    new = code_point_table().get(ord(lower), lower) if len(lower) == 1 else ""
    if new == "" and len(lower) == 1:
        return DROP
    alone = len(new) == 1 and not any(map(_needs_neighbours, (sign, lower, new)))
    return ord(new) if alone else PLAIN_WAY


def _needs_neighbours(sign: str) -> bool:
    return sign in marks_and_joiners() or other_scripts().match(sign) is not None
