"""Name a text without showing it: its hash, and places in it.

A public text that must not be copied into this repository is known by the SHA-256 of its
*annotation text*, and evidence by offsets in it. The annotation text is deliberately simpler than
the canonical text of `adclassifier.text.normalize`: canonical text changes whenever a rule of the
normaliser changes, and every stored hash and offset would change with it. This is format 1:

1. letters with separate marks are composed (NFC);
2. placeholders (``<PHONE>``, ``<URL>``, ``<EMAIL>``, ``<ACCOUNT>``, any case, a space inside each
   end allowed), links with a scheme or ``www.``, e-mail addresses and Vietnamese phone numbers
   in digits become ``⟨url⟩ ⟨email⟩ ⟨phone⟩ ⟨account⟩``, so that a masked and an unmasked copy
   are one text;
3. runs of white space become one space, and none stands at the ends.

A change to any of these makes every file in ``data/annotations`` worthless: it needs a new format.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable

from adclassifier.corpus.traced import MARKED, Traced, compose_letter

_PLACEHOLDER = re.compile(r"<\s?(phone|url|email|account)\s?>", re.IGNORECASE)
_URL = re.compile(r"\b(?:https?://|www\.)[^\s<>⟨⟩]+", re.IGNORECASE)
_EMAIL = re.compile(r"\b[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}")
# 0 or +84, then nine digits (ten for numbers from before 2018), set apart by single . - or space
_PHONE = re.compile(r"(?<![\w+])(?:\+?84|0)(?:[ .-]?\d){9,10}(?![ .-]?\d)")
_SPACE = re.compile(r"\s+")


def _placeholder(match: re.Match[str]) -> str:
    """Write a placeholder as a token."""
    return f"⟨{match[1].lower()}⟩"


# In this order, each on what the last one left.
_TOKENS: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = (
    (_PLACEHOLDER, _placeholder),
    (_URL, "⟨url⟩"),
    (_EMAIL, "⟨email⟩"),
    (_PHONE, "⟨phone⟩"),
)


def annotation_text(text: str) -> Traced:
    r"""Give the annotation text of a text, with the way back.

    Parameters
    ----------
    text : str
        A text whose data set's additions were already cut (`clean_source_text`).

    Examples
    --------
    >>> annotation_text("Gọi  0912 345 678\nhoặc https://shop.example/a").text
    'Gọi ⟨phone⟩ hoặc ⟨url⟩'
    >>> annotation_text("Gọi <PHONE> hoặc <URL>").text
    'Gọi ⟨phone⟩ hoặc ⟨url⟩'
    """
    traced = Traced.of(text).compose()
    for pattern, token in _TOKENS:
        traced = traced.sub(pattern, token)
    return traced.strip().sub(_SPACE, " ")


def annotation_string(text: str) -> str:
    """Give the text of `annotation_text` alone, in a fifth of the time."""
    composed = unicodedata.is_normalized("NFC", text)
    string = text if composed else MARKED.sub(compose_letter, text)
    for pattern, token in _TOKENS:
        string = pattern.sub(token, string)
    return _SPACE.sub(" ", string.strip())


def hash_text(text: str) -> str:
    """Give the SHA-256 of a text's annotation text (UTF-8), 64 hexadecimal digits.

    Examples
    --------
    >>> hash_text("Gọi 0912.345.678 nhé") == hash_text("Gọi <PHONE>  nhé ")
    True
    """
    return hash_string(annotation_string(text))


def hash_string(string: str) -> str:
    """Give the SHA-256 of a string as it stands."""
    data = string.encode("utf-8", errors="surrogatepass")
    return hashlib.sha256(data).hexdigest()
