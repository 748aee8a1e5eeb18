"""Say what more labels bring: learn from a share of the real, then of the authored texts.

Reads data/annotations, data/corpus and, in the folder that ADCLASSIFIER_DATA names, real_posts.
Only the head "violating" is fitted, on whole texts. Of the part that is cut a share of the groups
of near-duplicates is learnt from; the other part stays whole. Ranked are real_posts/dev.jsonl, the
real texts that were cut away, or the authored texts of groups that were left out. Prints the table
and keeps the figures in benchmarks/results/learning_curve.json.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from ablations import DATA, way_of
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score, roc_auc_score
from sources import only_violating

from adclassifier import read_corpus
from adclassifier.classifier import VIOLATING
from adclassifier.config import Config, load_config
from adclassifier.corpus import hydrate
from adclassifier.training.examples import Examples, lay_out
from adclassifier.training.fitting import learn_features
from adclassifier.training.learning import fit_heads

RESULTS = Path(__file__).parent / "results" / "learning_curve.json"
SHARES = (0.1, 0.25, 0.5, 0.8)


def part_of(examples: Examples) -> NDArray[np.str_]:
    """Say of each text whether it is real, authored or of dev."""
    sources = [record.source for record in examples.records]
    ways = [source if source == "dev" else way_of(source) for source in sources]
    return np.array([way if way in ("real", "dev") else "authored" for way in ways])


def decide(examples: Examples, learnt: NDArray[np.bool_], config: Config) -> NDArray[np.float64]:
    """Learn from some texts, and decide all."""
    own = only_violating(examples, np.flatnonzero(learnt))
    vectorizer, features = learn_features(own, config)
    ((weights, bias),) = fit_heads(own, features, None, config)
    return vectorizer.transform(examples.tokens) @ weights[:, 0].astype(np.float64) + bias[0]


def measure(examples: Examples, cut: str, share: float, config: Config) -> dict[str, Any]:
    """Learn from a share of the groups of one part; rank dev and what was cut away."""
    parts = part_of(examples)
    groups = np.unique(examples.groups)
    order = np.random.default_rng(config.learning.random_state).permutation(len(groups))
    chosen = set(groups[order[: round(share * len(groups))]].tolist())
    kept = np.array([group in chosen for group in examples.groups.tolist()])
    learnt = (parts != "dev") & (kept | (parts != cut))
    scores = decide(examples, learnt, config)
    column = examples.column(VIOLATING)
    judged = {"dev": parts == "dev", "left out": (parts == cut) & ~kept}
    figures: dict[str, Any] = {"n_learnt": int((learnt & (parts == cut)).sum())}
    for name, rows in judged.items():
        clear = rows & ~examples.open[:, column]
        truth = examples.targets[clear, column]
        figures[name] = {
            "roc_auc": float(roc_auc_score(truth, scores[clear])),
            "average_precision": float(average_precision_score(truth, scores[clear])),
        }
    return figures


def main() -> None:
    """Measure each share of each part, print, keep."""
    folder = os.environ.get("ADCLASSIFIER_DATA")
    if not folder:
        sys.exit("ADCLASSIFIER_DATA: unset; the folder that holds real_posts/")
    posts = Path(folder) / "real_posts"
    real, _ = hydrate(DATA / "annotations", [posts / "train.jsonl", posts / "pool.jsonl"])
    dev = read_corpus(posts / "dev.jsonl")
    config = load_config()
    named = [replace(record, source="dev") for record in dev]
    examples = lay_out([*read_corpus(DATA / "corpus"), *real, *named], config)
    curve = {
        cut: {str(share): measure(examples, cut, share, config) for share in SHARES}
        for cut in ("real", "authored")
    }
    for cut, rows in curve.items():
        for share, row in rows.items():
            figures = "  ".join(
                f"{name} {row[name]['roc_auc']:.4f} (AP {row[name]['average_precision']:.3f})"
                for name in ("dev", "left out")
            )
            print(f"{cut:9} {share:>5} {row['n_learnt']:7,} texts  {figures}")
    result = {
        "command": "python benchmarks/learning_curve.py",
        "date": dt.datetime.now(dt.UTC).date().isoformat(),
        "curve": curve,
    }
    RESULTS.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
