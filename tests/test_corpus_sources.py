import time

import pytest

from adclassifier.corpus.sources import clean_source_text, load_rules, trace_source_text

EXAMPLES = [
    pytest.param(source, rule.example, id=f"{source}-{number}")
    for source, rules in load_rules().items()
    for number, rule in enumerate(rules)
]


@pytest.mark.parametrize(("source", "example"), EXAMPLES)
def test_clean_source_text_follows_the_examples_of_its_rules(source, example):
    stored, read = example
    assert clean_source_text(stored, source) == read


@pytest.mark.parametrize(
    "text",
    [
        "Sỉ 35k, xem web: <URL>\nFanpage: <URL>",
        "Hàng về 2 màu, size S.M.L. Ai lấy ib em nhé!",
        "SALE Ngọc Trinh mặc đẹp lắm <URL> nhé",
        "Nhận added value cho khách",
    ],
)
def test_clean_source_text_keeps_what_a_seller_wrote(text):
    assert clean_source_text(text, "vlsp2019") == text


@pytest.mark.parametrize(
    ("stored", "kept"),
    [
        ("Xốp 29k <URL> Photos from Xốp dán tường giá rẻ's post", "Xốp dán tường giá rẻ"),
        ("Lan Vũ <URL> Bình Vị Tán - Đặc Trị Dạ Dày .\n Dành 3 phút", "Bình Vị Tán - Đặc Trị"),
    ],
)
def test_clean_source_text_keeps_the_name_of_a_shop_or_page(stored, kept):
    assert kept in clean_source_text(stored, "vlsp2019")


@pytest.mark.parametrize("text", ["Lan Vũ updated her status.", "An Na posted an item for sale."])
def test_clean_source_text_leaves_a_text_that_is_nothing_else(text):
    assert clean_source_text(text, "vlsp2019") == text


@pytest.mark.parametrize("source", ["authored:goods", "mine", ""])
def test_clean_source_text_leaves_other_sources_alone(source):
    text = "Váy xinh.\n.\nLan Vũ is with Hoa. <URL> Photos from Lan Vũ's post"
    assert clean_source_text(text, source) == text


def test_trace_source_text_leads_back_to_the_text_as_stored():
    stored = "Lan Vũ shared a post. <URL> Hoa .\n Đặc trị tiểu đường.\nInbox"
    traced = trace_source_text(stored, "vlsp2019")
    start = traced.text.index("tiểu đường")
    first, last = traced.backward(start, start + len("tiểu đường"))
    assert stored[first:last] == "tiểu đường"


@pytest.mark.parametrize("source", sorted(load_rules()))
@pytest.mark.parametrize(
    "unit",
    ["An Na ", "An Na is with ", "<URL> \\? ", "Photos from ", "https://a ", "a ", "  ", ".\n"],
)
def test_clean_source_text_stays_fast_on_long_text(source, unit):
    text = unit * (10_000 // len(unit))
    start = time.perf_counter()
    clean_source_text(text, source)
    assert time.perf_counter() - start < 2
