"""Map canonical texts to hashed n-gram features, as a scikit-learn transformer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from adclassifier.features.tokens import FeatureShape, Tokens


class HashedNgramVectorizer(ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator):
    """Weigh hashed n-grams by idf, and divide by the length of the text.

    Parameters
    ----------
    max_words, min_chars, max_chars, n_bits, min_length, border_chars : int
        See `FeatureShape`.
    idf_shift : float, default=1.0
        Taken off ln((1 + n) / (1 + df)): n-grams in more than e^-shift of the texts say nothing.
    cue_groups : tuple of str, default=()
        Groups of the package's lexicon that are features, with all their pairs.
    cue_weight, pair_weight : float, default=0.0
        See `FeatureShape`.

    Attributes
    ----------
    idf_ : ndarray of shape (n_rows,), float64
        Rounded to half precision, as it is stored: what is trained is what serves.

    Examples
    --------
    >>> vectorizer = HashedNgramVectorizer(n_bits=10, idf_shift=0.0)
    >>> features = vectorizer.fit_transform(["kem trộn trắng da", "áo thun trắng"])
    >>> features.shape
    (2, 1024)
    """

    def __init__(
        self,
        max_words: int = 2,
        min_chars: int = 2,
        max_chars: int = 5,
        n_bits: int = 18,
        idf_shift: float = 1.0,
        min_length: int = 0,
        border_chars: int = 0,
        cue_groups: tuple[str, ...] = (),
        cue_weight: float = 0.0,
        pair_weight: float = 0.0,
    ) -> None:
        self.max_words = max_words
        self.min_chars = min_chars
        self.max_chars = max_chars
        self.n_bits = n_bits
        self.idf_shift = idf_shift
        self.min_length = min_length
        self.border_chars = border_chars
        self.cue_groups = cue_groups
        self.cue_weight = cue_weight
        self.pair_weight = pair_weight

    @property
    def shape(self) -> FeatureShape:
        """The parameters that decide what the features are."""
        return FeatureShape(
            max_words=self.max_words,
            min_chars=self.min_chars,
            max_chars=self.max_chars,
            n_bits=self.n_bits,
            min_length=self.min_length,
            border_chars=self.border_chars,
            cue_groups=self.cue_groups,
            cue_weight=self.cue_weight,
            pair_weight=self.pair_weight,
        )

    @property
    def _n_features_out(self) -> int:
        """Number of features, which scikit-learn names after the class and numbers."""
        return len(self.idf_)

    def fit(self, texts: Iterable[str], y: object = None) -> Self:
        """Learn in how many texts each n-gram stands."""
        return self._learn_idf(self._count(_checked(texts)))

    def fit_transform(self, texts: Iterable[str], y: object = None, **_: Any) -> csr_matrix:
        """Fit, then transform the same texts, reading them once."""
        counts = self._count(_checked(texts))
        return self._learn_idf(counts)._weigh(counts)

    def transform(self, texts: Iterable[str]) -> csr_matrix:
        """Give the features of canonical texts.

        Parameters
        ----------
        texts : iterable of str
            Canonical texts (`adclassifier.text.normalize.normalize`).

        Returns
        -------
        csr_matrix of shape (n_texts, n_rows), float64
        """
        check_is_fitted(self, "idf_")
        return self._weigh(self._count(_checked(texts)))

    def _learn_idf(self, counts: csr_matrix) -> Self:
        frequency = np.bincount(counts.indices, minlength=counts.shape[1])
        idf = np.log((1 + counts.shape[0]) / (1 + frequency)) - self.idf_shift
        self.idf_ = np.maximum(idf, 0.0).astype(np.float16).astype(np.float64)
        return self

    def _count(self, texts: Sequence[str]) -> csr_matrix:
        """Sum the weights of each feature; shape (n_texts, n_rows)."""
        shape = self.shape
        rows: list[NDArray[np.int32]] = []
        values: list[NDArray[np.float64]] = []
        starts = np.zeros(len(texts) + 1, np.int64)
        for i, text in enumerate(texts):
            found, weights, _ = Tokens.of(text, shape.cue_groups).occurrences(shape)
            unique, inverse = np.unique(found, return_inverse=True)
            rows.append(unique.astype(np.int32))
            values.append(np.bincount(inverse, weights).astype(np.float64, copy=False))
            starts[i + 1] = starts[i] + len(unique)
        empty = np.empty(0)
        return csr_matrix(
            (
                np.concatenate([*values, empty]),
                np.concatenate([*rows, empty.astype(np.int32)]),
                starts.astype(np.int32),
            ),
            shape=(len(texts), shape.n_rows),
        )

    def _weigh(self, counts: csr_matrix) -> csr_matrix:
        idf = self.idf_[counts.indices]
        squares = csr_matrix((counts.data * idf**2, counts.indices, counts.indptr), counts.shape)
        lengths = np.sqrt(np.asarray(squares.sum(axis=1)).ravel())
        lengths = np.maximum(lengths, self.min_length)
        lengths[lengths == 0.0] = 1.0
        data = counts.data * idf / np.repeat(lengths, np.diff(counts.indptr))
        weighed = csr_matrix((data, counts.indices, counts.indptr), counts.shape)
        weighed.eliminate_zeros()
        return weighed


def _checked(texts: Iterable[str]) -> list[str]:
    if isinstance(texts, str):
        raise ValueError("expected an iterable of texts, got one string; pass [text]")
    listed = list(texts)
    for i, text in enumerate(listed):
        if not isinstance(text, str):
            raise TypeError(f"text {i}: expected str, got {type(text).__name__}")
    return listed
