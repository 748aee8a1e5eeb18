"""The heads of the sub-codes: what tells one kind of a label from the others."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from adclassifier.classifier.compiled import sharing


class _LabelSubcodes(NamedTuple):
    """The models of one label's sub-codes side by side.

    ``places`` leads from a row of features to a row of ``weights``, -1 where there is none, as
    there is behind the last; ``weights`` has a column a code.
    """

    codes: tuple[str, ...]
    places: NDArray[np.int32]
    weights: NDArray[np.float32]
    bias: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class SubcodeHeads:
    """Sparse linear models that tell a label's sub-codes apart, on texts that carry the label.

    Parameters
    ----------
    codes : tuple of str
        Sub-codes, ``label.name``.
    starts : ndarray of shape (n_codes + 1,), int32
        Where each sub-code's entries begin.
    buckets : ndarray of shape (n_entries,), int32
        Rows of features, of n-grams and of cues; sorted inside a sub-code.
    weights : ndarray of shape (n_entries,), float16
    bias : ndarray of shape (n_codes,), float64
    """

    codes: tuple[str, ...]
    starts: NDArray[np.int32]
    buckets: NDArray[np.int32]
    weights: NDArray[np.float16]
    bias: NDArray[np.float64]

    def choose(
        self, label: str, rows: NDArray[np.int64], values: NDArray[np.float64]
    ) -> tuple[str, ...]:
        """Choose the sub-codes of a label from one window's features: at least the likeliest."""
        codes, places, weights, bias = self._of_label(label)
        if not codes:
            return ()
        scores: list[float] = sharing().add_known(rows, values, places, weights, bias).tolist()
        best = scores.index(max(scores))
        return tuple(code for i, code in enumerate(codes) if scores[i] >= 0.0 or i == best)

    def _of_label(self, label: str) -> _LabelSubcodes:
        """Lay out the models of a label's sub-codes for rows in any order, once."""
        if label not in self._labels:
            own = [i for i, code in enumerate(self.codes) if code.startswith(f"{label}.")]
            entries = [slice(self.starts[i], self.starts[i + 1]) for i in own]
            buckets = np.unique(np.concatenate([*(self.buckets[each] for each in entries), []]))
            known = buckets.astype(np.int64)
            places = np.full(int(known.max(initial=-1)) + 1, -1, np.int32)
            places[known] = np.arange(len(known))
            # the stored half floats are exact in it
            weights = np.zeros((len(known), len(own)), np.float32)
            for column, each in enumerate(entries):
                weights[places[self.buckets[each]], column] = self.weights[each]
            codes = tuple(self.codes[i] for i in own)
            self._labels[label] = _LabelSubcodes(codes, places, weights, self.bias[own])
        return self._labels[label]

    @functools.cached_property
    def _labels(self) -> dict[str, _LabelSubcodes]:
        return {}
