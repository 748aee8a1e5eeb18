"""Cut passages into underthesea's tokens, each packed into a number for compiled code."""

from __future__ import annotations

import functools
import hashlib
import re
import threading
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from adclassifier.text.chain_file import read_chain
from adclassifier.text.word_model import ROW_BITS, Tables, build_tables

__all__ = ["CAPITAL_BIT", "LENGTH_BITS", "NUMBER_BIT", "WordTokens", "load_word_tokens"]

#: A token's row as it is written, its row in small letters, whether it stands in the dictionary, is
#: a number, has a capital, and its length, from the lowest bit on.
NUMBER_BIT, CAPITAL_BIT, LENGTH_BITS = 2 * ROW_BITS + 1, 2 * ROW_BITS + 2, 2 * ROW_BITS + 3

_MODEL = "ws_crf_vlsp2013_20230727"
#: underthesea's pattern of tokens, as it was when what is said of it here was checked.
_PATTERN_MARK = "ed7f6df4bba1133b"
#: What underthesea turns to other letters.
_RESPELT = ("ð", "Ð")
_QUESTIONS = ["T[0].lower", "T[0].isdigit", "T[0].istitle"]
_TRUE = "True"
#: Letters and digits of Vietnamese, that are the same to Rust and to Python; numbers have 32 bits.
_USUAL = re.compile("[A-Za-zÀ-ÖØ-ïñ-öø-ÿĂăĐđĨĩŨũƠơƯưẠ-ỹ]+|[0-9]{1,10}")
_MOST_NUMBER = (1 << 31) - 1
_MOST_STRETCHES, _LONGEST_STRETCH = 1 << 15, 40
_loading = threading.Lock()


class _Stretches(dict[str, bytes]):
    """The tokens of stretches without white space, which no token crosses, remembered as bytes.

    A line end behind a stretch stands for the end of the passage: only there, a token that ends in
    a full stop is cut another way.
    """

    def __init__(self, pattern: Any, featurizer: Any, rows: Sequence[dict[str, int]]) -> None:
        super().__init__()
        self._pattern, self._featurizer = pattern, featurizer
        self._written, self._small = rows

    def __missing__(self, stretch: str) -> bytes:
        packed = np.array([*map(self._pack, self._cut(stretch))], np.int64).tobytes()
        if len(self) >= _MOST_STRETCHES:
            self.clear()
        if len(stretch) <= _LONGEST_STRETCH:
            self[stretch] = packed
        return packed

    def _cut(self, stretch: str) -> list[str]:
        """Cut a stretch into tokens."""
        # "Thas" is a token to underthesea, whose pattern for "Th.s" (master) has a free dot
        if "Th" not in stretch and stretch.isalpha() and _USUAL.fullmatch(stretch):
            return [stretch]
        inside = stretch[:-1] if stretch.endswith("\n") else f"{stretch} "
        return [found.group() for found in self._pattern.finditer(inside)]

    def _pack(self, token: str) -> int:
        """Describe a token by a number."""
        small, is_number, has_capital = self._describe(token)
        return (
            self._written.get(token, 0)
            | self._small.get(small, 0) << ROW_BITS
            | is_number << NUMBER_BIT
            | has_capital << CAPITAL_BIT
            | len(token) << LENGTH_BITS
        )

    def _describe(self, token: str) -> tuple[str, bool, bool]:
        """Give a token in small letters, and say whether it is a number and has a capital."""
        if _USUAL.fullmatch(token):
            is_number = token.isdigit() and int(token) <= _MOST_NUMBER
            return token.lower(), is_number, token[0] == token[0].upper()
        # what a rare sign is, only underthesea's own tables say
        answers = self._featurizer.process([[[token]]])[0][0]
        small, is_number, has_capital = (answer.partition("=")[2] for answer in answers)
        return small, is_number == _TRUE, has_capital == _TRUE


@dataclass(frozen=True, slots=True, eq=False)
class WordTokens:
    """underthesea's tokens, and the tables of the model that makes words of them.

    Parameters
    ----------
    tables : Tables
    stretches : mapping of str to bytes
        The tokens of what stands between white space, as `read` gives them.
    """

    tables: Tables
    stretches: _Stretches

    def read(self, passage: str) -> NDArray[np.int64] | None:
        """Cut a passage into tokens.

        Parameters
        ----------
        passage : str
            Without lone surrogates.

        Returns
        -------
        ndarray of shape (n_tokens,), int64, or None
            The tokens, packed, which cover all but white space; None where underthesea would read
            other letters.
        """
        if _RESPELT[0] in passage or _RESPELT[1] in passage:
            return None
        if not unicodedata.is_normalized("NFC", passage):
            return None
        stretches = passage.split()
        if passage.endswith((".", ".\n")):
            stretches[-1] += "\n"
        return np.frombuffer(b"".join(map(self.stretches.__getitem__, stretches)), np.int64)


def load_word_tokens() -> WordTokens | None:
    """Load underthesea's model, once; None where it is another one than we know."""
    with _loading:
        return _load()


@functools.cache
def _load() -> WordTokens | None:
    import joblib
    from underthesea.models.fast_crf_sequence_tagger import CRFFeaturizer
    from underthesea.pipeline import word_tokenize
    from underthesea.pipeline.word_tokenize.regex_tokenize import patterns

    if hashlib.sha256(patterns.pattern.encode()).hexdigest()[:16] != _PATTERN_MARK:
        return None
    folder = Path(word_tokenize.__file__).parent / "models" / _MODEL
    try:
        model = read_chain(folder / "models.bin")
        templates = joblib.load(folder / "features.bin")
        dictionary = joblib.load(folder / "dictionary.bin")
        tables, *rows = build_tables(model, templates, dictionary)
    except (OSError, ValueError):
        return None
    featurizer = CRFFeaturizer(_QUESTIONS, set())
    return WordTokens(tables, _Stretches(patterns, featurizer, rows))
