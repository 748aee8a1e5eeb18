"""Cut a text into the windows of `windows.cut_windows`, looking at each character once.

Import lazily: decorating touches the cache folder.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from adclassifier.features.jit import jit_in_place
from adclassifier.features.scratch import Cuts
from adclassifier.features.windows import N_SIZES, pause_after


@jit_in_place
def mark_pauses(points: NDArray[np.int32], cuts: Cuts) -> None:
    """Note for each position the last good cuts up to it."""
    if points.shape[0] <= cuts.lengths[0] // 8:
        return  # one window, which nothing cuts
    stop = blank = -1
    cuts.stops[0] = cuts.blanks[0] = -1
    for i in range(1, points.shape[0] + 1):
        if points[np.uintp(i - 1)] <= 32:
            quality = pause_after(points, i)
            stop = i if quality == 2 else stop
            blank = i if quality == 1 else blank
        cuts.stops[np.uintp(i)] = stop
        cuts.blanks[np.uintp(i)] = blank


@jit_in_place
def last_pause(cuts: Cuts, low: int, high: int) -> int:
    """Give what `windows.last_cut` gives."""
    if cuts.stops[high] > low:
        return int(cuts.stops[high])
    return int(cuts.blanks[high]) if cuts.blanks[high] > low else high


@jit_in_place
def first_pause(cuts: Cuts, low: int, high: int) -> int:
    """Give what `windows.first_cut` gives, for 0 < low < high."""
    marks = cuts.stops if cuts.stops[high - 1] >= low else cuts.blanks
    if marks[high - 1] < low:
        return low
    i = low
    while marks[i] != i:
        i += 1
    return i


@jit_in_place
def link_sizes(cuts: Cuts, n_windows: int) -> None:
    """Lead from each window to the next of its size."""
    cuts.firsts[:] = -1
    for w in range(n_windows - 1, -1, -1):
        size = cuts.sizes[w]
        cuts.nexts[w] = cuts.firsts[size]
        cuts.firsts[size] = w


@jit_in_place
def write_windows(points: NDArray[np.int32], stride_chars: int, cuts: Cuts) -> int:
    """Write the windows of `windows.cut_windows` into ``cuts``; return how many."""
    n = points.shape[0]
    mark_pauses(points, cuts)
    lengths, ranges = cuts.lengths, cuts.ranges
    stride = max(stride_chars, 1)
    count = start = 0
    while True:
        end = start
        for step in range(N_SIZES - 1, -1, -1):
            size = lengths[step]
            last = end
            end = n
            if start + size < n:
                end = last_pause(cuts, start + size // 2, start + size)
            if end > last or count == 0:
                ranges[count, 0] = start
                ranges[count, 1] = end
                cuts.sizes[count] = step
                count += 1
            if end == n:
                break
        if end == n and (n - start <= stride or n <= lengths[0] // 8):
            return count
        low = min(start + stride, end)
        start = first_pause(cuts, low, min(start + 3 * stride, end)) if low < end else end
        if start >= n:
            return count
