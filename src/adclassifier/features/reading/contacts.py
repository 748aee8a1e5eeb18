"""Placeholders of contacts, and signs that a text holds other contacts: compiled.

What `text.contacts` and `text.phones` look for begins with few signs; where none of them stands the
stages have nothing to do. Import through `Reader`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from adclassifier.features.hashing import CLOSE, OPEN, mix
from adclassifier.features.jit import jit_in_place
from adclassifier.features.reading.folding import put
from adclassifier.features.reading.points import ALNUM, DIGIT, DIGIT_LETTER
from adclassifier.features.reading.tables import Tables, contains

#: What an ending of `Tables.endings` is: of any link, before a path only, of a known host.
ANY_LINK, BEFORE_PATH, OF_HOST = 1, 2, 3
_MOST_LETTERS = 9
_FEWEST_ACCOUNT_DIGITS = 6
_FEWEST_PHONE_DIGITS = 10
_FEWEST_MASKED = 9
_MOST_GAP = 5
_WORD_SEED = np.uint64(0x51ED270B0F3A2C17)
_AT, _DOT, _COLON, _SLASH, _BLANK, _HYPHEN, _UNDERSCORE = 64, 46, 58, 47, 32, 45, 95
_X, _STAR, _BULLET, _HASH, _PERCENT, _PLUS = 120, 42, 0x2022, 35, 37, 43
_LONGEST_HANDLE = 31
_ZEROS = (48, 0x6F, 0x43E, 0x3BF)


@jit_in_place
def hash_range(points: NDArray[np.int32], start: int, end: int, seed: np.uint64) -> np.uint64:
    """Hash some code points; never 0."""
    state = seed
    for i in range(start, end):
        state = mix(state, np.uint64(points[i]))
    return state if state != np.uint64(0) else np.uint64(1)


@jit_in_place
def word_key(points: NDArray[np.int32], start: int, end: int) -> np.uint64:
    """Key of a word."""
    return hash_range(points, start, end, _WORD_SEED)


@jit_in_place
def placeholder_end(points: NDArray[np.int32], i: int, n: int, tables: Tables) -> tuple[int, int]:
    """End of a placeholder that begins at a bracket, and the end of its name; (-1, 0) if none."""
    name = i + 1
    while name < n and name - i <= _MOST_LETTERS and 97 <= points[name] <= 122:
        name += 1
    if name == i + 1 or not contains(tables.placeholders, word_key(points, i + 1, name)):
        return -1, 0
    end = name
    digits = end
    if digits < n and points[digits] in (_BLANK, _UNDERSCORE):
        digits += 1
    first = digits
    while digits < n and digits - first < 2 and tables.kinds[points[digits]] & DIGIT:
        digits += 1
    if digits > first:
        end = digits
    if end < n and points[end] in (93, 125, 62, CLOSE):
        return end + 1, name
    return -1, 0


@jit_in_place
def mark_placeholders(
    points: NDArray[np.int32], n: int, tables: Tables, out: NDArray[np.int32]
) -> tuple[int, bool]:
    """Write the text with one token for each placeholder and handle.

    Returns its length, -1 where it cannot be said, and if it changed.
    """
    m = 0
    i = 0
    changed = False
    while i < n:
        point = points[i]
        if point == _AT:
            end = handle_end(points, i, n, tables.kinds)
            if end == -2 or m + len(tables.account) > out.shape[0]:
                return -1, True
            if end > 0:
                m = put(out, m, tables.account, 0, len(tables.account))
                changed = True
                i = end
                continue
        if point in (60, 91, 123, OPEN):
            end, name = placeholder_end(points, i, n, tables)
            if end >= 0:
                changed = changed or point != OPEN or points[end - 1] != CLOSE or end != name + 1
                out[m] = OPEN
                for k in range(i + 1, name):
                    out[m + k - i] = points[k]
                m += name - i + 1
                out[m - 1] = CLOSE
                i = end
                continue
        out[m] = point
        m += 1
        i += 1
    return m, changed


@jit_in_place
def may_hold_link(points: NDArray[np.int32], n: int, tables: Tables) -> bool:
    """Whether there is an address, or a dot in words, or what a link ends with."""
    kinds = tables.kinds
    for i in range(n):
        point = points[i]
        if point == _AT and i > 0 and begins_address(points[i - 1], kinds):
            return True
        if point == _COLON and i + 2 < n and points[i + 1] == _SLASH and points[i + 2] == _SLASH:
            return True
        if point == _DOT and ends_link(points, i, n, tables):
            return True
        spelled = point in (109, 116) and spells_dot(points, i)
        if spelled or point == _DOT:
            start = i + 1
            if spelled and start < n and points[start] in (41, 93):
                start += 1
            if start < n and points[start] in (_BLANK, 10):
                start += 1
            end = start
            while end < n and kinds[points[end]] & ALNUM:
                end += 1
            if end > start and contains(tables.dotted, word_key(points, start, end)):
                return True
    return False


@jit_in_place
def begins_address(point: int, kinds: NDArray[np.uint16]) -> bool:
    """Whether a sign may stand in front of the @ of an address, or keeps it from being a handle."""
    return kinds[point] & ALNUM != 0 or point in (_DOT, _UNDERSCORE, _AT, _PERCENT, _PLUS, _HYPHEN)


@jit_in_place
def handle_end(points: NDArray[np.int32], i: int, n: int, kinds: NDArray[np.uint16]) -> int:
    """End of the name of an account that begins with @; -1 for none, -2 where it cannot be said."""
    if i > 0 and begins_address(points[i - 1], kinds):
        return -1
    end = i + 1
    letters = False
    while end < n and (97 <= points[end] <= 122 or 48 <= points[end] <= 57 or points[end] == 95):
        letters = letters or points[end] >= 97
        end += 1
    size = end - i - 1
    if end < n and points[end] == _DOT:
        return -2 if size or end > i + 1 else -1
    if end < n and (kinds[points[end]] & ALNUM or points[end] == _AT):
        return -1
    return end if letters and 2 <= size <= _LONGEST_HANDLE else -1


@jit_in_place
def spells_dot(points: NDArray[np.int32], i: int) -> bool:
    """Whether "chấm", "cham" or "dot" ends at a place."""
    if points[i] == 116:
        return i >= 2 and points[i - 1] == 111 and points[i - 2] == 100
    if i < 3 or points[i - 1] not in (97, 0x1EA5):
        return False
    return points[i - 2] == 104 and points[i - 3] == 99


@jit_in_place
def ends_link(points: NDArray[np.int32], i: int, n: int, tables: Tables) -> bool:
    """Whether what follows a full stop may be the last part of a link."""
    if i >= 3 and points[i - 1] == 119 and points[i - 2] == 119 and points[i - 3] == 119:
        return True
    end = i + 1
    while end < n and 97 <= points[end] <= 122:
        end += 1
    if end == i + 1:
        return False
    if end < n and (tables.kinds[points[end]] & ALNUM or points[end] in (_UNDERSCORE, _HYPHEN)):
        return False
    key = word_key(points, i + 1, end)
    first = i
    while first > 0 and (97 <= points[first - 1] <= 122 or 48 <= points[first - 1] <= 57):
        first -= 1
    if contains(tables.endings, key) or contains(tables.hosts, word_key(points, first, end)):
        return True
    return end < n and points[end] == _SLASH and contains(tables.weak_endings, key)


@jit_in_place
def may_hold_number(points: NDArray[np.int32], n: int, tables: Tables) -> tuple[bool, bool]:
    """Whether there may be a phone number in figures, and whether a number as long as an account's.

    Walks over digits with gaps: `phones` knows of at most five signs between two digits of a plain
    number, of two between letters that stand for digits, and of one in a masked number.
    """
    kinds = tables.kinds
    account = phone = masked = hidden = lettered = plain = 0
    account_gap = phone_gap = masked_gap = lettered_gap = 0
    known = 0
    long = False
    for i in range(n):
        point = points[i]
        digit = kinds[point] & DIGIT != 0
        narrow = point in (_BLANK, _DOT, _HYPHEN)
        if digit:
            account, account_gap = account + 1, 0
            if phone or begins_phone(points, i, n, kinds):
                phone, phone_gap = phone + 1, 0
        else:
            account_gap += 1
            if not narrow or account_gap > 1:
                account = 0
            phone_gap += 1
            if kinds[point] & ALNUM or phone_gap > _MOST_GAP:
                phone = 0
        if digit or point in (_X, _STAR, _BULLET, _HASH):
            hidden += not digit and masked_gap == 0 and i > 0 and is_mask(points[i - 1])
            masked, known, masked_gap = masked + 1, known + digit, 0
        else:
            masked_gap += 1
            if not narrow or masked_gap > 1:
                masked = hidden = known = 0
        if digit or kinds[point] & DIGIT_LETTER:
            if lettered or begins_lettered(points, i, n, kinds):
                lettered, plain, lettered_gap = lettered + 1, plain + digit, 0
        else:
            lettered_gap += 1
            if lettered_gap > 2 or kinds[point] & ALNUM:
                lettered = plain = 0
        long = long or account >= _FEWEST_ACCOUNT_DIGITS
        if phone >= _FEWEST_PHONE_DIGITS:
            return True, long
        if lettered >= _FEWEST_PHONE_DIGITS and 3 <= plain < lettered:
            return True, long
        if masked >= _FEWEST_MASKED and hidden >= 1 and known >= 2:
            return True, long
        if digit and is_hotline(points, i, n, kinds):
            return True, long
    return False, long


@jit_in_place
def begins_phone(points: NDArray[np.int32], i: int, n: int, kinds: NDArray[np.uint16]) -> bool:
    """Whether a digit begins a group of digits with 0 or 84, as every phone number does."""
    if i > 0 and kinds[points[i - 1]] & DIGIT:
        return False
    return points[i] == 48 or (points[i] == 56 and i + 1 < n and points[i + 1] == 52)


@jit_in_place
def begins_lettered(points: NDArray[np.int32], i: int, n: int, kinds: NDArray[np.uint16]) -> bool:
    """Whether a word begins with 0, a letter for it, or 84."""
    if i > 0 and kinds[points[i - 1]] & ALNUM:
        return False
    return points[i] in _ZEROS or (points[i] == 56 and i + 1 < n and points[i + 1] == 52)


@jit_in_place
def is_mask(point: int) -> bool:
    """Whether a sign hides a digit."""
    return point in (_X, _STAR, _BULLET, _HASH)


@jit_in_place
def is_hotline(points: NDArray[np.int32], i: int, n: int, kinds: NDArray[np.uint16]) -> bool:
    """Whether 1800 or 1900 begins at a place, and a number goes on behind it."""
    if i + 5 > n or points[i] != 49 or points[i + 1] not in (56, 57):
        return False
    if points[i + 2] != 48 or points[i + 3] != 48:
        return False
    behind = i + 4
    if points[behind] in (_BLANK, _DOT, _HYPHEN):
        behind += 1
    return behind < n and (kinds[points[behind]] & DIGIT != 0 or points[behind] == _X)
