"""Gates and edits of the compiled normaliser, and short cuts of the plain one, one by one."""

from __future__ import annotations

import random
import re
from itertools import product

import pyarrow as pa
import pytest

from adclassifier.features.reading import points
from adclassifier.features.reading.reader import Reader
from adclassifier.text import contacts, phones
from adclassifier.text.contacts import matches_from
from adclassifier.text.normalize import normalize, retrace

NUMBERS = [
    "19034567",
    "1903 4567 8901",
    "1012345678",
    "123.456",
    "1.200.000",
    "12345",
    "0912345678",
]
BEFORE = sorted({*contacts.words_before_accounts(), *contacts.words_behind_accounts(), "số tk là"})
KEYS = ["thuoosc", "basn", "rer", "chocj", "moon", "thuo61c", "nha2", "cos", "ddaau", "khoonnnng"]
MARKS = ["\u0300", "\u0301", "\u0302", "\u0306", "\u031b", "\u0323", "\u0335", "\u0e38", "\u0e48"]
BASES = ["a", "U", "ê", "𝐚", "𝐎", "ａ", "ⓔ", "①", "ɢ", "Ⱥ", "К", "ที", "♥", " ", "💊", "\u200d"]


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader()


def assert_same(reader: Reader, texts: list[str]) -> None:
    batch = reader.read(pa.array(texts, pa.large_string()))
    for row, text in enumerate(texts):
        whole, part = normalize(text), retrace(text, *batch.written(row))
        assert (batch.text(row), part.tricks) == (whole.text, whole.tricks), text
        assert part.starts.tolist() == whole.starts.tolist(), text


@pytest.mark.parametrize("gap", ["", " ", ": ", "\n", " - ", ": (", " : (("])
def test_read_finds_accounts_beside_every_word_that_announces_them(
    reader: Reader, gap: str
) -> None:
    texts = [
        text
        for word, number in product(BEFORE, NUMBERS)
        for text in (f"gửi {word}{gap}{number} nhé", f"gửi a{number}{gap}{word} nhé {number}")
    ]
    assert_same(reader, texts)


def test_read_leaves_a_number_beside_no_such_word_to_compiled_code(reader: Reader) -> None:
    texts = ["bán 100.000 hàng mỹ phẩm", "hàng mới về: giá chỉ 250.000 thôi", "á 5 đẹp 1000000"]
    assert not reader.read(pa.array(texts)).plain.any()


