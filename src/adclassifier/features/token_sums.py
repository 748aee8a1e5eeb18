"""Sum the weights of a text's grams.

What a token adds does not depend on its neighbours: it is summed once and found again by its keys.
Those of both views are compared, 128 bits, since whoever writes the texts must not choose what a
text is taken for. Pairs of tokens are too many for that: a cache of 65,536 held two of three, and
saved no time over summing their few rows anew.

Import lazily: decorating touches the cache folder.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from adclassifier.features.hashing import gram_rows, write_hashes, write_spans
from adclassifier.features.jit import jit_in_place
from adclassifier.features.rows import (
    fetch_pair,
    fetch_row,
    plus,
    plus_weighted,
    read_row,
    row_of,
    write_row,
)
from adclassifier.features.scratch import WAYS, Grams, Scratch, SumCache, Tables
from adclassifier.features.vector_hashing import write_borders, write_corners, write_keys

#: Tokens whose grams are asked for before they are summed: more would push each other out of the
#: nearest cache, and fewer would be waited for.
_AHEAD = 8
_EMPTY = np.uint64(0)


@jit_in_place
def read_tokens(points: NDArray[np.int32], tables: Tables, grams: Grams) -> int:
    """Write the tokens of a text and their hashes; return how many."""
    n_tokens = write_spans(points, tables.classes, grams.spans)
    write_hashes(points, grams.spans, n_tokens, tables.fold, grams.hashes)
    return n_tokens


@jit_in_place
def clear_slots(n_tokens: int, grams: Grams) -> np.uint64:
    """Empty the slots that the search of first places needs; give the mask of their places."""
    size = 16
    # Mostly empty, so that few keys meet another: each that does costs a wrong guess.
    while size < 4 * n_tokens:
        size *= 2
    for kind in range(grams.places.shape[1]):
        for slot in range(size):
            grams.slots[kind, slot] = -1
    return np.uint64(size - 1)


@jit_in_place
def find_first(t: int, kind: int, mask: np.uint64, grams: Grams) -> None:
    """Find where the gram that begins at a token stands first, as `hashing.first_places` does."""
    slots, keys, places = grams.slots[kind], grams.keys[kind], grams.places
    key = keys[t]
    slot = (key >> np.uint64(17)) & mask
    first = slots[slot]
    while first >= 0 and keys[np.uintp(first)] != key:
        slot = (slot + np.uint64(1)) & mask
        first = slots[slot]
    if first < 0:
        slots[slot] = first = t
    places[t, kind] = first * places.shape[1] + kind


@jit_in_place
def home_slot(cache: SumCache, key: np.uint64) -> int:
    """Slot where the search for a key begins."""
    return int(int(key >> np.uint64(36)) & (cache.keys.shape[0] - 1))


@jit_in_place
def find_slot(cache: SumCache, key: np.uint64, other: np.uint64) -> int:
    """Find a token's slot; -1 - slot to fill where it is in none."""
    home = home_slot(cache, key)
    last = int(cache.keys.shape[0] - 1)
    for way in range(WAYS):
        slot = (home + way) & last
        one, two = cache.keys[np.uintp(slot), 0], cache.keys[np.uintp(slot), 1]
        if one == _EMPTY and two == _EMPTY:
            return -1 - slot
        if one == key and two == other:
            return slot
    return -1 - home


@jit_in_place
def sum_token(points: NDArray[np.int32], t: int, tables: Tables, scratch: Scratch) -> None:
    """Sum the rows of a token as written, or find the sums."""
    grams, cache = scratch.grams, scratch.tokens
    place = grams.places[t, 0]
    key, other = grams.keys[0, t], grams.keys[1, t]
    slot = find_slot(cache, key, other)
    if slot >= 0:
        write_row(grams.sums, place, read_row(cache.sums, slot))
        return
    n = gram_rows(points, grams.spans, tables.fold, tables.shape, (key, t, 1, 0), grams.own)
    sums = row_of(0.0)
    for k in range(n):
        sums = plus(sums, tables.table, grams.own[k])
    write_row(grams.sums, place, sums)
    slot = -1 - slot
    cache.keys[slot, 0] = key
    cache.keys[slot, 1] = other
    write_row(cache.sums, slot, sums)


@jit_in_place
def list_grams(points: NDArray[np.int32], n_tokens: int, tables: Tables, scratch: Scratch) -> None:
    """Find the distinct grams of a text, and ask for their rows.

    A few at a time: the processor waits for some rows at once, and goes on meanwhile.
    """
    grams, cache = scratch.grams, scratch.tokens
    n_kinds = grams.places.shape[1]
    for kind in range(n_kinds):
        write_keys(n_tokens, kind, tables, grams)
    write_corners(points, n_tokens, grams)
    write_borders(n_tokens, tables, grams)
    mask = clear_slots(n_tokens, grams)
    for t in range(n_tokens):
        home = home_slot(cache, grams.keys[0, t])
        fetch_pair(cache.keys, home)
        fetch_row(cache.sums, home)
        for kind in range(min(n_kinds, 2 * (n_tokens - t))):
            find_first(t, kind, mask, grams)
        if t < _AHEAD:
            fetch_grams(t, n_tokens, tables, grams)


@jit_in_place
def fetch_grams(t: int, n_tokens: int, tables: Tables, grams: Grams) -> None:
    """Ask for the rows of the grams that begin at a token, but for those of the token itself."""
    n_kinds = grams.places.shape[1]
    for kind in range(1, min(n_kinds, 2 * (n_tokens - t))):
        fetch_row(tables.table, grams.rows[np.uintp(kind), np.uintp(t)])
    if t + 1 < n_tokens:
        for k in range(n_kinds, grams.rows.shape[0]):
            fetch_row(tables.table, grams.rows[np.uintp(k), np.uintp(t)])


@jit_in_place
def sum_gram(t: int, kind: int, tables: Tables, grams: Grams) -> None:
    """Sum the rows of the gram of a kind that begins at a token, whether it stands first or not."""
    n_kinds, table, token = grams.places.shape[1], tables.table, np.uintp(t)
    # What one weighs nothing leaves the sums as they are: weights are finite, and sums never -0.
    n_borders = grams.weights.shape[0] if kind == 2 else 0
    sums = plus(row_of(0.0), table, grams.rows[np.uintp(kind), token])
    for k in range(n_borders):
        weight, row = grams.weights[np.uintp(k), token], grams.rows[np.uintp(n_kinds + k), token]
        sums = plus_weighted(sums, weight, table, row)
    write_row(grams.sums, t * n_kinds + kind, sums)


@jit_in_place
def sum_all(points: NDArray[np.int32], n_tokens: int, tables: Tables, scratch: Scratch) -> None:
    """Sum the rows of every distinct gram of a text, once."""
    grams = scratch.grams
    n_kinds = grams.places.shape[1]
    for t in range(n_tokens):
        if t + _AHEAD < n_tokens:
            fetch_grams(t + _AHEAD, n_tokens, tables, grams)
        if grams.places[t, 0] == t * n_kinds:
            sum_token(points, t, tables, scratch)
        for kind in range(1, min(n_kinds, 2 * (n_tokens - t))):
            sum_gram(t, kind, tables, grams)
