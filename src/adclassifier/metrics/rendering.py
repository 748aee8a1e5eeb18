"""Write figures down as short Markdown tables, for the README and the cards."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

_HEADLINES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("violating or not: ROC-AUC", ("violating", "roc_auc")),
    ("violating or not: average precision", ("violating", "average_precision")),
    ("violating or not: F1", ("violating", "f1")),
    ("violating or not: precision", ("violating", "precision")),
    ("violating or not: recall", ("violating", "recall")),
    ("labels: micro-F1", ("micro_f1",)),
    ("labels: macro-F1", ("macro_f1",)),
    ("precision of the top 50", ("precision_at", "50")),
    ("precision of the top 200", ("precision_at", "200")),
    ("calibration error", ("ece",)),
    ("calibration error if perfectly calibrated", ("ece_perfect",)),
    ("evidence F1", ("evidence_f1",)),
)
_FIGURE_NAMES = {"f1": "F1", "recall": "recall", "fpr": "false-positive rate", "roc_auc": "ROC-AUC"}
_UNDEFINED = "–"


def render_markdown(result: dict[str, Any]) -> str:
    """Write the result of `evaluate_predictions` as short Markdown tables.

    Parameters
    ----------
    result : dict
        From `evaluate_predictions`, or read back from its JSON.

    Returns
    -------
    str
        Four tables (headline figures with 95 % intervals, labels, false alarms by kind, worst
        slices) that end with a newline; "–" where a figure is not defined.
    """
    parts = [
        f"{result['n']} texts, {result['n_violating']} with signs of a violation;"
        f" 95 % intervals from {result['intervals']['n_draws']} draws of"
        f" {result['intervals']['n_groups']} groups.",
        _table(("figure", "accepted", "strict"), _headline_rows(result)),
        _table(
            ("label", "texts", "precision", "recall", "F1", "average precision"),
            _label_rows(result["accepted"]),
        ),
        _table(("kind", "false-positive rate"), _kind_rows(result)),
        _table(
            ("worst slice by", "slice", "texts", "violating", "value"),
            _worst_rows(result["worst_slice"]["accepted"]),
        ),
    ]
    return "\n\n".join(parts) + "\n"


def _headline_rows(result: dict[str, Any]) -> Iterable[list[str]]:
    for name, path in _HEADLINES:
        yield [name, *(_with_interval(result, view, path) for view in ("accepted", "strict"))]


def _label_rows(view: dict[str, Any]) -> Iterable[list[str]]:
    """Give a row for each label that any text carries."""
    for code, part in view["per_label"].items():
        if part["support"]:
            figures = ("precision", "recall", "f1", "average_precision")
            yield [f"`{code}`", str(part["support"]), *(_figure(part[name]) for name in figures)]


def _kind_rows(result: dict[str, Any]) -> Iterable[list[str]]:
    for kind in result["accepted"].get("false_positive_rate", {}):
        yield [f"`{kind}`", _with_interval(result, "accepted", ("false_positive_rate", kind))]


def _worst_rows(worst: dict[str, Any]) -> Iterable[list[str]]:
    for figure, part in worst.items():
        yield [
            _FIGURE_NAMES[figure],
            f"`{part['field']}={part['value']}`",
            str(part["n"]),
            str(part["n_violating"]),
            _figure(part["score"]),
        ]


def _with_interval(result: dict[str, Any], view: str, path: tuple[str, ...]) -> str:
    """Write a figure, and its interval if it has one."""
    figure = _figure(_at(result[view], path))
    interval = _at(result["intervals"][view], path)
    return f"{figure} ({interval[0]:.3f}–{interval[1]:.3f})" if interval else figure


def _at(tree: Any, path: Sequence[str]) -> Any:
    """Follow a path; None where it ends early."""
    for step in path:
        tree = (tree or {}).get(step)
    return tree


def _figure(value: float | None) -> str:
    return _UNDEFINED if value is None else f"{value:.3f}"


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Write a Markdown table."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
