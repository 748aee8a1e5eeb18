"""Count the features of many texts at once, as the rows of a sparse matrix.

Import through `adclassifier.features.vectorizer.count_block`: decorating touches the cache folder.
"""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from adclassifier.features.hashing import hash_tokens, tokenize
from adclassifier.features.jit import jit
from adclassifier.features.kernel import occurrences, place_cues

Number = TypeVar("Number", bound=np.number[Any])


@jit
def count_texts(
    points: NDArray[np.int32],
    ends: NDArray[np.int64],
    cues: NDArray[np.int32],
    cue_ends: NDArray[np.int64],
    classes: NDArray[np.uint8],
    fold: NDArray[np.int32],
    shape: NDArray[np.int64],
    cue_weights: NDArray[np.float64],
    n_rows: int,
) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.float64]]:
    """Sum the weights of each feature of each text.

    ``points`` holds the texts one after another, up to ``ends``; ``cues`` those of each text, in
    characters of their own text, up to ``cue_ends``. Gives the three arrays of a CSR matrix, the
    columns of a text rising. A feature's weights are added in the order in which they occur.
    """
    n_texts = ends.shape[0]
    starts = np.zeros(n_texts + 1, np.int64)
    columns = np.empty(1024, np.int32)
    values = np.empty(1024, np.float64)
    sums = np.zeros(n_rows, np.float64)
    seen = np.zeros(n_rows, np.bool_)
    n = begin = cue_begin = 0
    for i in range(n_texts):
        own = points[begin : ends[i]]
        spans = tokenize(own, classes)
        placed = place_cues(cues[cue_begin : cue_ends[i]], spans)
        hashes = hash_tokens(own, spans, fold)
        found, weights, _ = occurrences(own, spans, hashes, placed, fold, shape, cue_weights)
        if n + found.shape[0] > columns.shape[0]:
            room = 2 * (n + found.shape[0])
            columns = enlarge(columns, n, room)
            values = enlarge(values, n, room)
        n = sum_columns(found, weights, sums, seen, columns, values, n)
        starts[i + 1] = n
        begin, cue_begin = ends[i], cue_ends[i]
    return starts, columns[:n].copy(), values[:n].copy()


@jit
def enlarge(array: NDArray[Number], n: int, room: int) -> NDArray[Number]:
    """Move the first ``n`` entries to an array with more room."""
    larger = np.empty(room, array.dtype)
    larger[:n] = array[:n]
    return larger


@jit
def sum_columns(
    found: NDArray[np.int64],
    weights: NDArray[np.float64],
    sums: NDArray[np.float64],
    seen: NDArray[np.bool_],
    columns: NDArray[np.int32],
    values: NDArray[np.float64],
    n: int,
) -> int:
    """Write one text's distinct columns and their sums from place ``n``; return the end.

    ``sums`` and ``seen`` have an entry a column, and are zero again afterwards.
    """
    end = n
    for k in range(found.shape[0]):
        column = found[k]
        if not seen[column]:
            seen[column] = True
            columns[end] = column
            end += 1
        sums[column] += weights[k]
    columns[n:end].sort()
    for k in range(n, end):
        values[k] = sums[columns[k]]
        sums[columns[k]] = 0.0
        seen[columns[k]] = False
    return end
