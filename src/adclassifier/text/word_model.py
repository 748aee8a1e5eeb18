"""Lay out the model that underthesea cuts words with, so that compiled code can look things up.

The model is a linear chain of two labels: a token begins a word, or continues the one before it.
What it knows of a token are runs of one to three tokens around it: as they are written, in small
letters, whether they are numbers, begin with capitals, or stand in a dictionary. Every run that has
a weight gets a row of a table; a run of two or three is found from its first tokens and its last.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from adclassifier.text.chain_file import Chain

__all__ = ["KINDS", "MIX", "MOST_ROWS", "REACH", "ROW_BITS", "SHIFT", "Tables", "build_tables"]

# The numbers here and in `word_tokens` are compiled into `classifier.word_tagging`, anew where they
# change: `features.jit` names both files.
#: Kinds of runs: what is asked of them, and how many tokens they have.
KINDS: tuple[tuple[str, int], ...] = (
    *(("", size) for size in (1, 2, 3)),
    *(("lower", size) for size in (1, 2, 3)),
    ("isdigit", 1),
    *(("istitle", size) for size in (1, 2, 3)),
    *(("is_in_dict", size) for size in (1, 2, 3)),
)
#: A run begins at most so many tokens before or behind the one that is tagged.
REACH = 2
#: How a key is spread over the slots: multiplied in 64 bits, then the bits from here on.
MIX, SHIFT = 0x9E3779B97F4A7C15, 32
#: Rows there can be: what links them is packed into one number.
ROW_BITS = 20
MOST_ROWS = 1 << ROW_BITS

_LABELS = ["B-W", "I-W"]
_TEMPLATE = re.compile(r"T\[(-?\d)(?:,(-?\d))?\](?:\.(\w+))?")
# By kind, that of runs of one token where a run is built up of tokens; else itself.
_SINGLE = tuple(
    KINDS.index((family, 1)) if family in ("", "lower") else kind
    for kind, (family, _) in enumerate(KINDS)
)
_EDGES = ("BOS", "EOS")
_ANSWERS = ("False", "True")
_WORDED = ("", "lower")


class Tables(NamedTuple):
    """The model as arrays.

    Attributes
    ----------
    runs : ndarray of shape (n_slots,), int64
        Runs of two and three tokens, in open addressing, -1 where free. Packed from the highest bit
        on: row of the first tokens, row of the last, whether the run stands in the dictionary, and
        its row.
    weights : ndarray of shape (n_weighted, 2 * REACH + 1, 2), float64
        By row, by how far the run begins from the token (from -REACH on), by label. Rows behind
        these weigh nothing, nor does row 0.
    edges : ndarray of shape (n_kinds, 2), int32
        Row of each kind of run that would begin before the first token, or end behind the last.
    answers : ndarray of shape (n_kinds, 2), int32
        Row of False and True, for the kinds that are questions.
    order : ndarray of shape (n_templates, 2), int32
        Kind and beginning of what is added up, in the order of the model.
    transitions : ndarray of shape (2, 2), float64
        Weight of a label behind a label.
    """

    runs: NDArray[np.int64]
    weights: NDArray[np.float64]
    edges: NDArray[np.int32]
    answers: NDArray[np.int32]
    order: NDArray[np.int32]
    transitions: NDArray[np.float64]


class _Template(NamedTuple):
    """A kind of run and where it begins, from the token that is tagged."""

    kind: int
    first: int

    @classmethod
    def read(cls, written: str) -> _Template:
        """Read one such as ``T[-1,0].lower``; `ValueError` if it is none that we know."""
        found = _TEMPLATE.fullmatch(written)
        if found is None:
            raise ValueError(f"unknown template {written!r}")
        first, last = int(found[1]), int(found[2] or found[1])
        if not -REACH <= first <= last <= REACH:
            raise ValueError(f"template {written!r} reaches too far")
        kind = found[3] or "", last - first + 1
        if kind not in KINDS:
            raise ValueError(f"template {written!r} asks what we do not know")
        return cls(KINDS.index(kind), first)


class _Rows:
    """Numbers runs, and links them to the runs that they begin with."""

    def __init__(self) -> None:
        self.of_kind: list[dict[str, int]] = [{} for _ in KINDS]
        self.links: dict[int, int] = {}
        self.count = 0

    def number(self, kind: int, value: str) -> int:
        """Give the row of a value of a kind."""
        known = self.of_kind[kind]
        row = known.get(value)
        if row is None:
            row = known[value] = self.count = self.count + 1
            single = _SINGLE[kind]
            if single != kind and value not in _EDGES:
                first, _, last = value.rpartition(" ")
                before = self.number(kind - 1, first)
                self.links[before * MOST_ROWS + self.number(single, last)] = row
        return row


def build_tables(
    chain: Chain, templates: Sequence[str], dictionary: Iterable[str]
) -> tuple[Tables, dict[str, int], dict[str, int]]:
    """Lay the model out for `classifier.word_tagging`.

    Parameters
    ----------
    chain : Chain
        With the labels "B-W" and "I-W".
    templates : sequence of str
        What is asked of the tokens around each, in the order of adding up.
    dictionary : iterable of str
        Words in small letters, one blank between their syllables.

    Returns
    -------
    tables : Tables
    written, small : dict of str to int
        Row of each token that the model knows as it is written, and in small letters; these with a
        bit behind the row for those that stand in the dictionary.

    Raises
    ------
    ValueError
        If the model is none of this form.
    """
    if chain.labels != _LABELS:
        raise ValueError(f"expected the labels {_LABELS}, got {chain.labels}")
    order = [_Template.read(template) for template in templates]
    rows = _Rows()
    for kind, (family, _) in enumerate(KINDS):
        for value in (*_EDGES, *(() if family in _WORDED else _ANSWERS)):
            rows.number(kind, value)
    places = _places(chain.attributes, rows)
    n_weighted = rows.count + 1
    weights = np.zeros((n_weighted, 2 * REACH + 1, 2))
    weights[places[:, 0], places[:, 1]] = chain.states
    listed = {rows.number(*run) for run in _runs(dictionary)}
    if rows.count >= MOST_ROWS:
        raise ValueError(f"{rows.count} runs of tokens; at most {MOST_ROWS}")
    tables = Tables(
        _slots(rows.links, listed),
        weights,
        _rows_of(rows, _EDGES),
        _rows_of(rows, _ANSWERS),
        np.array(order, np.int32).reshape(-1, 2),
        chain.transitions,
    )
    small = rows.of_kind[KINDS.index(("lower", 1))]
    marked = {token: row | (row in listed) << ROW_BITS for token, row in small.items()}
    return tables, rows.of_kind[KINDS.index(("", 1))], marked


def _places(attributes: Iterable[str], rows: _Rows) -> NDArray[np.int64]:
    """Give row and column of the weights of each attribute; shape (n_attributes, 2)."""
    templates: dict[str, _Template] = {}
    places = []
    for attribute in attributes:
        written, _, value = attribute.partition("=")
        template = templates.get(written) or templates.setdefault(written, _Template.read(written))
        places.append((rows.number(template.kind, value), template.first + REACH))
    return np.array(places, np.int64).reshape(-1, 2)


def _runs(dictionary: Iterable[str]) -> Iterator[tuple[int, str]]:
    """Give the kind and the words of all entries that tokens can be; others hold odd blanks."""
    kinds = [kind for kind, (family, _) in enumerate(KINDS) if family == "lower"]
    for words in dictionary:
        parts = words.split(" ")
        if len(parts) <= len(kinds) and all(parts):
            yield kinds[len(parts) - 1], words


def _rows_of(rows: _Rows, values: Sequence[str]) -> NDArray[np.int32]:
    """Give the rows of two values by kind; 0 where a kind has none."""
    return np.array([[known.get(value, 0) for value in values] for known in rows.of_kind], np.int32)


def _slots(links: Mapping[int, int], listed: Set[int]) -> NDArray[np.int64]:
    """Lay links out for open addressing, at most half full."""
    keys = np.fromiter(links, np.int64, len(links))
    packed = [key << ROW_BITS + 1 | (run in listed) << ROW_BITS | run for key, run in links.items()]
    entries = np.array(packed, np.int64)
    slots = np.full(1 << (2 * len(links) + 1).bit_length(), -1, np.int64)
    places = ((keys.astype(np.uint64) * np.uint64(MIX)) >> np.uint64(SHIFT)).astype(np.int64)
    while len(entries):
        places %= len(slots)
        # of those that come to one free slot the first gets it, and the others go on
        free = np.flatnonzero(slots[places] < 0)
        _, firsts = np.unique(places[free], return_index=True)
        slots[places[free[firsts]]] = entries[free[firsts]]
        left = np.ones(len(entries), np.bool_)
        left[free[firsts]] = False
        entries, places = entries[left], places[left] + 1
    return slots
