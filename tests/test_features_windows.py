"""Windows over a long text: nothing left out, cuts where a reader would pause."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adclassifier.features import code_points, kernels

LONG = st.text(st.sampled_from("aăđẫ .!?…\n🔥"), max_size=400)
SIZES = st.tuples(st.integers(1, 120), st.integers(1, 150))


def windows(text: str, window_chars: int, stride_chars: int) -> list[tuple[int, int]]:
    ranges, _ = kernels().cut_windows(code_points(text), window_chars, stride_chars)
    return [(int(start), int(end)) for start, end in ranges]


@given(text=LONG, sizes=SIZES)
@settings(deadline=None)
def test_cut_windows_covers_the_whole_text(text: str, sizes: tuple[int, int]) -> None:
    reached = 0
    for start, end in windows(text, *sizes):
        assert start <= reached
        reached = max(reached, end)
    assert reached == len(text)


@given(text=LONG, sizes=SIZES)
@settings(deadline=None)
def test_cut_windows_goes_forward_in_windows_of_the_size(text: str, sizes: tuple[int, int]) -> None:
    ranges = windows(text, *sizes)
    assert all(end - start <= sizes[0] for start, end in ranges)
    assert ranges == sorted(set(ranges))


@given(text=LONG, sizes=SIZES)
@settings(deadline=None)
def test_cut_windows_cuts_no_word_that_has_a_blank_before_it(
    text: str, sizes: tuple[int, int]
) -> None:
    steps = [max(int(sizes[0] * 0.5 ** (0.5 * step)), 1) for step in range(7)]
    for start, end in windows(text, *sizes):
        whole = [size for size in steps if start + size == end]
        reaches = [text[start + size // 2 : start + size] for size in whole]
        blank = all(" " in reach or "\n" in reach for reach in reaches)
        if end < len(text) and blank:
            assert text[end - 1] in " \n"


def test_cut_windows_leaves_short_texts_whole() -> None:
    assert windows("a" * 50, 400, 30) == [(0, 50)]
    assert windows("", 400, 30) == [(0, 0)]


def test_cut_windows_reads_each_place_at_seven_sizes() -> None:
    ranges = windows("từ " * 1000, 400, 30)
    lengths = [end - start for start, end in ranges if start == 0]
    assert lengths == [48, 69, 99, 141, 198, 282, 399]


def test_cut_windows_of_one_size_rise_at_both_ends() -> None:
    text = "Bán kem trộn, ib em. từ từ từ từ\n" * 40
    ranges, sizes = kernels().cut_windows(code_points(text), 400, 30)
    for size in range(7):
        own = ranges[sizes == size]
        assert len(own) > 1
        assert (np.diff(own, axis=0) >= 0).all()


def test_cut_windows_begins_where_a_sentence_begins() -> None:
    text = "a" * 40 + ". " + "Bán kem trộn, ib em. " + "b" * 200
    assert 42 in {start for start, _ in windows(text, 400, 30)}


@pytest.mark.parametrize("end", ["\n", ". ", "! ", "? ", "… "])
def test_cut_windows_prefers_the_end_of_a_line_or_sentence(end: str) -> None:
    text = "một hai ba bốn" + end + "năm sáu bảy tám chín mười"
    assert (0, len("một hai ba bốn" + end)) in windows(text, 20, 20)


def test_cut_windows_takes_a_blank_where_there_is_no_better() -> None:
    assert (0, len("một hai ba ")) in windows("một hai ba bốn năm", 12, 6)


def test_cut_windows_cuts_a_text_without_blanks() -> None:
    assert [each for each in windows("a" * 25, 10, 10) if each[1] - each[0] == 10] == [
        (0, 10),
        (10, 20),
    ]


def test_cut_windows_takes_long_texts() -> None:
    points = code_points("a b. " * 20_000)
    ranges, _ = kernels().cut_windows(points, 400, 30)
    assert len(ranges) < 7 * (100_000 / 30 + 2)
    assert np.all(np.diff(ranges[:, 0]) >= 0)
