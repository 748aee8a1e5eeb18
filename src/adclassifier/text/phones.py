"""Put ⟨phone⟩ in the place of each phone number, plain, masked or disguised."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import NamedTuple

from adclassifier.text import tables
from adclassifier.text.contacts import matches_from
from adclassifier.text.offsets import Edit, Rewriter

TOKEN = "⟨phone⟩"  # noqa: S105 - a mark in a text, not a secret

_GAP = r"[ .\-–—‐‑·•_()*~|\[\]{}【】「」]{0,3}"
_GAP_OR_SLASH = r"[ .\-–—‐‑·•_()*~|/\\,+'`:;\[\]{}【】「」]{0,3}"
_GAP_OR_LINE = r"(?>[ .\-–—·•_()|]{0,2}(?:\n[ .\-–—·•_()|]{0,2})?)"
_COUNTRY = r"\(?(?:\+ ?|00)84\)? ?(?:\(0\))?|\(84\)|(?<![a-z])84(?=[ .\-]?[35789]\d)"


def _digits(gap: str) -> str:
    """Match 10 or 11 digits from 0 or +84, with gaps."""
    return (
        rf"(?<![\d⟨+])(?<!\d[.,])(?P<open>[\[{{【「])?(?:{_COUNTRY}|\(?0)"
        rf"(?:{gap}[3-9](?:{gap}\d){{8}}|{gap}[12](?:{gap}\d){{9}})(?(open)[\]}}】」])(?!\d)(?![.,]\d)"
    )


_PLAIN = re.compile(_digits(_GAP))
_SLASHED = re.compile(_digits(_GAP_OR_SLASH))
_LINES = re.compile(_digits(_GAP_OR_LINE))
_HOTLINE = re.compile(
    r"1[89]00(?<![\d.,]1.00)[ .\-]?"
    r"(?:\d{4}|\d{6}|\d\d[ .]\d\d(?:[ .]\d\d)?|\d{3}[ .]\d{3}|[\dx]{4})"
    r"(?![\dx])(?![.,]\d)"
)
_MASKED = re.compile(r"(?<![\w*.])(?:\+84|84|0)(?:[ .\-]?[\dx*•#]){8,10}(?![\w*])")
_LINES_GATE = re.compile(r"\d[^\w\n]{0,2}\n[^\w\n]{0,2}\d")
_MASK = re.compile(r"[x*•#]{2}")
_DATE = re.compile(r"\d\d?[./\-]\d\d?[./\-](?:19|20)\d\d")
# Letters for digits that also begin words: with them more digits must be plain
_WORD_LETTERS = frozenset("zsbgq")
_GROUP = re.compile(r"\d+")
# A number begins with 0, or what is read so, or with the country. The patterns begin with a class:
# those are searched fast.
_DIGITS_GATE = re.compile(
    r"[08oоο](?<!8(?!4))(?<!\d.)(?<!\d[.,].)(?=[^a-zà-ỹ]{0,5}[\dlizsbgqoοозб])"
    r"(?=[^\0]{1,16}?\d[^\0]{0,12}?\d)"
)
_START = re.compile(r"[\[{【「(+08](?<![\d⟨+].)(?<!\d[.,].)")
_MASKED_START = re.compile(r"[+80](?<![\w*.].)")
_HOTLINE_START = re.compile(r"1[89]00")
_WORDS_START = re.compile(r"[kzo0](?<!\w.)")
_WORDS_GATE = re.compile(
    r"[kzo0](?<!\w.)(?:hông|hong|o|g|ero)?[ .,\-_/–]{0,3}"
    r"(?:\d|ch[ií]n|ba|bảy|bẩy|bay|t[áa]m|[nl][ăa]m|nine|three|five|seven|eight|hai|two)"
)


def mark_phones(rewriter: Rewriter) -> None:
    r"""Mark phone numbers: mobiles, landlines, +84, hotlines, masked ones and disguised ones.

    Parameters
    ----------
    rewriter : Rewriter
        Holds text of the first stage.

    Examples
    --------
    >>> def marked(text):
    ...     rewriter = Rewriter(text)
    ...     mark_phones(rewriter)
    ...     return rewriter.text, [trick.kind for trick in rewriter.tricks]
    >>> marked("gọi 0912 345 678, (028) 6271 7175, +84 912.345.678 hoặc 1900 1234")
    ('gọi ⟨phone⟩, ⟨phone⟩, ⟨phone⟩ hoặc ⟨phone⟩', [])
    >>> marked("sđt 09xx.xxx.678, 0912xxx345")
    ('sđt ⟨phone⟩, ⟨phone⟩', [])
    >>> marked("zalo o9l2 345 678")
    ('zalo ⟨phone⟩', ['phone_digits'])
    >>> marked("alo không chín một hai ba bốn năm sáu bảy tám nhé")
    ('alo ⟨phone⟩ nhé', ['phone_digits'])
    >>> marked("lh 0 9 1 2 3 4 5 6 7 8, 0912\n345\n678")
    ('lh ⟨phone⟩, ⟨phone⟩', ['phone_digits', 'phone_digits'])
    >>> marked("giá 1.200.000đ ngày 05.06.2024, size 36-37-38-39-40, 0.5-0.7m")
    ('giá 1.200.000đ ngày 05.06.2024, size 36-37-38-39-40, 0.5-0.7m', [])
    """
    for rule in _rules():
        if rule.gate.search(rewriter.text) is None:
            continue
        edits = [
            Edit(*span, TOKEN, rule.kind if rule.kind else _disguise(rewriter, *span))
            for span in _spans(rule, rewriter.text)
        ]
        rewriter.apply(edits)


class _Rule(NamedTuple):
    """A pattern, what to ask of a match (how much of it is the number; 0 for none), and the trick.

    Two faster patterns help: the gate fits every text with a match, and ``starts`` where one
    begins.
    """

    gate: re.Pattern[str]
    starts: re.Pattern[str]
    pattern: re.Pattern[str]
    length: Callable[[str], int]
    kind: str


def _spans(rule: _Rule, text: str) -> Iterator[tuple[int, int]]:
    """Give the spans of a rule's numbers."""
    for match in matches_from(rule.starts, rule.pattern, text):
        length = rule.length(match[0])
        if length and not _goes_on(text, match.start(), match.start() + length):
            yield match.start(), match.start() + length


