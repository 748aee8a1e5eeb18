"""Lines that Spark read, as the open file that our own readers take."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

from adclassifier.posts.sources import Source

_BUFFER_BYTES = 1 << 20


class LineStream(io.RawIOBase):
    """The bytes of lines, each with its end.

    Parameters
    ----------
    lines : iterator of pyarrow.BinaryArray
        Lines without their ends.

    Attributes
    ----------
    n_lines : int
        Lines given so far.
    """

    def __init__(self, lines: Iterator[Any]) -> None:
        self._lines = lines
        self._waiting = memoryview(b"")
        self.n_lines = 0

    def readable(self) -> bool:
        """Say that this can be read."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill a buffer; 0 at the end."""
        while not self._waiting:
            array = next(self._lines, None)
            if array is None:
                return 0
            self.n_lines += len(array)
            self._waiting = memoryview(b"".join(line + b"\n" for line in array.to_pylist()))
        n_bytes = min(len(buffer), len(self._waiting))
        buffer[:n_bytes] = self._waiting[:n_bytes]
        self._waiting = self._waiting[n_bytes:]
        return n_bytes


@dataclass(frozen=True, slots=True)
class StreamedSource(Source):
    """A file, or a part of one, whose bytes come from Spark.

    Parameters
    ----------
    stream : LineStream
        The bytes.
    at_start : bool
        Whether the file begins here, perhaps with a mark.
    """

    stream: io.RawIOBase | None = None
    at_start: bool = True

    def open(self) -> io.BufferedReader:
        """Open the bytes, once."""
        return io.BufferedReader(cast("io.RawIOBase", self.stream), _BUFFER_BYTES)

    def open_text(self, newline: str) -> io.TextIOWrapper:
        """Open the text, once: UTF-8, for the driver has looked at the file's beginning."""
        encoding = "utf-8-sig" if self.at_start else "utf-8"
        return io.TextIOWrapper(self.open(), encoding, "surrogateescape", newline)
