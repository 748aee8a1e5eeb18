"""Read the words of a text as the trie of the lexicon's phrases has them.

Import lazily: decorating touches the cache folder.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from adclassifier.features.cue_table import CueTable
from adclassifier.features.cue_trie import (
    BLANK,
    CODE_BITS,
    GOLDEN,
    LONG_MARK,
    OPENING,
    OTHER,
    PACKED_CODES,
)
from adclassifier.features.jit import jit, jit_in_place
from adclassifier.features.rows import fetch_pair

#: Columns of the words of a text: where each stands, its step in the trie or a negative number, and
#: the node behind it if a phrase may begin with it, or 0.
START, END, STEP, ROOT = range(4)
NONE = np.int64(-1)
EMPTY, ONE = np.uint64(0), np.uint64(1)
FACTOR = np.uint64(GOLDEN)
_SHIFT, _LONG = np.uint64(CODE_BITS), np.uint64(LONG_MARK)


class Room(NamedTuple):
    """Memory for what is read of a text, so that no text of a batch asks for its own.

    Parameters
    ----------
    codes : ndarray of shape (n_points + 1,), uint8
        Code of each code point, with tones where phrases have them, and one that ends all words.
    words : ndarray of shape (n_points, 4), int32
        Words, in the columns `START` to `ROOT`.
    """

    codes: NDArray[np.uint8]
    words: NDArray[np.int32]


@jit
def make_room(n_points: int) -> Room:
    """Make room for texts of up to so many code points."""
    return Room(np.empty(n_points + 1, np.uint8), np.empty((n_points, 4), np.int32))


@jit_in_place
def read_codes(points: NDArray[np.int32], table: CueTable, read: NDArray[np.uint8]) -> None:
    """Write the code of each code point, with tones where phrases have them, and one more."""
    codes, tones, moves, plains = table.codes, table.tones, table.moves, table.plains
    n = points.shape[0]
    row = np.uint8(0)
    for i in range(n):
        point = np.uintp(points[i])
        code = codes[point] if point < np.uintp(codes.shape[0]) else np.uint8(OTHER)
        moved = moves[row, code]
        if moved != OTHER:
            read[i - 1] = plains[row]
            code = moved
        read[i] = code
        row = tones[code]
    read[n] = OTHER


@jit_in_place
def read_words(codes: NDArray[np.uint8], n: int, table: CueTable, words: NDArray[np.int32]) -> int:
    """Write the words of a text of ``n`` code points, as in `Room`; return how many."""
    slots, shift, first_letter = table.words, np.uint64(table.word_shift), table.first_letter
    places, spellings = table.places, table.spellings
    count = 0
    i = 0
    while i < n:
        # Unsigned places count from the front: nothing asks whether they count from the end.
        spaced = codes[np.uintp(i)] == BLANK and i + 1 < n and codes[np.uintp(i + 1)] != BLANK
        i += spaced
        start = i
        code = codes[np.uintp(i)]
        is_word = code >= first_letter
        key = np.uint64(code)
        i += 1
        if is_word:
            code = codes[np.uintp(i)]
            while code >= first_letter:
                key = add_code(key, code, i - start)
                i += 1
                code = codes[np.uintp(i)]
        slot = find_word(key, slots, shift)
        if (
            slot >= 0
            and i - start > PACKED_CODES
            and not is_spelled(codes, start, i, places[np.uintp(slot)], spellings, first_letter)
        ):
            slot = NONE
        closed = is_word and start > 0 and codes[np.uintp(start - 1)] == OPENING
        word = words[np.uintp(count)]
        word[START], word[END] = start, i
        word[STEP] = 2 * slot + spaced
        root = 0 if slot < 0 or closed else np.int64(slots[np.uintp(slot), 1])
        word[ROOT] = root
        fetch_pair(table.nodes, root)
        count += 1
    return count


@jit_in_place
def add_code(key: np.uint64, code: np.uint8, place: int) -> np.uint64:
    """Key of a word with one more code."""
    if place < PACKED_CODES:
        return (key << _SHIFT) | np.uint64(code)
    # Multiplied first: the last packed code and the next would else be one as the other.
    return ((key * FACTOR) ^ np.uint64(code)) | _LONG


@jit_in_place
def find_word(key: np.uint64, slots: NDArray[np.uint64], shift: np.uint64) -> np.int64:
    """Slot of the word with a key, or -1."""
    last = np.uint64(slots.shape[0] - 1)
    slot = (key * FACTOR) >> shift
    found = slots[slot, 0]
    while found != key:
        if found == EMPTY:
            return NONE
        slot = (slot + ONE) & last
        found = slots[slot, 0]
    return np.int64(slot)


@jit_in_place
def is_spelled(
    codes: NDArray[np.uint8],
    start: int,
    end: int,
    place: int,
    spellings: NDArray[np.uint8],
    first_letter: int,
) -> bool:
    """Whether a word is the one at a place of the phrases: another may have the same hash."""
    for i in range(start, end):
        if codes[i] != spellings[place + i - start]:
            return False
    return bool(spellings[place + end - start] < first_letter)
