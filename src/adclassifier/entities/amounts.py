"""Find quantities of goods, promised amounts ("giảm 10kg") and short terms ("sau 7 ngày")."""

from __future__ import annotations

import re
from collections.abc import Iterator

from adclassifier.entities.entity import Finding

_COUNT = r"\d{1,4}(?:[.,]\d{1,3})?"
_RANGE = rf"{_COUNT}(?: ?(?:-|–|~|đến|tới) ?{_COUNT})?"
_QUANTITY = re.compile(
    rf"(?<![\w.,/#])(?P<amount>{_COUNT}) ?"
    r"(?P<unit>viên|hộp|lọ|chai|tuýp|gói|hũ|túi|vỉ|ống|bịch|thùng|lon|cây|cái|chiếc|đôi|bộ|set|"
    r"combo|gram|gam|kg|ký|kí|kilo|ml|lít|lạng|tấn|tạ|thang|liệu trình|liều|bao|cuộn|miếng|lốc|"
    r"bánh|quả|con|kiện|cặp|suất|mg|g|l)(?!\w)"
)
_CLAIM = re.compile(
    r"(?<!\w)(?P<verb>giảm|tăng|xuống|lên|sụt|bay|cao thêm|cao lên|thêm|bật|mất|đi|nhỏ|to thêm|"
    r"dài thêm|bớt)"
    r"(?: (?:ngay|được|liền|hẳn|từ|tới|đến|khoảng|thêm|cân|tầm|mất|luôn|đi|eo|bụng)){0,3}"
    rf" (?P<amount>{_RANGE}) ?(?P<unit>kg|ký|kí|kilo|cân|cm|phân|tone|tông|size|lạng)(?!\w)"
)
_TERM = re.compile(
    r"(?<!\w)(?:chỉ sau|chỉ cần|chỉ trong|sau|chỉ|trong vòng|trong|mới) "
    rf"(?:đúng |khoảng |có |tầm )?(?P<amount>{_RANGE}|một|hai|ba|bốn|năm|bảy|mười) ?"
    r"(?P<unit>ngày|đêm|tuần|tháng|phút|giờ|buổi|liệu trình|lần dùng)(?!\w)"
)


def find_amounts(text: str) -> Iterator[Finding]:
    """Find quantities, claims with a number, and terms in canonical text.

    Parameters
    ----------
    text : str
        Canonical text.

    Yields
    ------
    Finding
        Kinds ``quantity``, ``claim`` and ``deadline``; the value is amount and unit, a claim's with
        its verb.

    Examples
    --------
    >>> text = "hộp 30 viên, giảm 5-10 kg chỉ sau 7 ngày, giảm 10k"
    >>> [(finding.kind, finding.value) for finding in find_amounts(text)]
    [('quantity', '30 viên'), ('claim', 'giảm 5-10 kg'), ('deadline', '7 ngày')]
    """
    claims = [
        Finding("claim", *match.span(), f"{match['verb']} {_amount(match)}")
        for match in _CLAIM.finditer(text)
    ]
    terms = [Finding("deadline", *match.span(), _amount(match)) for match in _TERM.finditer(text)]
    taken = [(finding.start, finding.end) for finding in claims + terms]
    quantities = [
        Finding("quantity", *match.span(), _amount(match))
        for match in _QUANTITY.finditer(text)
        if not any(start < match.end() and match.start() < end for start, end in taken)
    ]
    yield from sorted(claims + terms + quantities, key=lambda finding: finding.start)


def _amount(match: re.Match[str]) -> str:
    """Write amount and unit in one spelling."""
    amount = re.sub(r" ?(?:-|–|~|đến|tới) ?", "-", match["amount"])
    return f"{amount} {match['unit']}"
