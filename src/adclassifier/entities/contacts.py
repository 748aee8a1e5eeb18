"""Read the contacts that the normalizer marked: their values, and texts with contacts masked."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache

import phonenumbers

from adclassifier.entities.entity import EntityKind, Finding
from adclassifier.text import tables
from adclassifier.text.normalize import Canonical, normalize

_TOKEN = re.compile(r"⟨(phone|url|email|account)⟩")
_KINDS: dict[str, EntityKind] = {
    "phone": "phone",
    "url": "url",
    "email": "email",
    "account": "account",
}
_MASK = re.compile(r"[x*•#]{2}")
_PLACEHOLDER = re.compile(r"[<\[{⟨]\w+(?:[ _]?\d{1,2})?[>\]}⟩]")


def find_contacts(text: str, canonical: Canonical) -> Iterator[Finding]:
    """Find phones, links, e-mail addresses and accounts.

    Parameters
    ----------
    text : str
        The original text.
    canonical : Canonical
        Its canonical form, where each contact is one token.

    Yields
    ------
    Finding
        In offsets of the canonical text. A phone number's value is E.164 where it is a possible
        number in Vietnam, else its digits; a masked number keeps its masks.
    """
    for match in _TOKEN.finditer(canonical.text):
        start, end = canonical.span(*match.span())
        kind = _KINDS[match[1]]
        written = text[start:end]
        value = read_phone(written) if kind == "phone" else _plain_value(kind, written)
        yield Finding(kind, *match.span(), value)


def mask_contacts(text: str) -> str:
    """Put a token in the place of every contact of a text, for logs and reports.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    str
        The text with ⟨phone⟩, ⟨url⟩, ⟨email⟩ and ⟨account⟩ for its contacts, disguised ones too;
        everything else as it was.

    Examples
    --------
    >>> mask_contacts("Ib zalo O9l2.345.678 nha, STK 0123456789 VCB")
    'Ib zalo ⟨phone⟩ nha, STK ⟨account⟩ VCB'
    """
    canonical = normalize(text)
    pieces: list[str] = []
    done = 0
    for match in _TOKEN.finditer(canonical.text):
        start, end = canonical.span(*match.span())
        pieces += (text[done:start], match.group())
        done = end
    pieces.append(text[done:])
    return "".join(pieces)


def read_phone(written: str) -> str:
    """Read a phone number as a seller wrote it.

    Parameters
    ----------
    written : str
        The number with its gaps, letters for digits, number words or masks.

    Returns
    -------
    str
        E.164 for a possible number of Vietnam, else digits and masks; a placeholder as it stands.

    Examples
    --------
    >>> read_phone("O9l2.345.678"), read_phone("không chín một hai ba bốn năm sáu bảy tám")
    ('+84912345678', '+84912345678')
    >>> read_phone("0912xxx678"), read_phone("1900 1234"), read_phone("<PHONE>")
    ('0912xxx678', '19001234', '<PHONE>')
    """
    if _PLACEHOLDER.fullmatch(written):
        return written
    folded = unicodedata.normalize("NFKC", written).lower()
    if _MASK.search(folded):
        return "".join(sign for sign in folded if sign.isdigit() or sign in "+x*•#")
    digits = _digits(folded)
    if digits.startswith(("1900", "1800")):
        return digits
    try:
        number = phonenumbers.parse(digits, "VN")
    except phonenumbers.NumberParseException:
        return digits
    if not phonenumbers.is_possible_number(number):
        return digits
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _digits(folded: str) -> str:
    """Turn number words and look-alike letters into digits; drop the rest but a leading plus."""
    for word, digit in _word_digits().items():
        folded = re.sub(rf"(?<![^\W\d_]){word}(?![^\W\d_])", digit, folded)
    read = folded.translate(_letter_digits())
    plus = "+" if read.lstrip("( ").startswith("+") else ""
    return plus + "".join(str(unicodedata.digit(sign)) for sign in read if sign.isdigit())


def _plain_value(kind: EntityKind, written: str) -> str:
    """Write a link, address or account in one spelling."""
    if _PLACEHOLDER.fullmatch(written):
        return written
    if kind == "account" and not written.startswith("@"):
        return re.sub(r"[ .\-]", "", written)
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", written)).lower()


@cache
def _word_digits() -> dict[str, str]:
    """Read the number words of the contact table, the longest first."""
    rows = tables.toml_table("contacts.toml")["digit_words"]
    words = {word: digit for digit, row in rows.items() for word in row.split()}
    return dict(sorted(words.items(), key=lambda item: -len(item[0])))


@cache
def _letter_digits() -> dict[int, str]:
    """Read the letters for digits of the contact table."""
    rows = tables.toml_table("contacts.toml")["digit_letters"]
    return {ord(letter): digit for digit, letters in rows.items() for letter in letters}
