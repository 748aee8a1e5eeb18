"""Measure what each setting of training brings: one row a setting that differs from the shipped.

Reads data/annotations, data/corpus and, in the folder that ADCLASSIFIER_DATA names, the texts of
real_posts. A row is kept in benchmarks/results/ablations.json and measured anew only where its
settings, the data or src/adclassifier changed. benchmarks/ablations.md shows the rows, and below
them what was tried and not kept (benchmarks/ablations_tried.toml).
"""

from __future__ import annotations

import argparse
import datetime as dt
import hashlib
import json
import os
import sys
import time
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from ablations_page import render
from numpy.typing import NDArray
from sources import only_violating

import adclassifier
from adclassifier import read_corpus
from adclassifier.classifier import VIOLATING
from adclassifier.config import Config, load_config
from adclassifier.corpus import group_folds, hydrate
from adclassifier.metrics.bootstrap import draw_weights, percentile_interval
from adclassifier.metrics.weighted import average_precision, rank, roc_auc
from adclassifier.training.examples import Examples, lay_out
from adclassifier.training.fitting import learn_features
from adclassifier.training.learning import fit_heads

HERE = Path(__file__).parent
DATA = HERE.parent / "data"
RESULTS, TABLE, TRIED = (
    HERE / name for name in ("results/ablations.json", "ablations.md", "ablations_tried.toml")
)
SHIPPED = "shipped"
# How authored files were written, by the beginning of their names; the others are adversarial.
WAYS = ("plain", "natural")
N_DRAWS = 1000
# Learnt from one part alone; every other row is a list of overrides.
PARTS = {"real texts alone": "real", "authored texts alone": "authored"}


def list_rows(shipped: Config) -> dict[str, tuple[str, ...]]:
    """Name the overrides of each row; those that change nothing of the shipped recipe are left out.

    Rows that learn from one part alone have none.
    """
    weights, c = shipped.data.weights, shipped.learning.c
    own = {way: weights.get(f"authored:{way}", weights["authored"]) for way in WAYS}
    rows: dict[str, tuple[str, ...]] = {
        "no cues": ("features.cue_weight=0.0", "features.pair_weight=0.0"),
        "no pairs of cues": ("features.pair_weight=0.0",),
        "no n-grams over blanks": ("features.border_chars=0",),
        "words only": ("features.max_chars=0", "features.border_chars=0"),
        "three-word runs": ("features.max_words=3",),
        "no intercepts of authored files": ("data.own_intercepts=[]",),
        "without adversarial authored texts": (
            "data.weights.authored=0.0",
            *(f"data.weights.authored:{way}={weight}" for way, weight in own.items()),
        ),
        **{f"without {way} authored texts": (f"data.weights.authored:{way}=0.0",) for way in WAYS},
        "authored texts in full": tuple(f"data.weights.{name}=1.0" for name in weights),
        "C halved": (f"learning.c={c / 2}",),
        "C doubled": (f"learning.c={c * 2}",),
        "no least length": ("features.min_length=0",),
        "idf not shifted": ("features.idf_shift=0.0",),
        "2^20 buckets": ("features.n_bits=20",),
    }
    changed = {name: row for name, row in rows.items() if load_config(overrides=row) != shipped}
    return {SHIPPED: (), **changed, **dict.fromkeys(PARTS, ())}


