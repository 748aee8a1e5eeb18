"""Fit the evidence head on the words that annotators marked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, vstack
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from adclassifier.classifier import EvidenceHead
from adclassifier.classifier.evidence import smooth, smoothing_inputs, spread_features
from adclassifier.classifier.phrases import PASSAGE_WINDOWS
from adclassifier.config import Config
from adclassifier.features import HashedNgramVectorizer, Tokens
from adclassifier.metrics.spans import evidence_spans
from adclassifier.text.normalize import normalize
from adclassifier.training.examples import Examples
from adclassifier.training.learning import fit_linear

# Authored texts teach words that no real text has; more of them cost time and teach little more.
_MOST_AUTHORED, _AUTHORED_WEIGHT = 1500, 0.3
# With fewer real texts authored ones decide too how scores are smoothed, and the threshold.
_LEAST_REAL = 50
_N_FOLDS = 4
_C = 4.0


@dataclass(frozen=True, slots=True, eq=False)
class _Marked:
    """The tokens of marked texts, one after another.

    ``features`` has a row a token, and a column for each of ``columns``, the features that occur
    at all; ``text`` and ``fold`` are those of each token.
    """

    tokens: list[Tokens]
    features: csr_matrix
    columns: NDArray[np.int64]
    target: NDArray[np.bool_]
    weight: NDArray[np.float64]
    judged: NDArray[np.bool_]
    fold: NDArray[np.int64]
    text: NDArray[np.int64]

    @classmethod
    def of(
        cls,
        rows: NDArray[np.int64],
        examples: Examples,
        vectorizer: HashedNgramVectorizer,
        config: Config,
    ) -> Self:
        """Tokenize some texts and mark what their annotators marked."""
        shape, most = vectorizer.shape, PASSAGE_WINDOWS * config.windows.chars
        tokens = [Tokens.of(examples.tokens[i], shape.cue_groups).window(0, most) for i in rows]
        counts = [len(each.spans) for each in tokens]
        real = examples.real[rows]
        enough = real.sum() >= _LEAST_REAL
        _, group = np.unique(examples.groups[rows], return_inverse=True)
        return cls(
            tokens,
            *_narrow(vstack([_token_features(each, vectorizer) for each in tokens], format="csr")),
            np.concatenate(
                [_targets(examples, i, each) for i, each in zip(rows, tokens, strict=True)]
            ),
            np.repeat(np.where(real, 1.0, _AUTHORED_WEIGHT if enough else 1.0), counts),
            np.repeat(real if enough else np.ones(len(rows), dtype=bool), counts),
            np.repeat(group % _N_FOLDS, counts),
            np.repeat(np.arange(len(rows)), counts),
        )

    def inputs(self, scores: NDArray[np.float64]) -> NDArray[np.float64]:
        """Describe every token for smoothing; shape (n_tokens, N_INPUTS)."""
        ends = np.searchsorted(self.text, np.arange(1, len(self.tokens)))
        parts = zip(np.split(scores, ends), self.tokens, strict=True)
        return np.concatenate([smoothing_inputs(own, tokens) for own, tokens in parts])


def fit_evidence(
    examples: Examples, vectorizer: HashedNgramVectorizer, config: Config
) -> EvidenceHead | None:
    """Fit the evidence head.

    Parameters
    ----------
    examples : Examples
    vectorizer : HashedNgramVectorizer
        Fitted.
    config : Config

    Returns
    -------
    EvidenceHead or None
        None where too few texts have evidence to learn from. Smoothing and threshold are fitted
        on scores of texts that the model which scored them had not seen, by group; real ones,
        where there are enough.
    """
    rows = _choose_texts(examples, config.learning.random_state)
    if len(np.unique(examples.groups[rows])) < _N_FOLDS:
        return None
    marked = _Marked.of(rows, examples, vectorizer, config)
    if len(np.unique(marked.target[marked.judged])) < 2:
        return None
    head, scores = _fit_scores(marked, vectorizer.shape.n_rows, config)
    inputs, target = marked.inputs(scores)[marked.judged], marked.target[marked.judged]
    fold = marked.fold[marked.judged]
    probabilities = np.empty(len(target))
    for own in (fold == each for each in range(_N_FOLDS)):
        smoothing = _fit_smoothing(inputs[~own], target[~own])
        probabilities[own] = smooth(inputs[own], smoothing)
    return EvidenceHead(
        *head, _fit_smoothing(inputs, target), _best_threshold(probabilities, target)
    )


def _fit_scores(
    marked: _Marked, n_rows: int, config: Config
) -> tuple[tuple[NDArray[np.float16], float], NDArray[np.float64]]:
    """Fit the linear scores: weights and bias on all texts, and each token's score out of fold."""
    features, random_state = marked.features, config.learning.random_state
    others = [marked.fold != fold for fold in range(_N_FOLDS)]
    # processes, since liblinear's random numbers are one row for all threads; they share the
    # features, and each takes its fold of them when it begins
    *folds, (final, final_bias) = Parallel(n_jobs=config.learning.n_jobs)(
        delayed(_fit_rows)(features, own, marked.target, marked.weight, random_state)
        for own in [*others, np.ones(len(marked.target), dtype=bool)]
    )
    scores = np.empty(len(marked.target))
    for own, (part, bias) in zip(others, folds, strict=True):
        scores[~own] = features[~own] @ part.astype(np.float64) + bias
    weights = np.zeros(n_rows, np.float16)
    weights[marked.columns] = final
    return (weights, final_bias), scores


