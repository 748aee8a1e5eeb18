"""Words of a folded text, and what was asked of them: compiled. Import through `Reader`."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from adclassifier.features.hashing import mix
from adclassifier.features.jit import jit_inner, jit_lean, jit_spliced
from adclassifier.features.reading.contacts import WORD_SEED, hash_range
from adclassifier.features.reading.facts import (
    NUMBER_WORD,
    PUN,
    PUN_FIRST,
    UNITS_SHIFT,
    WORD,
)
from adclassifier.features.reading.folding import put
from adclassifier.features.reading.memo import Answers
from adclassifier.features.reading.points import ALNUM
from adclassifier.features.reading.tables import Tables, contains, find

#: What a stage says of a text: it has nothing to do, it has to be carried out plainly, or something
#: must be asked first.
IDLE, PLAIN, UNKNOWN = 0, 1, 2

_SEED = np.uint64(0x9AE16A3B2F90404F)
_START_SEED = np.uint64(0x1D8E4E27C47D124F)
#: Signs that may stand between two pieces of a word.
MOST_SIGNS = 3
_BLANK, _HYPHEN = 32, 45
_MOST_UNITS = 10
_UNITS_MASK = 15
LONGEST_QUESTION = 160


class Words(NamedTuple):
    """Room for the words of one text, and for the questions of a batch.

    Parameters
    ----------
    spans : ndarray of shape (room, 2), int32
    keys : ndarray of shape (room,), uint64
    slots : ndarray of shape (room,), int32
        Where the answer about each word stands, -1 while it is unknown.
    old : ndarray of shape (room,), uint64
        Keys of the words that the text had at the beginning of a round.
    saved : ndarray of shape (room,), int32
        The text before its words were edited.
    context : ndarray of shape (room,), int32
        A word and those beside it.
    questions : ndarray, int32
        Kind, length and code points of each, one behind the other.
    n_asked : ndarray of shape (1,), int64
        How much of ``questions`` is used.
    """

    spans: NDArray[np.int32]
    keys: NDArray[np.uint64]
    slots: NDArray[np.int32]
    old: NDArray[np.uint64]
    saved: NDArray[np.int32]
    context: NDArray[np.int32]
    questions: NDArray[np.int32]
    n_asked: NDArray[np.int64]


@jit_inner
def question_key(kind: int, points: NDArray[np.int32], start: int, end: int) -> np.uint64:
    """Key of a question other than about one word."""
    return hash_range(points, start, end, mix(_SEED, np.uint64(kind)))


@jit_inner
def ask(words: Words, kind: int, points: NDArray[np.int32], start: int, end: int) -> int:
    """Note a question; there may be no room, then it comes up again."""
    n = words.n_asked[0]
    size = end - start
    if n + size + 2 <= words.questions.shape[0]:
        words.questions[n] = kind
        words.questions[n + 1] = size
        words.n_asked[0] = put(words.questions, n + 2, points, start, end)
    return UNKNOWN


@jit_inner
def consult(
    words: Words, answers: Answers, kind: int, points: NDArray[np.int32], start: int, end: int
) -> int:
    """Give the answer to a question of yes or no."""
    if end - start > LONGEST_QUESTION:
        return PLAIN
    slot = find(answers.keys, question_key(kind, points, start, end))
    if slot < 0:
        return ask(words, kind, points, start, end)
    return PLAIN if answers.facts[slot] else IDLE


@jit_lean
def find_words(
    points: NDArray[np.int32], n: int, kinds: NDArray[np.uint16], words: Words, answers: Answers
) -> tuple[int, bool, int]:
    """Find the words of a text and what is known of them.

    Returns how many there are, if all are known, and all that is said of any of them.
    """
    count = facts = 0
    known = True
    i = 0
    while i < n:
        if not kinds[points[i]] & ALNUM:
            i += 1
            continue
        start = i
        key = WORD_SEED
        while i < n and kinds[points[i]] & ALNUM:
            key = mix(key, np.uint64(points[i]))
            i += 1
        key = key if key != np.uint64(0) else np.uint64(1)
        slot = find(answers.keys, key)
        words.spans[count, 0] = start
        words.spans[count, 1] = i
        words.keys[count] = key
        words.slots[count] = slot
        count += 1
        if slot < 0:
            known = False
            ask(words, WORD, points, start, i)
        else:
            facts |= answers.facts[slot]
    return count, known, facts


@jit_inner
def worse(one: int, other: int) -> int:
    """Join what two stages say: the plain way beats a question."""
    if one == PLAIN or other == PLAIN:
        return PLAIN
    return max(one, other)


@jit_lean
def look_for_numbers(n_words: int, words: Words, answers: Answers) -> bool:
    """Whether words may be a phone number."""
    units = 0
    spoken = False
    for t in range(n_words):
        facts = answers.facts[words.slots[t]]
        own = (facts >> UNITS_SHIFT) & _UNITS_MASK
        units = units + own if own else 0
        spoken = (spoken or facts & NUMBER_WORD != 0) and own > 0
        if units >= _MOST_UNITS and spoken:
            return True
    return False


@jit_lean
def look_for_puns(
    points: NDArray[np.int32], n_words: int, words: Words, answers: Answers, tables: Tables
) -> bool:
    """Whether a word, or the beginning of two, may be a platform spelled by ear."""
    for t in range(n_words):
        facts = answers.facts[words.slots[t]]
        if facts & PUN:
            return True
        if facts & PUN_FIRST and t + 1 < n_words and begins_pun(points, words, t, tables):
            return True
    return False


@jit_spliced
def begins_pun(points: NDArray[np.int32], words: Words, t: int, tables: Tables) -> bool:
    """Whether a word and the beginning of the next are those of a platform spelled by ear."""
    end, behind = words.spans[t, 1], words.spans[t + 1, 0]
    if behind != end + 1 or points[end] not in (_BLANK, _HYPHEN):
        return False
    state = start_key(words.keys[t], points[behind], 0)
    if contains(tables.pun_starts, state):
        return True
    if words.spans[t + 1, 1] == behind + 1:
        return False
    return contains(tables.pun_starts, start_key(words.keys[t], points[behind], points[behind + 1]))


@jit_inner
def start_key(word: np.uint64, first: int, second: int) -> np.uint64:
    """Key of a word and one or two letters behind it."""
    state = mix(mix(_START_SEED, word), np.uint64(first))
    return mix(state, np.uint64(second)) | np.uint64(1)


@jit_inner
def stands_between(
    points: NDArray[np.int32], words: Words, t: int, kinds: NDArray[np.uint16], sign: int
) -> bool:
    """Whether at most three signs of a class, and nothing else, stand between a word and the next.

    ``sign`` is the bit of the class.
    """
    end, behind = words.spans[t, 1], words.spans[t + 1, 0]
    if behind - end > MOST_SIGNS:
        return False
    for i in range(end, behind):
        if not kinds[points[i]] & sign:
            return False
    return True


@jit_inner
def replacement(answers: Answers, slot: int) -> tuple[int, int]:
    """Give the range of ``answers.letters`` that takes the place of what was asked for."""
    word = answers.words[slot]
    return answers.starts[word], answers.starts[word + 1]
