"""Find numbers that an authority gave: declarations, confirmations, licences, medicine numbers.

A number that is there is a lead to look up, not proof: forged ones are in use.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from adclassifier.entities.entity import EntityKind, Finding

_YEAR = r"(?:20)?\d\d"
_PATTERNS: tuple[tuple[EntityKind, re.Pattern[str]], ...] = (
    (
        "confirmation_no",
        re.compile(rf"(?<![\w/])\d{{1,6}}/(?:{_YEAR}/)?xnqc(?:[-/][^\W\d_]{{2,6}}){{0,2}}(?!\w)"),
    ),
    (
        "declaration_no",
        re.compile(
            rf"(?<![\w/])\d{{1,7}}/(?:{_YEAR}/)?"
            r"(?:đksp|dksp|cbmp|đklh|tcb|cbpk|tđkcb)(?:[-/][^\W\d_]{1,6}){0,2}(?!\w)"
            r"|(?<![\w/])\d{7,9}(?:đklh|đkcb)(?!\w)"
        ),
    ),
    (
        "license_no",
        re.compile(
            r"(?<![\w/])\d{1,6}/(?:[^\W\d_]{2,4}[-/])?(?:gphđ|gphd|đkkdd|đkkd|cchn|gcn)(?:-[^\W\d_]{2,4})?(?!\w)"
            r"|(?<![\w/])\d{2,6}/(?:syt|byt)(?:-[^\W\d_]{2,5})?(?!\w)"
        ),
    ),
    (
        "drug_no",
        re.compile(
            r"(?<![\w/])(?:vd|vn|vs|vnb|vna|gc|qlđb|qlsp|qlvx|vd3|vn3)\d?-\d{2,6}-\d{2}(?!\w)"
        ),
    ),
)
# Numbers whose kind only the words before them tell.
_ANNOUNCED: tuple[tuple[EntityKind, re.Pattern[str]], ...] = (
    (
        "license_no",
        re.compile(
            r"(?:gphđ|gphd|giấy phép hoạt động|giấy phép kinh doanh|gpkd|đkkd)(?: số)?:? ?"
            r"(?P<number>\d{2,10}(?:[/-][\wđ]{1,6}){0,3})(?!\w)"
        ),
    ),
    (
        "drug_no",
        re.compile(r"(?:sđk|số đăng ký|sdk|số lưu hành)(?: số)?:? ?(?P<number>\d{12})(?!\w)"),
    ),
    (
        "declaration_no",
        re.compile(
            r"(?:số công bố|số tiếp nhận(?: phiếu công bố)?|phiếu công bố số|công bố mỹ phẩm số"
            r"|số đksp|số cbmp)(?: mỹ phẩm)?(?: là)?:? ?"
            r"(?P<number>\d{3,9}(?:/[\wđ-]{2,12}){1,3})(?!\w)"
        ),
    ),
)


def find_registrations(text: str) -> Iterator[Finding]:
    """Find registration numbers in canonical text.

    Parameters
    ----------
    text : str
        Canonical text.

    Yields
    ------
    Finding
        Kinds ``declaration_no``, ``confirmation_no``, ``license_no``, ``drug_no``; the value is the
        number in capitals, as authorities print it.

    Examples
    --------
    >>> for text in (
    ...     "số xnqc 1123/2025/xnqc-attp",
    ...     "số đksp: 2214/2024/đksp",
    ...     "phiếu công bố 000123/25/cbmp-hn/qld",
    ...     "gphđ 01984/tni-gphđ, gphđ 112/syt",
    ...     "sđk vd-12345-20, sđk 893110123456",
    ... ):
    ...     print([(finding.kind, finding.value) for finding in find_registrations(text)])
    [('confirmation_no', '1123/2025/XNQC-ATTP')]
    [('declaration_no', '2214/2024/ĐKSP')]
    [('declaration_no', '000123/25/CBMP-HN/QLD')]
    [('license_no', '01984/TNI-GPHĐ'), ('license_no', '112/SYT')]
    [('drug_no', 'VD-12345-20'), ('drug_no', '893110123456')]
    """
    found = [
        Finding(kind, *match.span(), match.group().upper())
        for kind, pattern in _PATTERNS
        for match in pattern.finditer(text)
    ]
    found += [
        Finding(kind, *match.span("number"), match["number"].upper())
        for kind, pattern in _ANNOUNCED
        for match in pattern.finditer(text)
    ]
    found.sort(key=lambda finding: (finding.start, -finding.end))
    done = 0
    for finding in found:
        if finding.start >= done:
            yield finding
            done = finding.end
