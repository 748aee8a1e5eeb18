"""From UTF-8 to folded code points: what `text.codepoints.fold_code_points` does, compiled.

Import through `Reader`: decorating touches the cache folder.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from adclassifier.features.jit import jit_in_place
from adclassifier.features.reading.points import DROP, INDICATOR, MARK, NEWLINE, OTHER_MARK, PLAIN_WAY, SPACE
from adclassifier.features.reading.tables import Tables

_BLANK, _LINE = 32, 10
_INDICATOR_A = 0x1F1E6


@jit_in_place
def put(
    out: NDArray[np.int32], place: int, source: NDArray[np.int32], start: int, end: int
) -> int:
    """Copy a range of code points; return the place behind the copy."""
    for i in range(start, end):
        out[place + i - start] = source[i]
    return place + end - start


@jit_in_place
def next_point(data: NDArray[np.uint8], i: int, end: int) -> tuple[int, int]:
    """Code point at a place and the next place; -1 where the bytes are no UTF-8."""
    first = np.int64(data[i])
    if first < 0x80:
        return first, i + 1
    if 0xC2 <= first < 0xE0:
        size, point = 2, first & 0x1F
    elif 0xE0 <= first < 0xF0:
        size, point = 3, first & 0x0F
    elif 0xF0 <= first < 0xF5:
        size, point = 4, first & 0x07
    else:
        return -1, i
    if i + size > end:
        return -1, i
    for k in range(1, size):
        byte = np.int64(data[i + k])
        if byte & 0xC0 != 0x80:
            return -1, i
        point = (point << 6) | (byte & 0x3F)
    long = (size == 3 and point < 0x800) or (size == 4 and point < 0x10000)
    if long or 0xD800 <= point < 0xE000 or point > 0x10FFFF:
        return -1, i
    return point, i + size


@jit_in_place
def copy_flags(
    data: NDArray[np.uint8], i: int, end: int, pairs: NDArray[np.bool_], out: NDArray[np.int32], n: int
) -> tuple[int, int]:
    """Copy a row of regional indicators that are all flags; (-1, n) if they spell a word."""
    before = -1
    while i < end:
        point, behind = next_point(data, i, end)
        letter = point - _INDICATOR_A
        if not 0 <= letter < 26:
            break
        out[n] = point
        n += 1
        i = behind
        if before < 0:
            before = letter
        elif pairs[26 * before + letter]:
            before = -1
        else:
            return -1, n
    return (-1, n) if before >= 0 else (i, n)


@jit_in_place
def fold_utf8(
    data: NDArray[np.uint8],
    start: int,
    end: int,
    tables: Tables,
    out: NDArray[np.int32],
) -> int:
    """Write the folded code points of UTF-8 into ``out``; return how many, -1 for the plain way.

    ``out`` has room for one code point a byte.
    """
    kinds = tables.kinds
    n = 0
    gap = 0
    i = start
    bare = False  # whether the last code point was a letter as it is, right before this one
    plain = False  # whether it was no mark, and stays
    while i < end:
        point, behind = next_point(data, i, end)
        if point < 0 or point >= tables.folds.shape[0]:
            return -1
        new = tables.folds[point]
        if new == OTHER_MARK:
            if not plain:
                return -1
            out[n] = point
            n += 1
            bare = plain = False
        elif new <= MARK:
            joined = -1
            if bare:
                joined = compose(out[n - 1], MARK - new, tables.composed)
            if joined < 0:
                return -1
            out[n - 1] = joined
        elif new == PLAIN_WAY:
            return -1
        elif new == DROP:
            bare = plain = False
        elif new >= 0 and kinds[new] & SPACE:
            gap = max(gap, 2 if kinds[new] & NEWLINE else 1)
            bare = plain = False
        else:
            if gap and n:
                out[n] = _LINE if gap == 2 else _BLANK
                n += 1
            gap = 0
            if new == INDICATOR:
                i, n = copy_flags(data, i, end, tables.pairs, out, n)
                if i < 0:
                    return -1
                bare = plain = False
                continue
            out[n] = new
            n += 1
            bare = is_latin(point)
            plain = True
        i = behind
    return n


@jit_in_place
def is_latin(point: int) -> bool:
    """Whether a code point is a letter of the blocks that hold Vietnamese."""
    return point < 0x250 or 0x1E00 <= point < 0x1F00


@jit_in_place
def compose(letter: int, mark: int, composed: NDArray[np.int32]) -> int:
    """Letter with a mark as one code point; -1 where there is none."""
    if letter < 0x250:
        return composed[letter, mark]
    return composed[letter - 0x1E00 + 0x250, mark] if 0x1E00 <= letter < 0x1F00 else -1
