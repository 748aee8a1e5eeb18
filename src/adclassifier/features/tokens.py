"""Give canonical texts to the kernel: what the features are, and the tokens of one text."""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType

import numpy as np
from numpy.typing import NDArray

from adclassifier.features.codepoints import code_points, fold_table, token_classes
from adclassifier.features.cues import find_cues


def kernels() -> ModuleType:
    """Import the compiled kernels.

    Not at the top of the module: decorating them touches the cache folder, and importing this
    package does nothing.
    """
    from adclassifier.features import kernel

    return kernel


@dataclass(frozen=True, slots=True)
class FeatureShape:
    """What the features are and where their rows stand.

    Parameters
    ----------
    max_words : int
        Longest run of tokens.
    min_chars, max_chars : int
        Shortest and longest run of characters inside a token and its borders; 0 for none.
    n_bits : int
        N-grams are hashed into ``2 ** n_bits`` buckets.
    min_length : int
        Least length that features are divided by: a text of one or two words has a few n-grams,
        and must not speak as loud as a whole post.
    border_chars : int
        Longest run of characters over the blank between two tokens; 0 for none.
    cue_groups : tuple of str
        Groups of the lexicon that are features; each has a row behind the buckets, and so has
        every pair of them.
    cue_weight, pair_weight : float
        What a group and a pair of groups weigh, where an n-gram weighs 1.
    """

    max_words: int = 2
    min_chars: int = 2
    max_chars: int = 5
    n_bits: int = 18
    min_length: int = 0
    border_chars: int = 0
    cue_groups: tuple[str, ...] = ()
    cue_weight: float = 0.0
    pair_weight: float = 0.0

    @property
    def n_buckets(self) -> int:
        """Number of rows that n-grams share."""
        return 1 << self.n_bits

    @property
    def n_rows(self) -> int:
        """Number of features: the buckets, the groups of cues, their pairs."""
        n_groups = len(self.cue_groups)
        return self.n_buckets + n_groups + n_groups * (n_groups - 1) // 2

    def as_array(self) -> NDArray[np.int64]:
        """Give the kernel its numbers."""
        numbers = (
            self.max_words,
            self.min_chars,
            self.max_chars,
            self.border_chars,
            self.n_buckets,
            self.min_length,
            len(self.cue_groups),
        )
        return np.array(numbers, np.int64)

    def cue_weights(self) -> NDArray[np.float64]:
        """Give the kernel the weights of a group of cues and of a pair."""
        return np.array([self.cue_weight, self.pair_weight])


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
    cues : ndarray of shape (n_cues, 3), int32
        First token, last token and number of the group of each cue.
    """

    points: NDArray[np.int32]
    spans: NDArray[np.int32]
    hashes: NDArray[np.uint64]
    cues: NDArray[np.int32]

    @classmethod
    def of(cls, canonical: str, cue_groups: tuple[str, ...] = ()) -> Tokens:
        """Tokenize a canonical text and find its cues of some groups."""
        kernel = kernels()
        points = code_points(canonical)
        spans = kernel.tokenize(points, token_classes())
        cues = kernel.place_cues(find_cues(canonical, cue_groups), spans)
        return cls(points, spans, kernel.hash_tokens(points, spans, fold_table()), cues)

    def window(self, start: int, end: int) -> Tokens:
        """Keep the tokens that begin in a range of characters."""
        low, high = np.searchsorted(self.spans[:, 0], (start, end))
        inside = self.cues[(self.cues[:, 0] >= low) & (self.cues[:, 1] < high)]
        inside -= np.array([low, low, 0], np.int32)
        return Tokens(self.points, self.spans[low:high], self.hashes[:, low:high].copy(), inside)

    def occurrences(
        self, shape: FeatureShape
    ) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.int32]]:
        """List the features of all tokens: row, weight, first and last token of each occurrence."""
        found: tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.int32]] = (
            kernels().occurrences(
                self.points,
                self.spans,
                self.hashes,
                self.cues,
                fold_table(),
                shape.as_array(),
                shape.cue_weights(),
            )
        )
        return found
