"""Judge parts of the records, and name the part that does worst."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from adclassifier.metrics.acceptance import View
from adclassifier.metrics.records import Judged
from adclassifier.metrics.weighted import count, rank, roc_auc

# A figure of fewer rows says more about chance than about the slice.
MIN_VIOLATING = 20
MIN_LAWFUL = 50

# Code points; 600 is the window in which long texts are scored (design §5.3).
_LENGTH_BANDS = ((50, "0-49"), (150, "50-149"), (300, "150-299"), (600, "300-599"))
_LONGEST = "600+"

_FIGURES = ("f1", "recall", "fpr", "roc_auc")
_Slices = dict[str, dict[str, dict[str, Any]]]


def length_band(text: str) -> str:
    """Give the band of a text's length in code points.

    Examples
    --------
    >>> length_band("Kem trị nám"), length_band("a" * 600)
    ('0-49', '600+')
    """
    return next((name for limit, name in _LENGTH_BANDS if len(text) < limit), _LONGEST)


def slice_members(records: Sequence[Judged]) -> dict[tuple[str, str], NDArray[np.bool_]]:
    """Give the rows of each slice, by (field, value); a record may be in several of a field."""
    values: dict[str, list[tuple[str | None, ...]]] = {
        "label": [tuple(record.labels) for record in records],
        "subcode": [tuple(record.subcodes) for record in records],
        "kind": [(record.kind,) for record in records],
        "style": [tuple(record.style) for record in records],
        "platform": [(record.platform,) for record in records],
        "source": [(record.source,) for record in records],
        "post_type": [(record.post_type,) for record in records],
        "length": [(length_band(record.text),) for record in records],
    }
    members: dict[tuple[str, str], NDArray[np.bool_]] = {}
    for field, rows in values.items():
        for value in sorted({value for row in rows for value in row if value}):
            members[field, value] = np.array([value in row for row in rows])
    return members


def slice_figures(view: View, members: dict[tuple[str, str], NDArray[np.bool_]]) -> _Slices:
    """Judge "violating or not" in each slice.

    Returns
    -------
    dict
        field, then value, then `n`, `n_violating` (as written), `f1`, `recall`, `fpr`, `roc_auc`.
        A figure is None where the slice does not have the rows that it compares: recall needs
        written violating rows, fpr lawful ones, f1 and roc_auc both.
    """
    if not members:
        return {}
    weights = np.array(list(members.values()), dtype=np.float64)
    written = view.written[:, -1]
    n = weights.sum(axis=1)
    n_violating = weights @ written
    counts = count(view.truth[:, -1:], view.chosen[:, -1:], weights)
    has_violating, has_lawful = n_violating > 0, n > n_violating
    columns = {
        "f1": np.where(has_violating & has_lawful, counts.f1[:, 0], np.nan),
        "recall": np.where(has_violating, counts.recall[:, 0], np.nan),
        "fpr": np.where(has_lawful, counts.false_positive_rate[:, 0], np.nan),
        "roc_auc": roc_auc(rank(written, view.score[:, -1], weights * view.ranked[:, -1])),
    }
    result: _Slices = {}
    for row, (field, value) in enumerate(members):
        figures = {name: _defined(column[row]) for name, column in columns.items()}
        sizes = {"n": int(n[row]), "n_violating": int(n_violating[row])}
        result.setdefault(field, {})[value] = sizes | figures
    return result


def worst_slices(slices: _Slices) -> dict[str, dict[str, Any]]:
    """Name the slice with the lowest f1, recall and roc_auc, and with the highest fpr.

    Only slices with at least 20 violating rows count for f1, recall and roc_auc (roc_auc also needs
    20 lawful rows), and only those with at least 50 lawful rows for fpr. A figure that no slice can
    show is left out.

    Examples
    --------
    >>> part = {"n": 90, "n_violating": 30, "f1": 0.7, "recall": 0.6, "fpr": 0.1, "roc_auc": 0.9}
    >>> worse = part | {"f1": 0.5, "fpr": 0.05}
    >>> worst = worst_slices({"source": {"captions": part, "tiki": worse}})
    >>> worst["f1"]["value"], worst["f1"]["score"], worst["fpr"]["value"]
    ('tiki', 0.5, 'captions')
    """
    worst = {}
    for figure in _FIGURES:
        sign = -1 if figure == "fpr" else 1
        candidates = [
            (sign * part[figure], field, value)
            for field, values in slices.items()
            for value, part in values.items()
            if part[figure] is not None and _large_enough(part, figure)
        ]
        if candidates:
            score, field, value = min(candidates)
            part = slices[field][value]
            sizes = {"n": part["n"], "n_violating": part["n_violating"]}
            worst[figure] = {"field": field, "value": value, "score": sign * score, **sizes}
    return worst


def _large_enough(part: dict[str, Any], figure: str) -> bool:
    n_violating, n_lawful = part["n_violating"], part["n"] - part["n_violating"]
    if figure == "fpr":
        return bool(n_lawful >= MIN_LAWFUL)
    return bool(n_violating >= MIN_VIOLATING and (figure != "roc_auc" or n_lawful >= MIN_VIOLATING))


def _defined(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
