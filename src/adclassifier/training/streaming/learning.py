"""Fit the heads on blocks from disk: averaged stochastic gradient descent, all folds in one go."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from types import ModuleType

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from adclassifier.classifier import LinearHeads
from adclassifier.config import Config
from adclassifier.features import HashedNgramVectorizer
from adclassifier.training.learning import assemble
from adclassifier.training.streaming.blocks import Block
from adclassifier.training.streaming.spool import Spool

#: Fold of no text: the model without it learns from all.
NO_FOLD = -1
# Random blocks whose texts are visited in one random order: what stood together in a file, of one
# source or one label, is spread.
_BLOCKS_AT_ONCE = 8

_Fitted = tuple[NDArray[np.float16], NDArray[np.float64]]


def kernels() -> ModuleType:
    """Import the compiled descent, which touches the cache folder."""
    from adclassifier.training.streaming import descent

    return descent


@dataclass(frozen=True, slots=True, eq=False)
class _Rows:
    """Some texts in memory: their places among all, and their features."""

    places: NDArray[np.int64]
    features: csr_matrix
    shared: NDArray[np.int32]
    targets: NDArray[np.bool_]
    counts: NDArray[np.float64]


class _Model:
    """The weights of all heads as they stand, of a model that does not see one fold."""

    def __init__(self, n_rows: int, n_heads: int, n_texts: int, config: Config) -> None:
        self.weights = np.zeros((n_rows, n_heads))
        self.average = np.zeros((n_rows, n_heads))
        # texts visited, and sets of weights in the average
        self.state = np.zeros(2, np.int64)
        self.first_step = config.streaming.first_step
        self.decay = 1.0 / (config.learning.c * n_texts)

    def visit(self, rows: _Rows, order: NDArray[np.int64]) -> None:
        """Visit some rows in an order."""
        kernels().descend(
            rows.features.indptr.astype(np.int64),
            rows.features.indices,
            rows.features.data,
            rows.shared,
            order,
            rows.targets,
            rows.counts,
            self.weights,
            self.average,
            self.state,
            self.first_step,
            self.decay,
        )


def fit_folds(
    spool: Spool,
    folds: NDArray[np.int64],
    vectorizer: HashedNgramVectorizer,
    config: Config,
    say: Callable[[str], None],
) -> list[_Fitted]:
    """Fit all heads once a fold without that fold's texts, and last on all texts.

    Each block is read once a round for all models. Every model visits the texts in the same order,
    drawn with ``learning.random_state``; threads share the models, never one of them, so that no
    bit depends on their number.

    Parameters
    ----------
    spool : Spool
    folds : ndarray of shape (n_texts,), int64
        Fold of each text, from 0.
    vectorizer : HashedNgramVectorizer
        Fitted.
    config : Config
    say : callable
        Told how far it is.

    Returns
    -------
    list of (weights, bias)
        One more than there are folds; shapes (n_rows, n_heads), float16, and (n_heads,).
    """
    examples, streaming = spool.examples, config.streaming
    n_texts, n_heads = examples.targets.shape
    n_rows, shared = vectorizer.shape.n_rows, _shared_columns(spool, vectorizer, config)
    without = [*range(int(folds.max()) + 1), NO_FOLD]
    models = [
        _Model(int(shared.max()) + 1, n_heads, int((folds != fold).sum()), config)
        for fold in without
    ]
    epochs = max(streaming.epochs, -(-streaming.visits // n_texts))
    draw = np.random.default_rng(config.learning.random_state)
    with Parallel(n_jobs=config.learning.n_jobs, prefer="threads") as pool:
        for epoch in range(epochs):
            for rows in _read_shuffled(spool, shared, vectorizer, draw):
                order = draw.permutation(len(rows.places))
                own = folds[rows.places[order]]
                pool(
                    delayed(model.visit)(rows, order[own != fold])
                    for model, fold in zip(models, without, strict=True)
                )
                del rows  # before the next are read
            if (epoch + 1) * 10 // epochs > epoch * 10 // epochs:
                say(f"round {epoch + 1} of {epochs}")
    return [_finish(model, n_rows) for model in models]


def _finish(model: _Model, n_rows: int) -> _Fitted:
    """Give the averaged weights, rounded to what is stored, and the biases."""
    return model.average[:n_rows].astype(np.float16), model.average[n_rows].copy()


def _shared_columns(
    spool: Spool, vectorizer: HashedNgramVectorizer, config: Config
) -> NDArray[np.int32]:
    """Give the columns behind the features: bias, and own intercept or -1; shape (n_texts, 2)."""
    kinds, n_rows = config.data.own_intercepts, vectorizer.shape.n_rows
    columns = np.full(len(spool.source_names), -1, np.int32)
    own = [i for i, name in enumerate(spool.source_names) if name.partition(":")[0] in kinds]
    columns[own] = n_rows + 1 + np.arange(len(own))
    bias = np.full(len(spool.source), n_rows, np.int32)
    return np.column_stack([bias, columns[spool.source]])


def _read_shuffled(
    spool: Spool,
    shared: NDArray[np.int32],
    vectorizer: HashedNgramVectorizer,
    draw: np.random.Generator,
) -> Iterator[_Rows]:
    """Give the texts some random blocks at a time."""
    chosen = [spool.blocks[i] for i in draw.permutation(len(spool.blocks))]
    examples = spool.examples
    for start in range(0, len(chosen), _BLOCKS_AT_ONCE):
        blocks = chosen[start : start + _BLOCKS_AT_ONCE]
        places = np.concatenate([np.arange(block.start, block.stop) for block in blocks])
        yield _Rows(
            places,
            read_features(blocks, vectorizer),
            shared[places],
            examples.targets[places],
            examples.weights[places],
        )


def read_features(blocks: Sequence[Block], vectorizer: HashedNgramVectorizer) -> csr_matrix:
    """Read the features of some blocks, one after another; shape (n_texts, n_rows), float32."""
    counts = _join(blocks, vectorizer.shape.n_rows)
    kernels().weigh_rows(
        counts.indptr.astype(np.int64),
        counts.indices,
        counts.data,
        vectorizer.idf_,
        float(vectorizer.min_length),
    )
    return counts


def _join(blocks: Sequence[Block], n_rows: int) -> csr_matrix:
    """Read the counts of some blocks into one matrix, of which there is never a second copy."""
    sizes = [block.count_entries() for block in blocks]
    values = np.empty(sum(sizes), np.float32)
    columns = np.empty(sum(sizes), np.int32)
    starts = [np.zeros(1, np.int64)]
    done = 0
    for block, size in zip(blocks, sizes, strict=True):
        counts = block.counts(n_rows)
        values[done : done + size] = counts.data
        columns[done : done + size] = counts.indices
        starts.append(counts.indptr[1:].astype(np.int64) + done)
        done += size
    pointers = np.concatenate(starts)
    if done < np.iinfo(np.int32).max:
        pointers = pointers.astype(np.int32)  # else scipy would widen the columns too
    return csr_matrix((values, columns, pointers), (len(pointers) - 1, n_rows), copy=False)


def decide_out_of_fold(
    spool: Spool,
    folds: NDArray[np.int64],
    fitted: Sequence[_Fitted],
    vectorizer: HashedNgramVectorizer,
    config: Config,
) -> NDArray[np.float64]:
    """Decide every text by the model that saw no text of its fold, with the rule of windows.

    Returns
    -------
    ndarray of shape (n_texts, n_heads), float64
        Uncalibrated decisions.
    """
    heads = spool.examples.heads
    decisions = np.empty((len(folds), len(heads)))
    n_jobs = config.learning.n_jobs
    parts = [spool.blocks[i::n_jobs] for i in range(n_jobs)]
    own = [assemble(heads, vectorizer, each, None, config) for each in fitted]
    tasks = [
        (part, fold, [np.flatnonzero(folds[b.start : b.stop] == fold) for b in part])
        for fold in range(int(folds.max()) + 1)
        for part in parts
    ]
    found = Parallel(n_jobs=n_jobs)(
        delayed(_decide)(part, rows, own[fold]) for part, fold, rows in tasks
    )
    for (part, _, rows), decided in zip(tasks, found, strict=True):
        for block, chosen, values in zip(part, rows, decided, strict=True):
            decisions[block.start + chosen] = values
    return decisions


def _decide(
    blocks: Sequence[Block], rows: Sequence[NDArray[np.int64]], heads: LinearHeads
) -> list[NDArray[np.float64]]:
    """Decide some texts of each block."""
    decided = []
    for block, chosen in zip(blocks, rows, strict=True):
        canonical = block.canonical() if len(chosen) else []
        decided.append(heads.decisions([canonical[i] for i in chosen.tolist()])[0])
    return decided
