"""Judge texts whose own writers evaded, by kind: recall of violating ones, false alarms of lawful.

Reads data/evaded/real.jsonl and, in the folder that ADCLASSIFIER_DATA names, the texts. Prints one
table a group and keeps the figures in benchmarks/results/evaded_real.json. Groups: ``unseen`` and
``seen_in_training`` are decided by the shipped model; with --out-of-fold, ``out_of_fold`` judges
all of them by models that saw neither the text nor a near-duplicate of it (some minutes).
"""

from __future__ import annotations

import argparse
import datetime as dt
import hashlib
import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from adclassifier import AdClassifier, Prediction, load, read_corpus
from adclassifier.corpus import Annotation, Record, hydrate, read_annotations
from adclassifier.corpus.hydration import join
from adclassifier.corpus.tables import read_texts
from adclassifier.errors import InputError
from adclassifier.training import fit
from adclassifier.training.card import OutOfFold, decide

ROOT = Path(__file__).parents[1]
EVADED = ROOT / "data" / "evaded" / "real.jsonl"
ANNOTATIONS = ROOT / "data" / "annotations"
RESULTS = Path(__file__).parent / "results" / "evaded_real.json"
OURS = ("kinds", "known")  # fields of the list that an annotation has not
MIN_TEXTS = 5
Z95 = 1.959963984540054

Decision = OutOfFold | Prediction


@dataclass(frozen=True)
class Evaded:
    """A text whose writer evaded.

    Attributes
    ----------
    record : Record
    kinds : tuple of str
        Tricks found in it.
    seen : bool
        Whether the same text, by id or by hash, stands among the training annotations.
    """

    record: Record
    kinds: tuple[str, ...]
    seen: bool


def read_evaded(texts: Sequence[Path]) -> list[Evaded]:
    """Join the list with the texts on this machine; every text must be there, unchanged."""
    rows = [json.loads(line) for line in EVADED.read_text(encoding="utf-8").splitlines()]
    notes = [_annotation(row) for row in rows]
    records, report = join(notes, read_texts(texts))
    if report.n_by_id + report.n_by_hash < len(notes):
        raise InputError(", ".join(map(str, texts)), str(report), "every text of data/evaded")
    trained = read_annotations(ANNOTATIONS)
    known = {note.id for note in trained} | {note.sha256 for note in trained}
    return [
        Evaded(record, tuple(row["kinds"]), bool({note.id, note.sha256} & known))
        for record, row, note in zip(records, rows, notes, strict=True)
    ]


def _annotation(row: Mapping[str, Any]) -> Annotation:
    """Give a line of the list the form that `join` takes; it has neither sub-codes nor spans."""
    fields: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in row.items()
        if name not in OURS
    }
    return Annotation(**fields, subcodes=(), evidence=())


def decide_out_of_fold(texts: Sequence[Path]) -> dict[str, Decision]:
    """Decide every annotated text by models that saw no text of its fold; by id."""
    real, _ = hydrate(ANNOTATIONS, texts)
    fitting = fit([*read_corpus(ROOT / "data" / "corpus"), *real])
    examples, calibration = fitting.examples, fitting.calibration
    probabilities = calibration.probabilities(fitting.decisions)
    decided = decide(examples.labels, examples.heads, probabilities, calibration.thresholds)
    return {r.id: one for r, one in zip(examples.records, decided, strict=True)}


def figures(texts: Sequence[Evaded], decided: Mapping[str, Decision]) -> dict[str, Any]:
    """Give counts and rates; a lawful text's alarm is excused when a reader could share it."""
    violating = [text.record for text in texts if text.record.violating]
    lawful = [text.record for text in texts if not text.record.violating]
    firm = [record for record in violating if "legal" not in record.accept]

    def labels(record: Record) -> set[str]:
        return {*decided[record.id].labels}

    return {
        "n_violating": len(violating),
        "recall": _rate(violating, lambda r: bool(labels(r) & {*r.labels})),
        "recall_firm": _rate(firm, lambda r: bool(labels(r) & {*r.labels})),
        "shown": _rate(violating, lambda r: decided[r.id].outcome in ("flag", "review")),
        "n_lawful": len(lawful),
        "false_alarms": _rate(lawful, lambda r: bool(labels(r))),
        "false_alarms_accepted": _rate(lawful, lambda r: bool(labels(r) - {*r.accept})),
    }


