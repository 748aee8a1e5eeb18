"""Keys of many words at once, and open addressing tables of keys: compiled.

Import lazily: decorating touches the cache folder.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from adclassifier.features.hashing import mix
from adclassifier.features.jit import jit_in_place, jit_inner
from adclassifier.features.reading.contacts import word_key
from adclassifier.features.reading.facts import WORD
from adclassifier.features.reading.forms import rule_key
from adclassifier.features.reading.memo import Answers
from adclassifier.features.reading.restoring import pair_key
from adclassifier.features.reading.tables import bit_place, find
from adclassifier.features.reading.words import question_key, start_key


@jit_in_place
def write_word_keys(
    letters: NDArray[np.int32], starts: NDArray[np.int64], keys: NDArray[np.uint64]
) -> int:
    """Write the keys of words that stand one behind the other; return how many."""
    for i in range(len(keys)):
        keys[i] = word_key(letters, starts[i], starts[i + 1])
    return len(keys)


@jit_in_place
def mark_splits(
    letters: NDArray[np.int32], starts: NDArray[np.int64], bits: NDArray[np.uint8]
) -> int:
    """Set the bits of the two pieces of words wherever they may be cut; return how many."""
    count = 0
    for i in range(len(starts) - 1):
        for cut in range(starts[i] + 1, starts[i + 1]):
            left = word_key(letters, starts[i], cut)
            key = mix(left, word_key(letters, cut, starts[i + 1]))
            place = bit_place(key)
            bits[place >> 3] |= np.uint8(1 << (place & 7))
            count += 1
    return count


@jit_in_place
def place_keys(
    keys: NDArray[np.uint64], slots: NDArray[np.uint64], places: NDArray[np.int64]
) -> int:
    """Fill an empty table with keys; write the slot of each, and return how many there are."""
    mask = np.uint64(slots.shape[0] - 1)
    count = 0
    for i in range(len(keys)):
        slot = free_slot(slots, keys[i], mask)
        count += slots[slot] == np.uint64(0)
        slots[slot] = keys[i]
        places[i] = slot
    return count


@jit_inner
def free_slot(slots: NDArray[np.uint64], key: np.uint64, mask: np.uint64) -> np.uint64:
    """Find the slot of a key, or the one that it may be put into."""
    slot = (key >> np.uint64(17)) & mask
    while slots[slot] != np.uint64(0) and slots[slot] != key:
        slot = (slot + np.uint64(1)) & mask
    return slot


@jit_in_place
def move_answers(old: Answers, new: Answers) -> int:
    """Copy answers into larger empty arrays; return how many."""
    mask = np.uint64(new.keys.shape[0] - 1)
    count = 0
    for i in range(len(old.keys)):
        key = old.keys[i]
        if key != np.uint64(0):
            slot = free_slot(new.keys, key, mask)
            new.facts[slot] = old.facts[i]
            new.words[slot] = old.words[i]
            new.keys[slot] = key
            count += 1
    return count


@jit_in_place
def list_questions(
    asked: NDArray[np.int32],
    n_asked: int,
    known: NDArray[np.uint64],
    places: NDArray[np.int32],
    keys: NDArray[np.uint64],
) -> int:
    """List the questions that have no answer yet, where each begins and its key.

    The same question may come several times. Returns how many there are.
    """
    count = 0
    i = 0
    while i < n_asked:
        kind, first, end = asked[i], i + 2, i + 2 + asked[i + 1]
        is_word = kind == WORD
        key = word_key(asked, first, end) if is_word else question_key(kind, asked, first, end)
        if find(known, key) < 0:
            places[count] = i
            keys[count] = key
            count += 1
        i = end
    return count


@jit_in_place
def write_pair_keys(
    lefts: NDArray[np.int64], rights: NDArray[np.int64], keys: NDArray[np.uint64]
) -> int:
    """Write the keys of pairs of syllables; return how many."""
    for i in range(len(keys)):
        keys[i] = pair_key(lefts[i], rights[i])
    return len(keys)


@jit_in_place
def write_rule_keys(
    rules: NDArray[np.int64], words: NDArray[np.uint64], keys: NDArray[np.uint64]
) -> int:
    """Write the keys of rules and words that they name; return how many."""
    for i in range(len(keys)):
        keys[i] = rule_key(rules[i], words[i])
    return len(keys)


@jit_in_place
def write_start_keys(
    words: NDArray[np.uint64],
    firsts: NDArray[np.int64],
    seconds: NDArray[np.int64],
    keys: NDArray[np.uint64],
) -> int:
    """Write the keys of first words and of one or two letters behind each; return how many."""
    for i in range(len(keys)):
        keys[i] = start_key(words[i], firsts[i], seconds[i])
    return len(keys)
