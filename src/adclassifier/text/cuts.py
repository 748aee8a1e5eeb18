"""Say whether pieces that may be words were one word: by their neighbours, or by their number."""

from __future__ import annotations

import re
from collections.abc import Sequence
from string import ascii_lowercase

from adclassifier.text.neighbours import around, pair_count
from adclassifier.text.spelling import is_pair, is_unit, weight, words

_USUAL = 20
"""Count from which a syllable is usual enough to be restored on its neighbours alone."""

_MANY = 3
"""Times that a cut word must be seen more often than its pieces where they may be meant."""

_SEEN = (0, 1, 20)
"""Times that one cut by a space must be seen at least, by how many of the pieces are usual."""

_FEWEST_PIECES = 3
_LONGEST_PIECE = 3
_FEWEST_LETTERS = 5
"""Single letters in a row that spell a word even if it is unknown; one less with signs."""

_LONGEST_WORD = 12
_DOTS = frozenset([".", "*", "·", "_", "•"])
_VOWEL = re.compile("[aeiouy]")


def is_cut(text: str, span: tuple[int, int], first: str, second: str, *, doubt: int) -> bool:
    """Say whether two pieces are one word, judged by the words around them.

    Parameters
    ----------
    text : str
        Text of the first stage.
    span : (int, int)
        Half-open place of the two pieces in the text.
    first, second : str
        The pieces.
    doubt : int
        0 if what stands between them stands between no two words, 1 if it may ("/"), 2 for a space.

    Returns
    -------
    bool

    Examples
    --------
    >>> is_cut("thuốc gi-ảm cân", (6, 11), "gi", "ảm", doubt=1)
    True
    >>> is_cut("áo nam/nữ đẹp", (3, 9), "nam", "nữ", doubt=1)
    False
    """
    whole = first + second
    if not is_usual_cut(whole) or is_pair(first, second):
        return False
    left, right = around(text, *span)
    seen = pair_count(left, whole, right)
    apart = pair_count(left, first, second) + pair_count("", second, right)
    n_usual = sum(len(piece) > 1 and weight(piece) >= _USUAL for piece in (first, second))
    least = _SEEN[n_usual] if doubt > 1 else 0
    return seen > least + apart * (_MANY if doubt else 1)


def is_usual_cut(whole: str) -> bool:
    """Say whether a word is usual enough to be restored on its neighbours alone.

    Examples
    --------
    >>> is_usual_cut("thuốc"), is_usual_cut("zalo"), is_usual_cut("xyz")
    (True, False, False)
    """
    usual = whole.isalpha() and is_unit(whole) and weight(whole) >= _USUAL
    return usual and whole not in words()


def is_spelled(pieces: Sequence[str], signs: Sequence[str]) -> bool:
    """Say whether pieces spell a word of Latin letters that need not be known.

    Parameters
    ----------
    pieces : sequence of str
        Letters or short runs of letters.
    signs : sequence of str
        What stands between them; empty for spaces.

    Returns
    -------
    bool

    Examples
    --------
    >>> is_spelled("poodle", []), is_spelled("abcdef", []), is_spelled("smlxl", [])
    (True, False, False)
    >>> is_spelled(["chi", "l", "l"], [".", "."]), is_spelled(["tp", "hcm"], ["."])
    (True, False)
    """
    letters = "".join(pieces)
    vowel = _VOWEL.search(letters) is not None
    alphabet = letters in ascii_lowercase
    if alphabet or not (vowel and letters.isascii() and len(set(letters)) > 2):
        return False
    if max(map(len, pieces)) == 1:
        return _FEWEST_LETTERS - len(signs[:1]) <= len(letters) <= _LONGEST_WORD
    mixed = min(map(len, pieces)) == 1 and max(map(len, pieces)) <= _LONGEST_PIECE
    dotted = len(set(signs)) == 1 and signs[0] in _DOTS
    return mixed and dotted and len(pieces) >= _FEWEST_PIECES
