from __future__ import annotations

import importlib
import re
import time
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adclassifier.entities import find_entities, mask_contacts, places, read_phone, registrations
from adclassifier.text.normalize import normalize


def values(text: str, kind: str) -> list[str | int]:
    return [e.value for e in find_entities(text, normalize(text)) if e.kind == kind]


def texts(text: str, kind: str) -> list[str]:
    return [e.text for e in find_entities(text, normalize(text)) if e.kind == kind]


@pytest.mark.parametrize(
    ("text", "vnd"),
    [
        ("850k", 850_000),
        ("giá 1tr2/bộ", 1_200_000),
        ("1tr25", 1_250_000),
        ("1tr250", 1_250_000),
        ("1tr800k", 1_800_000),
        ("1.200.000đ", 1_200_000),
        ("1,200,000 vnđ", 1_200_000),
        ("9 , 900 , 000đ", 9_900_000),
        ("2 triệu rưỡi", 2_500_000),
        ("1,5 triệu", 1_500_000),
        ("3 củ 2", 3_200_000),
        ("2 tỷ 630tr", 2_630_000_000),
        ("15k5", 15_500),
        ("#250K", 250_000),
        ("500 cành", 500_000),
        ("ba mươi nghìn một bánh", 30_000),
        ("Một triệu hai một hũ", 1_200_000),
        ("hai trăm năm mươi ngàn", 250_000),
        ("chín chín nghìn", 99_000),
        ("hai triệu rưỡi", 2_500_000),
        ("giá 450 thôi ạ", 450_000),
        ("15K 1 bịt", 15_000),
    ],
)
def test_find_entities_reads_prices(text: str, vnd: int) -> None:
    assert values(text, "price") == [vnd]


@pytest.mark.parametrize(
    "text",
    [
        "vàng 18k khắc tên",
        "page 100k follow",
        "tivi 4k uhd",
        "2 đô một ly, 20k usd",
        "năm 2024, size 36-40",
        "giá 2 hộp thế nào",
        "chai 500ml",
        "giá 90% thị trường",
        "10.000 hơi",
    ],
)
def test_find_entities_takes_no_other_number_for_a_price(text: str) -> None:
    assert values(text, "price") == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("gọi 0912 345 678", "+84912345678"),
        ("zalo 0912.345.678", "+84912345678"),
        ("+84 912 345 678", "+84912345678"),
        ("lh o9l2 345 678", "+84912345678"),
        ("alo không chín một hai ba bốn năm sáu bảy tám", "+84912345678"),
        ("📞 0️⃣9️⃣1️⃣2️⃣3️⃣4️⃣5️⃣6️⃣7️⃣8️⃣", "+84912345678"),
        ("(028) 6271 7175", "+842862717175"),
        ("hotline 1900 1234", "19001234"),
        ("sđt 0912xxx678", "0912xxx678"),
        ("<PHONE>", "<PHONE>"),
    ],
)
def test_find_entities_reads_phones(text: str, value: str) -> None:
    assert values(text, "phone") == [value]


