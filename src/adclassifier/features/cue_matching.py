"""Find the cues of a text: the compiled twin of `adclassifier.lexicon.Lexicon.matches`.

Import this module through `adclassifier.features.cues.matcher()`: decorating touches the cache
folder.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from adclassifier.features.cue_table import CueTable
from adclassifier.features.cue_trie import CHILD_BITS
from adclassifier.features.cue_words import (
    EMPTY,
    END,
    FACTOR,
    NONE,
    ONE,
    ROOT,
    START,
    STEP,
    Room,
    make_room,
    read_codes,
    read_words,
)
from adclassifier.features.jit import jit, jit_in_place

_CHILD_SHIFT, _LOW_BITS = np.uint64(CHILD_BITS), np.uint64(63)
_CHILD_MASK = np.uint64((1 << CHILD_BITS) - 1)


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
def match_words(
    words: NDArray[np.int32], n_words: int, table: CueTable, found: NDArray[np.int32]
) -> int:
    """Write the cues that begin with each word, longest first; return how many there are."""
    nodes, edges, cues = table.nodes, table.edges, table.cues
    n_steps, shift = np.int64(2 * table.words.shape[0]), np.uint64(table.edge_shift)
    n = 0
    for first in range(n_words):
        node = np.int64(words[first, ROOT])
        if node == 0:
            continue
        low, word = n, first
        while node >= 0:
            end = np.int64(nodes[np.uintp(node + 1), 1])
            for i in range(np.int64(nodes[np.uintp(node), 1]), end):
                if n < found.shape[0]:
                    row = found[np.uintp(n)]
                    row[0], row[1] = words[first, START], words[np.uintp(word), END]
                    row[2] = cues[np.uintp(i)]
                n += 1
            word += 1
            if word == n_words:
                break
            step = np.int64(words[np.uintp(word), STEP])
            node = follow(node, step, nodes, edges, n_steps, shift)
        if n - low > 1 and n <= found.shape[0]:
            turn_round(found, low, n)
    return n


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
    if step < 0 or not (nodes[np.uintp(node), 0] >> (np.uint64(step >> 1) & _LOW_BITS)) & ONE:
        return NONE
    last = np.uint64(edges.shape[0] - 1)
    key = np.uint64(node * n_steps + step)
    slot = (key * FACTOR) >> shift
    edge = edges[slot]
    while edge >> _CHILD_SHIFT != key:
        if edge == EMPTY:
            return NONE
        slot = (slot + ONE) & last
        edge = edges[slot]
    return np.int64(edge & _CHILD_MASK)


@jit_in_place
def turn_round(found: NDArray[np.int32], low: int, high: int) -> None:
    """Put the rows of a range into the opposite order."""
    high -= 1
    while low < high:
        for column in range(3):
            found[low, column], found[high, column] = found[high, column], found[low, column]
        low += 1
        high -= 1


@jit_in_place
def drop_hidden(found: NDArray[np.int32], n: int, table: CueTable) -> int:
    """Keep the matches that no match before them hides, hidden or not; return how many."""
    groups, hides, longest = table.groups, table.hides, table.longest
    reach = 0
    for inner in range(n):
        end = found[inner, 1]
        if end <= reach and is_hidden(found, inner, groups, hides, longest):
            # It may still hide others: it is marked, and taken out below.
            found[inner, 2] = ~found[inner, 2]
        reach = max(reach, end)
    kept = 0
    for i in range(n):
        if found[i, 2] >= 0:
            found[kept, 0], found[kept, 1], found[kept, 2] = found[i, 0], found[i, 1], found[i, 2]
            kept += 1
    return kept


@jit_in_place
def is_hidden(
    found: NDArray[np.int32],
    inner: int,
    groups: NDArray[np.int32],
    hides: NDArray[np.uint8],
    longest: int,
) -> bool:
    """Whether a match before this one holds it, of its group or of one that shadows it."""
    end = found[inner, 1]
    group = groups[found[inner, 2]]
    outer = inner - 1
    while outer >= 0 and found[outer, 0] + longest >= end:
        cue = found[outer, 2]
        if found[outer, 1] >= end and hides[groups[max(cue, ~cue)], group]:
            return True
        outer -= 1
    return False
