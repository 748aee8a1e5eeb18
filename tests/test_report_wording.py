"""Numbers, days and strangers' words on a page."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adclassifier.report.wording import day, inert, percent, signed, visible


@pytest.mark.parametrize(
    ("share", "written"),
    [(0.0, "0%"), (1.0, "100%"), (0.9901, ">99%"), (0.99, "99%"), (0.01, "1%"), (0.0099, "<1%")],
)
def test_percent_shows_nothing_as_certain_that_is_not(share: float, written: str) -> None:
    assert percent(share) == written


@pytest.mark.parametrize(
    ("number", "written"), [(0.0, "+0,00"), (-1234.5, "−1234,50"), (0.004, "+0,00")]
)
def test_signed_writes_a_decimal_comma_and_a_minus(number: float, written: str) -> None:
    assert signed(number) == written


def test_day_writes_four_digits_of_an_early_year() -> None:
    assert day(dt.date(987, 1, 2)) == "02/01/0987"


@pytest.mark.parametrize("sign", ["\x00", "\x1b", "\x9b", "\x7f", "\u202e", "\u2069", "\ud800"])
def test_visible_replaces_what_disturbs_a_page(sign: str) -> None:
    assert visible(f"a{sign}b") == "a\ufffdb"


@pytest.mark.parametrize("sign", ["\n", "\t", "ế", "e\u0302\u0301", "👩\u200d⚕️", "\u200b"])
def test_visible_keeps_letters_line_feeds_and_emoji(sign: str) -> None:
    assert visible(f"a{sign}b") == f"a{sign}b"


@given(st.text(st.characters(codec=None)))
def test_visible_keeps_the_length_and_can_be_stored(text: str) -> None:
    shown = visible(text)
    assert len(shown) == len(text)
    assert shown.encode("utf-8").decode("utf-8") == shown


@pytest.mark.parametrize("value", ["=1+1", "+84912345678", "-1", "@shop", "\t=1"])
def test_inert_keeps_a_formula_from_running_in_a_spreadsheet(value: str) -> None:
    assert inert(value) == f"'{value}"
