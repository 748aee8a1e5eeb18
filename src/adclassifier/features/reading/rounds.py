"""Read texts: fold them, carry out the edits that are compiled, prove the rest idle.

Import through `Reader`. The stages stand in the order of `text.normalize`; a round ends where it
has changed nothing. A text stops at the first stage that is not compiled and may have something to
do: that one is carried out plainly, and the text is taken up again behind it.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from adclassifier.features.jit import jit_in_place, jit_spliced
from adclassifier.features.reading.contacts import mark_placeholders, may_hold_link
from adclassifier.features.reading.folding import decode_utf8, fold_utf8, is_folded, put
from adclassifier.features.reading.gates import classes_of, look_for_names
from adclassifier.features.reading.memo import Answers
from adclassifier.features.reading.pieces import join_words
from adclassifier.features.reading.points import NAMING
from adclassifier.features.reading.readings import Readings
from adclassifier.features.reading.tables import Tables
from adclassifier.features.reading.tricks import may_hold_tricks, undo_word_tricks
from adclassifier.features.reading.words import (
    IDLE,
    PLAIN,
    UNKNOWN,
    Words,
    find_words,
)
from adclassifier.text.stages import CHAINS, FOLD, LINKS, NEXT_ROUND, WORD_TRICKS

_AS_IT_WAS = -1


class Progress(NamedTuple):
    """How far each text of a batch has come.

    Parameters
    ----------
    spans : ndarray of shape (n_texts, 2), int64
        Its bytes.
    stages : ndarray of shape (n_texts,), uint8
        Which of `text.normalize` comes first; where it stopped, that which has to be carried out
        plainly.
    rounds : ndarray of shape (n_texts,), uint8
        Rounds that are left, with this one.
    changed : ndarray of shape (n_texts,), bool
        Whether this round has changed it behind the first stage.
    done : ndarray of shape (n_texts,), uint16
        Bits of the stages that changed it in any round, as `text.normalize.retrace` takes them.
    status : ndarray of shape (n_texts,), uint8
        `IDLE` where the canonical text is known; `PLAIN` where it stopped; `UNKNOWN` where
        something must be asked first.
    starts : ndarray of shape (n_texts,), int64
        Where the canonical text, or that which it stopped with, begins.
    lengths : ndarray of shape (n_texts,), int32
        Of the same; -1 where it stopped with its bytes as they are.
    """

    spans: NDArray[np.int64]
    stages: NDArray[np.uint8]
    rounds: NDArray[np.uint8]
    changed: NDArray[np.bool_]
    done: NDArray[np.uint16]
    status: NDArray[np.uint8]
    starts: NDArray[np.int64]
    lengths: NDArray[np.int32]


@jit_spliced
def read_text(
    data: NDArray[np.uint8],
    row: int,
    progress: Progress,
    tables: Tables,
    answers: Answers,
    words: Words,
    readings: Readings,
    one: NDArray[np.int32],
    other: NDArray[np.int32],
) -> tuple[int, int, bool]:
    """Read a text as far as it goes; return status, length, and if it is in ``other``."""
    fresh = progress.stages[row] == FOLD
    n = write_points(data, progress.spans[row], fresh, tables, one)
    if n < 0:
        return PLAIN, _AS_IT_WAS, False
    first = LINKS if fresh else int(progress.stages[row])
    changed = progress.changed[row]
    rounds = int(progress.rounds[row])
    text, room, swapped, done = one, other, False, 0
    while True:
        status, stage, n, moved, own = go_round(
            text, room, n, first, tables, answers, words, readings
        )
        if moved % 2:
            text, room, swapped = room, text, not swapped
        if status == UNKNOWN:
            return UNKNOWN, _AS_IT_WAS, swapped
        # nothing but contacts was marked: all other stages have seen what they would see again
        final = fresh and own == 1 << LINKS and not has_more_to_mark(text, room, n, tables)
        done, changed = done | own, changed or own != 0
        rounds -= status == IDLE
        if status == PLAIN or rounds == 0 or not changed or final:
            break
        if not fresh and not is_folded(text, n, tables):
            status, stage = PLAIN, NEXT_ROUND
            break
        fresh = True
        first = LINKS
        changed = False
    progress.done[row] |= done
    if status == PLAIN:
        progress.stages[row] = stage
        progress.rounds[row] = rounds
        progress.changed[row] = changed
    return status, n, swapped


@jit_spliced
def write_points(
    data: NDArray[np.uint8],
    span: NDArray[np.int64],
    fresh: bool,
    tables: Tables,
    out: NDArray[np.int32],
) -> int:
    """Write the code points of a text, folded where it is new; -1 where that cannot be done."""
    if fresh:
        return fold_utf8(data, span[0], span[1], tables, out)
    return decode_utf8(data, span[0], span[1], tables.kinds.shape[0], out)


@jit_spliced
def go_round(
    text: NDArray[np.int32],
    room: NDArray[np.int32],
    n: int,
    first: int,
    tables: Tables,
    answers: Answers,
    words: Words,
    readings: Readings,
) -> tuple[int, int, int, int, int]:
    """Go a round from a stage on, up to the first that is not idle or cannot be carried out.

    Returns status, stage, length, how often the text changed its place, and what was done.
    """
    classes = classes_of(text, n, tables.kinds)
    moved = done = 0
    if first == LINKS:
        m, marked = mark_where_due(text, n, classes, tables, room)
        if m < 0:
            return PLAIN, LINKS, n, 0, 0
        if marked:
            text, room, n, moved, done = room, text, m, 1, 1 << LINKS
    n_words, known, facts = find_words(text, n, tables.kinds, words, answers)
    if not known:
        return UNKNOWN, first, n, moved, done
    stage = look_for_names(text, n, n_words, facts, classes, first, tables, answers, words)
    if stage < CHAINS:
        return PLAIN, stage, n, moved, done
    status, stage, n, own_moves, own = edit_words(
        text, room, n, n_words, facts, classes, first, tables, answers, words, readings
    )
    return status, stage, n, moved + own_moves, done | own


@jit_spliced
def edit_words(
    text: NDArray[np.int32],
    room: NDArray[np.int32],
    n: int,
    n_words: int,
    facts: int,
    classes: int,
    first: int,
    tables: Tables,
    answers: Answers,
    words: Words,
    readings: Readings,
) -> tuple[int, int, int, int, int]:
    """Go on with a round from the pieces of words; returns what `go_round` does."""
    status, stage, n, n_words, facts, moved, done = join_words(
        text, room, n, n_words, facts, classes, first, tables, answers, words
    )
    if status != IDLE:
        return status, stage, n, moved, done
    if moved % 2:
        text, room = room, text
    if not may_hold_tricks(facts):
        return IDLE, NEXT_ROUND, n, moved, done
    put(words.saved, 0, text, 0, n)
    status, m, own_moves, own = undo_word_tricks(
        text, room, n, n_words, facts, tables, answers, words, readings
    )
    if status == IDLE:
        return IDLE, NEXT_ROUND, m, moved + own_moves, done | own
    put(text, 0, words.saved, 0, n)
    return status, WORD_TRICKS, n, moved, done


@jit_spliced
def mark_where_due(
    text: NDArray[np.int32], n: int, classes: int, tables: Tables, room: NDArray[np.int32]
) -> tuple[int, bool]:
    """Do as `mark_placeholders` does; the length is -1 also where there may be a link."""
    m, marked = n, False
    if classes & NAMING:
        m, marked = mark_placeholders(text, n, tables, room)
    if m < 0 or may_hold_link(room if marked else text, m, tables):
        return -1, marked
    return m, marked


@jit_spliced
def has_more_to_mark(
    text: NDArray[np.int32], room: NDArray[np.int32], n: int, tables: Tables
) -> bool:
    """Whether a text whose contacts are marked has more to mark."""
    m, again = mark_placeholders(text, n, tables, room)
    return m < 0 or again


@jit_in_place
def read_many(
    data: NDArray[np.uint8],
    rows: NDArray[np.int64],
    progress: Progress,
    tables: Tables,
    answers: Answers,
    words: Words,
    readings: Readings,
    one: NDArray[np.int32],
    other: NDArray[np.int32],
    points: NDArray[np.int32],
    used: int,
) -> int:
    """Read rows of a batch; return how much of ``points`` is used.

    Stops where there is no room for a text.
    """
    words.n_asked[0] = 0
    for k in range(rows.shape[0]):
        row = rows[k]
        size = 2 * (progress.spans[row, 1] - progress.spans[row, 0])
        if size > one.shape[0] or size > words.spans.shape[0]:
            progress.status[row], progress.lengths[row] = PLAIN, _AS_IT_WAS
            continue
        if used + one.shape[0] > points.shape[0]:
            return used
        found, n, swapped = read_text(
            data, row, progress, tables, answers, words, readings, one, other
        )
        progress.status[row] = found
        progress.starts[row] = used
        progress.lengths[row] = n
        if found != UNKNOWN and n > 0:
            used = put(points, used, other if swapped else one, 0, n)
    return used