def test_read_phone_keeps_digits_that_are_no_number_of_vietnam() -> None:
    assert read_phone("123") == "123"


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("xem https://abc-shop.example/a nhé", "url", "https://abc-shop.example/a"),
        ("zalo.me/0912345678", "url", "zalo.me/0912345678"),
        ("mail ban.hang@abc.example", "email", "ban.hang@abc.example"),
        ("stk 0123 456 789 vcb", "account", "0123456789"),
        ("tele @keo_dem_sg", "account", "@keo_dem_sg"),
        ("<URL>", "url", "<URL>"),
        ("hộp 30 viên", "quantity", "30 viên"),
        ("chai 250ml", "quantity", "250 ml"),
        ("giảm 5-10kg", "claim", "giảm 5-10 kg"),
        ("cao thêm 5 cm", "claim", "cao thêm 5 cm"),
        ("hiệu quả chỉ sau 7 ngày", "deadline", "7 ngày"),
        ("trắng bật tông sau 1 đêm", "deadline", "1 đêm"),
        ("số XNQC: 0612/2026/XNQC-SYT", "confirmation_no", "0612/2026/XNQC-SYT"),
        ("XNQC 0118/2026/XNQC/QLD", "confirmation_no", "0118/2026/XNQC/QLD"),
        ("Số ĐKSP: 5438/2024/ĐKSP", "declaration_no", "5438/2024/ĐKSP"),
        ("số 1234/25/CBMP-HN/QLD", "declaration_no", "1234/25/CBMP-HN/QLD"),
        ("phiếu công bố 000123/25/CBMP-HN", "declaration_no", "000123/25/CBMP-HN"),
        ("GPHĐ 01984/TNI-GPHĐ", "license_no", "01984/TNI-GPHĐ"),
        ("(GPHĐ 112/SYT)", "license_no", "112/SYT"),
        ("giấy phép hoạt động số 0099 do SYT cấp", "license_no", "0099"),
        ("SĐK VD-32101-19", "drug_no", "VD-32101-19"),
        ("số đăng ký: 893100012323", "drug_no", "893100012323"),
    ],
)
def test_find_entities_reads_other_kinds(text: str, kind: str, value: str) -> None:
    assert values(text, kind) == [value]


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("Đ/c: 94/31 Tân Hương, Q Tân Phú, TP HCM. Zalo em", "94/31 Tân Hương, Q Tân Phú, TP HCM"),
        ("Ghé 39 Cách Mạng Tháng 8, Q.3 nha", "39 Cách Mạng Tháng 8, Q.3"),
        ("xem hàng tại Linh Đàm sau 18h", "xem hàng tại Linh Đàm"),
        ("hàng đi từ kho Thủ Đức.", "kho Thủ Đức"),
        ("spa ở ngõ 68 Cầu Giấy", "ngõ 68 Cầu Giấy"),
        ("giao phường Hoàng Liệt", "phường Hoàng Liệt"),
        ("Massage quận 10 nhé", "quận 10"),
        ("mẹ nào ở Times City nhắn em", "Times City"),
        ("căn hộ chung cư Sunrise lô B", "chung cư Sunrise"),
        ("xem hang tai cau giay", "xem hang tai cau giay"),
    ],
)
def test_find_entities_finds_addresses(text: str, address: str) -> None:
    assert any(address in found for found in texts(text, "address"))


@pytest.mark.parametrize(
    "text",
    [
        "vừa rồi đi Hà Nội chơi",  # a city in passing
        "12 Berry Pot, 13 Burnt Sienna",  # shades, no streets
        "KEM TAN MỠ 3D",
        "combo 30 Viên Trắng Da",
        "TẶNG 10 BỨC ẢNH ĐẸP",
    ],
)
def test_find_entities_takes_no_other_name_for_an_address(text: str) -> None:
    assert texts(text, "address") == []


def test_find_entities_does_not_read_a_price_in_an_official_number() -> None:
    text = "số 1234/25/CBMP-HN, giá 85k"
    assert values(text, "price") == [85_000]


@settings(max_examples=150, deadline=None)
@given(
    st.text(
        st.sampled_from("0123456789 .,/-+k đtr triệu một hai rưỡi QqPpHàNội@:xg\n😀ợ"), max_size=80
    )
)
def test_find_entities_gives_spans_of_the_original(text: str) -> None:
    entities = find_entities(text, normalize(text))
    assert [e.start for e in entities] == sorted(e.start for e in entities)
    assert all(0 <= e.start < e.end <= len(text) for e in entities)
    assert all(text[e.start : e.end] == e.text for e in entities)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Ib zalo O9l2.345.678 nha", "Ib zalo ⟨phone⟩ nha"),
        ("STK 0123456789 VCB", "STK ⟨account⟩ VCB"),
        ("vào https://abc.example/x?y=1 hoặc a.b@abc.example", "vào ⟨url⟩ hoặc ⟨email⟩"),
        ("tele @keo_dem_sg", "tele ⟨account⟩"),
        ("Giá 1.200.000đ, Hộp 30 Viên", "Giá 1.200.000đ, Hộp 30 Viên"),
        ("", ""),
    ],
)
def test_mask_contacts_hides_contacts_only(text: str, masked: str) -> None:
    assert mask_contacts(text) == masked


