"""Give every classifier of benchmarks/public.py one face: `fit(texts, y)` and `decide(texts)`."""

from __future__ import annotations

import importlib.util
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_pipeline, make_union

from adclassifier import TextEstimator

OURS = "adclassifier.TextEstimator"
REFERENCE = "scikit-learn word + char TF-IDF"
SEED = 0
_LEAST = 1e-6
"""Probability below which fastText's are not told apart."""


class Judge(Protocol):
    """Learns classes numbered from 0, and decides."""

    def fit(self, texts: list[str], y: NDArray[np.int64]) -> Judge:
        """Learn."""

    def decide(self, texts: list[str]) -> NDArray[np.float64]:
        """Give a figure for each class, or of shape (n_texts,) for the second of two."""


@dataclass(frozen=True)
class Contender:
    """A way to classify, and the settings that cross-validation chooses from.

    Attributes
    ----------
    scores : bool
        Whether decisions are comparable figures, so that class offsets may be chosen; else one
        class a text, as an indicator.
    package : str
        Without it the contender is left out.
    """

    name: str
    build: Callable[[dict[str, Any]], Judge]
    candidates: Sequence[dict[str, Any]]
    scores: bool = True
    package: str = "sklearn"


def missing(contender: Contender) -> str | None:
    """Say why a contender cannot take part, or None if it can."""
    if importlib.util.find_spec(contender.package) is None:
        return f"the package {contender.package} is not installed"
    return None


class SklearnJudge:
    """Whatever has `fit` and `decision_function`."""

    def __init__(self, classifier: Any) -> None:
        self.classifier = classifier

    def fit(self, texts: list[str], y: NDArray[np.int64]) -> Self:
        """Learn."""
        self.classifier.fit(texts, y)
        return self

    def decide(self, texts: list[str]) -> NDArray[np.float64]:
        """Give log-odds."""
        return np.asarray(self.classifier.decision_function(texts))


class FastTextJudge:
    """fastText learns from a file and gives classes in order of probability."""

    def __init__(self, settings: dict[str, Any]) -> None:
        self.settings = settings

    def fit(self, texts: list[str], y: NDArray[np.int64]) -> Self:
        """Learn from a temporary file, which is deleted."""
        import fasttext

        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "train.txt"
            lines = (f"__label__{k} {one_line(text)}\n" for k, text in zip(y, texts, strict=True))
            path.write_text("".join(lines), encoding="utf-8")
            self.classifier = fasttext.train_supervised(
                str(path), thread=1, verbose=0, seed=SEED, **self.settings
            )
        return self

    def decide(self, texts: list[str]) -> NDArray[np.float64]:
        """Give the logarithms of the probabilities.

        By the compiled method: fastText's own `predict` fails on NumPy 2 for one text, and for a
        list of texts it gives every class the probability of the first.
        """
        decisions = np.full((len(texts), len(self.classifier.labels)), np.log(_LEAST))
        for row, text in enumerate(texts):
            for share, name in self.classifier.f.predict(f"{one_line(text)}\n", -1, 0.0, "strict"):
                column = int(name.removeprefix("__label__"))
                decisions[row, column] = np.log(max(share, _LEAST))
        return decisions


class UndertheseaJudge:
    """underthesea_core's classifier in Rust, which names one class a text."""

    def __init__(self, settings: dict[str, Any]) -> None:
        self.settings = settings

    def fit(self, texts: list[str], y: NDArray[np.int64]) -> Self:
        """Learn."""
        from underthesea_core import TextClassifier

        self.n_classes = int(y.max()) + 1
        self.classifier = TextClassifier(**self.settings)
        self.classifier.fit(texts, [str(k) for k in y])
        return self

    def decide(self, texts: list[str]) -> NDArray[np.float64]:
        """Give 1 for the class that it names."""
        named = [int(name) for name in self.classifier.predict_batch(texts)]
        return np.eye(self.n_classes)[named]


def one_line(text: str) -> str:
    """Put a text on one line, in lower case, as fastText reads it."""
    return " ".join(text.lower().split())


def build_ours(settings: dict[str, Any]) -> Judge:
    """Build the pipeline."""
    return SklearnJudge(TextEstimator(**settings))


def build_sklearn(settings: dict[str, Any]) -> Judge:
    """Build the usual strong pipeline: words 1-2, characters in words 2-5, logistic regression."""
    head = LogisticRegression(max_iter=300, **settings)
    return SklearnJudge(
        make_pipeline(
            make_union(
                TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True),
                TfidfVectorizer(
                    analyzer="char_wb", ngram_range=(2, 5), min_df=2, sublinear_tf=True
                ),
            ),
            OneVsRestClassifier(head),
        )
    )


def settings_of(*heads: tuple[float, str | None], **others: Any) -> list[dict[str, Any]]:
    """Combine settings of the head, C and class weights, with others."""
    return [{"C": c, "class_weight": weight, **others} for c, weight in heads]


_HEADS: tuple[tuple[float, str | None], ...] = ((4.0, "balanced"), (4.0, None))
_FASTTEXT = {"lr": 0.5, "wordNgrams": 2, "minn": 2, "maxn": 5, "dim": 30, "bucket": 200_000}

CONTENDERS = (
    Contender(
        OURS,
        build_ours,
        settings_of(*_HEADS, typed=True, manner=0.3, idf_shift=0.0, solver="lbfgs"),
    ),
    Contender(REFERENCE, build_sklearn, settings_of(*_HEADS, (16.0, "balanced"))),
    Contender(
        "fastText",
        FastTextJudge,
        [{**_FASTTEXT, "epoch": epoch} for epoch in (5, 15)],
        package="fasttext",
    ),
    Contender(
        "underthesea_core TextClassifier",
        UndertheseaJudge,
        [{"c": c, "max_features": 50_000, "ngram_range": (1, 2)} for c in (0.3, 1.0)],
        scores=False,
        package="underthesea_core",
    ),
)
