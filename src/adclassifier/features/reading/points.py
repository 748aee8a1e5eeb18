"""What the compiled normaliser knows of single code points."""

from __future__ import annotations

import functools
import re
import unicodedata

import numpy as np
from numpy.typing import NDArray

from adclassifier.features.codepoints import TABLE_SIZE, every_character
from adclassifier.text.codepoints import (
    KEYCAP,
    NEWLINE,
    code_point_table,
    is_other_mark,
    marks_and_joiners,
)
from adclassifier.text.emoji_words import emoji_signs
from adclassifier.text.flags import flags
from adclassifier.text.lookalikes import other_scripts
from adclassifier.text.phones import digit_letters

#: What `folds` says of code points that do not simply become another one.
PLAIN_WAY, DROP, INDICATOR = -1, -2, -3
#: The first of the marks that Vietnamese letters are composed with; the others lie below.
MARK = -4
#: A mark of another script, which stays behind what it stands on: less its combining class.
OTHER_MARK = -32
#: Below all marks.
NO_MARK = -512
_ASCII = 0x80
_SURROGATES = slice(0xD800, 0xE000)
_INDICATORS = slice(0x1F1E6, 0x1F1E6 + 26)
_MARKS = "\u0300\u0301\u0302\u0303\u0306\u0309\u031b\u0323"

#: Bits of `kinds`, each a class of the patterns in `adclassifier.text`.
ALNUM, ALPHA, DIGIT, SPACE, LINKING, ACCENTED, LOST, JOINER = (1 << bit for bit in range(8))
GAP, APART, LEET_SIGN, EMOJI, LATIN, OTHER, DIGIT_LETTER, NAMING = (
    1 << bit for bit in range(8, 16)
)

_CLASSES = {
    ALNUM: r"[^\W_]",
    ALPHA: r"[^\W\d_]",
    DIGIT: r"\d",
    SPACE: r"\s",
    LINKING: "[@:.mt]",
    ACCENTED: "[ăâđêôơưà-ỹ]",
    LOST: "[ăđơưà-ỹ]",
    JOINER: r"[^\w\s⟨⟩@$€£]",
    GAP: "[^\\w⟨⟩@#$€£%+|!=\"“”()'’]",
    APART: r"[\w/&+\-'’@#_%*=<>|\\⟨⟩$]",
    LEET_SIGN: r"[@$€£!|+]",
    NAMING: r"[@<\[{⟨]",
}


@functools.cache
def kinds() -> NDArray[np.uint16]:
    """Give the classes of each code point of folded text.

    Returns
    -------
    ndarray of shape (TABLE_SIZE,), uint16
        Sums of the bits above.
    """
    found = np.zeros(TABLE_SIZE, np.uint16)
    for bit, pattern in _CLASSES.items():
        for run in re.finditer(f"(?:{pattern})+", every_character()):
            found[slice(*run.span())] |= bit
    found[ord("_")] |= JOINER
    letters = found & ALPHA != 0
    letters[letters] = [chr(point).isalpha() for point in np.flatnonzero(letters).tolist()]
    found[letters] |= OTHER
    for blocks in (slice(0x250), slice(0x1E00, 0x1F00)):
        found[blocks][letters[blocks]] ^= OTHER | LATIN
    for bit, signs in ((EMOJI, emoji_signs()), (DIGIT_LETTER, digit_letters())):
        found[list(map(ord, signs))] |= bit
    return found


@functools.cache
def folds() -> NDArray[np.int32]:
    """Give what each code point becomes by itself.

    Returns
    -------
    ndarray of shape (TABLE_SIZE,), int32
        A code point in lower case, a new line for all that begin one; or ``DROP``, ``INDICATOR``
        (a letter of a flag), ``PLAIN_WAY`` where its neighbours or several characters come into
        it; ``MARK`` and below for a mark, ``OTHER_MARK`` and below for one of another script.
    """
    found = np.arange(TABLE_SIZE, dtype=np.int32)
    found[_SURROGATES] = PLAIN_WAY
    for point in _folding().tolist():
        found[point] = _folded(point)
    found[[ord(sign) for sign in NEWLINE.findall(every_character())]] = ord("\n")
    return found


def _folding() -> NDArray[np.int64]:
    """Find the code points that may become something else: the others need no closer look."""
    everything = every_character()
    lower = np.frombuffer(everything.replace("İ", "i").lower().encode("utf-32-le"), np.int32)
    special = lower != np.frombuffer(everything.encode("utf-32-le"), np.int32)
    is_composed = functools.partial(unicodedata.is_normalized, "NFC")
    special |= ~np.fromiter(map(is_composed, everything), np.bool_, TABLE_SIZE)
    special[:_ASCII] = True
    special[_INDICATORS] = True
    signs = {*map(chr, code_point_table()), *marks_and_joiners(), KEYCAP}
    signs.update(other_scripts().findall(everything))
    special[[point for point in map(ord, signs) if point < TABLE_SIZE]] = True
    special[_SURROGATES] = False
    return np.flatnonzero(special)


@functools.cache
def flag_pairs() -> NDArray[np.bool_]:
    """Whether two letters, as 26 · first + second, are a flag; shape (676,)."""
    found = np.zeros(26 * 26, np.bool_)
    for first, second in map(tuple, flags()):
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


def _folded(point: int) -> int:
    if point < _ASCII:
        lower = chr(point).lower()
        return DROP if code_point_table().get(ord(lower)) == "" else ord(lower)
    sign = chr(point)
    if not unicodedata.is_normalized("NFC", sign):
        return PLAIN_WAY
    if is_other_mark(sign) and sign.lower() == sign:
        return OTHER_MARK - unicodedata.combining(sign)
    if sign in _MARKS:
        return MARK - _MARKS.index(sign)
    if _INDICATORS.start <= point < _INDICATORS.stop:
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
