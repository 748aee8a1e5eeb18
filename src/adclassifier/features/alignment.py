"""Lay arrays out so that a row begins with a cache line."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

_LINE_BYTES = 64


def aligned_zeros(shape: tuple[int, ...], dtype: DTypeLike) -> NDArray[Any]:
    """Make zeros that begin with a cache line; NumPy itself promises 16 bytes.

    A row of sixteen floats is then one line to wait for, not two.

    Examples
    --------
    >>> aligned_zeros((3, 16), np.float32).ctypes.data % 64
    0
    """
    n_bytes = math.prod(shape) * np.dtype(dtype).itemsize
    raw = np.zeros(n_bytes + _LINE_BYTES, np.uint8)
    first = -raw.ctypes.data % _LINE_BYTES
    return raw[first : first + n_bytes].view(dtype).reshape(shape)
