"""Write the README's figures from benchmarks/results, or check that they are in step (--check)."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

README = Path(__file__).parents[1] / "README.md"
RESULTS = Path(__file__).parent / "results"
# Evaluations that stand side by side, as far as they have been made.
EVALUATIONS = {
    "final": "final set, shipped model",
    "dev_shipped": "public posts (chosen on), shipped model",
    "dev_authored": "public posts (chosen on), authored-only model",
    "authored_by_group_shipped": "authored by group, shipped recipe",
    "authored_by_group": "authored by group, authored-only",
    "authored_by_file": "authored, leave one file out",
}
SHIPPED = "dev_shipped"
# Whose worst slices are shown.
SLICED = ("dev_shipped", "dev_authored")
FIGURES: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("ROC-AUC, accepted", "accepted", ("violating", "roc_auc")),
    ("ROC-AUC, strict", "strict", ("violating", "roc_auc")),
    ("average precision", "accepted", ("violating", "average_precision")),
    ("precision", "accepted", ("violating", "precision")),
    ("recall", "accepted", ("violating", "recall")),
    ("F1", "accepted", ("violating", "f1")),
    ("micro-F1 of the labels", "accepted", ("micro_f1",)),
    ("macro-F1 of the labels", "accepted", ("macro_f1",)),
    ("calibration error", "accepted", ("ece",)),
)
N_TRICKS = 6
SLICE_FIGURES = {"f1": "F1", "recall": "recall", "fpr": "false-positive rate", "roc_auc": "ROC-AUC"}
NOTHING = "*Not measured yet: `make evaluate`.*"


def headline(results: Mapping[str, Any]) -> str:
    """Write the evaluations side by side."""
    made = [name for name in EVALUATIONS if name in results]
    if not made:
        return NOTHING
    sizes = [
        f"{results[name]['result']['n']:,} ({results[name]['result']['n_violating']:,})"
        for name in made
    ]
    rows = [
        [title, *(_with_interval(results[name]["result"], view, path) for name in made)]
        for title, view, path in FIGURES
    ]
    source = "; ".join(
        f"{EVALUATIONS[name]}: {results[name]['date']}, data `{results[name]['data_sha256'][:12]}`,"
        f" `{results[name]['model']}`"
        for name in made
    )
    header = ["violating or not", *(EVALUATIONS[name] for name in made)]
    return f"{_table(header, [['texts (violating)', *sizes], *rows])}\n\nMeasured: {source}."


def labels(results: Mapping[str, Any]) -> str:
    """Write the shipped model's figures by label."""
    if SHIPPED not in results:
        return NOTHING
    parts = results[SHIPPED]["result"]["accepted"]["per_label"]
    names = ("precision", "recall", "f1", "average_precision")
    rows = [
        [f"`{code}`", str(part["support"]), *(_number(part[name]) for name in names)]
        for code, part in parts.items()
    ]
    return _table(["label", "texts", "precision", "recall", "F1", "average precision"], rows)


def slices(results: Mapping[str, Any]) -> str:
    """Write where the shipped model and the authored-only one are worst."""
    made = [name for name in SLICED if name in results]
    if not made:
        return NOTHING
    worst = [results[name]["result"]["worst_slice"]["accepted"] for name in made]
    rows = [
        [title, *(_slice(parts[figure]) if figure in parts else "–" for parts in worst)]
        for figure, title in SLICE_FIGURES.items()
    ]
    return _table(["worst", *(EVALUATIONS[name].rpartition(", ")[2] for name in made)], rows)


def robustness(results: Mapping[str, Any]) -> str:
    """Write what must not change a decision, and what does."""
    if "robustness" not in results:
        return NOTHING
    found = results["robustness"]
    contacts, padding, pages = (found[name] for name in ("placeholders", "padding", "long_pages"))
    worst = min(padding["kept"], key=padding["kept"].__getitem__)
    return "\n".join(
        (
            f"- Invented phone numbers and links in the place of a data set's placeholders: the"
            f" same decision on {contacts['alike']:.1%} of {contacts['n']} posts.",
            f"- Of the {padding['n_found_alone']} violating posts that are found alone, "
            f"{padding['kept'][worst]:.0%} are found inside 500 to 5,000 characters of lawful text"
            f" in the worst of {len(padding['kept'])} arrangements ({worst}).",
            f"- Pages of ten lawful posts: {pages['flagged_by_page']:.1%} of {pages['n_pages']} are"
            f" flagged; the rate by post ({pages['flagged_by_post']:.1%}) allows"
            f" {pages['allowed_by_page']:.1%}.",
            *strangers(results),
        )
    )


