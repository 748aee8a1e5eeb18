"""Join words that signs have cut: what `text.joining.join_chains` does, compiled.

Import through `Reader`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from adclassifier.features.jit import jit_inner, jit_lean, jit_spliced
from adclassifier.features.reading.edits import ASKED, NO_ROOM, write_context
from adclassifier.features.reading.facts import (
    BETWEEN,
    CHAIN,
    CHAIN_BETWEEN,
    PLAINLY,
    REWRITTEN,
)
from adclassifier.features.reading.folding import put, put_instead
from adclassifier.features.reading.memo import Answers
from adclassifier.features.reading.points import JOINER
from adclassifier.features.reading.tables import Tables, find
from adclassifier.features.reading.words import (
    LONGEST_QUESTION,
    Words,
    ask,
    question_key,
    replacement,
    stands_between,
)

_VOWELS = (97, 101, 105, 111, 117, 121)


@jit_lean
def join_chains(
    points: NDArray[np.int32],
    n: int,
    n_words: int,
    words: Words,
    answers: Answers,
    tables: Tables,
    out: NDArray[np.int32],
) -> tuple[int, int]:
    """Write a text with its chains joined; return its length and how many were.

    The length is -1 for the plain way, -2 where something must be asked.
    """
    m = done = joined = 0
    asked = False
    last = -1
    while last + 1 < n_words:
        t = last + 1
        last = chain_end(points, n_words, words, t, tables.kinds)
        span = (words.spans[t, 0], words.spans[last, 1])
        if last == t or is_plain_chain(points, span[0], span[1]):
            continue
        slot = chain_slot(points, n, span[0], span[1], words, answers, tables.kinds)
        if slot == NO_ROOM:
            return -1, 0
        if slot == ASKED:
            asked = True
        elif answers.facts[slot] == REWRITTEN:
            new = replacement(answers, slot)
            m = put_instead(points, n, done, span, answers.letters, new, out, m)
            done = span[1]
            joined += 1
        if m < 0 or (slot >= 0 and answers.facts[slot] == PLAINLY):
            return -1, 0
    if asked:
        return -2, 0
    return (put(out, m, points, done, n), joined) if joined else (n, 0)


@jit_spliced
def chain_slot(
    points: NDArray[np.int32],
    n: int,
    start: int,
    end: int,
    words: Words,
    answers: Answers,
    kinds: NDArray[np.uint16],
) -> int:
    """Slot of what becomes of a chain, between the words beside it if they decide; or why not."""
    if end - start > LONGEST_QUESTION:
        return NO_ROOM
    slot = find(answers.keys, question_key(CHAIN, points, start, end))
    if slot < 0:
        ask(words, CHAIN, points, start, end)
        return ASKED
    if answers.facts[slot] != BETWEEN:
        return slot
    size = write_context(points, n, start, end, kinds, words.context)
    if size < 0:
        return NO_ROOM
    slot = find(answers.keys, question_key(CHAIN_BETWEEN, words.context, 0, size))
    if slot < 0:
        ask(words, CHAIN_BETWEEN, words.context, 0, size)
        return ASKED
    return slot


@jit_inner
def chain_end(
    points: NDArray[np.int32], n_words: int, words: Words, t: int, kinds: NDArray[np.uint16]
) -> int:
    """Give the last word of the chain that begins with a word: itself where it is alone."""
    while t + 1 < n_words and stands_between(points, words, t, kinds, JOINER):
        t += 1
    return t


@jit_inner
def is_plain_chain(points: NDArray[np.int32], start: int, end: int) -> bool:
    """Whether a chain is of ASCII without a vowel: numbers, units."""
    for i in range(start, end):
        if points[i] > 0x7F or points[i] in _VOWELS:
            return False
    return True
