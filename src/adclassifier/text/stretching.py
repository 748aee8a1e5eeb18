"""Shorten letters that are written many times over: "rẻẻẻẻ", "saleeee", "ơiii"."""

from __future__ import annotations

import re
from collections.abc import Iterable

from adclassifier.text.accents import strip_accents
from adclassifier.text.language import latin_words
from adclassifier.text.offsets import Edit, Rewriter
from adclassifier.text.short_forms import free_form
from adclassifier.text.spelling import counts, weight
from adclassifier.text.syllables import is_syllable

_TOKEN = re.compile(r"[^\W_]+")
_REPEAT = re.compile(r"([a-z])\1+")
_THRICE = re.compile(r"([a-z])\1\1")
_SAME = re.compile(r"(\w)\1+")
_QUANTITY = re.compile(r"(?<!\d)(\d++[a-zđ]{0,2}?)([a-wyzđ])\2{2,}(\d*)")
_NUMERAL = re.compile("[ivx]+")
_FEWEST_LETTERS = 2
"""Letters in front of the repeated one from which a word need not be known."""

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
    found = {token: new for token in odd if (new := shortened(token))}
    if found:
        rewriter.apply(
            [
                Edit(*match.span(), found[match[0]], "stretched")
                for match in _TOKEN.finditer(rewriter.text)
                if match[0] in found
            ]
        )


def shortened(token: str) -> str:
    """Give the word that a stretched token stands for; empty if it stands for none.

    Examples
    --------
    >>> shortened("rẻẻẻẻ"), shortened("rẻ")
    ('rẻ', '')
    """
    if not 2 <= len(token) <= _LONGEST:
        return ""
    if token.isalpha():
        repeated = _THRICE if token.isascii() else _REPEAT
        return _shortened_word(token) if repeated.search(strip_accents(token)) else ""
    quantity = _QUANTITY.fullmatch(token) if token[0].isdecimal() else None
    return quantity[1] + quantity[2] + quantity[3] if quantity else ""


def _shortened_word(token: str) -> str:
    """Shorten letters some of which are the same but for their accents."""
    if is_syllable(token):
        return ""
    if token.isascii():
        return _shortened_bare(token)
    once = _SAME.sub(r"\1", token)
    if once in counts():
        return once
    word = _cut(token, [run.span() for run in _REPEAT.finditer(strip_accents(token))], 1)
    return word if is_syllable(word) else ""


def _shortened_bare(token: str) -> str:
    """Shorten a token without accents: to a known word, or else its end, if it is long enough."""
    runs = [run.span() for run in _REPEAT.finditer(token)]
    if runs[0] == (0, len(token)):
        return ""
    if _NUMERAL.fullmatch(token):
        return ""
    long = [span for span in runs if span[1] - span[0] > 2]
    for keep in (1, 2):
        word = _cut(token, long, keep)
        if len(word) > keep and (weight(word) or word in latin_words() or free_form(word)):
            return word
    ended = len(long) == 1 and long[0][1] == len(token) and long[0][0] >= _FEWEST_LETTERS
    return _cut(token, long, 1) if ended else ""


def _cut(token: str, runs: list[tuple[int, int]], keep: int) -> str:
    """Leave ``keep`` letters of each run; an accent anywhere in the run stays."""
    for start, end in reversed(runs):
        run = token[start:end]
        letter = next((sign for sign in run if not sign.isascii()), run[0])
        token = token[:start] + letter + run[0] * (keep - 1) + token[end:]
    return token
