"""Judge a model on labelled texts and keep the figures: benchmarks/results/NAME.json."""

from __future__ import annotations

import argparse
import datetime as dt
import hashlib
import json
from pathlib import Path

from adclassifier import evaluate, load, read_corpus

RESULTS = Path(__file__).parent / "results"


def main() -> None:
    """Read the command line, judge, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", help="name of the result, such as dev_shipped")
    parser.add_argument(
        "file", type=Path, help="labelled records that the model was not trained on"
    )
    parser.add_argument("--model", type=Path, help="bundle; by default the shipped one")
    asked = parser.parse_args()
    classifier = load(asked.model)
    result = {
        # Where the file lies is this machine's matter; what it is, the hash says.
        "command": f"adclassifier evaluate {asked.file.name} --json",
        "date": dt.datetime.now(dt.UTC).date().isoformat(),
        "data_sha256": hashlib.sha256(asked.file.read_bytes()).hexdigest(),
        "model": classifier.model,
        "result": evaluate(classifier, read_corpus(asked.file)),
    }
    path = RESULTS / f"{asked.name}.json"
    path.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(path)


if __name__ == "__main__":
    main()
