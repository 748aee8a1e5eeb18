from __future__ import annotations

import subprocess
import sys
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adclassifier.text.segment import word_spans

HOSTILE = [
    "",
    " \n\t ",
    "\ud800 lone \udfff",
    "\x00\u200b\u202e",
    "👨\u200d👩\u200d👧 gia đình 🇻🇳",
    "a" * 5000,
    "thuốc " * 2000,
    "http://" * 1000,
    "trị\u00a0nám\u3000da",
    "o\u0301\u0302\u0323" * 10,
]


class PanicException(BaseException):
    """Stands for the one that underthesea's Rust core raises."""


def words(text: str) -> list[str]:
    return [text[start:end] for start, end in word_spans(text)]


def check_cover(text: str) -> None:
    spans = word_spans(text)
    covered = [place for start, end in spans for place in range(start, end)]
    assert covered == sorted(set(covered))
    assert all(start < end for start, end in spans)
    assert {i for i, sign in enumerate(text) if not sign.isspace()} <= set(covered)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Bác sĩ khuyên dùng", ["Bác sĩ", "khuyên", "dùng"]),
        ("hoá đơn  đỏ, 120k", ["hoá đơn", "đỏ", ",", "120", "k"]),
        ("cấp  tốc\nib em", ["cấp  tốc", "ib", "em"]),
    ],
)
def test_word_spans_gives_words_of_the_text_as_written(text: str, expected: list[str]) -> None:
    assert words(text) == expected


def test_word_spans_finds_the_same_words_in_decomposed_letters() -> None:
    text = "Bác sĩ khuyên dùng viên uống này"
    decomposed = unicodedata.normalize("NFD", text)
    composed = [unicodedata.normalize("NFC", word) for word in words(decomposed)]
    assert composed == words(text)


@pytest.mark.parametrize("text", HOSTILE)
def test_word_spans_covers_hostile_text(text: str) -> None:
    check_cover(text)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=60))
def test_word_spans_covers_any_text(text: str) -> None:
    check_cover(text)


def test_word_spans_survives_a_panic_of_the_tagger(monkeypatch: pytest.MonkeyPatch) -> None:
    def panic(*_: object, **__: object) -> list[str]:
        raise PanicException("byte index 1 is not a char boundary")

    monkeypatch.setattr("underthesea.word_tokenize", panic)
    assert words("bán thuốc  tây") == ["bán", "thuốc", "tây"]


def test_word_spans_lets_other_errors_through(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object, **__: object) -> list[str]:
        raise KeyboardInterrupt

    monkeypatch.setattr("underthesea.word_tokenize", interrupt)
    with pytest.raises(KeyboardInterrupt):
        word_spans("bán thuốc tây")


def test_word_spans_cuts_at_spaces_where_the_tagger_loses_letters(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("underthesea.word_tokenize", lambda *_, **__: ["bán thuốc"])
    assert words("bán thuốc tây") == ["bán", "thuốc", "tây"]


_FIRST_OF_MANY_THREADS = """
import threading
from concurrent.futures import ThreadPoolExecutor
from adclassifier.text.segment import word_spans

together = threading.Barrier(8)

def ask(_):
    together.wait()
    return word_spans("Bác sĩ khuyên dùng")

with ThreadPoolExecutor(8) as pool:
    print({tuple(spans) for spans in pool.map(ask, range(8))})
"""


def test_word_spans_may_be_asked_first_by_many_threads() -> None:
    command = [sys.executable, "-c", _FIRST_OF_MANY_THREADS]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("{((0, 6), (7, 13), (14, 18))}\n", "")
