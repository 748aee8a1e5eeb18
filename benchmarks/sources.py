"""Judge each real source by a model that saw no text of it: a new platform is the ordinary case.

Reads data/annotations, data/corpus and, in the folder that ADCLASSIFIER_DATA names,
real_posts/train.jsonl. Beside it stands what the same recipe says of the source with examples of
it to learn from, out of fold by group. The lexicon is not left out: some cues were read in texts
of the source, and ``--set features.cue_weight=0 --set features.pair_weight=0`` says what holds
without them. Prints the table and keeps the figures in benchmarks/results/sources.json.
"""

from __future__ import annotations

import argparse
import datetime as dt
import hashlib
import json
import os
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from adclassifier import read_corpus
from adclassifier.classifier import OFFER, VIOLATING
from adclassifier.config import Config, load_config
from adclassifier.corpus import Record, group_folds, hash_text, hydrate
from adclassifier.metrics.bootstrap import draw_weights, number_groups, percentile_interval
from adclassifier.metrics.weighted import rank, roc_auc
from adclassifier.training.examples import Examples, lay_out
from adclassifier.training.fitting import learn_features
from adclassifier.training.learning import assemble, fit_heads, out_of_fold_decisions

DATA = Path(__file__).parents[1] / "data"
RESULTS = Path(__file__).parent / "results" / "sources.json"
MIN_VIOLATING = 20
N_DRAWS = 1000


def read_records(texts: Path) -> list[Record]:
    """Read the authored texts, and the annotated ones whose id stands in a file of texts."""
    with texts.open(encoding="utf-8") as lines:
        known = {json.loads(line)["id"] for line in lines}
    real, _ = hydrate(DATA / "annotations", texts)
    return [*read_corpus(DATA / "corpus"), *(record for record in real if record.id in known)]


def only_violating(examples: Examples, rows: NDArray[np.intp]) -> Examples:
    """Keep some texts, and of the heads "violating", beside an "offer" that no text has weight for.

    As in training, the largest weight is 1.
    """
    columns = np.ix_(rows, np.array([examples.column(VIOLATING), examples.column(OFFER)]))
    weights = examples.weights[columns]
    weights[:, 0] /= weights[:, 0].max()
    weights[:, 1] = 0.0
    return Examples(
        records=tuple(examples.records[i] for i in rows),
        labels=(),
        canonical=[examples.canonical[i] for i in rows],
        tokens=[examples.tokens[i] for i in rows],
        groups=examples.groups[rows],
        targets=examples.targets[columns],
        weights=weights,
        open=examples.open[columns],
        real=examples.real[rows],
    )


def decide_unseen(
    examples: Examples, own: NDArray[np.bool_], config: Config
) -> tuple[NDArray[np.float64], int]:
    """Decide some texts by a model without them and their near-duplicates; count the latter."""
    near = np.isin(examples.groups, examples.groups[own])
    rest = only_violating(examples, np.flatnonzero(~near))
    vectorizer, features = learn_features(rest, config)
    (fitted,) = fit_heads(rest, features, None, config)
    heads = assemble(rest.heads, vectorizer, fitted, None, config)
    decisions, _ = heads.decisions([examples.canonical[i] for i in np.flatnonzero(own)])
    return decisions[:, 0], int((near & ~own).sum())


def decide_seen(examples: Examples, config: Config) -> NDArray[np.float64]:
    """Decide all texts out of fold by group, each source among what is learnt from."""
    every = only_violating(examples, np.arange(len(examples.records)))
    vectorizer, features = learn_features(every, config)
    n, seed = config.learning.n_folds, config.learning.random_state
    folds = group_folds(every.groups, every.targets[:, 0], n_splits=n, random_state=seed)
    return out_of_fold_decisions(every, vectorizer, features, folds, config)[:, 0]


def draw_aucs(
    violating: NDArray[np.bool_], scores: NDArray[np.float64], groups: NDArray[np.intp], seed: int
) -> NDArray[np.float64]:
    """Give the ROC-AUC, and then that of each bootstrap draw; shape (1 + N_DRAWS,)."""
    weightings = [np.ones((1, len(groups))), *draw_weights(groups, N_DRAWS, seed)]
    return np.concatenate([roc_auc(rank(violating, scores, each)) for each in weightings])


def figure(aucs: NDArray[np.float64]) -> dict[str, Any]:
    """Give a figure and its interval, from what `draw_aucs` gives."""
    return {"value": float(aucs[0]), "interval": percentile_interval(aucs[1:])}


