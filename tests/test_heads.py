"""Decisions of the heads against their features, weight by weight; sub-codes; calibration."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adclassifier.classifier import LinearHeads, SubcodeHeads
from adclassifier.classifier.heads import join_words, sigmoid
from adclassifier.features import FeatureShape, Tokens, code_points, kernels

CANONICAL = st.text(
    st.sampled_from("aăâđeêioôơuưáàạệ bcghklmnptvx 019 .!?\n⟨⟩_%🔥\0\u0301\U00020000"), max_size=300
)
LONG_TEXT = "Kem trộn trắng da. Nhận làm bằng lái xe! Gọi ⟨phone⟩ ngay\n" * 6


GROUPS = ("cure_verb", "disease", "offer_cta", "person")


def build_heads(n_heads: int = 3, *, n_bits: int = 10, window_chars: int = 80) -> LinearHeads:
    random = np.random.default_rng(7)
    shape = FeatureShape(
        n_bits=n_bits,
        min_length=20,
        border_chars=5,
        cue_groups=GROUPS,
        cue_weight=5.0,
        pair_weight=2.5,
    )
    return LinearHeads(
        names=tuple(f"head{i}" for i in range(n_heads)),
        shape=shape,
        segmenter="syllable",
        window_chars=window_chars,
        stride_chars=window_chars // 2,
        idf=random.uniform(0, 6, shape.n_rows).astype(np.float16),
        weights=random.normal(size=(shape.n_rows, n_heads)).astype(np.float16),
        bias=random.normal(size=n_heads),
        slope=random.uniform(0.5, 2, n_heads),
        intercept=random.normal(size=n_heads),
    )


HEADS = build_heads()


def windows_of(text: str) -> list[Tokens]:
    """The tokens that begin in each window, and the cues that lie in it wholly."""
    ranges, _ = kernels().cut_windows(code_points(text), HEADS.window_chars, HEADS.stride_chars)
    tokens = Tokens.of(text, GROUPS)
    return [tokens.window(start, end) for start, end in ranges.tolist()]


def decide(tokens: Tokens) -> np.ndarray:
    rows, weights, _ = tokens.occurrences(HEADS.shape)
    idf = HEADS.idf[rows].astype(np.float64)
    length = max(np.sqrt((weights * idf**2).sum()), HEADS.shape.min_length)
    return HEADS.bias + (weights * idf / length) @ HEADS.weights[rows].astype(np.float64)


@given(text=CANONICAL)
@settings(deadline=None)
def test_decisions_are_the_largest_over_the_windows(text: str) -> None:
    expected = np.max([decide(tokens) for tokens in windows_of(text)], axis=0)
    decisions, _ = HEADS.decisions([text])
    np.testing.assert_allclose(decisions[0], expected, rtol=0, atol=1e-9)


@pytest.mark.parametrize("size", [1, 3, 12])
def test_decisions_of_texts_with_cues_are_the_largest_over_the_windows(size: int) -> None:
    text = "Trị dứt điểm viêm xoang. đặt hàng ngay! bác sĩ nói khỏi hẳn viêm xoang\n" * size
    expected = np.max([decide(tokens) for tokens in windows_of(text)], axis=0)
    np.testing.assert_allclose(HEADS.decisions([text])[0][0], expected, rtol=0, atol=1e-9)


def test_windows_hold_the_cues_that_lie_in_them_wholly() -> None:
    text = "trị dứt điểm viêm xoang"
    tokens = Tokens.of(text, GROUPS)
    assert tokens.cues.tolist() == [[0, 2, 0], [3, 4, 1]]
    assert tokens.window(4, len(text)).cues.tolist() == [[2, 3, 1]]
    assert tokens.window(0, 20).cues.tolist() == [[0, 2, 0], [3, 4, 1]]
    assert tokens.window(0, 12).cues.tolist() == [[0, 2, 0]]


@given(text=CANONICAL, head=st.integers(0, 2))
@settings(deadline=None)
def test_contributions_sum_to_the_log_odds(text: str, head: int) -> None:
    decisions, windows = HEADS.decisions([text])
    start, end = windows[0, head].tolist()
    bias, contributions, _ = HEADS.contributions(HEADS.tokens(text).window(start, end), head)
    probability = HEADS.probabilities(decisions)[0, head]
    total = sigmoid(np.array([bias + contributions.sum()]))
    np.testing.assert_allclose(total, [probability], rtol=0, atol=1e-9)


@given(text=CANONICAL)
@settings(deadline=None)
def test_contributions_stand_on_tokens_of_the_window(text: str) -> None:
    _, windows = HEADS.decisions([text])
    start, end = windows[0, 0].tolist()
    _, contributions, ranges = HEADS.contributions(HEADS.tokens(text).window(start, end), 0)
    spans = Tokens.of(text).spans
    assert ranges.shape == (len(contributions), 2)
    assert set(ranges[:, 0]) <= set(spans[:, 0])
    assert set(ranges[:, 1]) <= set(spans[:, 1])
    assert all(start <= place < end for place in ranges[:, 0])


def test_decisions_of_a_batch_are_those_one_by_one() -> None:
    texts = [LONG_TEXT, "", "kem trộn", LONG_TEXT[::-1]]
    decisions, windows = HEADS.decisions(texts)
    for i, text in enumerate(texts):
        alone, where = HEADS.decisions([text])
        assert decisions[i].tobytes() == alone[0].tobytes()
        assert windows[i].tobytes() == where[0].tobytes()


def test_decisions_of_no_texts() -> None:
    decisions, windows = HEADS.decisions([])
    assert decisions.shape == (0, 3)
    assert windows.shape == (0, 3, 2)


def test_decisions_are_not_diluted_by_what_stands_around() -> None:
    ad = "nhận làm bằng lái xe không cần thi"
    alone = HEADS.decisions([ad])[0]
    filler = "một dòng chữ bình thường\n" * 20
    around = HEADS.decisions([f"{filler}{ad}\n{filler}"])[0]
    diluted = dataclasses.replace(HEADS, window_chars=10_000, stride_chars=5_000)
    head = int(np.argmax(alone[0]))
    loss = alone[0, head] - around[0, head]
    assert loss < alone[0, head] - diluted.decisions([f"{filler}{ad}\n{filler}"])[0][0, head]


@pytest.mark.parametrize("n_heads", [1, 15, 16, 40])
def test_decisions_take_any_number_of_heads(n_heads: int) -> None:
    heads = build_heads(n_heads)
    rows, values, _ = heads.features(heads.tokens("kem trộn"))
    expected = values @ heads.weights[rows].astype(np.float64) + heads.bias
    np.testing.assert_allclose(heads.decisions(["kem trộn"])[0][0], expected, rtol=0, atol=1e-9)


def test_probabilities_rise_with_decisions() -> None:
    decisions = np.linspace(-900, 900, 200)[:, None].repeat(3, axis=1)
    probabilities = HEADS.probabilities(decisions)
    assert ((probabilities >= 0) & (probabilities <= 1)).all()
    assert (np.diff(probabilities, axis=0) >= 0).all()


def test_join_words_keeps_length_and_positions() -> None:
    text = "bác sĩ khuyên dùng"
    joined = join_words(text, "underthesea")
    assert joined == "bác_sĩ khuyên dùng"
    assert len(joined) == len(text)


def test_decisions_of_words_differ_from_those_of_syllables() -> None:
    words = dataclasses.replace(HEADS, segmenter="underthesea")
    assert (words.decisions(["bác sĩ"])[0] != HEADS.decisions(["bác sĩ"])[0]).any()


SUBCODES = SubcodeHeads(
    codes=("medicine.a", "medicine.b", "cosmetics.a", "cosmetics.none"),
    starts=np.array([0, 2, 3, 5, 5], np.int32),
    buckets=np.array([1, 5, 5, 2, 9], np.int32),
    weights=np.array([1.0, 2.0, -4.0, 1.5, 0.5], np.float16),
    bias=np.array([-1.0, 0.5, -0.5, -2.0]),
)


@pytest.mark.parametrize(
    ("label", "rows", "values", "expected"),
    [
        ("medicine", [5], [1.0], ("medicine.a",)),  # a: -1 + 2, b: 0.5 - 4
        ("medicine", [1, 1], [1.0, 0.5], ("medicine.a", "medicine.b")),  # both above 0
        ("medicine", [1], [0.25], ("medicine.b",)),
        ("cosmetics", [7], [1.0], ("cosmetics.a",)),  # none above 0: the likeliest
        ("cosmetics", [], [], ("cosmetics.a",)),
        ("cosmetics", [2, 9, 10], [1.0, 1.0, 9.0], ("cosmetics.a",)),
        ("smuggled", [1], [1.0], ()),
        ("medicin", [1], [1.0], ()),
    ],
)
def test_choose_takes_what_is_above_0_and_at_least_the_likeliest(
    label: str, rows: list[int], values: list[float], expected: tuple[str, ...]
) -> None:
    chosen = SUBCODES.choose(label, np.array(rows, np.int64), np.array(values))
    assert chosen == expected


@given(st.floats(-1e6, 1e6))
def test_sigmoid_is_symmetric_and_in_range(log_odds: float) -> None:
    one, other = sigmoid(np.array([log_odds, -log_odds])).tolist()
    assert 0.0 <= one <= 1.0
    assert one + other == pytest.approx(1.0, abs=1e-15)
