"""Our list of estimator checks: scikit-learn's own runs a single one on estimators of texts."""

import dataclasses
import pickle
from collections.abc import Callable, Iterable
from typing import Any

import joblib
import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_matrix
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline

from adclassifier.features import FeatureShape, HashedNgramVectorizer

TEXTS = ["kem trộn trắng da", "áo thun trắng", "thuốc đặc trị", "bán nhà mặt phố"] * 3


@pytest.fixture(scope="module")
def vectorizer() -> HashedNgramVectorizer:
    return HashedNgramVectorizer(n_bits=10).fit(TEXTS)


def same(one: csr_matrix, other: csr_matrix) -> bool:
    return one.shape == other.shape and (one != other).nnz == 0


def test_clone_keeps_the_parameters_and_forgets_the_rest(
    vectorizer: HashedNgramVectorizer,
) -> None:
    copy = clone(vectorizer)
    assert copy.get_params() == vectorizer.get_params()
    assert not hasattr(copy, "idf_")


def test_set_params_decides_what_is_fitted() -> None:
    vectorizer = HashedNgramVectorizer().set_params(n_bits=9, max_words=1)
    assert vectorizer.fit_transform(TEXTS).shape == (len(TEXTS), 512)


def test_set_params_refuses_unknown_names() -> None:
    with pytest.raises(ValueError, match="n_bites"):
        HashedNgramVectorizer().set_params(n_bites=9)


def test_get_params_names_every_argument() -> None:
    shape = {field.name for field in dataclasses.fields(FeatureShape)}
    names = shape | {"idf_shift"}
    assert set(HashedNgramVectorizer().get_params()) == names


def test_transform_refuses_before_fit() -> None:
    with pytest.raises(NotFittedError):
        HashedNgramVectorizer().transform(TEXTS)


def test_get_feature_names_out_refuses_before_fit() -> None:
    with pytest.raises(NotFittedError):
        HashedNgramVectorizer().get_feature_names_out()


def test_get_feature_names_out_names_every_bucket(vectorizer: HashedNgramVectorizer) -> None:
    names = vectorizer.get_feature_names_out()
    assert len(set(names)) == len(names) == 1024
    assert names[7] == "hashedngramvectorizer7"


@pytest.mark.parametrize(
    "kind",
    [
        tuple,
        iter,
        pd.Series,
        lambda texts: pd.Series(texts, index=range(5, 5 + len(texts))),
        lambda texts: pd.Series(texts, dtype="string"),
        lambda texts: np.array(texts, dtype=object),
        np.array,
        lambda texts: (text for text in texts),
        dict.fromkeys,
    ],
    ids=["tuple", "iterator", "Series", "index", "string", "object", "str_", "generator", "dict"],
)
def test_transform_takes_any_iterable(
    vectorizer: HashedNgramVectorizer, kind: Callable[[list[str]], Iterable[str]]
) -> None:
    assert same(vectorizer.transform(kind(TEXTS[:4])), vectorizer.transform(TEXTS[:4]))


def test_fit_then_transform_is_fit_transform() -> None:
    separate = HashedNgramVectorizer(n_bits=10).fit(iter(TEXTS)).transform(TEXTS)
    assert same(separate, HashedNgramVectorizer(n_bits=10).fit_transform(iter(TEXTS)))


def test_transform_of_no_texts_is_empty(vectorizer: HashedNgramVectorizer) -> None:
    assert vectorizer.transform([]).shape == (0, 1024)


def test_transform_gives_texts_without_tokens_no_features(
    vectorizer: HashedNgramVectorizer,
) -> None:
    assert vectorizer.transform(["", " \n", "..."]).nnz == 0


@pytest.mark.parametrize("method", ["fit", "transform", "fit_transform"])
def test_one_string_is_refused(vectorizer: HashedNgramVectorizer, method: str) -> None:
    with pytest.raises(ValueError, match="one string"):
        getattr(vectorizer, method)("kem trộn")


@pytest.mark.parametrize("odd", [None, float("nan"), 7, b"kem", ["kem"]])
def test_what_is_no_text_is_refused(vectorizer: HashedNgramVectorizer, odd: object) -> None:
    with pytest.raises(TypeError, match="text 1"):
        vectorizer.transform(["kem", odd])


def test_transform_does_not_depend_on_the_other_texts(vectorizer: HashedNgramVectorizer) -> None:
    together = vectorizer.transform(TEXTS)
    for i, text in enumerate(TEXTS[:4]):
        assert same(together[i], vectorizer.transform([text]))


def test_transform_does_not_change_the_fitted(vectorizer: HashedNgramVectorizer) -> None:
    before = vectorizer.idf_.copy()
    vectorizer.transform(["hoàn toàn khác"])
    assert (vectorizer.idf_ == before).all()


def test_fit_twice_forgets_the_first() -> None:
    vectorizer = HashedNgramVectorizer(n_bits=10).fit(["gì đó khác"])
    assert (vectorizer.fit(TEXTS).idf_ == HashedNgramVectorizer(n_bits=10).fit(TEXTS).idf_).all()


def test_pickle_keeps_the_features(vectorizer: HashedNgramVectorizer) -> None:
    copy = pickle.loads(pickle.dumps(vectorizer))  # noqa: S301 - joblib's workers do this
    assert same(copy.transform(TEXTS), vectorizer.transform(TEXTS))


def test_joblib_workers_give_the_same(vectorizer: HashedNgramVectorizer) -> None:
    parts: list[Any] = joblib.Parallel(n_jobs=2)(
        joblib.delayed(vectorizer.transform)(TEXTS[i : i + 4]) for i in range(0, 12, 4)
    )
    for i, part in enumerate(parts):
        assert same(part, vectorizer.transform(TEXTS[4 * i : 4 * i + 4]))


def test_threads_give_the_same(vectorizer: HashedNgramVectorizer) -> None:
    parts: list[Any] = joblib.Parallel(n_jobs=4, backend="threading")(
        joblib.delayed(vectorizer.transform)(TEXTS) for _ in range(16)
    )
    assert all(same(part, vectorizer.transform(TEXTS)) for part in parts)


def test_grid_search_takes_the_pipeline() -> None:
    pipeline = make_pipeline(HashedNgramVectorizer(n_bits=10), LogisticRegression())
    grid = {"hashedngramvectorizer__max_words": [1, 2]}
    search = GridSearchCV(pipeline, grid, cv=3).fit(TEXTS, [1, 0, 1, 0] * 3)
    assert search.best_score_ == 1.0


def test_idf_is_stored_in_half_precision(vectorizer: HashedNgramVectorizer) -> None:
    assert (vectorizer.idf_ == vectorizer.idf_.astype(np.float16)).all()


def test_idf_shift_silences_what_stands_everywhere() -> None:
    vectorizer = HashedNgramVectorizer(n_bits=10, idf_shift=0.0).fit(["kem"] * 4)
    assert vectorizer.transform(["kem"]).nnz == 0
