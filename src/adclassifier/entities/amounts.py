"""Find quantities of goods, promised amounts ("giảm 10kg") and short terms ("sau 7 ngày")."""

from __future__ import annotations

import re

from adclassifier.entities.entity import Finding

_COUNT = r"\d{1,4}(?:[.,]\d{1,3})?"
_RANGE = rf"{_COUNT}(?: ?(?:-|–|~|đến|tới) ?{_COUNT})?"
_QUANTITY = re.compile(
    rf"(?<![\w.,/#])(?P<amount>{_COUNT}) ?"
    r"(?P<unit>viên|hộp|lọ|chai|tuýp|gói|hũ|túi|vỉ|ống|bịch|thùng|lon|cây|cái|chiếc|đôi|bộ|set|"
    r"combo|gram|gam|kg|ký|kí|kilo|ml|lít|lạng|tấn|tạ|thang|liệu trình|liều|bao|cuộn|miếng|lốc|"
    r"bánh|quả|con|kiện|cặp|suất|mg|g|l)(?!\w)"
)
_CLAIM_UNITS = ("kg", "ký", "kí", "kilo", "cân", "cm", "phân", "tone", "tông", "size", "lạng")
_CLAIM = re.compile(
    r"(?<!\w)(?P<verb>giảm|tăng|xuống|lên|sụt|bay|cao thêm|cao lên|thêm|bật|mất|đi|nhỏ|to thêm|"
    r"dài thêm|bớt)"
    r"(?: (?:ngay|được|liền|hẳn|từ|tới|đến|khoảng|thêm|cân|tầm|mất|luôn|đi|eo|bụng)){0,3}"
    rf" (?P<amount>{_RANGE}) ?(?P<unit>{'|'.join(_CLAIM_UNITS)})(?!\w)"
)
# What every promised amount ends in; most texts have none, and this costs less to look for.
_CLAIM_GATE = re.compile(rf"\d ?(?:{'|'.join(_CLAIM_UNITS)})(?!\w)")
_TERM = re.compile(
    r"(?<!\w)(?:chỉ sau|chỉ cần|chỉ trong|sau|chỉ|trong vòng|trong|mới) "
    rf"(?:đúng |khoảng |có |tầm )?(?P<amount>{_RANGE}|một|hai|ba|bốn|năm|bảy|mười) ?"
    r"(?P<unit>ngày|đêm|tuần|tháng|phút|giờ|buổi|liệu trình|lần dùng)(?!\w)"
)


def find_claims(text: str) -> list[Finding]:
    """Find promised amounts in canonical text.

    Parameters
    ----------
    text : str
        Canonical text.

    Returns
    -------
    list of Finding
        Kind ``claim``, by start; the value is verb, amount and unit.

    Examples
    --------
    >>> [finding.value for finding in find_claims("giảm 5-10 kg chỉ sau 7 ngày, giảm 10k")]
    ['giảm 5-10 kg']
    """
    if not _CLAIM_GATE.search(text):
        return []
    return [
        Finding("claim", *match.span(), f"{match['verb']} {_amount(match)}")
        for match in _CLAIM.finditer(text)
    ]


def find_terms(text: str) -> list[Finding]:
    """Find short terms in canonical text.

    Returns
    -------
    list of Finding
        Kind ``deadline``, by start; the value is amount and unit.

    Examples
    --------
    >>> [finding.value for finding in find_terms("giảm 5-10 kg chỉ sau 7 ngày")]
    ['7 ngày']
    """
    return [Finding("deadline", *match.span(), _amount(match)) for match in _TERM.finditer(text)]


def find_quantities(text: str) -> list[Finding]:
    """Find quantities of goods in canonical text: what is neither a claim nor a term.

    Returns
    -------
    list of Finding
        Kind ``quantity``, by start; the value is amount and unit.

    Examples
    --------
    >>> [finding.value for finding in find_quantities("hộp 30 viên, giảm 5-10 kg, giảm 10k")]
    ['30 viên']
    """
    taken = [(finding.start, finding.end) for finding in (*find_claims(text), *find_terms(text))]
    return [
        Finding("quantity", *match.span(), _amount(match))
        for match in _QUANTITY.finditer(text)
        if not any(start < match.end() and match.start() < end for start, end in taken)
    ]


def _amount(match: re.Match[str]) -> str:
    """Write amount and unit in one spelling."""
    amount = re.sub(r" ?(?:-|–|~|đến|tới) ?", "-", match["amount"])
    return f"{amount} {match['unit']}"
