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

from adclassifier.features.hashing import (
    BORDER_CHARS,
    BUCKETS,
    border_rows,
    bucket,
    gram_rows,
    word_key,
    write_hashes,
    write_spans,
)
from adclassifier.features.jit import jit_in_place
from adclassifier.features.rows import copy_row, fetch_row, sum_rows
from adclassifier.features.scratch import WAYS, Grams, Scratch, SumCache, Tables

_EMPTY = np.uint64(0)


@jit_in_place
def read_tokens(points: NDArray[np.int32], tables: Tables, grams: Grams) -> int:
    """Write the tokens of a text and their hashes; return how many."""
    n_tokens = write_spans(points, tables.classes, grams.spans)
    write_hashes(points, grams.spans, n_tokens, tables.fold, grams.hashes)
    return n_tokens


@jit_in_place
def find_firsts(n: int, kind: int, grams: Grams) -> None:
    """Find where each of the ``n`` keys in hand stands first, as `hashing.first_places` does."""
    size = 16
    while size < 2 * n:
        size *= 2
    slots, keys, places = grams.slots, grams.keys, grams.places
    for slot in range(size):
        slots[slot] = -1
    n_kinds = places.shape[1]
    for i in range(n):
        slot = int(keys[i] >> np.uint64(17)) & (size - 1)
        while slots[slot] >= 0 and keys[slots[slot]] != keys[i]:
            slot = (slot + 1) & (size - 1)
        if slots[slot] < 0:
            slots[slot] = i
        places[i, kind] = slots[slot] * n_kinds + kind


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
        one, two = cache.keys[slot, 0], cache.keys[slot, 1]
        if one == _EMPTY and two == _EMPTY:
            return -1 - slot
        if one == key and two == other:
            return slot
    return -1 - home


@jit_in_place
def sum_token(
    points: NDArray[np.int32], t: int, n_rows: int, tables: Tables, scratch: Scratch
) -> None:
    """Sum the rows of a token as written, or find the sums; ``n_rows`` rows wait for others."""
    grams, cache = scratch.grams, scratch.tokens
    place = grams.places[t, 0]
    key, other = word_key(grams.hashes, 0, 1, t), word_key(grams.hashes, 1, 1, t)
    slot = find_slot(cache, key, other)
    if slot >= 0:
        copy_row(grams.sums, place, cache.sums, slot)
        return
    own = grams.rows[n_rows:]
    n = gram_rows(points, grams.spans, tables.fold, tables.shape, (key, t, 1, 0), own)
    sum_rows(grams.sums, place, tables.table, own, 0, n)
    slot = -1 - slot
    cache.keys[slot, 0] = key
    cache.keys[slot, 1] = other
    copy_row(cache.sums, slot, grams.sums, place)


@jit_in_place
def list_rows(
    points: NDArray[np.int32],
    n_tokens: int,
    kind: int,
    n_grams: int,
    tables: Tables,
    scratch: Scratch,
) -> int:
    """List the rows of every distinct gram of a kind behind ``n_grams`` others; return how many.

    All are asked for before the first is summed: each lies somewhere else in a large table.
    """
    grams, shape = scratch.grams, tables.shape
    length, view = kind // 2 + 1, kind % 2
    mask = np.uint64(shape[BUCKETS] - 1)
    n = max(n_tokens - length + 1, 0)
    for t in range(n):
        grams.keys[t] = word_key(grams.hashes, view, length, t)
    find_firsts(n, kind, grams)
    end = grams.bounds[n_grams]
    for t in range(n):
        place = t * grams.places.shape[1] + kind
        if grams.places[t, kind] != place:
            continue
        if kind == 0:
            fetch_row(scratch.tokens.sums, home_slot(scratch.tokens, grams.keys[t]))
            continue
        begin = end
        grams.rows[end] = bucket(grams.keys[t], mask)
        end += 1
        if kind == 2 and shape[BORDER_CHARS] > 0:
            end = border_rows(points, grams.spans[t], grams.spans[t + 1], shape, grams.rows, end)
        for k in range(begin, end):
            fetch_row(tables.table, grams.rows[k])
        grams.order[n_grams] = place
        n_grams += 1
        grams.bounds[n_grams] = end
    return n_grams


@jit_in_place
def sum_all(points: NDArray[np.int32], n_tokens: int, tables: Tables, scratch: Scratch) -> None:
    """Sum the rows of every distinct gram of a text, once."""
    grams = scratch.grams
    n_kinds = grams.places.shape[1]
    n_grams = 0
    grams.bounds[0] = 0
    for kind in range(n_kinds):
        n_grams = list_rows(points, n_tokens, kind, n_grams, tables, scratch)
    bounds = grams.bounds
    for t in range(n_tokens):
        if grams.places[t, 0] == t * n_kinds:
            sum_token(points, t, bounds[n_grams], tables, scratch)
    for i in range(n_grams):
        place = grams.order[i]
        sum_rows(grams.sums, place, tables.table, grams.rows, bounds[i], bounds[i + 1])