def _goes_on(text: str, start: int, end: int) -> bool:
    """Say whether a row of short numbers (05 10 15 20 25) goes on behind the match."""
    groups = _GROUP.findall(text[start:end])
    if max(map(len, groups), default=9) > 2:
        return False
    return re.match(rf"[ .\-]{{1,3}}\d{{{len(groups[-1])}}}(?!\w)", text[end : end + 8]) is not None


def _plain_length(found: str) -> int:
    """Refuse dates, decimals and rising rows of numbers among plain digits."""
    groups = _GROUP.findall(found)
    rising = len(groups) >= 5 and all(map(int.__lt__, map(int, groups), map(int, groups[1:])))
    if rising or _DATE.search(found) or re.match(r"0[.,]\d[^.\d]", found):
        return 0
    return len(found)


def _slashed_length(found: str) -> int:
    """Take slashes and commas between groups of three or four, or between single digits."""
    sizes = {len(group) for group in _GROUP.findall(found)}
    mobile = re.match(r"0\W{0,3}[35789]", found) is not None
    return _plain_length(found) if mobile and (sizes <= {3, 4} or sizes == {1}) else 0


def _lines_length(found: str) -> int:
    """Take a number over several lines if it starts as a mobile does."""
    groups = _GROUP.findall(found)
    sizes = set(map(len, groups))
    fits = (len(groups[0]) > 1 and min(sizes) > 1) or sizes == {1}
    return _plain_length(found) if fits and re.match(r"0\W{0,3}[35789]", found) else 0


def _masked_length(found: str) -> int:
    """Take a masked number: two masks side by side, and enough digits to tell."""
    digits = sum(sign.isdigit() for sign in found)
    signs = digits + sum(sign in "x*•#" for sign in found)
    enough = digits >= 4 or (signs == 10 and digits >= 2)
    return len(found) if enough and signs > digits and _MASK.search(found) else 0


def _hotline_length(found: str) -> int:
    """Refuse spans of years (1900-1945)."""
    return 0 if re.fullmatch(r"1[89]00-(?:1[89]|20)\d\d", found) else len(found)


