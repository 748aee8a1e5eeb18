"""Choose between a row of words as it is written and rows in which cut words are joined."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from adclassifier.text.neighbours import word_chance

_GAP = re.compile(r"[^\w⟨⟩@#$€£%+|!=\"“”()'’]{1,3}")
_SHORT_FORM_PRICE = 1.0

# Prices of signs on top, which stand between two words more often or less often than a space
_SIGN_PRICES = {"/": 0.0, "-": 1.0, ",": 3.0, ";": 3.0, ":": 3.0, ".": 0.0, "!": 3.0, "?": 3.0}
_ODD_SIGN_PRICE = -4.0
_SIGN_AND_SPACE_PRICE = 3.0


class Whole(NamedTuple):
    """A word that a token makes with those behind it, and what the gaps between them cost."""

    text: str
    n_pieces: int
    price: float


class Token(NamedTuple):
    """A word, what it may be spoken as, and what it makes with the next."""

    text: str
    first: str
    last: str
    wholes: tuple[Whole, ...]


class Row(NamedTuple):
    """A row of words up to one of its last words: its chance, its last join and the row before."""

    score: float
    join: tuple[int, Whole] | None
    before: Row | None


@lru_cache(maxsize=1 << 10)
def gap_price(gap: str) -> float | None:
    """Say how much more often than a space a gap stands between two words.

    Parameters
    ----------
    gap : str
        What stands between the pieces of a word.

    Returns
    -------
    float or None
        Natural logarithm of how much rarer it cuts a word; None for what is no gap.

    Examples
    --------
    >>> gap_price(" "), gap_price(" -"), gap_price("...."), gap_price("=")
    (0.0, 4.0, None, None)
    """
    if not _GAP.fullmatch(gap):
        return None
    if gap.isspace():
        return 0.0
    price = max(_SIGN_PRICES.get(sign, _ODD_SIGN_PRICE) for sign in gap if not sign.isspace())
    return price + (_SIGN_AND_SPACE_PRICE if any(map(str.isspace, gap)) else 0.0)


def likeliest_joins(
    tokens: Sequence[Token], cluster: tuple[int, int], price: float
) -> list[tuple[int, Whole]]:
    """Give the places where joining makes the likeliest row of words (Viterbi).

    Parameters
    ----------
    tokens : sequence of Token
        Words of a text.
    cluster : (int, int)
        First and last of them that are looked at.
    price : float
        Natural logarithm of how much rarer a cut is than no cut.

    Returns
    -------
    list of (int, Whole)
        Places in ``tokens``, and what is joined there.
    """
    first, last = cluster
    rows: list[dict[str, Row]] = [{} for _ in range(last - first + 2)]
    rows[0][tokens[first - 1].last if first else ""] = Row(0.0, None, None)
    for place in range(first, last + 1):
        token, after = tokens[place], place - first
        for left, row in rows[after].items():
            alone = row.score + word_chance(left, token.first) - _short_price(token)
            if _is_likelier(alone, rows[after + 1].get(token.last)):
                rows[after + 1][token.last] = Row(alone, row.join, row.before)
            for whole in token.wholes:
                joined = row.score + word_chance(left, whole.text) - max(price + whole.price, 0.0)
                ways = rows[after + whole.n_pieces]
                if _is_likelier(joined, ways.get(whole.text)):
                    ways[whole.text] = Row(joined, (place, whole), row)
    right = tokens[last + 1].first if last + 1 < len(tokens) else ""
    ends = rows[-1]
    best: Row | None = ends[max(ends, key=lambda left: ends[left].score + word_chance(left, right))]
    joins = []
    while best is not None and best.join is not None:
        joins.append(best.join)
        best = best.before
    return joins[::-1]


def _is_likelier(score: float, known: Row | None) -> bool:
    """Say whether a way to a unit is likelier than the one that is known."""
    return known is None or score > known.score


def _short_price(token: Token) -> float:
    return 0.0 if token.first == token.text else _SHORT_FORM_PRICE
