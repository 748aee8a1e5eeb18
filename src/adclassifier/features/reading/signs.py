"""Whether figures and signs may stand for letters: the gates of `text.leet`, compiled.

Import through `Reader`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from adclassifier.features.hashing import CLOSE, OPEN
from adclassifier.features.jit import jit_inner, jit_lean, jit_spliced
from adclassifier.features.reading.facts import CALLED, DOUBTFUL, EXCLAIMED, RUN
from adclassifier.features.reading.folding import put
from adclassifier.features.reading.memo import Answers
from adclassifier.features.reading.points import ALNUM, ALPHA, EMOJI, LEET_SIGN
from adclassifier.features.reading.tables import Tables, find
from adclassifier.features.reading.words import (
    IDLE,
    PLAIN,
    Words,
    ask,
    consult,
    question_key,
    worse,
)

_BLANK, _HASH, _DOT, _UNDERSCORE, _TAB = 32, 35, 46, 95, 9
_UNASKED, _MAY_FOLLOW, _EXCLAIMED, _DOUBTFUL = -1, 2, 3, 4
_REACH = 16
_LONGEST_QUESTION = 40


@jit_lean
def look_at_signs(
    points: NDArray[np.int32], n: int, words: Words, answers: Answers, tables: Tables
) -> int:
    """Whether figures or signs may stand for letters, or an emoji for a word."""
    found = IDLE
    follow = exclaimed = False
    kinds = tables.kinds
    bare = is_plain_text(points, n)  # where no figure or emoji is read between its neighbours
    i = 0
    while i < n:
        bits = kinds[points[i]]
        if bits & EMOJI and not bare:
            found = worse(found, consult_emoji(points, i, n, words, answers))
        if not bits & (ALNUM | LEET_SIGN):
            i += 1
            continue
        start = i
        i, mixed, signs = run_end(points, start, n, kinds)
        if not mixed:
            continue
        if i - start > _LONGEST_QUESTION or (signs and is_bounded(points, start, i, n)):
            return PLAIN
        slot = find(answers.keys, question_key(RUN, points, start, i))
        kind = answers.facts[slot] if slot >= 0 else _UNASKED
        exclaimed = exclaimed or kind == _EXCLAIMED
        follow = follow or kind in (_MAY_FOLLOW, _DOUBTFUL)
        found = worse(found, consult_run(points, start, i, n, kind, bare, words, answers, kinds))
        if (exclaimed and follow) or found == PLAIN:
            return PLAIN
    return found


@jit_spliced
def consult_run(
    points: NDArray[np.int32],
    start: int,
    end: int,
    n: int,
    kind: int,
    bare: bool,
    words: Words,
    answers: Answers,
    kinds: NDArray[np.uint16],
) -> int:
    """Whether a run of a kind may be read as a word where it stands; ``bare`` in ASCII text."""
    if kind == _UNASKED:
        return ask(words, RUN, points, start, end)
    if kind == _EXCLAIMED:
        return consult_exclaimed(points, start, end, n, words, answers, kinds)
    if kind == _DOUBTFUL and not bare:
        return consult_doubtful(points, start, end, n, words, answers)
    return IDLE if kind in (IDLE, _MAY_FOLLOW, _DOUBTFUL) else PLAIN


@jit_inner
def run_end(
    points: NDArray[np.int32], i: int, n: int, kinds: NDArray[np.uint16]
) -> tuple[int, bool, bool]:
    """End of a run of letters, figures and signs; if letters are mixed with others, or signs."""
    letters = figures = signs = False
    while i < n and kinds[points[i]] & (ALNUM | LEET_SIGN):
        bits = kinds[points[i]]
        letters = letters or bits & ALPHA != 0
        figures = figures or bits & (ALNUM | ALPHA) == ALNUM
        signs = signs or bits & LEET_SIGN != 0
        i += 1
    return i, letters and (figures or signs), signs


@jit_inner
def is_bounded(points: NDArray[np.int32], start: int, end: int, n: int) -> bool:
    """Whether a sign beside a run decides where its tokens begin and end."""
    before = points[start - 1] if start > 0 else _BLANK
    behind = points[end] if end < n else _BLANK
    return before in (_UNDERSCORE, _DOT, _HASH, OPEN) or behind in (_UNDERSCORE, CLOSE)


@jit_spliced
def consult_exclaimed(
    points: NDArray[np.int32],
    start: int,
    end: int,
    n: int,
    words: Words,
    answers: Answers,
    kinds: NDArray[np.uint16],
) -> int:
    """Whether a word with an exclamation mark may be read as another between those beside it."""
    left = start
    if start > 1 and points[start - 1] == _BLANK:
        left = start - 1
        while left > 0 and kinds[points[left - 1]] & (ALNUM | LEET_SIGN):
            left -= 1
        if is_bounded(points, left, start - 1, n):
            return PLAIN
    right = end
    if end + 1 < n and points[end] == _BLANK:
        right, _, _ = run_end(points, end + 1, n, kinds)
        if is_bounded(points, end + 1, right, n):
            return PLAIN
    if right - left + 2 > words.context.shape[0]:
        return PLAIN
    m = put(words.context, 0, points, left, max(left, start - 1))
    words.context[m] = _TAB
    m = put(words.context, m + 1, points, start, end)
    words.context[m] = _TAB
    m = put(words.context, m + 1, points, min(right, end + 1), right)
    return consult(words, answers, EXCLAIMED, words.context, 0, m)


@jit_spliced
def consult_doubtful(
    points: NDArray[np.int32], start: int, end: int, n: int, words: Words, answers: Answers
) -> int:
    """Whether a figure may stand for a letter between what stands around it."""
    m = put(words.context, 0, points, max(0, start - _REACH), start)
    words.context[m] = _TAB
    m = put(words.context, m + 1, points, start, end)
    words.context[m] = _TAB
    m = put(words.context, m + 1, points, end, min(n, end + _REACH))
    return consult(words, answers, DOUBTFUL, words.context, 0, m)


@jit_inner
def is_plain_text(points: NDArray[np.int32], n: int) -> bool:
    """Whether a text is of ASCII."""
    for i in range(n):
        if points[i] > 0x7F:
            return False
    return True


@jit_spliced
def consult_emoji(points: NDArray[np.int32], i: int, n: int, words: Words, answers: Answers) -> int:
    """Whether an emoji may stand for a word between what stands around it."""
    m = put(words.context, 0, points, max(0, i - _REACH), i)
    words.context[m] = _TAB
    m = put(words.context, m + 1, points, i, min(n, i + 2 * _REACH))
    return consult(words, answers, CALLED, words.context, 0, m)
