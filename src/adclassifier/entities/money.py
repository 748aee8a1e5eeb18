"""Read prices: digits with a unit, short forms ("1tr2"), number words ("hai triệu rưỡi")."""

from __future__ import annotations

import re
from collections.abc import Iterator

from adclassifier.entities.entity import Finding

_THOUSAND, _MILLION, _BILLION = 1_000, 1_000_000, 1_000_000_000
# "củ" and "cành" are slang for a million and a thousand, "xị" for a hundred thousand.
_UNITS = {
    "k": _THOUSAND,
    "nghìn": _THOUSAND,
    "nghin": _THOUSAND,
    "ngàn": _THOUSAND,
    "ngan": _THOUSAND,
    "cành": _THOUSAND,
    "xị": 100 * _THOUSAND,
    "tr": _MILLION,
    "triệu": _MILLION,
    "trieu": _MILLION,
    "củ": _MILLION,
    "tỷ": _BILLION,
    "tỉ": _BILLION,
    "đồng": 1,
    "dong": 1,
    "vnđ": 1,
    "vnd": 1,
    "₫": 1,
    "đ": 1,
    "d": 1,
}
_NUMBER = r"\d{1,3}(?:[.,]\d{3}){1,3}|\d{1,3}(?: [.,] \d{3}){1,3}|\d{1,9}(?:[.,]\d{1,2})?"
_DIGITS = re.compile(
    rf"(?<![\w.,])(?P<number>{_NUMBER}) ?"
    r"(?:(?P<unit>nghìn|nghin|ngàn|ngan|cành|triệu|trieu|đồng|dong|vnđ|vnd|tỷ|tỉ|tr|củ|xị|k|đ|d|₫)"
    r"(?![^\W\d_]))"
    r"(?: ?(?P<half>rưỡi|ruoi)\b"
    r"|(?P<gap> ?)(?P<rest>\d{1,3})(?P<rest_unit>tr|triệu|k|nghìn|ngàn)?(?!\w|[.,/]\d| ?%"
    r"| (?:hộp|cái|chiếc|bộ|set|lọ|chai|gói|túi|hũ|con|kg|viên|đôi|người|tháng|ngày)))?"
)
# Counts that are written as prices are: "100k follow", "4k uhd", "vàng 18k".
_COUNTED = re.compile(
    r" ?(?:đô\b|usd|\$|euro|tệ\b|yên\b|won\b|bath|follow|fl\b|view|like|mem\b|member|sub\b|người"
    r"|lượt|tym|tim\b|bước|hơi|puff|mah|uhd|fps"
    r"|khách|đơn|comment|cmt|share|km\b|pixel|dpi|calo|kcal|lumen|rpm|từ\b|chữ|năm\b|bài)"
)
_BEFORE_COUNT = re.compile(r"(?:vàng|uhd|full hd|video|độ phân giải|màn hình|tivi|top|quay) $")
_PLAIN = re.compile(
    r"(?:giá|đồng giá|gia|only|sale còn|giảm còn) ?(?:chỉ |chi |còn |con |là |sale |:|#|từ |nhẹ )?"
    r"[ #]?(?P<number>\d{2,3})"
    r"(?!\w|[.,/:]\d|-\d| ?[%°]| [^\W\d_]{0,8}(?:viên|hộp|lọ|chai|năm|ngày|ml|kg))"
)
_WORD_DIGITS = {
    word: digit
    for digit, words in enumerate(
        ("không", "một mốt", "hai", "ba", "bốn tư", "năm lăm", "sáu", "bảy bẩy", "tám", "chín")
    )
    for word in words.split()
}
_DIGIT_WORD = "|".join(_WORD_DIGITS)
_NUMBER_WORD = _DIGIT_WORD + "|mười|mươi|trăm|chục|linh|lẻ|rưỡi"
_WORDS = re.compile(
    rf"(?<!\w)(?P<number>(?:(?:{_NUMBER_WORD}|\d{{1,3}}) ){{1,6}})"
    r"(?P<unit>nghìn|ngàn|triệu|tỷ|tỉ|củ|xị)(?!\w)"
    rf"(?: (?P<rest>rưỡi|(?:{_DIGIT_WORD})(?: trăm(?: (?:{_DIGIT_WORD}) mươi)?)?)(?!\w)"
    r"(?: (?P<rest_unit>nghìn|ngàn)(?!\w))?)?"
)
_MAX_VND = 1_000 * _BILLION


