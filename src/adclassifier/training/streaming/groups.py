"""Group near-duplicates among millions of texts, and deal the groups into folds."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from adclassifier.corpus.groups import SIMILAR
from adclassifier.corpus.sketches import Sketches


def group_texts(
    sketches: Sketches, declared: NDArray[np.int32], undeclared: int, threshold: float = SIMILAR
) -> NDArray[np.int64]:
    """Give each text the number of its group, as `corpus.assign_groups` does.

    A text is compared with some texts of each band that it shares, not with all: a group of
    near-duplicates is found whole unless a band holds dozens of texts that do not resemble it.

    Parameters
    ----------
    sketches : Sketches
    declared : ndarray of shape (n_texts,), int32
        Groups that the data states; equal numbers join, but for one:
    undeclared : int
        The number of texts that none was stated for.
    threshold : float in (0, 1]

    Returns
    -------
    ndarray of shape (n_texts,), int64
        Numbers count from 0 in order of each group's first text.
    """
    # here, so that importing this module compiles nothing
    from adclassifier.training.streaming import grouping

    n_texts = len(sketches.counts)
    parents = np.arange(n_texts)
    starts = np.concatenate([[0], np.cumsum(sketches.counts)])
    for band in range(sketches.keys.shape[1]):
        keys = np.ascontiguousarray(sketches.keys[:, band])
        order = np.argsort(keys, kind="stable")
        grouping.join_band(keys, order, starts, sketches.shingles, threshold, parents)
    stated = np.flatnonzero(declared != undeclared)
    _, first, number = np.unique(declared[stated], return_index=True, return_inverse=True)
    grouping.join_pairs(stated, stated[first][number], parents)
    roots = grouping.find_roots(parents)
    return np.unique(roots, return_inverse=True)[1].astype(np.int64)


def deal_folds(
    groups: NDArray[np.int64],
    violating: NDArray[np.bool_],
    *,
    n_splits: int,
    random_state: int,
) -> NDArray[np.int64]:
    """Deal texts into folds, whole groups at a time, with about the same share of violating ones.

    The groups with a violating text are dealt first, then the others; large ones before small ones,
    which even out. `corpus.group_folds` weighs every group against every fold, which takes minutes
    for a million.

    Parameters
    ----------
    groups : ndarray of shape (n_texts,), int64
        Numbers from 0.
    violating : ndarray of shape (n_texts,), bool
    n_splits, random_state : int

    Returns
    -------
    ndarray of shape (n_texts,), int64
        In 0 … n_splits - 1.
    """
    sizes = np.bincount(groups)
    any_violating = np.bincount(groups, weights=violating) > 0
    shuffled = np.random.default_rng(random_state).permutation(len(sizes))
    order = np.lexsort((shuffled, -sizes, ~any_violating))
    # there and back again: dealing always in one direction gives the first fold the larger ones
    turn = np.concatenate([np.arange(n_splits), np.arange(n_splits)[::-1]])
    folds = np.empty(len(sizes), np.int64)
    folds[order] = np.resize(turn, len(sizes))
    return folds[groups]
