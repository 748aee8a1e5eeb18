"""Read a linear chain of labels from a file as CRFsuite writes it."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

__all__ = ["Chain", "read_chain"]

_HEADER = struct.Struct("<4sI4sIIIIIIIII")
_MAGIC, _MODEL_TYPE = b"lCRF", b"FOMC"
_TEXTS = struct.Struct("<4sIIIII")
_TEXTS_MAGIC = b"CQDB"
_TEXT = struct.Struct("<II")
_WEIGHT = np.dtype([("type", "<u4"), ("source", "<u4"), ("label", "<u4"), ("weight", "<f8")])
_COUNT = struct.Struct("<8xI")
_STATE, _TRANSITION = 0, 1


@dataclass(frozen=True, slots=True, eq=False)
class Chain:
    """A model that labels the tokens of a text.

    Attributes
    ----------
    labels, attributes : list of str
    states : ndarray of shape (n_attributes, n_labels), float64
        Weight of each label on a token that has an attribute.
    transitions : ndarray of shape (n_labels, n_labels), float64
        Weight of a label (column) behind another (row).
    """

    labels: list[str]
    attributes: list[str]
    states: NDArray[np.float64]
    transitions: NDArray[np.float64]


def read_chain(path: Path) -> Chain:
    """Read a model.

    Parameters
    ----------
    path : Path

    Returns
    -------
    Chain

    Raises
    ------
    ValueError
        If the file is of another kind.
    OSError
        If it cannot be read.
    """
    data = path.read_bytes()
    try:
        magic, _, kind, *_, weights_at, labels_at, attributes_at, _, _ = _HEADER.unpack_from(data)
        if (magic, kind) != (_MAGIC, _MODEL_TYPE):
            raise ValueError(f"{path}: no model of CRFsuite")
        labels, attributes = _read_texts(data, labels_at), _read_texts(data, attributes_at)
        (n_weights,) = _COUNT.unpack_from(data, weights_at)
    except struct.error as error:
        raise ValueError(f"{path}: cut short") from error
    weights = np.frombuffer(data, _WEIGHT, n_weights, weights_at + _COUNT.size)
    states = np.zeros((len(attributes), len(labels)))
    transitions = np.zeros((len(labels), len(labels)))
    for table, number in ((states, _STATE), (transitions, _TRANSITION)):
        own = weights[weights["type"] == number]
        table[own["source"], own["label"]] = own["weight"]
    return Chain(labels, attributes, states, transitions)


def _read_texts(data: bytes, at: int) -> list[str]:
    """Read the texts of one of the file's dictionaries, by number."""
    magic, _, _, _, n_texts, places_at = _TEXTS.unpack_from(data, at)
    if magic != _TEXTS_MAGIC:
        raise ValueError(f"expected {_TEXTS_MAGIC!r} in a model of CRFsuite, found {magic!r}")
    texts: list[str] = []
    for place in np.frombuffer(data, "<u4", n_texts, at + places_at).tolist():
        number, size = _TEXT.unpack_from(data, at + place)
        if number != len(texts):
            raise ValueError(f"expected text {len(texts)} in a model of CRFsuite, found {number}")
        start = at + place + _TEXT.size
        texts.append(data[start : start + size - 1].decode())  # the last byte is NUL
    return texts
