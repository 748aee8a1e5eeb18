"""Read one text for all that explains a decision: its cues once, every window's features once."""

from __future__ import annotations

import math
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from adclassifier.classifier.compiled import sharing, windowing
from adclassifier.classifier.evidence import Occurrences
from adclassifier.classifier.heads import LinearHeads, join_words
from adclassifier.features import Tokens, code_points, fold_table, token_classes
from adclassifier.features.cues import as_matches, find_cue_rows, numbers_of_cues
from adclassifier.lexicon import Match, load_lexicon
from adclassifier.text.normalize import Canonical

__all__ = ["TextFeatures", "WindowFeatures"]

_Ints = NDArray[np.int32]
#: Code points, and what `windowing.read_tokens` gives.
_Read = tuple[_Ints, _Ints, NDArray[np.uint64], _Ints, _Ints]
#: What `windowing.weigh_window` gives.
_Weighed = tuple[
    NDArray[np.int64],
    NDArray[np.float64],
    NDArray[np.int32],
    NDArray[np.float32],
    NDArray[np.float64],
]


class TextFeatures:
    """A text as a model's heads see it.

    Parameters
    ----------
    text : str
        The original.
    canonical : Canonical
        Of the text.
    heads : LinearHeads
        Which say what a token and a feature are.
    found : ndarray of shape (n_found, 3), int32, optional
        As `features.cues.find_cue_rows` gives them; looked for where they are not given.
    """

    def __init__(
        self,
        text: str,
        canonical: Canonical,
        heads: LinearHeads,
        found: NDArray[np.int32] | None = None,
    ) -> None:
        self.text = text
        self.canonical = canonical
        self.heads = heads
        self._found = find_cue_rows(canonical.text) if found is None else found
        #: Every cue of the lexicon, in order, with ranges of the canonical text.
        self.matches = as_matches(self._found)
        self._windows: dict[tuple[int, int], WindowFeatures] = {}

    @cached_property
    def cues(self) -> list[Match]:
        """The cues of the groups that are features, in order."""
        groups = self.heads.cue_groups
        return [match for match in self.matches if match.cue.group in groups]

    @property
    def has_recalled(self) -> bool:
        """Whether there is a cue without a source."""
        return bool(_recalled(self.heads.shape.cue_groups)[self._found[:, 2]].any())

    @cached_property
    def _read(self) -> _Read:
        """Give code points, and what `windowing.read_tokens` gives."""
        points = code_points(join_words(self.canonical.text, self.heads.segmenter))
        groups = numbers_of_cues(self.heads.shape.cue_groups)
        read = windowing().read_tokens(points, token_classes(), fold_table(), self._found, groups)
        return (points, *read)

    def cut(self, start: int, end: int) -> tuple[Tokens, _Ints]:
        """Give the tokens of a window, and the places in ``matches`` of their ``cues``."""
        points, *read = self._read
        spans, hashes, cues, rows = windowing().cut_window(*read, start, end)
        return Tokens(points, spans, hashes, cues), rows

    def window(self, start: int, end: int) -> WindowFeatures:
        """Give what a range of the canonical text holds; the same object on every call."""
        if (start, end) not in self._windows:
            self._windows[start, end] = WindowFeatures(self, start, end)
        return self._windows[start, end]

    def forget_windows(self) -> None:
        """Let go what windows hold: the next text's has room where this one's was."""
        self._windows.clear()


class WindowFeatures:
    """The features of one window by occurrence.

    Parameters
    ----------
    whole : TextFeatures
    start, end : int
        Range of the canonical text.
    """

    def __init__(self, whole: TextFeatures, start: int, end: int) -> None:
        self._whole = whole
        self._heads = whole.heads
        #: Those that begin in the window.
        self.tokens, self._cues = whole.cut(start, end)

    @cached_property
    def cues(self) -> list[Match]:
        """Those that lie in the window, in the order of its tokens' ``cues``."""
        return [self._whole.matches[row] for row in self._cues.tolist()]

    @cached_property
    def _weighed(self) -> _Weighed:
        """Give what `windowing.weigh_window` gives."""
        tokens, heads = self.tokens, self._heads
        weighed: _Weighed = windowing().weigh_window(
            tokens.points,
            tokens.spans,
            tokens.hashes,
            tokens.cues,
            fold_table(),
            *heads.shape_arrays,
            heads.single_idf,
            float(heads.shape.min_length),
        )
        return weighed

    @property
    def occurrences(self) -> Occurrences:
        """Row, weight, first and last token of each occurrence."""
        return self._weighed[:3]

    @property
    def rows(self) -> NDArray[np.int64]:
        """Row of each occurrence; shape (n_occurrences,)."""
        return self._weighed[0]

    @property
    def _n_groups(self) -> int:
        return len({match.cue.group for match in self.cues})

    @property
    def n_ngrams(self) -> int:
        """How many occurrences are of n-grams; those of cues stand behind them.

        They stand cue by cue: one occurrence for a cue's own group and one for each other group of
        the window, side by side.
        """
        return len(self.rows) - self._n_groups * len(self.cues)

    @property
    def idf(self) -> NDArray[np.float32]:
        """Idf of each occurrence; shape (n_occurrences,)."""
        return self._weighed[3]

    @property
    def values(self) -> NDArray[np.float64]:
        """Value of each occurrence; shape (n_occurrences,)."""
        return self._weighed[4]

    def contributions(self, head: int) -> NDArray[np.float64]:
        """Give each occurrence's share of a head's log-odds; see `LinearHeads.contributions`."""
        return self._heads.shares(head, self.rows, self.values)

    def folded(self, head: int, words: NDArray[np.int32]) -> NDArray[np.float64]:
        """Share a head's log-odds on the window among words around it.

        Parameters
        ----------
        head : int
        words : ndarray of shape (n_words, 2), int32
            Ranges of the canonical text.

        Returns
        -------
        ndarray of shape (n_words,), float64
            What `explain.fold_onto_words` makes of ``contributions``.
        """
        folded: NDArray[np.float64] = sharing().fold_shares(
            (self.rows, self.values, self.occurrences[2]),
            self._heads.single_weights,
            (head, float(self._heads.slope[head])),
            self.tokens.spans,
            words,
        )
        return folded

    def cue_contributions(self, head: int) -> NDArray[np.float64]:
        """Give each cue's share of a head's log-odds; shape (n_cues,)."""
        first = self.n_ngrams
        shares = self._heads.shares(head, self.rows[first:], self.values[first:])
        summed: NDArray[np.float64] = shares.reshape(len(self.cues), self._n_groups).sum(axis=1)
        return summed

    def recalled(self, head: int) -> float:
        """Give what the cues without a source add to a head's log-odds."""
        shares = zip(self.cues, self.cue_contributions(head).tolist(), strict=True)
        return math.fsum(share for match, share in shares if match.cue.recalled)


@lru_cache(maxsize=16)
def _recalled(groups: tuple[str, ...]) -> NDArray[np.bool_]:
    """Say of each cue of the lexicon whether it is of some groups, and has no source."""
    recalled = np.array([cue.recalled for cue in load_lexicon().cues], np.bool_)
    return np.asarray(recalled & (numbers_of_cues(groups) >= 0))
