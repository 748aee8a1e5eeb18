"""What syllables a spelling without accents may stand for, and how often two stand together."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from adclassifier.features.codepoints import code_points
from adclassifier.text.neighbours import N_WORDS, PAIR_SHARE, pair_counts
from adclassifier.text.restoring import BEAM, MOST_READINGS, readings_of
from adclassifier.text.spelling import counts, readings

_LONGEST_RUN = 2048


class Readings(NamedTuple):
    """Tables of `restoring`, and room for one run of words.

    Parameters
    ----------
    keys : ndarray of shape (n_slots,), uint64
        Words that have readings: the usual syllables, and their spellings without accents.
    starts : ndarray of shape (n_slots + 1,), int32
        Where the readings of each begin in ``numbers``.
    numbers : ndarray, int32
        Syllables by their number in the order of strings, the most usual first.
    counts : ndarray of shape (n_syllables,), float64
    letter_starts, letters : ndarray, int32
        How each syllable is written.
    pair_keys : ndarray, uint64
    pair_counts : ndarray, float64
        Two syllables, and in how many texts they stand side by side.
    shares : ndarray of shape (3,), float64
        Words counted, weight of the pair, and how much less likely a row may be than the best.
    lattice, backs : ndarray of shape (n_words, MOST_READINGS), int32
    scores : ndarray of shape (n_words, MOST_READINGS), float64
    """

    keys: NDArray[np.uint64]
    starts: NDArray[np.int32]
    numbers: NDArray[np.int32]
    counts: NDArray[np.float64]
    letter_starts: NDArray[np.int32]
    letters: NDArray[np.int32]
    pair_keys: NDArray[np.uint64]
    pair_counts: NDArray[np.float64]
    shares: NDArray[np.float64]
    lattice: NDArray[np.int32]
    backs: NDArray[np.int32]
    scores: NDArray[np.float64]


def with_room(tables: Readings) -> Readings:
    """Give the same tables with room of their own."""
    shape = (_LONGEST_RUN, MOST_READINGS)
    return tables._replace(
        lattice=np.zeros(shape, np.int32),
        backs=np.zeros(shape, np.int32),
        scores=np.zeros(shape),
    )


def build_readings(word_keys: Any, pair_key: Any) -> Readings:
    """Build the tables.

    Parameters
    ----------
    word_keys : callable
        Gives the key of each of some words.
    pair_key : callable
        Gives the key of two numbers.
    """
    syllables = sorted(counts())
    number = {syllable: i for i, syllable in enumerate(syllables)}
    spellings = sorted({*syllables, *readings()})
    found = {spelling: [number[each] for each in readings_of(spelling)] for spelling in spellings}
    keys, slots = key_slots(word_keys(spellings))
    own: list[list[int]] = [[] for _ in range(len(keys))]
    for spelling, slot in zip(spellings, slots, strict=True):
        own[slot] = found[spelling]
    pairs = {
        (number[left], number[right]): count
        for pair, count in pair_counts().items()
        for left, _, right in (pair.partition(" "),)
        if left in number and right in number
    }
    pair_keys, pair_slots = key_slots([int(pair_key(*pair)) for pair in pairs])
    together = np.zeros(len(pair_keys))
    together[pair_slots] = list(pairs.values())
    letters = [code_points(syllable) for syllable in syllables]
    return Readings(
        keys,
        np.cumsum([0, *map(len, own)]).astype(np.int32),
        np.array([each for row in own for each in row], np.int32),
        np.array([counts()[syllable] for syllable in syllables], np.float64),
        np.cumsum([0, *map(len, letters)]).astype(np.int32),
        np.concatenate(letters),
        pair_keys,
        together,
        np.array([N_WORDS, PAIR_SHARE, BEAM]),
        np.zeros((0, 0), np.int32),
        np.zeros((0, 0), np.int32),
        np.zeros((0, 0)),
    )


def key_slots(keys: list[int]) -> tuple[NDArray[np.uint64], list[int]]:
    """Build an open addressing table, at most half full; give the slot of each key too."""
    size = 16
    while size < 2 * len(keys):
        size *= 2
    table = [0] * size
    slots = []
    for key in keys:
        slot = (key >> 17) & (size - 1)
        while table[slot] not in (0, key):
            slot = (slot + 1) & (size - 1)
        table[slot] = key
        slots.append(slot)
    return np.array(table, np.uint64), slots
