"""Read-only tables of the compiled normaliser, built once from those of `adclassifier.text`."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from adclassifier.features.jit import jit_inner


class Tables(NamedTuple):
    """What does not depend on the texts that were read.

    Sets of keys are open addressing tables, 0 for an empty slot.

    Parameters
    ----------
    folds, kinds, pairs, composed
        See `points`.
    placeholders, endings, weak_endings, hosts, dotted : ndarray, uint64
        Keys of words: names of placeholders; what links end with, before a path only, in known
        hosts; what stands behind a dot in words.
    pun_starts : ndarray, uint64
        Keys of a first word and of one or two letters behind it.
    mendable : ndarray, uint64
        Keys of the words that a cut may be mended to.
    split_bits : ndarray of shape (32768,), uint8
        A bit for each two pieces that make one of them, by the highest bits of their mixed keys:
        near at hand, and mostly zero.
    letter_names : ndarray, uint64
        Keys of the words behind which a single letter is a name.
    form_starts : ndarray of shape (n_forms + 1,), int32
        Where the rules of each short form begin.
    form_rules : ndarray of shape (n_rules,), int32
        Kind of each rule.
    form_words : ndarray, uint64
        Keys of a rule and a word that it names.
    full_starts, full_letters : ndarray, int32
        What each rule writes out.
    account : ndarray, int32
        The token of an account.
    """

    folds: NDArray[np.int32]
    kinds: NDArray[np.uint16]
    pairs: NDArray[np.bool_]
    composed: NDArray[np.int32]
    placeholders: NDArray[np.uint64]
    endings: NDArray[np.uint64]
    weak_endings: NDArray[np.uint64]
    hosts: NDArray[np.uint64]
    dotted: NDArray[np.uint64]
    pun_starts: NDArray[np.uint64]
    mendable: NDArray[np.uint64]
    split_bits: NDArray[np.uint8]
    letter_names: NDArray[np.uint64]
    form_starts: NDArray[np.int32]
    form_rules: NDArray[np.int32]
    form_words: NDArray[np.uint64]
    full_starts: NDArray[np.int32]
    full_letters: NDArray[np.int32]
    account: NDArray[np.int32]


@jit_inner
def contains(keys: NDArray[np.uint64], key: np.uint64) -> bool:
    """Whether a set of keys holds one."""
    mask = np.uint64(keys.shape[0] - 1)
    slot = (key >> np.uint64(17)) & mask
    while keys[slot] != np.uint64(0):
        if keys[slot] == key:
            return True
        slot = (slot + np.uint64(1)) & mask
    return False


@jit_inner
def bit_place(key: np.uint64) -> int:
    """Place of a key's bit among those of ``split_bits``."""
    return int(np.int64(key >> np.uint64(46)))


@jit_inner
def is_marked(bits: NDArray[np.uint8], key: np.uint64) -> bool:
    """Whether the bit of a key is set; see `slots.mark_splits`."""
    place = bit_place(key)
    return bool((bits[place >> 3] >> (place & 7)) & 1)


@jit_inner
def find(keys: NDArray[np.uint64], key: np.uint64) -> int:
    """Slot of a key, -1 if it is not there."""
    mask = np.uint64(keys.shape[0] - 1)
    slot = (key >> np.uint64(17)) & mask
    while keys[slot] != np.uint64(0):
        if keys[slot] == key:
            return int(np.int64(slot))  # plain ``int`` would stay unsigned
        slot = (slot + np.uint64(1)) & mask
    return -1
