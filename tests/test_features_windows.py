"""Windows over a long text: nothing left out, cuts where a reader would pause."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adclassifier.features import code_points, kernels

LONG = st.text(st.sampled_from("aăđẫ .!?…\n🔥"), max_size=400)
SIZES = st.tuples(st.integers(1, 120), st.integers(1, 150))


def windows(text: str, window_chars: int, stride_chars: int) -> list[tuple[int, int]]:
    ranges = kernels().cut_windows(code_points(text), window_chars, stride_chars)
    return [(int(start), int(end)) for start, end in ranges]


@given(text=LONG, sizes=SIZES)
@settings(deadline=None)
def test_cut_windows_covers_the_whole_text(text: str, sizes: tuple[int, int]) -> None:
    ranges = windows(text, *sizes)
    assert ranges[0][0] == 0
    assert ranges[-1][1] == len(text)
    for (_, end), (start, _) in itertools.pairwise(ranges):
        assert start <= end


@given(text=LONG, sizes=SIZES)
@settings(deadline=None)
def test_cut_windows_goes_forward_in_windows_of_the_size(text: str, sizes: tuple[int, int]) -> None:
    ranges = windows(text, *sizes)
    assert all(end - start <= sizes[0] for start, end in ranges)
    assert all(one[0] < two[0] for one, two in itertools.pairwise(ranges))


@given(text=LONG, sizes=SIZES)
@settings(deadline=None)
def test_cut_windows_cuts_no_word_that_has_a_blank_before_it(
    text: str, sizes: tuple[int, int]
) -> None:
    for start, end in windows(text, *sizes)[:-1]:
        reach = text[start + sizes[0] // 2 : start + sizes[0]]
        if " " in reach or "\n" in reach:
            assert text[end - 1] in " \n"


def test_cut_windows_leaves_short_texts_whole() -> None:
    assert windows("a" * 600, 600, 300) == [(0, 600)]
    assert windows("", 600, 300) == [(0, 0)]


def test_cut_windows_overlaps() -> None:
    ranges = windows("từ " * 1000, 600, 300)
    overlaps = [one[1] - two[0] for one, two in itertools.pairwise(ranges)]
    assert min(overlaps) > 250


def test_cut_windows_leaves_no_gap_where_a_window_ends_early() -> None:
    # A sentence ends just past the middle of the window, before the stride is over.
    text = "a" * 310 + ". " + "b" * 900
    ranges = windows(text, 600, 500)
    assert ranges[:2] == [(0, 312), (312, 912)]


@pytest.mark.parametrize("end", ["\n", ". ", "! ", "? ", "… "])
def test_cut_windows_prefers_the_end_of_a_line_or_sentence(end: str) -> None:
    text = "một hai ba bốn" + end + "năm sáu bảy tám chín mười"
    assert windows(text, 20, 20)[0] == (0, len("một hai ba bốn" + end))


def test_cut_windows_takes_a_blank_where_there_is_no_better() -> None:
    assert windows("một hai ba bốn năm", 12, 6)[0] == (0, len("một hai ba "))


def test_cut_windows_cuts_a_text_without_blanks() -> None:
    assert windows("a" * 25, 10, 10) == [(0, 10), (10, 20), (20, 25)]


def test_cut_windows_is_the_same_each_time() -> None:
    text = "Một câu dài. Và một câu nữa! " * 200
    assert windows(text, 600, 300) == windows(text, 600, 300)


def test_cut_windows_takes_long_texts() -> None:
    points = code_points("a b. " * 20_000)
    ranges = kernels().cut_windows(points, 600, 300)
    assert len(ranges) < 100_000 / 300 + 2
    assert np.all(np.diff(ranges[:, 0]) > 0)