PLACES = st.sampled_from(
    [
        *(
            "Quận ",
            "quận",
            "Q.",
            "q",
            "QUAN ",
            "p.",
            "P",
            "phường ",
            "Xã ",
            "xã. ",
            "KP",
            "tp. ",
            "T.P ",
        ),
        *(
            "Tỉnh ",
            "kcn ",
            "Cụm Công Nghiệp ",
            "ấp ",
            "ngõ ",
            "NGÁCH ",
            "đường số ",
            "Đường ",
            "hem ",
        ),
        *(
            "Chung cư ",
            "block ",
            "KĐT ",
            "tòa ",
            "5",
            "12",
            "/3",
            " ",
            ". ",
            "Hội",
            "Lê ",
            "Tân",
            "é",
        ),
    ]
)


@given(st.lists(PLACES, max_size=8).map("".join))
@settings(max_examples=500)
def test_local_parts_are_all_that_the_patterns_find(cased: str) -> None:
    patterns = (places._LANE_NUMBER, places._UNIT, places._BLOCK)
    found = [match.span() for pattern in patterns for match in pattern.finditer(cased)]
    parts = places._local_parts(cased, cased.lower())
    assert [(part.start, part.end) for part in parts] == found


MODULES = ["amounts", "contacts", "money", "places", "registrations"]
PARTS = [
    *(
        "1",
        "12 ",
        "1.",
        "1.000",
        "1/",
        "1-",
        "số 12 ",
        "ngõ 1 ",
        "12 Ngõ 3 ",
        "12 Lê Lợi ",
        "quận ",
    ),
    *("một ", "hai trăm ", "giảm 1 - ", "sau 1 ", "1 đến ", "địa chỉ: ", "gphđ 1", "vd-1", "1/syt"),
    *("⟨phone⟩", "a", "Á ", "chung cư ", "!", " ", "1tr", "0/xnqc-"),
]


def patterns() -> Iterator[tuple[str, re.Pattern[str]]]:
    for name in MODULES:
        module = importlib.import_module(f"adclassifier.entities.{name}")
        for key, value in vars(module).items():
            found = value if isinstance(value, tuple) else ((None, value),)
            for row in found:
                if isinstance(row, tuple) and isinstance(row[-1], re.Pattern):
                    yield f"{name}.{key}", row[-1]


def test_patterns_sees_the_patterns_that_are_timed() -> None:
    names = {name for name, _ in patterns()}
    assert {"money._DIGITS", "places._STREET", "amounts._CLAIM"} <= names


@pytest.mark.parametrize("part", PARTS)
def test_no_pattern_takes_long_on_hostile_text(part: str) -> None:
    text = (part * 100_000)[:100_000]
    slow = []
    for name, pattern in patterns():
        seconds = []
        for _ in range(3):  # the machine may be busy: the best of three counts
            start = time.process_time()
            for _match in pattern.finditer(text):
                pass
            seconds.append(time.process_time() - start)
            if seconds[-1] < 0.05:
                break
        if min(seconds) > 0.05:
            slow.append((name, min(seconds)))
    assert slow == []


REGISTERED = [
    "số xnqc 1123/2025/xnqc-attp, 77/xnqc",
    "2214/2024/đksp 2214/dksp 000123/25/cbmp-hn 12/đklh 12/tcb-a 12/cbpk 12/tđkcb 1234567đkcb",
    "01984/tni-gphđ 11/gphd 12/đkkdd 13/đkkd 14/cchn 15/gcn 112/syt-hn 112/byt",
    "vd-12345-20 vn-123-11 vs-12-34 gc-123-45 qlđb-12-34 qlsp-12-34 qlvx-12-34 vnb1-12-34",
    "gphđ 12, giấy phép hoạt động số: 123, giấy phép kinh doanh 123, gpkd 12, gphd 12, đkkd 123",
    "sđk 893110123456, số đăng ký: 893110123456, sdk 893110123456, số lưu hành 893110123456",
    "số công bố 123/ab, số tiếp nhận phiếu công bố 123/ab, công bố mỹ phẩm số 123/ab",
    "số đksp 123/ab, số cbmp: 123/ab, phiếu công bố số 123/ab",
]


def test_every_number_holds_a_word_that_its_search_needs() -> None:
    for number in registrations._NUMBERS:
        found = [match[0] for text in REGISTERED for match in number.pattern.finditer(text)]
        assert {word for word in number.words for each in found if word in each} == {*number.words}
        assert all(any(word in each for word in number.words) for each in found)
