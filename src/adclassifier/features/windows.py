"""Cut a text into overlapping windows that begin and end where a reader would pause.

Import through `adclassifier.features.kernels()`, as `kernel`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from adclassifier.features.jit import jit, jit_in_place

_NEWLINE, _BLANK = 10, 32
#: Sizes of windows that begin at one place, each √½ of the last: from the longest to an eighth.
N_SIZES = 7
_FULL_STOP, _EXCLAMATION, _QUESTION, _ELLIPSIS = 46, 33, 63, 0x2026


@jit_in_place
def pause_after(points: NDArray[np.int32], i: int) -> int:
    """How good a cut before position ``i`` is: 2 line or sentence end, 1 between words, 0 none."""
    before = points[np.uintp(i - 1)]
    if before == _NEWLINE:
        return 2
    if before != _BLANK:
        return 0
    if i < 2:
        return 1
    mark = points[np.uintp(i - 2)]
    return 2 if mark in (_FULL_STOP, _EXCLAMATION, _QUESTION, _ELLIPSIS) else 1


@jit_in_place
def last_cut(points: NDArray[np.int32], low: int, high: int) -> int:
    """Last good cut in (low, high]: a line or sentence end, else a blank, else ``high``."""
    blank = -1
    for i in range(high, low, -1):
        quality = pause_after(points, i)
        if quality == 2:
            return i
        if quality == 1 and blank < 0:
            blank = i
    return blank if blank > 0 else high


@jit_in_place
def first_cut(points: NDArray[np.int32], low: int, high: int) -> int:
    """First good cut in [low, high): a line or sentence end, else a blank, else ``low``."""
    blank = -1
    for i in range(low, high):
        quality = pause_after(points, i)
        if quality == 2:
            return i
        if quality == 1 and blank < 0:
            blank = i
    return blank if blank > 0 else low


@jit
def cut_windows(
    points: NDArray[np.int32], window_chars: int, stride_chars: int
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Cut a canonical text into windows of seven sizes.

    An advert is as long as it is: among a page of other text a window of one size holds either a
    part of it or too much beside it, and both hide it. So every place where a reader would begin
    is read at seven sizes, each √2 times the last.

    Parameters
    ----------
    points : ndarray of shape (n_chars,), int32
        Code points of the canonical text.
    window_chars, stride_chars : int
        Longest window, and how far the next place lies behind the last at the least: at the end
        of the last place's longest window where that comes sooner.

    Returns
    -------
    ranges : ndarray of shape (n_windows, 2), int32
        Half-open ranges, by start and then by end; one for a text of up to an eighth of
        ``window_chars``. Together they cover the text.
    sizes : ndarray of shape (n_windows,), int32
        How often √½ was taken of the longest size: 0 to 6. Windows of one size rise at both ends.
    """
    n = points.shape[0]
    longest, stride = max(window_chars, 1), max(stride_chars, 1)
    # A window may be cut short, to more than half, and then the next place is at its end.
    room = (n // min(stride, longest // 2 + 1) + 2) * N_SIZES
    ranges = np.empty((room, 2), np.int32)
    sizes = np.empty(room, np.int32)
    count = 0
    start = 0
    while True:
        end = start
        for step in range(N_SIZES - 1, -1, -1):
            size = max(int(longest * 0.5 ** (0.5 * step)), 1)
            last = end
            end = n
            if start + size < n:
                end = last_cut(points, start + size // 2, start + size)
            if end > last or count == 0:
                ranges[count, 0] = start
                ranges[count, 1] = end
                sizes[count] = step
                count += 1
            if end == n:
                break
        if end == n and (n - start <= stride or n <= longest // 8):
            return ranges[:count], sizes[:count]
        low = min(start + stride, end)
        start = first_cut(points, low, min(start + 3 * stride, end)) if low < end else end
        if start >= n:
            return ranges[:count], sizes[:count]
