from __future__ import annotations

import csv
import json
import unicodedata
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adclassifier.text.accents import strip_accents
from adclassifier.text.normalize import TRICK_KINDS, normalize, retrace
from adclassifier.text.stages import EVERY_STAGE

ROOT = Path(__file__).parents[1]
CORPUS = sorted((ROOT / "data/corpus").glob("*.jsonl"))
# Tables that rules were written against. The share of each at first sight, before any rule was
# mended for it: blind_final 225 of 260 (86.5 %), blind_third 184 of 200 (92.0 %), blind_fourth
# 210 of 220 (95.5 %).
DEVELOPMENT = [
    "tricks_blind.tsv",
    "tricks_blind_final.tsv",
    "tricks_blind_third.tsv",
    "tricks_blind_fourth.tsv",
    "tricks_own.tsv",
]
LEAST_RESTORED = 0.95

# Hostile letters first: marks, zero width, lookalikes, styled, flags, a surrogate, NUL, bidi
ALPHABET = (
    "aăâeêioôơuưyđtrkhgnmbscpl ạộựểỗéợ 0123456789 .,-_/@$!|*+:\n\u0301\u0302\u0323\u0331\u0338"
    "\u200b\u202e\u00ad\x00\ud800аеоιοⓐ𝐚０ḛ⟨⟩<>【】💊🔥🇻🇳❄\ufe0f\u20e3"
)
PIECES = [
    *(
        "gi-ảm",
        "chi.l.l",
        "p o o d l e",
        "gi ấy",
        "k ạ",
        "nh@n",
        "banhs",
        "nha2",
        "🌿 mỹ",
        "ins ta",
    ),
    *("th.uốc", "t h u ố c", "thu0c", "c4n", "giảm", "xach", "t4y", "k", "ko", "e", "b", "ạ", "vk"),
    *("thuoosc", "thuo61c", "rer", "giá", "quááá", "saleee", "dê lô", "sàn cam", "qua", "trên"),
    *("0912 345 678", "o9l2", "không chín", "0912", "345", "stk", "1234567890", "vcb", "<PHONE>"),
    *("shop chấm com", "a@b.vn", "@keo_sg", "zalo.me/09", "bán", "💊", "❄️", "50", "K", "size", "s"),
    *("e-mail", "24/7", "an.toàn", "nam/nữ", "chính-hãng", "vitamin", "B12", "ⓩⓐⓛⓞ", "тһuốс", "🇿🇦"),
]
texts = st.one_of(
    st.text(st.sampled_from(ALPHABET), max_size=40),
    st.text(st.characters(exclude_categories=[]), max_size=30),
    st.builds(
        str.join,
        st.sampled_from([" ", "", ".", " . ", "\n", ", "]),
        st.lists(
            st.one_of(st.sampled_from(PIECES), st.text(st.sampled_from(ALPHABET), max_size=5)),
            max_size=10,
        ),
    ),
)
searched = settings(
    max_examples=300,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)


def authored(*, lawful: bool = False) -> list[str]:
    records = [json.loads(line) for path in CORPUS for line in path.read_text("utf-8").splitlines()]
    return [record["text"] for record in records if not (lawful and record["labels"])]


