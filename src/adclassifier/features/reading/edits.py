"""Edits that hang on single words, and signs that other stages have something to do: compiled.

Import through `Reader`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from adclassifier.features.hashing import OPEN
from adclassifier.features.jit import jit_inner, jit_lean, jit_spliced
from adclassifier.features.reading.cuts import is_accented
from adclassifier.features.reading.facts import ALPHABETIC, KEYS, RESPELLED, SURE, TYPED
from adclassifier.features.reading.folding import put, put_instead
from adclassifier.features.reading.forms import was_there
from adclassifier.features.reading.memo import Answers
from adclassifier.features.reading.points import ALNUM, ALPHA
from adclassifier.features.reading.tables import Tables, find
from adclassifier.features.reading.words import (
    Words,
    ask,
    question_key,
    replacement,
)
from adclassifier.text.stages import FIGURE_KEYS, LETTER_KEYS, MANY_KEYS, NO_KEYS

_REACH = 12
#: Why there is no slot of what becomes of a word or a chain.
_STAYS, ASKED, NO_ROOM = -1, -2, -3
_NO_KEY = np.uint64(0)
_BLANK, _TAB, _UNDERSCORE, _AT, _HASH, _DOT = 32, 9, 95, 64, 35, 46
_CLOSE = OPEN + 1
# Signs that bind a letter to the word behind them: `neighbours` looks no further
_BINDING = (64, 36, 0x20AC, 0xA3, 33, 124, 43, 46, 42, 47, 45)


@jit_lean
def replace_words(
    points: NDArray[np.int32],
    n: int,
    n_words: int,
    words: Words,
    answers: Answers,
    bit: int,
    n_old: int,
    out: NDArray[np.int32],
) -> tuple[int, int]:
    """Put their replacements in the place of words of one kind; return length and how many.

    The length is -1 where there is no room.
    """
    m = 0
    done = 0
    replaced = 0
    for t in range(n_words):
        slot = words.slots[t]
        if not answers.facts[slot] & bit or not was_there(words, words.keys[t], n_old):
            continue
        written = replacement(answers, slot)
        span = (words.spans[t, 0], words.spans[t, 1])
        m = put_instead(points, n, done, span, answers.letters, written, out, m)
        if m < 0:
            return -1, 0
        done = words.spans[t, 1]
        replaced += 1
    if replaced == 0:
        return n, 0
    return put(out, m, points, done, n), replaced


@jit_inner
def neighbour_before(
    points: NDArray[np.int32], start: int, kinds: NDArray[np.uint16]
) -> tuple[int, int]:
    """Give the word that stands one blank before a place, as `neighbours.around` does."""
    if start < 2 or points[start - 1] != _BLANK:
        return start, start
    end = start - 1
    first = end
    while first > 0 and kinds[points[first - 1]] & ALPHA:
        first -= 1
    if first == end or first < start - _REACH:
        return start, start
    if first > 0 and kinds[points[first - 1]] & ALNUM:
        return start, start
    if first > 1 and points[first - 1] in _BINDING and kinds[points[first - 2]] & ALNUM:
        return start, start
    return first, end


@jit_inner
def neighbour_behind(
    points: NDArray[np.int32], end: int, n: int, kinds: NDArray[np.uint16]
) -> tuple[int, int]:
    """Give the word that stands one blank behind a place, as `neighbours.around` does."""
    high = min(n, end + _REACH)
    if end >= high or points[end] != _BLANK:
        return end, end
    first = end + 1
    last = first
    while last < high and kinds[points[last]] & ALPHA:
        last += 1
    if last == first:
        return end, end
    if last < high and kinds[points[last]] & ALNUM:
        return end, end
    bound = last + 1 < high and points[last] in _BINDING
    if bound and kinds[points[last + 1]] & ALNUM:
        return end, end
    return first, last


@jit_inner
def write_context(
    points: NDArray[np.int32],
    n: int,
    start: int,
    end: int,
    kinds: NDArray[np.uint16],
    context: NDArray[np.int32],
) -> int:
    """Write left word, word and right word with tabs between; -1 if there is no room."""
    left, left_end = neighbour_before(points, start, kinds)
    right, right_end = neighbour_behind(points, end, n, kinds)
    size = (left_end - left) + (end - start) + (right_end - right) + 2
    if size > context.shape[0]:
        return -1
    m = put(context, 0, points, left, left_end)
    context[m] = _TAB
    m = put(context, m + 1, points, start, end)
    context[m] = _TAB
    return put(context, m + 1, points, right, right_end)


@jit_lean
def write_keys(
    points: NDArray[np.int32],
    n: int,
    n_words: int,
    words: Words,
    n_old: int,
    answers: Answers,
    tables: Tables,
    shown: int,
    out: NDArray[np.int32],
) -> tuple[int, int]:
    """Write the syllables of key strokes; return length and how many, as `write_meant` does.

    ``shown`` is what `shown_keys` says of the text at the beginning of the round.
    """
    for t in range(n_words):
        new = not was_there(words, words.keys[t], n_old)
        if new and answers.facts[words.slots[t]] & TYPED:
            return -1, 0  # beside others it counts as it is written
    kind = KEYS + 2 * shown + (not is_accented(points, n, tables.kinds))
    return write_meant(points, n, n_words, words, n_old, answers, tables, TYPED, kind, out)


@jit_inner
def shown_keys(n_words: int, words: Words, answers: Answers) -> int:
    """Say how a text shows key strokes (`telex.read_keys`)."""
    shown = NO_KEYS
    n_found, last, before = 0, _NO_KEY, _NO_KEY  # two tell whether a third is another one
    for t in range(n_words):
        facts = answers.facts[words.slots[t]]
        if not facts & TYPED:
            continue
        if not facts & ALPHABETIC:
            if facts & SURE:
                return FIGURE_KEYS
            continue
        key = words.keys[t]
        if n_found < MANY_KEYS and key not in (last, before):
            n_found, last, before = n_found + 1, key, last
        if facts & SURE or n_found >= MANY_KEYS:
            shown = LETTER_KEYS
    return shown


@jit_lean
def write_meant(
    points: NDArray[np.int32],
    n: int,
    n_words: int,
    words: Words,
    n_old: int,
    answers: Answers,
    tables: Tables,
    bit: int,
    kind: int,
    out: NDArray[np.int32],
) -> tuple[int, int]:
    """Write the syllables that words mean between their neighbours; return length and how many.

    ``bit`` is of the words, ``kind`` of the question. The length is -1 for the plain way, -2 where
    something must be asked.
    """
    m = done = replaced = 0
    asked = False
    for t in range(n_words):
        if not answers.facts[words.slots[t]] & bit or not was_there(words, words.keys[t], n_old):
            continue
        slot = meant_slot(points, n, words, t, kind, answers, tables)
        if slot == NO_ROOM:
            return -1, 0
        asked = asked or slot == ASKED
        if slot < 0:
            continue
        written = replacement(answers, slot)
        span = (words.spans[t, 0], words.spans[t, 1])
        m = put_instead(points, n, done, span, answers.letters, written, out, m)
        if m < 0:
            return -1, 0
        done = words.spans[t, 1]
        replaced += 1
    if asked:
        return -2, 0
    return (put(out, m, points, done, n), replaced) if replaced else (n, 0)


@jit_spliced
def meant_slot(
    points: NDArray[np.int32],
    n: int,
    words: Words,
    t: int,
    kind: int,
    answers: Answers,
    tables: Tables,
) -> int:
    """Slot of the syllable that a word means between its neighbours; or why there is none."""
    start, end = words.spans[t, 0], words.spans[t, 1]
    if kind == RESPELLED and not may_be_respelled(points, n, start, end, tables.kinds):
        return _STAYS
    size = write_context(points, n, start, end, tables.kinds, words.context)
    if size < 0:
        return NO_ROOM
    slot = find(answers.keys, question_key(kind, words.context, 0, size))
    if slot < 0:
        ask(words, kind, words.context, 0, size)
        return ASKED
    return slot if answers.words[slot] >= 0 else _STAYS


@jit_inner
def may_be_respelled(
    points: NDArray[np.int32], n: int, start: int, end: int, kinds: NDArray[np.uint16]
) -> bool:
    """Whether a word is of letters alone, and no part of a name, a link or a contact."""
    if start > 0 and points[start - 1] in (_UNDERSCORE, _AT, _HASH, OPEN, _DOT):
        return False
    for i in range(start, end):
        if not kinds[points[i]] & ALPHA:
            return False
    if end == n:
        return True
    if points[end] in (_UNDERSCORE, _CLOSE, _AT):
        return False
    dotted = points[end] == _DOT and end + 1 < n
    return not (dotted and (kinds[points[end + 1]] & ALNUM or points[end + 1] == _UNDERSCORE))
