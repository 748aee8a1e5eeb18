"""Choose, of the texts on disk, those that the small parts of a model are made from."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, vstack

from adclassifier.classifier.heads import join_words
from adclassifier.config import Config
from adclassifier.features import HashedNgramVectorizer
from adclassifier.training.examples import Examples
from adclassifier.training.streaming.learning import read_features
from adclassifier.training.streaming.spool import Spool

# Texts that a label's sub-codes are learnt from; those of a sub-code with no more than so many
# texts are all among them.
_MOST_OF_A_LABEL, _RARE = 4000, 200
# Real and authored texts with marked evidence: the authored are what `fit_evidence` takes at most,
# and of the real the whole of our own corpus.
_MOST_MARKED_REAL, _MOST_MARKED_AUTHORED = 4000, 1500
# Texts of a part, real or authored, that the card's figures are counted on.
_MOST_JUDGED = 20_000


def draw_judged(spool: Spool, draw: np.random.Generator) -> NDArray[np.int64]:
    """Choose the texts that the card's figures are counted on."""
    real = spool.examples.real
    return np.sort(np.concatenate([_draw(part, _MOST_JUDGED, draw) for part in (real, ~real)]))


def draw_marked(spool: Spool, draw: np.random.Generator) -> NDArray[np.int64]:
    """Choose the texts that the evidence head learns from."""
    real = spool.examples.real
    return np.sort(
        np.concatenate(
            [
                _draw(spool.marked & real, _MOST_MARKED_REAL, draw),
                _draw(spool.marked & ~real, _MOST_MARKED_AUTHORED, draw),
            ]
        )
    )


def draw_coded(spool: Spool, draw: np.random.Generator) -> NDArray[np.int64]:
    """Choose the texts that the heads of the sub-codes learn from."""
    examples, names = spool.examples, spool.subcode_names
    chosen = np.zeros(len(examples.groups), bool)
    for code in sorted({code for name in names for code in name}):
        own = np.array([code in name for name in names])[spool.subcodes]
        if own.sum() <= _RARE:
            chosen |= own
    for column in range(len(examples.labels)):
        chosen[_draw(examples.targets[:, column], _MOST_OF_A_LABEL, draw)] = True
    return np.flatnonzero(chosen)


def _draw(among: NDArray[np.bool_], most: int, draw: np.random.Generator) -> NDArray[np.int64]:
    """Draw so many of the marked texts, or take all."""
    return draw.permutation(np.flatnonzero(among))[:most]


def read_examples(spool: Spool, rows: NDArray[np.int64], config: Config) -> Examples:
    """Read some texts, rising, with their records."""
    records, canonical = [], []
    for block in spool.blocks:
        own = rows[(rows >= block.start) & (rows < block.stop)] - block.start
        if len(own):
            texts, all_records = block.canonical(), block.records()
            canonical += [texts[i] for i in own]
            records += [all_records[i] for i in own]
    every = spool.examples
    return Examples(
        records=tuple(records),
        labels=every.labels,
        canonical=canonical,
        tokens=[join_words(text, config.features.segmenter) for text in canonical],
        groups=every.groups[rows],
        targets=every.targets[rows],
        weights=every.weights[rows],
        open=every.open[rows],
        real=every.real[rows],
    )


def read_rows(
    spool: Spool, rows: NDArray[np.int64], vectorizer: HashedNgramVectorizer
) -> csr_matrix:
    """Read the features of some texts, rising; shape (n_rows, n_features), float64."""
    parts = [csr_matrix((0, vectorizer.shape.n_rows))]
    for block in spool.blocks:
        own = rows[(rows >= block.start) & (rows < block.stop)] - block.start
        if len(own):
            parts.append(read_features([block], vectorizer)[own])
    features = vstack(parts, format="csr").astype(np.float64)
    features.eliminate_zeros()
    return features
