"""Say how near the engine is to what the machine can do: bytes, hashes and gathers of a post.

The work of a post is counted in the model's own features; what the machine can do is measured by
small compiled loops of one thread each, in the same run.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from adclassifier.classifier import AdClassifier
from adclassifier.features.hashing import bucket, mix
from adclassifier.features.jit import jit
from adclassifier.features.tokens import Tokens
from adclassifier.text.normalize import normalize

_REPEATS = 5
_STREAM_BYTES = 256_000_000
_N_POINTS = 2_000_000
LONGEST = 5


@jit
def stream(values: NDArray[np.float64]) -> float:
    """Read an array once."""
    a = b = c = d = 0.0
    for i in range(0, values.shape[0] - 3, 4):
        a += values[i]
        b += values[i + 1]
        c += values[i + 2]
        d += values[i + 3]
    return a + b + c + d


@jit
def gather(table: NDArray[np.float32], rows: NDArray[np.int64]) -> NDArray[np.float64]:
    """Sum the rows of a table, as the kernel sums those of a post's n-grams."""
    sums = np.zeros(table.shape[1], np.float64)
    for i in range(rows.shape[0]):
        for column in range(table.shape[1]):
            sums[column] += table[rows[i], column]
    return sums


@jit
def hash_grams(points: NDArray[np.int32], rows: NDArray[np.int64]) -> int:
    """Hash the n-grams of two to five characters from every place on, as the kernel does."""
    n = 0
    mask = np.uint64(rows.shape[0] - 1)
    for first in range(points.shape[0] - LONGEST):
        state = np.uint64(1)
        for k in range(LONGEST):
            state = mix(state, np.uint64(points[first + k]))
            if k > 0:
                rows[n & mask] = bucket(mix(state, np.uint64(k + 1)), mask)
                n += 1
    return n


def least_seconds(call: Callable[[], Any]) -> float:
    """Give the least CPU time of a few calls, after one that compiles."""
    call()
    taken = []
    for _ in range(_REPEATS):
        began = time.thread_time()
        call()
        taken.append(time.thread_time() - began)
    return min(taken)


def measure_machine(n_rows: int, n_columns: int, found: NDArray[np.int64]) -> dict[str, float]:
    """Measure one core: bytes read in order, rows of the model's table, n-grams hashed.

    Parameters
    ----------
    n_rows, n_columns : int
        Of the table that the rows are gathered from.
    found : ndarray of shape (n,), int64
        The rows that posts read, in their order. Of rows at random, none is likelier than
        another, and caches help less.
    """
    rng = np.random.default_rng(0)
    values = np.ones(_STREAM_BYTES // 8)
    table = rng.random((n_rows, n_columns), np.float32)
    anywhere = rng.integers(n_rows, size=len(found))
    points = rng.integers(97, 123, size=_N_POINTS).astype(np.int32)
    rows = np.zeros(1 << 16, np.int64)
    n_hashes = (LONGEST - 1) * (_N_POINTS - LONGEST)
    return {
        "bytes_per_s": values.nbytes / least_seconds(lambda: stream(values)),
        "gathers_per_s": len(found) / least_seconds(lambda: gather(table, found)),
        "random_gathers_per_s": len(found) / least_seconds(lambda: gather(table, anywhere)),
        "hashes_per_s": n_hashes / least_seconds(lambda: hash_grams(points, rows)),
        "table_mb": table.nbytes / 1e6,
    }


def count_work(
    classifier: AdClassifier, texts: Sequence[str]
) -> tuple[dict[str, float], NDArray[np.int64]]:
    """Count what a post takes on average, and list the rows of the table that are read.

    Returns
    -------
    work : dict
        ``bytes`` and ``chars`` of the text; ``tokens``; ``all_hashes``, its n-grams, and
        ``all_gathers``, the different rows of the table they stand for; ``hashes`` and
        ``gathers``, the same where a token's own n-grams count as one, since the engine remembers
        the sums of tokens that it has seen.
    rows : ndarray of shape (n,), int64
        Of the n-grams of more than a token, text after text.
    """
    shape = classifier.heads.shape
    names = ("bytes", "chars", "tokens", "all_hashes", "all_gathers", "hashes", "gathers")
    work, listed = np.zeros(len(names)), []
    for text in texts:
        tokens = Tokens.of(normalize(text).text, shape.cue_groups)
        rows, _, places = tokens.occurrences(shape)
        n_tokens, n_different = len(tokens.spans), len(np.unique(tokens.hashes[0]))
        wide = rows[places[:, 0] != places[:, 1]]
        least = len(wide) + n_tokens, len(np.unique(wide)) + n_different
        size = len(text.encode()), len(text), n_tokens
        work += (*size, len(rows), len(np.unique(rows)), *least)
        listed.append(wide)
    counted = dict(zip(names, (work / len(texts)).tolist(), strict=True))
    return counted, np.concatenate(listed)


def roofline(
    classifier: AdClassifier, texts: Sequence[str], posts_per_cpu_s: float
) -> dict[str, Any]:
    """Compare the CPU time of a post with the least that each kind of work needs.

    Parameters
    ----------
    classifier : AdClassifier
    texts : sequence of str
        A sample of the posts.
    posts_per_cpu_s : float
        As measured on such posts.
    """
    heads = classifier.heads
    work, rows = count_work(classifier, texts)
    columns = len(heads.names) + 1
    machine = measure_machine(heads.shape.n_rows, columns, rows)
    about = {"n_columns": columns, "work": work, "machine": machine}
    return {**about, **shares(work, machine, posts_per_cpu_s)}


def shares(
    work: dict[str, float], machine: dict[str, float], posts_per_cpu_s: float
) -> dict[str, Any]:
    """Give the least microseconds of each kind of work, of a post, and what is left.

    Examples
    --------
    >>> found = shares(
    ...     {"bytes": 100, "hashes": 50, "gathers": 20},
    ...     {"bytes_per_s": 1e8, "hashes_per_s": 1e7, "gathers_per_s": 1e7},
    ...     1e5,
    ... )
    >>> found["microseconds"]
    {'bytes': 1.0, 'hashes': 5.0, 'gathers': 2.0, 'rest': 2.0}
    >>> found["limit"]
    'hashes'
    """
    least = {
        kind: 1e6 * work[kind] / machine[f"{kind}_per_s"] for kind in ("bytes", "hashes", "gathers")
    }
    rest = 1e6 / posts_per_cpu_s - sum(least.values())
    microseconds = {**least, "rest": rest}
    return {
        "microseconds": microseconds,
        "measured_microseconds": 1e6 / posts_per_cpu_s,
        "limit": max(microseconds, key=lambda kind: microseconds[kind]),
    }
