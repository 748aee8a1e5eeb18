"""Find numbers that an authority gave: declarations, confirmations, licences, medicine numbers.

A number that is there is a lead to look up, not proof: forged ones are in use.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from adclassifier.entities.entity import EntityKind, Finding

_YEAR = r"(?:20)?\d\d"


class _Number(NamedTuple):
    """A kind of number: the words one of which a text must hold, and the pattern.

    Most texts have none of the words, and need no search. Where the pattern has a group, that is
    the number: only the words before it tell its kind.
    """

    kind: EntityKind
    words: tuple[str, ...]
    pattern: re.Pattern[str]


_NUMBERS = (
    _Number(
        "confirmation_no",
        ("xnqc",),
        re.compile(rf"(?<![\w/])\d{{1,6}}/(?:{_YEAR}/)?xnqc(?:[-/][^\W\d_]{{2,6}}){{0,2}}(?!\w)"),
    ),
    _Number(
        "declaration_no",
        ("đksp", "dksp", "cbmp", "đklh", "tcb", "cbpk", "đkcb"),
        re.compile(
            rf"(?<![\w/])\d{{1,7}}/(?:{_YEAR}/)?"
            r"(?:đksp|dksp|cbmp|đklh|tcb|cbpk|tđkcb)(?:[-/][^\W\d_]{1,6}){0,2}(?!\w)"
            r"|(?<![\w/])\d{7,9}(?:đklh|đkcb)(?!\w)"
        ),
    ),
    _Number(
        "license_no",
        ("gphđ", "gphd", "đkkd", "cchn", "gcn", "syt", "byt"),
        re.compile(
            r"(?<![\w/])\d{1,6}/(?:[^\W\d_]{2,4}[-/])?(?:gphđ|gphd|đkkdd|đkkd|cchn|gcn)(?:-[^\W\d_]{2,4})?(?!\w)"
            r"|(?<![\w/])\d{2,6}/(?:syt|byt)(?:-[^\W\d_]{2,5})?(?!\w)"
        ),
    ),
    _Number(
        "drug_no",
        ("vd", "vn", "vs", "gc", "qlđb", "qlsp", "qlvx"),
        re.compile(
            r"(?<![\w/])(?:vd|vn|vs|vnb|vna|gc|qlđb|qlsp|qlvx|vd3|vn3)\d?-\d{2,6}-\d{2}(?!\w)"
        ),
    ),
    _Number(
        "license_no",
        ("gphđ", "gphd", "giấy phép", "gpkd", "đkkd"),
        re.compile(
            r"(?:gphđ|gphd|giấy phép hoạt động|giấy phép kinh doanh|gpkd|đkkd)(?: số)?:? ?"
            r"(?P<number>\d{2,10}(?:[/-][\wđ]{1,6}){0,3})(?!\w)"
        ),
    ),
    _Number(
        "drug_no",
        ("sđk", "số đăng ký", "sdk", "số lưu hành"),
        re.compile(r"(?:sđk|số đăng ký|sdk|số lưu hành)(?: số)?:? ?(?P<number>\d{12})(?!\w)"),
    ),
    _Number(
        "declaration_no",
        ("công bố", "số tiếp nhận", "số đksp", "số cbmp"),
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
        Finding(number.kind, *match.span(group), match[group].upper())
        for number in _NUMBERS
        if any(map(text.__contains__, number.words))
        for group in ("number" if number.pattern.groupindex else 0,)
        for match in number.pattern.finditer(text)
    ]
    found.sort(key=lambda finding: (finding.start, -finding.end))
    done = 0
    for finding in found:
        if finding.start >= done:
            yield finding
            done = finding.end
