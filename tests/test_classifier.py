"""What `AdClassifier` promises for every text, the hostile ones too."""

import dataclasses
import datetime as dt
import json
import unicodedata
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic_core import to_json

from adclassifier.classifier import AdClassifier, Prediction
from adclassifier.classifier.heads import sigmoid
from adclassifier.errors import InputError, InvalidTextError
from adclassifier.explain import widen_to_graphemes


def read_naughty() -> list[str]:
    """The table of hostile texts beside the tests."""
    table = Path(__file__).with_name("naughty_strings.txt").read_text("utf-8")
    lines = [line.split("\t") for line in table.split("\n") if line and not line.startswith("#")]
    return [json.loads(text) * int(*(times or ["1"])) for text, *times in lines]


NAUGHTY = read_naughty()
TEXTS = [
    "Kem trộn trắng da cấp tốc 7 ngày, ib 0912345678",
    "Nhận làm bằng lái xe, không cần thi, bao đậu",
    "Thuốc đặc trị tiểu đường khỏi hẳn, liên hệ bác sĩ Nam",
    "Cảnh báo thủ đoạn bán thuốc giả qua mạng",
    "Hôm nay trời đẹp quá",
]
ALPHABET = "aăâđeêioôơuưáàạệ bcghklmnptvx 019.!?\n⟨⟩_%🔥💊\0\u0301\u200b\u200d\u202e\ud800́ĐẠK@/:"
ANY_TEXT = st.one_of(
    st.text(st.sampled_from(ALPHABET), max_size=200),
    st.lists(st.sampled_from([*TEXTS, *NAUGHTY[:40]]), max_size=5).map(" ".join),
)


@pytest.fixture(scope="module")
def eager(classifier: AdClassifier) -> AdClassifier:
    """The same, but everything that is readable is flagged."""
    return dataclasses.replace(classifier, thresholds=dict.fromkeys(classifier.thresholds, 0.0))


def check_prediction(prediction: Prediction, text: str) -> None:
    given_probabilities = [
        prediction.p_violating,
        prediction.p_offer,
        *prediction.probabilities.values(),
    ]
    if prediction.outcome == "unreadable":
        assert given_probabilities == [None] * len(given_probabilities)
    else:
        assert all(p is not None and 0.0 <= p <= 1.0 for p in given_probabilities)
    assert prediction.violating == (prediction.outcome == "flag") == bool(prediction.subcodes)
    for evidence in prediction.evidence:
        assert 0 <= evidence.start < evidence.end <= len(text)
        assert text[evidence.start : evidence.end] == evidence.text
        assert widen_to_graphemes(text, evidence.start, evidence.end) == (
            evidence.start,
            evidence.end,
        )
        assert evidence.label in prediction.labels
        assert evidence.contribution > 0.0
    for signal in prediction.signals:
        assert text[signal.start : signal.end] == signal.text


@given(text=ANY_TEXT)
@settings(deadline=None)
def test_predict_keeps_its_promises(eager: AdClassifier, text: str) -> None:
    (prediction,) = eager.predict([text], all_signals=True)
    check_prediction(prediction, text)


@pytest.mark.parametrize("text", NAUGHTY, ids=lambda text: ascii(text[:20]))
def test_predict_takes_hostile_texts(eager: AdClassifier, text: str) -> None:
    (prediction,) = eager.predict([text])
    check_prediction(prediction, text)


@given(text=ANY_TEXT, data=st.data())
@settings(deadline=None)
def test_log_odds_give_the_probability(
    classifier: AdClassifier, text: str, data: st.DataObject
) -> None:
    head = data.draw(st.sampled_from(classifier.heads.names))
    check_log_odds(classifier, text, head)


@pytest.mark.parametrize("text", NAUGHTY, ids=lambda text: ascii(text[:20]))
def test_log_odds_give_the_probability_of_hostile_texts(
    classifier: AdClassifier, text: str
) -> None:
    check_log_odds(classifier, text, "violating")


def check_log_odds(classifier: AdClassifier, text: str, head: str) -> None:
    bias, words, contributions = classifier.log_odds(text, head)
    probability = classifier.predict_proba([text])[0, classifier.heads.names.index(head)]
    total = sigmoid(np.array([bias + contributions.sum()]))[0]
    assert total == pytest.approx(probability, abs=1e-9)
    assert len(words) == len(contributions)
    assert all(0 <= start <= end <= len(text) for start, end in words)