def _letters_length(found: str) -> int:
    """Take letters for digits when most signs are digits and a mobile number comes out."""
    read = found.translate(_letter_digits())
    digits = re.sub(r"\D", "", read)
    plain = sum(sign.isdigit() for sign in found)
    least = 3 if _WORD_LETTERS.isdisjoint(found) else 6
    fits = re.fullmatch(r"(?:0|84)[35789]\d{8}", digits) is not None
    return len(found) if fits and least <= plain < len(digits) else 0


def _words_length(found: str) -> int:
    """Take number words when a phone number comes out; a further number word is left out."""
    units = list(_digit_unit().finditer(found))
    digits = "".join(_word_digits().get(unit[0], unit[0]) for unit in units).replace("o", "0")
    if all(unit[0].isdigit() for unit in units):
        return 0
    for size, first in ((11, r"02"), (10, r"0[35789]")):
        if len(digits) >= size and re.match(first, digits):
            return units[size - 1].end()
    return 0


def number_units(token: str) -> int:
    """Count the digits and number words that make up a token; 0 if there is anything else in it.

    Examples
    --------
    >>> number_units("không"), number_units("0chín12"), number_units("chính")
    (1, 4, 0)
    """
    if token.isdecimal():
        return len(token)
    return len(_digit_unit().findall(token)) if _digit_units().fullmatch(token) else 0


@cache
def _word_digits() -> dict[str, str]:
    """Read the number words of tables/contacts.toml: word to digit."""
    words = tables.toml_table("contacts.toml")["digit_words"]
    return {word: digit for digit, row in words.items() for word in row.split()}


def digit_letters() -> frozenset[str]:
    """Give the letters and signs that may stand for a digit."""
    return frozenset(map(chr, _letter_digits()))


@cache
def _letter_digits() -> dict[int, str]:
    """Read the letters for digits of tables/contacts.toml: code point to digit."""
    letters = tables.toml_table("contacts.toml")["digit_letters"]
    return {ord(letter): digit for digit, row in letters.items() for letter in row}


@cache
def _digit_unit() -> re.Pattern[str]:
    """Match a digit or a number word."""
    words = sorted(_word_digits(), key=len, reverse=True)
    return re.compile(rf"(?:{'|'.join(words)}|(?<![a-z])o(?![a-z])|\d)")


@cache
def _digit_units() -> re.Pattern[str]:
    """Match digits and number words in a row, each as `_digit_unit` does."""
    return re.compile(f"(?>{_digit_unit().pattern})++")


@cache
def _rules() -> tuple[_Rule, ...]:
    """List the rules in their order; an empty kind asks :func:`_disguise`."""
    unit = _digit_unit().pattern
    signs = "".join(map(re.escape, map(chr, _letter_digits())))
    words = re.compile(
        rf"(?<!\w)(?:không|khong|ko|zero|o|0)(?:[ .,\-_/–]{{0,3}}{unit}){{9,10}}(?!\w)"
    )
    zeros = "".join(chr(sign) for sign, digit in _letter_digits().items() if digit == "0")
    letters = re.compile(
        rf"(?<![\w+])(?:[0{zeros}]|\+? ?84)[ .\-]?"
        rf"(?:[\d{signs}][ .\-*_/·•]{{0,2}}){{8}}[\d{signs}](?!\w)"
    )
    letters_start = re.compile(rf"[0{zeros}+8 ](?<![\w+].)(?<! (?!84))")
    return (
        _Rule(_DIGITS_GATE, _START, _PLAIN, _plain_length, ""),
        _Rule(_MASK, _MASKED_START, _MASKED, _masked_length, ""),
        _Rule(_HOTLINE, _HOTLINE_START, _HOTLINE, _hotline_length, ""),
        _Rule(_LINES_GATE, _START, _LINES, _lines_length, "phone_digits"),
        _Rule(_DIGITS_GATE, _START, _SLASHED, _slashed_length, "phone_digits"),
        _Rule(_DIGITS_GATE, letters_start, letters, _letters_length, "phone_digits"),
        _Rule(_WORDS_GATE, _WORDS_START, words, _words_length, "phone_digits"),
    )


def _disguise(rewriter: Rewriter, start: int, end: int) -> str:
    """Name the trick if the number was written digit by digit or with other signs."""
    first, last = rewriter.span(start, end)
    written = rewriter.original[first:last]
    single = max(map(len, _GROUP.findall(rewriter.text[start:end])), default=0) == 1
    return "phone_digits" if single or not written.isascii() else ""
