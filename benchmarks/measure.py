"""Judge a model on labelled texts and keep the figures: benchmarks/results/NAME.json."""

from __future__ import annotations

import argparse
import datetime as dt
import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

from adclassifier import evaluate, load, read_corpus
from adclassifier.corpus import Record

RESULTS = Path(__file__).parent / "results"


def leave_out(records: Sequence[Record], ids: Path) -> list[Record]:
    """Leave out the records that a file names, one id a line; an id that is none ends the run."""
    unwanted = {*ids.read_text(encoding="utf-8").split()}
    if unknown := unwanted - {record.id for record in records}:
        raise SystemExit(f"{ids.name}: {len(unknown)} ids of no record, as {min(unknown)}")
    return [record for record in records if record.id not in unwanted]


def command(asked: argparse.Namespace) -> str:
    """Write what a user types for these figures; where the files lie is this machine's matter."""
    model = f" --model {'/'.join(asked.model.parts[-2:])}" if asked.model else ""
    if not asked.without:
        return f"adclassifier evaluate {asked.file.name}{model} --json"
    names = f"{asked.name} {asked.file.name}{model} --without {asked.without.name}"
    return f"python benchmarks/measure.py {names}"


def main() -> None:
    """Read the command line, judge, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", help="name of the result, such as dev_shipped")
    parser.add_argument(
        "file", type=Path, help="labelled records that the model was not trained on"
    )
    parser.add_argument("--model", type=Path, help="bundle; by default the shipped one")
    parser.add_argument("--without", type=Path, help="ids of records to leave out, one a line")
    asked = parser.parse_args()
    classifier, records = load(asked.model), read_corpus(asked.file)
    if asked.without:
        records = leave_out(records, asked.without)
    result = {
        "command": command(asked),
        "date": dt.datetime.now(dt.UTC).date().isoformat(),
        # of the whole file; what was left out of it, the command says
        "data_sha256": hashlib.sha256(asked.file.read_bytes()).hexdigest(),
        "model": classifier.model,
        "result": evaluate(classifier, records),
    }
    path = RESULTS / f"{asked.name}.json"
    path.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(path)


if __name__ == "__main__":
    main()
