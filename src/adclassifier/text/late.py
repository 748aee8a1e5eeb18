"""Canonical texts whose way back is looked for when it is first asked for: of most it never is."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Set
from functools import cache, cached_property

import numpy as np
from numpy.typing import NDArray

from adclassifier.text.codepoints import code_point_table, marks_and_joiners
from adclassifier.text.contacts import may_spell_dots
from adclassifier.text.lookalikes import other_scripts
from adclassifier.text.normalize import Canonical, retrace
from adclassifier.text.offsets import Offsets, Trick
from adclassifier.text.stages import LINKS, NUMBERS, WORD_TRICKS

__all__ = ["LateCanonical"]

_LINK_TRICKS = frozenset({"spelled_link"})
_LATE_TRICKS = frozenset({"stretched", "telex", "joined", "short_form"})
"""All that is undone by tricks with words, which come last."""

# Behind all letters and emoji in use
_LAST_POINT = 0x20000
# Code points that a range may hold beside what it is for: few emoji lie in such a gap.
_GAP = 0x300
_SIGN_STAGES = (1 << WORD_TRICKS) - (1 << NUMBERS)


class LateCanonical(Canonical):
    """What `retrace` gives, found when it is first asked for.

    Parameters
    ----------
    text : str
        The original.
    canonical_text : str
        Its canonical text.
    done : int
        Bits of the stages that changed the text, as `retrace` takes them.

    Examples
    --------
    >>> from adclassifier.text.stages import EVERY_STAGE
    >>> canonical = LateCanonical("THUỐC ko", "thuốc không", EVERY_STAGE)
    >>> canonical.text, canonical.span(6, 11)
    ('thuốc không', (6, 8))
    """

    _original: str
    _done: int

    def __init__(self, text: str, canonical_text: str, done: int) -> None:
        for name, value in (("text", canonical_text), ("_original", text), ("_done", done)):
            object.__setattr__(self, name, value)  # it is frozen

    @cached_property
    def _found(self) -> Canonical:
        return retrace(self._original, self.text, self._done)

    @property
    def starts(self) -> Offsets:
        """See `Canonical`."""
        return self._found.starts

    @property
    def ends(self) -> Offsets:
        """See `Canonical`."""
        return self._found.ends

    @property
    def tricks(self) -> tuple[Trick, ...]:
        """See `Canonical`."""
        return self._found.tricks

    def has_tricks(self, kinds: Set[str]) -> bool:
        """See `Canonical`; most texts show without their way back that they have none."""
        return self._may_have(kinds) and self._found.has_tricks(kinds)

    def _may_have(self, kinds: Set[str]) -> bool:
        """Say whether tricks of some kinds may have been undone, by what was done to the text."""
        if self._done & _SIGN_STAGES or kinds & _LATE_TRICKS:
            return True
        if self._done >> LINKS & 1 and kinds & _LINK_TRICKS and may_spell_dots(self._original):
            return True
        return _has_odd_letters(self._original)


def _has_odd_letters(text: str) -> bool:
    """Say whether the first stage may find a trick: letters as pictures, marks, what is unseen."""
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.int32)
    if not _may_be_odd().take(points, mode="clip").any():
        return False
    odd, unseen = _patterns()
    small = text.lower()  # as letters are when they are looked up
    return any(each.search(small) for each in (odd, unseen)) or _has_other_scripts(text)


def _has_other_scripts(text: str) -> bool:
    """Say whether there are letters of other scripts, in any form that is looked at."""
    return other_scripts().search(_forms(text)) is not None


def _forms(text: str) -> str:
    """Give a text as it is composed and in small letters: the signs of ohm, and of Ɓ, change."""
    composed = unicodedata.normalize("NFC", text)
    return composed + composed.lower()


@cache
def _may_be_odd() -> NDArray[np.bool_]:
    """Say of each code point whether one of the patterns may match with it; all rare ones may."""
    signs = [*map(chr, range(_LAST_POINT))]
    rare = set.union(set(other_scripts().findall("".join(signs))), *_odd_signs())
    may_be = np.ones(_LAST_POINT + 1, np.bool_)
    may_be[:-1] = [not rare.isdisjoint(_forms(sign) + sign.lower()) for sign in signs]
    return may_be


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Give the patterns of letters and marks that are no plain ones, and of what is unseen."""
    odd, unseen = _odd_signs()
    return re.compile(_class_of(odd)), re.compile(rf"{_class_of(unseen)}+(?=[^\W_])")


def _odd_signs() -> tuple[frozenset[str], frozenset[str]]:
    """Give letters and marks that are no plain ones, and what is unseen."""
    table = {chr(point): new for point, new in code_point_table().items()}
    odd = {sign for sign, new in table.items() if new.isalnum()}
    unseen = frozenset(sign for sign, new in table.items() if not new)
    return marks_and_joiners() | odd, unseen


def _class_of(signs: Set[str]) -> str:
    """Write a class of signs: ``re`` looks at those beyond U+FFFF one range after the other."""
    low = {sign for sign in signs if sign <= "\uffff"}
    ranges: list[list[str]] = []
    for sign in sorted(signs - low):
        if ranges and ord(sign) - ord(ranges[-1][1]) <= _GAP:
            ranges[-1][1] = sign
        else:
            ranges.append([sign, sign])
    high = "".join(f"{first}-{last}" for first, last in ranges)
    return f"[{re.escape(''.join(sorted(low)))}{high}]"
