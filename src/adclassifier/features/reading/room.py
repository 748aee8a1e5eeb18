"""Room for the code points of many texts."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


class Room:
    """Code points of texts, one behind the other, with room for more."""

    __slots__ = ("points", "used")

    def __init__(self) -> None:
        self.points = np.empty(0, np.int32)
        self.used = 0

    def reserve(self, size: int) -> None:
        """Make room for some code points more."""
        if self.used + size > len(self.points):
            old = self.points
            self.points = np.empty(self.used + size, np.int32)
            self.points[: self.used] = old[: self.used]

    def add(self, text: str) -> int:
        """Put a text behind the others; return where it begins."""
        start = self.used
        self.reserve(len(text))
        self.used += len(text)
        self.points[start : self.used] = np.frombuffer(text.encode("utf-32-le"), np.int32)
        return start

    def text(self, start: int, length: int) -> str:
        """Give a text."""
        return as_text(self.points[start : start + length])


def as_text(points: NDArray[np.int32]) -> str:
    """Give code points, none of them a surrogate, as a string."""
    return points.tobytes().decode("utf-32-le")
