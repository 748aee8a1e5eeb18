"""Say whether a text is one that the model can judge: Vietnamese or English, and not noise."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from importlib.resources import files

from adclassifier.text.syllables import is_bare_syllable, is_syllable

# Fewer words than these prove nothing: "up", "Serum", "iPhone 13 Pro Max", "Chanel Gabrielle nè".
_MIN_WORDS = 4
# Titles of goods are short and full of names; one known word in four is enough up to this length.
_MAX_TITLE_WORDS = 7
_MIN_TITLE_SHARE = 0.25
# Share of words that must look Vietnamese or English in longer texts. Vietnamese without accents
# has 0.9, posts full of slang and names 0.5; noise typed on a keyboard stays under 0.3.
_MIN_KNOWN_SHARE = 0.4
# Letters that the languages with which Vietnamese shares the rest of its alphabet do not use.
_VIETNAMESE_ONLY = frozenset("ăđơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ")
_CONTACT_TOKEN = re.compile(r"⟨[a-z]{1,12}⟩")
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
_HASHTAG = re.compile(r"#\w+")


def is_readable(canonical_text: str) -> bool:
    """Say whether a canonical text has letters and is Vietnamese or English.

    Vietnamese may be written without accents and in abbreviations. The answer is no only on clear
    evidence: letters mostly of another script, or at least four words hardly any of which is a
    possible Vietnamese syllable, a common English word, a known brand or a short form.

    Parameters
    ----------
    canonical_text : str
        Text as `adclassifier.text.normalize.normalize` writes it.

    Returns
    -------
    bool
        True when the model may judge the text.

    Examples
    --------
    >>> is_readable("thuoc tri nam da gia re"), is_readable("up"), is_readable("serum")
    (True, True, True)
    >>> is_readable("💊💊 0912"), is_readable("减肥药 批发")
    (False, False)
    >>> is_readable("jual obat pelangsing murah")
    False
    """
    text = _HASHTAG.sub(" ", _CONTACT_TOKEN.sub(" ", canonical_text))
    latin, other = _count_letters(_CONTACT_TOKEN.sub(" ", canonical_text))
    if latin == 0 or other > latin:
        return False
    words = [word.lower() for word in _WORD.findall(text) if len(word) > 1]
    if len(words) < _MIN_WORDS:
        return True
    known = sum(map(_known, words))
    foreign = len(_foreign_words().intersection(words))
    if not foreign and _CONTACT_TOKEN.search(canonical_text):
        return True  # noise around a link or a number is how filters are fooled
    if foreign > 1:
        known -= foreign
    is_title = not foreign and len(words) <= _MAX_TITLE_WORDS
    return known >= (_MIN_TITLE_SHARE if is_title else _MIN_KNOWN_SHARE) * len(words)


def evidence_of(word: str) -> tuple[bool, bool]:
    """Say whether a word speaks for Vietnamese or English, and whether for another language.

    Parameters
    ----------
    word : str
        Lower case.

    Returns
    -------
    (bool, bool)

    Examples
    --------
    >>> evidence_of("thuốc"), evidence_of("murah")
    ((True, False), (False, True))
    """
    return _known(word), word in _foreign_words()


def _count_letters(text: str) -> tuple[int, int]:
    """Count the Latin letters and all others."""
    latin = other = 0
    for letter in text:
        if letter < "\u0250" or "\u1e00" <= letter < "\u1f00":
            latin += letter.isalpha()
        elif letter.isalpha() and not _is_styled_latin(letter):
            other += 1
    return latin, other


@cache
def _is_styled_latin(letter: str) -> bool:
    """Whether a letter is a Latin one in disguise (fullwidth, mathematical, small capital)."""
    name = unicodedata.name(letter, "")
    plain = unicodedata.normalize("NFKC", letter)
    return plain.isascii() or name.startswith(("LATIN", "MODIFIER LETTER"))


def _known(word: str) -> bool:
    """Whether a word is evidence of Vietnamese or English."""
    if word.isascii():  # a syllable without any accents is a bare one too
        return is_bare_syllable(word) or word in latin_words()
    return (
        not _VIETNAMESE_ONLY.isdisjoint(word)
        or is_syllable(word)
        or is_bare_syllable(word)
        or word in latin_words()
    )


@cache
def latin_words() -> frozenset[str]:
    """Read the words that are no syllable and known nevertheless, once."""
    return _word_table("latin_words.txt")


@cache
def _foreign_words() -> frozenset[str]:
    """Read the words that speak for another language, once."""
    words = _word_table("foreign_words.txt") - latin_words()
    return frozenset(w for w in words if not (is_syllable(w) or is_bare_syllable(w)))


def _word_table(name: str) -> frozenset[str]:
    """Read a table of words: any number on a line, comments begin with "#"."""
    text = files("adclassifier.text.tables").joinpath(name).read_text(encoding="utf-8")
    lines = text.splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())
