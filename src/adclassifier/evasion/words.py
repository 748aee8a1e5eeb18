"""Break, join or replace words."""

from __future__ import annotations

import numpy as np

from adclassifier.evasion.places import WORD, pick, rewrite, swap_phrases
from adclassifier.evasion.tables import load_tables

_LONG_WORD = r"[^\W\d_]{3,}"
_RUN_OF_WORDS = rf"{WORD}(?: {WORD}){{1,2}}"


def dotted_words(text: str, rng: np.random.Generator) -> str:
    """Put a separator between the letters of words, the same throughout a text.

    Examples
    --------
    >>> dotted_words("chính hãng", np.random.default_rng(1))
    'chính h*ã*n*g'
    """
    tables = load_tables()
    separator = pick(rng, tables["marks"]["separators"])
    return rewrite(text, rng, _LONG_WORD, tables["share"]["dotted_words"], separator.join)


def spaced_words(text: str, rng: np.random.Generator) -> str:
    """Put a space between the letters of words.

    Examples
    --------
    >>> spaced_words("bán thuốc", np.random.default_rng(0))
    'bán t h u ố c'
    """
    return rewrite(text, rng, _LONG_WORD, load_tables()["share"]["spaced_words"], " ".join)


def split_words(text: str, rng: np.random.Generator) -> str:
    """Break words in two: by a space, a line break, a sign.

    Examples
    --------
    >>> split_words("bán thuốc", np.random.default_rng(5))
    'bán thuố c'
    """
    tables = load_tables()
    breaks: list[str] = tables["marks"]["breaks"]

    def spell(word: str) -> str:
        place = int(rng.integers(1, len(word)))
        return word[:place] + pick(rng, breaks) + word[place:]

    return rewrite(text, rng, _LONG_WORD, tables["share"]["split_words"], spell)


def joined_words(text: str, rng: np.random.Generator) -> str:
    """Write two or three words as one.

    Examples
    --------
    >>> joined_words("thuốc giảm cân", np.random.default_rng(0))
    'thuốcgiảmcân'
    """
    share = load_tables()["share"]["joined_words"]
    return rewrite(text, rng, _RUN_OF_WORDS, share, lambda words: words.replace(" ", ""))


def emoji_between_letters(text: str, rng: np.random.Generator) -> str:
    """Put an emoji between the letters of words, the same within a word.

    Examples
    --------
    >>> emoji_between_letters("thuốc", np.random.default_rng(3))
    't👉h👉u👉ố👉c'
    """
    tables = load_tables()
    share = tables["share"]["emoji_between_letters"]
    signs = tables["marks"]["emoji"]
    return rewrite(text, rng, _LONG_WORD, share, lambda word: pick(rng, signs).join(word))


def emoji_words(text: str, rng: np.random.Generator) -> str:
    """Put the picture of a thing in the place of its name.

    Examples
    --------
    >>> emoji_words("Bán thuốc, alo nhé", np.random.default_rng(0))
    'Bán 💊, alo nhé'
    """
    tables = load_tables()
    return swap_phrases(text, rng, tables["emoji_words"], tables["share"]["emoji_words"])


def puns(text: str, rng: np.random.Generator) -> str:
    """Put a pun or a euphemism in the place of a brand, platform or kind of goods.

    Examples
    --------
    >>> puns("Mua trên Tiktok nha", np.random.default_rng(0))
    'Mua trên tik tót nha'
    """
    tables = load_tables()
    return swap_phrases(text, rng, tables["puns"], tables["share"]["puns"])