def cache_key(config: Config, part: str, data: str, source: str) -> str:
    """Name a measurement by all that it depends on: settings, part, hashes of data and source."""
    said = json.dumps([config.model_dump(mode="json"), part, data, source], sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()


def hash_files(paths: Iterable[Path], base: Path) -> str:
    """Hash files by bytes and names (under a folder, if they lie there), whatever their order."""
    named = {str(p.relative_to(base)) if p.is_relative_to(base) else p.name: p for p in paths}
    lines = [f"{name} {hashlib.sha256(named[name].read_bytes()).hexdigest()}" for name in named]
    return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()


def hash_source() -> str:
    """Hash the package: code, lexicons, settings; not the model that lies in it."""
    (base,) = map(Path, adclassifier.__path__)
    outside = {"__pycache__", "default_bundle"}
    return hash_files(
        (p for p in base.rglob("*") if p.is_file() and not outside & {*p.parts}), base
    )


def way_of(source: str) -> str:
    """Say how the texts of a source came about: "real", or the way they were authored in."""
    kind, _, name = source.partition(":")
    if kind != "authored":
        return "real"
    return next((way for way in WAYS if name.startswith(way)), "adversarial")


def decide(
    examples: Examples, dev: Sequence[str], config: Config, inside: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Decide all texts, those inside what is learnt from out of fold by group, and those of dev."""
    violating = examples.targets[:, examples.column(VIOLATING)]
    n, seed = config.learning.n_folds, config.learning.random_state
    rows, outside = np.flatnonzero(inside), np.flatnonzero(~inside)
    folds = group_folds(examples.groups, violating, n_splits=n, random_state=seed)[rows]
    own = only_violating(examples, rows)
    vectorizer, features = learn_features(own, config)
    others = vectorizer.transform([*(examples.tokens[i] for i in outside), *dev])
    scores = np.empty(len(inside))
    for fold, (weights, bias) in enumerate(fit_heads(own, features, folds, config)):
        held = folds == fold
        scores[rows[held]] = features[held] @ weights[:, 0].astype(np.float64) + bias[0]
    ((weights, bias),) = fit_heads(own, features, None, config)
    rest = others @ weights[:, 0].astype(np.float64) + bias[0]
    scores[outside] = rest[: len(outside)]
    return scores, rest[len(outside) :]


def measure(examples: Examples, dev: Sequence[str], config: Config, part: str) -> dict[str, Any]:
    """Learn from a part, "real", "authored" or ""; rank real and authored texts; score dev."""
    start = time.perf_counter()
    inside = examples.real == (part == "real") if part else np.full(len(examples.real), True)
    scores, dev_scores = decide(examples, dev, config, inside)
    column = examples.column(VIOLATING)
    ways = np.array([way_of(record.source) for record in examples.records])
    ranked = {}
    for way in ("real", "adversarial", *WAYS):
        own = ~examples.open[:, column] & (ways == way)
        ranked[way] = rank(examples.targets[own, column], scores[own], np.ones((1, own.sum())))
    return {
        "roc_auc": {way: float(roc_auc(each)[0]) for way, each in ranked.items()},
        "average_precision": float(average_precision(ranked["real"])[0]),
        "seconds": round(time.perf_counter() - start, 1),
        "dev_scores": [round(float(score), 5) for score in dev_scores],
    }


def compare(
    violating: NDArray[np.bool_], scores: NDArray[np.float64], reference: NDArray[np.float64]
) -> dict[str, Any]:
    """Give the ROC-AUC, its difference to that of other scores, and the paired 95 % interval.

    Both are judged on the same draws of texts, so that what makes a draw easy cancels out.
    """
    draws = draw_weights(np.arange(len(violating)), N_DRAWS, random_state=0)
    weightings = [np.ones((1, len(violating))), *draws]
    own, other = (
        np.concatenate([roc_auc(rank(violating, each, weights)) for weights in weightings])
        for each in (scores, reference)
    )
    differences = own - other
    interval = percentile_interval(differences[1:])
    return {"roc_auc": own[0].item(), "difference": differences[0].item(), "interval": interval}


def add_dev_figures(rows: Mapping[str, dict[str, Any]], dev: Examples) -> None:
    """Compare each row with the shipped recipe on the texts of dev, accepted and strict."""
    truth, clear = (part[:, dev.column(VIOLATING)] for part in (dev.targets, ~dev.open))
    reference = np.array(rows[SHIPPED]["dev_scores"])
    for row in rows.values():
        scores = np.array(row["dev_scores"])
        row["accepted"] = compare(truth[clear], scores[clear], reference[clear])
        row["strict"] = compare(truth, scores, reference)


def run(posts: Path, names: Sequence[str], output: Path) -> dict[str, Any]:
    """Measure what is asked for and changed; the file is written after each row."""
    texts, shipped = [posts / "train.jsonl", posts / "pool.jsonl"], load_config()
    files = [*(DATA / "annotations").glob("*.jsonl"), *(DATA / "corpus").glob("*.jsonl")]
    data, source = hash_files([*files, *texts, posts / "dev.jsonl"], DATA), hash_source()
    configs = {name: load_config(overrides=row) for name, row in list_rows(shipped).items()}
    keys = {n: cache_key(config, PARTS.get(n, ""), data, source) for n, config in configs.items()}
    stored = json.loads(output.read_text(encoding="utf-8"))["rows"] if output.exists() else {}
    rows = {name: stored[name] for name in keys if stored.get(name, {}).get("key") == keys[name]}
    dev = lay_out(read_corpus(posts / "dev.jsonl"), shipped)
    real, _ = hydrate(DATA / "annotations", texts)
    records, laid = [*read_corpus(DATA / "corpus"), *real], dict[str, Examples]()
    about = {
        "command": "python benchmarks/ablations.py",
        "date": dt.datetime.now(dt.UTC).date().isoformat(),
        "data_sha256": data,
        "source_sha256": source,
        "n_draws": N_DRAWS,
    }
    wanted = [n for n in keys if n not in rows and (not names or n in (SHIPPED, *names))]
    for name in wanted:
        print(name, file=sys.stderr)
        says = configs[name].data.model_dump_json()
        laid[says] = laid.get(says) or lay_out(records, configs[name])
        figures = measure(laid[says], dev.tokens, configs[name], PARTS.get(name, ""))
        rows[name] = {"key": keys[name], **figures}
        add_dev_figures(rows, dev)
        written = json.dumps({**about, **in_order(rows, keys)}, ensure_ascii=False)
        output.write_text(written + "\n", encoding="utf-8")
    return {**about, **in_order(rows, keys)}


def in_order(rows: Mapping[str, Any], known: Mapping[str, str]) -> dict[str, Any]:
    """Put the rows that there are in order, and name the others."""
    found = {name: rows[name] for name in known if name in rows}
    return {"rows": found, "missing": [name for name in known if name not in rows]}


def main() -> None:
    """Read the command line, measure, write the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", default="", help="some rows, with commas between")
    parser.add_argument("--results", type=Path, default=RESULTS, help="where the figures are kept")
    parser.add_argument("--table", type=Path, default=TABLE, help="where the tables go")
    asked = parser.parse_args()
    names = [name.strip() for name in asked.rows.split(",") if name]
    if unknown := {*names} - {*list_rows(load_config())}:
        parser.error(f"--rows: no row {sorted(unknown)}")
    if not (folder := os.environ.get("ADCLASSIFIER_DATA")):
        parser.error("ADCLASSIFIER_DATA: unset; the folder that holds real_posts/")
    result = run(Path(folder) / "real_posts", names, asked.results)
    tried = tomllib.loads(TRIED.read_text(encoding="utf-8"))["tried"]
    page = render(result, tried)
    asked.table.write_text(page, encoding="utf-8")
    print(page)


if __name__ == "__main__":
    main()
