"""Train on a million texts: time of each stage, memory; and what streaming costs in accuracy.

Resamples labelled records (data/corpus, data/annotations) and posts nobody labelled, taken as
lawful, from real_posts/train.jsonl and pool.jsonl in the folder that ADCLASSIFIER_DATA names; words
are left out and numbers put in, so that no two texts are equal. `adclassifier train` reads them in
a process of its own. What is learnt from them is thrown away: they are for time and memory. With
--compare the heads are fitted on the standard corpus as it is, exactly and streamed, and judged out
of fold, with the same folds, on its real texts. Keeps benchmarks/results/training_scale.json.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from throughput_watch import MemorySampler

from adclassifier.cli.runs import data_hashes
from adclassifier.config import Config, load_config
from adclassifier.corpus import Record, hydrate, read_corpus
from adclassifier.corpus.tables import read_texts
from adclassifier.training import fit
from adclassifier.training.calibration import calibrate
from adclassifier.training.card import part_figures
from adclassifier.training.fitting import Fitting
from adclassifier.training.learning import build_vectorizer
from adclassifier.training.streaming.learning import decide_out_of_fold, fit_folds
from adclassifier.training.streaming.spool import spool

DATA = Path(__file__).parents[1] / "data"
RESULTS = Path(__file__).parent / "results" / "training_scale.json"
# Share of the words that a resampled text lacks.
LEFT_OUT = 0.1
N_DRAWS = 200


def labelled(posts: Path) -> list[Record]:
    """Read what the shipped model learns from."""
    real, _ = hydrate([DATA / "annotations"], [posts / "train.jsonl", posts / "pool.jsonl"])
    return [*read_corpus(DATA / "corpus"), *real]


def resample(records: list[Record], n_texts: int) -> Iterator[Record]:
    """Draw records with changes, no two with one text."""
    draw = np.random.default_rng(0)
    for number, place in enumerate(draw.integers(0, len(records), n_texts)):
        record = records[place]
        words = record.text.split(" ")
        kept = draw.random(len(words)) >= LEFT_OUT
        own = [word for word, keep in zip(words, kept, strict=True) if keep]
        own.insert(int(draw.integers(0, len(own) + 1)), str(number))
        text = " ".join(own)
        yield replace(
            record,
            id=f"resampled-{number}",
            text=text,
            evidence=tuple(part for part in record.evidence if part in text),
            group="",
        )


def write(records: Iterator[Record], path: Path) -> float:
    """Write records as JSON lines; give the mean length of their texts."""
    fields = ("id", "text", "labels", "subcodes", "offer", "kind", "evidence", "source", "accept")
    n_texts = n_chars = 0
    with path.open("w", encoding="utf-8") as stream:
        for record in records:
            row = {name: getattr(record, name) for name in fields} | {"as_written": True}
            stream.write(json.dumps(row, ensure_ascii=False) + "\n")
            n_texts += 1
            n_chars += len(record.text)
    return n_chars / n_texts


def cpu_seconds() -> float:
    """CPU time of the processes that were waited for."""
    times = os.times()
    return times.children_user + times.children_system


def train(path: Path, folder: Path, settings: list[str]) -> dict[str, Any]:
    """Train by the command line; give the seconds of each stage, CPU time and memory."""
    command = [sys.executable, "-m", "adclassifier.cli", "train", "--corpus", str(path)]
    command += ["--output", str(folder / "model")]
    command += [part for setting in settings for part in ("--set", setting)]
    began, cpu = time.perf_counter(), cpu_seconds()
    stages: list[tuple[str, float]] = [("start", 0.0)]
    environment = {**os.environ, "TMPDIR": str(folder)}
    with (
        subprocess.Popen(
            command, stderr=subprocess.PIPE, encoding="utf-8", env=environment
        ) as process,
        MemorySampler(process.pid, 0.5) as memory,
    ):
        for line in process.stderr or ():
            seconds = time.perf_counter() - began
            print(f"{seconds:8.1f} s  {line.rstrip()}", flush=True)
            if not line[0].isdigit() and not line.startswith("round"):
                stages.append((line.strip(), seconds))
    if process.returncode:
        raise SystemExit(f"training ended with {process.returncode}")
    ends = [seconds for _, seconds in stages[1:]]
    return {
        "seconds": round(time.perf_counter() - began, 1),
        "cpu_s": round(cpu_seconds() - cpu, 1),
        "seconds_by_stage": {
            name: round(end - start, 1) for (name, start), end in zip(stages, ends, strict=False)
        },
        "peak_pss_mb": round(memory.pss / 1e6),
        "peak_rss_mb": round(memory.rss / 1e6),
    }


def measure_scale(posts: Path, n_texts: int, settings: list[str]) -> dict[str, Any]:
    """Write resampled texts and train on them."""
    known = labelled(posts)
    others = read_texts([posts / "train.jsonl", posts / "pool.jsonl"])
    pool = [Record(f"pool-{i}", each.text, source="pool") for i, each in enumerate(others)]
    with tempfile.TemporaryDirectory(prefix="training-scale-") as folder:
        path = Path(folder) / "texts.jsonl"
        n_chars = write(resample([*known, *pool], n_texts), path)
        size = path.stat().st_size
        del known, others, pool
        taken = train(path, Path(folder), settings)
    return {
        "n_texts": n_texts,
        "settings": settings,
        "mean_chars": round(n_chars, 1),
        "file_mb": round(size / 1e6),
        **taken,
    }


def stream(fitting: Fitting, folds: np.ndarray[Any, Any], config: Config) -> Fitting:
    """Fit the texts of an exact fitting once more, streamed, with the same folds."""
    examples = fitting.examples
    with tempfile.TemporaryDirectory(prefix="training-scale-") as folder:
        texts = spool(examples.records, Path(folder), config, print)
        vectorizer = build_vectorizer(config).learn_idf(texts.frequency, len(folds))
        *fitted, _ = fit_folds(texts, folds, vectorizer, config, print)
        decisions = decide_out_of_fold(texts, folds, fitted, vectorizer, config)
    calibration = calibrate(examples, decisions, config)
    return replace(fitting, decisions=decisions, calibration=calibration)


def compare(posts: Path) -> dict[str, Any]:
    """Judge exact and streamed heads out of fold on the real texts of the standard corpus."""
    from adclassifier.classifier import VIOLATING
    from adclassifier.corpus import group_folds

    config = load_config()
    exact = fit(labelled(posts), config, progress=print)
    examples, learning = exact.examples, config.learning
    folds = group_folds(
        examples.groups,
        examples.targets[:, examples.column(VIOLATING)],
        n_splits=learning.n_folds,
        random_state=learning.random_state,
    )
    figures: dict[str, Any] = {"n_texts": len(folds), "n_real": int(examples.real.sum())}
    for name, fitting in (("exact", exact), ("streamed", stream(exact, folds, config))):
        judged = part_figures(
            examples,
            fitting.calibration.probabilities(fitting.decisions),
            examples.real,
            fitting.calibration.thresholds,
            N_DRAWS,
        )
        accepted = judged["accepted"]
        figures[name] = {
            "macro_f1": accepted["macro_f1"],
            "micro_f1": accepted["micro_f1"],
            "violating": {
                each: accepted["violating"][each] for each in ("f1", "roc_auc", "average_precision")
            },
            "f1": {label: part["f1"] for label, part in accepted["per_label"].items()},
        }
        print(name, json.dumps(figures[name]))
    return figures


def main() -> None:
    """Read the command line, measure, keep what was measured beside what was before."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=int, help="how many texts to train on, such as 1000000")
    parser.add_argument("--compare", action="store_true", help="exact and streamed on our corpus")
    parser.add_argument("--set", action="append", default=[], help="setting of the training")
    asked = parser.parse_args()
    folder = os.environ.get("ADCLASSIFIER_DATA")
    if not folder:
        sys.exit("ADCLASSIFIER_DATA: unset; the folder that holds real_posts/")
    posts = Path(folder) / "real_posts"
    result: dict[str, Any] = json.loads(RESULTS.read_text("utf-8")) if RESULTS.exists() else {}
    result |= {
        "command": "python benchmarks/training_scale.py --texts 1000000 --compare",
        "date": dt.datetime.now(dt.UTC).date().isoformat(),
        "data_sha256": data_hashes(
            [DATA / "corpus", DATA / "annotations", posts / "train.jsonl", posts / "pool.jsonl"]
        ),
    }
    if asked.texts:
        measured = measure_scale(posts, asked.texts, asked.set)
        result["scale"] = result.get("scale", {}) | {str(asked.texts): measured}
        print(json.dumps(measured, indent=1))
    if asked.compare:
        result["standard_corpus"] = compare(posts)
    RESULTS.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
