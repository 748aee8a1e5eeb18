"""Which stages between links and word tricks may have something to do: compiled.

Import through `Reader`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from adclassifier.features.jit import jit_inner, jit_spliced
from adclassifier.features.reading.cuts import look_at_cuts
from adclassifier.features.reading.facts import ACCOUNT, NUMBER_WORD, PUN, PUN_FIRST
from adclassifier.features.reading.memo import Answers
from adclassifier.features.reading.numbers import may_hold_number
from adclassifier.features.reading.points import DIGIT, EMOJI, LEET_SIGN
from adclassifier.features.reading.signs import look_at_signs
from adclassifier.features.reading.tables import Tables
from adclassifier.features.reading.words import (
    IDLE,
    PLAIN,
    UNKNOWN,
    Words,
    look_at_chains,
    look_for_numbers,
    look_for_puns,
)
from adclassifier.text.normalize import CHAINS, CUTS, NUMBERS, PUNS, SIGNS


@jit_inner
def classes_of(points: NDArray[np.int32], n: int, kinds: NDArray[np.uint16]) -> int:
    """All classes of the code points of a text."""
    found = 0
    for i in range(n):
        found |= int(kinds[points[i]])
    return found


@jit_spliced
def look(
    text: NDArray[np.int32],
    n: int,
    n_words: int,
    facts: int,
    classes: int,
    first: int,
    tables: Tables,
    answers: Answers,
    words: Words,
) -> tuple[int, int]:
    """Whether a stage between links and word tricks has something to do; and which that is.

    ``facts`` is all that is said of any word, ``classes`` all that is known of any code point.
    """
    if first <= NUMBERS and look_at_numbers(
        text, n, n_words, facts, classes, tables, answers, words
    ):
        return PLAIN, NUMBERS
    named = first <= PUNS and facts & (PUN | PUN_FIRST) != 0
    if named and look_for_puns(text, n_words, words, answers, tables):
        return PLAIN, PUNS
    status, stage = IDLE, CHAINS
    if first <= CHAINS:
        status = look_at_chains(text, n_words, words, answers, tables)
    if first <= CUTS and status != PLAIN:
        stage = CUTS
        status = follow(status, look_at_cuts(text, n, n_words, words, answers, tables))
    if status != PLAIN and first <= SIGNS and classes & (DIGIT | LEET_SIGN | EMOJI):
        stage = SIGNS
        status = follow(status, look_at_signs(text, n, words, answers, tables))
    return status, stage


@jit_spliced
def look_at_numbers(
    text: NDArray[np.int32],
    n: int,
    n_words: int,
    facts: int,
    classes: int,
    tables: Tables,
    answers: Answers,
    words: Words,
) -> bool:
    """Whether there may be the number of a phone or an account."""
    phone = long_number = False
    if classes & DIGIT:
        phone, long_number = may_hold_number(text, n, tables)
    spoken = facts & NUMBER_WORD != 0 or (long_number and facts & ACCOUNT != 0)
    return phone or (spoken and look_for_numbers(n_words, words, answers, long_number))


@jit_inner
def follow(before: int, own: int) -> int:
    """Join what a stage says with what those before it say: where they ask, they come first."""
    return own if before == IDLE else UNKNOWN
