"""Our own list of checks: scikit-learn's `check_estimator` runs one on text estimators."""

from __future__ import annotations

import io
from typing import Any

import joblib
import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_matrix
from sklearn.base import BaseEstimator, TransformerMixin, clone, is_classifier
from sklearn.compose import ColumnTransformer
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV, KFold, cross_val_predict, cross_val_score
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.utils import get_tags

from adclassifier.corpus import read_corpus
from adclassifier.estimator import TextEstimator
from adclassifier.features import HashedNgramVectorizer
from adclassifier.features.manner import N_MANNERS

RECORDS = read_corpus("data/corpus/goods.jsonl")[::6]
TEXTS = [record.text for record in RECORDS]
VIOLATING = np.array([record.violating for record in RECORDS])
LABELS = [record.labels for record in RECORDS]
KINDS = np.array(
    [{"violating_ad": "ad", "lawful_ad": "ad"}.get(r.kind or "", "talk") for r in RECORDS]
)
NAMES = sorted({label for labels in LABELS for label in labels})
INDICATOR = np.array([[name in labels for name in NAMES] for labels in LABELS]).astype(int)
THREE = np.array(["flag" if v else k for v, k in zip(VIOLATING, KINDS, strict=True)])


def build(**parameters: Any) -> TextEstimator:
    return TextEstimator(n_bits=12, **parameters)


@pytest.fixture(scope="module")
def binary() -> TextEstimator:
    return build().fit(TEXTS, VIOLATING)


@pytest.fixture(scope="module")
def multiclass() -> TextEstimator:
    return build().fit(TEXTS, THREE)


@pytest.fixture(scope="module")
def multilabel() -> TextEstimator:
    return build().fit(TEXTS, LABELS)


def test_clone_keeps_parameters_and_forgets_what_was_learnt(binary: TextEstimator) -> None:
    copy = clone(binary)
    assert copy.get_params() == binary.get_params()
    assert not hasattr(copy, "coef_")


def test_init_stores_every_parameter_as_given() -> None:
    given = {
        "max_words": 2,
        "min_chars": 3,
        "max_chars": 4,
        "border_chars": 3,
        "n_bits": 10,
        "idf_shift": 0.5,
        "C": 2.0,
        "class_weight": None,
        "normalize": False,
        "typed": True,
        "manner": 0.5,
        "solver": "lbfgs",
        "n_jobs": 2,
        "random_state": 7,
    }
    assert TextEstimator(**given).get_params() == given


def test_set_params_changes_what_is_learnt() -> None:
    estimator = build().set_params(n_bits=9).fit(TEXTS, VIOLATING)
    assert estimator.coef_.shape == (1, 512)


def test_fit_adds_columns_for_the_typed_text_and_the_manner() -> None:
    fitted = build(typed=True, manner=0.3).fit(TEXTS, VIOLATING)
    assert fitted.coef_.shape == (1, 2 * 2**12 + N_MANNERS)


def test_typed_tells_apart_what_the_canonical_text_does_not() -> None:
    plain, careless = "hàng đẹp", "hànggggg đẹppppp"
    texts, y = [plain, careless] * 10, [0, 1] * 10
    blind = build(idf_shift=-1.0).fit(texts, y).decision_function([plain, careless])
    seeing = build(idf_shift=-1.0, typed=True).fit(texts, y).decision_function([plain, careless])
    assert blind[0] == blind[1]
    assert seeing[0] < 0.0 < seeing[1]


def test_manner_tells_shouting_from_speaking() -> None:
    texts, y = ["hàng đẹp lắm", "HÀNG ĐẸP LẮM"] * 10, [0, 1] * 10
    fitted = build(manner=0.5, C=100.0).fit(texts, y)
    assert fitted.predict(["áo này", "ÁO NÀY"]).tolist() == [0, 1]


@pytest.mark.parametrize("c", [0.5, 4.0])
def test_lbfgs_decides_as_liblinear_does(c: float) -> None:
    slow = build(C=c).fit(TEXTS, VIOLATING).decision_function(TEXTS)
    fast = build(C=c, solver="lbfgs").fit(TEXTS, VIOLATING).decision_function(TEXTS)
    assert np.corrcoef(slow, fast)[0, 1] > 0.99


