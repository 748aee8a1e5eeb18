"""Find the cues of a text: the compiled twin of `adclassifier.lexicon.Lexicon.matches`.

Import this module through `adclassifier.features.cues.matcher()`: decorating touches the cache
folder.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from adclassifier.features.cue_table import CueTable
from adclassifier.features.cue_trie import (
    BLANK,
    CHILD_BITS,
    CODE_BITS,
    GOLDEN,
    LONG_MARK,
    OPENING,
    OTHER,
    PACKED_CODES,
)
from adclassifier.features.jit import jit, jit_in_place
from adclassifier.features.rows import fetch_pair

# Columns of the words of a text: where each stands, its step in the trie or a negative number, and
# the node behind it if a phrase may begin with it, or 0.
_START, _END, _STEP, _ROOT = range(4)
_NONE = np.int64(-1)
_EMPTY, _ONE = np.uint64(0), np.uint64(1)
_SHIFT, _CHILD_SHIFT = np.uint64(CODE_BITS), np.uint64(CHILD_BITS)
_CHILD_MASK = np.uint64((1 << CHILD_BITS) - 1)
_LONG, _FACTOR, _LOW_BITS = np.uint64(LONG_MARK), np.uint64(GOLDEN), np.uint64(63)


class Room(NamedTuple):
    """Memory for what is read of a text, so that no text of a batch asks for its own.

    Parameters
    ----------
    codes : ndarray of shape (n_points + 1,), uint8
        Code of each code point, with tones where phrases have them, and one that ends all words.
    words : ndarray of shape (n_points, 4), int32
        Words, in columns as above.
    """

    codes: NDArray[np.uint8]
    words: NDArray[np.int32]


@jit
def make_room(n_points: int) -> Room:
    """Make room for texts of up to so many code points."""
    return Room(np.empty(n_points + 1, np.uint8), np.empty((n_points, 4), np.int32))


@jit
def match_cues(points: NDArray[np.int32], table: CueTable, found: NDArray[np.int32]) -> int:
    """Write start, end and number of each cue into ``found``; return how many.

    ``points`` are the code points of one canonical text, whole or as `code_points` gives them.
    ``found`` has shape (capacity, 3). If it is too small, the negative of the capacity that is
    needed is returned, and what it holds is of no use; the need may exceed the number of cues,
    since hidden ones stand in it for a while.
    """
    return find_all(points, table, make_room(points.shape[0]), found)


@jit
def match_groups(
    points: NDArray[np.int32], table: CueTable, numbers: NDArray[np.int32], found: NDArray[np.int32]
) -> int:
    """Write start, end and group of each cue into ``found``, as `match_cues`; return how many.

    ``numbers`` as `cue_table.group_numbers` gives them; cues of other groups are left out.
    """
    return find_groups(points, table, numbers, make_room(points.shape[0]), found)


@jit_in_place
def find_all(
    points: NDArray[np.int32], table: CueTable, room: Room, found: NDArray[np.int32]
) -> int:
    """Do as `match_cues` does, in a room for the text."""
    read_codes(points, table, room.codes)
    n_words = read_words(room.codes, points.shape[0], table, room.words)
    n = match_words(room.words, n_words, table, found)
    return drop_hidden(found, n, table) if n <= found.shape[0] else -n


@jit_in_place
def find_groups(
    points: NDArray[np.int32],
    table: CueTable,
    numbers: NDArray[np.int32],
    room: Room,
    found: NDArray[np.int32],
) -> int:
    """Do as `match_groups` does, in a room for the text."""
    n = find_all(points, table, room, found)
    kept = 0
    for i in range(n):
        number = numbers[table.groups[found[i, 2]]]
        if number >= 0:
            found[kept, 0], found[kept, 1], found[kept, 2] = found[i, 0], found[i, 1], number
            kept += 1
    return kept if n >= 0 else n


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
    """Write the words of a text of ``n`` code points, in columns as above; return how many."""
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
            slot = _NONE
        closed = is_word and start > 0 and codes[np.uintp(start - 1)] == OPENING
        word = words[np.uintp(count)]
        word[_START], word[_END] = start, i
        word[_STEP] = 2 * slot + spaced
        root = 0 if slot < 0 or closed else np.int64(slots[np.uintp(slot), 1])
        word[_ROOT] = root
        fetch_pair(table.nodes, root)
        count += 1
    return count


@jit_in_place
def add_code(key: np.uint64, code: np.uint8, place: int) -> np.uint64:
    """Key of a word with one more code."""
    if place < PACKED_CODES:
        return (key << _SHIFT) | np.uint64(code)
    # Multiplied first: the last packed code and the next would else be one as the other.
    return ((key * _FACTOR) ^ np.uint64(code)) | _LONG


@jit_in_place
def find_word(key: np.uint64, slots: NDArray[np.uint64], shift: np.uint64) -> np.int64:
    """Slot of the word with a key, or -1."""
    last = np.uint64(slots.shape[0] - 1)
    slot = (key * _FACTOR) >> shift
    found = slots[slot, 0]
    while found != key:
        if found == _EMPTY:
            return _NONE
        slot = (slot + _ONE) & last
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


@jit_in_place
def match_words(
    words: NDArray[np.int32], n_words: int, table: CueTable, room: NDArray[np.int32]
) -> int:
    """Write the cues that begin with each word, longest first; return how many there are."""
    nodes, edges, cues = table.nodes, table.edges, table.cues
    n_steps, shift = np.int64(2 * table.words.shape[0]), np.uint64(table.edge_shift)
    found = 0
    for first in range(n_words):
        node = np.int64(words[first, _ROOT])
        if node == 0:
            continue
        low, word = found, first
        while node >= 0:
            end = np.int64(nodes[np.uintp(node + 1), 1])
            for i in range(np.int64(nodes[np.uintp(node), 1]), end):
                if found < room.shape[0]:
                    row = room[np.uintp(found)]
                    row[0], row[1] = words[first, _START], words[np.uintp(word), _END]
                    row[2] = cues[np.uintp(i)]
                found += 1
            word += 1
            if word == n_words:
                break
            step = np.int64(words[np.uintp(word), _STEP])
            node = follow(node, step, nodes, edges, n_steps, shift)
        if found - low > 1 and found <= room.shape[0]:
            turn_round(room, low, found)
    return found


@jit_in_place
def follow(
    node: np.int64,
    step: np.int64,
    nodes: NDArray[np.uint64],
    edges: NDArray[np.uint64],
    n_steps: np.int64,
    shift: np.uint64,
) -> np.int64:
    """Node that a step leads to, or -1."""
    if step < 0 or not (nodes[np.uintp(node), 0] >> (np.uint64(step >> 1) & _LOW_BITS)) & _ONE:
        return _NONE
    last = np.uint64(edges.shape[0] - 1)
    key = np.uint64(node * n_steps + step)
    slot = (key * _FACTOR) >> shift
    edge = edges[slot]
    while edge >> _CHILD_SHIFT != key:
        if edge == _EMPTY:
            return _NONE
        slot = (slot + _ONE) & last
        edge = edges[slot]
    return np.int64(edge & _CHILD_MASK)


@jit_in_place
def turn_round(room: NDArray[np.int32], low: int, high: int) -> None:
    """Put the rows of a range into the opposite order."""
    high -= 1
    while low < high:
        for column in range(3):
            room[low, column], room[high, column] = room[high, column], room[low, column]
        low += 1
        high -= 1


@jit_in_place
def drop_hidden(room: NDArray[np.int32], found: int, table: CueTable) -> int:
    """Keep the matches that no match before them hides, hidden or not; return how many."""
    groups, hides, longest = table.groups, table.hides, table.longest
    reach = 0
    for inner in range(found):
        end = room[inner, 1]
        if end <= reach and is_hidden(room, inner, groups, hides, longest):
            # It may still hide others: it is marked, and taken out below.
            room[inner, 2] = ~room[inner, 2]
        reach = max(reach, end)
    kept = 0
    for i in range(found):
        if room[i, 2] >= 0:
            room[kept, 0], room[kept, 1], room[kept, 2] = room[i, 0], room[i, 1], room[i, 2]
            kept += 1
    return kept


@jit_in_place
def is_hidden(
    room: NDArray[np.int32],
    inner: int,
    groups: NDArray[np.int32],
    hides: NDArray[np.uint8],
    longest: int,
) -> bool:
    """Whether a match before this one holds it, of its group or of one that shadows it."""
    end = room[inner, 1]
    group = groups[room[inner, 2]]
    outer = inner - 1
    while outer >= 0 and room[outer, 0] + longest >= end:
        cue = room[outer, 2]
        if room[outer, 1] >= end and hides[groups[max(cue, ~cue)], group]:
            return True
        outer -= 1
    return False
