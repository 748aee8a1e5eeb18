"""Rewrite a text step by step and keep, for every character, where it came from.

The offsets are arrays over the characters of the current text: character ``i`` was made from
``original[starts[i]:ends[i]]``. Steps hand over *edits*, sorted and disjoint; everything between
them stays. Without an edit nothing is built.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Offsets = NDArray[np.int32]
_SIZE = np.dtype(np.int32).itemsize


class Edit(NamedTuple):
    """Put ``text`` in the place of ``[start, end)``; ``kind`` names the trick, or is empty."""

    start: int
    end: int
    text: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Trick:
    """A way of writing that was undone.

    Attributes
    ----------
    kind : str
        Which trick, as in :data:`adclassifier.text.normalize.TRICK_KINDS`.
    start, end : int
        Half-open span in code points of the original text.
    text : str
        What was written there.
    restored : str
        What it stands for in the canonical text.
    """

    kind: str
    start: int
    end: int
    text: str
    restored: str


class Rewriter:
    """A text on its way to the canonical spelling, with its offsets and the tricks undone so far.

    Parameters
    ----------
    original : str
        The text as it was written.

    Examples
    --------
    >>> rewriter = Rewriter("bán th.uốc tây")
    >>> rewriter.apply([Edit(4, 10, "thuốc", "dotted")])
    >>> rewriter.text
    'bán thuốc tây'
    >>> starts, ends = rewriter.offsets()
    >>> starts.tolist()
    [0, 1, 2, 3, 4, 4, 4, 4, 4, 10, 11, 12, 13]
    >>> rewriter.tricks
    [Trick(kind='dotted', start=4, end=10, text='th.uốc', restored='thuốc')]
    """

    __slots__ = ("_ends", "_starts", "original", "text", "tricks")

    def __init__(self, original: str) -> None:
        self.original = original
        self.text = original
        self.tricks: list[Trick] = []
        self._starts: Offsets | None = None
        self._ends: Offsets | None = None

    def offsets(self) -> tuple[Offsets, Offsets]:
        """Give start and end in the original for every character.

        Returns
        -------
        starts, ends : ndarray of shape (len(text),), int32
            Code points of the original, non-decreasing, ``starts < ends``.
        """
        if self._starts is None or self._ends is None:
            starts = np.arange(len(self.text), dtype=np.int32)
            return starts, starts + np.int32(1)
        return self._starts, self._ends

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Give the span of the original that ``text[start:end]`` (not empty) was made from."""
        if self._starts is None or self._ends is None:
            return start, end
        return int(self._starts[start]), int(self._ends[end - 1])

    def apply(self, edits: Sequence[Edit]) -> None:
        """Carry out edits of the current text.

        Parameters
        ----------
        edits : sequence of Edit
            Sorted by start, disjoint. One with an empty text deletes; a replacement of the same
            length is mapped character by character, any other as a whole.
        """
        if not edits:
            return
        self._note_tricks(edits)
        text = self.text
        places = _places(1 << len(text).bit_length())
        pieces: list[str] = []
        firsts: list[bytes] = []
        lasts: list[bytes] = []
        done = 0
        for start, end, new, _ in edits:
            pieces += (text[done:start], new)
            if len(new) == end - start:
                kept = places[_SIZE * done : _SIZE * end]
                firsts.append(kept)
                lasts.append(kept)
            else:
                kept = places[_SIZE * done : _SIZE * start]
                firsts += (kept, places[_SIZE * start : _SIZE * (start + 1)] * len(new))
                lasts += (kept, places[_SIZE * (end - 1) : _SIZE * end] * len(new))
            done = end
        pieces.append(text[done:])
        kept = places[_SIZE * done : _SIZE * len(text)]
        self.text = "".join(pieces)
        self._compose(_as_offsets([*firsts, kept]), _as_offsets([*lasts, kept]))

    def replace_text(self, text: str) -> None:
        """Put a text of the same length, character for character, in place of the current one."""
        self.text = text

    def _compose(self, firsts: Offsets, lasts: Offsets) -> None:
        """Follow the offsets of one step back through the earlier ones."""
        if self._starts is None or self._ends is None:
            self._starts, self._ends = firsts, lasts + np.int32(1)
        else:
            self._starts, self._ends = self._starts[firsts], self._ends[lasts]

    def _note_tricks(self, edits: Sequence[Edit]) -> None:
        """Remember the edits that undo a trick, in offsets of the original."""
        for start, end, new, kind in edits:
            if kind:
                first, last = self.span(start, end)
                self.tricks.append(Trick(kind, first, last, self.original[first:last], new))


class TextRewriter(Rewriter):
    """A rewriter of which only the last text is asked for, not where it came from.

    Examples
    --------
    >>> rewriter = TextRewriter("bán th.uốc tây")
    >>> rewriter.apply([Edit(4, 10, "thuốc", "dotted")])
    >>> rewriter.text, rewriter.tricks
    ('bán thuốc tây', [])
    """

    __slots__ = ()

    def apply(self, edits: Sequence[Edit]) -> None:
        """Carry out edits of the current text, without a trace."""
        pieces: list[str] = []
        done = 0
        for start, end, new, _ in edits:
            pieces += (self.text[done:start], new)
            done = end
        self.text = "".join((*pieces, self.text[done:]))


@functools.lru_cache(maxsize=32)
def _places(n: int) -> bytes:
    """Give the numbers from 0 on as offsets are stored: slices of bytes are what is fastest."""
    return np.arange(n, dtype=np.int32).tobytes()


def _as_offsets(parts: list[bytes]) -> Offsets:
    return np.frombuffer(bytearray().join(parts), np.int32)
