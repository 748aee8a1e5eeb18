"""Judge the peers of benchmarks/throughput.py and our model on the same folds of the same texts."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray
from sklearn.metrics import f1_score, precision_recall_curve, roc_auc_score
from throughput_learn import (
    NGRAMS,
    call_fasttext,
    fit_fasttext,
    fit_sklearn,
    fit_underthesea,
)
from throughput_texts import write_posts

from adclassifier.classifier import VIOLATING
from adclassifier.config import load_config
from adclassifier.corpus import group_folds
from adclassifier.training.examples import Examples
from adclassifier.training.fitting import learn_features
from adclassifier.training.learning import out_of_fold_decisions

N_FOLDS = 3
_LEAST_POSITIVE = 10

Decide = Callable[[NDArray[np.intp], NDArray[np.intp]], NDArray[np.float64]]


def judge(examples: Examples, kinds: Sequence[str]) -> dict[str, dict[str, float]]:
    """Give each peer's accuracy on the public texts, out of fold by group, the same folds for all.

    Returns
    -------
    dict of str to dict
        ``roc_auc`` of "violating", texts that could go either way left out, and ``macro_f1`` over
        the labels with at least ten texts, each label's threshold chosen on the other folds.
    """
    violating = examples.targets[:, examples.column(VIOLATING)]
    folds = group_folds(examples.groups, violating, n_splits=N_FOLDS)
    figures = {}
    for kind in kinds:
        print(f"judging {kind} in {N_FOLDS} folds", file=sys.stderr)
        figures[kind] = figures_of(examples, folds, decide_out_of_fold(examples, folds, kind))
    return figures


def decide_out_of_fold(
    examples: Examples, folds: NDArray[np.int64], kind: str
) -> NDArray[np.float64]:
    """Decide every text by a peer that did not see its fold; shape (n_texts, n_heads)."""
    if kind == "ours":
        config = load_config()
        vectorizer, features = learn_features(examples, config)
        return out_of_fold_decisions(examples, vectorizer, features, folds, config)
    decide = DECIDERS[kind](examples) if kind in DECIDERS else decide_sklearn(examples, kind)
    decisions = np.zeros(examples.targets.shape)
    for fold in range(N_FOLDS):
        learnt, held = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
        decisions[held] = decide(learnt, held)
    return decisions


def decide_sklearn(examples: Examples, kind: str) -> Decide:
    """Take the n-grams once (their idf uses no label), fit the heads on each fold."""
    features = NGRAMS[kind]().fit_transform([r.text for r in examples.records]).tocsr()
    return lambda learnt, held: np.asarray(
        fit_sklearn(features, examples, learnt).predict_proba(features[held])
    )


def decide_fasttext(examples: Examples) -> Decide:
    """Train and ask fastText through files."""

    def decide(learnt: NDArray[np.intp], held: NDArray[np.intp]) -> NDArray[np.float64]:
        with tempfile.TemporaryDirectory() as folder:
            model, source, output = (Path(folder, n) for n in ("model", "in.parquet", "out"))
            fit_fasttext(examples, learnt, model)
            write_posts([examples.records[i].text for i in held], source)
            call_fasttext("fasttext", model, source, output)
            table = pq.read_table(output)
        return np.column_stack([table.column(f"p_{head}").to_numpy() for head in examples.heads])

    return decide


def decide_underthesea(examples: Examples) -> Decide:
    """Train one classifier a head; its score speaks for the class that it names."""

    def decide(learnt: NDArray[np.intp], held: NDArray[np.intp]) -> NDArray[np.float64]:
        texts = [examples.records[i].text for i in held]
        columns = []
        for head in range(len(examples.heads)):
            said = fit_underthesea(examples, learnt, head).predict_with_scores(texts)
            columns.append([score if name == "1" else -score for name, score in said])
        return np.column_stack(columns)

    return decide


DECIDERS: dict[str, Callable[[Examples], Decide]] = {
    "fasttext": decide_fasttext,
    "underthesea": decide_underthesea,
}


def figures_of(
    examples: Examples, folds: NDArray[np.int64], decisions: NDArray[np.float64]
) -> dict[str, float]:
    """Judge decisions on the public texts; see `judge`."""
    column = examples.column(VIOLATING)
    clear = examples.real & ~examples.open[:, column]
    auc = roc_auc_score(examples.targets[clear, column], decisions[clear, column])
    truth, found = examples.targets[examples.real], decisions[examples.real]
    parts = folds[examples.real]
    scores = [
        f1_score(truth[:, head], decide_by_thresholds(truth[:, head], found[:, head], parts))
        for head in range(len(examples.labels))
        if truth[:, head].sum() >= _LEAST_POSITIVE
    ]
    return {"roc_auc": round(float(auc), 4), "macro_f1": round(float(np.mean(scores)), 4)}


def decide_by_thresholds(
    truth: NDArray[np.bool_], scores: NDArray[np.float64], folds: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Decide each fold with the threshold that has the best F1 on the others."""
    decided = np.zeros_like(truth)
    for fold in np.unique(folds):
        held = folds == fold
        precision, recall, thresholds = precision_recall_curve(truth[~held], scores[~held])
        f1 = 2 * precision * recall / np.maximum(precision + recall, 1e-12)
        decided[held] = scores[held] >= thresholds[f1[:-1].argmax()]
    return decided
