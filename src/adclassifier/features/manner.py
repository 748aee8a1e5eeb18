"""Say how a text is written, whatever it says: length, repetition, signs, capitals, lines."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

_STEPS = 24
_SHARES = 11
# Words, characters, signs and lines by half powers of two; distinct words and capitals by tenths;
# and the distinct share once more for each length, since long texts repeat words anyway.
_SIZES = np.array([_STEPS, _STEPS, _STEPS, _STEPS, _SHARES, _SHARES, _STEPS * _SHARES])
_STARTS = np.concatenate([[0], np.cumsum(_SIZES)[:-1]])
N_MANNERS = int(_SIZES.sum())


def manners(texts: Sequence[str], weight: float = 1.0) -> csr_matrix:
    """Give features of how texts are written.

    Parameters
    ----------
    texts : sequence of str
        As they were written: a canonical text has lost its capitals and repeated signs.
    weight : float, default=1.0
        Value of a feature that holds. The n-grams of a text have length 1 in all.

    Returns
    -------
    csr_matrix of shape (n_texts, N_MANNERS), float64
        Seven features hold for each text.

    Examples
    --------
    >>> manners(["Áo thun ĐẸP!!!", ""]).sum(axis=1).ravel().tolist()
    [[7.0, 7.0]]
    """
    columns = [_columns(text) for text in texts]
    indices = np.array(columns, dtype=np.int32).reshape(-1)
    starts = np.arange(len(texts) + 1, dtype=np.int32) * len(_SIZES)
    values = np.full(len(indices), weight)
    return csr_matrix((values, indices, starts), shape=(len(texts), N_MANNERS))


def _columns(text: str) -> NDArray[np.int64]:
    """Give the column of each quantity; shape (7,)."""
    words = text.lower().split()
    n_signs = sum(not char.isalnum() and not char.isspace() for char in text)
    steps = [_step(n) for n in (len(words), len(text), n_signs, text.count("\n"))]
    distinct = _tenth(len(set(words)), len(words))
    capitals = _tenth(sum(char.isupper() for char in text), len(text))
    found = np.array([*steps, distinct, capitals, steps[0] * _SHARES + distinct])
    return np.asarray(_STARTS + found)


def _step(count: int) -> int:
    """Give the half power of two below a count."""
    return min(int(2 * math.log2(count + 1)), _STEPS - 1)


def _tenth(part: int, whole: int) -> int:
    """Give a share in tenths, from 0 to 10; 0 of nothing."""
    return 10 * part // max(whole, 1)