@pytest.mark.parametrize("seed", range(3))
def test_read_sees_addresses_and_handles_as_normalize(reader: Reader, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - no secret
    parts = [*"@@@..-_+% ab1", "shop", "mai", "com", "vn", "ế", "gmail.com", "www.", "://", "http"]
    texts = ["".join(chance.choices(parts, k=chance.randint(2, 9))) for _ in range(3000)]
    assert_same(reader, texts)


@pytest.mark.parametrize("text", ["vui vl @@ nhé", "son mik@vonk đẹp"])
def test_read_takes_the_compiled_way_where_no_address_follows(reader: Reader, text: str) -> None:
    assert not reader.read(pa.array([text])).plain.any()


def test_read_joins_chains_between_words_as_normalize(reader: Reader) -> None:
    chains = ["gi-ảm", "thu-ốc", "t/y", "nam/nữ", "c/o", "đi-ều", "l.à", "gi÷ảm", "th,ích", "s.ữa"]
    beside = ["thuốc", "cân", "a", "", "bán", "trị!", "ngọtngàongào", "x.y", "#mẹ", "kem,"]
    rows = [f"{left} {x} {right}" for left, x, right in product(beside, chains, beside)]
    assert_same(reader, [*rows, *map(str.upper, rows), "a" + "#bán" * 60, "gi-ảm" * 40])


@pytest.mark.parametrize("seed", range(3))
def test_read_writes_key_strokes_as_normalize(reader: Reader, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - no secret
    words = [*KEYS, *KEYS, "thuốc", "giá", "bán", "the", "hàng", "nhà", "được", "có", "đẹppp", ","]
    texts = [" ".join(chance.choices(words, k=chance.randint(1, 14))) for _ in range(1500)]
    assert_same(reader, texts)


def test_read_puts_marks_onto_any_character_as_normalize(reader: Reader) -> None:
    ends = ["", *MARKS[::3], "𝐛"]
    rows = ["".join(row) for row in product(BASES, MARKS, [*MARKS, "", "a"], ends)]
    assert_same(reader, [*rows, *(f"đi {row} {row}x" for row in rows[::7])])


@pytest.mark.parametrize("text", ["𝐭𝐫𝐚̉ 𝐩𝐡𝐮́𝐭", "อยู่ที่ไทย โก๊ะ"])
def test_read_takes_the_compiled_way_for_marks(reader: Reader, text: str) -> None:
    assert not reader.read(pa.array([text])).plain.any()


def test_read_goes_on_with_rounds_behind_a_stage_of_plain_code_as_normalize(reader: Reader) -> None:
    stops = ["gọi 0912 345 678", "sóp pe", "t h u ố c", "thu0c gi4m", "𝐀𐌀 x"]
    rest = ["", " ", "  a", "\u0301", " ยู่", "🇻🇳", "gi-ảm cân", "ko ccần", "O\u0309\u0301", "\n\n"]
    rows = [f"{end}{stop}{rest_}" for end, stop, rest_ in product(rest, stops, rest)]
    assert_same(reader, rows)


@pytest.mark.parametrize("seed", range(3))
def test_read_restores_lines_as_normalize(reader: Reader, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - no secret
    words = ["thuoc", "giam", "can", "khong", "the", "phone", "<phone>", "thuốc", "đẹp", "ko", "b2"]
    gaps = [*"    ", "\n", "\n", ", ", ".", "\n\n", "_", " - "]
    texts = [
        "".join(chance.choice(words) + chance.choice(gaps) for _ in range(chance.randint(1, 24)))
        for _ in range(1500)
    ]
    assert_same(reader, texts)


def test_folds_lets_every_visible_sign_of_ascii_stand_for_itself() -> None:
    signs = range(ord(" ") + 1, 0x7F)
    assert [chr(points.folds()[sign]) for sign in signs] == [chr(sign).lower() for sign in signs]


@pytest.mark.parametrize("sign", ["\r", "\v", "\x1c", "\x85", "\u2028", "\r\n", " \u2029 "])
def test_read_folds_every_kind_of_new_line(reader: Reader, sign: str) -> None:
    assert_same(reader, [f"{sign}mua{sign}{sign}thuốc {sign} ko{sign}", sign])


def rules() -> list[tuple[re.Pattern[str], re.Pattern[str]]]:
    links = [(contacts._LINK_START, contacts._link())]
    return [*((rule.starts, rule.pattern) for rule in phones._rules()), *links]


@pytest.mark.parametrize("number", range(len(rules())))
def test_matches_from_gives_what_finditer_gives(number: int) -> None:
    starts, pattern = rules()[number]
    chance = random.Random(number)  # noqa: S311 - no secret
    digits = ["0", "84", "+84", "09", "912", "345", "678", "1900", "0912345678", "o9", "xx", "**"]
    others = [
        *" .-,()[]【】\n/o_k⟨",
        "không",
        "chín",
        "ba",
        "a",
        "zalo.me/",
        "www.",
        "-b.vn",
        "http://",
    ]
    for _ in range(4000):
        text = "".join(chance.choices([*digits, *others], k=chance.randint(3, 24)))
        expected = [match.span() for match in pattern.finditer(text)]
        assert [match.span() for match in matches_from(starts, pattern, text)] == expected, text


@pytest.mark.parametrize(
    ("token", "expected"), [("19034567vcb", True), ("5nh", True), ("vcb", False), ("ab", False)]
)
def test_ends_as_account_looks_for_a_figure_before_the_word(token: str, expected: bool) -> None:
    assert contacts.ends_as_account(token) is expected
