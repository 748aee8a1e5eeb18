"""A canonical text whose way back is looked for late says what `normalize` says."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adclassifier.classifier import bulk
from adclassifier.features.reading.reader import Reader
from adclassifier.text import late
from adclassifier.text.codepoints import fold_code_points, replace_surrogates
from adclassifier.text.late import LateCanonical
from adclassifier.text.normalize import TRICK_KINDS, Canonical, normalize
from adclassifier.text.offsets import Rewriter

CORPUS = Path(__file__).parents[1] / "data" / "corpus"
DISGUISED = [
    *("THUỐC  ko \r\n cần\u200b đơn", "thu\u200bốc tây", "❤️\ufe0fem", "Ⓩⓐⓛⓞ em", "tһuốс nam"),
    *("t̶h̶u̶ố̶c̶ ngủ", "𝐭𝐡𝐮𝐨̂́𝐜", "shop chấm com", "shop \n . \t com", "vào shopthuoc (dot) vn nhé"),
    *(
        "giảm cân gi4m c4n",
        "O9I2.345.678",
        "ib dê lô",
        "t.r.ị n á m",
        "hàng đẹpppp",
        "basn thuoosc",
    ),
    *(
        "zalo.me/0912345678",
        "cân nặng 1 . net",
        "Cân",
        "nhaˋ thuôć",
        "th 🅾 ng",
        "💊uống đỏ ko",
        "Łem ơi",
        "1\u2126a, a\u2126b \u212a\u212b",
        "Ɓán thu\u1d52c, Ɓán ①",
    ),
]


def late_of(texts: list[str]) -> list[LateCanonical]:
    batch = Reader().read(bulk.to_arrow(texts))
    return [LateCanonical(text, *batch.written(row)) for row, text in enumerate(texts)]


def said(canonical: Canonical) -> list[bool]:
    return [canonical.has_tricks({kind}) for kind in TRICK_KINDS]


@pytest.fixture(scope="module")
def authored() -> list[str]:
    return [
        json.loads(line)["text"]
        for path in sorted(CORPUS.glob("*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
    ][::5]


def test_has_tricks_says_what_normalize_finds_in_the_corpus(authored: list[str]) -> None:
    texts = [*authored, *DISGUISED]
    wrong = [
        text
        for text, late in zip(texts, late_of(texts), strict=True)
        if said(late) != said(normalize(text))
    ]
    assert wrong == []


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from([*DISGUISED, "em", "\u200d", "\u0301", "🔥", "."]), max_size=5))
def test_has_tricks_says_what_normalize_finds(words: list[str]) -> None:
    for text in (" ".join(words), "".join(words)):
        assert said(late_of([text])[0]) == said(normalize(text))


def test_the_first_stage_finds_no_trick_in_signs_that_are_passed_over() -> None:
    passed = [*map(chr, np.flatnonzero(~late._may_be_odd()).tolist())]
    assert len(passed) > 100_000
    rewriter = Rewriter(replace_surrogates(" ".join(f"a{sign}b {sign}" for sign in passed)))
    fold_code_points(rewriter)
    assert rewriter.tricks == []


@pytest.mark.parametrize("text", DISGUISED)
def test_way_back_is_that_of_normalize(text: str) -> None:
    late, found = late_of([text])[0], normalize(text)
    assert (late.text, late.tricks) == (found.text, found.tricks)
    assert late.starts.tolist() == found.starts.tolist()
    assert late.ends.tolist() == found.ends.tolist()
    whole = 0, len(found.text)
    assert late.span(*whole) == found.span(*whole)


def test_way_back_of_a_plain_text_is_not_looked_for() -> None:
    late = late_of(["Bán thuốc tây ib em nha 🔥, xem zalo.me/0912345678"])[0]
    assert not late.has_tricks({"zero_width", "homoglyph", "spelled_link", "dotted"})
    assert "_found" not in vars(late)
