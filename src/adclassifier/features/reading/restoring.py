"""Restore the accents of lines without: what `text.restoring` does, compiled.

Import through `Reader`.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from adclassifier.features.hashing import OPEN
from adclassifier.features.jit import jit_inner, jit_lean, jit_spliced
from adclassifier.features.reading.facts import ALPHABETIC, ASCII, SPELLING, VIETNAMESE
from adclassifier.features.reading.facts import LOST as LOST_WORD
from adclassifier.features.reading.memo import Answers
from adclassifier.features.reading.points import LOST
from adclassifier.features.reading.readings import Readings
from adclassifier.features.reading.tables import Tables, find
from adclassifier.features.reading.words import Words

_BLANK, _LINE = 32, 10
_FEWEST_WORDS = 3
#: As in `text.restoring`, which says what they are.
_LEAST_LOST, _MOST_ACCENTED, _LEAST_VIETNAMESE, _MOST_FOREIGN = 0.2, 0.25, 0.5, 0.3


@jit_lean
def restore_lines(
    points: NDArray[np.int32],
    n: int,
    n_words: int,
    words: Words,
    answers: Answers,
    tables: Tables,
    readings: Readings,
) -> int:
    """Write accents into the lines that lack them; return how many letters changed.

    Lengths stay. -1 where there is no room.
    """
    changed = t = 0
    while t < n_words:
        if not answers.facts[words.slots[t]] & LOST_WORD:  # a line without such a word keeps all
            t += 1
            continue
        start, end = line_around(points, n, words.spans[t, 0])
        first = t
        while first > 0 and words.spans[first - 1, 0] >= start:
            first -= 1
        while t < n_words and words.spans[t, 0] < end:
            t += 1
        bare = is_bare_line(points, first, t, words, answers)
        if bare and has_few_accents(points, start, end, tables.kinds):
            own = restore_line(points, first, t, words, answers, readings)
            if own < 0:
                return -1
            changed += own
    return changed


@jit_inner
def line_around(points: NDArray[np.int32], n: int, place: int) -> tuple[int, int]:
    """Give beginning and end of the line that a place is in."""
    start = end = place
    while start > 0 and points[start - 1] != _LINE:
        start -= 1
    while end < n and points[end] != _LINE:
        end += 1
    return start, end


@jit_inner
def has_few_accents(
    points: NDArray[np.int32], start: int, end: int, kinds: NDArray[np.uint16]
) -> bool:
    """Whether a line has several words by its blanks, and fewer accents than words."""
    blanks = accents = 0
    for i in range(start, end):
        blanks += points[i] == _BLANK
        accents += kinds[points[i]] & LOST != 0
    return blanks + 1 >= _FEWEST_WORDS and accents <= blanks


@jit_inner
def is_letters(points: NDArray[np.int32], words: Words, t: int, answers: Answers) -> bool:
    """Whether a word is of letters alone, and no name of a contact."""
    start = words.spans[t, 0]
    inside = start > 0 and points[start - 1] == OPEN
    return answers.facts[words.slots[t]] & ALPHABETIC != 0 and not inside


@jit_spliced
def is_bare_line(
    points: NDArray[np.int32], first: int, last: int, words: Words, answers: Answers
) -> bool:
    """Whether the words of a line speak for lost accents."""
    n = bare = vietnamese = spellings = lost = 0
    for t in range(first, last):
        if not is_letters(points, words, t, answers):
            continue
        facts = answers.facts[words.slots[t]]
        n += 1
        bare += facts & ASCII != 0
        vietnamese += facts & VIETNAMESE != 0
        spellings += facts & SPELLING != 0
        lost += facts & LOST_WORD != 0
    if n < _FEWEST_WORDS or lost < _LEAST_LOST * bare or (n - bare) > _MOST_ACCENTED * n:
        return False
    return not (vietnamese < _LEAST_VIETNAMESE * n or (bare - spellings) > _MOST_FOREIGN * bare)


@jit_spliced
def restore_line(
    points: NDArray[np.int32],
    first: int,
    last: int,
    words: Words,
    answers: Answers,
    readings: Readings,
) -> int:
    """Write accents into the runs of words that stand one space apart."""
    changed = 0
    t = first
    while t < last:
        if not is_letters(points, words, t, answers):
            t += 1
            continue
        end = t + 1
        while end < last and goes_on(points, words, end, answers):
            end += 1
        if end - t > readings.lattice.shape[0]:
            return -1
        changed += restore_run(points, t, end, words, readings)
        t = end
    return changed


@jit_inner
def goes_on(points: NDArray[np.int32], words: Words, t: int, answers: Answers) -> bool:
    """Whether a word of letters stands one space behind the last."""
    end, start = words.spans[t - 1, 1], words.spans[t, 0]
    beside = start == end + 1 and points[end] == _BLANK
    return beside and is_letters(points, words, t, answers)


@jit_inner
def log_chance(readings: Readings, left: int, right: int) -> float:
    """Logarithm of the chance of a syllable behind another (`neighbours.log_chance`)."""
    paired = 0.0
    if left >= 0 and right >= 0:
        slot = find(readings.pair_keys, pair_key(left, right))
        if slot >= 0:
            paired = readings.pair_counts[slot] / max(readings.counts[left], 1.0)
    known = readings.counts[right] if right >= 0 else 0.0
    single = (known + 0.1) / readings.shares[0]
    share = readings.shares[1]
    return math.log(share * min(paired, 1.0) + (1 - share) * single)


@jit_inner
def pair_key(left: int, right: int) -> np.uint64:
    """Key of two syllables by their numbers."""
    return ((np.uint64(left) << np.uint64(32)) | np.uint64(right)) * np.uint64(
        0x9E3779B97F4A7C15
    ) | np.uint64(1)


@jit_lean
def restore_run(
    points: NDArray[np.int32], first: int, last: int, words: Words, readings: Readings
) -> int:
    """Choose the likeliest row of readings (Viterbi), and write it; count changed letters."""
    n_readings = 1
    for t in range(first, last):
        n_readings = weigh_readings(readings, words.keys[t], t - first, n_readings)
    end, chosen = last - 1 - first, 0
    for k in range(1, n_readings):
        if readings.scores[end, k] > readings.scores[end, chosen]:
            chosen = k
    changed = 0
    for t in range(last - 1, first - 1, -1):
        reading = readings.lattice[t - first, chosen]
        chosen = readings.backs[t - first, chosen]
        if reading >= 0:
            changed += write_reading(points, words.spans[t, 0], reading, readings)
    return changed


@jit_spliced
def weigh_readings(readings: Readings, key: np.uint64, place: int, n_before: int) -> int:
    """Find the best row that ends with each reading of a word; return how many it has.

    Those that are much less likely than the best are followed no further.
    """
    slot = find(readings.keys, key)
    own = readings.starts[slot] if slot >= 0 else 0
    n_own = readings.starts[slot + 1] - own if slot >= 0 else 1
    best = -np.inf
    for k in range(n_own):
        reading = readings.numbers[own + k] if slot >= 0 else -1
        readings.lattice[place, k] = reading
        score, back = best_before(readings, place - 1, n_before, reading)
        readings.scores[place, k] = score
        readings.backs[place, k] = back
        best = max(best, score)
    for k in range(n_own):
        if not readings.scores[place, k] > best - readings.shares[2]:
            readings.scores[place, k] = -np.inf
    return n_own


@jit_spliced
def best_before(readings: Readings, place: int, n_readings: int, reading: int) -> tuple[float, int]:
    """Score of the best row that ends with a reading, and the reading of the word before it."""
    if place < 0:
        return log_chance(readings, -1, reading), 0
    lattice, scores = readings.lattice, readings.scores
    top, back = -np.inf, 0
    for k in range(n_readings):
        if scores[place, k] == -np.inf:
            continue
        left = lattice[place, k]
        total = scores[place, k] + log_chance(readings, left, reading)
        # numbers rise as the syllables are sorted: Python's max of pairs takes the last
        if total > top or (total == top and left > lattice[place, back]):
            top, back = total, k
    return top, back


@jit_inner
def write_reading(points: NDArray[np.int32], place: int, reading: int, readings: Readings) -> int:
    """Write a syllable in the place of its spelling without accents."""
    changed = 0
    first = readings.letter_starts[reading]
    for i in range(readings.letter_starts[reading + 1] - first):
        changed += points[place + i] != readings.letters[first + i]
        points[place + i] = readings.letters[first + i]
    return changed
