"""Map canonical texts to hashed n-gram features, as a scikit-learn transformer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, vstack
from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from adclassifier.features.codepoints import code_points, fold_table, token_classes
from adclassifier.features.cues import find_cues
from adclassifier.features.tokens import FeatureShape

# Texts that are counted in one call of the kernel.
_BLOCK = 4096


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
        return self._learn_from(self._count(_checked(texts)))

    def fit_transform(self, texts: Iterable[str], y: object = None, **_: Any) -> csr_matrix:
        """Fit, then transform the same texts, reading them once."""
        counts = self._count(_checked(texts))
        return self._learn_from(counts)._weigh(counts)

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

    def _learn_from(self, counts: csr_matrix) -> Self:
        frequency = np.bincount(counts.indices, minlength=counts.shape[1])
        return self.learn_idf(frequency, counts.shape[0])

    def learn_idf(self, frequency: NDArray[np.int64], n_texts: int) -> Self:
        """Fit from counts that were taken elsewhere.

        Parameters
        ----------
        frequency : ndarray of shape (n_rows,), int64
            In how many texts each feature stands.
        n_texts : int
        """
        idf = np.log((1 + n_texts) / (1 + frequency)) - self.idf_shift
        self.idf_ = np.maximum(idf, 0.0).astype(np.float16).astype(np.float64)
        return self

    def _count(self, texts: Sequence[str]) -> csr_matrix:
        """Sum the weights of each feature; shape (n_texts, n_rows)."""
        parts = [
            count_block(texts[start : start + _BLOCK], self.shape)
            for start in range(0, len(texts), _BLOCK)
        ]
        return vstack(parts, format="csr") if parts else csr_matrix((0, self.shape.n_rows))

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


def count_block(texts: Sequence[str], shape: FeatureShape) -> csr_matrix:
    """Sum the weights of each feature of some texts, without idf and length.

    Parameters
    ----------
    texts : sequence of str
        Canonical texts; a few thousand at most, since the result is made twice.
    shape : FeatureShape

    Returns
    -------
    csr_matrix of shape (n_texts, n_rows), float64

    Examples
    --------
    >>> count_block(["nám, nám", ""], FeatureShape(max_words=1, max_chars=0)).data.round(3)
    array([1.693, 1.693])
    """
    # here, so that importing this module compiles nothing
    from adclassifier.features.counting import count_texts

    cues = [find_cues(text, shape.cue_groups) for text in texts]
    starts, columns, values = count_texts(
        code_points("".join(texts)),
        np.cumsum([len(text) for text in texts], dtype=np.int64),
        np.concatenate(cues) if cues else np.empty((0, 3), np.int32),
        np.cumsum([len(found) for found in cues], dtype=np.int64),
        token_classes(),
        fold_table(),
        shape.as_array(),
        shape.cue_weights(),
        shape.n_rows,
    )
    return csr_matrix((values, columns, starts.astype(np.int32)), (len(texts), shape.n_rows))


def _checked(texts: Iterable[str]) -> list[str]:
    if isinstance(texts, str):
        raise ValueError("expected an iterable of texts, got one string; pass [text]")
    listed = list(texts)
    for i, text in enumerate(listed):
        if not isinstance(text, str):
            raise TypeError(f"text {i}: expected str, got {type(text).__name__}")
    return listed
