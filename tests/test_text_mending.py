"""Words that were cut, spelled by ear or with digits come back; what is ordinary stays."""

from __future__ import annotations

import pytest

from adclassifier.text.normalize import normalize


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("thuố c tr ị nám", "thuốc trị nám"),
        ("bán th uốc giả m cân cấp t ốc", "bán thuốc giảm cân cấp tốc"),
        ("ki ểm định hàng ch ính hãng", "kiểm định hàng chính hãng"),
        ("nhận là\nm bằng giả, b ao đậu", "nhận làm bằng giả, bao đậu"),
        ("kiể/m tra tr-ước kh.i mua", "kiểm tra trước khi mua"),
        ("giảm câ| n c ấp tốc, gi ao hàng", "giảm câ| n cấp tốc, giao hàng"),
        ("nhắn zal o em gửi hình", "nhắn zalo em gửi hình"),
        ("c ầ m s i m chính chủ, tăng l i k e ảo", "cầm sim chính chủ, tăng like ảo"),
    ],
)
def test_normalize_mends_words_that_were_cut(written: str, canonical: str) -> None:
    assert normalize(written).text == canonical


@pytest.mark.parametrize(
    "text",
    [
        "mua ốc ạ",
        "áo size s m l xl",
        "nam/nữ đều dùng được",
        "hết nợ chưa, bạn ạ",
        "xin c/o, form e nhé",
        "quán bi-a mở cửa",
        "cúc levi's chính hãng",
        "ở đó có áo, em lấy",
        "see you in an hour",
    ],
)
def test_normalize_leaves_words_side_by_side(text: str) -> None:
    assert normalize(text).text == text


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("b4n thuốc giảm c4n gi4 r3, c0 bảo h4nh", "bán thuốc giảm cân giá rẻ, có bảo hành"),
        ("g!ảm c@n không hiệu quả", "giảm cân không hiệu quả"),
        ("hàng g!òn, ngườ| già, bồ| bổ $ức khỏe", "hàng giòn, người già, bồi bổ sức khỏe"),
        ("9iá 7ặn9 kèm 9ói quà", "giá tặng kèm gói quà"),
        ("x€ chở hàng đ! Sài G0n", "xe chở hàng đi sài gòn"),
    ],
)
def test_normalize_reads_several_digits_and_signs_as_letters(written: str, canonical: str) -> None:
    assert normalize(written).text == canonical


@pytest.mark.parametrize(
    "text",
    [
        "giá 850k 1tr2, vitamin b12 d3 k2, 2in1, mp3, 10kg",
        "lương 1500$ một tháng",
        "mua 2 tặng 1, phòng a4, size39, iphone 13",
        "mua ngay! rẻ lắm!",
    ],
)
def test_normalize_keeps_quantities_and_names_of_models(text: str) -> None:
    assert normalize(text).text == text


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("bán thuốk zảm cân zá rẻ", "bán thuốc giảm cân giá rẻ"),
        ("khôg fải đâu, kó bảo hàh", "không phải đâu, có bảo hành"),
        ("gía rẻ, qúa đẹp", "giá rẻ, quá đẹp"),
        ("thuốc tiểu đườg zui lòng nhắn tin", "thuốc tiểu đường vui lòng nhắn tin"),
    ],
)
def test_normalize_reads_syllables_spelled_by_ear(written: str, canonical: str) -> None:
    assert normalize(written).text == canonical


@pytest.mark.parametrize(
    "text", ["áo zara, giày nike", "ở đắk lắk, bán tag quần áo", "pizza và jeans", "kem jelly"]
)
def test_normalize_keeps_names_and_foreign_words(text: str) -> None:
    assert normalize(text).text == text


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("hotlineeee của shop", "hotline của shop"),
        ("giá 129kkkk thôi, 2trrrr", "giá 129k thôi, 2tr"),
        ("mưuuuu đồ, hàng đẹppp", "mưu đồ, hàng đẹp"),
        ("cảm ơn mnnnn", "cảm ơn mọi người"),
        ("pin aaa, www, số viii, sim 9xxx", "pin aaa, www, số viii, sim 9xxx"),
    ],
)
def test_normalize_shortens_what_was_stretched(written: str, canonical: str) -> None:
    assert normalize(written).text == canonical


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("b\u00e1n ⅼі\u0300 sо\u0302\u0301", "bán lì số"),  # marks on Cyrillic і and о
        ("ƅán ƌình ԍiá rẻ", "bán đình giá rẻ"),
        ("thu\u043e\u0302\u0301c bа\u0301n \u043a bảo hành", "thuốc bán không bảo hành"),
        ("β-glucan cho da", "β-glucan cho da"),
    ],
)
def test_normalize_reads_lookalikes_with_marks(written: str, canonical: str) -> None:
    assert normalize(written).text == canonical
