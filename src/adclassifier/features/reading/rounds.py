"""Read texts: fold them, carry out the edits that are compiled, prove the rest idle.

Import through `Reader`. The stages stand in the order of `text.normalize`; a round ends where it
has changed nothing.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from adclassifier.features.jit import jit_in_place, jit_inner, jit_spliced
from adclassifier.features.reading.contacts import mark_placeholders, may_hold_link
from adclassifier.features.reading.cuts import look_at_cuts
from adclassifier.features.reading.edits import look_at_keys, replace_words, respell_words
from adclassifier.features.reading.facts import JOINED, STRETCHED
from adclassifier.features.reading.folding import fold_utf8, put
from adclassifier.features.reading.forms import write_forms
from adclassifier.features.reading.memo import Answers
from adclassifier.features.reading.numbers import may_hold_number
from adclassifier.features.reading.readings import Readings
from adclassifier.features.reading.restoring import restore_lines
from adclassifier.features.reading.signs import look_at_signs
from adclassifier.features.reading.tables import Tables
from adclassifier.features.reading.words import (
    IDLE,
    PLAIN,
    UNKNOWN,
    Words,
    find_words,
    look_at_chains,
    look_at_words,
    worse,
)

_STAGES = 5


@jit_spliced
def read_text(
    data: NDArray[np.uint8],
    start: int,
    end: int,
    tables: Tables,
    answers: Answers,
    words: Words,
    readings: Readings,
    one: NDArray[np.int32],
    other: NDArray[np.int32],
    most_rounds: int,
) -> tuple[int, int, bool]:
    """Bring a text to its canonical spelling; return status, length, and if it is in ``other``."""
    n = fold_utf8(data, start, end, tables, one)
    if n < 0:
        return PLAIN, 0, False
    text, room, swapped = one, other, False
    for _ in range(most_rounds):
        m, marked = mark_placeholders(text, n, tables, room)
        if m < 0:
            return PLAIN, 0, swapped
        if marked:
            text, room, swapped, n = room, text, not swapped, m
        status, n, moved, restored = go_round(text, room, n, tables, answers, words, readings)
        if status != IDLE:
            return status, 0, swapped
        if moved % 2:
            text, room, swapped = room, text, not swapped
        if not (marked or moved or restored):
            return IDLE, n, swapped
    return PLAIN, 0, swapped


@jit_spliced
def look(
    text: NDArray[np.int32], n: int, tables: Tables, answers: Answers, words: Words
) -> tuple[int, int]:
    """Whether a stage in front of the edits has something to do; and the number of words."""
    if may_hold_link(text, n, tables):
        return PLAIN, 0
    phone, long_number = may_hold_number(text, n, tables)
    if phone:
        return PLAIN, 0
    n_words, known = find_words(text, n, tables.kinds, words, answers)
    if not known:
        return UNKNOWN, n_words
    status = look_at_words(text, n_words, words, answers, tables, long_number)
    if status != PLAIN:
        status = worse(status, look_at_chains(text, n_words, words, answers, tables))
    if status != PLAIN:
        status = worse(status, look_at_cuts(text, n, n_words, words, answers, tables))
    if status != PLAIN:
        status = worse(status, look_at_signs(text, n, words, answers, tables))
    return status, n_words


@jit_spliced
def go_round(
    text: NDArray[np.int32],
    room: NDArray[np.int32],
    n: int,
    tables: Tables,
    answers: Answers,
    words: Words,
    readings: Readings,
) -> tuple[int, int, int, bool]:
    """Carry out a round's edits, unless a stage in front of them has something to do.

    Returns status, length, how often the text changed its place, and if accents were restored.
    """
    status, n_words = look(text, n, tables, answers, words)
    if status != IDLE:
        return status, 0, 0, False
    n_old = -1
    moved = 0
    for stage in range(_STAGES):
        m, count = run_stage(stage, text, room, n, n_words, n_old, tables, answers, words)
        if m < 0:
            return PLAIN if m == -1 else UNKNOWN, 0, moved, False
        if count == 0:
            continue
        n_old = remember_words(words, n_words) if n_old < 0 else n_old
        text, room, n, moved = room, text, m, moved + 1
        n_words, known = find_words(text, n, tables.kinds, words, answers)
        if not known:
            return UNKNOWN, 0, moved, False
    changed = restore_lines(text, n, n_words, words, answers, tables, readings)
    return IDLE if changed >= 0 else PLAIN, n, moved, changed > 0


@jit_spliced
def run_stage(
    stage: int,
    text: NDArray[np.int32],
    room: NDArray[np.int32],
    n: int,
    n_words: int,
    n_old: int,
    tables: Tables,
    answers: Answers,
    words: Words,
) -> tuple[int, int]:
    """Carry out one stage on words; return length and how many edits there were.

    The length is -1 for the plain way, -2 where something must be asked.
    """
    if stage in (0, 2):
        bit = STRETCHED if stage == 0 else JOINED
        return replace_words(text, n, n_words, words, answers, bit, n_old, room)
    if stage == 1:
        status = look_at_keys(text, n, n_words, words, n_old, answers, tables)
        return (n, 0) if status == IDLE else (-1 if status == PLAIN else -2, 0)
    if stage == 3:
        return write_forms(text, n, n_words, words, n_old, answers, tables, room)
    return respell_words(text, n, n_words, words, n_old, answers, tables, room)


@jit_inner
def remember_words(words: Words, n_words: int) -> int:
    """Keep the words that a text has at the beginning of a round; return how many there are."""
    for t in range(n_words):
        words.old[t] = words.keys[t]
    return n_words


@jit_in_place
def read_many(
    data: NDArray[np.uint8],
    offsets: NDArray[np.int64],
    rows: NDArray[np.int64],
    tables: Tables,
    answers: Answers,
    words: Words,
    readings: Readings,
    one: NDArray[np.int32],
    other: NDArray[np.int32],
    points: NDArray[np.int32],
    starts: NDArray[np.int64],
    lengths: NDArray[np.int32],
    status: NDArray[np.uint8],
    used: int,
    most_rounds: int,
) -> int:
    """Read rows of a batch; return how much of ``points`` is used.

    Stops where there is no room for a text.
    """
    words.n_asked[0] = 0
    for k in range(rows.shape[0]):
        row = rows[k]
        start, end = offsets[row], offsets[row + 1]
        if 2 * (end - start) > one.shape[0] or 2 * (end - start) > words.spans.shape[0]:
            status[row] = PLAIN
            continue
        found, n, swapped = read_text(
            data, start, end, tables, answers, words, readings, one, other, most_rounds
        )
        status[row] = found
        if found != IDLE:
            continue
        if used + n > points.shape[0]:
            return used
        starts[row] = used
        lengths[row] = n
        used = put(points, used, other if swapped else one, 0, n)
    return used
