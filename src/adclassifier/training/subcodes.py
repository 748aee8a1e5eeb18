"""Fit the heads that tell a label's sub-codes apart, on the texts that carry the label."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from adclassifier.classifier import SubcodeHeads
from adclassifier.config import Config
from adclassifier.taxonomy import load_taxonomy
from adclassifier.training.examples import Examples
from adclassifier.training.learning import fit_linear

# Log-odds of a sub-code that no text of its label carries, or that every one does.
_CERTAIN = 10.0
_NO_BUCKETS, _NO_WEIGHTS = np.empty(0, np.int32), np.empty(0, np.float16)


def fit_subcodes(examples: Examples, features: csr_matrix, config: Config) -> SubcodeHeads:
    """Fit one sparse head a sub-code; none for labels whose texts name no sub-code.

    Authored texts count in full: they are what there is for most sub-codes.

    Parameters
    ----------
    examples : Examples
    features : csr_matrix of shape (n_texts, n_rows)
    config : Config
        ``learning.subcode_entries`` of the largest weights are kept.
    """
    taxonomy = load_taxonomy()
    named = {code.partition(".")[0] for record in examples.records for code in record.subcodes}
    codes = [
        subcode.code
        for label in examples.labels
        if label in named
        for subcode in taxonomy.subcodes_of(label)
    ]
    heads = [_fit(code, examples, features, config) for code in codes]
    counts = [len(buckets) for buckets, _, _ in heads]
    return SubcodeHeads(
        codes=tuple(codes),
        starts=np.concatenate([[0], np.cumsum(counts)]).astype(np.int32),
        buckets=np.concatenate([_NO_BUCKETS, *(buckets for buckets, _, _ in heads)]),
        weights=np.concatenate([_NO_WEIGHTS, *(weights for _, weights, _ in heads)]),
        bias=np.array([bias for _, _, bias in heads]),
    )


def _fit(
    code: str, examples: Examples, features: csr_matrix, config: Config
) -> tuple[NDArray[np.int32], NDArray[np.float16], float]:
    """Fit one sub-code: its rows of features, sorted, their weights, and its bias."""
    label = code.partition(".")[0]
    rows = np.flatnonzero(examples.targets[:, examples.column(label)])
    target = np.array([code in examples.records[i].subcodes for i in rows], dtype=bool)
    if not target.any() or target.all():
        bias = _CERTAIN if len(target) and target.all() else -_CERTAIN
        return _NO_BUCKETS, _NO_WEIGHTS, bias
    learning = config.learning
    weights, bias = fit_linear(
        features[rows], target, np.ones(len(rows)), learning.subcode_c, learning.random_state
    )
    # stable: buckets of equal weight are kept in their order, on every machine
    strongest = np.argsort(-np.abs(weights), kind="stable")[: learning.subcode_entries]
    buckets = np.sort(strongest[weights[strongest] != 0]).astype(np.int32)
    return buckets, weights[buckets], bias
