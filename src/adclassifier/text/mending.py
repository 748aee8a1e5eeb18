"""Mend words that a space, a line break or a sign has cut in two: "thuố c", "tr ị", "kiể/m tra"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence, Set
from functools import cache, lru_cache
from itertools import groupby, pairwise
from operator import add, and_

from adclassifier.text.language import latin_words
from adclassifier.text.mending_rows import Token, Whole, gap_price, likeliest_joins
from adclassifier.text.offsets import Edit, Rewriter, TextRewriter
from adclassifier.text.short_forms import free_form, spoken
from adclassifier.text.spelling import counts, words
from adclassifier.text.syllables import is_bare_syllable

_TOKEN = re.compile(r"(?<!⟨)[^\W_]+(?!⟩)")
_ACCENTED = re.compile("[ăâđêôơưà-ỹ]")
_FEW_LETTERS = 20
"""A text with an accented letter among so many is written with accents."""

_LONGEST = 12
_MOST_PIECES = 9
_MOST_JOINED = 0.8
"""Share of the letters of a row from which they are taken for the known words found in it."""

_FEWEST_LATIN = 4
_PRICE = 9.0
"""Natural logarithm of how much rarer a cut is than no cut, in a text that shows none."""

_PRICE_AMONG_OTHERS = 4.0
_FEW = 2
"""Cuts that show that a text was written with cuts."""

_TWO_LETTERS_PRICE = 5.0
# Behind a single letter these are words: "b ạ" is bạn ạ
INTERJECTIONS = frozenset(["oi", "ơi", *"ạáàơờởừýêếồổôủứợ"])


def mend_cut_words(rewriter: Rewriter) -> None:
    r"""Join two pieces where the row of words is likelier with the word that they make.

    Parameters
    ----------
    rewriter : Rewriter
        Holds text of the first stage.

    Examples
    --------
    >>> def mended(text):
    ...     rewriter = Rewriter(text)
    ...     mend_cut_words(rewriter)
    ...     return rewriter.text
    >>> mended("thuố c tr ị nám, đi ều trị, bán th\nuốc gi ảm c ân")
    'thuốc trị nám, điều trị, bán thuốc giảm cân'
    >>> mended("mua ốc ạ, b ạ, size s m l xl, cho a ib, nam/nữ, k em trai, ca o nhất")
    'mua ốc ạ, b ạ, size s m l xl, cho a ib, nam/nữ, k em trai, cao nhất'
    """
    text = rewriter.text
    pieces = _TOKEN.findall(text)
    letters = [len(piece) == 1 for piece in pieces]
    spelled_apart = any(map(and_, letters, letters[1:]))
    if _vocabulary().isdisjoint(map(add, pieces, pieces[1:])) and not spelled_apart:
        return
    accented = len(_ACCENTED.findall(text)) * _FEW_LETTERS > len(text)
    matches = list(_TOKEN.finditer(text))
    made = _made(text, matches, _vocabulary() if accented else _latin_vocabulary())
    clusters = list(_clusters(made))
    joins = [join for cluster in clusters for join in _joins(matches, made, cluster, _PRICE)]
    if len(joins) >= _FEW:
        price = _PRICE_AMONG_OTHERS
        joins = [join for cluster in clusters for join in _joins(matches, made, cluster, price)]
    spelled = _spelled_out(letters, joins)
    rewriter.apply(
        [
            _edit(text, matches[place : place + whole.n_pieces], whole)
            for place, whole in joins
            if place not in spelled
        ]
    )


def _joins(
    matches: Sequence[re.Match[str]],
    made: Mapping[int, tuple[Whole, ...]],
    cluster: tuple[int, int],
    price: float,
) -> list[tuple[int, Whole]]:
    """Give the likeliest joins of a cluster; of the other words only those beside it matter."""
    first, last = cluster
    low = max(first - 1, 0)
    tokens = [
        _token(match[0], made.get(place, ()))
        for place, match in enumerate(matches[low : last + 2], start=low)
    ]
    found = likeliest_joins(tokens, (first - low, last - low), price)
    return [(low + place, whole) for place, whole in found]


def _edit(text: str, pieces: Sequence[re.Match[str]], whole: Whole) -> Edit:
    gaps = "".join(text[left.end() : right.start()] for left, right in pairwise(pieces))
    return Edit(
        pieces[0].start(), pieces[-1].end(), whole.text, "spaced" if gaps.isspace() else "dotted"
    )


def _made(
    text: str, matches: Sequence[re.Match[str]], vocabulary: Set[str]
) -> dict[int, tuple[Whole, ...]]:
    """Give what words make with those behind them, by place, where they make anything."""
    found = {}
    for place in range(len(matches) - 1):
        wholes = _makes(text, matches[place : place + _MOST_PIECES], vocabulary)
        if wholes:
            found[place] = wholes
    return found


def _makes(text: str, pieces: Sequence[re.Match[str]], vocabulary: Set[str]) -> tuple[Whole, ...]:
    """Give what the first word makes with those behind it."""
    left, right = pieces[0][0], pieces[1][0]
    whole = left + right
    # what two letters begin may be spelled out; twice a word makes none
    may_begin = (whole in vocabulary or len(whole) == 2) and left != right
    return tuple(_wholes(text, pieces, vocabulary)) if may_begin else ()


def most_pieces(row: str, *, accented: bool) -> int:
    """Say how many words from the first on make one word, at most.

    Parameters
    ----------
    row : str
        Two words and what stands between them; all the letters of a row of letters.
    accented : bool
        Whether the text is written with accents.

    Returns
    -------
    int
        0 where they make none.

    Examples
    --------
    >>> most_pieces("thuố c", accented=True), most_pieces("giá rẻ", accented=True)
    (2, 0)
    """
    vocabulary = _vocabulary() if accented else _latin_vocabulary()
    pieces = list(_TOKEN.finditer(row))[:_MOST_PIECES]
    wholes = _makes(row, pieces, vocabulary) if len(pieces) > 1 else ()
    return wholes[-1].n_pieces if wholes else 0


def mend_cluster(left: str, cluster: str, right: str, *, accented: bool) -> tuple[int, str]:
    """Join some words that make words with each other, as `mend_cut_words` does by themselves.

    Parameters
    ----------
    left, right : str
        The words before and behind; empty where there is none.
    cluster : str
        From the first of the words to the last.
    accented : bool
        Whether the text is written with accents.

    Returns
    -------
    n_joins : int
        From two on, cuts are likelier everywhere in the text.
    mended : str

    Examples
    --------
    >>> mend_cluster("bán", "thuố c", "tây", accented=True)
    (1, 'thuốc')
    >>> mend_cluster("vào", "nhà ng", "ồi", accented=True)
    (0, 'nhà ng')
    """
    matches = list(_TOKEN.finditer(cluster))
    made = _made(cluster, matches, _vocabulary() if accented else _latin_vocabulary())
    tokens = [_token(match[0], made.get(place, ())) for place, match in enumerate(matches)]
    row = [_token(left), *tokens, _token(right)]
    joins = likeliest_joins(row, (1, len(tokens)), _PRICE)
    rewriter = TextRewriter(cluster)
    rewriter.apply(
        [
            _edit(cluster, matches[place - 1 : place - 1 + whole.n_pieces], whole)
            for place, whole in joins
        ]
    )
    return len(joins), rewriter.text


def _token(word: str, wholes: tuple[Whole, ...] = ()) -> Token:
    return Token(word, *spoken(word), wholes)


def mendable() -> frozenset[str]:
    """Give the words that a cut may be mended to, with accents around it or without."""
    return _vocabulary()


@cache
def _vocabulary() -> frozenset[str]:
    return _latin_vocabulary().union(counts())


@cache
def _latin_vocabulary() -> frozenset[str]:
    """Give what can be mended without accents around it, where bare pieces may be words."""
    accented = {syllable for syllable in counts() if not syllable.isascii()}
    return latin_words().union(words()).difference(counts().keys() - accented) | accented


@cache
def _beginnings() -> frozenset[str]:
    """Give all that the words which can be mended begin with."""
    words = [word for word in _vocabulary() if len(word) <= _LONGEST]
    return frozenset(word[:end] for word in words for end in range(1, len(word) + 1))


def _wholes(text: str, matches: Sequence[re.Match[str]], vocabulary: Set[str]) -> Iterator[Whole]:
    """Give the words that the first token makes with the next; with further ones for letters."""
    whole, n_pieces = matches[0][0], 1
    for left, right in pairwise(matches):
        gap = text[left.end() : right.start()]
        whole += right[0]
        n_pieces += 1
        price = gap_price(gap)
        if price is None or whole not in _beginnings() or not whole.isalpha():
            return
        if n_pieces > 2 and (len(whole) > n_pieces + 1 or not gap.isspace()):
            return
        if whole in vocabulary and _may_be_cut(matches[:n_pieces], whole):
            if len(whole) > 2 or not whole.isascii():
                yield Whole(whole, n_pieces, price)
            elif gap == " ":
                yield Whole(whole, n_pieces, price + _TWO_LETTERS_PRICE)


def _may_be_cut(pieces: Sequence[re.Match[str]], whole: str) -> bool:
    """Refuse what may be a short form and an interjection, and foreign words cut into words."""
    if len(pieces) == 2 and len(pieces[0][0]) == 1 and pieces[1][0] in INTERJECTIONS:
        return False
    if len(pieces) > 2 or (whole in counts() and whole not in words()):
        return True
    longest = max((piece[0] for piece in pieces), key=len)
    words_only = all(_is_word(piece[0]) for piece in pieces)
    return len(whole) >= _FEWEST_LATIN and not words_only and not _is_long_word(longest)


@lru_cache(maxsize=1 << 14)
def _is_word(piece: str) -> bool:
    return piece in _vocabulary() or is_bare_syllable(piece) or bool(free_form(piece))


def _is_long_word(piece: str) -> bool:
    return len(piece) >= _FEWEST_LATIN and piece in _vocabulary()


def _clusters(made: Mapping[int, tuple[Whole, ...]]) -> Iterator[tuple[int, int]]:
    """Group the places where a word makes one with the next, as first and last word."""
    first = last = -1
    for place, wholes in made.items():
        if first >= 0 and place > last + 1:
            yield first, last
            first = -1
        first = place if first < 0 else first
        last = max(last, place + wholes[-1].n_pieces - 1)
    if first >= 0:
        yield first, last


def _spelled_out(letters: Sequence[bool], joins: Sequence[tuple[int, Whole]]) -> set[int]:
    """Give the places in rows of letters of which joining leaves many by themselves.

    Those spell a word that is not known.
    """
    left_out: set[int] = set()
    joined = {place + more for place, whole in joins for more in range(whole.n_pieces)}
    places = [place for place, single in enumerate(letters) if single]
    for _, group in groupby(enumerate(places), key=lambda pair: pair[1] - pair[0]):
        row = {place for _, place in group}
        if len(row) > 2 and len(row & joined) < _MOST_JOINED * len(row):
            left_out |= row
    return left_out
