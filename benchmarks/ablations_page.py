"""Write benchmarks/ablations.md: the rows that were measured, and what was tried and not kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

PAGE = """# What each setting brings

Made by `{command}` on {date} (data {data}, source {source}). ROC-AUC of
"violating", whole texts without windows: `real` (and its average precision) and the authored files
by kind out of fold by group, texts that could go either way left out; `dev` with its difference to
the shipped recipe and the 95 % interval of the paired difference ({n_draws} bootstrap draws of
texts). **Settings were chosen on dev**, so that its figures are a little kind to the shipped row.

{rows}
{missing}
## Tried and not kept

What paid no more than chance leaves no code behind, only a row here (`ablations_tried.toml`).

{tried}
"""


def render(result: Mapping[str, Any], tried: Sequence[Mapping[str, Any]]) -> str:
    """Write the page.

    Parameters
    ----------
    result : mapping
        As benchmarks/results/ablations.json holds it, the shipped recipe first.
    tried : sequence of mapping
        As benchmarks/ablations_tried.toml holds them.
    """
    kinds = list(next(iter(result["rows"].values()))["roc_auc"])
    on_dev = ["dev accepted", "difference", "dev strict", "difference"]
    heads = ["settings", "real", "AP", *on_dev, *kinds[1:], "seconds"]
    fields = ("name", "done", "without", "with", "date", "decision")
    missing = ", ".join(result["missing"])
    return PAGE.format(
        command=result["command"],
        date=result["date"],
        data=result["data_sha256"][:12],
        source=result["source_sha256"][:12],
        n_draws=result["n_draws"],
        rows=markdown(heads, (row_cells(name, row) for name, row in result["rows"].items())),
        missing=f"\nNot measured on these data and this source: {missing}.\n" if missing else "",
        tried=markdown(fields, ([str(one[field]) for field in fields] for one in tried)),
    )


def row_cells(name: str, row: Mapping[str, Any]) -> list[str]:
    """Write a row of the first table; what cannot differ, the shipped recipe, has no difference."""
    real, *authored = (f"{value:.3f}" for value in row["roc_auc"].values())
    cells = [name, real, f"{row['average_precision']:.3f}"]
    for figure in (row["accepted"], row["strict"]):
        low, high = figure["interval"] or (float("nan"), float("nan"))
        same = low == high == 0.0
        difference = "" if same else f"{figure['difference']:+.3f} ({low:+.3f} to {high:+.3f})"
        cells += [f"{figure['roc_auc']:.3f}", difference]
    return [*cells, *authored, f"{row['seconds']:.0f}"]


def markdown(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    r"""Write a table; a bar inside a cell would end it.

    Examples
    --------
    >>> print(markdown(["a", "b"], [["x|y", "1"]]))
    | a | b |
    | --- | --- |
    | x\|y | 1 |
    """
    written = ([cell.replace("|", "\\|") for cell in row] for row in rows)
    lines = [heads, ["---"] * len(heads), *written]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