PARTS: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "headline": headline,
    "labels": labels,
    "slices": slices,
    "robustness": robustness,
}


def render(text: str, results: Mapping[str, Any]) -> str:
    """Give the README with what stands between its markers written anew."""
    for name, write in PARTS.items():
        begin, end = f"<!-- {name}:begin -->\n", f"\n<!-- {name}:end -->"
        marked = re.compile(re.escape(begin) + ".*?" + re.escape(end), re.DOTALL)
        if not marked.search(text):
            raise SystemExit(f"{README.name}: no markers {begin.strip()} … {end.strip()}")
        written = begin + write(results) + end
        text = marked.sub(lambda _, written=written: written, text)
    return text


def strangers(results: Mapping[str, Any]) -> list[str]:
    """Write what holds on sources that were not learnt from, and under sellers' tricks."""
    lines = []
    if "sources" in results:
        figures, mean = results["sources"]["sources"], results["sources"]["mean"]["accepted"]
        values = {name: row["accepted"]["left_out"]["value"] for name, row in figures.items()}
        low, high = mean["interval"]
        each = ", ".join(f"`{n}` {_number(values[n])}" for n in sorted(values, key=values.get))
        lines.append(
            f"- A source of which nothing was learnt (each left out in turn): ROC-AUC, accepted,"
            f" {_number(mean['value'])} ({low:.2f}–{high:.2f}) on average; {each}."
        )
    if "sources_without_cues" in results:
        bare = results["sources_without_cues"]["mean"]["accepted"]["value"]
        lines.append(f"- The same without cues, some of which were read there: {_number(bare)}.")
    if "final_unseen_by_lexicon" in results:
        unseen = results["final_unseen_by_lexicon"]["result"]
        lines.append(
            f"- The final set without posts that authors of the lexicons had read ({unseen['n']}"
            f" left, {unseen['n_violating']} violating): ROC-AUC, accepted,"
            f" {_with_interval(unseen, 'accepted', ('violating', 'roc_auc'))}."
        )
    if "evasion" in results:
        kinds = results["evasion"]["kinds"]
        worst = sorted(kinds, key=lambda name: kinds[name]["kept_recall"])[:N_TRICKS]
        each = ", ".join(f"`{name}` {kinds[name]['kept_recall']:.0%}" for name in worst)
        lines.append(
            f"- Of {len(kinds)} imitated tricks of sellers these hide most; share of the recall"
            f" that is kept: {each}."
        )
    return lines


def _slice(part: Mapping[str, Any]) -> str:
    where = f"`{part['field']} = {part['value']}`"
    return f"{_number(part['score'])} at {where}, {part['n']} texts ({part['n_violating']})"


def _with_interval(result: Mapping[str, Any], view: str, path: Sequence[str]) -> str:
    figure = _number(_at(result[view], path))
    interval = _at(result["intervals"][view], path)
    return f"{figure} ({interval[0]:.2f}–{interval[1]:.2f})" if interval else figure


def _at(tree: Any, path: Sequence[str]) -> Any:
    """Follow a path; None where it ends early."""
    for step in path:
        tree = (tree or {}).get(step)
    return tree


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [header, ["---", *["---:"] * (len(header) - 1)], *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def main(arguments: Sequence[str]) -> int:
    """Write or check; 1 when the check finds a difference."""
    results = {path.stem: json.loads(path.read_text("utf-8")) for path in RESULTS.glob("*.json")}
    text = README.read_text("utf-8")
    written = render(text, results)
    if "--check" in arguments:
        if written != text:
            print(f"{README.name}: not what benchmarks/results say; make readme")
        return int(written != text)
    README.write_text(written, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
