"""Give the kernel its tables: which code points make tokens, and what each is without accents."""

from __future__ import annotations

import functools
import unicodedata

import numpy as np
from numpy.typing import NDArray

from adclassifier.text.normalize import strip_accents

#: One past the last code point with a table entry: two planes hold all letters and emoji in use.
TABLE_SIZE = 0x20000

_SPACE, _WORD, _SYMBOL = 0, 1, 2
# "_" joins the syllables of a word under segmenter="underthesea"; the brackets hold a contact
# token.
_WORD_MARKS = "⟨⟩_"
_SYMBOL_MARKS = "%$#@+&"
# Letters, numbers and marks; emoji and the like
_CLASSES = dict.fromkeys(["Lu", "Ll", "Lt", "Lm", "Lo", "Nd", "Nl", "No", "Mn", "Mc"], _WORD)
_CLASSES |= dict.fromkeys(("So", "Sk"), _SYMBOL)


@functools.cache
def token_classes() -> NDArray[np.uint8]:
    """Class of each code point: 0 separates, 1 continues a token, 2 is a token by itself.

    Returns
    -------
    ndarray of shape (TABLE_SIZE,), uint8
    """
    categories = map(unicodedata.category, map(chr, range(TABLE_SIZE)))
    classes = np.array([_CLASSES.get(category, _SPACE) for category in categories], np.uint8)
    classes[list(map(ord, _SYMBOL_MARKS))] = _SYMBOL
    classes[list(map(ord, _WORD_MARKS))] = _WORD
    return classes


@functools.cache
def fold_table() -> NDArray[np.int32]:
    """Code point without its accent, for each code point.

    Returns
    -------
    ndarray of shape (TABLE_SIZE,), int32
    """
    return code_points(strip_accents(every_character()))


@functools.cache
def every_character() -> str:
    """Give every code point of the tables, one behind the other.

    Surrogates cannot stand in a canonical text, and would not survive being joined and encoded:
    U+FFFD stands in their places.

    Returns
    -------
    str
        Of ``TABLE_SIZE`` characters.
    """
    points = np.arange(TABLE_SIZE, dtype=np.int32)
    points[0xD800:0xE000] = 0xFFFD
    return points.tobytes().decode("utf-32-le")


def code_points(text: str) -> NDArray[np.int32]:
    """Code points of a text, those beyond the tables as 0.

    Parameters
    ----------
    text : str
        Without lone surrogates.

    Returns
    -------
    ndarray of shape (len(text),), int32

    Examples
    --------
    >>> code_points("đá").tolist()
    [273, 225]
    """
    points = np.frombuffer(text.encode("utf-32-le"), dtype=np.int32).copy()
    points[points >= TABLE_SIZE] = 0
    return points
