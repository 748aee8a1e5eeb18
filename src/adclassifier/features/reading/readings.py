"""What syllables a spelling without accents may stand for, and how often two stand together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from adclassifier.features.codepoints import code_points
from adclassifier.text.neighbours import N_WORDS, PAIR_SHARE, pair_counts
from adclassifier.text.restoring import BEAM, MOST_READINGS, readings_of
from adclassifier.text.spelling import counts
from adclassifier.text.spelling import readings as known_readings

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
        lattice=np.zeros(shape, np.int32), backs=np.zeros(shape, np.int32), scores=np.zeros(shape)
    )


def build_readings() -> Readings:
    """Build the tables, without room.

    Returns
    -------
    Readings
    """
    from adclassifier.features.reading import slots

    syllables = sorted(counts())
    number = {syllable: i for i, syllable in enumerate(syllables)}
    spellings = sorted({*syllables, *known_readings()})
    keys, places = key_slots(word_keys(spellings))
    own: list[list[int]] = [[] for _ in range(len(keys))]
    for spelling, place in zip(spellings, places.tolist(), strict=True):
        own[place] = [number[each] for each in readings_of(spelling)]
    pairs = _numbered_pairs(number)
    both = np.empty(len(pairs), np.uint64)
    slots.write_pair_keys(pairs[:, 0].copy(), pairs[:, 1].copy(), both)
    pair_keys, pair_places = key_slots(both)
    together = np.zeros(len(pair_keys))
    together[pair_places] = pairs[:, 2]
    return Readings(
        keys,
        np.cumsum([0, *map(len, own)]).astype(np.int32),
        np.array([each for row in own for each in row], np.int32),
        np.array([counts()[syllable] for syllable in syllables], np.float64),
        np.cumsum([0, *map(len, syllables)]).astype(np.int32),
        code_points("".join(syllables)),
        pair_keys,
        together,
        np.array([N_WORDS, PAIR_SHARE, BEAM]),
        np.zeros((0, 0), np.int32),
        np.zeros((0, 0), np.int32),
        np.zeros((0, 0)),
    )


def _numbered_pairs(number: Mapping[str, int]) -> NDArray[np.int64]:
    """Give the pairs of syllables, as their numbers, with their counts; shape (n_pairs, 3)."""
    sides = " ".join(pair_counts()).split(" ")
    numbers = np.array([number.get(side, -1) for side in sides]).reshape(-1, 2)
    pairs = np.column_stack([numbers, list(pair_counts().values())])
    return pairs[(numbers >= 0).all(axis=1)]


def word_keys(words: Sequence[str]) -> NDArray[np.uint64]:
    """Give the keys by which compiled code knows words.

    Parameters
    ----------
    words : sequence of str

    Returns
    -------
    ndarray of shape (n_words,), uint64
    """
    from adclassifier.features.reading import slots

    starts = np.cumsum([0, *map(len, words)], dtype=np.int64)
    keys = np.empty(len(words), np.uint64)
    slots.write_word_keys(code_points("".join(words)), starts, keys)
    return keys


def key_slots(keys: NDArray[np.uint64]) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """Build an open addressing table, at most half full.

    Parameters
    ----------
    keys : ndarray of shape (n_keys,), uint64
        None of them 0.

    Returns
    -------
    table : ndarray of shape (n_slots,), uint64
        0 for an empty slot; ``n_slots`` is a power of two.
    places : ndarray of shape (n_keys,), int64
        Slot of each key.
    """
    from adclassifier.features.reading import slots

    table = np.zeros(max(16, 1 << (2 * len(keys) - 1).bit_length()), np.uint64)
    places = np.empty(len(keys), np.int64)
    slots.place_keys(keys, table, places)
    return table, places