def test_fit_leaves_parameters_and_inputs_alone() -> None:
    estimator, texts, y = build(), list(TEXTS), VIOLATING.copy()
    before = estimator.get_params()
    estimator.fit(texts, y)
    assert (estimator.get_params(), texts) == (before, TEXTS)
    np.testing.assert_array_equal(y, VIOLATING)


def test_fit_gives_itself() -> None:
    estimator = build()
    assert estimator.fit(TEXTS, VIOLATING) is estimator


def test_fit_twice_gives_the_same_numbers(binary: TextEstimator) -> None:
    np.testing.assert_array_equal(build().fit(TEXTS, VIOLATING).coef_, binary.coef_)


def test_fit_again_forgets_the_former_labels() -> None:
    estimator = build().fit(TEXTS, LABELS).fit(TEXTS, VIOLATING)
    assert estimator.predict(TEXTS[:2]).shape == (2,)


@pytest.mark.parametrize("method", ["predict", "predict_proba", "decision_function"])
def test_method_refuses_when_not_fitted(method: str) -> None:
    with pytest.raises(NotFittedError):
        getattr(build(), method)(TEXTS[:1])


@pytest.mark.parametrize(
    "kind",
    [
        tuple,
        iter,
        np.array,
        lambda texts: np.array(texts, dtype=object),
        lambda texts: np.array(texts, dtype=object)[:, None],
        pd.Series,
        lambda texts: pd.Series(texts, name="caption", index=range(5, 5 + len(texts))),
        lambda texts: pd.DataFrame({"caption": texts}),
    ],
    ids=["tuple", "iterator", "array", "objects", "column", "series", "indexed", "frame"],
)
def test_predict_proba_takes_every_kind_of_texts(binary: TextEstimator, kind: Any) -> None:
    np.testing.assert_array_equal(
        binary.predict_proba(kind(TEXTS[:4])), binary.predict_proba(TEXTS[:4])
    )


def test_fit_takes_a_series_with_a_name() -> None:
    frame = pd.DataFrame({"caption": TEXTS, "flag": VIOLATING})
    fitted = build().fit(frame["caption"], frame["flag"])
    np.testing.assert_array_equal(fitted.predict(TEXTS), fitted.predict(frame["caption"]))


