"""Give canonical texts to the kernel: which n-grams it takes, and the tokens of one text."""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType

import numpy as np
from numpy.typing import NDArray

from adclassifier.features.codepoints import code_points, fold_table, token_classes


def kernels() -> ModuleType:
    """Import the compiled kernels.

    Not at the top of the module: decorating them touches the cache folder, and importing this
    package does nothing.
    """
    from adclassifier.features import kernel

    return kernel


@dataclass(frozen=True, slots=True)
class NgramShape:
    """Which n-grams are taken and how many buckets they are hashed into.

    Parameters
    ----------
    max_words : int
        Longest run of tokens.
    min_chars, max_chars : int
        Shortest and longest run of characters inside a token and its borders; 0 for none.
    n_bits : int
        Buckets are ``2 ** n_bits``.
    min_length : int
        Least length that features are divided by: a text of one or two words has a few n-grams,
        and must not speak as loud as a whole post.
    """

    max_words: int = 3
    min_chars: int = 2
    max_chars: int = 5
    n_bits: int = 18
    min_length: int = 0

    @property
    def n_buckets(self) -> int:
        """Number of features."""
        return 1 << self.n_bits

    def as_array(self) -> NDArray[np.int64]:
        """Give the kernel its five numbers."""
        numbers = (self.max_words, self.min_chars, self.max_chars, self.n_buckets, self.min_length)
        return np.array(numbers, np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Tokens:
    """A canonical text in the kernel's terms.

    Parameters
    ----------
    points : ndarray of shape (n_chars,), int32
        Code points.
    spans : ndarray of shape (n_tokens, 2), int32
        Where each token stands in ``points``.
    hashes : ndarray of shape (2, n_tokens), uint64
        Each token's hash, as written and without accents.
    """

    points: NDArray[np.int32]
    spans: NDArray[np.int32]
    hashes: NDArray[np.uint64]

    @classmethod
    def of(cls, canonical: str) -> Tokens:
        """Tokenize a canonical text."""
        kernel = kernels()
        points = code_points(canonical)
        spans = kernel.tokenize(points, token_classes())
        return cls(points, spans, kernel.hash_tokens(points, spans, fold_table()))

    def window(self, start: int, end: int) -> Tokens:
        """Keep the tokens that begin in a range of characters."""
        low, high = np.searchsorted(self.spans[:, 0], (start, end))
        return Tokens(self.points, self.spans[low:high], self.hashes[:, low:high].copy())
