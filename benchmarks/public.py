"""Measure the pipeline on public Vietnamese data sets, beside others, in one run.

    python benchmarks/public.py PATH_TO/benchmarks [--only vispam_binary ...]

learns on each train.csv, chooses settings and class offsets there by cross-validation, judges once
on dev.csv, prints the table and writes benchmarks/results/public.json. The data are read where they
lie and never copied. fastText takes part if its package is installed.
"""

from __future__ import annotations

import argparse
import datetime as dt
import hashlib
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from public_contenders import CONTENDERS, OURS, REFERENCE, Contender, missing
from public_tasks import TASKS, Examples, Task, read_examples
from sklearn.model_selection import StratifiedKFold

from adclassifier.metrics.bootstrap import draw_weights, number_groups, percentile_interval

RESULT = Path(__file__).parent / "results" / "public.json"
N_FOLDS = 2
N_DRAWS = 1000
SEED = 0
OFFSETS = np.linspace(-2.0, 2.0, 41)
BAR = 0.01


@dataclass(frozen=True)
class Choice:
    """What cross-validation on train chose for a contender.

    Attributes
    ----------
    settings : dict
        One of the contender's candidates.
    offsets : ndarray of shape (n_classes,)
        Added to the decisions before the largest is taken; zeros where none paid.
    macro_f1 : float
        Out of fold, the offsets chosen without the fold they are judged on.
    """

    settings: dict[str, Any]
    offsets: NDArray[np.float64]
    macro_f1: float


def decisions_of(
    contender: Contender, settings: dict[str, Any], train: Examples, texts: list[str]
) -> NDArray[np.float64]:
    """Learn and decide; shape (n_texts, n_classes), the largest of a row is the answer."""
    decisions = np.asarray(contender.build(settings).fit(train.texts, train.y).decide(texts))
    if decisions.ndim == 2:
        return decisions
    return np.column_stack([np.zeros(len(decisions)), decisions])