def test_predict_gives_evidence_of_what_is_flagged(eager: AdClassifier) -> None:
    for prediction in eager.predict(TEXTS):
        assert prediction.outcome == "flag"
        assert prediction.evidence


def test_predict_gives_evidence_in_order_of_position(eager: AdClassifier) -> None:
    for prediction in eager.predict(TEXTS):
        starts = [evidence.start for evidence in prediction.evidence]
        assert starts == sorted(starts)


def test_predict_leaves_evidence_out_when_told(eager: AdClassifier) -> None:
    assert all(not prediction.evidence for prediction in eager.predict(TEXTS, explain=False))


@pytest.mark.parametrize("explain", [False, True])
def test_predict_json_writes_the_rows_of_predictions(
    classifier: AdClassifier, flagged_text: str, clear_text: str, explain: bool
) -> None:
    classifier = dataclasses.replace(classifier, name="100 %b")
    texts, days = [flagged_text, clear_text, "?"], ["2026-10-05", None, None]
    predictions = classifier.predict(texts, posted_at=days, explain=explain)
    rows = [each.as_row(classifier.model) for each in predictions]
    for row in [] if explain else rows:
        del row["evidence"]
    written = classifier.predict_json(texts, posted_at=days, explain=explain)
    assert written == [to_json(row) for row in rows]
    assert [row["outcome"] for row in rows] == ["flag", "clear", "unreadable"]
    assert classifier.predict_json([]) == []


def test_predict_of_a_batch_is_that_one_by_one(eager: AdClassifier) -> None:
    texts = [*TEXTS, *NAUGHTY[:45]]
    together = eager.predict(texts)
    assert together == [prediction for text in texts for prediction in eager.predict([text])]


def test_predict_proba_does_not_depend_on_the_batch(classifier: AdClassifier) -> None:
    together = classifier.predict_proba(TEXTS)
    for i, text in enumerate(TEXTS):
        assert classifier.predict_proba([text])[0].tobytes() == together[i].tobytes()


def test_predict_keeps_the_order(classifier: AdClassifier) -> None:
    forward, backward = classifier.predict(TEXTS), classifier.predict(TEXTS[::-1])
    assert forward == backward[::-1]
    assert len({prediction.p_violating for prediction in forward}) == len(TEXTS)


@pytest.mark.parametrize(
    "kind",
    [tuple, iter, pd.Series, lambda texts: np.array(texts, dtype=object)],
    ids=["tuple", "iterator", "Series", "object"],
)
def test_predict_takes_any_iterable(
    classifier: AdClassifier, kind: Callable[[list[str]], Iterable[str]]
) -> None:
    assert classifier.predict(kind(TEXTS)) == classifier.predict(TEXTS)


def test_predict_of_no_texts(classifier: AdClassifier) -> None:
    assert classifier.predict([]) == []
    assert classifier.predict_proba([]).shape == (0, len(classifier.heads.names))


@pytest.mark.parametrize("method", ["predict", "predict_proba"])
def test_one_string_is_refused(classifier: AdClassifier, method: str) -> None:
    with pytest.raises(ValueError, match="one string"):
        getattr(classifier, method)("kem trộn")


@pytest.mark.parametrize(
    "texts",
    [{"a": 1}, pd.DataFrame({"text": ["a"]}), np.array([["a"]])],
    ids=lambda t: str(type(t)),
)
def test_predict_refuses_what_iterates_over_names(classifier: AdClassifier, texts: object) -> None:
    with pytest.raises(ValueError, match=f"got a {type(texts).__name__}; pass its column"):
        classifier.predict(texts)  # type: ignore[arg-type]


@pytest.mark.parametrize("day", ["0", 0, "hôm qua", "2026-13-1"])
def test_predict_says_which_days_it_reads(classifier: AdClassifier, day: str | int) -> None:
    with pytest.raises(InputError, match=r"posted_at 1: no date; .* milliseconds since 1973$"):
        classifier.predict(["a", "b"], posted_at=["2026-5-1", day])


@pytest.mark.parametrize("missing", [None, float("nan")])
def test_predict_refuses_a_missing_text(classifier: AdClassifier, missing: object) -> None:
    with pytest.raises(InvalidTextError, match="text 1"):
        classifier.predict(pd.Series(["a", missing], dtype=object))