def compare(
    violating: NDArray[np.bool_],
    scores: dict[str, NDArray[np.float64]],
    groups: NDArray[np.intp],
    seed: int,
) -> tuple[dict[str, Any], NDArray[np.float64]]:
    """Judge one source's texts; the same draws for both scores, so that the gain is paired."""
    aucs = {name: draw_aucs(violating, each, groups, seed) for name, each in scores.items()}
    aucs["gain"] = aucs["among"] - aucs["left_out"]
    counts = {"n": len(violating), "n_violating": int(violating.sum())}
    return {**counts, **{name: figure(each) for name, each in aucs.items()}}, aucs["left_out"]


def measure(records: list[Record], config: Config) -> dict[str, Any]:
    """Judge every source that has enough violating texts, left out and among the others."""
    counts = Counter(record.source for record in records if record.violating)
    examples = lay_out(records, config)
    sources = np.array([record.source for record in records])
    names = sorted({*sources[examples.real]}, key=lambda name: -counts[name])
    judged = [name for name in names if counts[name] >= MIN_VIOLATING]
    seen = decide_seen(examples, config)
    rows: dict[str, Any] = {}
    drawn: dict[str, list[NDArray[np.float64]]] = {"accepted": [], "strict": []}
    for place, name in enumerate(judged):
        print(name, file=sys.stderr)
        own = sources == name
        unseen, n_dropped = decide_unseen(examples, own, config)
        scores = {"left_out": unseen, "among": seen[own]}
        violating = examples.targets[own, examples.column(VIOLATING)]
        clear = ~examples.open[own, examples.column(VIOLATING)]
        rows[name] = {"n_near_duplicates_dropped": n_dropped}
        for view, kept in (("accepted", clear), ("strict", np.ones_like(clear))):
            groups = number_groups(examples.groups[own][kept].tolist())
            some = {which: values[kept] for which, values in scores.items()}
            rows[name][view], draws = compare(violating[kept], some, groups, place)
            drawn[view].append(draws)
    return {
        "sources": rows,
        "mean": {view: figure(np.mean(aucs, axis=0)) for view, aucs in drawn.items()},
        "worst": min(judged, key=lambda name: rows[name]["accepted"]["left_out"]["value"]),
        "too_few_violating": {name: counts[name] for name in names if name not in judged},
    }


def table(result: dict[str, Any]) -> str:
    """Lay the figures out for the eye, with the 95 % intervals."""
    heads = ("accepted", "strict", "among", "gain")
    lines = [f"{'source':14}{'n':>6}{'viol.':>7}" + "".join(f"{head:>22}" for head in heads)]
    for name, row in result["sources"].items():
        accepted, strict = row["accepted"], row["strict"]
        four = [accepted["left_out"], strict["left_out"], accepted["among"], accepted["gain"]]
        lines.append(f"{name:14}{strict['n']:6d}{strict['n_violating']:7d}{_cells(four)}")
    lines.append(f"{'mean':27}{_cells(result['mean'].values())}")
    return "\n".join([*lines, f"worst: {result['worst']}"])


def _cells(figures: Iterable[dict[str, Any]]) -> str:
    """Write figures as value (low to high)."""
    written = []
    for one in figures:
        low, high = one["interval"] or (float("nan"), float("nan"))
        written.append(f"{one['value']:.3f} ({low:.3f}–{high:.3f})".rjust(22))
    return "".join(written)


def main() -> None:
    """Read the command line, measure, print, keep."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, default=RESULTS, help="where the figures go")
    parser.add_argument("--set", action="append", default=[], help="section.name=value")
    asked = parser.parse_args()
    folder = os.environ.get("ADCLASSIFIER_DATA")
    if not folder:
        parser.error("ADCLASSIFIER_DATA: unset; the folder that holds real_posts/")
    config = load_config(overrides=asked.set)
    records = read_records(Path(folder) / "real_posts" / "train.jsonl")
    said = sorted(f"{r.id} {hash_text(r.text)} {r.labels} {r.accept}" for r in records)
    result = {
        "command": " --set ".join(["python benchmarks/sources.py", *asked.set]),
        "date": dt.datetime.now(dt.UTC).date().isoformat(),
        "data_sha256": hashlib.sha256("\n".join(said).encode()).hexdigest(),
        "config": config.model_dump(),
        **measure(records, config),
    }
    text = json.dumps(result, ensure_ascii=False, indent=1)
    asked.output.write_text(text + "\n", encoding="utf-8")
    print(table(result))


if __name__ == "__main__":
    main()