def folds_of(y: NDArray[np.int64]) -> list[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """Give rows to learn from and rows to judge, the classes in proportion."""
    splitter = StratifiedKFold(N_FOLDS, shuffle=True, random_state=SEED)
    return list(splitter.split(np.zeros(len(y)), y))


def choose_offsets(y: NDArray[np.int64], decisions: NDArray[np.float64]) -> NDArray[np.float64]:
    """Choose what to add to each class's decision for the best macro-F1, class by class, twice.

    The curve over the grid is smoothed, so that a lucky point does not win.
    """
    offsets = np.zeros(decisions.shape[1])
    for _ in range(2 if len(offsets) > 2 else 1):
        for column in range(1, len(offsets)):
            values = []
            for offset in OFFSETS:
                offsets[column] = offset
                values.append(macro_f1(y, (decisions + offsets).argmax(axis=1)))
            smooth = np.convolve(np.pad(values, 2, mode="edge"), np.full(5, 0.2), mode="valid")
            offsets[column] = OFFSETS[int(smooth.argmax())]
    return offsets


def macro_f1(y: NDArray[np.int64], predicted: NDArray[np.int64]) -> float:
    """Give the mean F1 over the classes, as scikit-learn does, a hundred times faster."""
    n_classes = int(max(y.max(), predicted.max())) + 1
    hits = np.bincount(y[y == predicted], minlength=n_classes)
    either = np.bincount(y, minlength=n_classes) + np.bincount(predicted, minlength=n_classes)
    return float((2 * hits[either > 0] / either[either > 0]).mean())


def choose(contender: Contender, train: Examples) -> Choice:
    """Choose settings and offsets by cross-validation."""
    folds = folds_of(train.y)
    best = Choice({}, np.zeros(0), -1.0)
    for settings in contender.candidates:
        shape = (len(train.y), int(train.y.max()) + 1)
        decisions = np.zeros(shape)
        for learnt, judged in folds:
            texts = train.at(judged).texts
            decisions[judged] = decisions_of(contender, settings, train.at(learnt), texts)
        plain = macro_f1(train.y, decisions.argmax(axis=1))
        moved = with_offsets_out_of_fold(train.y, decisions) if contender.scores else -1.0
        if max(plain, moved) > best.macro_f1:
            offsets = choose_offsets(train.y, decisions) if moved > plain else np.zeros(shape[1])
            best = Choice(dict(settings), offsets, max(plain, moved))
    return best


def with_offsets_out_of_fold(y: NDArray[np.int64], decisions: NDArray[np.float64]) -> float:
    """Judge offsets on folds that they were not chosen on."""
    predicted = np.zeros_like(y)
    for learnt, judged in folds_of(y):
        offsets = choose_offsets(y[learnt], decisions[learnt])
        predicted[judged] = (decisions[judged] + offsets).argmax(axis=1)
    return macro_f1(y, predicted)


def draw_macro_f1(
    texts: Sequence[str], y: NDArray[np.int64], predicted: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Give macro-F1 of each bootstrap draw of texts; the same draws for every contender."""
    classes = np.unique(y)
    both = (y[:, None] == classes) & (predicted[:, None] == classes)
    either = (y[:, None] == classes).astype(float) + (predicted[:, None] == classes)
    drawn = []
    for weights in draw_weights(number_groups(texts), N_DRAWS, SEED):
        drawn.append((2 * (weights @ both) / np.maximum(weights @ either, 1.0)).mean(axis=1))
    return np.concatenate(drawn)


def measure(task: Task, folder: Path) -> dict[str, Any]:
    """Judge every contender on one task."""
    paths = {split: folder / task.folder / f"{split}.csv" for split in ("train", "dev")}
    train, dev = (read_examples(path, task) for path in paths.values())
    rows, draws = {}, {}
    for contender in (c for c in CONTENDERS if not missing(c)):
        start = time.process_time()
        choice = choose(contender, train)
        decisions = decisions_of(contender, choice.settings, train, dev.texts)
        predicted = (decisions + choice.offsets).argmax(axis=1)
        draws[contender.name] = draw_macro_f1(dev.texts, dev.y, predicted)
        rows[contender.name] = {
            "macro_f1": round(macro_f1(dev.y, predicted), 4),
            "interval": rounded(draws[contender.name]),
            "macro_f1_without_offsets": round(macro_f1(dev.y, decisions.argmax(axis=1)), 4),
            "cross_validated_on_train": round(choice.macro_f1, 4),
            "settings": choice.settings,
            "offsets": choice.offsets.round(2).tolist(),
            "cpu_s": round(time.process_time() - start),
        }
        print(f"{task.name:20s} {contender.name:34s} {rows[contender.name]}", flush=True)
    result: dict[str, Any] = {
        "n_train": len(train.y),
        "n_dev": len(dev.y),
        "n_dev_texts_also_in_train": int(np.isin(dev.texts, train.texts).sum()),
        "data_sha256": {
            split: hashlib.sha256(path.read_bytes()).hexdigest() for split, path in paths.items()
        },
        "contenders": rows,
        "published_on_official_test": task.published,
    }
    if OURS in rows and REFERENCE in rows:
        result["above_reference"] = {
            "macro_f1": round(rows[OURS]["macro_f1"] - rows[REFERENCE]["macro_f1"], 4),
            "interval": rounded(draws[OURS] - draws[REFERENCE]),
        }
    return result


def rounded(draws: NDArray[np.float64]) -> list[float] | None:
    """Give the 95 % interval, in four digits."""
    interval = percentile_interval(draws)
    return interval and [round(end, 4) for end in interval]


def table(results: dict[str, Any]) -> str:
    """Write the figures for people."""
    lines = ["macro-F1 on dev, 95 % bootstrap interval; settings chosen on train alone"]
    for name, result in results.items():
        lines.append(f"\n{name} (train {result['n_train']:,}, dev {result['n_dev']:,})")
        for contender, row in result["contenders"].items():
            low, high = row["interval"]
            lines.append(f"  {contender:36s} {row['macro_f1']:.4f}  [{low:.4f}, {high:.4f}]")
        if above := result.get("above_reference"):
            verdict = "reached" if above["macro_f1"] >= BAR else "not reached"
            lines.append(
                f"  ours - scikit-learn's {above['macro_f1']:+.4f} {above['interval']}: "
                f"the bar of {BAR} is {verdict}"
            )
        published = ", ".join(
            f"{k} {v:.4f}" for k, v in result["published_on_official_test"].items()
        )
        lines.append(f"  published, on the official test split, not on dev: {published}")
    return "\n".join(lines)


def main() -> None:
    """Read the command line, measure, print, write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path, help="holds vispam, vihsd and victsd")
    parser.add_argument("--only", nargs="+", choices=[task.name for task in TASKS])
    asked = parser.parse_args()
    chosen = [task for task in TASKS if not asked.only or task.name in asked.only]
    left_out = {c.name: reason for c in CONTENDERS if (reason := missing(c))}
    for name, reason in left_out.items():
        print(f"left out: {name}: {reason}")
    for task in chosen:
        record(task, measure(task, asked.folder), left_out)
    print(table(json.loads(RESULT.read_text(encoding="utf-8"))["tasks"]))


def record(task: Task, result: dict[str, Any], left_out: dict[str, str]) -> None:
    """Write the figures of one task beside those of the others."""
    known = json.loads(RESULT.read_text(encoding="utf-8"))["tasks"] if RESULT.exists() else {}
    tasks = {**known, task.name: result}
    written = {
        "command": "python benchmarks/public.py benchmarks",
        "date": dt.datetime.now(dt.UTC).date().isoformat(),
        "left_out": left_out,
        "tasks": {t.name: tasks[t.name] for t in TASKS if t.name in tasks},
    }
    text = json.dumps(written, ensure_ascii=False, indent=1)
    RESULT.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
