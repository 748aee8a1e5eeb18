"""Judge the recipe on the authored texts: folds by group, and one file left out at a time.

Writes benchmarks/results/authored_by_group.json, authored_by_file.json (learnt from authored texts
alone) and, with --annotations and --texts, authored_by_group_shipped.json (learnt from both parts,
as the shipped model is) and real_out_of_fold.json.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from adclassifier import read_corpus
from adclassifier.config import load_config
from adclassifier.corpus import Record, hydrate
from adclassifier.training import fit
from adclassifier.training.calibration import calibrate
from adclassifier.training.card import part_figures
from adclassifier.training.examples import lay_out
from adclassifier.training.fitting import Fitting, learn_features
from adclassifier.training.learning import out_of_fold_decisions

RESULTS = Path(__file__).parent / "results"
CORPUS = Path(__file__).parents[1] / "data" / "corpus"
N_DRAWS = 1000


def left_out_by_file(records: Sequence[Record]) -> dict[str, Any]:
    """Judge each authored file by a model that saw none of it."""
    config = load_config()
    examples = lay_out(records, config)
    names = sorted({record.source for record in records})
    folds = np.array([names.index(record.source) for record in records], dtype=np.int64)
    vectorizer, features = learn_features(examples, config)
    decisions = out_of_fold_decisions(examples, vectorizer, features, folds, config)
    calibration = calibrate(examples, decisions, config)
    return part_figures(
        examples,
        calibration.probabilities(decisions),
        np.ones(len(records), dtype=bool),
        calibration.thresholds,
        N_DRAWS,
    )


def out_of_fold(fitting: Fitting, real: bool) -> dict[str, Any]:
    """Judge one part of what a model learnt from, by models that saw no text of its fold."""
    examples = fitting.examples
    return part_figures(
        examples,
        fitting.calibration.probabilities(fitting.decisions),
        examples.real == real,
        fitting.calibration.thresholds,
        N_DRAWS,
    )


def keep(name: str, fitting_card: dict[str, Any], result: dict[str, Any]) -> None:
    """Write one result and print its headline."""
    record = {
        "command": f"python benchmarks/{Path(__file__).name}",
        "date": dt.datetime.now(dt.UTC).date().isoformat(),
        "data_sha256": fitting_card["data_sha256"],
        "model": "out of fold",
        "result": result,
    }
    text = json.dumps(record, ensure_ascii=False, indent=1) + "\n"
    (RESULTS / f"{name}.json").write_text(text, encoding="utf-8")
    violating = result["accepted"]["violating"]
    print(f"{name}: ROC-AUC {violating['roc_auc']:.3f}, F1 {violating['f1']:.3f}, n {result['n']}")


def main() -> None:
    """Read the command line, measure, keep."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--annotations", type=Path, help="our labels of public texts")
    parser.add_argument("--texts", type=Path, action="append", help="a copy of those texts")
    asked = parser.parse_args()
    authored = read_corpus(CORPUS)
    alone = fit(authored, progress=lambda stage: print(stage, file=sys.stderr))
    keep("authored_by_group", dict(alone.classifier.card), out_of_fold(alone, real=False))
    keep("authored_by_file", dict(alone.classifier.card), left_out_by_file(authored))
    if asked.annotations and asked.texts:
        real, _ = hydrate(asked.annotations, asked.texts)
        both = fit([*authored, *real], progress=lambda stage: print(stage, file=sys.stderr))
        card = dict(both.classifier.card)
        keep("authored_by_group_shipped", card, out_of_fold(both, real=False))
        keep("real_out_of_fold", card, out_of_fold(both, real=True))


if __name__ == "__main__":
    main()