def _rate(records: Sequence[Record], holds: Callable[[Record], bool]) -> dict[str, Any]:
    """Give a share with Wilson's 95 % interval, which is honest for few texts too."""
    n, k = len(records), sum(map(holds, records))
    if not n:
        return {"k": 0, "n": 0, "rate": None, "interval": None}
    middle = (k + Z95**2 / 2) / (n + Z95**2)
    half = Z95 * (k * (n - k) / n + Z95**2 / 4) ** 0.5 / (n + Z95**2)
    interval = [max(0.0, middle - half), min(1.0, middle + half)]
    return {"k": k, "n": n, "rate": k / n, "interval": interval}


def by_kind(texts: Sequence[Evaded], decided: Mapping[str, Decision]) -> dict[str, Any]:
    """Give the figures in all and of each kind that has enough texts."""
    kinds = {}
    for kind in sorted({kind for text in texts for kind in text.kinds}):
        some = [text for text in texts if kind in text.kinds]
        if len(some) >= MIN_TEXTS:
            kinds[kind] = figures(some, decided)
    return {"all": figures(texts, decided), "kinds": kinds}


def measure(classifier: AdClassifier, texts: Sequence[Path], refit: bool) -> dict[str, Any]:
    """Judge each group of texts."""
    evaded = read_evaded(texts)
    predictions = classifier.predict([text.record.text for text in evaded], explain=False)
    shipped: dict[str, Decision] = {
        text.record.id: one for text, one in zip(evaded, predictions, strict=True)
    }
    groups = {
        "unseen": by_kind([text for text in evaded if not text.seen], shipped),
        "seen_in_training": by_kind([text for text in evaded if text.seen], shipped),
    }
    if refit:
        # texts that are not annotated have no fold: the shipped model never saw them
        groups["out_of_fold"] = by_kind(evaded, {**shipped, **decide_out_of_fold(texts)})
    return groups


def table(groups: Mapping[str, Any]) -> str:
    """Lay the figures out for the eye."""
    lines = []
    for group, result in groups.items():
        lines.append(f"{group:24}{'recall':>18}{'firm':>9}{'shown':>9}{'alarms':>19}{'excused':>9}")
        for name, row in {"all": result["all"], **result["kinds"]}.items():
            recall, alarms = row["recall"], row["false_alarms"]
            lines.append(
                f"  {name:22}{recall['k']:6d} /{recall['n']:4d}{_percent(recall)}"
                f"{_percent(row['recall_firm']):>9}{_percent(row['shown']):>9}"
                f"{alarms['k']:7d} /{alarms['n']:4d}{_percent(alarms)}"
                f"{_percent(row['false_alarms_accepted']):>9}"
            )
    return "\n".join(lines)


def _percent(share: Mapping[str, Any]) -> str:
    return "     –" if share["rate"] is None else f"{share['rate']:6.0%}"


def main() -> None:
    """Read the command line, measure, print, keep."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, help="bundle; by default the shipped one")
    parser.add_argument("--out-of-fold", action="store_true", help="also learn anew in folds")
    parser.add_argument("--output", type=Path, default=RESULTS, help="where the figures go")
    asked = parser.parse_args()
    folder = os.environ.get("ADCLASSIFIER_DATA")
    if not folder:
        parser.error("ADCLASSIFIER_DATA: unset; the folder that holds real_posts/")
    posts = Path(folder) / "real_posts"
    classifier = load(asked.model)
    groups = measure(classifier, [posts / "train.jsonl", posts / "pool.jsonl"], asked.out_of_fold)
    result = {
        "command": "python benchmarks/evaded_real.py" + " --out-of-fold" * asked.out_of_fold,
        "date": dt.datetime.now(dt.UTC).date().isoformat(),
        "data_sha256": hashlib.sha256(EVADED.read_bytes()).hexdigest(),
        "model": classifier.model,
        "groups": groups,
    }
    text = json.dumps(result, ensure_ascii=False, indent=1)
    asked.output.write_text(text + "\n", encoding="utf-8")
    print(table(groups))


if __name__ == "__main__":
    main()
