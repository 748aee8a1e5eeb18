"""The edits of words, one kind behind the other: compiled. Import through `Reader`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from adclassifier.features.jit import jit_inner, jit_spliced
from adclassifier.features.reading.edits import replace_words, shown_keys, write_keys, write_meant
from adclassifier.features.reading.facts import (
    FORM_SHIFT,
    JOINED,
    LOST,
    RESPELLED,
    RESPELT,
    STRETCHED,
    TYPED,
)
from adclassifier.features.reading.forms import write_forms
from adclassifier.features.reading.memo import Answers
from adclassifier.features.reading.readings import Readings
from adclassifier.features.reading.restoring import restore_lines
from adclassifier.features.reading.tables import Tables
from adclassifier.features.reading.words import IDLE, PLAIN, UNKNOWN, Words, find_words
from adclassifier.text.stages import NO_KEYS, WORD_TRICKS

_EDITS = 5


@jit_spliced
def undo_word_tricks(
    text: NDArray[np.int32],
    room: NDArray[np.int32],
    n: int,
    n_words: int,
    facts: int,
    tables: Tables,
    answers: Answers,
    words: Words,
    readings: Readings,
) -> tuple[int, int, int, int]:
    """Carry out the edits of words; return status, length, moves, and what was done.

    ``facts`` is all that is said of any word.
    """
    n_old = -1
    moved = done = 0
    shown = shown_keys(n_words, words, answers) if facts & TYPED else NO_KEYS
    for stage in range(_EDITS):
        if not may_edit(stage, facts):
            continue
        m, count = run_stage(stage, text, room, n, n_words, n_old, shown, tables, answers, words)
        if m < 0:
            return PLAIN if m == -1 else UNKNOWN, 0, moved, done
        if count == 0:
            continue
        done |= 1 << WORD_TRICKS + stage
        n_old = remember_words(words, n_words) if n_old < 0 else n_old
        text, room, n, moved = room, text, m, moved + 1
        n_words, known, facts = find_words(text, n, tables.kinds, words, answers)
        if not known:
            return UNKNOWN, 0, moved, done
    if not facts & LOST:
        return IDLE, n, moved, done
    changed = restore_lines(text, n, n_words, words, answers, tables, readings)
    done |= int(changed > 0) << WORD_TRICKS + _EDITS
    return IDLE if changed >= 0 else PLAIN, n, moved, done


@jit_spliced
def run_stage(
    stage: int,
    text: NDArray[np.int32],
    room: NDArray[np.int32],
    n: int,
    n_words: int,
    n_old: int,
    shown: int,
    tables: Tables,
    answers: Answers,
    words: Words,
) -> tuple[int, int]:
    """Carry out one edit of words; return length and how many there were.

    The length is -1 for the plain way, -2 where something must be asked.
    """
    if stage in (0, 2):
        bit = STRETCHED if stage == 0 else JOINED
        return replace_words(text, n, n_words, words, answers, bit, n_old, room)
    if stage == 1:
        return write_keys(text, n, n_words, words, n_old, answers, tables, shown, room)
    if stage == 3:
        return write_forms(text, n, n_words, words, n_old, answers, tables, room)
    return write_meant(text, n, n_words, words, n_old, answers, tables, RESPELT, RESPELLED, room)


@jit_inner
def may_hold_tricks(facts: int) -> bool:
    """Whether any word is of a kind that one of the edits is about."""
    return facts & (STRETCHED | TYPED | JOINED | RESPELT | LOST) != 0 or facts >> FORM_SHIFT != 0


@jit_inner
def may_edit(stage: int, facts: int) -> bool:
    """Whether any word is of the kind that a stage edits."""
    if stage == 0:
        return facts & STRETCHED != 0
    if stage == 1:
        return facts & TYPED != 0
    if stage == 2:
        return facts & JOINED != 0
    return facts >> FORM_SHIFT != 0 if stage == 3 else facts & RESPELT != 0


@jit_inner
def remember_words(words: Words, n_words: int) -> int:
    """Keep the words that a text has at the beginning of a round; return how many there are."""
    for t in range(n_words):
        words.old[t] = words.keys[t]
    return n_words
