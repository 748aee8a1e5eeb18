"""Rank our labels of public texts by how doubtful they look to models that had not seen them.

Out-of-fold probabilities (folds by group of near-duplicates, the shipped recipe) go to cleanlab,
head by head: "violating" and each label. A person then reads the most suspect records and keeps or
corrects them; data/LABEL_AUDIT.md tells what came of it. Needs the extra "audit" and the public
texts:

    python benchmarks/label_audit.py $ADCLASSIFIER_DATA/real_posts

Prints counts by head and source, and keeps the ranking, without any text, in
benchmarks/results/label_audit.json.
"""

from __future__ import annotations

import argparse
import datetime as dt
import hashlib
import json
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from cleanlab.filter import find_label_issues
from cleanlab.rank import get_label_quality_scores
from numpy.typing import NDArray

from adclassifier import read_corpus
from adclassifier.classifier import OFFER, VIOLATING
from adclassifier.config import Config, load_config
from adclassifier.corpus import Record, group_folds, hydrate
from adclassifier.training.calibration import calibrate
from adclassifier.training.examples import Examples, lay_out
from adclassifier.training.fitting import learn_features
from adclassifier.training.learning import out_of_fold_decisions

DATA = Path(__file__).parents[1] / "data"
RESULTS = Path(__file__).parent / "results" / "label_audit.json"
N_KEPT = 1000
# Heads with fewer positive texts than this have no rate of noise to speak of.
MIN_POSITIVES = 10


@dataclass(frozen=True, slots=True)
class Suspect:
    """A record and the head whose given label is the most doubtful.

    Attributes
    ----------
    id, source : str
        Of the record.
    head : str
        ``"violating"`` or a label.
    given : bool
        Whether the record carries it.
    probability : float, in [0, 1]
        Of the head, out of fold and calibrated.
    p_violating : float, in [0, 1]
        Of "violating", likewise.
    quality : float, in [0, 1]
        cleanlab's, adjusted for the rate of the class: low is doubtful.
    flagged : bool
        Whether cleanlab counts the label among the wrong ones (pruned by rate of noise).
    open : bool
        Whether the reader already said that a second one could decide the other way.
    """

    id: str
    source: str
    head: str
    given: bool
    probability: float
    p_violating: float
    quality: float
    flagged: bool
    open: bool


def out_of_fold(records: Sequence[Record], config: Config) -> tuple[Examples, NDArray[np.float64]]:
    """Give calibrated probabilities by models that saw no text of the fold.

    Returns
    -------
    examples : Examples
    probabilities : ndarray of shape (n_texts, n_heads), in [0, 1]
    """
    examples = lay_out(records, config)
    vectorizer, features = learn_features(examples, config)
    folds = group_folds(
        examples.groups,
        examples.targets[:, examples.column(VIOLATING)],
        n_splits=config.learning.n_folds,
        random_state=config.learning.random_state,
    )
    decisions = out_of_fold_decisions(examples, vectorizer, features, folds, config)
    return examples, calibrate(examples, decisions, config).probabilities(decisions)


def judge_head(
    given: NDArray[np.bool_], probability: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Ask cleanlab about one head; arrays of shape (n_texts,): quality, and whether flagged."""
    both = np.column_stack([1 - probability, probability])
    labels = given.astype(int)
    quality = get_label_quality_scores(
        labels, both, method="normalized_margin", adjust_pred_probs=True
    )
    flagged = find_label_issues(labels, both, filter_by="prune_by_noise_rate", n_jobs=1)
    return quality, flagged


def rank(examples: Examples, probabilities: NDArray[np.float64]) -> list[Suspect]:
    """Rank the real records: flagged ones first that no reader called open, the lowest first."""
    rows = np.flatnonzero(examples.real)
    violating = probabilities[rows, examples.column(VIOLATING)]
    suspects: dict[str, Suspect] = {}
    for head in examples.heads:
        column = examples.column(head)
        given = examples.targets[rows, column]
        if head == OFFER or given.sum() < MIN_POSITIVES:
            continue
        quality, flagged = judge_head(given, probabilities[rows, column])
        for place, row in enumerate(rows):
            record = examples.records[row]
            suspect = Suspect(
                id=record.id,
                source=record.source,
                head=head,
                given=bool(given[place]),
                probability=round(float(probabilities[row, column]), 4),
                p_violating=round(float(violating[place]), 4),
                quality=round(float(quality[place]), 4),
                flagged=bool(flagged[place]),
                open=bool(examples.open[row, column]),
            )
            known = suspects.get(record.id)
            if known is None or _doubt(suspect) < _doubt(known):
                suspects[record.id] = suspect
    return sorted(suspects.values(), key=lambda suspect: (*_doubt(suspect), suspect.id))


def _doubt(suspect: Suspect) -> tuple[bool, bool, float]:
    """Order suspects, the most doubtful first."""
    return not suspect.flagged, suspect.open, suspect.quality


def table(suspects: Sequence[Suspect]) -> str:
    """Count the flagged records by head and by source, given and not given."""
    flagged = [suspect for suspect in suspects if suspect.flagged]
    lines = [f"{'':20}{'flagged':>8}{'given':>8}{'absent':>8}{'open':>8}"]
    for name in ("head", "source"):
        values = Counter(getattr(suspect, name) for suspect in flagged)
        for value, n in values.most_common():
            own = [suspect for suspect in flagged if getattr(suspect, name) == value]
            given, open_ = (sum(getattr(s, field) for s in own) for field in ("given", "open"))
            lines.append(f"{value:20}{n:8d}{given:8d}{n - given:8d}{open_:8d}")
        lines.append("")
    return "\n".join([*lines, f"{len(flagged)} of {len(suspects)} records flagged"])


def main() -> None:
    """Read the command line, rank, print, keep."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, help="folder of train.jsonl and pool.jsonl")
    parser.add_argument("--output", type=Path, default=RESULTS, help="where the ranking goes")
    asked = parser.parse_args()
    real, report = hydrate(
        DATA / "annotations", [asked.folder / "train.jsonl", asked.folder / "pool.jsonl"]
    )
    print(report, file=sys.stderr)
    config = load_config()
    suspects = rank(*out_of_fold([*read_corpus(DATA / "corpus"), *real], config))
    digest = hashlib.sha256()
    for file in sorted((DATA / "annotations").glob("*.jsonl")):
        digest.update(file.read_bytes())
    result: dict[str, Any] = {
        "command": f"python benchmarks/{Path(__file__).name} {asked.folder.name}",
        "date": dt.datetime.now(dt.UTC).date().isoformat(),
        "cleanlab": version("cleanlab"),
        "annotations_sha256": digest.hexdigest(),
        "n_records": len(suspects),
        "n_flagged": sum(suspect.flagged for suspect in suspects),
        "ranking": [{"rank": i, **asdict(s)} for i, s in enumerate(suspects[:N_KEPT], 1)],
    }
    text = json.dumps(result, ensure_ascii=False, indent=1)
    asked.output.write_text(text + "\n", encoding="utf-8")
    print(table(suspects))


if __name__ == "__main__":
    main()
