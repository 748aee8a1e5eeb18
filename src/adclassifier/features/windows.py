"""Cut a long text into overlapping windows that begin and end where a reader would pause.

Import through `adclassifier.features.kernels()`, as `kernel`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from adclassifier.features.jit import jit

_NEWLINE, _BLANK = 10, 32
_FULL_STOP, _EXCLAMATION, _QUESTION, _ELLIPSIS = 46, 33, 63, 0x2026


@jit
def pause_after(points: NDArray[np.int32], i: int) -> int:
    """How good a cut before position ``i`` is: 2 line or sentence end, 1 between words, 0 none."""
    before = points[i - 1]
    if before == _NEWLINE:
        return 2
    if before != _BLANK:
        return 0
    if i < 2:
        return 1
    mark = points[i - 2]
    return 2 if mark in (_FULL_STOP, _EXCLAMATION, _QUESTION, _ELLIPSIS) else 1


@jit
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


@jit
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
) -> NDArray[np.int32]:
    """Cut a canonical text into windows.

    Parameters
    ----------
    points : ndarray of shape (n_chars,), int32
        Code points of the canonical text.
    window_chars, stride_chars : int
        Longest window, and how far the next one begins after the last at the least: at the end of
        the last where that comes sooner.

    Returns
    -------
    ndarray of shape (n_windows, 2), int32
        Half-open ranges; one for a text of up to ``window_chars``. Together they cover the text.
    """
    n = points.shape[0]
    longest, stride = max(window_chars, 1), max(stride_chars, 1)
    # A window may be cut short, to more than half, and then the next one begins at its end.
    room = n // min(stride, longest // 2 + 1) + 2
    ranges = np.empty((room, 2), np.int32)
    count = 0
    start = 0
    while True:
        end = n
        if start + longest < n:
            end = last_cut(points, start + longest // 2, start + longest)
        ranges[count, 0] = start
        ranges[count, 1] = end
        count += 1
        if end == n:
            return ranges[:count]
        start = first_cut(points, min(start + stride, end), end)
