"""Measure each evasion trick: recall of violating posts and false alarms of lawful ones.

Prints the table, worst first, and keeps the figures in benchmarks/results/evasion.json.
"""

from __future__ import annotations

import argparse
import datetime as dt
import hashlib
import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from robustness import with_contacts
from sklearn.metrics import roc_auc_score

from adclassifier import AdClassifier, load, read_corpus
from adclassifier.corpus import Record
from adclassifier.evasion import HELD_OUT, TRICKS
from adclassifier.metrics.bootstrap import draw_weights, number_groups, percentile_interval

RESULTS = Path(__file__).parent / "results" / "evasion.json"
N_SEEDS = 3
N_DRAWS = 1000
# Recall over the violating posts that a trick changes, as a share of their clean recall; false
# alarms over all lawful posts, as a multiple of the clean rate. The slack is what a figure that
# misses a bar may lose to another model before it counts as worse than known.
BARS = {"kept_recall": 0.95, "false_alarms": 2.0, "slack": 0.02}


@dataclass(frozen=True)
class Outcomes:
    """What was decided of some texts, one entry a text.

    Attributes
    ----------
    found : ndarray of shape (n_records,), in [0, 1]
        Violating records: whether one of the record's own labels was decided.
    flagged, shown, unreadable : ndarray of shape (n_records,), in [0, 1]
        Whether any label was decided; whether an inspector is shown it (flag or review); whether
        it was given up.
    p_violating : ndarray of shape (n_records,), in [0, 1]
        0 where the text was given up.
    """

    found: NDArray[np.float64]
    flagged: NDArray[np.float64]
    shown: NDArray[np.float64]
    unreadable: NDArray[np.float64]
    p_violating: NDArray[np.float64]

    @classmethod
    def mean(cls, several: Sequence[Outcomes]) -> Outcomes:
        """Average over seeds, text by text."""
        names = [field.name for field in fields(cls)]
        return cls(*(np.mean([getattr(one, name) for one in several], axis=0) for name in names))


def judge(classifier: AdClassifier, records: Sequence[Record], texts: Sequence[str]) -> Outcomes:
    """Decide texts, each the text of the record at its place or an evaded form of it."""
    predictions = classifier.predict(texts, explain=False)
    pairs = list(zip(records, predictions, strict=True))
    return Outcomes(
        found=np.array([bool({*r.labels} & {*p.labels}) for r, p in pairs], dtype=float),
        flagged=np.array([p.violating for p in predictions], dtype=float),
        shown=np.array([p.outcome in ("flag", "review") for p in predictions], dtype=float),
        unreadable=np.array([p.outcome == "unreadable" for p in predictions], dtype=float),
        p_violating=np.array([p.p_violating or 0.0 for p in predictions]),
    )


def evaded(name: str, texts: Sequence[str], seed: int) -> list[str]:
    """Apply a trick; what it does to a text depends on trick, place and seed alone."""
    number = zlib.crc32(name.encode())
    return [
        TRICKS[name](text, np.random.default_rng([seed, number, place]))
        for place, text in enumerate(texts)
    ]


def measure(classifier: AdClassifier, records: Sequence[Record]) -> dict[str, Any]:
    """Give the clean figures and those under each trick.

    Placeholders of telephone numbers and links become invented ones first: a seller's number must
    be there to be hidden.
    """
    texts = [with_contacts(record.text, place) for place, record in enumerate(records)]
    violating = np.array([record.violating for record in records])
    clean = judge(classifier, records, texts)
    groups = number_groups([record.group or None for record in records])
    kinds = {}
    for name in TRICKS:
        forms = [evaded(name, texts, seed) for seed in range(N_SEEDS)]
        tried = [judge(classifier, records, form) for form in forms]
        pairs = zip(texts, zip(*forms, strict=True), strict=True)
        changed = np.array([{*written} != {text} for text, written in pairs])
        ranked = [roc_auc_score(violating, one.p_violating) for one in tried]
        kinds[name] = {
            "held_out": name in HELD_OUT,
            **_figures(clean, Outcomes.mean(tried), violating, changed, groups),
            "roc_auc": float(np.mean(ranked)),
        }
    return {
        "clean": {
            "n_violating": int(violating.sum()),
            "n_lawful": int((~violating).sum()),
            "recall": float(clean.found[violating].mean()),
            "shown": float(clean.shown[violating].mean()),
            "false_positive_rate": float(clean.flagged[~violating].mean()),
            "unreadable": float(clean.unreadable.mean()),
            "roc_auc": float(roc_auc_score(violating, clean.p_violating)),
        },
        "kinds": dict(sorted(kinds.items(), key=lambda item: item[1]["kept_recall"])),
    }


