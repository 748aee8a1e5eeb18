"""Write numbers, days and strangers' words as a Vietnamese page may show them."""

from __future__ import annotations

import datetime as dt
import unicodedata
from functools import cache

# An office program takes a pasted cell that begins with one of these for a formula.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t")
_BIDI_CONTROLS = (0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
#: What an outcome means, never a verdict.
OUTCOME_NAMES = {
    "flag": "có dấu hiệu vi phạm",
    "review": "cần xem lại",
    "clear": "không thấy dấu hiệu",
    "unreadable": "không đọc được",
}
_CONTACT_NAMES = {
    "phone": "số điện thoại",
    "url": "liên kết",
    "email": "thư điện tử",
    "account": "tài khoản",
}


def number(n: int) -> str:
    """Write a count.

    Examples
    --------
    >>> number(12345)
    '12.345'
    """
    return f"{n:,}".replace(",", ".")


def percent(share: float) -> str:
    """Write a probability or share; what is not certain is never shown as certain.

    Examples
    --------
    >>> percent(0.934), percent(0.9991), percent(0.0004), percent(0.0)
    ('93%', '>99%', '<1%', '0%')
    """
    if 0.0 < share < 0.01:
        return "<1%"
    if 0.99 < share < 1.0:
        return ">99%"
    return f"{100 * share:.0f}%"


def signed(contribution: float) -> str:
    """Write a contribution in log-odds with its sign.

    Examples
    --------
    >>> signed(1.234), signed(-0.4)
    ('+1,23', '−0,40')
    """
    return f"{contribution:+.2f}".replace(".", ",").replace("-", "−")


def day(date: dt.date) -> str:
    """Write a day.

    Examples
    --------
    >>> day(dt.date(2026, 5, 3))
    '03/05/2026'
    """
    return f"{date:%d/%m}/{date.year:04d}"


def contact_name(kind: str) -> str:
    """Name a kind of contact, for the place where one was masked."""
    return f"⟨{_CONTACT_NAMES[kind]}⟩"


def visible(text: str) -> str:
    r"""Put U+FFFD for each character that could disturb the page around it.

    Control characters but tab and line feed, marks of writing direction, lone surrogates. The
    length stays, so that offsets hold.

    Examples
    --------
    >>> visible("a\u202eb\x00\x1b[31m") == "a\ufffdb\ufffd\ufffd[31m"
    True
    """
    return text.translate(_disturbing())


def inert(text: str) -> str:
    """Make a value that is shown, and stays text when it is pasted into a spreadsheet.

    Examples
    --------
    >>> inert("=HYPERLINK(1)"), inert("Shop Hoa")
    ("'=HYPERLINK(1)", 'Shop Hoa')
    """
    shown = visible(text)
    return f"'{shown}" if shown.startswith(_FORMULA_STARTS) else shown


@cache
def _disturbing() -> dict[int, str]:
    """Map every disturbing code point; a carriage return is a line end in files from Windows."""
    controls = [point for point in range(0xA0) if unicodedata.category(chr(point)) == "Cc"]
    table = dict.fromkeys((*controls, *_BIDI_CONTROLS, *range(0xD800, 0xE000)), "\ufffd")
    return table | {ord("\t"): "\t", ord("\n"): "\n", ord("\r"): " "}
