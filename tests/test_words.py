from __future__ import annotations

import struct
import unicodedata
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adclassifier.classifier.words import find_words
from adclassifier.text.chain_file import Chain, read_chain
from adclassifier.text.segment import word_spans
from adclassifier.text.word_model import build_tables
from adclassifier.text.word_tokens import load_word_tokens

# What underthesea's pattern and its model treat in a way of their own, and words to stand between.
_PIECES = [
    *("bác sĩ", "Bác Sĩ", "THUỐC", "viêm xoang mũi", "học sinh", "BOS", "EOS", "Thasao", "Ths"),
    *(
        "T.Ư",
        "Tp.",
        "v.v.",
        "v.v...",
        "NĐ-CP",
        "H'Mông",
        "e-mail",
        "a-lô",
        "ABC.",
        "Đ.",
        ":D",
        ":))",
    ),
    *("http://", "www.a.vn", "a@b.vn", "02/05/2014", "100.000,5", "3x4", "4K", "29A1-123", "120k"),
    *(
        "2147483648",
        "=>",
        "==>",
        "...",
        "°C",
        "ʺ",
        "ð",
        "Ð",
        "İ",
        "ß",
        "Σ",
        "ⅷ",
        "٣",
        "😀",
        "\u200b",
    ),
    *("\u0301", "\u05b0\u0301", "\u0f39", ".", ",", "-", "_", "/", "(", "đồng", "trị nám"),
]
_BLANKS = ["", " ", " ", " ", "\n", "\n\n", "\u00a0", "\u3000", "\x1c"]


def as_lists(text: str) -> list[list[int]]:
    return [list(span) for span in word_spans(text)]


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n\t ",
        "Bác sĩ khuyên dùng viên uống này, hoá đơn  đỏ 120k\nib em.",
        "Nhà ở quận ABC.",
        "Nhà ở quận ABC.\n",
        "Nhà ở quận ABC. ",
        "Nhà ở quận ABC. Gọi",
        "Cười :D",
        "Cười :Dương",
        "Thasao aThis xThủs",
        "chữ ð của nước khác",
        "\ud800 lone \udfff",
        "Mr.\u05b0\u0300thơ",
        unicodedata.normalize("NFD", "Bác sĩ khuyên dùng viên uống này"),
        "thuốc giảm cân " * 600,
        "a" * 5000,
    ],
)
def test_find_words_gives_what_underthesea_gives(text: str) -> None:
    assert find_words(text).tolist() == as_lists(text)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(_PIECES), st.sampled_from(_BLANKS)), max_size=25))
def test_find_words_gives_what_underthesea_gives_of_any_pieces(
    pieces: list[tuple[str, str]],
) -> None:
    text = "".join(piece + blank for piece, blank in pieces)
    assert find_words(text).tolist() == as_lists(text)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60))
def test_find_words_gives_what_underthesea_gives_of_any_text(text: str) -> None:
    assert find_words(text).tolist() == as_lists(text)


def test_load_word_tokens_knows_the_installed_model() -> None:
    assert load_word_tokens() is not None


def test_read_says_nothing_of_letters_that_underthesea_replaces() -> None:
    known = load_word_tokens()
    assert known is not None
    assert known.read("chữ ð") is None


def test_read_forgets_stretches_and_reads_them_again(monkeypatch: pytest.MonkeyPatch) -> None:
    known = load_word_tokens()
    assert known is not None
    first = known.read("bác sĩ khuyên")
    known.stretches.clear()  # other tests have filled it
    monkeypatch.setattr("adclassifier.text.word_tokens._MOST_STRETCHES", 2)
    assert known.read("một hai ba bốn năm sáu") is not None
    assert len(known.stretches) <= 2
    again = known.read("bác sĩ khuyên")
    assert first is not None
    assert again is not None
    assert again.tolist() == first.tolist()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "cut short"),
        (struct.pack("<4sI4sIIIIIIIII", b"lCRF", 0, b"OTHE", *[0] * 9), "no model of CRFsuite"),
        (struct.pack("<4sI4sIIIIIIIII", b"lCRF", 0, b"FOMC", *[0] * 9), "CQDB"),
    ],
)
def test_read_chain_refuses_other_files(tmp_path: Path, data: bytes, said: str) -> None:
    path = tmp_path / "models.bin"
    path.write_bytes(data)
    with pytest.raises(ValueError, match=said):
        read_chain(path)


@pytest.mark.parametrize(
    ("labels", "template", "said"),
    [
        (["I-W", "B-W"], "T[0]", "labels"),
        (["B-W", "I-W"], "T[0].shape", "what we do not know"),
        (["B-W", "I-W"], "T[-3]", "reaches too far"),
        (["B-W", "I-W"], "word", "unknown template"),
    ],
)
def test_build_tables_refuses_models_of_another_form(
    labels: list[str], template: str, said: str
) -> None:
    chain = Chain(labels, [], np.zeros((0, 2)), np.zeros((2, 2)))
    with pytest.raises(ValueError, match=said):
        build_tables(chain, [template], ())
