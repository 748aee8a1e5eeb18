"""Be one peer in a process of its own: read Parquet, predict, write Parquet.

    python throughput_peer.py KIND MODEL INPUT OUTPUT
    python throughput_peer.py KIND MODEL INPUT --single REPORT
    python throughput_peer.py train-fasttext TEXTS MODEL --settings JSON

With ``--single`` every text of the input is given by itself, and the report lists the milliseconds
of each call. Imports nothing of this project at its head: fastText lives in an environment of its
own.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

Columns = dict[str, Any]
Predict = Callable[[list[str]], Columns]
BATCH_ROWS = 10_000
_N_WARM = 20


def load_sklearn(model: Path) -> Predict:
    """Load a fitted pipeline: a probability for each head."""
    import joblib

    names, pipeline = joblib.load(model)

    def predict(texts: list[str]) -> Columns:
        probabilities = pipeline.predict_proba(texts)
        return {f"p_{name}": probabilities[:, k] for k, name in enumerate(names)}

    return predict


def load_fasttext(model: Path) -> Predict:
    """Load fastText: a probability for each head, from one call for all texts of a batch."""
    import fasttext

    classifier = fasttext.load_model(str(model))
    names = classifier.labels

    def predict(texts: list[str]) -> Columns:
        found, shares = classifier.predict([one_line(text) for text in texts], k=-1)
        rows = [dict(zip(*row, strict=True)) for row in zip(found, shares, strict=True)]
        heads = {name: f"p_{name.removeprefix('__label__')}" for name in names}
        return {head: [row.get(name, 0.0) for row in rows] for name, head in heads.items()}

    return predict


def load_underthesea(model: Path) -> Predict:
    """Load underthesea_core's classifier: it says violating or not, and no probability."""
    from underthesea_core import TextClassifier

    classifier = TextClassifier.load(str(model))
    return lambda texts: {"violating": classifier.predict_batch(texts)}


def load_pyfunc(model: Path) -> Predict:
    """Load our model as MLflow does: every column of the output, evidence too."""
    import mlflow
    import pandas as pd

    loaded = mlflow.pyfunc.load_model(str(model))

    def predict(texts: list[str]) -> Columns:
        frame = loaded.predict(pd.DataFrame({"text": texts}))
        return {name: pa.array(frame[name].tolist()) for name in frame.columns}

    return predict


def load_ours(model: Path) -> Predict:
    """Load our model for single calls without reasons."""
    return _ours(model, explain=False)


def load_ours_explained(model: Path) -> Predict:
    """Load our model for single calls with reasons."""
    return _ours(model, explain=True)


def _ours(model: Path, *, explain: bool) -> Predict:
    from adclassifier import load

    classifier = load(model)

    def predict(texts: list[str]) -> Columns:
        predictions = classifier.predict(texts, explain=explain)
        return {"outcome": [prediction.outcome for prediction in predictions]}

    return predict


LOADERS: dict[str, Callable[[Path], Predict]] = {
    "sklearn": load_sklearn,
    "fasttext": load_fasttext,
    "underthesea": load_underthesea,
    "pyfunc": load_pyfunc,
    "ours": load_ours,
    "ours-explained": load_ours_explained,
}


def one_line(text: str) -> str:
    """Put a text on one line, in lower case, as fastText reads it."""
    return " ".join(text.lower().split())


def score(predict: Predict, source: Path, output: Path) -> None:
    """Read, predict and write a batch at a time."""
    writer = None
    try:
        for batch in pq.ParquetFile(source).iter_batches(BATCH_ROWS, columns=["id", "text"]):
            added = predict(batch.column("text").to_pylist())
            table = pa.table({"id": batch.column("id"), "text": batch.column("text"), **added})
            writer = writer or pq.ParquetWriter(output, table.schema)
            writer.write_table(table.cast(writer.schema))
    finally:
        if writer is not None:
            writer.close()


def time_calls(predict: Predict, texts: Sequence[str]) -> list[float]:
    """Give the milliseconds of a call for each text; the first calls warm up and do not count."""
    taken = []
    for text in texts:
        began = time.perf_counter()
        predict([text])
        taken.append(1000 * (time.perf_counter() - began))
    return taken[_N_WARM:]


def train_fasttext(texts: Path, model: Path, settings: str) -> None:
    """Learn from a file of labelled lines, with settings in JSON."""
    import fasttext

    classifier = fasttext.train_supervised(str(texts), verbose=0, **json.loads(settings))
    classifier.save_model(str(model))


def main() -> None:
    """Read the command line, do one thing."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("kind", choices=[*LOADERS, "train-fasttext"])
    parser.add_argument("model", type=Path, help="or the texts to learn from")
    parser.add_argument("source", type=Path, help="or the model to write")
    parser.add_argument("output", type=Path, nargs="?")
    parser.add_argument("--single", type=Path, metavar="REPORT")
    parser.add_argument("--settings", default="{}", help="of training, JSON")
    asked = parser.parse_args()
    if asked.kind == "train-fasttext":
        train_fasttext(asked.model, asked.source, asked.settings)
    elif asked.single:
        texts = pq.read_table(asked.source, columns=["text"]).column("text").to_pylist()
        taken = time_calls(LOADERS[asked.kind](asked.model), texts)
        asked.single.write_text(json.dumps(taken), encoding="utf-8")
    else:
        score(LOADERS[asked.kind](asked.model), asked.source, asked.output)


if __name__ == "__main__":
    main()
