import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adclassifier.corpus.traced import Traced

TEXTS = st.text("ab <>.\nđệ̣́", max_size=30)
EDITS = st.sampled_from(
    [(re.compile(r"\s+"), " "), (re.compile("a+"), "xyz"), (re.compile(r"[<>.]"), "")]
)


@given(TEXTS, st.lists(EDITS, max_size=4))
def test_sub_gives_what_re_sub_gives_with_monotone_places(text, edits):
    traced, plain = Traced.of(text), text
    for pattern, new in edits:
        traced, plain = traced.sub(pattern, new), pattern.sub(new, plain)
    assert traced.text == plain
    assert len(traced.starts) == len(traced.ends) == len(plain)
    assert list(traced.starts) == sorted(traced.starts)
    assert list(traced.ends) == sorted(traced.ends)
    assert all(
        0 <= start <= end <= len(text)
        for start, end in zip(traced.starts, traced.ends, strict=True)
    )


@given(TEXTS, st.data())
def test_forward_finds_what_backward_names(text, data):
    traced = Traced.of(text).sub(re.compile(r"\s+"), " ").sub(re.compile("<"), "")
    if not traced.text:
        return
    start = data.draw(st.integers(0, len(traced.text) - 1))
    end = data.draw(st.integers(start + 1, len(traced.text)))
    assert traced.forward(*traced.backward(start, end)) == (start, end)


def test_forward_of_a_cut_span_is_empty():
    traced = Traced.of("Váy xinh <URL>").sub(re.compile("<URL>"), "")
    start, end = traced.forward(9, 14)
    assert start >= end


def test_edit_inserts_without_taking_a_place():
    traced = Traced.of("ab").edit([(1, 1, "\n"), (2, 2, "!")])
    assert traced.text == "a\nb!"
    assert traced.backward(2, 3) == (1, 2)


@pytest.mark.parametrize("composed", ["đệ", "Việt Nam", "tiểu đường", "SỨC KHOẺ"])
def test_compose_joins_marks(composed):
    text = unicodedata.normalize("NFD", composed)
    traced = Traced.of(text).compose()
    assert len(text) > len(composed)
    assert traced.text == composed
    assert traced.backward(0, len(composed)) == (0, len(text))
