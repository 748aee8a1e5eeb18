"""Scores of many texts are those of each text by itself, to the last bit."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from adclassifier import AdClassifier, load
from adclassifier.classifier import bulk
from adclassifier.classifier.heads import LinearHeads
from adclassifier.classifier.judging import Scores
from adclassifier.corpus import read_corpus
from adclassifier.features import bulk as bulk_features
from adclassifier.features.reading import facts, memo
from adclassifier.text.language import is_readable
from adclassifier.text.normalize import normalize, retrace

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def texts() -> list[str]:
    """Authored texts, tricks and what a normaliser may stumble over."""
    fragments = json.loads((HERE / "data/reading_fragments.json").read_text())
    authored = [record.text for record in read_corpus(HERE.parent / "data/corpus")][::40]
    naughty = (HERE / "naughty_strings.txt").read_text().split("\n")
    tricks = (HERE / "data/tricks_own.tsv").read_text().splitlines()[1::3]
    hostile = ["", " ", "\ud83d", "a" * 5000, "thuốc " * 2000, "\U000e0061", "😀" * 700, "⟨phone⟩"]
    hostile += ["thuốc trị mụn " * 2500, "kem trộn " * 900]  # no scratch has room for the first
    return [*authored, *naughty, *tricks, *fragments["signs"], *hostile]


def plain_scores(heads: LinearHeads, texts: list[str]) -> Scores:
    canonical = [normalize(text).text for text in texts]
    decisions, windows = heads.decisions(canonical)
    readable = np.array([is_readable(text) for text in canonical])
    return Scores(heads.probabilities(decisions), windows, readable)


def bulk_scores(heads: LinearHeads, texts: list[str], n_threads: int = 1) -> Scores:
    return bulk.score(heads, bulk.to_arrow(texts), n_threads=n_threads)[0]


def assert_same(found: Scores, expected: Scores) -> None:
    assert found.probabilities.tobytes() == expected.probabilities.tobytes()
    assert found.windows.tolist() == expected.windows.tolist()
    assert found.readable.tolist() == expected.readable.tolist()


def rows_of(scores: Scores, rows: list[int]) -> Scores:
    return Scores(scores.probabilities[rows], scores.windows[rows], scores.readable[rows])


@pytest.fixture(scope="module")
def expected(classifier: AdClassifier, texts: list[str]) -> Scores:
    return plain_scores(classifier.heads, texts)


def test_score_gives_the_bits_of_single_texts(
    classifier: AdClassifier, texts: list[str], expected: Scores
) -> None:
    assert_same(bulk_scores(classifier.heads, texts), expected)


@pytest.mark.model
def test_score_gives_the_bits_of_single_texts_with_the_shipped_bundle(texts: list[str]) -> None:
    heads = load().heads
    assert_same(bulk_scores(heads, texts), plain_scores(heads, texts))


@pytest.mark.parametrize("n_threads", [2, 3])
def test_score_gives_the_same_bits_for_any_number_of_threads(
    classifier: AdClassifier,
    texts: list[str],
    expected: Scores,
    n_threads: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(bulk, "_FEWEST_A_THREAD", 1)
    assert_same(bulk_scores(classifier.heads, texts, n_threads), expected)


@pytest.mark.parametrize(
    ("name", "size"),
    [("CHUNK", 1), ("CHUNK", 7), ("CHUNK", 100_000), ("CHUNK_BYTES", 1), ("CHUNK_BYTES", 1000)],
)
def test_score_gives_the_same_bits_for_any_size_of_chunks(
    classifier: AdClassifier,
    texts: list[str],
    expected: Scores,
    name: str,
    size: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(bulk_features, name, size)
    found = classifier.heads.bulk_scorer().score(bulk.to_arrow(texts))
    probabilities = classifier.heads.probabilities(found.decisions)
    assert_same(Scores(probabilities, found.windows, found.readable), expected)


@pytest.mark.parametrize(
    "order",
    [lambda rows: rows[::-1], lambda rows: random.Random(3).sample(rows, len(rows))],  # noqa: S311 - no secret
    ids=["backwards", "shuffled"],
)
def test_score_gives_the_same_bits_in_any_order(
    classifier: AdClassifier,
    texts: list[str],
    expected: Scores,
    order: Callable[[list[int]], list[int]],
) -> None:
    rows = order(list(range(len(texts))))
    found = bulk_scores(classifier.heads, [texts[row] for row in rows])
    assert_same(found, rows_of(expected, rows))


@pytest.mark.parametrize("most_keys", [1, 50, 2000])
def test_score_gives_the_same_bits_where_little_is_remembered(
    classifier: AdClassifier,
    texts: list[str],
    expected: Scores,
    most_keys: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(memo, "MOST_KEYS", most_keys)
    found = classifier.heads.bulk_scorer().score(bulk.to_arrow(texts))
    probabilities = classifier.heads.probabilities(found.decisions)
    assert_same(Scores(probabilities, found.windows, found.readable), expected)


@pytest.mark.parametrize("n_threads", [1, 2])
def test_score_keeps_canonical_texts_of_those_asked_for(
    classifier: AdClassifier, texts: list[str], n_threads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "_FEWEST_A_THREAD", 1)

    def every_other(decisions: NDArray[np.float64]) -> NDArray[np.bool_]:
        return np.arange(len(decisions)) % 2 == 0

    _, written = bulk.score(
        classifier.heads, bulk.to_arrow(texts), n_threads=n_threads, keep=every_other
    )
    assert len(written) > len(texts) // 8
    for row, kept in written.items():
        assert kept.text == normalize(texts[row]).text
        assert retrace(texts[row], *kept).tricks == normalize(texts[row]).tricks


def test_score_takes_no_texts(classifier: AdClassifier) -> None:
    found = bulk_scores(classifier.heads, [])
    assert found.probabilities.shape == (0, len(classifier.heads.names))
    assert found.readable.shape == (0,)


def test_judge_says_the_same_of_many_texts_as_of_few(
    classifier: AdClassifier, texts: list[str]
) -> None:
    many = (texts * 2)[: max(300, len(texts))]
    predictions = classifier.predict(many, explain=False)
    singly = [classifier.predict([text], explain=False)[0] for text in many[::25]]
    assert [each.probabilities for each in predictions[::25]] == [
        each.probabilities for each in singly
    ]


def test_to_arrow_writes_lone_surrogates_as_replacement_characters() -> None:
    assert bulk.to_arrow(["giá \ud83d 50k", "a"]).to_pylist() == ["giá \ufffd 50k", "a"]


@pytest.fixture
def unused(classifier: AdClassifier) -> AdClassifier:
    """A classifier that has judged nothing yet."""
    return replace(classifier, heads=replace(classifier.heads))


def test_warm_lets_few_texts_take_the_compiled_path(unused: AdClassifier) -> None:
    before = bulk.pays(unused.heads, 1)
    unused.warm()
    assert (before, bulk.pays(unused.heads, 1)) == (False, True)


def test_warm_asks_about_usual_words_beforehand(
    unused: AdClassifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    answer = facts.answer

    def listen(kind: int, text: str) -> tuple[int, str]:
        asked.append(text)
        return answer(kind, text)

    monkeypatch.setattr(facts, "answer", listen)
    unused.warm()
    asked.clear()
    unused.predict_proba(["bán thuốc giảm cân, zalo, facebook, collagen xyzzyq"])
    assert asked == ["xyzzyq"]