def share_restored(path: Path) -> tuple[float, list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    lost = [
        row["tricked"]
        for row in rows
        # a line break is written \n in the table
        if normalize(row["tricked"].replace("\\n", "\n")).text != normalize(row["clean"]).text
    ]
    return 1 - len(lost) / len(rows), lost


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("THUỐC  Nam \r\n Gia\u200b Truyền", "thuốc nam\ngia truyền"),  # item 12
        ("chính h.ã.n.g, t h u ố c, z.a.l.o, ib/i.b", "chính hãng, thuốc, zalo, ib/ib"),  # item 2
        ("kem/trộn, đồ xách/tay, nam/nữ", "kem trộn, đồ xách tay, nam/nữ"),
        ("bán thu0c auth3ntic zаlо ＳＡＬＥ ⓩⓐⓛⓞ", "bán thuốc authentic zalo sale zalo"),  # item 3
        ("giảm c4n, b0ng cười, xach t4y Úc", "giảm cân, bóng cười, xách tay úc"),
        ("ai cần 🍬 ❄️ thì ib", "ai cần kẹo đá thì ib"),  # item 4
        ("trên sàn cam, sóp pe, tóp tóp, phây búc, dê lô", None),  # item 6, below
        ("hok cần dc r, mn ơi, vs ae", "không cần được rồi, mọi người ơi, với anh em"),  # item 7
        ("giá 50k, 50 k 1 hộp, k cần đơn", "giá 50k, 50 k 1 hộp, không cần đơn"),
        ("bán thuoosc và thuo61c", "bán thuốc và thuốc"),  # item 8
        ("alo o9l2 345 678", "alo ⟨phone⟩"),  # item 9
        ("gọi không chín một hai ba bốn năm sáu bảy tám nhé", "gọi ⟨phone⟩ nhé"),
        ("0̲9̲1̲2̲3̲4̲5̲6̲7̲8̲", "⟨phone⟩"),
        ("stk 0123456789 vcb, a.b@c.example, @keo_sg", "stk ⟨account⟩ vcb, ⟨email⟩, ⟨account⟩"),
        ("giá rẻẻẻẻ, saleeee, ơiii", "giá rẻ, sale, ơi"),
        ("🇻🇳 áo cờ đỏ, 🇿🇦🇱🇴", "🇻🇳 áo cờ đỏ, zalo"),
        ("0912345678 và ०९१२३४५६७८", "⟨phone⟩ và ⟨phone⟩"),
        (
            "thuốc gi-ảm cân, gi ấy tờ, chi.l.l, p o o d l e",
            "thuốc giảm cân, giấy tờ, chill, poodle",
        ),
        ("ꓗꓰꓟ tг\u1ed9ռ, bᾰ̀ηg lái", "kem trộn, bằng lái"),
        ("shop nh@n đặt bánh, giá banhs bao", "shop nhận đặt bánh, giá bánh bao"),
        ("🍬 bay lắc, 🌿 mỹ, 🌿 mỹ phẩm", "kẹo bay lắc, cỏ mỹ, 🌿 mỹ phẩm"),
        ("dùng được k ạ, nhắn dép lào", "dùng được không ạ, nhắn zalo"),
    ],
)
def test_normalize_undoes_the_tricks_of_the_law_file(written: str, canonical: str | None) -> None:
    expected = canonical or "trên shopee, shopee, tiktok, facebook, zalo"
    assert normalize(written).text == expected


@pytest.mark.parametrize(
    "text",
    [
        *("trị/ngừa mụn", "giá 1.200.000đ", "tp.hcm", "24/7", "12.5.2026", "size s m l xl"),
        *("vitamin b12 d3 k2", "iphone 13 pro max", "h2o", "2in1", "e-mail", "x-quang", "k-pop"),
        *("dép lào", "nhóm a b c d e", "mua1 tặng1", "ba lá, thuốc cò", "list giá has box"),
        *("bệnh viện k", "vitamin k", "cắt mí", "lỗ hổng", "đau hông", "đá viên", "sàn gỗ cam"),
        *(
            "b2b",
            "a/c",
            "5kg x 2",
            "m.t.v",
            "bún bò to 45k",
            "💊 uống thuốc đúng giờ",
            "phòng mát ❄",
        ),
        *("xoong nồi", "quần soóc", "loong coong", "bill", "hello", "pin aaa", "hòa hoà thúy thuý"),
    ],
)
def test_normalize_leaves_ordinary_spelling(text: str) -> None:
    assert normalize(text).text == text


@pytest.mark.parametrize(
    "letter", "ăâđêôơưấầẩẫậắằẳẵặếềểễệốồổỗộớờởỡợứừửữựýỳỷỹỵìỉĩíịòỏõóọùủũúụàảãáạèẻẽéẹ"
)
def test_normalize_never_damages_vietnamese_letters(letter: str) -> None:
    assert [normalize(form).text for form in (letter, letter.upper())] == [letter, letter]


@searched
@given(texts)
def test_normalize_is_idempotent(text: str) -> None:
    once = normalize(text).text
    assert normalize(once).text == once


