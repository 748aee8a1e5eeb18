"""Whether contacts or platforms may be named: compiled.

Import through `Reader`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from adclassifier.features.jit import jit_inner, jit_lean, jit_spliced
from adclassifier.features.reading.facts import (
    BEFORE_ACCOUNT,
    BEHIND_ACCOUNT,
    ENDS_ACCOUNT,
    NUMBER_WORD,
    PUN,
    PUN_FIRST,
)
from adclassifier.features.reading.memo import Answers
from adclassifier.features.reading.numbers import FEWEST_ACCOUNT_DIGITS, is_narrow, may_hold_number
from adclassifier.features.reading.points import DIGIT
from adclassifier.features.reading.tables import Tables
from adclassifier.features.reading.words import Words, look_for_numbers, look_for_puns
from adclassifier.text.stages import CHAINS, NUMBERS, PUNS

_MOST_SIGNS = 4


@jit_inner
def classes_of(points: NDArray[np.int32], n: int, kinds: NDArray[np.uint16]) -> int:
    """All classes of the code points of a text."""
    found = 0
    for i in range(n):
        found |= int(kinds[points[i]])
    return found


@jit_spliced
def look_for_names(
    text: NDArray[np.int32],
    n: int,
    n_words: int,
    facts: int,
    classes: int,
    first: int,
    tables: Tables,
    answers: Answers,
    words: Words,
) -> int:
    """Stage of numbers or of puns, where it may have something to do; or that behind both.

    ``facts`` is all that is said of any word, ``classes`` all that is known of any code point.
    """
    if first <= NUMBERS and look_at_numbers(
        text, n, n_words, facts, classes, tables, answers, words
    ):
        return NUMBERS
    named = first <= PUNS and facts & (PUN | PUN_FIRST) != 0
    if named and look_for_puns(text, n_words, words, answers, tables):
        return PUNS
    return CHAINS


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
    if phone or (facts & NUMBER_WORD and look_for_numbers(n_words, words, answers)):
        return True
    named = facts & (BEFORE_ACCOUNT | BEHIND_ACCOUNT | ENDS_ACCOUNT) != 0
    return long_number and named and look_for_accounts(text, n, n_words, words, answers, tables)


@jit_lean
def look_for_accounts(
    points: NDArray[np.int32], n: int, n_words: int, words: Words, answers: Answers, tables: Tables
) -> bool:
    """Whether a number as long as an account's stands beside a word that stands beside those."""
    for t in range(n_words):
        facts = answers.facts[words.slots[t]]
        if facts & ENDS_ACCOUNT:
            return True
        start, end = words.spans[t, 0], words.spans[t, 1]
        if facts & BEFORE_ACCOUNT and t + 1 < n_words:
            behind = words.spans[t + 1, 0]
            if behind - end <= _MOST_SIGNS and is_long(points, behind, 1, n, tables.kinds):
                return True
        if facts & BEHIND_ACCOUNT and t > 0:
            before = words.spans[t - 1, 1]
            if start - before <= _MOST_SIGNS and is_long(points, before - 1, -1, n, tables.kinds):
                return True
    return False


@jit_inner
def is_long(
    points: NDArray[np.int32], i: int, step: int, n: int, kinds: NDArray[np.uint16]
) -> bool:
    """Whether a number as long as an account's goes on from a place, forwards or backwards."""
    count = gap = 0
    while 0 <= i < n and gap <= (count > 0):
        digit = kinds[points[i]] & DIGIT != 0
        if not (digit or is_narrow(points[i])):
            return False
        count, gap = count + digit, 0 if digit else gap + 1
        if count >= FEWEST_ACCOUNT_DIGITS:
            return True
        i += step
    return False
