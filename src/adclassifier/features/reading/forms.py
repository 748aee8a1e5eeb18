"""Write out short forms: what `text.short_forms` does, compiled. Import through `Reader`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from adclassifier.features.hashing import mix
from adclassifier.features.jit import jit_inner, jit_lean, jit_spliced
from adclassifier.features.reading.contacts import word_key
from adclassifier.features.reading.facts import FORM_SHIFT
from adclassifier.features.reading.folding import put, put_instead
from adclassifier.features.reading.memo import Answers
from adclassifier.features.reading.points import ALNUM, ALPHA, APART, DIGIT
from adclassifier.features.reading.tables import Tables, contains, find
from adclassifier.features.reading.words import Words

#: Kinds of rules, as tables/short_forms.tsv names them.
RULE_KINDS = ("always", "after", "before", "apart", "free")
_ALWAYS, _AFTER, _BEFORE, _APART, _FREE = range(5)
_REACH = 12
_COLON, _COMMA, _BLANK, _DOT, _UNDERSCORE = 58, 44, 32, 46, 95
_RULE_SEED = np.uint64(0xD6E8FEB86659FD93)

#: No rule fits.
NO_RULE = -1
_INTERJECTIONS = (0x1EA1, 0xE1, 0xE0, 0x1EDF, 0xFD)


@jit_inner
def rule_key(rule: int, word: np.uint64) -> np.uint64:
    """Key of a word that a rule names."""
    return mix(mix(_RULE_SEED, np.uint64(rule)), word) | np.uint64(1)


@jit_inner
def form_number(facts: int) -> int:
    """Give the number of the short form that a word is, -1 if it is none."""
    return (facts >> FORM_SHIFT) - 1


@jit_inner
def stands_alone(
    points: NDArray[np.int32], n: int, start: int, end: int, kinds: NDArray[np.uint16]
) -> bool:
    """Whether no sign beside a word makes it part of something else."""
    if not kinds[points[start]] & ALPHA:
        return False
    if start > 0:
        before = points[start - 1]
        if kinds[before] & APART:
            return False
        stop = before in (_DOT, _COMMA) and start > 1
        if stop and (kinds[points[start - 2]] & ALNUM or points[start - 2] == _UNDERSCORE):
            return False
    if end < n:
        behind = points[end]
        if kinds[behind] & APART:
            return False
        stop = behind in (_DOT, _COMMA) and end + 1 < n
        if stop and (kinds[points[end + 1]] & ALNUM or points[end + 1] == _UNDERSCORE):
            return False
    return True


@jit_inner
def word_before(
    points: NDArray[np.int32], start: int, kinds: NDArray[np.uint16]
) -> tuple[int, int]:
    """Give the word in front of a place, behind one or two blanks or commas; empty if none."""
    low = max(0, start - _REACH)
    end = start
    while end > low and points[end - 1] in (_BLANK, _COMMA):
        end -= 1
    if not 1 <= start - end <= 2:
        return start, start
    first = end
    while first > low and kinds[points[first - 1]] & ALNUM:
        first -= 1
    return first, end


@jit_inner
def word_behind(
    points: NDArray[np.int32], end: int, n: int, kinds: NDArray[np.uint16]
) -> tuple[int, int]:
    """Give the word behind a place, after one or two blanks or commas, or a colon right behind."""
    high = min(n, end + _REACH)
    if end < high and points[end] == _COLON:
        return end, end + 1
    first = end
    while first < high and points[first] in (_BLANK, _COMMA):
        first += 1
    if not 1 <= first - end <= 2:
        return end, end
    last = first
    while last < high and kinds[points[last]] & ALNUM:
        last += 1
    return first, last


@jit_spliced
def choose_rule(
    points: NDArray[np.int32],
    n: int,
    span: NDArray[np.int32],
    form: int,
    tables: Tables,
    answers: Answers,
) -> int:
    """Choose the first rule of a short form that fits the words beside it."""
    kinds = tables.kinds
    left, left_end = word_before(points, span[0], kinds)
    right, right_end = word_behind(points, span[1], n, kinds)
    first, last = tables.form_starts[form], tables.form_starts[form + 1]
    in_row = tables.form_rules[first] == _FREE and is_in_row(
        points, n, span, (left, left_end), (right, right_end), tables, answers
    )
    left_key = word_key(points, left, left_end)
    right_key = word_key(points, right, right_end)
    behind_number = left_end > left and kinds[points[left_end - 1]] & DIGIT != 0
    before_number = right_end > right and kinds[points[right]] & DIGIT != 0
    for rule in range(first, last):
        kind = tables.form_rules[rule]
        names_left = left_end > left and contains(tables.form_words, rule_key(rule, left_key))
        names_right = right_end > right and contains(tables.form_words, rule_key(rule, right_key))
        if kind == _ALWAYS or (kind == _AFTER and names_left) or (kind == _BEFORE and names_right):
            return rule
        if kind == _APART and not (names_left or names_right or behind_number):
            return rule
        named = left_end > left and contains(tables.letter_names, left_key)
        if kind == _FREE and not (behind_number or before_number or in_row or named):
            return rule
    return NO_RULE


@jit_spliced
def is_in_row(
    points: NDArray[np.int32],
    n: int,
    span: NDArray[np.int32],
    left: tuple[int, int],
    right: tuple[int, int],
    tables: Tables,
    answers: Answers,
) -> bool:
    """Whether a single letter that is no short form stands beside a form (`_in_letter_row`)."""
    kinds = tables.kinds
    for start, end in (left, right):
        if end - start != 1 or not kinds[points[start]] & ALPHA:
            continue
        slot = find(answers.keys, word_key(points, start, end))
        known = slot >= 0 and form_number(answers.facts[slot]) >= 0
        if not known and points[start] not in _INTERJECTIONS:
            return True
    if left[1] - left[0] == 1 and ends_row(points, n, span[0], kinds):
        return True
    return right[1] - right[0] == 1 and begins_row(points, span[1], n, kinds)


@jit_inner
def ends_row(points: NDArray[np.int32], n: int, start: int, kinds: NDArray[np.uint16]) -> bool:
    """Whether two single letters stand right before a place."""
    i = max(0, start - 5)
    first = kinds[points[i]]
    if not first & ALNUM and is_letter_pair(points, i + 1, n, kinds):
        return True
    return i == 0 and is_letter_pair(points, 0, n, kinds)


@jit_inner
def is_letter_pair(points: NDArray[np.int32], i: int, n: int, kinds: NDArray[np.uint16]) -> bool:
    """Whether letter, blank, letter, blank stand at a place."""
    if i + 4 > n or points[i + 1] != _BLANK or points[i + 3] != _BLANK:
        return False
    return bool(kinds[points[i]] & ALPHA and kinds[points[i + 2]] & ALPHA)


@jit_inner
def begins_row(points: NDArray[np.int32], end: int, n: int, kinds: NDArray[np.uint16]) -> bool:
    """Whether three single letters, or two of which the first is accented, stand behind a place."""
    count = 0
    accented = False
    i = end
    while count < 3 and i + 1 < n and points[i] == _BLANK and kinds[points[i + 1]] & ALPHA:
        if i + 2 < n and kinds[points[i + 2]] & ALNUM:
            break
        if count == 0:
            accented = not 97 <= points[i + 1] <= 122
        count += 1
        i += 2
    return count == 3 or (count == 2 and accented)


@jit_lean
def write_forms(
    points: NDArray[np.int32],
    n: int,
    n_words: int,
    words: Words,
    n_old: int,
    answers: Answers,
    tables: Tables,
    out: NDArray[np.int32],
) -> tuple[int, int]:
    """Write the text with its short forms written out; return its length and how many there were.

    The length is -1 where there is no room.
    """
    m = 0
    done = 0
    n_written = 0
    for t in range(n_words):
        slot = words.slots[t]
        form = form_number(answers.facts[slot])
        if form < 0 or not was_there(words, words.keys[t], n_old):
            continue
        start, end = words.spans[t, 0], words.spans[t, 1]
        if not stands_alone(points, n, start, end, tables.kinds):
            continue
        rule = choose_rule(points, n, words.spans[t], form, tables, answers)
        if rule == NO_RULE:
            continue
        full = (tables.full_starts[rule], tables.full_starts[rule + 1])
        span = (words.spans[t, 0], words.spans[t, 1])
        m = put_instead(points, n, done, span, tables.full_letters, full, out, m)
        if m < 0:
            return -1, 0
        done = end
        n_written += 1
    if n_written == 0:
        return n, 0
    return put(out, m, points, done, n), n_written


@jit_inner
def was_there(words: Words, key: np.uint64, n_old: int) -> bool:
    """Whether the text had a word at the beginning of the round.

    ``n_old`` is -1 if it has not changed since.
    """
    if n_old < 0:
        return True
    for k in range(n_old):
        if words.old[k] == key:
            return True
    return False