@searched
@given(texts)
def test_normalize_gives_offsets_in_order_and_in_range(text: str) -> None:
    canonical = normalize(text)
    starts, ends = canonical.starts, canonical.ends
    assert len(starts) == len(ends) == len(canonical.text)
    assert (starts < ends).all()
    assert (np.diff(starts) >= 0).all()
    assert (np.diff(ends) >= 0).all()
    assert not len(ends) or (starts[0] >= 0 and ends[-1] <= len(text))


@searched
@given(texts)
def test_normalize_reads_composed_and_decomposed_text_alike(text: str) -> None:
    composed, decomposed = (unicodedata.normalize(form, text) for form in ("NFC", "NFD"))
    assert normalize(composed).text == normalize(decomposed).text


@searched
@given(texts)
def test_normalize_names_only_listed_tricks_inside_the_text(text: str) -> None:
    for trick in normalize(text).tricks:
        assert trick.kind in TRICK_KINDS
        assert 0 <= trick.start < trick.end <= len(text)


def test_normalize_is_idempotent_on_authored_texts() -> None:
    changed = [text for text in authored() if normalize(once := normalize(text).text).text != once]
    assert changed == []


def test_normalize_keeps_the_words_of_lawful_texts() -> None:
    # Whole words that are neither contacts nor named tricks: those must not change in silence, but
    # for the accents that a line lacks
    lost = total = 0
    for text in authored(lawful=True):
        canonical = normalize(text)
        covered = [(trick.start, trick.end) for trick in canonical.tricks]
        words = Counter(canonical.text.split())
        words.update({*strip_accents(canonical.text).split()})
        for word in unicodedata.normalize("NFC", text).lower().split():
            if word.isalpha():
                total += 1
                lost += words[word] == 0 and not covered
    assert lost / total <= 0.01


@pytest.mark.parametrize(
    ("stored", "invented"),
    [
        ("Ib zalo <PHONE> nha", "Ib zalo 0912 345 678 nha"),
        ("xem <URL>", "xem https://abc-shop.example/x?y=1"),
        ("mail [EMAIL], stk <ACCOUNT> vcb", "mail a.b@c.example, stk 0123456789 vcb"),
        ("gọi <PHONE> - <PHONE_2>", "gọi 0912345678 - (028) 6271 7175"),
    ],
)
def test_normalize_reads_placeholders_and_contacts_alike(stored: str, invented: str) -> None:
    assert normalize(stored).text == normalize(invented).text


@pytest.mark.parametrize("table", DEVELOPMENT)
def test_normalize_restores_the_strings_it_was_tuned_on(table: str) -> None:
    share, lost = share_restored(ROOT / "tests/data" / table)
    assert share >= LEAST_RESTORED, lost


@pytest.mark.parametrize("done", [EVERY_STAGE, 0])
@pytest.mark.parametrize(
    "text",
    [
        "",
        "thuốc",
        "THUỐC  ko \r\n cần\u200b đơn, giá 120k",
        "Bán TH.UỐC gi4m c4n ko cần đơn, ib dê lô O9I2.345.678 nha mn",
        "hàng đẹpppp quáá, zalo.me/0912345678, tele @keo_dem_sg",
        "thuoc giam can gia truyen, ban si le toan quoc",
        "Ban THUOC giam can  gia truyen, ban si le ko can don nha mn",
        "thuok zam can gia truyen gía re, b.a.n si le toan quoc zalo.me/x",
        "basn thuoosc giarm caan #hangcosan khôg fải đâu",
        "chị oiii mua nhé\nthuoc giam can gia re nay",
        "𝐭𝐡𝐮𝐨̂́𝐜 ｇｉａ̉ｍ cân ⓩⓐⓛⓞ 0️⃣9️⃣ tһuốс t.r.ị n á m",
    ],
)
def test_retrace_gives_what_normalize_gives(text: str, done: int) -> None:
    canonical = normalize(text)
    found = retrace(text, canonical.text, done)
    assert (found.text, found.tricks) == (canonical.text, canonical.tricks)
    assert found.starts.tolist() == canonical.starts.tolist()
    assert found.ends.tolist() == canonical.ends.tolist()