def find_prices(text: str) -> Iterator[Finding]:
    """Find amounts of đồng in canonical text.

    Parameters
    ----------
    text : str
        Canonical text.

    Yields
    ------
    Finding
        Kind ``price``, value in đồng (int, from 1,000).

    Examples
    --------
    >>> def values(text): return [finding.value for finding in find_prices(text)]
    >>> values("850k, 1tr2, 1.200.000đ, 2 triệu rưỡi, 1,5tr, 15k5")
    [850000, 1200000, 1200000, 2500000, 1500000, 15500]
    >>> values("ba mươi nghìn một bánh, một triệu hai một hũ, 2 tỷ 630tr, 1tr800k")
    [30000, 1200000, 2630000000, 1800000]
    >>> values("vàng 18k, 100k follow, tivi 4k, giá 450 ạ")
    [450000]
    """
    found = [*_digit_prices(text), *_word_prices(text), *_plain_prices(text)]
    found.sort(key=lambda finding: (finding.start, -finding.end))
    done = 0
    for finding in found:
        if finding.start >= done:
            yield finding
            done = finding.end


def _digit_prices(text: str) -> Iterator[Finding]:
    """Read numbers of digits with a unit."""
    for match in _DIGITS.finditer(text):
        unit = match["unit"]
        vnd = round(_digit_value(match["number"]) * _UNITS[unit]) + _digit_rest(match)
        bare_d = unit == "d" and "." not in match["number"]
        if not bare_d and _THOUSAND <= vnd <= _MAX_VND and not _counts(text, match):
            end = match.end() if _has_rest(match) else match.end("unit")
            yield Finding("price", match.start(), end, vnd)


def _has_rest(match: re.Match[str]) -> bool:
    """Whether what follows the unit belongs to the amount; "15k 1 bịt" is 15,000."""
    return bool(match["half"] or (match["rest"] and not (match["gap"] and match["unit"] in "kđd")))


def _counts(text: str, match: re.Match[str]) -> bool:
    """Whether a number in thousands counts something else than đồng."""
    before = text[max(0, match.start() - 20) : match.start()]
    return bool(_COUNTED.match(text, match.end()) or _BEFORE_COUNT.search(before))


def _digit_value(number: str) -> float:
    """Read digits: a group of three is a thousand, one or two digits are a decimal part."""
    number = number.replace(" ", "")
    if re.fullmatch(r"\d{1,3}(?:[.,]\d{3})+", number):
        return float(re.sub(r"[.,]", "", number))
    return float(number.replace(",", "."))


def _digit_rest(match: re.Match[str]) -> int:
    """Read what follows the unit: "rưỡi", "2" of "1tr2", "630tr" of "2 tỷ 630tr"."""
    scale = _UNITS[match["unit"]]
    if scale < _THOUSAND or not _has_rest(match):
        return 0
    if match["half"]:
        return scale // 2
    if match["rest_unit"]:
        return int(match["rest"]) * _UNITS[match["rest_unit"]]
    decimals: str = match["rest"]
    return round(int(decimals) * scale / 10.0 ** len(decimals))


def _word_prices(text: str) -> Iterator[Finding]:
    """Read number words with a unit."""
    for match in _WORDS.finditer(text):
        scale = _UNITS[match["unit"]]
        vnd = round(_word_value(match["number"].split()) * scale)
        end = match.end("unit")
        # "ba mươi nghìn một bánh": behind a thousand only a half belongs to the amount
        if match["rest"] and (scale > _THOUSAND or match["rest"] == "rưỡi"):
            vnd += _word_rest(match["rest"].split(), scale, match["rest_unit"])
            end = match.end()
        if _THOUSAND <= vnd <= _MAX_VND and not _COUNTED.match(text, end):
            yield Finding("price", match.start(), end, vnd)


def _word_value(words: list[str]) -> float:
    """Read up to 999 from number words: "hai trăm năm mươi"."""
    total, digit = 0.0, 0.0
    for word in words:
        if word == "trăm":
            total, digit = (digit or 1) * 100, 0.0
        elif word in ("mươi", "chục"):
            total, digit = total + (digit or 1) * 10, 0.0
        elif word == "mười":
            total, digit = total + 10, 0.0
        elif word == "rưỡi":
            digit = 50.0 if total else 0.5
        elif word not in ("linh", "lẻ"):
            total += 10 * digit  # "chín chín" is 99
            digit = float(word) if word.isdigit() else float(_WORD_DIGITS[word])
    return total + digit


def _word_rest(words: list[str], scale: int, unit: str | None) -> int:
    """Read what follows the unit: "hai" of "một triệu hai", "năm trăm nghìn"."""
    if words == ["rưỡi"]:
        return scale // 2
    value = _word_value(words)
    if unit:
        return round(value * _UNITS[unit])
    return round(value * scale / (10 if value < 10 else 1000))


def _plain_prices(text: str) -> Iterator[Finding]:
    """Read a bare number behind "giá" as thousands, as sellers write them."""
    for match in _PLAIN.finditer(text):
        yield Finding("price", *match.span("number"), int(match["number"]) * _THOUSAND)
