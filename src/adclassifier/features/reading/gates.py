"""Whether contacts or platforms may be named: compiled.

Import through `Reader`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from adclassifier.features.jit import jit_inner, jit_spliced
from adclassifier.features.reading.facts import ACCOUNT, NUMBER_WORD, PUN, PUN_FIRST
from adclassifier.features.reading.memo import Answers
from adclassifier.features.reading.numbers import may_hold_number
from adclassifier.features.reading.points import DIGIT
from adclassifier.features.reading.tables import Tables
from adclassifier.features.reading.words import Words, look_for_numbers, look_for_puns
from adclassifier.text.stages import CHAINS, NUMBERS, PUNS


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
    spoken = facts & NUMBER_WORD != 0 or (long_number and facts & ACCOUNT != 0)
    return phone or (spoken and look_for_numbers(n_words, words, answers, long_number))
