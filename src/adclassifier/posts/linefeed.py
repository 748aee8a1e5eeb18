"""Give the lines of a text, one by one or many at once."""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator
from typing import Any

from adclassifier.posts import blocks

# Some two thousand posts.
_READ_BYTES = 1 << 18


class LineFeed:
    r"""Lines with their ends, a longer one in pieces, as `blocks.read_lines` gives them.

    Parameters
    ----------
    stream : TextIOWrapper
        Nothing was read of it yet. Its bytes are decoded here, as it would, but in large pieces.
    newline : {"", newline}
        What ends a line: any of ``\n``, ``\r`` and ``\r\n``, or ``\n`` alone.

    Attributes
    ----------
    valid : bool
        Whether all that was read so far could be decoded; what cannot is marked by half characters.

    Examples
    --------
    >>> stream = io.TextIOWrapper(io.BytesIO("một\nhai\rba".encode()), "utf-8")
    >>> feed = LineFeed(stream, "")
    >>> next(feed), feed.some(5), feed.some(5), feed.some(5)
    ('một\n', ['hai\r'], ['ba'], [])
    """

    def __init__(self, stream: io.TextIOWrapper, newline: str) -> None:
        self._bytes: Any = stream.buffer
        self._decoder = codecs.getincrementaldecoder(stream.encoding)("strict")
        self._errors = stream.errors or "strict"
        self.valid = True
        self._newline = newline
        self._lines: list[str] = []
        self._next = 0
        self._tail = ""

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if self._next == len(self._lines) and not self._fill():
            raise StopIteration
        self._next += 1
        return self._lines[self._next - 1]

    def some(self, n_lines: int) -> list[str]:
        """Give at most so many lines; none at the end."""
        if self._next == len(self._lines) and not self._fill():
            return []
        some = self._lines[self._next : self._next + n_lines]
        self._next += len(some)
        return some

    def put_back(self, lines: list[str]) -> None:
        """Put lines in front of those to come."""
        self._lines = lines + self._lines[self._next :]
        self._next = 0

    def _fill(self) -> bool:
        """Read on until there is a line; tell whether there was."""
        self._lines, self._next = [], 0
        while not self._lines:
            read = self._bytes.read1(_READ_BYTES)  # what a pipe has, without waiting for more
            lines = self._split(self._tail + self._decode(read))
            # what may go on is kept back: a carriage return, too, may lack its newline
            begun = lines.pop() if read and lines and lines[-1][-1] != "\n" else ""
            if len(begun) >= blocks.LINE_CHARS:
                lines.append(begun[: blocks.LINE_CHARS])
                begun = begun[blocks.LINE_CHARS :]
            self._tail = begun
            self._lines = lines
            if not read:
                break
        if self._lines and max(map(len, self._lines)) > blocks.LINE_CHARS:
            self._lines = [piece for line in self._lines for piece in _pieces(line)]
        return bool(self._lines)

    def _decode(self, read: bytes) -> str:
        """Decode what was read; nothing is the end."""
        before = self._decoder.getstate()
        try:
            return self._decoder.decode(read, final=not read)
        except UnicodeDecodeError:
            self.valid = False
        self._decoder.setstate(before)
        self._decoder.errors = self._errors
        return self._decoder.decode(read, final=not read)

    def _split(self, text: str) -> list[str]:
        """Split a text into lines; the last may have no end."""
        if self._newline or "\r" not in text:
            *lines, last = text.split("\n")
            lines = [f"{line}\n" for line in lines]
            return [*lines, last] if last else lines
        return io.StringIO(text, newline=self._newline).readlines()


def _pieces(line: str) -> list[str]:
    """Cut a line that is too long."""
    most = blocks.LINE_CHARS
    return [line[start : start + most] for start in range(0, len(line), most)]
