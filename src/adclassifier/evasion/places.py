"""Choose the words of a text that a trick changes, and put the changed ones in their place."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np

Member = TypeVar("Member")
Spell = Callable[[str], str]

WORD = r"[^\W\d_]+"
ACCENTED_WORD = r"[^\W\d_]*[^\W\d_\x00-\x7f][^\W\d_]*"
# A seller keeps his own links working; <PHONE> and the like are a data set's marks, not his words.
_KEPT = (
    r"<[A-Z_]+>|https?://\S+|www\.\S+|(?<!\S)\S+@\S+"
    r"|(?<!\w)[\w-]+\.(?:com|vn|net|me|ly|example)\b\S*"
)


def rewrite(text: str, rng: np.random.Generator, target: str, share: float, spell: Spell) -> str:
    """Spell a share of the places where a pattern matches in another way.

    Links, e-mail addresses and placeholders stay as they are.

    Parameters
    ----------
    text : str
        As written; composed (NFC) before anything is looked for.
    rng : numpy.random.Generator
        Chooses the places.
    target : str
        Regular expression of a place, without capturing groups; letter case does not count.
    share : float, in (0, 1]
        Of the places; at least one is changed where there is any.
    spell : callable
        Gives the new spelling of a place.

    Returns
    -------
    str
        Composed, otherwise unchanged outside the places.

    Examples
    --------
    >>> rewrite("Bán thuốc <PHONE>", np.random.default_rng(0), WORD, 1.0, str.upper)
    'BÁN THUỐC <PHONE>'
    """
    composed = unicodedata.normalize("NFC", text)
    found = [m.span() for m in _pattern(target).finditer(composed) if m["target"]]
    if not found:
        return composed
    n_chosen = max(1, round(share * len(found)))
    chosen = sorted(rng.choice(len(found), size=n_chosen, replace=False))
    pieces, end = [], 0
    for place in chosen:
        start, stop = found[place]
        pieces += [composed[end:start], spell(composed[start:stop])]
        end = stop
    return "".join([*pieces, composed[end:]])


@functools.cache
def _pattern(target: str) -> re.Pattern[str]:
    return re.compile(f"(?:{_KEPT})|(?P<target>{target})", re.IGNORECASE)


def phrases_pattern(phrases: Sequence[str]) -> str:
    r"""Give the pattern of whole phrases, the longest first.

    Examples
    --------
    >>> phrases_pattern(["anh", "anh em"])
    '(?<!\\w)(?:anh\\ em|anh)(?!\\w)'
    """
    longest_first = sorted(phrases, key=len, reverse=True)
    return rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)"


def swap_phrases(
    text: str, rng: np.random.Generator, table: dict[str, list[str]], share: float
) -> str:
    """Put one of its other spellings in the place of a share of the phrases of a table.

    Examples
    --------
    >>> swap_phrases("Không bán", np.random.default_rng(0), {"không": ["ko"]}, 1.0)
    'ko bán'
    """
    target = phrases_pattern(tuple(table))
    return rewrite(text, rng, target, share, lambda phrase: pick(rng, table[phrase.lower()]))


def pick(rng: np.random.Generator, members: Sequence[Member]) -> Member:
    """Pick one member.

    Examples
    --------
    >>> pick(np.random.default_rng(0), ["only"])
    'only'
    """
    return members[int(rng.integers(len(members)))]


def split_letter(letter: str) -> tuple[str, str]:
    """Split a letter into the plain one and its marks; the bar of đ is part of the letter.

    Examples
    --------
    >>> [len(part) for part in split_letter("ố")], split_letter("đ")
    ([1, 2], ('đ', ''))
    """
    parts = unicodedata.normalize("NFD", letter)
    return parts[:1], parts[1:]
