"""Whether a text can be judged: `text.language.is_readable`, compiled where it is plain.

Import through `Reader`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from adclassifier.features.hashing import CLOSE, OPEN, mix
from adclassifier.features.jit import jit_in_place, jit_inner, jit_spliced
from adclassifier.features.reading.contacts import WORD_SEED
from adclassifier.features.reading.facts import FOREIGN, KNOWN
from adclassifier.features.reading.memo import Answers
from adclassifier.features.reading.points import ALNUM, ALPHA, LATIN, OTHER
from adclassifier.features.reading.tables import find

_HASH, _UNDERSCORE, _APOSTROPHE = 35, 95, 39
#: As in `text.language`, which says what they are.
_MIN_WORDS, _MIN_KNOWN_SHARE = 4, 0.4


@jit_inner
def is_surely_readable(
    points: NDArray[np.int32], start: int, end: int, kinds: NDArray[np.uint16], answers: Answers
) -> bool:
    """Whether a canonical text is readable beyond doubt; false where the plain rule must say."""
    latin = other = words = known = 0
    i = start
    while i < end:
        point = points[np.uintp(i)]
        if point >= kinds.shape[0]:
            return False
        if not kinds[np.uintp(point)] & ALNUM and point not in (OPEN, _HASH):
            known -= point == _APOSTROPHE  # joins two words to one, which may be unknown
            i += 1
            continue
        first = i
        if point in (OPEN, _HASH):
            i, own_latin, own_other = pass_name(points, first, end, kinds)
            own_words = own_known = 0
        else:
            i, own_latin, own_other, letters, key = pass_word(points, first, end, kinds)
            own_words, own_known = weigh_word(i - first, letters, key, answers)
        if i < 0:
            return False
        latin, other = latin + own_latin, other + own_other
        words, known = words + own_words, known + own_known
    if latin == 0 or other > latin:
        return False
    return words < _MIN_WORDS or known >= _MIN_KNOWN_SHARE * words


@jit_spliced
def pass_name(
    points: NDArray[np.int32], start: int, end: int, kinds: NDArray[np.uint16]
) -> tuple[int, int, int]:
    """Pass the name of a contact or a hashtag; return the place behind it, Latin letters, others.

    The place is -1 where a bracket does not close.
    """
    closed = points[start] == OPEN
    latin = other = 0
    i = start + 1
    while i < end and is_inside(points[i], closed, kinds):
        latin += not closed and kinds[points[i]] & LATIN != 0
        other += not closed and kinds[points[i]] & OTHER != 0
        i += 1
    if closed and (i == end or points[i] != CLOSE):
        return -1, 0, 0
    return i, latin, other


@jit_spliced
def pass_word(
    points: NDArray[np.int32], start: int, end: int, kinds: NDArray[np.uint16]
) -> tuple[int, int, int, int, np.uint64]:
    """Pass a word; return the place behind it, how many Latin letters, others, and letters; key.

    The key is that of `contacts.word_key`.
    """
    latin = other = letters = 0
    key = WORD_SEED
    i = start
    while i < end:
        point = points[np.uintp(i)]
        if point >= kinds.shape[0] or not kinds[np.uintp(point)] & ALNUM:
            break
        kind = kinds[np.uintp(point)]
        latin += kind & LATIN != 0
        other += kind & OTHER != 0
        letters += kind & ALPHA != 0
        key = mix(key, np.uint64(point))
        i += 1
    return i, latin, other, letters, key if key != np.uint64(0) else np.uint64(1)


@jit_spliced
def weigh_word(length: int, letters: int, key: np.uint64, answers: Answers) -> tuple[int, int]:
    """How many words a word counts for, at most, and how many known ones, at least."""
    if letters < 2:
        return 0, 0
    if letters < length:
        return letters, 0  # as many words as there may be, none of them known
    slot = find(answers.keys, key)
    if slot < 0:
        return 1, -1
    facts = answers.facts[np.uintp(slot)]
    if facts & FOREIGN:
        return 1, -1  # what speaks for another language counts against the rest
    return 1, int(facts & KNOWN != 0)


@jit_inner
def is_inside(point: int, closed: bool, kinds: NDArray[np.uint16]) -> bool:
    """Whether a code point goes on the name of a contact, or a hashtag."""
    if point >= kinds.shape[0]:
        return False
    if closed:
        return 97 <= point <= 122
    return kinds[point] & ALNUM != 0 or point == _UNDERSCORE


@jit_in_place
def mark_readable(
    points: NDArray[np.int32],
    starts: NDArray[np.int64],
    lengths: NDArray[np.int32],
    kinds: NDArray[np.uint16],
    answers: Answers,
    readable: NDArray[np.bool_],
) -> int:
    """Mark the texts that are readable beyond doubt; return how many there are."""
    count = 0
    for i in range(starts.shape[0]):
        end = starts[i] + lengths[i]
        readable[i] = is_surely_readable(points, starts[i], end, kinds, answers)
        count += readable[i]
    return count
