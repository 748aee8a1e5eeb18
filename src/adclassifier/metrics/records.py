"""Say what can be judged, and lay records and predictions out as arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from adclassifier.errors import DatasetError

# In `accept`, the word for "no label at all" (corpus/GUIDE.md, CONVENTIONS.md).
LEGAL = "legal"


class Judged(Protocol):
    """A labelled record, as far as judging needs it; `corpus.Record` is one."""

    @property
    def text(self) -> str:
        """Original text; evidence offsets count its code points."""

    @property
    def labels(self) -> Sequence[str]:
        """Written label codes; none when lawful."""

    @property
    def subcodes(self) -> Sequence[str]:
        """Written sub-codes, with their label in front."""

    @property
    def accept(self) -> Sequence[str]:
        """What a second careful inspector could equally choose: codes, or `legal`."""

    @property
    def evidence(self) -> Sequence[str | tuple[int, int]]:
        """What shows the violation: verbatim strings or half-open (start, end)."""

    @property
    def kind(self) -> str | None:
        """One of the ten kinds."""

    @property
    def source(self) -> str | None:
        """Where the text is from."""

    @property
    def platform(self) -> str | None:
        """Where it was posted."""

    @property
    def post_type(self) -> str | None:
        """Post, comment, caption, listing."""

    @property
    def style(self) -> Sequence[str]:
        """Habits of writing: emoji, teencode, no_diacritics."""

    @property
    def group(self) -> str | None:
        """Near-duplicates share a group; none: the record stands alone."""

    @property
    def offer(self) -> bool | None:
        """Whether the author offers goods or services."""


class HasSpan(Protocol):
    """A half-open run of code points of the original text."""

    @property
    def start(self) -> int:
        """First code point."""

    @property
    def end(self) -> int:
        """One past the last code point."""


class Predicted(Protocol):
    """A prediction, as far as judging needs it; `classifier.Prediction` is one."""

    @property
    def outcome(self) -> str:
        """One of flag, review, clear, unreadable."""

    @property
    def p_violating(self) -> float | None:
        """Calibrated probability of any label; None when unreadable."""

    @property
    def probabilities(self) -> Mapping[str, float | None]:
        """Calibrated probability of each label code."""

    @property
    def labels(self) -> Sequence[str]:
        """Decided label codes."""

    @property
    def evidence(self) -> Sequence[HasSpan]:
        """The words behind the decided labels."""


@dataclass(frozen=True, slots=True)
class Table:
    """Records and predictions as arrays, row by row.

    Attributes
    ----------
    label_codes : tuple of str
        The columns.
    written, accept, chosen : ndarray of shape (n_records, n_labels), bool
        Labels as written; labels that `accept` names; labels that the model decided.
    accept_legal : ndarray of shape (n_records,), bool
        Whether `accept` names `legal`.
    y_prob : ndarray of shape (n_records, n_labels), in [0, 1]
        Probability of each label, 0 where the text was unreadable.
    p_violating : ndarray of shape (n_records,), in [0, 1]
        Probability of any label, 0 where the text was unreadable.
    """

    label_codes: tuple[str, ...]
    written: NDArray[np.bool_]
    accept: NDArray[np.bool_]
    accept_legal: NDArray[np.bool_]
    chosen: NDArray[np.bool_]
    y_prob: NDArray[np.float64]
    p_violating: NDArray[np.float64]


def tabulate(
    records: Sequence[Judged], predictions: Sequence[Predicted], label_codes: Sequence[str]
) -> Table:
    """Lay records and predictions out as arrays.

    Raises
    ------
    DatasetError
        If there is no record, a prediction too few or many, or a label that is not in
        `label_codes`.
    """
    if not records or len(records) != len(predictions):
        raise DatasetError(
            "evaluation",
            f"{len(records)} records and {len(predictions)} predictions",
            "one prediction for each record, and at least one",
        )
    codes = tuple(label_codes)
    return Table(
        label_codes=codes,
        written=indicators([record.labels for record in records], codes),
        accept=indicators([_without_legal(record.accept) for record in records], codes),
        accept_legal=np.array([LEGAL in record.accept for record in records]),
        chosen=indicators([prediction.labels for prediction in predictions], codes),
        y_prob=np.array(
            [[p.probabilities.get(code) or 0.0 for code in codes] for p in predictions]
        ).reshape(len(predictions), len(codes)),
        p_violating=np.array([p.p_violating or 0.0 for p in predictions]),
    )


def indicators(rows: Sequence[Sequence[str]], label_codes: Sequence[str]) -> NDArray[np.bool_]:
    """Give the indicator matrix of rows of label codes.

    Examples
    --------
    >>> indicators([["cosmetics"], []], ["medicine", "cosmetics"])
    array([[False,  True],
           [False, False]])
    """
    unknown = sorted({code for row in rows for code in row} - set(label_codes))
    if unknown:
        raise DatasetError("labels", f"unknown {unknown}", f"any of {list(label_codes)}")
    matrix = [[code in row for code in label_codes] for row in rows]
    return np.array(matrix, dtype=bool).reshape(len(rows), len(label_codes))


def _without_legal(accept: Sequence[str]) -> list[str]:
    return [code for code in accept if code != LEGAL]
