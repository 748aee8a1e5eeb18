"""Scoring of batches and frames: the same columns as a single prediction."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adclassifier.errors import InputError, InvalidTextError
from adclassifier.scoring import ScoreOptions, added_schema, score_batch, score_frame

TEXTS = [
    "Nhận làm bằng lái xe, không cần thi, ib zalo 0912345678",
    "Áo thun nam 99k, freeship toàn quốc",
    "???",
    "Hôm nay trời đẹp quá cả nhà ơi",
]


def batch_of(**columns):
    return pa.RecordBatch.from_pydict(columns)


def test_added_schema_has_the_columns_of_the_contract_in_order(classifier):
    chances = [f"p_{label}" for label in classifier.labels]
    assert added_schema(classifier.labels, ScoreOptions()).names == [
        "violating", "outcome", "p_violating", "labels", *chances, "p_offer", "subcodes",
        "severity", "signals", "provisions", "evidence", "model",
    ]  # fmt: skip


def test_score_batch_gives_the_rows_of_single_predictions(classifier):
    scored = score_batch(batch_of(text=TEXTS), classifier, ScoreOptions()).to_pylist()
    for text, row in zip(TEXTS, scored, strict=True):
        (prediction,) = classifier.predict([text])
        assert row == {"text": text, **prediction.as_row(classifier.model)}


def test_score_batch_keeps_the_input_columns_and_their_types(classifier):
    batch = batch_of(text=TEXTS, views=pa.array([1, 2, None, 4], pa.int16()))
    scored = score_batch(batch, classifier, ScoreOptions())
    assert scored.select(["text", "views"]).equals(batch)


def test_score_batch_stores_lists_and_records_as_such(classifier):
    schema = score_batch(batch_of(text=TEXTS), classifier, ScoreOptions()).schema
    assert pa.types.is_list(schema.field("labels").type)
    assert pa.types.is_struct(schema.field("evidence").type.value_type)
    assert schema.field("violating").type == pa.bool_()


def test_score_batch_gives_null_for_unreadable(classifier):
    scored = score_batch(batch_of(text=["???", None]), classifier, ScoreOptions()).to_pylist()
    names = [f"p_{name}" for name in (*classifier.labels, "violating", "offer")]
    assert [row["outcome"] for row in scored] == ["unreadable"] * 2
    assert [[row[name] for name in names] for row in scored] == [[None] * len(names)] * 2


def test_score_batch_of_no_rows_has_all_columns(classifier):
    empty = batch_of(text=pa.array([], pa.string()))
    scored = score_batch(empty, classifier, ScoreOptions())
    assert scored.num_rows == 0
    assert scored.schema.names[1:] == added_schema(classifier.labels, ScoreOptions()).names


def test_score_batch_reads_the_day_of_the_post(classifier, flagged_text):
    days = ["2026-05-10", "10/5/2026", "not a day", None]
    options = ScoreOptions(posted_at_column="day")
    scored = score_batch(batch_of(text=[flagged_text] * 4, day=days), classifier, options)
    expected = classifier.predict([flagged_text] * 2, posted_at=[dt.date(2026, 5, 10), None])
    before, now = (list(prediction.provisions) for prediction in expected)
    assert scored.column("provisions").to_pylist() == [before, before, now, now]


def test_score_batch_without_evidence_has_no_such_column(classifier):
    scored = score_batch(batch_of(text=TEXTS), classifier, ScoreOptions(evidence=False))
    assert "evidence" not in scored.schema.names


def test_score_batch_puts_the_prefix_before_every_added_column(classifier):
    scored = score_batch(batch_of(text=TEXTS), classifier, ScoreOptions(prefix="ai_"))
    assert all(name.startswith("ai_") for name in scored.schema.names[1:])


def test_score_batch_refuses_a_column_of_ours(classifier):
    batch = batch_of(text=TEXTS, labels=["x"] * 4)
    with pytest.raises(InputError, match="'labels' is one of ours; pass --prefix"):
        score_batch(batch, classifier, ScoreOptions())


def test_score_batch_refuses_several_columns_of_ours(classifier):
    batch = batch_of(text=TEXTS, labels=["x"] * 4, model=["y"] * 4)
    with pytest.raises(InputError, match="batch: columns 'labels', 'model' are ours; pass"):
        score_batch(batch, classifier, ScoreOptions())


def test_score_batch_replaces_a_column_of_ours_when_asked(classifier):
    batch = batch_of(text=TEXTS, labels=["x"] * 4)
    scored = score_batch(batch, classifier, ScoreOptions(replace_columns=True))
    assert scored.schema.names.count("labels") == 1
    assert scored.column("labels").to_pylist()[2] == []


def test_score_batch_never_replaces_the_text(classifier):
    options = ScoreOptions(text_column="evidence", replace_columns=True)
    with pytest.raises(InputError, match="is read and would be replaced"):
        score_batch(batch_of(evidence=TEXTS), classifier, options)


def test_score_batch_names_a_missing_text_column(classifier):
    with pytest.raises(InputError, match=r"no column 'text'; one of 'caption'$"):
        score_batch(batch_of(caption=TEXTS), classifier, ScoreOptions())


def test_score_batch_refuses_a_text_that_is_too_long(classifier):
    long = "a" * (classifier.max_chars + 1)
    with pytest.raises(InvalidTextError, match="text 1"):
        score_batch(batch_of(text=["a", long]), classifier, ScoreOptions())


@pytest.mark.parametrize("prior", [0.0, 1.0, -1.0, 2.0, float("nan")])
def test_score_options_refuses_a_prior_outside_0_and_1(prior):
    with pytest.raises(InputError, match="prior"):
        ScoreOptions(prior=prior)


def test_score_options_refuses_an_unknown_severity():
    with pytest.raises(InputError, match="unknown severity 'S9'; S1 S2 S3 S4"):
        ScoreOptions(min_severity="S9")


def test_score_batch_with_a_higher_prior_raises_every_chance(classifier):
    low = score_batch(batch_of(text=TEXTS), classifier, ScoreOptions(prior=0.05))
    high = score_batch(batch_of(text=TEXTS), classifier, ScoreOptions(prior=0.6))
    pairs = zip(
        low.column("p_violating").to_pylist(), high.column("p_violating").to_pylist(), strict=True
    )
    assert all(a < b for a, b in pairs if a is not None)


@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(texts=st.lists(st.text(max_size=60), max_size=5), size=st.integers(1, 4))
def test_score_batch_gives_the_same_in_parts(classifier, texts, size):
    texts = [text.encode("utf-8", "replace").decode() for text in texts]
    batch = batch_of(text=pa.array(texts, pa.string()))
    whole = score_batch(batch, classifier, ScoreOptions())
    parts = [
        score_batch(batch.slice(start, size), classifier, ScoreOptions()).to_pylist()
        for start in range(0, len(texts), size)
    ]
    assert [row for part in parts for row in part] == whole.to_pylist()


def test_score_frame_gives_the_frame_with_the_columns(classifier):
    frame = pd.DataFrame({"caption": TEXTS, "n": range(4)}, index=[7, 5, 3, 1])
    scored = score_frame(frame, text="caption", classifier=classifier)
    added = added_schema(classifier.labels, ScoreOptions()).names
    assert list(scored.columns) == ["caption", "n", *added]
    assert list(scored.index) == [7, 5, 3, 1]
    assert list(frame.columns) == ["caption", "n"]
    pd.testing.assert_frame_equal(scored[["caption", "n"]], frame)


def test_score_frame_gives_python_lists_and_numbers(classifier, flagged_text):
    scored = score_frame(pd.DataFrame({"text": [flagged_text, "???"]}), classifier=classifier)
    (prediction, _) = classifier.predict([flagged_text, "???"])
    assert scored.loc[0, "labels"] == list(prediction.labels)
    assert scored.loc[0, "evidence"] == prediction.as_row("")["evidence"]
    assert scored["violating"].dtype == bool
    assert scored["p_violating"].dtype == float
    assert scored["p_violating"].isna().tolist() == [False, True]


def test_score_frame_takes_a_missing_text_for_unreadable(classifier):
    frame = pd.DataFrame({"text": ["Áo thun 99k", None, float("nan")]}, dtype=object)
    outcomes = score_frame(frame, classifier=classifier)["outcome"]
    assert outcomes.tolist()[1:] == ["unreadable", "unreadable"]


def test_score_frame_reads_a_lone_surrogate_as_a_replacement(classifier):
    texts = ["Áo thun " + chr(0xD83D) + " 99k", "Áo thun \ufffd 99k"]
    scored = score_frame(pd.DataFrame({"text": texts}, dtype=object), classifier=classifier)
    assert scored.loc[0, "p_violating"] == scored.loc[1, "p_violating"]


def test_score_frame_names_a_value_that_is_no_text(classifier):
    with pytest.raises(InvalidTextError, match="row 1: int"):
        score_frame(pd.DataFrame({"text": ["a", 5]}, dtype=object), classifier=classifier)


def test_score_frame_reads_timestamps(classifier, flagged_text):
    day = pd.Timestamp("2026-05-09 20:00:00", tz="UTC")
    frame = pd.DataFrame({"text": [flagged_text, flagged_text], "posted_at": [day, pd.NaT]})
    scored = score_frame(frame, classifier=classifier)
    expected = classifier.predict([flagged_text] * 2, posted_at=[dt.date(2026, 5, 10), None])
    assert scored["provisions"].tolist() == [list(p.provisions) for p in expected]


def test_score_frame_without_rows_has_the_columns(classifier):
    scored = score_frame(pd.DataFrame({"text": []}, dtype=object), classifier=classifier)
    assert len(scored) == 0
    assert "outcome" in scored.columns


def test_score_frame_names_a_missing_column(classifier):
    with pytest.raises(InputError, match=r"no column 'text'; one of 'caption'$"):
        score_frame(pd.DataFrame({"caption": TEXTS}), classifier=classifier)
