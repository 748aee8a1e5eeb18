"""Sketch texts so that near-duplicates among millions are found without a text in memory."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from adclassifier.corpus.groups import BAND_ROWS, BANDS, canonical_pairs

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_HALF = np.uint64(32)


@dataclass(frozen=True, slots=True, eq=False)
class Sketches:
    """What `training.streaming` compares texts by.

    Parameters
    ----------
    keys : ndarray of shape (n_texts, BANDS), uint32
        A hash of each band of the text's MinHash; near-duplicates share one or more.
    shingles : ndarray of shape (n_shingles,), uint32
        Hashes of the pairs of syllables, rising within a text.
    counts : ndarray of shape (n_texts,), int64
        How many shingles each text has.
    """

    keys: NDArray[np.uint32]
    shingles: NDArray[np.uint32]
    counts: NDArray[np.int64]

    @classmethod
    def join(cls, parts: Sequence[Sketches]) -> Sketches:
        """Put the sketches of several parts one after another."""
        return cls(
            np.concatenate([part.keys for part in parts]),
            np.concatenate([part.shingles for part in parts]),
            np.concatenate([part.counts for part in parts]),
        )


def sketch(canonical: Sequence[str], random_state: int = 1) -> Sketches:
    """Sketch canonical texts by the pairs of syllables that `assign_groups` compares.

    Parameters
    ----------
    canonical : sequence of str
        At least one.
    random_state : int
        Of the hash functions: sketches of one state can be compared.

    Examples
    --------
    >>> same = sketch(["kem trị nám tàn nhang", "kem tri nam tàn nhang"])
    >>> bool((same.keys[0] == same.keys[1]).all()), same.counts.tolist()
    (True, [4, 4])
    """
    hashed = [
        np.array(sorted({zlib.crc32(pair) for pair in canonical_pairs(text)}), np.uint32)
        for text in canonical
    ]
    counts = np.array([len(own) for own in hashed], np.int64)
    shingles = np.concatenate(hashed)
    keys = np.zeros((len(hashed), BANDS), np.uint32)
    filled = np.flatnonzero(counts)
    if len(filled):
        starts = (np.cumsum(counts) - counts)[filled]
        keys[filled] = _band_keys(shingles, starts, random_state)
    return Sketches(keys, shingles, counts)


def _band_keys(
    shingles: NDArray[np.uint32], starts: NDArray[np.int64], random_state: int
) -> NDArray[np.uint32]:
    """Hash the bands of texts that begin at ``starts``; shape (n_texts, BANDS)."""
    draw = np.random.default_rng(random_state)
    factors = draw.integers(0, 1 << 64, size=(BANDS * BAND_ROWS, 2), dtype=np.uint64)
    spread = shingles.astype(np.uint64) * _GOLDEN
    spread ^= spread >> _HALF
    keys = np.zeros((len(starts), BANDS), np.uint64)
    for place, (factor, shift) in enumerate(factors):
        mixed = (spread * (factor | np.uint64(1)) + shift) >> _HALF
        band = keys[:, place // BAND_ROWS]
        band ^= np.minimum.reduceat(mixed, starts) + np.uint64(place)
        band *= _GOLDEN
        band ^= band >> _HALF
    return (keys >> _HALF).astype(np.uint32)
