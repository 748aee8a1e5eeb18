"""Write the same letters with other signs."""

from __future__ import annotations

import unicodedata

import numpy as np

from adclassifier.evasion.places import WORD, pick, rewrite, split_letter
from adclassifier.evasion.tables import load_tables

_FULLWIDTH_OFFSET = ord("Ａ") - ord("A")


def accents_off(text: str, rng: np.random.Generator) -> str:
    """Drop every accent, as who types without a Vietnamese keyboard.

    Examples
    --------
    >>> accents_off("Bán thuốc không cần đơn", np.random.default_rng(0))
    'Ban thuoc khong can don'
    """
    plain = "".join(split_letter(letter)[0] for letter in unicodedata.normalize("NFC", text))
    return plain.replace("đ", "d").replace("Đ", "D")


def leet(text: str, rng: np.random.Generator) -> str:
    """Put digits and signs in the place of letters; their accents go with them.

    Examples
    --------
    >>> leet("thuốc giảm cân", np.random.default_rng(2))
    'thu0c gi4m cân'
    """
    tables = load_tables()
    signs, letter_share = tables["leet"], tables["letter_share"]["leet"]

    def spell(word: str) -> str:
        plain = [split_letter(letter.lower())[0] for letter in word]
        return "".join(
            pick(rng, signs[sign]) if sign in signs and rng.random() < letter_share else letter
            for letter, sign in zip(word, plain, strict=True)
        )

    return rewrite(text, rng, WORD, tables["share"]["leet"], spell)


def homoglyphs(text: str, rng: np.random.Generator) -> str:
    """Put letters of other scripts that look alike in the place of Latin ones; accents stay.

    Examples
    --------
    >>> written = homoglyphs("bao auth", np.random.default_rng(0))
    >>> written == "bao auth", len(written)
    (False, 8)
    """
    tables = load_tables()
    alike, letter_share = tables["homoglyphs"], tables["letter_share"]["homoglyphs"]

    def spell(word: str) -> str:
        parts = [split_letter(letter) for letter in word]
        return "".join(
            pick(rng, alike[letter]) + marks
            if letter in alike and rng.random() < letter_share
            else letter + marks
            for letter, marks in parts
        )

    return unicodedata.normalize("NFC", rewrite(text, rng, WORD, 1.0, spell))


def fullwidth(text: str, rng: np.random.Generator) -> str:
    """Write letters and digits in full width; accents stay as combining marks.

    Examples
    --------
    >>> fullwidth("Zalo 09", np.random.default_rng(0))
    'Ｚａｌｏ ０９'
    """

    def widen(letter: str, marks: str) -> str:
        return (chr(ord(letter) + _FULLWIDTH_OFFSET) if letter.isascii() else letter) + marks

    def spell(word: str) -> str:
        return "".join(widen(*split_letter(letter)) for letter in word)

    return rewrite(text, rng, r"[^\W_]+", 1.0, spell)


def styled_letters(text: str, rng: np.random.Generator) -> str:
    """Write in one of the alphabets that phones offer: bold, script, circled; accents stay.

    Examples
    --------
    >>> styled_letters("Zalo shop", np.random.default_rng(1))
    '𝗭𝗮𝗹𝗼 𝘀𝗵𝗼𝗽'
    """
    style = pick(rng, load_tables()["styles"])

    def restyle(letter: str, marks: str) -> str:
        # Squared letters exist as capitals only.
        shown = letter.upper() if letter.isascii() and not style["lower"] else letter
        runs = (("A", "Z", style["upper"]), ("a", "z", style["lower"]), ("0", "9", style["digit"]))
        for first, last, start in runs:
            if start and first <= shown <= last:
                return chr(ord(start) + ord(shown) - ord(first)) + marks
        return letter + marks

    def spell(word: str) -> str:
        return "".join(restyle(*split_letter(letter)) for letter in word)

    return rewrite(text, rng, r"[^\W_]+", 1.0, spell)


def zero_width(text: str, rng: np.random.Generator) -> str:
    """Put signs that nobody sees between letters.

    Examples
    --------
    >>> written = zero_width("chính hãng", np.random.default_rng(0))
    >>> written == "chính hãng", "".join(c for c in written if c.isalpha() or c == " ")
    (False, 'chính hãng')
    """
    tables = load_tables()
    sign, gap_share = pick(rng, tables["marks"]["zero_width"]), tables["letter_share"]["zero_width"]

    def spell(word: str) -> str:
        return word[0] + "".join(
            (sign if rng.random() < gap_share else "") + letter for letter in word[1:]
        )

    return rewrite(text, rng, WORD, 1.0, spell)


def combining_marks(text: str, rng: np.random.Generator) -> str:
    """Underline or strike letters and digits through with combining marks.

    Examples
    --------
    >>> [hex(ord(sign)) for sign in combining_marks("09", np.random.default_rng(0))]
    ['0x30', '0x333', '0x39', '0x333']
    """
    tables = load_tables()
    mark = pick(rng, tables["marks"]["combining"])
    share = tables["share"]["combining_marks"]
    return rewrite(text, rng, r"[^\W_]+", share, lambda w: "".join(sign + mark for sign in w))


def elongation(text: str, rng: np.random.Generator) -> str:
    """Stretch the last letter of words.

    Examples
    --------
    >>> elongation("đẹp rẻ", np.random.default_rng(0))
    'đẹp rẻẻẻẻẻ'
    """
    return rewrite(
        text,
        rng,
        WORD,
        load_tables()["share"]["elongation"],
        lambda word: word + word[-1] * int(rng.integers(2, 6)),
    )
