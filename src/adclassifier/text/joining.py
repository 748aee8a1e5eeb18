"""Join words whose letters were set apart: "th.uốc", "t h u ố c", "đ.i.ề.u tr.ị", "tr ị"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set
from itertools import chain, zip_longest

from adclassifier.text import leet
from adclassifier.text.cuts import is_cut, is_spelled, is_usual_cut
from adclassifier.text.mending import mend_cut_words
from adclassifier.text.offsets import Edit, Rewriter, TextRewriter
from adclassifier.text.spelling import (
    is_pair,
    is_unit,
    split_units,
    usual_pair,
    weight,
    words,
)
from adclassifier.text.syllables import is_syllable

_SIGN = r"(?:[^\w\s⟨⟩@$€£]|_)"
# Begins with the sign: patterns that begin with a class are searched fast
_GATE = re.compile(r"[^\sa-z0-9à-ỹ⟨⟩](?<=[^\W_].)(?:[^\w\s⟨⟩]|_){0,2}[^\W_]")
_PIECES = re.compile(rf"(?<![^\W_])[^\W_]++(?:{_SIGN}{{1,3}}+[^\W_]++)++")
_SIGNS = re.compile(rf"{_SIGN}+")
_LETTERS = re.compile(
    rf"(?<![^\W_])[^\W_]( ?{_SIGN}{{1,2}} ?| )[^\W_](?![^\W_])(?:\1[^\W_](?![^\W_]))+"
)
_ONSETS = frozenset(["ch", "gh", "kh", "ngh", "nh", "ph", "qu", "th", "tr"])
_VOWEL = re.compile("[aeiouy]")
# Between two words these are ordinary: trị/ngừa, chính-hãng, size S,M
_LETTER_SIGNS = frozenset("!|+")
_ORDINARY_SIGNS = frozenset("/-,&+:;()")
# Short forms that a full stop follows: q.1, tp.hcm, bs.an
_PLACES = ["q", "p", "tp", "tx", "h", "st"]
_TITLES = ["mr", "ms", "mrs", "dr", "bs", "ds", "ts", "gs", "th"]
_SHORT_FORMS = frozenset([*_PLACES, *_TITLES, "x", "f", "no"])
# Between the words of a list: bàn,ghế
_LISTING = frozenset(',;:+&()!?"')
_COMPOUND = 7.0
"""Cohesion from which a sign between two words is taken for the space of a compound."""
# Letters that a hyphen joins to a word: e-mail, t-shirt, x-quang, k-pop, i-phone, u-blog, v-shape
_PREFIXES = frozenset("etxkiuvabcd")
_MOST_PIECES = 12
_MOST_LETTERS = 30
"""Single letters that are read together; a longer row is read in parts."""
_USUAL = 20
"""Count from which a syllable is usual enough to be restored on weak signs: one in 7,000."""


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
    pieces = _SIGNS.split(chain)
    if any(_piece_edits(chain)):
        return joined_between("", chain, "")
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
    rewriter = TextRewriter(" ".join(filter(None, (left, chain, right))))
    rewriter.apply(list(_piece_edits(rewriter.text)))
    return rewriter.text[len(left and left + " ") : len(rewriter.text) - len(right and right + " ")]


def _piece_edits(text: str) -> Iterator[Edit]:
    """Join pieces with signs between them."""
    for match in _PIECES.finditer(text):
        if match[0].isascii() and not _VOWEL.search(match[0]):
            continue
        signs = _SIGNS.findall(match[0])
        pieces = _SIGNS.split(match[0])
        edits = list(_grouped(pieces, signs, match.start()))
        if not edits and len(pieces) == 2 and _is_cut(text, match, pieces, signs[0]):
            edits = [Edit(*match.span(), "".join(pieces), "dotted")]
        yield from edits


def _is_cut(text: str, match: re.Match[str], pieces: Sequence[str], sign: str) -> bool:
    """Say whether two pieces that may be words are one by their neighbours ("thuốc gi-ảm cân")."""
    if sign == "/" and len(match[0]) == 3:
        return False  # an abbreviation of two words: c/o, n/a
    ordinary = not _ORDINARY_SIGNS.isdisjoint(sign)
    return _LISTING.isdisjoint(sign) and is_cut(text, match.span(), *pieces, doubt=int(ordinary))


def _grouped(pieces: Sequence[str], signs: Sequence[str], start: int) -> Iterator[Edit]:
    """Walk over the pieces of one match and join the longest groups that make a word."""
    first, place, last_end = 0, start, -1
    while first < len(pieces):
        size, new = _longest_group(pieces, signs, first)
        end = place + sum(map(len, pieces[first : first + size]))
        end += sum(map(len, signs[first : first + size - 1]))
        if new:
            # a sign between two words that were both cut stood for the space
            touching = last_end >= 0 and place - last_end == len(signs[first - 1])
            # two whole words with a sign for their space hide nothing
            kind = "" if new == " ".join(pieces[first : first + size]) else "dotted"
            begin = last_end if touching else place
            yield Edit(begin, end, " " + new if touching else new, kind)
            last_end = end
        first += size
        place = end + (len(signs[first - 1]) if first < len(pieces) else 0)


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
        new = "" if _are_letters(group, between) else _joined(group, between)
        if new:
            return size, new
    return 1, ""


def _joined(group: Sequence[str], signs: Sequence[str]) -> str:
    """Give the word that the pieces make; empty if they make none, or are words themselves."""
    whole = "".join(group)
    listing = not _LISTING.isdisjoint("".join(signs))
    if len(group) == 2 and not listing and is_pair(*group, cohesion=_COMPOUND):
        return " ".join(group)
    if len(whole) > 12 or whole.isdecimal():
        return ""
    if whole in words():
        return "" if _is_prefixed(group, signs) else whole
    broken = not all(map(is_unit, group)) or (len(group) > 2 and _weak_signs(signs))
    if not whole.isalpha():
        return (leet.decode(whole) or "") if broken and len(whole) > 2 else ""
    if is_syllable(whole) and not whole.isascii():
        return whole if broken or (_weak_signs(signs) and weight(whole) > 4) else ""
    if not broken:
        return ""
    if not weight(whole):
        return whole if is_spelled(group, signs) else ""
    return whole if len(whole) > 2 and _is_bare_cut(group, signs) else ""


def _are_letters(group: Sequence[str], signs: Sequence[str]) -> bool:
    """Say whether the signs stand for letters of a word ("g!ảm")."""
    if _LETTER_SIGNS.isdisjoint("".join(signs)):
        return False
    return leet.is_leet("".join(chain.from_iterable(zip_longest(group, signs, fillvalue=""))))


def _is_bare_cut(group: Sequence[str], signs: Sequence[str]) -> bool:
    """Say whether the cut is such that pieces of a word without accents are meant to be one."""
    whole = "".join(group)
    listing = not _LISTING.isdisjoint("".join(signs))
    cut_onset = not _VOWEL.search(group[0])
    if group[0] in _SHORT_FORMS:
        cut_onset = group[0] in _ONSETS and _VOWEL.match(group[1]) is not None
    weak = _weak_signs(signs) or (group[0] in _ONSETS and not listing)
    return len(group) > 2 or (cut_onset and weak and weight(whole) >= _USUAL)


def _is_prefixed(group: Sequence[str], signs: Sequence[str]) -> bool:
    """Say whether a hyphen joins one letter to a word, as in e-mail and t-shirt."""
    return len(group) == 2 and group[0] in _PREFIXES and signs[0] == "-"


def _weak_signs(signs: Sequence[str]) -> bool:
    """Say whether the signs are of those that do not stand between two words."""
    return _ORDINARY_SIGNS.isdisjoint("".join(signs))


def _spelled_units(letters: str, signs: Sequence[str] = ()) -> str:
    """Give the words that single letters spell out, with spaces; empty if they spell none."""
    if not letters.isalpha():
        return (leet.decode(letters) or "") if sum(map(str.isalpha, letters)) > 2 else ""
    units = split_units(letters)
    usual = all(weight(unit) for unit in units)
    short = letters.isascii() and len(letters) == 3 and weight(letters) < _USUAL
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
