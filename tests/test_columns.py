"""The columns of a batch hold what single predictions say, whatever is asked for."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable, Sequence

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adclassifier.classifier import VIOLATING, AdClassifier, PredictOptions, Scores
from adclassifier.corpus import Record
from adclassifier.scoring import ScoreOptions, added_schema, score_batch
from adclassifier.scoring.columns import judged_columns

UNREADABLE = ["???", "", "🔥🔥", "减肥药 批发"]
DAYS = [None, "2019-03-01", "10/5/2026", "no day", "1778605200"]


@pytest.fixture(scope="module")
def mixed(classifier: AdClassifier, sample_records: list[Record]) -> AdClassifier:
    """Flags, reviews and clears a share of the authored texts each."""
    ranking = classifier.predict_proba([record.text for record in sample_records])[:, -2]
    thresholds = dict.fromkeys(classifier.thresholds, 0.3)
    thresholds |= {"review": float(np.quantile(ranking, 0.4)), "offer": 0.6}
    return dataclasses.replace(classifier, thresholds=thresholds)


@pytest.fixture(scope="module")
def texts(sample_records: list[Record]) -> list[str]:
    return [*UNREADABLE, *(record.text for record in sample_records[::5])]


def expected(
    classifier: AdClassifier,
    texts: Sequence[str],
    options: ScoreOptions,
    days: list[dt.date | None],
) -> pa.RecordBatch:
    """The same columns, row by row."""
    schema = added_schema(classifier.labels, options)
    predictions = classifier.predict(
        texts,
        posted_at=days,
        explain=options.evidence,
        all_signals=options.all_signals,
        min_severity=options.min_severity,
        prior=options.prior,
        authority=options.authority,
    )
    rows = [prediction.as_row(classifier.model) for prediction in predictions]
    columns = [
        pa.array([row[name.removeprefix(options.prefix)] for row in rows], kind)
        for name, kind in zip(schema.names, schema.types, strict=True)
    ]
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def test_the_texts_of_these_tests_have_every_outcome(mixed: AdClassifier, texts: list[str]) -> None:
    outcomes = [prediction.outcome for prediction in mixed.predict(texts, explain=False)]
    counts = [outcomes.count(each) for each in ("flag", "review", "clear", "unreadable")]
    assert min(counts) >= 4


@pytest.mark.parametrize(
    "options",
    [
        ScoreOptions(),
        ScoreOptions(evidence=False),
        ScoreOptions(all_signals=True),
        ScoreOptions(min_severity="S1"),
        ScoreOptions(prior=0.5),
        ScoreOptions(authority=True, prefix="ai_"),
        ScoreOptions(all_signals=True, min_severity="S2", prior=0.01, evidence=False),
    ],
)
def test_score_batch_gives_what_predictions_say(
    mixed: AdClassifier, texts: list[str], options: ScoreOptions
) -> None:
    days = [DAYS[i % len(DAYS)] for i in range(len(texts))]
    read = [None, dt.date(2019, 3, 1), dt.date(2026, 5, 10), None, dt.date(2026, 5, 13)]
    batch = pa.RecordBatch.from_pydict({"text": texts, "posted_at": days})
    scored = score_batch(batch, mixed, options)
    added = scored.select(scored.schema.names[2:])
    added.validate(full=True)
    assert added.equals(
        expected(mixed, texts, options, [read[i % len(read)] for i in range(len(texts))])
    )


@given(data=st.data())
@settings(deadline=None, max_examples=30)
def test_score_batch_of_any_rows_gives_what_predictions_say(
    mixed: AdClassifier, texts: list[str], data: st.DataObject
) -> None:
    chosen = data.draw(st.lists(st.sampled_from(texts), max_size=6))
    scored = score_batch(
        pa.RecordBatch.from_pydict({"text": pa.array(chosen, pa.string())}), mixed, ScoreOptions()
    )
    added = scored.select(scored.schema.names[1:])
    assert added.equals(expected(mixed, chosen, ScoreOptions(), [None] * len(chosen)))


def ask(
    classifier: AdClassifier, probabilities: Sequence[float], readable: Sequence[bool]
) -> tuple[Scores, Callable[[int], str], list[int]]:
    """Scores with these probabilities of violating, and a text for all that notes who asks."""
    heads = classifier.heads.names
    table = np.zeros((len(probabilities), len(heads)))
    table[:, heads.index(VIOLATING)] = probabilities
    windows = np.zeros((*table.shape, 2), np.int32)
    windows[..., 1] = len("áo thun nam")
    asked: list[int] = []

    def text_of(i: int) -> str:
        asked.append(i)
        return "áo thun nam"

    return Scores(table, windows, np.array(readable)), text_of, asked


@pytest.mark.parametrize(("all_signals", "rows"), [(False, [1, 3]), (True, [0, 1, 3])])
def test_judge_scores_reads_only_texts_of_which_there_is_more_to_say(
    mixed: AdClassifier, all_signals: bool, rows: list[int]
) -> None:
    scores, text_of, asked = ask(mixed, [0.0, 1.0, 1.0, 1.0], [True, True, False, True])
    judged = mixed.judge_scores(scores, text_of, PredictOptions(all_signals=all_signals))
    assert asked == rows == list(judged.details)
    outcomes = [prediction.outcome for prediction in judged.predictions()]
    assert outcomes == ["clear", "review", "unreadable", "review"]


def test_judge_scores_asks_no_day_of_a_clear_text(mixed: AdClassifier) -> None:
    scores, text_of, _ = ask(mixed, [0.0, 1.0], [True, True])
    asked: list[int] = []
    mixed.judge_scores(scores, text_of, PredictOptions(), day_of=asked.append)
    assert asked == [1]


def test_judged_columns_of_clear_texts_are_empty_lists(mixed: AdClassifier) -> None:
    scores, text_of, _ = ask(mixed, [0.0, 0.0], [True, False])
    judged = mixed.judge_scores(scores, text_of, PredictOptions())
    columns = judged_columns(judged, "m@1", ScoreOptions()).to_pydict()
    for name in ("labels", "subcodes", "signals", "provisions", "evidence"):
        assert columns[name] == [[], []]
    assert columns["severity"] == [None, None]
    assert columns["p_violating"] == [0.0, None]
    assert columns["model"] == ["m@1", "m@1"]
