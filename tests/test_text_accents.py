"""Words written as one, and accents left off."""

from __future__ import annotations

import pytest

from adclassifier.text.normalize import normalize


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("thuốcgiảmcân cấp tốc", "thuốc giảm cân cấp tốc"),
        ("cho sốtàikhoản của shop", "cho số tài khoản của shop"),
        ("30trgiờbáo công an", "30tr giờ báo công an"),
        ("vỏ hộp 150ktrích 20k", "vỏ hộp 150k trích 20k"),
        ("đặt phòng ở #khachsannhatrang nhé", "đặt phòng ở #khach san nha trang nhé"),
    ],
)
def test_normalize_separates_joined_words(written: str, canonical: str) -> None:
    assert normalize(written).text == canonical


@pytest.mark.parametrize(
    "text",
    [
        "băn khoăn về livestream, collagen, smartphone",
        "áo hermès và gel crème",
        "chị nguyễn ở krông bông",
        "#iphone #shopee của em",
    ],
)
def test_normalize_keeps_single_long_words(text: str) -> None:
    assert normalize(text).text == text


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("thuoc giam can gia truyen", "thuốc giảm cân gia truyền"),
        ("ban si le toan quoc, ib zalo 0912345678", "bán sỉ lẻ toàn quốc, ib zalo ⟨phone⟩"),
        ("nhan lam bang lai xe o to gia 5 trieu", "nhận làm bằng lái xe ô tô giá 5 triệu"),
        ("hàng mới về\nban thuoc giam can", "hàng mới về\nbán thuốc giảm cân"),
    ],
)
def test_normalize_restores_the_accents_of_lines_without(written: str, canonical: str) -> None:
    assert normalize(written).text == canonical


@pytest.mark.parametrize(
    "text",
    [
        "see you on the phone again",
        "free shipping on all orders, buy now and get one free",
        "tran tien",
        "#thuoc #giamcan",
    ],
)
def test_normalize_leaves_other_lines_without_accents(text: str) -> None:
    assert normalize(text).text == normalize(normalize(text).text).text
    assert normalize(text).text.replace("giam can", "giamcan") == text


@pytest.mark.parametrize(
    "text",
    [
        "thuoc giam can gia truyen",
        "thuốcgiảmcân, #khachsannhatrang",
        "b4n thuố c zá rẻ, khôg fải",
        "t h u ố c tr ị nám, th\nuốc",
        "6ai h0i th3m ib nha!!! gi4 r3",
    ],
)
def test_normalize_of_its_own_text_changes_nothing(text: str) -> None:
    once = normalize(text).text
    assert normalize(once).text == once


def test_normalize_restores_accents_letter_by_letter() -> None:
    canonical = normalize("Ban thuoc giam can gia re")
    assert canonical.span(0, 9) == (0, 9)
    assert canonical.starts.tolist() == list(range(25))
