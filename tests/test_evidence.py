"""The evidence head learns what annotators mark, and what is shown of it speaks for a label."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from adclassifier.bundle import load, save
from adclassifier.classifier import AdClassifier, EvidenceHead
from adclassifier.classifier.compiled import marking
from adclassifier.classifier.evidence import (
    N_INPUTS,
    smooth,
    smoothing_inputs,
    spread_features,
)
from adclassifier.classifier.heads import sigmoid, token_ranges
from adclassifier.classifier.text_features import TextFeatures
from adclassifier.classifier.words import merge_into_words
from adclassifier.config import load_config
from adclassifier.corpus import Record
from adclassifier.errors import UntrustedBundleError
from adclassifier.explain import fold_onto_words
from adclassifier.features import HashedNgramVectorizer, Tokens, token_classes
from adclassifier.metrics.spans import evidence_counts
from adclassifier.text.normalize import normalize
from adclassifier.training import train
from adclassifier.training.evidence import fit_evidence
from adclassifier.training.examples import Examples, lay_out
from adclassifier.training.fitting import learn_features

PLANTED = "cam kết khỏi hẳn tiểu đường"
FILLER = (
    "hôm nay trời mưa to ở quê nhà mẹ em đi chợ mua cá về kho lớp học thêm toán buổi tối thứ hai "
    "quán cà phê mới mở gần bờ hồ con mèo hàng xóm ngủ cả ngày đường kẹt xe quá đông anh chị bạn "
    "sách vở bàn ghế cửa sổ cây xanh lá vàng sông dài núi cao biển rộng gió mát trăng sáng sao thưa"
)
CONFIG = load_config(
    overrides=["features.n_bits=12", "learning.n_folds=2", "learning.n_jobs=1", "windows.chars=100"]
)


def record(number: int, *, violating: bool, marked: bool = True) -> Record:
    """Chatter of its own kind, and in the middle of it, if violating, the planted phrase."""
    random = np.random.default_rng(2 * number + violating)
    before, after = (" ".join(random.permutation(FILLER.split())[:8]) for _ in range(2))
    return Record(
        id=f"x{number}{violating}",
        text=f"{before}, {PLANTED}, {after}" if violating else f"{before}, {after}",
        labels=("supplement",) if violating else (),
        subcodes=(),
        offer=violating,
        source="authored:test",
        group=f"g{number}{violating}",
        evidence=(PLANTED,) if violating and marked else (),
    )


def records(*, marked: bool = True) -> list[Record]:
    return [
        record(n, violating=violating, marked=marked)
        for n in range(36)
        for violating in (True, False)
    ]


@pytest.fixture(scope="module")
def examples() -> Examples:
    return lay_out(records(), CONFIG)


@pytest.fixture(scope="module")
def head(examples: Examples) -> EvidenceHead:
    fitted = fit_evidence(examples, learn_features(examples, CONFIG)[0], CONFIG)
    assert fitted is not None
    return fitted


@pytest.fixture(scope="module")
def taught() -> AdClassifier:
    """Trained on the planted phrase."""
    return train(records(), CONFIG)


def runs_above(values: NDArray[np.float64], threshold: float) -> list[tuple[int, int]]:
    """First and last of the values in a row that are at or above a threshold."""
    above = np.zeros(len(values) + 2, np.bool_)
    above[1:-1] = values >= threshold
    edges = np.flatnonzero(above[1:] != above[:-1]).tolist()
    return [(first, stop - 1) for first, stop in zip(edges[::2], edges[1::2], strict=True)]


def mark(
    head: EvidenceHead, vectorizer: HashedNgramVectorizer, tokens: Tokens
) -> NDArray[np.float64]:
    """The probability of every token."""
    occurrences = tokens.occurrences(vectorizer.shape)
    return sigmoid(head.log_odds(tokens, occurrences, vectorizer.idf_[occurrences[0]]))


def test_fit_evidence_learns_a_planted_phrase(examples: Examples, head: EvidenceHead) -> None:
    vectorizer, _ = learn_features(examples, CONFIG)
    text = record(99, violating=True).text
    tokens = Tokens.of(text, vectorizer.shape.cue_groups)
    scores = mark(head, vectorizer, tokens)
    words = [text[start:end] for start, end in tokens.spans.tolist()]
    runs = runs_above(scores, head.threshold)
    assert [" ".join(words[first : last + 1]) for first, last in runs] == [PLANTED]


def test_fit_evidence_gives_the_same_head_again(examples: Examples, head: EvidenceHead) -> None:
    again = fit_evidence(examples, learn_features(examples, CONFIG)[0], CONFIG)
    assert again is not None
    assert again.weights.tobytes() == head.weights.tobytes()
    assert again.smoothing.tobytes() == head.smoothing.tobytes()
    assert (again.bias, again.threshold) == (head.bias, head.threshold)


def test_fit_evidence_gives_none_without_marked_texts() -> None:
    unmarked = lay_out(records(marked=False), CONFIG)
    assert fit_evidence(unmarked, learn_features(unmarked, CONFIG)[0], CONFIG) is None


@pytest.mark.parametrize("text", ["", "a", "kem", "🔥🔥", "trị nám. khỏi hẳn\ncam kết"])
def test_scores_are_probabilities_one_a_token(
    text: str, examples: Examples, head: EvidenceHead
) -> None:
    vectorizer, _ = learn_features(examples, CONFIG)
    tokens = Tokens.of(text, vectorizer.shape.cue_groups)
    scores = mark(head, vectorizer, tokens)
    assert scores.shape == (len(tokens.spans),)
    assert ((scores >= 0.0) & (scores <= 1.0)).all()


def test_smoothing_inputs_average_a_clause() -> None:
    tokens = Tokens.of("một hai, ba bốn năm")
    inputs = smoothing_inputs(np.array([1.0, 3.0, 0.0, 0.0, 9.0]), tokens)
    assert inputs.shape == (5, N_INPUTS)
    assert inputs[:, -3].tolist() == [2.0, 2.0, 3.0, 3.0, 3.0]
    assert inputs[:, -2].tolist() == [3.0, 3.0, 9.0, 9.0, 9.0]


def test_predict_shows_the_planted_phrase(taught: AdClassifier) -> None:
    (prediction,) = taught.predict([record(99, violating=True).text])
    assert [evidence.text for evidence in prediction.evidence] == [PLANTED]


def test_predict_gives_a_phrase_its_share_of_the_log_odds(taught: AdClassifier) -> None:
    text = f"Xe buýt số ba, {PLANTED}, trời nắng đẹp"
    ((evidence, *_),) = [prediction.evidence for prediction in taught.predict([text])]
    _, words, contributions = taught.log_odds(text, evidence.label)
    own = [evidence.start <= start and end <= evidence.end for start, end in words]
    assert evidence.contribution == pytest.approx(contributions[own].sum(), abs=1e-9)


def test_predict_shows_what_stands_outside_the_window_that_decides(taught: AdClassifier) -> None:
    text = f"{PLANTED}.\n{FILLER[:90]}.\n{PLANTED}."
    (prediction,) = taught.predict([text])
    starts = {evidence.start for evidence in prediction.evidence}
    assert {0, text.rindex(PLANTED)} <= starts


def test_predict_shows_the_strongest_phrase_where_no_word_passes(taught: AdClassifier) -> None:
    assert taught.evidence is not None
    strict = dataclasses.replace(
        taught, evidence=dataclasses.replace(taught.evidence, threshold=1.1)
    )
    (prediction,) = strict.predict([f"Xe buýt số ba, {PLANTED}, trời nắng đẹp"])
    assert len(prediction.evidence) == len(prediction.labels) == 1
    assert prediction.evidence[0].contribution > 0.0


def test_predict_shows_nothing_that_does_not_speak_for_the_label(taught: AdClassifier) -> None:
    silent = dataclasses.replace(taught.heads, weights=np.zeros_like(taught.heads.weights))
    eager = dataclasses.replace(
        taught, heads=silent, thresholds=dict.fromkeys(taught.thresholds, 0.0)
    )
    (prediction,) = eager.predict([PLANTED])
    assert prediction.labels
    assert prediction.evidence == ()


def test_predict_shows_more_of_what_was_marked_than_without_the_head(taught: AdClassifier) -> None:
    judged = [each for each in records() if each.violating]
    bare = dataclasses.replace(taught, evidence=None)
    texts = [each.text for each in judged]
    with_head, without = (
        evidence_counts(judged, each.predict(texts)).sum(axis=0) for each in (taught, bare)
    )
    assert 2 * with_head[0] / (with_head @ [2, 1, 1]) > 2 * without[0] / (without @ [2, 1, 1])


@pytest.mark.parametrize("with_head", [True, False])
def test_load_gives_the_evidence_that_was_saved(
    taught: AdClassifier, tmp_path: Path, *, with_head: bool
) -> None:
    own = taught if with_head else dataclasses.replace(taught, evidence=None)
    saved = save(own, tmp_path / "one")
    loaded = load(tmp_path / "one")
    save(loaded, tmp_path / "two")
    texts = [each.text for each in records()]
    assert loaded.predict(texts) == saved.predict(texts)
    for name in ("bundle.json", "weights.npz"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_save_refuses_evidence_numbers_that_are_none(taught: AdClassifier, tmp_path: Path) -> None:
    assert taught.evidence is not None
    broken = dataclasses.replace(taught.evidence, bias=float("nan"))
    with pytest.raises(UntrustedBundleError, match="evidence_bias"):
        save(dataclasses.replace(taught, evidence=broken), tmp_path / "one")


def plain_scores(taught: AdClassifier, tokens: Tokens) -> NDArray[np.float64]:
    """The probabilities of `EvidenceHead.log_odds`, added up by numpy."""
    head = taught.evidence
    assert head is not None
    idf = taught.heads.single_idf
    places, rows, values = spread_features(tokens, taught.heads.shape, idf)
    weighed = values * head.weights[rows].astype(np.float64)
    scores = np.bincount(places, weighed, minlength=len(tokens.spans)) + head.bias
    return smooth(smoothing_inputs(scores, tokens), head.smoothing)


@pytest.mark.parametrize(
    "text",
    [
        "thuốc",
        "thuốc giảm cân",
        f"{PLANTED}. giá 120k, ib em! {FILLER}",
        f"{FILLER}\n{PLANTED} 😀 {FILLER} ({PLANTED})",
    ],
)
def test_scores_are_those_that_numpy_adds_up(taught: AdClassifier, text: str) -> None:
    head, heads = taught.evidence, taught.heads
    assert head is not None
    tokens = heads.tokens(normalize(text).text)
    occurrences = tokens.occurrences(heads.shape)
    scores = sigmoid(head.log_odds(tokens, occurrences, heads.single_idf[occurrences[0]]))
    np.testing.assert_allclose(scores, plain_scores(taught, tokens), rtol=1e-12)


def test_scores_of_no_token_are_none(taught: AdClassifier) -> None:
    head, heads = taught.evidence, taught.heads
    assert head is not None
    tokens = heads.tokens("")
    occurrences = tokens.occurrences(heads.shape)
    assert head.log_odds(tokens, occurrences, heads.single_idf[occurrences[0]]).shape == (0,)


@pytest.mark.parametrize("n", [1, 2, 7, 8, 9, 60, 300])
def test_smoothed_scores_are_the_bits_that_numpy_adds_up(n: int) -> None:
    random = np.random.default_rng(n)
    scores = random.normal(size=n).round(1) - 2.0  # some are equal, which order must not matter
    smoothing = random.normal(size=N_INPUTS + 1)
    tokens = Tokens.of(" ".join(random.choice(["da", "nám", "kem,", "và."], n)))
    assert len(tokens.spans) == n
    kernel = marking()
    clauses = kernel.clause_numbers(tokens.spans, tokens.points, token_classes(), 2)
    logs = np.log(np.maximum(np.arange(n + 1), 1))
    found = kernel.smoothed_scores(scores, float(scores.mean()), clauses, smoothing, logs, -3.0)
    inputs = smoothing_inputs(scores, tokens)
    assert found.tolist() == (np.sum(inputs * smoothing[:-1], axis=1) + smoothing[-1]).tolist()


@pytest.mark.parametrize("n", [1, 9, 130, 300])
def test_token_log_odds_are_those_that_numpy_adds_up(taught: AdClassifier, n: int) -> None:
    head, heads = taught.evidence, taught.heads
    assert head is not None
    tokens = heads.tokens(" ".join(np.random.default_rng(n).choice(FILLER.split(), n)))
    occurrences = tokens.occurrences(heads.shape)
    idf, own = heads.single_idf[occurrences[0]], head.weights.astype(np.float32)
    kernel = marking()
    scores = kernel.token_scores(occurrences, idf, own, (0.02, 0.5, head.bias), n)
    clauses = kernel.clause_numbers(tokens.spans, tokens.points, token_classes(), 2)
    logs = np.log(np.maximum(np.arange(n + 1), 1))
    mean = float(scores.mean())
    expected = kernel.smoothed_scores(scores, mean, clauses, head.smoothing, logs, -3.0)
    assert head.log_odds(tokens, occurrences, idf).tolist() == expected.tolist()


@pytest.mark.parametrize("threshold", [1e-9, 0.1, 0.2535671183240423, 0.5, 0.9, 1.0 - 1e-9])
def test_least_log_odds_part_what_is_shown_from_what_is_not(
    taught: AdClassifier, threshold: float
) -> None:
    assert taught.evidence is not None
    least = dataclasses.replace(taught.evidence, threshold=threshold).least_log_odds
    steps = least + np.spacing(least) * np.arange(-20, 21)
    assert (sigmoid(steps) >= threshold).tolist() == (steps >= least).tolist()


@pytest.mark.parametrize(("threshold", "least"), [(1.1, np.inf), (0.0, -np.inf), (-1.0, -np.inf)])
def test_least_log_odds_of_what_shows_nothing_or_all(
    taught: AdClassifier, threshold: float, least: float
) -> None:
    assert taught.evidence is not None
    assert dataclasses.replace(taught.evidence, threshold=threshold).least_log_odds == least


@pytest.mark.parametrize("window", [(0, 1000), (0, 0), (37, 120), (119, 121)])
def test_marked_runs_are_the_words_that_hold_a_marked_token(window: tuple[int, int]) -> None:
    text = f"{FILLER}, {PLANTED}! {FILLER}"
    tokens = Tokens.of(text)
    _, words = merge_into_words(text, normalize(text), tokens.spans)
    log_odds = np.random.default_rng(0).normal(size=len(tokens.spans)).round(1)
    highest = np.maximum.reduceat(log_odds, np.searchsorted(tokens.spans[:, 0], words[:, 0]))
    found = marking().marked_runs(log_odds, 0.5, tokens.spans, words, window)
    assert [(first, last) for first, last, _ in found.tolist()] == runs_above(highest, 0.5)
    for first, last, decides in found.tolist():
        inside = words[first : last + 1]
        assert decides == ((inside[:, 0] < window[1]) & (inside[:, 1] > window[0])).any()


@pytest.mark.parametrize("label", ["supplement", "violating", "offer"])
def test_folded_shares_are_the_bits_that_numpy_adds_up(taught: AdClassifier, label: str) -> None:
    text = f"{FILLER}, {PLANTED}, {FILLER}"
    canonical = normalize(text)
    features = TextFeatures(text, canonical, taught.heads)
    _, words = merge_into_words(text, canonical, taught.heads.tokens(canonical.text).spans)
    window = features.window(10, 250)
    head = taught.heads.names.index(label)
    ranges = token_ranges(window.tokens, window.occurrences[2])
    folded = fold_onto_words(window.contributions(head), ranges, words.tolist())
    assert window.folded(head, words).tolist() == folded.tolist()