def _figures(
    clean: Outcomes,
    after: Outcomes,
    violating: NDArray[np.bool_],
    changed: NDArray[np.bool_],
    groups: NDArray[np.intp],
) -> dict[str, Any]:
    """Give the decisions under one trick; after holds the means over seeds."""
    hit = violating & changed
    kept = after.found[hit].sum() / clean.found[hit].sum()
    alarms = after.flagged[~violating].mean() / clean.flagged[~violating].mean()
    draws = np.concatenate(
        [
            (weights[:, hit] @ after.found[hit]) / (weights[:, hit] @ clean.found[hit])
            for weights in draw_weights(groups, N_DRAWS, random_state=0)
        ]
    )
    return {
        "n_violating_changed": int(hit.sum()),
        "n_lawful_changed": int((changed & ~violating).sum()),
        "clean_recall": float(clean.found[hit].mean()),
        "recall": float(after.found[hit].mean()),
        "kept_recall": float(kept),
        "kept_recall_interval": percentile_interval(draws),
        "shown": float(after.shown[violating].mean()),
        "false_positive_rate": float(after.flagged[~violating].mean()),
        "false_alarms": float(alarms),
        "unreadable": float(after.unreadable.mean()),
        "meets_bars": bool(kept >= BARS["kept_recall"] and alarms <= BARS["false_alarms"]),
    }


def table(result: dict[str, Any]) -> str:
    """Lay the figures out for the eye, worst recall first."""
    clean = result["clean"]
    lines = [
        f"{'trick':23}{'posts':>6}{'recall':>14}{'kept':>7}{'95 %':>12}{'shown':>8}"
        f"{'alarms':>8}{'times':>7}{'auc':>7}{'unread':>8}  bars",
        f"{'clean':23}{clean['n_violating']:6d}{clean['recall']:7.3f}{'':26}{clean['shown']:8.3f}"
        f"{clean['false_positive_rate']:8.3f}{'':7}{clean['roc_auc']:7.3f}{clean['unreadable']:8.3f}",
    ]
    for name, row in result["kinds"].items():
        low, high = row["kept_recall_interval"] or (float("nan"), float("nan"))
        lines.append(
            f"{name + '*' * row['held_out']:23}{row['n_violating_changed']:6d}"
            f"{row['clean_recall']:7.3f}{row['recall']:7.3f}{row['kept_recall']:7.2f}"
            f"{low:7.2f}-{high:.2f}{row['shown']:8.3f}{row['false_positive_rate']:8.3f}"
            f"{row['false_alarms']:7.2f}{row['roc_auc']:7.3f}{row['unreadable']:8.3f}"
            f"  {'met' if row['meets_bars'] else 'MISSED'}"
        )
    return "\n".join([*lines, "* held out: never taught"])


def main() -> None:
    """Read the command line, measure, print, keep."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path, help="labelled records, never trained on")
    parser.add_argument("--model", type=Path, help="bundle; by default the shipped one")
    parser.add_argument("--output", type=Path, default=RESULTS, help="where the figures go")
    asked = parser.parse_args()
    classifier = load(asked.model)
    result = {
        "command": f"python benchmarks/evasion.py {asked.file.name}",
        "date": dt.datetime.now(dt.UTC).date().isoformat(),
        "data_sha256": hashlib.sha256(asked.file.read_bytes()).hexdigest(),
        "model": classifier.model,
        "n_seeds": N_SEEDS,
        "bars": BARS,
        **measure(classifier, read_corpus(asked.file)),
    }
    text = json.dumps(result, ensure_ascii=False, indent=1)
    asked.output.write_text(text + "\n", encoding="utf-8")
    print(table(result))


if __name__ == "__main__":
    main()
