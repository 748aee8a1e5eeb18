"""Contributions folded onto words keep their sum; evidence cuts no letter in two."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adclassifier import explain
from adclassifier.explain import choose_words, fold_onto_words, widen_to_graphemes

WORDS = [(0, 3), (4, 8), (9, 10), (10, 13)]


@given(
    grams=st.lists(
        st.tuples(st.sampled_from(WORDS), st.sampled_from(WORDS), st.floats(-10, 10)), max_size=30
    )
)
def test_fold_onto_words_keeps_the_sum(
    grams: list[tuple[tuple[int, int], tuple[int, int], float]],
) -> None:
    ranges = np.array([(min(a[0], b[0]), max(a[1], b[1])) for a, b, _ in grams], np.int32)
    contributions = np.array([contribution for _, _, contribution in grams])
    folded = fold_onto_words(contributions, ranges.reshape(-1, 2), WORDS)
    assert folded.shape == (len(WORDS),)
    assert folded.sum() == pytest.approx(contributions.sum(), abs=1e-9)


def test_fold_onto_words_shares_by_characters() -> None:
    folded = fold_onto_words(np.array([7.0]), np.array([[0, 8]], np.int32), WORDS)
    assert folded.tolist() == [3.0, 4.0, 0.0, 0.0]


def test_fold_onto_words_touches_no_other_word() -> None:
    folded = fold_onto_words(np.array([1.0]), np.array([[9, 10]], np.int32), WORDS)
    assert folded.tolist() == [0.0, 0.0, 1.0, 0.0]


def test_fold_onto_words_gives_a_word_more_than_its_n_gram() -> None:
    # A word of underthesea is wider than the syllable that contributes.
    folded = fold_onto_words(np.array([1.0]), np.array([[5, 6]], np.int32), WORDS)
    assert folded.tolist() == [0.0, 1.0, 0.0, 0.0]


def test_fold_onto_words_of_nothing() -> None:
    empty = np.empty((0, 2), np.int32)
    assert fold_onto_words(np.empty(0), empty, WORDS).tolist() == [0.0] * 4
    assert fold_onto_words(np.empty(0), empty, []).tolist() == []


@pytest.mark.parametrize(
    ("contributions", "expected"),
    [
        ([], []),
        ([0.0, 0.0], []),
        ([-1.0, -2.0], []),
        ([1.0], [(0, 0)]),
        ([5.0, 0.1, -3.0], [(0, 0)]),
        ([1.6, 0.0, 1.5, 0.3], [(0, 2)]),  # the word between two chosen ones joins them
        ([1.6, -1.0, 1.5, 0.3], [(0, 2)]),
        ([1.6, -2.0, 1.5, 0.3], [(0, 0), (2, 2)]),
        ([9.0, 0.0, 0.0, 1.0], [(0, 0)]),  # most of it is enough
        ([2.0, 2.0, -9.0, -9.0, 3.0], [(0, 1), (4, 4)]),
        ([1.0] * 40, [(0, 33)]),  # the first of equals go first,
    ],
)
def test_choose_words(contributions: list[float], expected: list[tuple[int, int]]) -> None:
    assert choose_words(np.array(contributions)) == expected


@given(st.lists(st.floats(-5, 5), max_size=60))
def test_choose_words_gives_few_runs_in_order_that_speak_for_the_label(
    contributions: list[float],
) -> None:
    runs = choose_words(np.array(contributions))
    assert len(runs) <= 6
    places = [place for run in runs for place in run]
    assert places == sorted(places)
    assert all(contributions[first] > 0 and contributions[last] > 0 for first, last in runs)
    assert all(sum(contributions[first : last + 1]) > 0 for first, last in runs)


CLUSTERS = [
    "a",
    "đ",
    "e\u0302\u0301",
    "\U0001f44d\U0001f3fd",
    "\U0001f468\u200d\U0001f469\u200d\U0001f467",
    "\u2764\ufe0f\u200d\U0001f525",
    "1\ufe0f\u20e3",
    "\U0001f1fb\U0001f1f3",
    "\U0001f3f4\U000e0067\U000e0062\U000e007f",
    "\u1112\u1161\u11ab",
    "\uac00\u11a8",
    "\u0e01\u0e33",
    "\u0915\u094d\u0937\u093f",
    "\r\n",
    "t\u0335\u0341\u0489",
]


@pytest.mark.parametrize("cluster", CLUSTERS, ids=ascii)
def test_widen_to_graphemes_takes_whole_clusters(cluster: str) -> None:
    text = f"x{cluster}y"
    for i in range(1, len(cluster) + 1):
        assert widen_to_graphemes(text, i, i + 1) == (1, 1 + len(cluster))


@given(st.lists(st.sampled_from(CLUSTERS), min_size=1, max_size=6), st.data())
def test_widen_to_graphemes_cuts_no_cluster(clusters: list[str], data: st.DataObject) -> None:
    # Blanks between them: side by side a flag's letters or a Korean syllable's parts may join.
    text = " ".join(clusters)
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    low, high = widen_to_graphemes(text, start, end)
    assert low <= start < end <= high
    borders = {0, len(text)}
    place = 0
    for cluster in clusters:
        borders |= {place, place + len(cluster)}
        place += len(cluster) + 1
    assert {low, high} <= borders


def test_widen_to_graphemes_counts_flags_in_pairs() -> None:
    flags = "\U0001f1fb\U0001f1f3" * 3
    assert widen_to_graphemes(flags, 3, 4) == (2, 4)


def test_widen_to_graphemes_takes_no_more_than_it_must() -> None:
    assert widen_to_graphemes("kem trộn", 4, 8) == (4, 8)
    assert widen_to_graphemes("kem\ntrộn", 3, 4) == (3, 4)


def test_letters_that_stand_alone_are_borders_by_the_rules_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    plain = [chr(point) for point in [*range(0x20, 0x300), *range(0x1E00, 0x2000)]]
    pairs = [f"{a}{b}" for a in plain for b in ("a", "ạ", " ", "~", "\u02ff", "\u1fff")]
    pairs += [pair[::-1] for pair in pairs]
    monkeypatch.setattr(explain, "_stands_alone", lambda _: False)
    assert [pair for pair in pairs if widen_to_graphemes(pair, 1, 1) != (1, 1)] == []
