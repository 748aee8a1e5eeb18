"""From pieces of words to signs: the stages in front of word tricks, compiled.

Import through `Reader`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from adclassifier.features.jit import jit_spliced
from adclassifier.features.reading.chains import join_chains
from adclassifier.features.reading.cuts import mend_words
from adclassifier.features.reading.facts import MIXED
from adclassifier.features.reading.memo import Answers
from adclassifier.features.reading.points import EMOJI, LEET_SIGN
from adclassifier.features.reading.signs import look_at_signs
from adclassifier.features.reading.tables import Tables
from adclassifier.features.reading.words import IDLE, PLAIN, UNKNOWN, Words, find_words
from adclassifier.text.stages import CHAINS, SIGNS, WORD_TRICKS

_ASKED = -2


@jit_spliced
def join_words(
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
) -> tuple[int, int, int, int, int, int, int]:
    """Join what signs and spaces have cut, then see whether signs may stand for letters.

    Returns status, stage, length, number of words, all that is said of them, how often the text
    changed its place, and what was done.
    """
    status, moved, done = IDLE, 0, 0
    for stage in range(max(first, CHAINS), SIGNS):
        m, count = join_once(stage, text, room, n, n_words, tables, answers, words)
        if m == _ASKED or status == UNKNOWN:
            status = UNKNOWN  # what comes behind is asked too, and nothing done
        elif m < 0:
            return PLAIN, stage, n, n_words, facts, moved, done
        elif count:
            text, room, n, moved, done = room, text, m, moved + 1, done | 1 << stage
            n_words, known, facts = find_words(text, n, tables.kinds, words, answers)
            if not known:
                return UNKNOWN, stage, n, n_words, facts, moved, done
    if first <= SIGNS and (facts & MIXED or classes & (LEET_SIGN | EMOJI)):
        own = look_at_signs(text, n, words, answers, tables)
        status = own if status == IDLE else UNKNOWN
    stage = WORD_TRICKS if status == IDLE else SIGNS
    return status, stage, n, n_words, facts, moved, done


@jit_spliced
def join_once(
    stage: int,
    text: NDArray[np.int32],
    room: NDArray[np.int32],
    n: int,
    n_words: int,
    tables: Tables,
    answers: Answers,
    words: Words,
) -> tuple[int, int]:
    """Join chains, or mend what was cut; return length and how many, as both say it."""
    if stage == CHAINS:
        return join_chains(text, n, n_words, words, answers, tables, room)
    return mend_words(text, n, n_words, words, answers, tables, room)
