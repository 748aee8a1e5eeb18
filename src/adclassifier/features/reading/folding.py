"""From UTF-8 to folded code points: what `text.codepoints.fold_code_points` does, compiled.

Import through `Reader`: decorating touches the cache folder.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from adclassifier.features.jit import jit_inner, jit_lean, jit_spliced
from adclassifier.features.reading.points import (
    DROP,
    INDICATOR,
    MARK,
    NO_MARK,
    OTHER_MARK,
    PLAIN_WAY,
    SPACE,
)
from adclassifier.features.reading.tables import Tables

_BLANK, _LINE, _DELETE = 32, 10, 127
_INDICATOR_A = 0x1F1E6


@jit_inner
def put(out: NDArray[np.int32], place: int, source: NDArray[np.int32], start: int, end: int) -> int:
    """Copy a range of code points; return the place behind the copy."""
    for i in range(start, end):
        out[place + i - start] = source[i]
    return place + end - start


@jit_inner
def put_instead(
    points: NDArray[np.int32],
    n: int,
    done: int,
    span: tuple[int, int],
    letters: NDArray[np.int32],
    new: tuple[int, int],
    out: NDArray[np.int32],
    m: int,
) -> int:
    """Copy a text from ``done`` on up to a span, and a range of letters in the span's place.

    Returns the place behind the copy; -1 where the rest of the text would have no room.
    """
    if m + (span[0] - done) + (new[1] - new[0]) + (n - span[1]) > out.shape[0]:
        return -1
    m = put(out, m, points, done, span[0])
    return put(out, m, letters, new[0], new[1])


@jit_inner
def sequence_size(first: int) -> int:
    """How many bytes a code point takes by its first beyond ASCII; 0 where it begins none."""
    if not 0xC2 <= first < 0xF5:
        return 0
    return 2 + (first >= 0xE0) + (first >= 0xF0)


@jit_inner
def next_point(data: NDArray[np.uint8], i: int, end: int) -> tuple[int, int]:
    """Code point at a place and the next place; -1 where the bytes are no UTF-8."""
    first = int(np.int64(data[i]))
    if first < 0x80:
        return first, i + 1
    size = sequence_size(first)
    if size == 0 or i + size > end:
        return -1, i
    point = first & (0x7F >> size)
    for k in range(1, size):
        byte = int(np.int64(data[i + k]))
        if byte & 0xC0 != 0x80:
            return -1, i
        point = (point << 6) | (byte & 0x3F)
    long = (size == 3 and point < 0x800) or (size == 4 and point < 0x10000)
    if long or 0xD800 <= point < 0xE000 or point > 0x10FFFF:
        return -1, i
    return point, i + size


@jit_spliced
def copy_flags(
    data: NDArray[np.uint8],
    i: int,
    end: int,
    pairs: NDArray[np.bool_],
    out: NDArray[np.int32],
    n: int,
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


@jit_lean
def decode_utf8(
    data: NDArray[np.uint8], start: int, end: int, limit: int, out: NDArray[np.int32]
) -> int:
    """Write the code points of UTF-8 into ``out``; return how many.

    -1 where one of them is not below a limit.
    """
    n = 0
    i = start
    while i < end:
        point, i = next_point(data, i, end)
        if not 0 <= point < limit:
            return -1
        out[n] = point
        n += 1
    return n


@jit_lean
def fold_utf8(
    data: NDArray[np.uint8], start: int, end: int, tables: Tables, out: NDArray[np.int32]
) -> int:
    """Write the folded code points of UTF-8 into ``out``; return how many, -1 for the plain way.

    ``out`` has room for one code point a byte.
    """
    kinds = tables.kinds
    n = gap = 0
    i = start
    bare = False  # whether a letter without other marks stands right before this one
    last = NO_MARK  # which marks of other scripts may follow
    while i < end:
        if _BLANK < data[i] < _DELETE:  # most characters, and they need nothing of what follows
            n, gap = put_gap(out, n, gap), 0
            n, i = put(out, n, tables.folds, data[i], data[i] + 1), i + 1
            bare, last = True, OTHER_MARK
            continue
        point, behind = next_point(data, i, end)
        new = tables.folds[point] if 0 <= point < tables.folds.shape[0] else PLAIN_WAY
        if new == PLAIN_WAY:
            return -1
        if new <= MARK:
            n = put_mark(out, n, point, new, bare, last, tables.composed)
            if n < 0:
                return -1
            bare, last = new > OTHER_MARK, mark_behind(new, last)
        elif new == DROP or (new >= 0 and kinds[new] & SPACE):
            gap = max(gap, gap_of(new))
            bare, last = False, NO_MARK
        else:
            n, gap = put_gap(out, n, gap), 0
            bare, last = is_latin(new), OTHER_MARK if new >= 0 else NO_MARK
            behind, n = put_sign(data, (i, behind, end), new, tables.pairs, out, n)
            if behind < 0:
                return -1
        i = behind
    return n


@jit_lean
def is_folded(points: NDArray[np.int32], n: int, tables: Tables) -> bool:
    """Whether folding leaves a text as it is; it may say no where it would."""
    kinds = tables.kinds
    blank = True  # white space would be cut at the beginning
    for i in range(n):
        point = points[i]
        if tables.folds[point] != point:
            return False
        space = kinds[point] & SPACE != 0
        if space and (blank or point not in (_BLANK, _LINE)):
            return False
        blank = space
    return n == 0 or not blank


@jit_spliced
def put_mark(
    out: NDArray[np.int32],
    n: int,
    point: int,
    new: int,
    bare: bool,
    last: int,
    composed: NDArray[np.int32],
) -> int:
    """Put a mark onto the last letter, or one of another script behind it; -1 for neither.

    ``last`` is as `mark_behind` takes it.
    """
    if new <= OTHER_MARK:
        if new > last:
            return -1
        out[n] = point
        return n + 1
    joined = compose(out[n - 1], MARK - new, composed) if bare else -1
    if joined < 0:
        return -1
    out[n - 1] = joined
    return n


@jit_inner
def mark_behind(new: int, last: int) -> int:
    """Say which marks of other scripts may follow a mark: those that `folds` gives at most this.

    ``last`` says the same of the mark itself: any may follow a character, a second one if it has
    not to be sorted before the first, and no third. None follows a mark that was put onto a letter:
    if that is a styled one, they are sorted before it is looked at.
    """
    return new if new <= OTHER_MARK and last == OTHER_MARK else NO_MARK


@jit_spliced
def put_sign(
    data: NDArray[np.uint8],
    span: tuple[int, int, int],
    new: int,
    pairs: NDArray[np.bool_],
    out: NDArray[np.int32],
    n: int,
) -> tuple[int, int]:
    """Write a folded character, or a row of flags; return the place behind, and in ``out``.

    ``span`` is where the character begins and ends, and where the text ends.
    """
    if new == INDICATOR:
        return copy_flags(data, span[0], span[2], pairs, out, n)
    out[n] = new
    return span[1], n + 1


@jit_inner
def gap_of(new: int) -> int:
    """Say what a code point makes a gap: 0 nothing, 1 one of a blank, 2 one of a new line."""
    if new == DROP:
        return 0
    return 2 if new == _LINE else 1


@jit_inner
def put_gap(out: NDArray[np.int32], n: int, gap: int) -> int:
    """Write a blank or a new line for white space, but none at the beginning."""
    if gap == 0 or n == 0:
        return n
    out[n] = _LINE if gap == 2 else _BLANK
    return n + 1


@jit_inner
def is_latin(point: int) -> bool:
    """Whether a code point is a letter of the blocks that hold Vietnamese."""
    return 0 <= point < 0x250 or 0x1E00 <= point < 0x1F00


@jit_inner
def compose(letter: int, mark: int, composed: NDArray[np.int32]) -> int:
    """Letter with a mark as one code point; -1 where there is none."""
    if not is_latin(letter):
        return -1
    return int(composed[letter if letter < 0x250 else letter - 0x1E00 + 0x250, mark])
