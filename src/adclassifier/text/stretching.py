"""Shorten letters that are written many times over: "rẻẻẻẻ", "saleeee", "ơiii"."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from adclassifier.text.accents import strip_accents
from adclassifier.text.offsets import Edit, Rewriter
from adclassifier.text.spelling import weight
from adclassifier.text.syllables import is_syllable

_TOKEN = re.compile(r"[^\W_]+")
_REPEAT = re.compile(r"([a-z])\1+")
_LONGEST = 40
"""Letters of the longest token that is looked at; noise from a keyboard is longer."""


def shorten_stretched(rewriter: Rewriter, odd: Iterable[str]) -> None:
    r"""Write a letter once where it stands three times or more, or twice in an accented word.

    What is left must be a word; where none comes out the token stays as it is.

    Parameters
    ----------
    rewriter : Rewriter
        Holds text of the first stage.
    odd : iterable of str
        The words of the text that are no usual syllables.

    Examples
    --------
    >>> def shortened(text):
    ...     rewriter = Rewriter(text)
    ...     shorten_stretched(rewriter, re.findall(r"\w+", text))
    ...     return rewriter.text
    >>> shortened("giá rẻẻẻẻ, xảaaaa kho, saleeeee, hàng đẹppp quáá nha shop ơii, freeee ship")
    'giá rẻ, xả kho, sale, hàng đẹp quá nha shop ơi, free ship'
    >>> shortened("xoong, quần soóc, pin aaa, www, bill, book, kkk, hmmm, boong")
    'xoong, quần soóc, pin aaa, www, bill, book, kkk, hmmm, boong'
    """
    found = {token: new for token in odd if (new := _shortened(token))}
    if found:
        rewriter.apply(
            [
                Edit(*match.span(), found[match[0]], "stretched")
                for match in _TOKEN.finditer(rewriter.text)
                if match[0] in found
            ]
        )


@lru_cache(maxsize=1 << 14)
def _shortened(token: str) -> str:
    """Give the word that a stretched token stands for; empty if it stands for none."""
    if not 2 <= len(token) <= _LONGEST or not token.isalpha() or is_syllable(token):
        return ""
    bare = strip_accents(token)
    runs = [run.span() for run in _REPEAT.finditer(bare)]
    accented = not token.isascii()
    if accented:
        word = _cut(token, runs, 1)
        return word if is_syllable(word) else ""
    if all(end - start < 3 for start, end in runs) or len(runs[0]) == len(token):
        return ""
    for keep in (1, 2):
        word = _cut(token, [span for span in runs if span[1] - span[0] > 2], keep)
        if len(word) > keep and weight(word):
            return word
    return ""


def _cut(token: str, runs: list[tuple[int, int]], keep: int) -> str:
    """Leave ``keep`` letters of each run; an accent anywhere in the run stays."""
    for start, end in reversed(runs):
        run = token[start:end]
        letter = next((sign for sign in run if not sign.isascii()), run[0])
        token = token[:start] + letter + run[0] * (keep - 1) + token[end:]
    return token
