"""Train the peers of benchmarks/throughput.py on the texts of our model.

What is learnt is kept in benchmarks/.peers (git-ignored, it holds pieces of texts that are not
ours), under a name that changes with the texts and with this file.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from importlib import resources
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pandas as pd
import sklearn
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import FeatureUnion, make_pipeline, make_union
from throughput_peer import one_line

from adclassifier import load, read_corpus
from adclassifier.classifier import VIOLATING
from adclassifier.config import load_config
from adclassifier.corpus import hydrate
from adclassifier.text.accents import strip_accents
from adclassifier.tracking.signature import build_signature
from adclassifier.tracking.store import import_mlflow
from adclassifier.training.examples import Examples, lay_out

HERE = Path(__file__).parent
PEERS = HERE / ".peers"
FASTTEXT_PYTHON = PEERS / "fasttext" / "bin" / "python"
FASTTEXT = {
    "lr": 0.5,
    "epoch": 15,
    "dim": 30,
    "wordNgrams": 2,
    "minn": 2,
    "maxn": 5,
    "bucket": 200_000,
    "loss": "ova",
    "seed": 0,
    "thread": 1,
}
_NONE = "none"
_C = 4.0


def read_examples(posts: Path) -> Examples:
    """Read what our model is trained on: authored texts, and the public ones with our labels."""
    data = HERE.parent / "data"
    real, _ = hydrate(data / "annotations", [posts / "train.jsonl", posts / "pool.jsonl"])
    return lay_out([*read_corpus(data / "corpus"), *real], load_config())


def key_of(posts: Path) -> str:
    """Name what is learnt by all that it depends on: data, their weights, and this file."""
    digest = hashlib.sha256(load_config().data.model_dump_json().encode())
    data = HERE.parent / "data"
    labelled = sorted([*data.glob("annotations/*.jsonl"), *data.glob("corpus/*.jsonl")])
    for path in [*labelled, posts / "train.jsonl", posts / "pool.jsonl", Path(__file__)]:
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def usual_ngrams() -> FeatureUnion:
    """Words 1-2 and characters in words 2-5: what is usually taken."""
    return make_union(
        TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True),
        TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), min_df=2, sublinear_tf=True),
    )


def our_ngrams() -> FeatureUnion:
    """Take the n-grams of our kernel: tokens 1-2, characters 2-5, as written and without accents.

    As written the characters go over the blank between two words. Left out are cues, the reading
    of disguised spelling and windows, which all make our model slower, not faster.
    """
    tokens = r"(?u)\w+|[^\w\s]"
    written: dict[str, Any] = {"sublinear_tf": True}
    folded: dict[str, Any] = {"sublinear_tf": True, "strip_accents": strip_accents}
    return make_union(
        TfidfVectorizer(ngram_range=(1, 2), token_pattern=tokens, **written),
        TfidfVectorizer(ngram_range=(1, 2), token_pattern=tokens, **folded),
        TfidfVectorizer(analyzer="char", ngram_range=(2, 5), min_df=2, **written),
        TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), min_df=2, **folded),
    )


NGRAMS = {"sklearn": usual_ngrams, "sklearn-equal": our_ngrams}


def fit_sklearn(features: Any, examples: Examples, rows: NDArray[np.intp]) -> OneVsRestClassifier:
    """Fit a head for each label, "violating" and "offer", texts weighing as for our model."""
    weights = examples.weights[rows, examples.column(VIOLATING)]
    with sklearn.config_context(enable_metadata_routing=True):
        head = LogisticRegression(C=_C, solver="liblinear", dual=True, max_iter=1000)
        heads = OneVsRestClassifier(head.set_fit_request(sample_weight=True))
        return heads.fit(features[rows], examples.targets[rows], sample_weight=weights)


def fit_fasttext(examples: Examples, rows: NDArray[np.intp], model: Path) -> None:
    """Fit fastText in its own environment; a text without a label learns the label "none"."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "texts.txt")
        lines = (
            " ".join([*named(examples, i), one_line(examples.records[i].text)]) + "\n" for i in rows
        )
        path.write_text("".join(lines), encoding="utf-8")
        call_fasttext("train-fasttext", path, model, "--settings", json.dumps(FASTTEXT))


def named(examples: Examples, i: int) -> list[str]:
    """Give the labels of a text as fastText reads them."""
    held = [head for head, holds in zip(examples.heads, examples.targets[i], strict=True) if holds]
    return [f"__label__{name}" for name in held or [_NONE]]


def call_fasttext(*arguments: str | Path) -> None:
    """Run throughput_peer.py where fastText is installed."""
    script = HERE / "throughput_peer.py"
    subprocess.run([FASTTEXT_PYTHON, script, *arguments], check=True)


def fit_underthesea(examples: Examples, rows: NDArray[np.intp], head: int) -> Any:
    """Fit underthesea_core's classifier for one head; its classes are "0" and "1"."""
    from underthesea_core import TextClassifier

    classifier = TextClassifier(c=1.0, max_features=50_000, ngram_range=(1, 2))
    truth = examples.targets[:, head]
    classifier.fit([examples.records[i].text for i in rows], [str(int(truth[i])) for i in rows])
    return classifier


def train_peers(posts: Path, kinds: Iterable[str], read: Callable[[], Examples]) -> dict[str, Path]:
    """Train the peers that were not trained on these texts yet; give the models' paths.

    Parameters
    ----------
    posts : Path
        Folder of the public texts.
    kinds : iterable of str
    read : callable
        Gives the texts; called only if a peer is to be trained, since it takes a minute.
    """
    folder = PEERS / "models" / key_of(posts)
    folder.mkdir(parents=True, exist_ok=True)
    (PEERS / ".gitignore").write_text("*\n", encoding="ascii")
    models = {kind: folder / kind for kind in kinds}
    for kind, path in models.items():
        if path.exists():
            continue
        examples = read()
        print(f"training {kind} on {len(examples.records):,} texts", file=sys.stderr)
        unfinished = path.with_suffix(".unfinished")
        train_peer(examples, kind, unfinished)
        unfinished.rename(path)
    return models


def train_peer(examples: Examples, kind: str, path: Path) -> None:
    """Train one peer on all texts."""
    rows = np.arange(len(examples.records))
    if kind == "fasttext":
        fit_fasttext(examples, rows, path)
    elif kind == "underthesea":
        fit_underthesea(examples, rows, examples.column(VIOLATING)).save(str(path))
    else:
        ngrams = NGRAMS[kind]()
        features = ngrams.fit_transform([record.text for record in examples.records])
        heads = fit_sklearn(features.tocsr(), examples, rows)
        joblib.dump((examples.heads, make_pipeline(ngrams, heads)), path)


def save_pyfunc(folder: Path, bundle: Path) -> Path:
    """Write our model as MLflow keeps it."""
    mlflow = import_mlflow()
    code = resources.files("adclassifier.tracking") / "served_model.py"
    mlflow.pyfunc.save_model(
        path=folder / "pyfunc",
        python_model=str(code),
        artifacts={"bundle": str(bundle)},
        signature=build_signature(load(bundle).labels),
        input_example=pd.DataFrame({"text": ["kem trộn trắng da"]}),
        pip_requirements=["adclassifier"],
    )
    return folder / "pyfunc"
