"""Cut tokens into words as underthesea does: the compiled half of `classifier.words`.

The likeliest labels of a chain (Viterbi). Weights are added up in underthesea's order, so that
scores are the same to the last bit.

Import this module through `classifier.compiled`: decorating touches the cache folder.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from adclassifier.features.jit import jit, jit_in_place
from adclassifier.text.word_model import KINDS, MIX, MOST_ROWS, REACH, ROW_BITS, SHIFT, Tables
from adclassifier.text.word_tokens import CAPITAL_BIT, LENGTH_BITS, NUMBER_BIT

_ROW_MASK, _RUN_MASK = MOST_ROWS - 1, 2 * MOST_ROWS - 1
_SIZES = 3
_N_KINDS = len(KINDS)
_WRITTEN, _SMALL = KINDS.index(("", 1)), KINDS.index(("lower", 1))
_NUMBER = KINDS.index(("isdigit", 1))
_TITLE, _LISTED = KINDS.index(("istitle", 1)), KINDS.index(("is_in_dict", 1))
_MIX, _SHIFT = np.uint64(MIX), np.uint64(SHIFT)


@jit
def cut_words(
    points: NDArray[np.int32],
    tokens: NDArray[np.int64],
    tables: Tables,
    spans: NDArray[np.int32],
) -> int:
    """Find the words of a passage.

    Parameters
    ----------
    points : ndarray of shape (n_chars,), int32
        Code points.
    tokens : ndarray of shape (n_tokens,), int64
        The tokens, packed; between them is nothing but white space.
    tables : Tables
    spans : ndarray of shape (n_tokens, 2), int32
        Gets the words.

    Returns
    -------
    int
        How many words there are.
    """
    n = tokens.shape[0]
    goes_on = _label(tokens, _find_rows(tokens, tables), tables)
    place, n_words = 0, 0
    for t in range(n):
        while _is_space(points[place]):
            place += 1
        if t == 0 or not goes_on[t]:
            spans[n_words, 0] = place
            n_words += 1
        place += tokens[t] >> LENGTH_BITS
        spans[n_words - 1, 1] = place
    return n_words


@jit_in_place
def _is_space(point: int) -> bool:
    """Say whether a code point is white space, as `str.isspace` does."""
    if point <= 32:
        return point == 32 or 9 <= point <= 13 or 28 <= point <= 31
    if point < 0x1680:
        return point in (0x85, 0xA0)
    return 0x2000 <= point <= 0x200A or point in (0x1680, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000)


@jit_in_place
def _find_run(before: int, last: int, tables: Tables) -> int:
    """Give the row of a run by the rows of its first tokens and its last; 0 where it has none.

    A bit behind the row says whether the run stands in the dictionary.
    """
    before, last = before & _ROW_MASK, last & _ROW_MASK
    if before == 0 or last == 0:
        return 0
    key = np.int64(before) * MOST_ROWS + last
    mask = tables.runs.shape[0] - 1
    slot = np.int64((np.uint64(key) * _MIX) >> _SHIFT) & mask
    run = tables.runs[slot]
    while run >= 0:
        if run >> ROW_BITS + 1 == key:
            return int(run & _RUN_MASK)
        slot = (slot + 1) & mask
        run = tables.runs[slot]
    return 0


@jit
def _find_rows(tokens: NDArray[np.int64], tables: Tables) -> NDArray[np.int32]:
    """Give the row of every kind of run from every place on; shape (n + 2 * REACH, n_kinds)."""
    n = tokens.shape[0]
    rows = np.empty((n + 2 * REACH, _N_KINDS), np.int32)
    for place in range(-REACH, n + REACH):
        row = rows[place + REACH]
        written, small, capital = 0, 0, True
        for size in range(_SIZES):
            last = place + size
            if place < 0 or last >= n:
                edge = 0 if place < 0 else 1
                row[_WRITTEN + size] = tables.edges[_WRITTEN + size, edge]
                row[_SMALL + size] = tables.edges[_SMALL + size, edge]
                row[_TITLE + size] = tables.edges[_TITLE + size, edge]
                row[_LISTED + size] = tables.edges[_LISTED + size, edge]
                if size == 0:
                    row[_NUMBER] = tables.edges[_NUMBER, edge]
                continue
            token = tokens[last]
            own_written, own_small = token & _ROW_MASK, token >> ROW_BITS & _RUN_MASK
            capital &= token >> CAPITAL_BIT & 1 == 1
            if size == 0:
                written, small = own_written, own_small
                row[_NUMBER] = tables.answers[_NUMBER, token >> NUMBER_BIT & 1]
            else:
                written = _find_run(written, own_written, tables)
                small = _find_run(small, own_small, tables)
            row[_WRITTEN + size], row[_SMALL + size] = written, small & _ROW_MASK
            row[_TITLE + size] = tables.answers[_TITLE + size, np.int64(capital)]
            row[_LISTED + size] = tables.answers[_LISTED + size, small >> ROW_BITS]
        # rows behind the weights weigh nothing, as row 0 does
        for kind in range(_N_KINDS):
            row[kind] = row[kind] if row[kind] < tables.weights.shape[0] else 0
    return rows


@jit
def _label(tokens: NDArray[np.int64], rows: NDArray[np.int32], tables: Tables) -> NDArray[np.bool_]:
    """Say of each token whether it goes on with the word before it."""
    n, weights = tokens.shape[0], tables.weights
    behind = np.zeros((n, 2), np.bool_)
    begins, goes_on = 0.0, 0.0
    for t in range(n):
        first, second = 0.0, 0.0
        for i in range(tables.order.shape[0]):
            start = np.uintp(tables.order[i, 1] + REACH)
            row = np.uintp(rows[np.uintp(t) + start, np.uintp(tables.order[i, 0])])
            first += weights[row, start, 0]
            second += weights[row, start, 1]
        if t == 0:
            begins, goes_on = first, second
            continue
        to_first = begins + tables.transitions[0, 0], goes_on + tables.transitions[1, 0]
        to_second = begins + tables.transitions[0, 1], goes_on + tables.transitions[1, 1]
        behind[t, 0], behind[t, 1] = to_first[1] > to_first[0], to_second[1] > to_second[0]
        begins = max(to_first[0], to_first[1]) + first
        goes_on = max(to_second[0], to_second[1]) + second
    chosen = np.zeros(n, np.bool_)
    label = goes_on > begins
    for t in range(n - 1, -1, -1):
        chosen[t] = label
        label = behind[t, np.int64(label)]
    return chosen
