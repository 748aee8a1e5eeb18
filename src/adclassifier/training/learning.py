"""Fit the linear heads: one-vs-rest logistic regression on hashed n-grams."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import LogisticRegression

from adclassifier.classifier import LinearHeads
from adclassifier.config import Config
from adclassifier.features import HashedNgramVectorizer
from adclassifier.lexicon import load_lexicon
from adclassifier.training.examples import Examples


def build_vectorizer(config: Config) -> HashedNgramVectorizer:
    """Build the unfitted transformer that the settings describe."""
    features = config.features
    with_cues = features.cue_weight > 0 or features.pair_weight > 0
    return HashedNgramVectorizer(
        cue_groups=tuple(sorted(load_lexicon().groups)) if with_cues else (),
        cue_weight=features.cue_weight,
        pair_weight=features.pair_weight,
        border_chars=features.border_chars,
        max_words=features.max_words,
        min_chars=features.min_chars,
        max_chars=features.max_chars,
        n_bits=features.n_bits,
        min_length=features.min_length,
        idf_shift=features.idf_shift,
    )


def fit_linear(
    features: csr_matrix,
    target: NDArray[np.bool_],
    weight: NDArray[np.float64],
    c: float,
    random_state: int,
) -> tuple[NDArray[np.float16], float]:
    """Fit one head.

    The dual coordinate descent of liblinear is five times faster here than the primal; the bias is
    a feature of its own there, and regularised.

    Parameters
    ----------
    features : csr_matrix of shape (n_texts, n_rows)
    target : ndarray of shape (n_texts,), bool
    weight : ndarray of shape (n_texts,), >= 0
    c : float
        Inverse strength of regularisation.
    random_state : int
        Of the order in which the solver visits the texts.

    Returns
    -------
    weights : ndarray of shape (n_rows,), float16
        Rounded to what is stored, so that what is calibrated is what serves.
    bias : float
        Where all texts with weight are of one class, weights of 0 and a bias of 0.
    """
    used = weight > 0
    if len(np.unique(target[used])) < 2:
        return np.zeros(features.shape[1], np.float16), 0.0
    model = LogisticRegression(
        C=c, solver="liblinear", dual=True, max_iter=1000, random_state=random_state
    )
    if not used.all():
        features, target, weight = features[used], target[used], weight[used]
    model.fit(features, target, sample_weight=weight)
    return model.coef_[0].astype(np.float16), float(model.intercept_[0])


def own_intercepts(examples: Examples, kinds: Collection[str]) -> csr_matrix:
    """Give each source of some kinds a column of its own, 1 for its texts.

    How many texts of an authored file are violating says something of its authors, not of the
    words in it. A weight that all texts of the source share takes that up, and is dropped when the
    model serves: Daumé's feature copies (arXiv:0907.1815), reduced to the intercept.

    Parameters
    ----------
    examples : Examples
    kinds : collection of str
        Kinds of sources, as "authored".

    Returns
    -------
    csr_matrix of shape (n_texts, n_sources)
    """
    sources = [r.source if r.source.partition(":")[0] in kinds else "" for r in examples.records]
    names = sorted({*sources} - {""})
    rows = [i for i, source in enumerate(sources) if source]
    columns = [names.index(sources[i]) for i in rows]
    return csr_matrix((np.ones(len(rows)), (rows, columns)), shape=(len(sources), len(names)))


def fit_heads(
    examples: Examples, features: csr_matrix, folds: NDArray[np.int64] | None, config: Config
) -> list[tuple[NDArray[np.float16], NDArray[np.float64]]]:
    """Fit all heads, once a fold without that fold's texts, or once on all texts.

    Parameters
    ----------
    examples : Examples
    features : csr_matrix of shape (n_texts, n_rows)
    folds : ndarray of shape (n_texts,), int64, or None
        Fold of each text, from 0.

    Returns
    -------
    list of (weights, bias)
        One a fold, or one in all; shapes (n_rows, n_heads), float16, and (n_heads,).
    """
    n_heads, n_rows = len(examples.heads), features.shape[1]
    intercepts = own_intercepts(examples, config.data.own_intercepts)
    columns = hstack([features, intercepts], format="csr")
    rows = (
        [np.arange(len(examples.records))]
        if folds is None
        else [np.flatnonzero(folds != fold) for fold in range(int(folds.max()) + 1)]
    )
    learning = config.learning
    tasks = (
        delayed(fit_linear)(
            part,
            examples.targets[own, head],
            examples.weights[own, head],
            learning.c,
            learning.random_state,
        )
        for own in rows
        for part in (columns[own],)
        for head in range(n_heads)
    )
    fitted = Parallel(n_jobs=learning.n_jobs)(tasks)
    return [
        (
            np.column_stack([weights[:n_rows] for weights, _ in fitted[start : start + n_heads]]),
            np.array([bias for _, bias in fitted[start : start + n_heads]]),
        )
        for start in range(0, len(fitted), n_heads)
    ]


def assemble(
    heads: tuple[str, ...],
    vectorizer: HashedNgramVectorizer,
    fitted: tuple[NDArray[np.float16], NDArray[np.float64]],
    calibration: tuple[NDArray[np.float64], NDArray[np.float64]] | None,
    config: Config,
) -> LinearHeads:
    """Put the parts of a model together; without calibration the slope is 1, the intercept 0."""
    weights, bias = fitted
    slope, intercept = calibration or (np.ones(len(heads)), np.zeros(len(heads)))
    return LinearHeads(
        names=heads,
        shape=vectorizer.shape,
        segmenter=config.features.segmenter,
        window_chars=config.windows.chars,
        stride_chars=config.windows.stride,
        idf=vectorizer.idf_.astype(np.float16),
        weights=weights,
        bias=bias,
        slope=slope,
        intercept=intercept,
    )


def out_of_fold_decisions(
    examples: Examples,
    vectorizer: HashedNgramVectorizer,
    features: csr_matrix,
    folds: NDArray[np.int64],
    config: Config,
) -> NDArray[np.float64]:
    """Decide every text by models that saw no text of its fold, with the rule of windows.

    The idf is that of all texts: it uses no label.

    Returns
    -------
    ndarray of shape (n_texts, n_heads), float64
        Uncalibrated decisions.
    """
    decisions = np.empty((len(examples.records), len(examples.heads)))
    for fold, fitted in enumerate(fit_heads(examples, features, folds, config)):
        own = np.flatnonzero(folds == fold)
        heads = assemble(examples.heads, vectorizer, fitted, None, config)
        decisions[own], _ = heads.decisions([examples.canonical[i] for i in own])
    return decisions
