"""Judge predictions against labelled records: the numbers behind `evaluate FILE --json`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from adclassifier.metrics.acceptance import View, accepted_view, strict_view
from adclassifier.metrics.bootstrap import LEVEL, draw_weights, number_groups, percentile_interval
from adclassifier.metrics.calibration import calibration_errors, perfect_calibration_error
from adclassifier.metrics.records import Judged, Predicted, tabulate
from adclassifier.metrics.slices import slice_figures, slice_members, worst_slices
from adclassifier.metrics.spans import evidence_counts
from adclassifier.metrics.weighted import (
    Ranked,
    average_precision,
    count,
    divide,
    precision_at,
    rank,
    roc_auc,
)

# Fewer positives than this: a label's F1 says nothing, and it stays out of macro_f1 (design §6).
MIN_MACRO_POSITIVES = 10
# What an inspector reads in a morning and in a day.
TOP_ROWS = (50, 200)
# Of n rows, the top k says something about ranking only if most rows are not in it.
MIN_ROWS_PER_TOP = 4
OUTCOMES = ("clear", "review", "flag", "unreadable")

_Path = tuple[str, ...]
_Figures = dict[_Path, NDArray[np.float64]]


@dataclass(frozen=True, slots=True)
class _Judgement:
    """All that the figures of one view (strict or accepted) are computed from."""

    view: View
    label_codes: tuple[str, ...]
    kinds: tuple[str | None, ...]
    evidence: NDArray[np.float64]

    @property
    def macro_labels(self) -> list[int]:
        """Columns with enough positives as written, so that both views average the same labels."""
        n_written = self.view.written[:, :-1].sum(axis=0)
        return [int(column) for column in np.flatnonzero(n_written >= MIN_MACRO_POSITIVES)]


def evaluate_predictions(
    records: Sequence[Judged],
    predictions: Sequence[Predicted],
    *,
    label_codes: Sequence[str],
    groups: Sequence[Hashable | None] | None = None,
    n_draws: int = 1000,
    random_state: int = 0,
) -> dict[str, Any]:
    """Judge predictions against labelled records, strictly and as `accept` allows.

    A prediction without probabilities (unreadable) counts as not flagged, with probability 0.

    Parameters
    ----------
    records : sequence of Judged, length n_records
        Labelled records, such as `corpus.Record`.
    predictions : sequence of Predicted, length n_records
        Predictions for the same texts, in the same order.
    label_codes : sequence of str
        The labels, in the taxonomy's order.
    groups : sequence of hashable, length n_records, default=None
        Near-duplicates share a group; intervals resample whole groups. None: the records' own
        `group`. A group of None or "" is the record alone.
    n_draws, random_state : int
        Bootstrap draws, and their seed.

    Returns
    -------
    dict
        Ready for JSON: plain numbers, None where a figure is not defined.

        * `n`, `n_violating`: records, and those with a written label.
        * `strict`, `accepted`: `micro_f1`, `macro_f1`, `macro_labels`,
          `per_label.<code>.{precision, recall, f1, average_precision, support, n_left_out}`,
          `violating` with `roc_auc` as well, `false_positive_rate.<kind>` (records without a
          written label), `slices.<field>.<value>`, `outcome` shares, `precision_at.{50, 200}`,
          `ece`, `ece_perfect` (expected of right probabilities at this n), `evidence_f1`, and
          `evidence_f1_flagged` (the same over the flagged records only). Under `accepted`, rows
          that could go either way are left out of `roc_auc`, `average_precision` and `ece`
          (`n_left_out`), and are right to show in `precision_at`.
        * `intervals`: `level`, `n_draws`, `n_groups`, and under `strict` and `accepted` the figures
          above as [low, high], at the same places. Resampling adds chance to `ece`, so that its
          interval lies high.
        * `worst_slice`: under `strict` and `accepted`, by figure, `field`, `value`, `score`, sizes.

    Raises
    ------
    DatasetError
        If there is no record, the numbers of records and predictions differ, or a label is
        unknown.
    """
    table = tabulate(records, predictions, label_codes)
    evidence = evidence_counts(records, predictions)
    kinds = tuple(record.kind for record in records)
    judgements = {
        name: _Judgement(view, table.label_codes, kinds, evidence * view.truth[:, -1:])
        for name, view in (("strict", strict_view(table)), ("accepted", accepted_view(table)))
    }
    numbers = number_groups([record.group for record in records] if groups is None else groups)
    members = slice_members(records)
    outcomes = _outcome_shares(predictions)
    result: dict[str, Any] = {
        "n": len(records),
        "n_violating": int(table.written.any(axis=1).sum()),
    }
    worst = {}
    for name, judgement in judgements.items():
        figures = _point_figures(judgement)
        figures["slices"] = slice_figures(judgement.view, members)
        figures["outcome"] = dict(outcomes)
        result[name] = figures
        worst[name] = worst_slices(figures["slices"])
    result["intervals"] = _intervals(judgements, numbers, n_draws, random_state)
    result["worst_slice"] = worst
    return result


def _point_figures(judgement: _Judgement) -> dict[str, Any]:
    """Give the figures of a view, and the sizes that belong to them."""
    view, codes = judgement.view, judgement.label_codes
    weights = np.ones((1, len(view.truth)))
    result = _nest({path: _number(v[0]) for path, v in _figures(judgement, weights).items()})
    result["macro_labels"] = [codes[column] for column in judgement.macro_labels]
    support = view.truth.sum(axis=0)
    n_left_out = (~view.ranked).sum(axis=0)
    for column, part in enumerate([*(result["per_label"][c] for c in codes), result["violating"]]):
        part["support"] = int(support[column])
        part["n_left_out"] = int(n_left_out[column])
    ranked = view.ranked[:, -1]
    result["ece_perfect"] = _number(perfect_calibration_error(view.score[ranked, -1]))
    return result


def _figures(judgement: _Judgement, weights: NDArray[np.float64]) -> _Figures:
    """Give every figure that has an interval, under each weighting."""
    view, codes = judgement.view, judgement.label_codes
    counts = count(view.truth, view.chosen, weights)
    macro = judgement.macro_labels
    undefined = np.full(len(weights), np.nan)
    figures: _Figures = {
        ("micro_f1",): counts.summed(slice(0, len(codes))).f1,
        ("macro_f1",): counts.f1[:, macro].mean(axis=1) if macro else undefined,
    }
    paths = [*(("per_label", code) for code in codes), ("violating",)]
    for column, path in enumerate(paths):
        figures[*path, "precision"] = counts.precision[:, column]
        figures[*path, "recall"] = counts.recall[:, column]
        figures[*path, "f1"] = counts.f1[:, column]
        figures[*path, "average_precision"] = average_precision(_rank(view, column, weights))
    figures["violating", "roc_auc"] = roc_auc(_rank(view, -1, weights))
    top = rank(view.right_to_show, view.score[:, -1], weights)
    for k in TOP_ROWS:
        enough = len(view.score) >= MIN_ROWS_PER_TOP * k
        figures["precision_at", str(k)] = precision_at(top, k) if enough else undefined
    return figures | _rates(judgement, weights)


def _rank(view: View, column: int, weights: NDArray[np.float64]) -> Ranked:
    """Rank the rows of a column that could not go either way."""
    kept = view.ranked[:, column]
    return rank(view.written[kept, column], view.score[kept, column], weights[:, kept])


def _rates(judgement: _Judgement, weights: NDArray[np.float64]) -> _Figures:
    """Give false alarms by kind, calibration error and agreement on evidence."""
    view = judgement.view
    lawful = ~view.written[:, -1]
    figures: _Figures = {}
    for kind in sorted({k for k, one in zip(judgement.kinds, lawful, strict=True) if k and one}):
        rows = lawful & np.array([other == kind for other in judgement.kinds])
        counts = count(view.truth[rows, -1:], view.chosen[rows, -1:], weights[:, rows])
        figures["false_positive_rate", kind] = counts.false_positive_rate[:, 0]
    ranked = view.ranked[:, -1]
    figures[("ece",)] = calibration_errors(
        view.written[ranked, -1], view.score[ranked, -1], weights[:, ranked]
    )
    flagged = judgement.evidence * view.chosen[:, -1:]
    figures[("evidence_f1",)] = _syllable_f1(weights @ judgement.evidence)
    figures[("evidence_f1_flagged",)] = _syllable_f1(weights @ flagged)
    return figures


def _syllable_f1(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    both, model_only, annotator_only = sums.T
    return divide(2 * both, 2 * both + model_only + annotator_only)


def _intervals(
    judgements: dict[str, _Judgement],
    group_numbers: NDArray[np.intp],
    n_draws: int,
    random_state: int,
) -> dict[str, Any]:
    """Give the percentile interval of every figure; both views see the same draws."""
    draws: dict[str, dict[_Path, list[NDArray[np.float64]]]] = {name: {} for name in judgements}
    for weights in draw_weights(group_numbers, n_draws, random_state):
        for name, judgement in judgements.items():
            for path, values in _figures(judgement, weights).items():
                draws[name].setdefault(path, []).append(values)
    result: dict[str, Any] = {
        "level": LEVEL,
        "n_draws": n_draws,
        "n_groups": int(group_numbers.max()) + 1,
    }
    for name, figures in draws.items():
        result[name] = _nest(
            {path: percentile_interval(np.concatenate(parts)) for path, parts in figures.items()}
        )
    return result


def _outcome_shares(predictions: Sequence[Predicted]) -> dict[str, float]:
    """Give the share of each outcome, the four of them always."""
    counts = Counter(prediction.outcome for prediction in predictions)
    return {outcome: counts[outcome] / len(predictions) for outcome in OUTCOMES}


def _nest(flat: dict[_Path, Any]) -> dict[str, Any]:
    """Turn paths into nested dicts."""
    nested: dict[str, Any] = {}
    for path, value in flat.items():
        level = nested
        for step in path[:-1]:
            level = level.setdefault(step, {})
        level[path[-1]] = value
    return nested


def _number(value: float | np.floating[Any]) -> float | None:
    """Give a plain float, None for NaN: JSON has no NaN."""
    return None if np.isnan(value) else float(value)
