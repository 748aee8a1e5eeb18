"""scikit-learn's face for data scientists: texts in, labels out, on any labels of one's own."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Self

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_matrix, hstack
from scipy.special import expit
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.linear_model import LogisticRegression
from sklearn.utils.class_weight import compute_sample_weight
from sklearn.utils.validation import _check_sample_weight, check_is_fitted

from adclassifier.features import HashedNgramVectorizer
from adclassifier.features.manner import manners
from adclassifier.text.normalize import normalize
from adclassifier.training.learning import fit_linear
from adclassifier.training.targets import list_texts, read_targets


class TextEstimator(ClassifierMixin, BaseEstimator):
    """Learn any labels from texts: canonical text, hashed n-grams, one linear model a label.

    The n-grams and the learner of `adclassifier.train`, without what is particular to adverts:
    cues, windows, sub-codes, thresholds, provisions. For benchmarks, pipelines and searches.

    Parameters
    ----------
    max_words, min_chars, max_chars, border_chars, n_bits, idf_shift
        See `HashedNgramVectorizer`.
    C : float, default=4.0
        Inverse of the strength of regularisation.
    class_weight : "balanced" or None, default="balanced"
        Whether the rarer side of each label counts more. Signs of most labels are rare, and decided
        at one half they would hardly ever be found (macro-F1 of ViSpam's four classes: 0.72
        balanced, 0.63 not). None if probabilities should be those of the sample.
    normalize : bool, default=True
        Whether texts are written canonically first; False for texts that already are.
    typed : bool, default=False
        Whether n-grams are also taken of texts as they were typed, in lower case: where careless
        writing says something, the canonical text has lost it.
    manner : float, default=0.0
        Weight of how a text is written: length, repetition, signs, capitals. 0 leaves it out.
    solver : {"liblinear", "lbfgs"}, default="liblinear"
        "liblinear" learns as `adclassifier.train` does; "lbfgs" is several times faster where ``C``
        is large, and does not regularise the intercept.
    n_jobs : int or None, default=None
        Processes for the labels; the result is the same for any number.
    random_state : int, default=0
        Order in which the learner visits texts.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        Single-label: the values of ``y``, sorted. Multi-label: names of the columns, 0, 1, … where
        they have none.
    vectorizer_ : HashedNgramVectorizer
    typed_vectorizer_ : HashedNgramVectorizer or None
        None unless ``typed``.
    coef_ : ndarray of shape (n_rows, n_features), float64
        ``2 ** n_bits`` columns, as many again if ``typed``, and those of the manner, if any.
    intercept_ : ndarray of shape (n_rows,), float64
        One row a class; one in all, for the second, where there are two and one label a text.
    multilabel_ : bool
        Whether a text may have several labels, or none.

    Examples
    --------
    >>> texts = ["trị nám dứt điểm", "áo thun cotton", "nám da cam kết hết", "quần tây nam"]
    >>> estimator = TextEstimator(n_bits=12, idf_shift=0.0)
    >>> estimator.fit(texts, ["cream", "clothes", "cream", "clothes"]).predict(["trị nám da"])
    array(['cream'], dtype='<U7')
    >>> estimator.fit(texts, [("cosmetics",), (), ("cosmetics",), ()]).predict(["trị nám da"])
    array([[1]])
    """

    def __init__(
        self,
        *,
        max_words: int = 3,
        min_chars: int = 2,
        max_chars: int = 5,
        border_chars: int = 0,
        n_bits: int = 18,
        idf_shift: float = 1.0,
        C: float = 4.0,  # noqa: N803  scikit-learn's name
        class_weight: str | None = "balanced",
        normalize: bool = True,
        typed: bool = False,
        manner: float = 0.0,
        solver: str = "liblinear",
        n_jobs: int | None = None,
        random_state: int = 0,
    ) -> None:
        self.max_words = max_words
        self.min_chars = min_chars
        self.max_chars = max_chars
        self.border_chars = border_chars
        self.n_bits = n_bits
        self.idf_shift = idf_shift
        self.C = C
        self.class_weight = class_weight
        self.normalize = normalize
        self.typed = typed
        self.manner = manner
        self.solver = solver
        self.n_jobs = n_jobs
        self.random_state = random_state

    def fit(self, texts: Iterable[str], y: Any, sample_weight: ArrayLike | None = None) -> Self:
        """Learn.

        Parameters
        ----------
        texts : iterable of str
            A list, an array, a `pandas.Series`, a frame of one column; not a single string.
        y : array-like of shape (n_texts,) or (n_texts, n_classes), or sequence of label tuples
            One value a text; or an indicator matrix, array, sparse or frame; or the labels of each
            text as a list, tuple or set of names.
        sample_weight : array-like of shape (n_texts,), optional
            How much each text counts.

        Returns
        -------
        TextEstimator
            Itself.

        Raises
        ------
        ValueError
            If there are no texts, ``y`` has another length or none of the shapes above, or there
            is only one class.
        TypeError
            If a text is no string.
        """
        listed = list_texts(texts)
        if not listed:
            raise ValueError("expected at least one text to learn from, got an empty list")
        self.classes_, indicator, self.multilabel_ = read_targets(y)
        if len(indicator) != len(listed):
            raise ValueError(f"expected one target a text: {len(listed)}, got {len(indicator)}")
        features = self._learn_features(listed)
        weights = _check_sample_weight(sample_weight, listed, ensure_non_negative=True)
        fitted = Parallel(n_jobs=self.n_jobs)(
            delayed(self._fit_head)(features, column, self._balance(weights, column))
            for column in indicator.T
        )
        self.coef_ = np.vstack([coefficients for coefficients, _ in fitted]).astype(np.float64)
        self.intercept_ = np.array([intercept for _, intercept in fitted])
        return self

    def decision_function(self, texts: Iterable[str]) -> NDArray[np.float64]:
        """Give the log-odds of each class.

        Returns
        -------
        ndarray of shape (n_texts, n_classes), float64
            Of shape (n_texts,), for the second class, where there are two and one label a text.
        """
        decisions = self._decisions(texts)
        return decisions[:, 0] if self._is_binary() else decisions

    def predict_proba(self, texts: Iterable[str]) -> NDArray[np.float64]:
        """Give probabilities.

        Returns
        -------
        ndarray of shape (n_texts, n_classes), in [0, 1]
            Rows sum to 1 unless a text may have several labels.
        """
        probabilities: NDArray[np.float64] = expit(self._decisions(texts))
        if self.multilabel_:
            return probabilities
        if self._is_binary():
            return np.hstack([1.0 - probabilities, probabilities])
        shares: NDArray[np.float64] = probabilities / probabilities.sum(axis=1, keepdims=True)
        return shares

    def predict(self, texts: Iterable[str]) -> NDArray[Any]:
        """Decide.

        Returns
        -------
        ndarray of shape (n_texts,) or (n_texts, n_classes)
            The likeliest class; or an indicator matrix where a text may have several labels.
        """
        decisions = self._decisions(texts)
        if self.multilabel_:
            return (decisions >= 0.0).astype(np.int64)
        chosen = (
            (decisions[:, 0] >= 0.0).astype(np.int64)
            if self._is_binary()
            else decisions.argmax(axis=1)
        )
        return np.asarray(self.classes_[chosen])

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "coef_")

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.two_d_array = False
        tags.classifier_tags.multi_label = True
        return tags

    def _is_binary(self) -> bool:
        return not self.multilabel_ and len(self.classes_) == 2

    def _canonical(self, texts: list[str]) -> list[str]:
        return [normalize(text).text for text in texts] if self.normalize else texts

    def _decisions(self, texts: Iterable[str]) -> NDArray[np.float64]:
        """Decide every row of ``coef_``; shape (n_texts, n_rows)."""
        check_is_fitted(self)
        listed = list_texts(texts)
        parts = [self.vectorizer_.transform(self._canonical(listed))]
        if self.typed_vectorizer_ is not None:
            parts.append(self.typed_vectorizer_.transform([text.lower() for text in listed]))
        features = self._join(parts, listed)
        return np.asarray(features @ self.coef_.T + self.intercept_)

    def _learn_features(self, listed: list[str]) -> csr_matrix:
        """Learn the weights of n-grams, and give the features of the same texts."""
        self.vectorizer_ = self._build_vectorizer()
        self.typed_vectorizer_ = self._build_vectorizer() if self.typed else None
        parts = [self.vectorizer_.fit_transform(self._canonical(listed))]
        if self.typed_vectorizer_ is not None:
            parts.append(self.typed_vectorizer_.fit_transform([text.lower() for text in listed]))
        return self._join(parts, listed)

    def _build_vectorizer(self) -> HashedNgramVectorizer:
        return HashedNgramVectorizer(
            max_words=self.max_words,
            min_chars=self.min_chars,
            max_chars=self.max_chars,
            border_chars=self.border_chars,
            n_bits=self.n_bits,
            idf_shift=self.idf_shift,
        )

    def _join(self, parts: list[csr_matrix], listed: list[str]) -> csr_matrix:
        """Put the n-grams of each spelling side by side, and the manner behind them."""
        if self.manner:
            parts = [*parts, manners(listed, self.manner)]
        return parts[0] if len(parts) == 1 else hstack(parts, format="csr")

    def _balance(
        self, weights: NDArray[np.float64], target: NDArray[np.bool_]
    ) -> NDArray[np.float64]:
        return np.asarray(weights * compute_sample_weight(self.class_weight, target))

    def _fit_head(
        self,
        features: csr_matrix,
        target: NDArray[np.bool_],
        weights: NDArray[np.float64],
    ) -> tuple[NDArray[np.float16], float]:
        """Fit one label against the rest; a label that all or no texts carry learns its share."""
        n_positive = int(target.sum())
        if n_positive in (0, len(target)):
            share = float(np.log((n_positive + 0.5) / (len(target) - n_positive + 0.5)))
            return np.zeros(features.shape[1], np.float16), share
        if self.solver == "lbfgs":
            model = LogisticRegression(C=self.C, max_iter=300, tol=1e-3)
            model.fit(features, target, sample_weight=weights)
            return model.coef_[0].astype(np.float16), float(model.intercept_[0])
        return fit_linear(features, target, weights, self.C, self.random_state)
