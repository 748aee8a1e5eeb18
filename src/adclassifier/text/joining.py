"""Join words whose letters were set apart: "th.uốc", "t h u ố c", "đ.i.ề.u tr.ị", "tr ị"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set
from itertools import accumulate, chain, zip_longest

from adclassifier.text import leet
from adclassifier.text.cuts import is_cut, is_spelled, is_usual_cut
from adclassifier.text.mending import mend_cut_words
from adclassifier.text.offsets import Edit, Rewriter, TextRewriter
from adclassifier.text.spelling import split_units, usual_pair, weight, words
from adclassifier.text.wholes import LISTING, ORDINARY_SIGNS, USUAL, whole_of

_SIGN = r"(?:[^\w\s⟨⟩@$€£]|_)"
# Begins with the sign: patterns that begin with a class are searched fast
_GATE = re.compile(r"[^\sa-z0-9à-ỹ⟨⟩](?<=[^\W_].)(?:[^\w\s⟨⟩]|_){0,2}[^\W_]")
_PIECES = re.compile(rf"(?<![^\W_])[^\W_]++(?:{_SIGN}{{1,3}}+[^\W_]++)++")
_SIGNS = re.compile(rf"({_SIGN}+)")
_LETTERS = re.compile(
    rf"(?<![^\W_])[^\W_]( ?{_SIGN}{{1,2}} ?| )[^\W_](?![^\W_])(?:\1[^\W_](?![^\W_]))+"
)
_VOWEL = re.compile("[aeiouy]")
_LETTER_SIGNS = frozenset("!|+")
_MOST_PIECES = 12
_MOST_LETTERS = 30
"""Single letters that are read together; a longer row is read in parts."""


def join_chains(rewriter: Rewriter) -> None:
    """Join what signs have cut, where the pieces are no words and the whole is one.

    Parameters
    ----------
    rewriter : Rewriter
        Holds text of the first stage.

    Examples
    --------
    >>> def joined(text):
    ...     rewriter = Rewriter(text)
    ...     join_chains(rewriter)
    ...     return rewriter.text
    >>> joined("chính h.ã.n.g, th.uốc đ.i.ề.u tr.ị, k-e-m-t-r-ộ-n, z.a.l.o, ib/i.b")
    'chính hãng, thuốc điều trị, kem trộn, zalo, ib/ib'
    >>> joined("trị/ngừa mụn, nam/nữ, tp.hcm, size s m l xl, 24/7, v.v, e-mail, mua ốc ạ")
    'trị/ngừa mụn, nam/nữ, tp.hcm, size s m l xl, 24/7, v.v, e-mail, mua ốc ạ'
    """
    if _GATE.search(rewriter.text):
        rewriter.apply(list(_piece_edits(rewriter.text)))


def join_cuts(rewriter: Rewriter, tokens: Set[str]) -> None:
    r"""Join what spaces have cut, and letters that spell a word.

    Parameters
    ----------
    rewriter : Rewriter
        Holds text of the first stage.
    tokens : set of str
        The different words of the text.

    Examples
    --------
    >>> def joined(text):
    ...     rewriter = Rewriter(text)
    ...     join_cuts(rewriter, set(re.findall(r"[^\W_]+", text)))
    ...     return rewriter.text
    >>> joined("bán t h u ố c t â y, z a l o, tr ị nám, đi ều trị")
    'bán thuốc tây, zalo, trị nám, điều trị'
    >>> joined("size s m l xl, mua ốc ạ")
    'size s m l xl, mua ốc ạ'
    """
    mend_cut_words(rewriter)
    if len([token for token in tokens if len(token) == 1]) > 1:
        rewriter.apply(list(_letter_edits(rewriter.text)))


def is_spelled_apart(row: str) -> bool:
    """Say whether `join_cuts` joins single letters and figures of a row."""
    return any(_letter_edits(row))


def joined_chain(chain: str) -> str | None:
    """Give words with signs between them as `join_chains` writes them.

    Parameters
    ----------
    chain : str
        Words with one to three signs between each two.

    Returns
    -------
    str or None
        None where it hangs on what stands around them.

    Examples
    --------
    >>> joined_chain("th.uốc"), joined_chain("nam/nữ"), joined_chain("1.200.000")
    ('thuốc', 'nam/nữ', '1.200.000')
    """
    edits = list(_piece_edits(chain))
    if edits:
        return _rewritten(chain, edits) if _GATE.search(chain) else None
    pieces = _SIGNS.split(chain)[::2]
    return None if len(pieces) == 2 and is_usual_cut("".join(pieces)) else chain


def joined_between(left: str, chain: str, right: str) -> str | None:
    """Give a chain between two words as `join_chains` writes it.

    Parameters
    ----------
    left, right : str
        The words right before and behind, one space apart; empty where there is none.
    chain : str
        As `joined_chain` takes it.

    Returns
    -------
    str or None
        None where it hangs on the rest of the text.

    Examples
    --------
    >>> joined_between("thuốc", "gi-ảm", "cân"), joined_between("", "gi-ảm", "")
    ('giảm', 'gi-ảm')
    """
    if not _GATE.search(chain):
        return None
    text = " ".join(filter(None, (left, chain, right)))
    new = _rewritten(text, list(_piece_edits(text)))
    return new[len(left and left + " ") : len(new) - len(right and right + " ")]


def _rewritten(text: str, edits: Sequence[Edit]) -> str:
    rewriter = TextRewriter(text)
    rewriter.apply(edits)
    return rewriter.text


def _piece_edits(text: str) -> Iterator[Edit]:
    """Join pieces with signs between them."""
    for match in _PIECES.finditer(text):
        if match[0].isascii() and not _VOWEL.search(match[0]):
            continue
        parts = _SIGNS.split(match[0])
        edits = list(_grouped(parts, match.start()))
        if not edits and len(parts) == 3 and _is_cut(text, match, *parts):
            edits = [Edit(*match.span(), parts[0] + parts[2], "dotted")]
        yield from edits


def _is_cut(text: str, match: re.Match[str], first: str, sign: str, second: str) -> bool:
    """Say whether two pieces that may be words are one by their neighbours ("thuốc gi-ảm cân")."""
    if sign == "/" and len(match[0]) == 3:
        return False  # an abbreviation of two words: c/o, n/a
    ordinary = not ORDINARY_SIGNS.isdisjoint(sign)
    listing = not LISTING.isdisjoint(sign)
    return not listing and is_cut(text, match.span(), first, second, doubt=int(ordinary))


def _grouped(parts: Sequence[str], start: int) -> Iterator[Edit]:
    """Walk over pieces and the signs between them, and join the longest groups that make a word."""
    pieces, signs = parts[::2], parts[1::2]
    edges = list(accumulate(map(len, parts), initial=start))
    first, last_end = 0, -1
    while first < len(pieces) - 1:
        size, new = _longest_group(pieces, signs, first)
        if new:
            place, end = edges[2 * first], edges[2 * (first + size) - 1]
            # a sign between two words that were both cut stood for the space
            touching = last_end >= 0 and place - last_end == len(signs[first - 1])
            # two whole words with a sign for their space hide nothing
            kind = "" if new == " ".join(pieces[first : first + size]) else "dotted"
            begin = last_end if touching else place
            yield Edit(begin, end, " " + new if touching else new, kind)
            last_end = end
        first += size


def _longest_group(pieces: Sequence[str], signs: Sequence[str], first: int) -> tuple[int, str]:
    """Give how many pieces from ``first`` make words, and the words; (1, "") for none."""
    letters = first
    end = min(len(pieces), first + _MOST_LETTERS)
    while letters < end and len(pieces[letters]) == 1:
        letters += 1
    if letters - first >= 3:
        units = _spelled_units("".join(pieces[first:letters]), signs[first : letters - 1])
        if units:
            return letters - first, units
        if letters - first == _MOST_LETTERS:
            return _MOST_LETTERS // 2, ""
    for size in range(min(_MOST_PIECES, len(pieces) - first), 1, -1):
        group = pieces[first : first + size]
        between = signs[first : first + size - 1]
        new = whole_of(group, between)
        if new and not _are_letters(group, between):
            return size, new
    return 1, ""


def _are_letters(group: Sequence[str], signs: Sequence[str]) -> bool:
    """Say whether the signs stand for letters of a word ("g!ảm")."""
    if _LETTER_SIGNS.isdisjoint("".join(signs)):
        return False
    return leet.is_leet("".join(chain.from_iterable(zip_longest(group, signs, fillvalue=""))))


def _spelled_units(letters: str, signs: Sequence[str] = ()) -> str:
    """Give the words that single letters spell out, with spaces; empty if they spell none."""
    if not letters.isalpha():
        return (leet.decode(letters) or "") if sum(map(str.isalpha, letters)) > 2 else ""
    units = split_units(letters)
    usual = all(weight(unit) for unit in units)
    short = letters.isascii() and len(letters) == 3 and weight(letters) < USUAL
    foreign = letters.isascii() and len(units) == 2 and words().isdisjoint(units)
    if foreign and not usual_pair(*units)[0]:
        units = []  # "honda" is not "hon da"
    if units and usual and not short:
        return " ".join(units)
    return letters if is_spelled(letters, signs) else ""


def _letter_edits(text: str) -> Iterator[Edit]:
    """Join single letters with spaces between them, with or without signs.

    The first or the last may be a word of one letter: "ở đ ạ i lý".
    """
    for match in _LETTERS.finditer(text):
        places = [place for place in range(*match.span()) if text[place].isalnum()]
        for first, last in ((0, 0), (1, 0), (0, 1)) if match[1].isspace() else ((0, 0),):
            kept = places[first : len(places) - last]
            new = _spelled_units("".join(text[place] for place in kept)) if len(kept) > 1 else ""
            if new:
                yield Edit(kept[0], kept[-1] + 1, new, "spaced")
                break
