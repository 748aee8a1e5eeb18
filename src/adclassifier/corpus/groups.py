"""Keep variants of one text together: groups, and splits that respect them."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
from datasketch import MinHash, MinHashLSH
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from sklearn.model_selection import StratifiedGroupKFold

from adclassifier.errors import LabelCountError
from adclassifier.text.normalize import normalize, strip_accents

#: 42 bands of 3: a pair at Jaccard 0.5 is missed with probability (1 - 0.5^3)^42 = 0.4 %, at 0.6
#: with 0.004 %; all 459 pairs that exact search finds in 12,130 texts are of one group each.
BANDS, BAND_ROWS = 42, 3
#: Jaccard similarity of near-duplicates.
SIMILAR = 0.5
_SYLLABLE = re.compile(r"[^\W_]+")
_TOKEN = re.compile(r"⟨\w+⟩")


def syllable_pairs(text: str) -> frozenset[bytes]:
    """Give the neighbouring pairs of accent-stripped syllables of a text.

    Contact tokens are left out. Pairs, not single syllables: whole articles on one subject share
    half of their syllables without sharing a sentence (a third of the pairs of unrelated medical
    texts of 4,000 characters reach Jaccard 0.5, none by pairs), and pairs still bear a changed
    word in a caption of ten.

    Examples
    --------
    >>> sorted(syllable_pairs("Kem trị NÁM"))
    [b'kem tri', b'tri nam']
    """
    return canonical_pairs(normalize(text).text)


def canonical_pairs(canonical: str) -> frozenset[bytes]:
    """Give the `syllable_pairs` of a text that is canonical already."""
    syllables = _SYLLABLE.findall(_TOKEN.sub(" ", strip_accents(canonical)))
    pairs = [f"{first} {second}" for first, second in pairwise(syllables)] or syllables
    return frozenset(pair.encode() for pair in pairs)


def assign_groups(
    texts: Sequence[str],
    *,
    declared: Sequence[str] | None = None,
    threshold: float = SIMILAR,
    random_state: int = 1,
) -> NDArray[np.int64]:
    """Give each text the number of its group of near-duplicates.

    Two texts are near-duplicates when the Jaccard similarity of their syllable pairs reaches the
    threshold; MinHash proposes, the exact figure decides, and near-duplicates of near-duplicates
    are of one group.

    Parameters
    ----------
    texts : sequence of str
        As written; they are normalised here.
    declared : sequence of str or None
        Groups that the data states (`Record.group`): equal names that are not empty join as well.
    threshold : float in (0, 1]
        Jaccard similarity of near-duplicates.
    random_state : int
        Of the MinHash permutations.

    Returns
    -------
    ndarray of shape (n_texts,), int64
        Numbers count from 0 in order of each group's first text.

    Examples
    --------
    >>> assign_groups([
    ...     "Kem trị nám tàn nhang, 350k, freeship toàn quốc",
    ...     "Bán chung cư 2 phòng ngủ",
    ...     "KEM TRỊ NÁM tàn nhang 290k freeship toàn quốc"])
    array([0, 1, 0])
    """
    shingles = [syllable_pairs(text) for text in texts]
    edges = list(_near_duplicates(shingles, threshold, random_state))
    first: dict[str, int] = {}
    for index, name in enumerate(declared or ()):
        if name:
            edges.append((first.setdefault(name, index), index))
    rows, columns = np.array(edges, dtype=np.int64).reshape(-1, 2).T
    graph = coo_array((np.ones(len(rows), dtype=bool), (rows, columns)), shape=(len(texts),) * 2)
    labels = connected_components(graph, directed=False)[1]
    _, firsts, inverse = np.unique(labels, return_index=True, return_inverse=True)
    return np.argsort(np.argsort(firsts))[inverse].astype(np.int64)


def _near_duplicates(
    shingles: Sequence[frozenset[bytes]], threshold: float, random_state: int
) -> Iterator[tuple[int, int]]:
    """Give pairs of near-duplicates, enough to connect every group; empty texts have none."""
    first: dict[frozenset[bytes], int] = {}
    for index, members in enumerate(shingles):
        if members and first.setdefault(members, index) != index:
            yield first[members], index
    distinct = list(first.values())
    hashes = MinHash.generator(
        (shingles[index] for index in distinct),
        num_perm=BANDS * BAND_ROWS,
        seed=random_state,
        hashfunc=zlib.crc32,
    )
    index_ = MinHashLSH(num_perm=BANDS * BAND_ROWS, params=(BANDS, BAND_ROWS))
    for index, minhash in zip(distinct, hashes, strict=True):
        own = shingles[index]
        for other in sorted(index_.query(minhash)):
            common = len(own & shingles[other])
            if common >= threshold * (len(own) + len(shingles[other]) - common):
                yield other, index
        index_.insert(index, minhash)


def group_folds(
    groups: ArrayLike, y: ArrayLike, *, n_splits: int = 5, random_state: int = 0
) -> NDArray[np.int64]:
    """Deal texts into folds, whole groups at a time and with about the same share of positives.

    Parameters
    ----------
    groups : array-like of shape (n_texts,), int
        As `assign_groups` gives them.
    y : array-like of shape (n_texts,), bool or int
        What is stratified on: whether the text is violating.
    n_splits : int
        Number of folds.
    random_state : int
        Of the shuffling.

    Returns
    -------
    ndarray of shape (n_texts,), int64
        Fold of each text, in 0 … n_splits - 1.

    Examples
    --------
    >>> folds = group_folds([0, 0, 1, 2, 3, 3], [1, 1, 0, 1, 0, 0], n_splits=2)
    >>> bool(folds[0] == folds[1]), bool(folds[4] == folds[5])
    (True, True)
    """
    groups, y = np.asarray(groups), np.asarray(y)
    folds = np.zeros(len(groups), dtype=np.int64)
    splitter = StratifiedGroupKFold(n_splits, shuffle=True, random_state=random_state)
    for fold, (_, test) in enumerate(splitter.split(groups, y, groups)):
        folds[test] = fold
    return folds


def require_groups(groups: ArrayLike, y: ArrayLike, *, n_splits: int) -> None:
    """Refuse texts of too few groups to put some of either kind into every fold.

    Parameters
    ----------
    groups, y
        As in `group_folds`.
    n_splits : int
        Number of folds.

    Raises
    ------
    LabelCountError
        If fewer than `n_splits` groups hold a text with a label, or a text without one.

    Examples
    --------
    >>> require_groups([0, 1, 1, 2], [1, 1, 0, 0], n_splits=2)
    """
    groups, y = np.asarray(groups), np.asarray(y, dtype=bool)
    labelled, lawful = (len(np.unique(groups[side])) for side in (y, ~y))
    if min(labelled, lawful) < n_splits:
        raise LabelCountError(
            "records",
            f"{labelled} groups of near-duplicates with a label and {lawful} without",
            f"expected at least {n_splits} of each, as many as folds (learning.n_folds)",
        )


def split_by_group(
    groups: ArrayLike, y: ArrayLike, *, test_share: float = 0.2, random_state: int = 0
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Split texts into a training and a test part that share no group.

    Parameters
    ----------
    groups, y
        As in `group_folds`.
    test_share : float in (0, 0.5]
        Share of the test part, met as nearly as one of a whole number of folds can.
    random_state : int
        Of the shuffling.

    Returns
    -------
    train, test : ndarray of int64
        Indices, rising.
    """
    folds = group_folds(groups, y, n_splits=round(1 / test_share), random_state=random_state)
    return np.flatnonzero(folds != 0), np.flatnonzero(folds == 0)
