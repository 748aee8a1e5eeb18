"""Signs that a text holds a phone number in figures: the gates of `text.phones`, compiled.

Import through `Reader`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from adclassifier.features.jit import jit_inner, jit_lean, jit_spliced
from adclassifier.features.reading.points import ALNUM, DIGIT, DIGIT_LETTER
from adclassifier.features.reading.tables import Tables

FEWEST_ACCOUNT_DIGITS = 6
_FEWEST_PHONE_DIGITS = 10
_FEWEST_MASKED = 9
_FEWEST_DIGITS, _FEWEST_PLAIN = 2, 3
_MOST_GAP, _MOST_LETTERED_GAP = 5, 2
_DOT, _BLANK, _HYPHEN = 46, 32, 45
_X, _STAR, _BULLET, _HASH = 120, 42, 0x2022, 35
_ZEROS = (48, 0x6F, 0x43E, 0x3BF)


@jit_lean
def may_hold_number(points: NDArray[np.int32], n: int, tables: Tables) -> tuple[bool, bool]:
    """Whether there may be a phone number in figures, and whether a number as long as an account's.

    What is looked for are rows of digits with gaps: `phones` knows of at most five signs between
    two digits of a plain number, of two between letters that stand for digits, and of one in a
    masked number.
    """
    kinds = tables.kinds
    digits = 0
    for i in range(n):
        digits += kinds[points[i]] & DIGIT != 0
    if digits < _FEWEST_DIGITS:
        return False, False
    masked = hotline = lettered = False
    for i in range(n):
        masked = masked or (is_mask(points[i]) and i > 0 and is_mask(points[i - 1]))
        hotline = hotline or is_hotline(points, i, n, kinds)
        lettered = lettered or begins_lettered(points, i, n, kinds)
    long = digits >= FEWEST_ACCOUNT_DIGITS and holds_account(points, n, kinds)
    phone = hotline or (digits >= _FEWEST_PHONE_DIGITS and holds_phone(points, n, kinds))
    phone = phone or (masked and holds_masked(points, n, kinds))
    lettered = lettered and digits >= _FEWEST_PLAIN
    return phone or (lettered and holds_lettered(points, n, kinds)), long


@jit_inner
def is_narrow(point: int) -> bool:
    """Whether a sign may stand between the groups of a number."""
    return point in (_BLANK, _DOT, _HYPHEN)


@jit_spliced
def holds_account(points: NDArray[np.int32], n: int, kinds: NDArray[np.uint16]) -> bool:
    """Whether there is a number as long as that of an account."""
    count = gap = 0
    for i in range(n):
        if kinds[points[i]] & DIGIT:
            count, gap = count + 1, 0
            if count >= FEWEST_ACCOUNT_DIGITS:
                return True
        else:
            gap += 1
            if gap > 1 or not is_narrow(points[i]):
                count = 0
    return False


@jit_spliced
def holds_phone(points: NDArray[np.int32], n: int, kinds: NDArray[np.uint16]) -> bool:
    """Whether there are enough digits for a phone number from one with which it may begin."""
    count = gap = 0
    for i in range(n):
        if kinds[points[i]] & DIGIT:
            if count or begins_phone(points, i, n, kinds):
                count, gap = count + 1, 0
            if count >= _FEWEST_PHONE_DIGITS:
                return True
        else:
            gap += 1
            if gap > _MOST_GAP or kinds[points[i]] & ALNUM:
                count = 0
    return False


@jit_spliced
def holds_masked(points: NDArray[np.int32], n: int, kinds: NDArray[np.uint16]) -> bool:
    """Whether there may be a phone number some digits of which are hidden."""
    count = hidden = known = gap = 0
    for i in range(n):
        digit = kinds[points[i]] & DIGIT != 0
        if digit or is_mask(points[i]):
            hidden += not digit and i > 0 and is_mask(points[i - 1])
            count, known, gap = count + 1, known + digit, 0
            if count >= _FEWEST_MASKED and hidden >= 1 and known >= _FEWEST_DIGITS:
                return True
        else:
            gap += 1
            if gap > 1 or not is_narrow(points[i]):
                count = hidden = known = 0
    return False


@jit_spliced
def holds_lettered(points: NDArray[np.int32], n: int, kinds: NDArray[np.uint16]) -> bool:
    """Whether there may be a phone number with letters for some of its digits."""
    count = plain = gap = 0
    for i in range(n):
        bits = kinds[points[i]]
        if bits & (DIGIT | DIGIT_LETTER):
            if count or begins_lettered(points, i, n, kinds):
                count, plain, gap = count + 1, plain + (bits & DIGIT != 0), 0
            if count >= _FEWEST_PHONE_DIGITS and _FEWEST_PLAIN <= plain < count:
                return True
        else:
            gap += 1
            if gap > _MOST_LETTERED_GAP or bits & ALNUM:
                count = plain = 0
    return False


@jit_inner
def begins_phone(points: NDArray[np.int32], i: int, n: int, kinds: NDArray[np.uint16]) -> bool:
    """Whether a digit begins a group of digits with 0 or 84, as every phone number does."""
    if i > 0 and kinds[points[i - 1]] & DIGIT:
        return False
    return points[i] == 48 or (points[i] == 56 and i + 1 < n and points[i + 1] == 52)


@jit_inner
def begins_lettered(points: NDArray[np.int32], i: int, n: int, kinds: NDArray[np.uint16]) -> bool:
    """Whether a word begins with 0, a letter for it, or 84."""
    if not (points[i] in _ZEROS or (points[i] == 56 and i + 1 < n and points[i + 1] == 52)):
        return False
    return i == 0 or kinds[points[i - 1]] & ALNUM == 0


@jit_inner
def is_mask(point: int) -> bool:
    """Whether a sign hides a digit."""
    return point in (_X, _STAR, _BULLET, _HASH)


@jit_inner
def is_hotline(points: NDArray[np.int32], i: int, n: int, kinds: NDArray[np.uint16]) -> bool:
    """Whether 1800 or 1900 begins at a place, and a number goes on behind it."""
    if points[i] != 49 or i + 5 > n or points[i + 1] not in (56, 57):
        return False
    if points[i + 2] != 48 or points[i + 3] != 48:
        return False
    behind = i + 4
    if points[behind] in (_BLANK, _DOT, _HYPHEN):
        behind += 1
    return behind < n and (kinds[points[behind]] & DIGIT != 0 or points[behind] == _X)
