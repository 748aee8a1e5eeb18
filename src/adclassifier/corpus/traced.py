"""Rewrite a text and keep the way back to what was written."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass

#: A letter and the marks that belong to it.
MARKED = re.compile(r"[^\W\d_][\u0300-\u036f]+")


def compose_letter(marked: re.Match[str]) -> str:
    """Write a letter and its marks as one letter, as far as there is one."""
    return unicodedata.normalize("NFC", marked[0])


@dataclass(frozen=True, slots=True)
class Traced:
    """A rewritten text with, for every character, where it stood before the rewriting.

    Parameters
    ----------
    text : str
        The text as it now stands.
    starts, ends : tuple of int, one per character of `text`
        Half-open span of the original that the character stands for, in code points. Both rise
        monotonically; a replacement's characters all share the span of what they replace.

    Examples
    --------
    >>> traced = Traced.of("Gọi  <PHONE> nhé").sub(re.compile("<PHONE>"), "☎")
    >>> traced = traced.sub(re.compile(" +"), " ")
    >>> traced.text
    'Gọi ☎ nhé'
    >>> traced.backward(4, 5)
    (5, 12)
    >>> traced.forward(5, 12)
    (4, 5)
    """

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    @classmethod
    def of(cls, text: str) -> Traced:
        """Give a text that nothing was done to yet."""
        size = len(text)
        return cls(text, tuple(range(size)), tuple(range(1, size + 1)))

    def edit(self, edits: Iterable[tuple[int, int, str]]) -> Traced:
        """Put new strings in the place of spans of `text`, given in rising order.

        An empty span is an insertion; what is inserted stands for an empty span of the original.
        """
        parts: list[str] = []
        starts: list[int] = []
        ends: list[int] = []
        done = 0
        for start, end, new in edits:
            parts += (self.text[done:start], new)
            starts += self.starts[done:start]
            ends += self.ends[done:start]
            first = self.starts[start] if start < len(self.text) else (self.ends or (0,))[-1]
            last = self.ends[end - 1] if start < end else first
            starts += [first] * len(new)
            ends += [last] * len(new)
            done = end
        if not parts:
            return self
        text = "".join((*parts, self.text[done:]))
        return Traced(text, (*starts, *self.starts[done:]), (*ends, *self.ends[done:]))

    def sub(
        self, pattern: re.Pattern[str], replacement: str | Callable[[re.Match[str]], str]
    ) -> Traced:
        """Replace every match, as `re.sub` does with a plain string or a function."""
        matches = pattern.finditer(self.text)
        if isinstance(replacement, str):
            return self.edit((*match.span(), replacement) for match in matches)
        return self.edit((*match.span(), replacement(match)) for match in matches)

    def strip(self) -> Traced:
        """Drop white space at both ends."""
        start = len(self.text) - len(self.text.lstrip())
        end = max(start, len(self.text.rstrip()))
        return Traced(self.text[start:end], self.starts[start:end], self.ends[start:end])

    def compose(self) -> Traced:
        """Write letters with separate marks as single letters (NFC), as far as marks go."""
        if unicodedata.is_normalized("NFC", self.text):
            return self
        return self.sub(MARKED, compose_letter)

    def backward(self, start: int, end: int) -> tuple[int, int]:
        """Give the span of the original that a non-empty span of `text` stands for."""
        return self.starts[start], self.ends[end - 1]

    def forward(self, start: int, end: int) -> tuple[int, int]:
        """Give the span of `text` that a span of the original became; empty when it was cut."""
        return bisect_right(self.ends, start), bisect_left(self.starts, end)
