"""Texts cut into marked, masked and left-out pieces."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adclassifier.report.passages import (
    Contact,
    Mark,
    choose_ranges,
    cut_passage,
    find_contacts,
    mask_origin,
    quote,
)
from adclassifier.report.wording import inert

PHONE = "0912.345.678"
TEXT = f"Bán thuốc, gọi {PHONE} ngay"
CALL = Contact(15, 27, "phone")


def shown(text: str, marks: list[Mark], contacts: list[Contact]) -> str:
    return "".join(piece.text for piece in cut_passage(text, marks, contacts))


def test_cut_passage_marks_exactly_the_evidence() -> None:
    pieces = cut_passage(TEXT, [Mark(4, 9, "medicine", 1.0)], [])
    assert [piece.text for piece in pieces if piece.marks] == ["thuốc"]


def test_cut_passage_gives_an_overlap_both_marks() -> None:
    marks = [Mark(0, 9, "medicine", 1.0), Mark(4, 14, "supplement", 2.0)]
    pieces = cut_passage(TEXT, marks, [])
    found = [(piece.text, [mark.code for mark in piece.marks]) for piece in pieces[:3]]
    assert found == [
        ("Bán ", ["medicine"]),
        ("thuốc", ["medicine", "supplement"]),
        (", gọi", ["supplement"]),
    ]


@pytest.mark.parametrize(
    ("start", "end"), [(0, 20), (20, 30), (15, 27), (18, 22), (0, 30)], ids=str
)
def test_cut_passage_masks_a_contact_whole_whatever_mark_cuts_it(start: int, end: int) -> None:
    pieces = cut_passage(TEXT, [Mark(start, end, "medicine", 1.0)], [CALL])
    [contact] = [piece for piece in pieces if piece.kind == "contact"]
    assert contact.text == "⟨số điện thoại⟩"
    assert contact.marks
    assert not any(digit in piece.text for piece in pieces for digit in "0123456789")


@pytest.mark.parametrize(("start", "end"), [(0, 20), (20, 30), (18, 22)], ids=str)
def test_quote_masks_a_contact_that_it_cuts(start: int, end: int) -> None:
    words = "".join(piece.text for piece in quote(TEXT, start, end, [CALL]))
    assert "⟨số điện thoại⟩" in words
    assert not any(digit in words for digit in "0123456789")


def test_find_contacts_finds_a_disguised_number_at_its_place() -> None:
    [contact] = find_contacts("Ib zalo O9l2.345.678 nha")
    assert (contact.start, contact.end, contact.kind) == (8, 20, "phone")


@pytest.mark.parametrize("value", ["Shop Hoa, Thủ Đức", "@shop.hoa", "shophoa.vn"])
def test_mask_origin_leaves_the_name_that_a_post_is_found_by(value: str) -> None:
    assert mask_origin(value).removeprefix("'") == value


@pytest.mark.parametrize("value", ["Cô Ba 0912345678", "hoa.shop@gmail.com", "Hoa O9l2.345.678"])
def test_mask_origin_masks_numbers_and_addresses(value: str) -> None:
    masked = mask_origin(value)
    assert "⟨" in masked
    assert not any(part in masked for part in ("0912", "345", "gmail"))


def test_choose_ranges_shows_no_more_than_the_beginning_of_an_endless_word() -> None:
    assert choose_ranges("a" * 90_000, [Mark(0, 90_000, "medicine", 1.0)]) == [(0, 1000)]


def test_choose_ranges_shows_a_long_text_around_its_marks_only() -> None:
    ranges = choose_ranges("a" * 50_000, [Mark(40_000, 40_010, "medicine", 1.0)])
    assert ranges == [(39_700, 40_310)]


def test_choose_ranges_joins_marks_that_are_near() -> None:
    marks = [Mark(4000, 4010, "medicine", 1.0), Mark(4200, 4210, "medicine", 1.0)]
    assert choose_ranges("a" * 9000, marks) == [(3700, 4510)]


def test_choose_ranges_cuts_no_letter_from_its_marks() -> None:
    text = "e\u0302\u0301" * 3000
    [(start, end)] = choose_ranges(text, [Mark(4000, 4003, "medicine", 1.0)])
    assert start % 3 == 0
    assert end % 3 == 0


def test_cut_passage_says_how_much_it_left_out() -> None:
    pieces = cut_passage("a" * 5000, [], [], [(1000, 2000)])
    assert [piece.text for piece in pieces if piece.kind == "gap"] == [
        "[… lược 1.000 ký tự …]",
        "[… lược 3.000 ký tự …]",
    ]


spans = st.tuples(st.integers(0, 40), st.integers(0, 40)).map(sorted)


@given(st.text(max_size=40), st.lists(spans, max_size=6))
def test_cut_passage_loses_no_character(text: str, ranges: list[list[int]]) -> None:
    marks = [Mark(a, min(b, len(text)), "medicine", 1.0) for a, b in ranges if a < len(text)]
    assert shown(text, marks, []) == inert(text)