@pytest.mark.parametrize(
    ("texts", "error", "message"),
    [
        ("một chuỗi", ValueError, "got one string; pass"),
        ([b"bytes"], TypeError, "text 0: expected str, got bytes"),
        (["a", None], TypeError, "text 1: expected str, got NoneType"),
        (["a", float("nan")], TypeError, "text 1: expected str, got float"),
        (pd.DataFrame({"a": ["x"], "b": ["y"]}), ValueError, r"got shape \(1, 2\)"),
    ],
    ids=["string", "bytes", "none", "nan", "wide"],
)
def test_predict_refuses_what_are_no_texts(
    binary: TextEstimator, texts: Any, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        binary.predict(texts)


def test_fit_refuses_a_single_string() -> None:
    with pytest.raises(ValueError, match="got one string"):
        build().fit("ba", [0, 1])


def test_fit_refuses_an_empty_list() -> None:
    with pytest.raises(ValueError, match="at least one text"):
        build().fit([], [])


@pytest.mark.parametrize(
    ("fitted", "method", "shape"),
    [
        ("binary", "predict", (0,)),
        ("binary", "predict_proba", (0, 2)),
        ("binary", "decision_function", (0,)),
        ("multiclass", "predict_proba", (0, 3)),
        ("multilabel", "predict", (0, len(NAMES))),
    ],
)
def test_method_gives_nothing_for_an_empty_list(
    request: pytest.FixtureRequest, fitted: str, method: str, shape: tuple[int, ...]
) -> None:
    assert getattr(request.getfixturevalue(fitted), method)([]).shape == shape


@pytest.mark.parametrize(
    ("y", "message"),
    [
        ([True, False], "expected one target a text"),
        ([1] * len(TEXTS), "at least two classes"),
        (np.linspace(0.0, 1.0, len(TEXTS)), "got continuous"),
        (np.tile([0, 1, 2], (len(TEXTS), 1)), "got multiclass-multioutput"),
    ],
    ids=["short", "one-class", "continuous", "numbers"],
)
def test_fit_refuses_targets_that_are_none(y: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        build().fit(TEXTS, y)


def test_fit_learns_binary_labels(binary: TextEstimator) -> None:
    assert binary.classes_.tolist() == [False, True]
    assert binary.score(TEXTS, VIOLATING) > 0.95


def test_fit_learns_several_classes(multiclass: TextEstimator) -> None:
    assert multiclass.classes_.tolist() == ["ad", "flag", "talk"]
    assert multiclass.score(TEXTS, THREE) > 0.95


def test_fit_learns_label_tuples(multilabel: TextEstimator) -> None:
    assert multilabel.classes_.tolist() == NAMES
    assert (multilabel.predict(TEXTS) == INDICATOR).mean() > 0.95


@pytest.mark.parametrize(
    ("kind", "classes"),
    [
        (np.asarray, list(range(len(NAMES)))),
        (csr_matrix, list(range(len(NAMES)))),
        (lambda y: pd.DataFrame(y, columns=NAMES), NAMES),
        (lambda y: y.tolist(), list(range(len(NAMES)))),
    ],
    ids=["array", "sparse", "frame", "lists"],
)
def test_fit_takes_every_kind_of_indicator(
    multilabel: TextEstimator, kind: Any, classes: list[Any]
) -> None:
    fitted = build().fit(TEXTS, kind(INDICATOR))
    assert fitted.classes_.tolist() == classes
    np.testing.assert_array_equal(fitted.coef_, multilabel.coef_)


def test_fit_takes_one_column_of_an_indicator_as_one_label() -> None:
    fitted = build().fit(TEXTS, VIOLATING[:, None])
    assert fitted.predict(TEXTS[:3]).shape == (3, 1)


@pytest.mark.parametrize(("value", "share"), [(0, 0.0), (1, 1.0)], ids=["none", "all"])
def test_predict_repeats_a_label_that_never_changes(value: int, share: float) -> None:
    y = INDICATOR.copy()
    y[:, 0] = value
    assert build().fit(TEXTS, y).predict(TEXTS)[:, 0].mean() == share


@pytest.mark.parametrize("fitted", ["binary", "multiclass", "multilabel"])
def test_predict_proba_agrees_with_predict(request: pytest.FixtureRequest, fitted: str) -> None:
    estimator = request.getfixturevalue(fitted)
    probabilities = estimator.predict_proba(TEXTS)
    assert ((probabilities >= 0.0) & (probabilities <= 1.0)).all()
    decided = (
        (probabilities >= 0.5).astype(int)
        if estimator.multilabel_
        else estimator.classes_[probabilities.argmax(axis=1)]
    )
    np.testing.assert_array_equal(decided, estimator.predict(TEXTS))


@pytest.mark.parametrize("fitted", ["binary", "multiclass"])
def test_predict_proba_sums_to_one_without_multilabel(
    request: pytest.FixtureRequest, fitted: str
) -> None:
    sums = request.getfixturevalue(fitted).predict_proba(TEXTS).sum(axis=1)
    np.testing.assert_allclose(sums, 1.0)


def test_decision_function_is_the_log_odds(binary: TextEstimator) -> None:
    probability = binary.predict_proba(TEXTS)[:, 1]
    np.testing.assert_allclose(
        binary.decision_function(TEXTS), np.log(probability / (1.0 - probability))
    )


def test_predict_judges_each_text_alone(multilabel: TextEstimator) -> None:
    together = multilabel.predict_proba(TEXTS[:6])
    alone = np.vstack([multilabel.predict_proba([text]) for text in TEXTS[:6]])
    np.testing.assert_allclose(alone, together, rtol=1e-12)


def test_predict_reads_through_spelling_tricks(binary: TextEstimator) -> None:
    text = TEXTS[int(binary.decision_function(TEXTS).argmax())]
    hidden = "\u200b".join(text.split(" ")[0]) + text.removeprefix(text.split(" ")[0])
    np.testing.assert_allclose(binary.decision_function([hidden]), binary.decision_function([text]))


def test_normalize_false_takes_texts_as_they_are() -> None:
    fitted = build(normalize=False).fit(TEXTS, VIOLATING)
    plain, trick = fitted.decision_function(["hàng giả", "h\u200bàng gi\u200bả"])
    assert plain != trick


def test_sample_weight_of_zero_leaves_a_text_out() -> None:
    weight = np.ones(len(TEXTS))
    weight[VIOLATING] = 0.0
    weight[np.flatnonzero(VIOLATING)[0]] = 1.0
    lonely = build(class_weight=None).fit(TEXTS, VIOLATING, sample_weight=weight)
    assert lonely.predict(TEXTS).mean() < 0.05


@pytest.mark.parametrize("y", [VIOLATING, THREE, INDICATOR], ids=["binary", "classes", "labels"])
@pytest.mark.parametrize("method", ["predict", "predict_proba", "decision_function"])
def test_cross_val_predict_gives_a_row_a_text(y: Any, method: str) -> None:
    folds = KFold(3, shuffle=True, random_state=0)
    given = cross_val_predict(build(normalize=False), TEXTS, y, cv=folds, method=method)
    assert len(given) == len(TEXTS)


def test_cross_val_score_beats_guessing() -> None:
    folds = KFold(3, shuffle=True, random_state=0)
    scores = cross_val_score(build(normalize=False), TEXTS, VIOLATING, cv=folds, scoring="roc_auc")
    assert scores.mean() > 0.6


def test_joblib_workers_change_no_number(multilabel: TextEstimator) -> None:
    with joblib.parallel_config(backend="loky"):
        parallel = build(n_jobs=2).fit(TEXTS, LABELS)
    np.testing.assert_array_equal(parallel.coef_, multilabel.coef_)


def test_joblib_dump_gives_the_same_predictions(multiclass: TextEstimator) -> None:
    stream = io.BytesIO()
    joblib.dump(multiclass, stream)
    stream.seek(0)
    np.testing.assert_array_equal(
        joblib.load(stream).predict_proba(TEXTS), multiclass.predict_proba(TEXTS)
    )


class FirstLine(TransformerMixin, BaseEstimator):
    """Keep the first line of each text."""

    def fit(self, texts: list[str], y: object = None) -> FirstLine:
        return self

    def transform(self, texts: list[str]) -> list[str]:
        return [text.partition("\n")[0] for text in texts]

    def __sklearn_is_fitted__(self) -> bool:
        return True


def test_pipeline_hands_texts_over() -> None:
    pipeline = Pipeline([("line", FirstLine()), ("estimator", build())]).fit(TEXTS, THREE)
    assert pipeline.predict(TEXTS[:3]).shape == (3,)


def test_grid_search_reaches_the_parameters() -> None:
    search = GridSearchCV(
        make_pipeline(FirstLine(), build()),
        {"textestimator__C": [0.1, 4.0]},
        cv=KFold(2, shuffle=True, random_state=0),
        scoring="roc_auc",
    ).fit(TEXTS, VIOLATING)
    assert search.best_params_["textestimator__C"] in (0.1, 4.0)


def test_tags_say_classifier_of_strings(binary: TextEstimator) -> None:
    tags = get_tags(binary)
    assert is_classifier(binary)
    assert (tags.input_tags.string, tags.input_tags.two_d_array) == (True, False)
    assert tags.classifier_tags.multi_label


def test_repr_names_only_what_was_changed() -> None:
    assert repr(TextEstimator(C=2.0)) == "TextEstimator(C=2.0)"


def test_vectorizer_names_its_features_in_a_column_transformer() -> None:
    frame = pd.DataFrame({"caption": TEXTS[:20], "price": range(20)})
    transformer = ColumnTransformer(
        [("text", HashedNgramVectorizer(n_bits=9), "caption"), ("rest", "passthrough", ["price"])]
    )
    features = transformer.fit_transform(frame)
    names = transformer.get_feature_names_out()
    assert len(names) == len(set(names)) == features.shape[1] == 513
