"""Say which word the pieces make that signs have set apart: "th.uốc", "z.a.l.o"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from adclassifier.text import leet
from adclassifier.text.cuts import is_spelled
from adclassifier.text.spelling import is_pair, is_unit, weight, words
from adclassifier.text.syllables import is_syllable

# Between two words these are ordinary: trị/ngừa, chính-hãng, size S,M
ORDINARY_SIGNS = frozenset("/-,&+:;()")
# Short forms that a full stop follows: q.1, tp.hcm, bs.an
_PLACES = ["q", "p", "tp", "tx", "h", "st"]
_TITLES = ["mr", "ms", "mrs", "dr", "bs", "ds", "ts", "gs", "th"]
_SHORT_FORMS = frozenset([*_PLACES, *_TITLES, "x", "f", "no"])
# Between the words of a list: bàn,ghế
LISTING = frozenset(',;:+&()!?"')
_ONSETS = frozenset(["ch", "gh", "kh", "ngh", "nh", "ph", "qu", "th", "tr"])
_VOWEL = re.compile("[aeiouy]")
_COMPOUND = 7.0
"""Cohesion from which a sign between two words is taken for the space of a compound."""
# Letters that a hyphen joins to a word: e-mail, t-shirt, x-quang, k-pop, i-phone, u-blog, v-shape
_PREFIXES = frozenset("etxkiuvabcd")
_LONGEST = 12
USUAL = 20
"""Count from which a syllable is usual enough to be restored on weak signs: one in 7,000."""


def whole_of(group: Sequence[str], signs: Sequence[str]) -> str:
    """Give the word that pieces make.

    Parameters
    ----------
    group : sequence of str
        Two pieces or more: letters, digits.
    signs : sequence of str
        What stands between them, one less.

    Returns
    -------
    str
        Empty if they make none, or are words themselves; two of which a sign hides nothing, with a
        space between them.

    Examples
    --------
    >>> whole_of(["th", "uốc"], ["."]), whole_of(["nam", "nữ"], ["/"])
    ('thuốc', '')
    >>> whole_of(["xách", "tay"], ["-"])
    'xách tay'
    """
    whole = "".join(group)
    if len(group) == 2 and is_pair(*group, cohesion=_COMPOUND) and LISTING.isdisjoint(signs[0]):
        return " ".join(group)
    if len(whole) > _LONGEST or whole.isdecimal():
        return ""
    if whole in words():
        return "" if _is_prefixed(group, signs) else whole
    if not whole.isalpha():
        return (leet.decode(whole) or "") if len(whole) > 2 and _is_broken(group, signs) else ""
    if not whole.isascii():  # no other word has accents
        return whole if is_syllable(whole) and _is_accented_cut(group, signs) else ""
    if not _is_broken(group, signs):
        return ""
    if not weight(whole):
        return whole if is_spelled(group, signs) else ""
    return whole if len(whole) > 2 and _is_bare_cut(group, signs) else ""


def _is_broken(group: Sequence[str], signs: Sequence[str]) -> bool:
    """Say whether pieces are no words, or too many for the signs between them."""
    return not all(map(is_unit, group)) or (len(group) > 2 and _weak_signs(signs))


def _is_accented_cut(group: Sequence[str], signs: Sequence[str]) -> bool:
    """Say whether pieces of a syllable with accents are meant to be one."""
    return _is_broken(group, signs) or (_weak_signs(signs) and weight("".join(group)) > 4)


def _is_bare_cut(group: Sequence[str], signs: Sequence[str]) -> bool:
    """Say whether the cut is such that pieces of a word without accents are meant to be one."""
    whole = "".join(group)
    listing = not LISTING.isdisjoint("".join(signs))
    cut_onset = not _VOWEL.search(group[0])
    if group[0] in _SHORT_FORMS:
        cut_onset = group[0] in _ONSETS and _VOWEL.match(group[1]) is not None
    weak = _weak_signs(signs) or (group[0] in _ONSETS and not listing)
    return len(group) > 2 or (cut_onset and weak and weight(whole) >= USUAL)


def _is_prefixed(group: Sequence[str], signs: Sequence[str]) -> bool:
    """Say whether a hyphen joins one letter to a word, as in e-mail and t-shirt."""
    return len(group) == 2 and group[0] in _PREFIXES and signs[0] == "-"


def _weak_signs(signs: Sequence[str]) -> bool:
    """Say whether the signs are of those that do not stand between two words."""
    return ORDINARY_SIGNS.isdisjoint("".join(signs))