def _fit_rows(
    features: csr_matrix,
    rows: NDArray[np.bool_],
    target: NDArray[np.bool_],
    weight: NDArray[np.float64],
    random_state: int,
) -> tuple[NDArray[np.float16], float]:
    """Fit the linear scores on some tokens."""
    own = features if rows.all() else features[rows]
    return fit_linear(own, target[rows], weight[rows], _C, random_state)


def _choose_texts(examples: Examples, random_state: int) -> NDArray[np.int64]:
    """Give the texts with evidence, in order: every real one, and so many of the authored."""
    marked = np.array([bool(r.violating and r.evidence) for r in examples.records])
    authored = np.flatnonzero(marked & ~examples.real)
    drawn = np.random.default_rng(random_state).permutation(authored)[:_MOST_AUTHORED]
    return np.sort(np.concatenate([np.flatnonzero(marked & examples.real), drawn]))


def _narrow(features: csr_matrix) -> tuple[csr_matrix, NDArray[np.int64]]:
    """Leave out empty columns; give the others' numbers too.

    A third of the columns are in use; without the others the solver takes half the time.
    """
    in_use = np.zeros(features.shape[1], dtype=bool)
    in_use[features.indices] = True
    columns = np.flatnonzero(in_use)
    places = np.cumsum(in_use, dtype=np.int32) - 1
    narrow = csr_matrix(
        (features.data, places[features.indices], features.indptr),
        shape=(features.shape[0], len(columns)),
        copy=False,
    )
    return narrow, columns


def _token_features(tokens: Tokens, vectorizer: HashedNgramVectorizer) -> csr_matrix:
    """Give the features of each token; shape (n_tokens, n_rows)."""
    places, rows, values = spread_features(tokens, vectorizer.shape, vectorizer.idf_)
    features = csr_matrix(
        (values, (places, rows)), shape=(len(tokens.spans), vectorizer.shape.n_rows)
    )
    features.eliminate_zeros()
    return features


def _targets(examples: Examples, i: int, tokens: Tokens) -> NDArray[np.bool_]:
    """Say of each token whether an annotator marked some of it."""
    record = examples.records[i]
    spans = evidence_spans(record.text, record.evidence)
    canonical = normalize(record.text)
    originals = [canonical.span(start, end) for start, end in tokens.spans.tolist()]
    return np.array(
        [any(max(low, start) < min(high, end) for start, end in spans) for low, high in originals],
        dtype=bool,
    )


def _fit_smoothing(inputs: NDArray[np.float64], target: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Fit weights and intercept for the inputs as they are; shape (N_INPUTS + 1,)."""
    if len(np.unique(target)) < 2:
        return np.zeros(inputs.shape[1] + 1)
    scaler = StandardScaler().fit(inputs)
    # not lbfgs: its last bits depend on how many threads add up
    model = LogisticRegression(solver="liblinear", max_iter=1000)
    model.fit(scaler.transform(inputs), target)
    weights = model.coef_[0] / scaler.scale_
    return np.append(weights, model.intercept_[0] - np.sum(weights * scaler.mean_))


def _best_threshold(probabilities: NDArray[np.float64], target: NDArray[np.bool_]) -> float:
    """Choose the threshold with the best F1 over all tokens, midway to the next below."""
    order = np.argsort(-probabilities, kind="stable")
    hits = np.cumsum(target[order])
    f1 = 2 * hits / (np.arange(1, len(target) + 1) + target.sum())
    best = int(np.argmax(f1))
    return float(probabilities[order][best : best + 2].mean())
