"""Placeholders of contacts, and signs that a text holds links: compiled.

What `text.contacts` looks for begins with few signs; where none of them stands, it is idle.
Import through `Reader`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from adclassifier.features.hashing import CLOSE, OPEN, mix
from adclassifier.features.jit import jit_inner, jit_lean, jit_spliced
from adclassifier.features.reading.folding import put
from adclassifier.features.reading.points import ALNUM, DIGIT, LINKING
from adclassifier.features.reading.tables import Tables, contains

_MOST_LETTERS = 9
WORD_SEED = np.uint64(0x51ED270B0F3A2C17)
_AT, _DOT, _COLON, _SLASH, _BLANK, _HYPHEN, _UNDERSCORE = 64, 46, 58, 47, 32, 45, 95
_PERCENT, _PLUS = 37, 43
_LONGEST_HANDLE = 31


@jit_inner
def hash_range(points: NDArray[np.int32], start: int, end: int, seed: np.uint64) -> np.uint64:
    """Hash some code points; never 0."""
    state = seed
    for i in range(start, end):
        state = mix(state, np.uint64(points[i]))
    return state if state != np.uint64(0) else np.uint64(1)


@jit_inner
def word_key(points: NDArray[np.int32], start: int, end: int) -> np.uint64:
    """Key of a word."""
    return hash_range(points, start, end, WORD_SEED)


@jit_spliced
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


@jit_lean
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


@jit_lean
def may_hold_link(points: NDArray[np.int32], n: int, tables: Tables) -> bool:
    """Whether there is an address, or a dot in words, or what a link ends with."""
    for i in range(n):
        point = points[i]
        if not tables.kinds[point] & LINKING:
            continue
        if point == _AT and i > 0 and may_be_address(points, i, n, tables.kinds):
            return True
        if point == _COLON and i + 2 < n and points[i + 1] == _SLASH and points[i + 2] == _SLASH:
            return True
        if point == _DOT and ends_link(points, i, n, tables):
            return True
        spelled = point in (109, 116) and spells_dot(points, i)
        if (spelled or point == _DOT) and is_dotted(points, i + 1, n, spelled, tables):
            return True
    return False


@jit_spliced
def is_dotted(points: NDArray[np.int32], start: int, n: int, spelled: bool, tables: Tables) -> bool:
    """Whether the last part of a link stands behind a dot, or the word for one and a bracket."""
    if spelled and start < n and points[start] in (41, 93):
        start += 1
    if start < n and points[start] in (_BLANK, 10):
        start += 1
    end = start
    while end < n and tables.kinds[points[end]] & ALNUM:
        end += 1
    return end > start and contains(tables.dotted, word_key(points, start, end))


@jit_inner
def begins_address(point: int, kinds: NDArray[np.uint16]) -> bool:
    """Whether a sign may stand in front of the @ of an address, or keeps it from being a handle."""
    return kinds[point] & ALNUM != 0 or point in (_DOT, _UNDERSCORE, _AT, _PERCENT, _PLUS, _HYPHEN)


@jit_spliced
def may_be_address(points: NDArray[np.int32], i: int, n: int, kinds: NDArray[np.uint16]) -> bool:
    """Whether @ may stand in an address, or behind a sign of one that keeps no handle from it."""
    if points[i - 1] in (_PERCENT, _PLUS, _HYPHEN):
        return True
    if not begins_address(points[i - 1], kinds):
        return False
    end = i + 1
    while end < n and (is_of_label(points[end]) or (points[end] == _DOT and end > i + 1)):
        if points[end] == _DOT and end + 1 < n and 97 <= points[end + 1] <= 122:
            return True
        end += 1
    return False


@jit_inner
def is_of_label(point: int) -> bool:
    """Whether a sign may stand between the dots of an address."""
    return 97 <= point <= 122 or 48 <= point <= 57 or point == _HYPHEN


@jit_spliced
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


@jit_inner
def spells_dot(points: NDArray[np.int32], i: int) -> bool:
    """Whether "chấm", "cham" or "dot" ends at a place."""
    if points[i] == 116:
        return i >= 2 and points[i - 1] == 111 and points[i - 2] == 100
    if i < 3 or points[i - 1] not in (97, 0x1EA5):
        return False
    return bool(points[i - 2] == 104 and points[i - 3] == 99)


@jit_spliced
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
