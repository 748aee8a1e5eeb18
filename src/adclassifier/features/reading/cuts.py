"""Whether neighbours may be one word that was cut: the gates of `text.mending`, compiled.

Import through `Reader`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from adclassifier.features.hashing import OPEN, mix
from adclassifier.features.jit import jit_inner, jit_lean, jit_spliced
from adclassifier.features.reading.contacts import hash_range
from adclassifier.features.reading.facts import CLUSTER, LETTERS, PLAINLY, REWRITTEN, ROW
from adclassifier.features.reading.folding import put, put_instead
from adclassifier.features.reading.memo import Answers
from adclassifier.features.reading.points import ACCENTED, GAP
from adclassifier.features.reading.tables import Tables, contains, find, is_marked
from adclassifier.features.reading.words import (
    IDLE,
    LONGEST_QUESTION,
    MOST_SIGNS,
    PLAIN,
    Words,
    ask,
    consult,
    question_key,
    replacement,
    stands_between,
    worse,
)

_TAB = 9
_FEW_LETTERS = 20
_MOST_PIECES = 9
_FEW_IN_TWO = 3
_LONGEST_QUESTION = 64


@jit_lean
def mend_words(
    points: NDArray[np.int32],
    n: int,
    n_words: int,
    words: Words,
    answers: Answers,
    tables: Tables,
    out: NDArray[np.int32],
) -> tuple[int, int]:
    """Write a text with its one cut word mended; return its length and how many were.

    The length is -1 for the plain way, -2 where something must be asked. Several cuts make each
    other likelier, and letters that are set apart may spell a word: both are for plain code.
    """
    status, slot, start, end = find_cut(points, n, n_words, words, answers, tables)
    if status != IDLE:
        return -1 if status == PLAIN else -2, 0
    if slot < 0:
        return n, 0
    new = replacement(answers, slot)
    m = put_instead(points, n, 0, (start, end), answers.letters, new, out, 0)
    if m < 0 or has_letters_in_row(n_words, words):
        return -1, 0
    return put(out, m, points, end, n), 1


@jit_spliced
def find_cut(
    points: NDArray[np.int32], n: int, n_words: int, words: Words, answers: Answers, tables: Tables
) -> tuple[int, int, int, int]:
    """Find the words that are one; return a status, the slot of what they become, and their range.

    The slot is -1 where there are none.
    """
    found = look_at_letters(points, n_words, words, answers)
    bare = first = last = slot = -1
    start = end = 0
    for t in range(n_words + 1):
        pieces = 0
        if t + 1 < n_words and may_be_piece(points, words, tables, t):
            if bare < 0:
                bare = 0 if is_accented(points, n, tables.kinds) else 1
            pieces = pieces_from(points, n_words, words, answers, t, bare)
        found = worse(found, max(-pieces, IDLE))
        if first >= 0 and (t == n_words or (pieces > 0 and t > last + 1)):
            own, mended = consult_cluster(points, n_words, words, answers, first, last, bare)
            found = worse(found, PLAIN if mended >= 0 and slot >= 0 else own)
            if mended >= 0:
                slot, start, end = mended, words.spans[first, 0], words.spans[last, 1]
            first = -1
        if pieces > 0:
            first = t if first < 0 else first
            last = max(last, t + pieces - 1)
    return found, slot, start, end


@jit_inner
def has_letters_in_row(n_words: int, words: Words) -> bool:
    """Whether three words of one letter stand one behind the other."""
    row = 0
    for t in range(n_words):
        row = row + 1 if is_single(words, t) else 0
        if row == 3:
            return True
    return False


@jit_inner
def may_be_piece(points: NDArray[np.int32], words: Words, tables: Tables, t: int) -> bool:
    """Whether a word and the next may be pieces of one."""
    single = is_single(words, t) and is_single(words, t + 1)
    if not (single or is_marked(tables.split_bits, mix(words.keys[t], words.keys[t + 1]))):
        return False
    if words.keys[t] == words.keys[t + 1] or not stands_between(
        points, words, t, tables.kinds, GAP
    ):
        return False
    if stands_in_token(points, words, t) or stands_in_token(points, words, t + 1):
        return False
    if single:
        return True
    start, end = words.spans[t + 1, 0], words.spans[t + 1, 1]
    return contains(tables.mendable, hash_range(points, start, end, words.keys[t]))


@jit_spliced
def pieces_from(
    points: NDArray[np.int32],
    n_words: int,
    words: Words,
    answers: Answers,
    t: int,
    bare: int,
) -> int:
    """How many words from one on make a word; 0 for none, else the negative of a status."""
    last = t + 1
    # a word of more than two pieces has one letter in each, two in one of them at most
    few = size_of(words, t) + size_of(words, t + 1) <= _FEW_IN_TWO
    while few and last + 1 < n_words and last - t < _MOST_PIECES and is_short(words, last + 1):
        last += 1
    start, end = words.spans[t, 0], words.spans[last, 1]
    if end - start > _LONGEST_QUESTION:
        return -PLAIN
    slot = find(answers.keys, question_key(ROW + bare, points, start, end))
    if slot < 0:
        return -ask(words, ROW + bare, points, start, end)
    return int(answers.facts[slot])


@jit_inner
def consult_cluster(
    points: NDArray[np.int32],
    n_words: int,
    words: Words,
    answers: Answers,
    first: int,
    last: int,
    bare: int,
) -> tuple[int, int]:
    """Whether words that may be joined are likelier joined, between those beside them.

    Returns a status, and the slot of what the words become, -1 where they stay.
    """
    start, end = words.spans[first, 0], words.spans[last, 1]
    context = words.context
    if end - start > context.shape[0] // 2:
        return PLAIN, -1
    m = put_word(context, 0, points, words, first - 1)
    context[m] = _TAB
    m = put(context, m + 1, points, start, end)
    context[m] = _TAB
    m = put_word(context, m + 1, points, words, last + 1 if last + 1 < n_words else -1)
    if m > LONGEST_QUESTION:
        return PLAIN, -1
    slot = find(answers.keys, question_key(CLUSTER + bare, context, 0, m))
    if slot < 0:
        return ask(words, CLUSTER + bare, context, 0, m), -1
    if answers.facts[slot] == REWRITTEN:
        return IDLE, slot
    return PLAIN if answers.facts[slot] == PLAINLY else IDLE, -1


@jit_inner
def put_word(
    context: NDArray[np.int32], m: int, points: NDArray[np.int32], words: Words, t: int
) -> int:
    """Copy a word, the inner letters of a contact's name as `text.mending` sees them."""
    if t < 0:
        return m
    start, end = words.spans[t, 0], words.spans[t, 1]
    if stands_in_token(points, words, t):
        start, end = start + 1, end - 1
    # what is longer is no word, and one unknown word is like another
    return put(context, m, points, start, min(end, start + context.shape[0] // 5))


@jit_spliced
def look_at_letters(points: NDArray[np.int32], n_words: int, words: Words, answers: Answers) -> int:
    """Whether three or more single letters or figures in a row may spell a word."""
    found = IDLE
    t = 0
    while t < n_words:
        last = t
        while last + 1 < n_words and is_single(words, last) and is_single(words, last + 1):
            if words.spans[last + 1, 0] - words.spans[last, 1] > MOST_SIGNS + 1:
                break
            last += 1
        if last - t >= 2:
            start, end = words.spans[t, 0], words.spans[last, 1]
            found = worse(found, consult(words, answers, LETTERS, points, start, end))
        t = last + 1
    return found


@jit_inner
def size_of(words: Words, t: int) -> int:
    """How many letters and figures a word has."""
    return int(words.spans[t, 1] - words.spans[t, 0])


@jit_inner
def is_single(words: Words, t: int) -> bool:
    """Whether a word is one letter or figure."""
    return size_of(words, t) == 1


@jit_inner
def is_short(words: Words, t: int) -> bool:
    """Whether a word has at most two letters."""
    return size_of(words, t) <= 2


@jit_inner
def stands_in_token(points: NDArray[np.int32], words: Words, t: int) -> bool:
    """Whether a word is the name inside the token of a contact."""
    start = words.spans[t, 0]
    return bool(start > 0 and points[start - 1] == OPEN)


@jit_inner
def is_accented(points: NDArray[np.int32], n: int, kinds: NDArray[np.uint16]) -> bool:
    """Whether a text is written with accents."""
    count = 0
    for i in range(n):
        count += kinds[points[i]] & ACCENTED != 0
    return count * _FEW_LETTERS > n
