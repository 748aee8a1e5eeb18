"""Hide telephone numbers."""

from __future__ import annotations

import numpy as np

from adclassifier.evasion.places import pick, rewrite
from adclassifier.evasion.tables import load_tables

# Nine or ten digits behind 0 or +84, in groups or not.
_PHONE = r"(?<![\w.])(?:\+?84|0)(?:[ .\-]?\d){8,9}(?!\w)"


def emoji_digits(text: str, rng: np.random.Generator) -> str:
    """Write the digits of telephone numbers as emoji or circled digits.

    Examples
    --------
    >>> emoji_digits("Zalo 0912345678", np.random.default_rng(1))
    'Zalo ⓪⑨①②③④⑤⑥⑦⑧'
    """
    signs = pick(rng, load_tables()["digits"]["emoji"])
    return rewrite(text, rng, _PHONE, 1.0, lambda phone: _by_digit(phone, signs))


def word_digits(text: str, rng: np.random.Generator) -> str:
    """Write the digits of telephone numbers as words.

    Examples
    --------
    >>> word_digits("Zalo 0922333888", np.random.default_rng(0))
    'Zalo o chín hai hai ba ba ba tám tám tám'
    """
    words = load_tables()["digits"]["words"]

    def spell(phone: str) -> str:
        return " ".join(pick(rng, words[int(sign)]) for sign in phone if sign.isdigit())

    return rewrite(text, rng, _PHONE, 1.0, spell)


def _by_digit(phone: str, signs: list[str]) -> str:
    """Replace each digit by its sign."""
    return "".join(signs[int(sign)] if sign.isdigit() else sign for sign in phone)