@pytest.mark.parametrize("odd", [None, float("nan"), 7, b"kem", ["kem"]])
def test_what_is_no_text_is_refused(classifier: AdClassifier, odd: object) -> None:
    with pytest.raises(InvalidTextError, match="text 1"):
        classifier.predict(["kem trộn", odd])


def test_a_text_that_is_too_long_is_refused(classifier: AdClassifier) -> None:
    short = dataclasses.replace(classifier, max_chars=10)
    assert len(short.predict(["a" * 10])) == 1
    with pytest.raises(InvalidTextError, match=r"text 1: 11 characters.*at most 10"):
        short.predict(["a", "a" * 11])


def test_predict_refuses_another_number_of_dates(classifier: AdClassifier) -> None:
    with pytest.raises(ValueError, match="expected 2 dates"):
        classifier.predict(TEXTS[:2], posted_at=[dt.date(2026, 1, 1)])


@given(low=st.floats(0, 1), high=st.floats(0, 1), data=st.data())
@settings(deadline=None, max_examples=50)
def test_predict_flags_no_more_when_a_threshold_rises(
    classifier: AdClassifier, low: float, high: float, data: st.DataObject
) -> None:
    low, high = sorted((low, high))
    key = data.draw(st.sampled_from([*classifier.labels, "offer"]))
    base = {**dict.fromkeys(classifier.thresholds, 0.2), "offer": 0.0}

    def labels(threshold: float) -> list[set[str]]:
        thresholds = {**base, key: threshold}
        changed = dataclasses.replace(classifier, thresholds=thresholds)
        return [set(p.labels) for p in changed.predict(TEXTS, explain=False)]

    assert all(few <= many for few, many in zip(labels(high), labels(low), strict=True))


@given(one=st.floats(0.001, 0.999), other=st.floats(0.001, 0.999))
@settings(deadline=None, max_examples=50)
def test_predict_shifts_with_the_prior(classifier: AdClassifier, one: float, other: float) -> None:
    rare, frequent = (
        classifier.predict(TEXTS, prior=prior, explain=False) for prior in sorted((one, other))
    )
    for few, many in zip(rare, frequent, strict=True):
        assert few.p_violating <= many.p_violating
        assert all(few.probabilities[x] <= many.probabilities[x] for x in classifier.labels)
        assert few.p_offer == many.p_offer


def test_predict_with_the_prior_of_the_bundle_changes_nothing(classifier: AdClassifier) -> None:
    for plain, shifted in zip(
        classifier.predict(TEXTS), classifier.predict(TEXTS, prior=classifier.prior), strict=True
    ):
        assert shifted.p_violating == pytest.approx(plain.p_violating, abs=1e-12)


@pytest.mark.parametrize("prior", [0.0, 1.0, -0.1, 1.1, float("nan")])
def test_predict_refuses_priors_outside_0_to_1(classifier: AdClassifier, prior: float) -> None:
    with pytest.raises(ValueError, match="prior"):
        classifier.predict(TEXTS, prior=prior)


def test_predict_drops_less_urgent_findings(eager: AdClassifier) -> None:
    severities = [eager.predict(TEXTS, min_severity=s) for s in ("S4", "S3", "S2", "S1")]
    counts = [sum(len(p.subcodes) for p in predictions) for predictions in severities]
    assert counts == sorted(counts, reverse=True)
    assert counts[0] > counts[-1]
    assert {p.severity for p in severities[-1]} <= {"S1", None}


def test_predict_reads_composed_and_decomposed_letters_alike(classifier: AdClassifier) -> None:
    decomposed = [unicodedata.normalize("NFD", text) for text in TEXTS]
    assert (classifier.predict_proba(decomposed) == classifier.predict_proba(TEXTS)).all()


def test_predict_needs_an_offer(eager: AdClassifier) -> None:
    no_offer = dataclasses.replace(eager, thresholds={**eager.thresholds, "offer": 1.0})
    assert all(not p.violating and p.outcome == "review" for p in no_offer.predict(TEXTS))


def test_model_names_the_content(classifier: AdClassifier) -> None:
    named = dataclasses.replace(classifier, name="x", content_hash="0123456789abcdef" * 4)
    assert named.model == "x@0123456789ab"
