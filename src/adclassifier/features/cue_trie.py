"""Build the trie of the lexicon's phrases, over words, with arrays alone.

Words and steps are found by open addressing: a key stands in the first slot that was free from
``key * GOLDEN >> slot_shift`` on.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

#: Codes of signs that no phrase holds, of the blank, and of the bracket that opens a contact.
OTHER, BLANK, OPENING = 0, 1, 2
#: Codes of a word that fit a key as they are; the keys of longer words are hashed and marked.
PACKED_CODES = 7
CODE_BITS = 8
LONG_MARK = 1 << 63
GOLDEN = 0x9E3779B97F4A7C15
#: An entry of `CueTable.edges` holds the number of the child in its low bits.
CHILD_BITS = 24


class Trie(NamedTuple):
    """The nodes behind the words of the phrases.

    Attributes
    ----------
    roots : ndarray of shape (n_slots,), uint64
        Node behind each word that begins phrases, or 0.
    masks : ndarray of shape (n_nodes + 1,), uint64
        Bit ``slot % 64`` of each word that goes on from a node; the last is none.
    edges : ndarray of shape (n_edge_slots,), uint64
        As in `CueTable`.
    last : ndarray of shape (n_phrases,), int64
        Node at which each phrase ends.
    """

    roots: NDArray[np.uint64]
    masks: NDArray[np.uint64]
    edges: NDArray[np.uint64]
    last: NDArray[np.int64]


def slot_shift(n_slots: int) -> int:
    """Places by which a 64-bit hash is shifted to be a slot; ``n_slots`` is a power of two."""
    return 65 - n_slots.bit_length()


def place_keys(keys: NDArray[np.uint64]) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """Put distinct keys, none of them 0, into slots, of which at most two thirds are taken.

    Parameters
    ----------
    keys : ndarray of shape (n_keys,), uint64

    Returns
    -------
    slots : ndarray of shape (n_slots,), uint64
        Key in each slot, or 0.
    slot_of : ndarray of shape (n_keys,), int64
    """
    n_slots = 1 << (3 * len(keys) // 2 + 1).bit_length()
    slots = np.zeros(n_slots, np.uint64)
    slot_of = ((keys * np.uint64(GOLDEN)) >> np.uint64(slot_shift(n_slots))).astype(np.int64)
    waiting = np.arange(len(keys))
    while len(waiting):
        free = waiting[slots[slot_of[waiting]] == 0]
        slots[slot_of[free]] = keys[free]
        waiting = waiting[slots[slot_of[waiting]] != keys[waiting]]
        slot_of[waiting] = (slot_of[waiting] + 1) % n_slots
    return slots, slot_of


def split_words(
    spellings: NDArray[np.uint8], first_letter: int
) -> tuple[NDArray[np.int64], NDArray[np.uint64]]:
    """Find the words of the phrases.

    Parameters
    ----------
    spellings : ndarray of shape (n_code_points,), uint8
        Codes of all phrases, with `OTHER` behind each.
    first_letter : int
        Codes from here on are letters and digits.

    Returns
    -------
    starts : ndarray of shape (n_words,), int64
        Where each word begins.
    keys : ndarray of shape (n_words,), uint64
        Equal for equal words, never 0.
    """
    # One more in front stands for the end of a phrase before the first.
    padded = np.concatenate([[OTHER], spellings])
    before, behind = padded[:-1], np.concatenate([spellings[1:], [OTHER]])
    letter = spellings >= first_letter
    joined = (spellings == BLANK) & (behind != BLANK) & (behind != OTHER)
    starts = np.flatnonzero(
        (letter & (before < first_letter)) | (~letter & ~joined & (spellings != OTHER))
    )
    lengths = np.ones(len(starts), np.int64)
    last = np.flatnonzero(letter & (behind < first_letter))
    lengths[letter[starts]] += last - starts[letter[starts]]
    keys = np.zeros(len(starts), np.uint64)
    for i in range(int(lengths.max(initial=0))):
        inside = lengths > i
        code = spellings[starts[inside] + i].astype(np.uint64)
        if i < PACKED_CODES:
            keys[inside] = (keys[inside] << np.uint64(CODE_BITS)) | code
        else:
            keys[inside] = (keys[inside] * np.uint64(GOLDEN) ^ code) | np.uint64(LONG_MARK)
    return starts, keys


def build_trie(steps: NDArray[np.int64], phrase_of: NDArray[np.int64], n_slots: int) -> Trie:
    """Build the trie of the phrases, level by level; the root is node 0.

    Parameters
    ----------
    steps : ndarray of shape (n_steps,), int64
        2 · slot of the word, and 1 if a blank stands before it, of all phrases.
    phrase_of : ndarray of shape (n_steps,), int64
        Number of the phrase of each step, from 0, without gaps.
    n_slots : int
        Slots of words.

    Returns
    -------
    Trie
    """
    first = np.searchsorted(phrase_of, np.arange(phrase_of[-1] + 1))
    level_of = np.arange(len(steps)) - first[phrase_of]
    last = np.zeros(len(first), np.int64)
    levels: list[NDArray[np.int64]] = []
    n_nodes = 1
    for level in range(int(level_of.max()) + 1):
        here = level_of == level
        keys = last[phrase_of[here]] * 2 * n_slots + steps[here]
        distinct, which = np.unique(keys, return_inverse=True)
        last[phrase_of[here]] = n_nodes + which
        levels.append(distinct)
        n_nodes += len(distinct)
    roots = np.zeros(n_slots, np.uint64)
    roots[levels[0] // 2] = np.arange(1, len(levels[0]) + 1)
    keys = np.concatenate([np.empty(0, np.int64), *levels[1:]])
    parents, slots = np.divmod(keys // 2, n_slots)
    masks = np.zeros(n_nodes + 1, np.uint64)
    np.bitwise_or.at(masks, parents, np.uint64(1) << (slots % 64).astype(np.uint64))
    edges, slot_of = place_keys(keys.astype(np.uint64))
    edges <<= np.uint64(CHILD_BITS)
    edges[slot_of] |= np.arange(len(levels[0]) + 1, n_nodes).astype(np.uint64)
    return Trie(roots, masks, edges, last)
