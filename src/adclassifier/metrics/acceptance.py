"""Say which choices count as right where two careful inspectors could differ.

A record's written labels are one inspector's choice; its `accept` lists what a second careful
inspector could equally choose, `legal` standing for "no label". The rule, for a record with written
labels W, `accept` A, and the model's choice C, label by label:

* presence: a label in C and not in W counts as right if A names it;
* absence: a label in W and not in C counts as right if A holds `legal`, or if the model chose a
  label of A that is not in W in its place (one such label stands in for one missing label);
* violating or not: "violating" against an empty W counts as right if C holds a label of A;
  "not violating" (C empty) against a filled W counts as right if A holds `legal`.

In a list of the top rows, to be in the list is to be called violating: a row that could go either
way is right there. Ranking and calibration figures (ROC-AUC, average precision, ECE) see no choice,
so that such rows are left out of them.

Right means: the figures are computed as if the truth were what the model chose. So `accept` can
turn an error into a hit or a correct rejection, and can never make an error.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from adclassifier.metrics.records import LEGAL, Judged, Table, indicators


@dataclass(frozen=True, slots=True)
class View:
    """Truth and choice of each label, and in the last column of "violating".

    Attributes
    ----------
    written, truth, chosen : ndarray of shape (n_records, n_labels + 1), bool
        As written; as it counts in decisions (strict: the same); as decided by the model.
    ranked : ndarray of shape (n_records, n_labels + 1), bool
        Rows that count in ranking and calibration figures, judged by `written`.
    score : ndarray of shape (n_records, n_labels + 1), in [0, 1]
        Probabilities; the last column is `p_violating`.
    """

    written: NDArray[np.bool_]
    truth: NDArray[np.bool_]
    chosen: NDArray[np.bool_]
    ranked: NDArray[np.bool_]
    score: NDArray[np.float64]

    @property
    def right_to_show(self) -> NDArray[np.bool_]:
        """Rows that an inspector is right to be shown: violating as written, or open to it."""
        return self.written[:, -1] | ~self.ranked[:, -1]


def strict_view(table: Table) -> View:
    """Judge by the labels as written."""
    written = _with_any(table.written)
    return View(
        written=written,
        truth=written,
        chosen=_with_any(table.chosen),
        ranked=np.ones_like(written),
        score=np.column_stack([table.y_prob, table.p_violating]),
    )


def accepted_view(table: Table) -> View:
    """Judge as the rule of this module says; rows that could go either way are not ranked."""
    truth = accepted_truth(table.written, table.chosen, table.accept, table.accept_legal)
    either_way = either_way_mask(table.written, table.accept, table.accept_legal)
    return View(
        written=_with_any(table.written),
        truth=truth,
        chosen=_with_any(table.chosen),
        ranked=~either_way,
        score=np.column_stack([table.y_prob, table.p_violating]),
    )


def accepted_truth(
    written: NDArray[np.bool_],
    chosen: NDArray[np.bool_],
    accept: NDArray[np.bool_],
    accept_legal: NDArray[np.bool_],
) -> NDArray[np.bool_]:
    """Give the truth that counts, with a last column for violating or not.

    Parameters
    ----------
    written, chosen, accept : ndarray of shape (n_records, n_labels), bool
        Written labels, the model's labels, and the labels that `accept` names.
    accept_legal : ndarray of shape (n_records,), bool
        Whether `accept` names `legal`.

    Returns
    -------
    ndarray of shape (n_records, n_labels + 1), bool
        Where it differs from the written labels, it is what the model chose.

    Examples
    --------
    One record a line, columns medicine, cosmetics and, in the result, violating.

    >>> def truth(written, chosen, accept, legal=False):
    ...     rows = [np.array([row], dtype=bool) for row in (written, chosen, accept)]
    ...     return accepted_truth(*rows, np.array([legal]))[0].astype(int).tolist()

    "Dầu nóng trị đau khớp" is written cosmetics, accept medicine. The model says medicine: right,
    and nothing is missed. It says both: right. It says nothing: cosmetics is missed.

    >>> truth([0, 1], [1, 0], accept=[1, 0])
    [1, 0, 1]
    >>> truth([0, 1], [1, 1], accept=[1, 0])
    [1, 1, 1]
    >>> truth([0, 1], [0, 0], accept=[1, 0])
    [0, 1, 1]

    "Kem bật tông, mờ nám" is written lawful, accept cosmetics. Cosmetics: right. Nothing: right.
    Medicine: a false alarm, for the label and for violating.

    >>> truth([0, 0], [0, 1], accept=[0, 1])
    [0, 1, 1]
    >>> truth([0, 0], [0, 0], accept=[0, 1])
    [0, 0, 0]
    >>> truth([0, 0], [1, 0], accept=[0, 1])
    [0, 0, 0]

    "Hết mụn sau 7 ngày" is written cosmetics, accept legal. Nothing: right. Medicine: a false alarm
    for that label; that it is violating stays right, as written.

    >>> truth([0, 1], [0, 0], accept=[0, 0], legal=True)
    [0, 0, 0]
    >>> truth([0, 1], [1, 0], accept=[0, 0], legal=True)
    [0, 0, 1]
    """
    presence = chosen & ~written & accept
    missing = written & ~chosen
    # one accepted label stands in for one missing label, the first in the order of the columns
    n_stand_ins = presence.sum(axis=1, keepdims=True)
    replaced = missing & (np.cumsum(missing, axis=1) <= n_stand_ins)
    absence = missing & accept_legal[:, None] | replaced
    truth = (written | presence) & ~absence
    any_written, any_chosen = written.any(axis=1), chosen.any(axis=1)
    violating = np.where(
        any_written, any_chosen | ~accept_legal, (chosen & accept).any(axis=1)
    ).astype(bool)
    return np.column_stack([truth, violating])


def could_go_either_way(records: Sequence[Judged], label_codes: Sequence[str]) -> NDArray[np.bool_]:
    """Mark the entries that `accept` leaves open, whatever a model chose.

    A label could go either way when it is written and `accept` holds `legal` or another label that
    is not written, or when it is not written and `accept` names it; "violating" when a written
    record accepts `legal` or a lawful one accepts a label.

    Parameters
    ----------
    records : sequence of Judged, length n_records
        Labelled records.
    label_codes : sequence of str
        The columns.

    Returns
    -------
    ndarray of shape (n_records, n_labels + 1), bool
        The last column is "violating". The others are the `ignore` of
        `thresholds.choose_thresholds`.
    """
    accept = [[code for code in record.accept if code != LEGAL] for record in records]
    return either_way_mask(
        indicators([record.labels for record in records], label_codes),
        indicators(accept, label_codes),
        np.array([LEGAL in record.accept for record in records], dtype=bool),
    )


def either_way_mask(
    written: NDArray[np.bool_], accept: NDArray[np.bool_], accept_legal: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Mark open entries, last column "violating"; see `could_go_either_way`.

    Examples
    --------
    Written cosmetics, accept medicine; lawful, accept cosmetics; written cosmetics, accept legal.

    >>> written = np.array([[0, 1], [0, 0], [0, 1]], dtype=bool)
    >>> accept = np.array([[1, 0], [0, 1], [0, 0]], dtype=bool)
    >>> either_way_mask(written, accept, np.array([False, False, True])).astype(int)
    array([[1, 1, 0],
           [0, 1, 1],
           [0, 1, 1]])
    """
    alternative = accept & ~written
    replaceable = written & (accept_legal | alternative.any(axis=1))[:, None]
    violating = np.where(written.any(axis=1), accept_legal, accept.any(axis=1)).astype(bool)
    return np.column_stack([alternative | replaceable, violating])


def _with_any(matrix: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Append the column "violating": any label."""
    return np.column_stack([matrix, matrix.any(axis=1)])
