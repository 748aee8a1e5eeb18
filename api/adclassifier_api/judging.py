"""Judge posts in threads: so many at a time, and one place that only short requests take."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import NamedTuple

import anyio.to_thread
from anyio import CapacityLimiter

#: Characters of a request that counts as short: its posts are judged within some milliseconds.
SHORT_CHARS = 4_000

#: Seconds after which a thread must let another one run: Python's own 5 ms, met at each of the
#: three times that a request waits for a thread, would be most of a single post's time.
SWITCH_INTERVAL_S = 0.0005


class Judged(NamedTuple):
    """The bytes of an answer, and what they took."""

    content: bytes
    waited_s: float
    judged_s: float

    def server_timing(self) -> str:
        """Give the value of the header ``Server-Timing``, in milliseconds.

        Examples
        --------
        >>> Judged(b"{}", 0.0001, 0.002).server_timing()
        'wait;dur=0.100, judge;dur=2.000'
        """
        return f"wait;dur={self.waited_s * 1000:.3f}, judge;dur={self.judged_s * 1000:.3f}"


class Judges:
    """The threads that judge: the event loop only reads requests and sends answers.

    Long requests leave one thread free, so that a short one waits for no batch to end; with one
    thread they cannot.

    Parameters
    ----------
    max_threads : int, >= 1
        Requests that are judged at the same time; the others wait their turn.
    """

    def __init__(self, max_threads: int) -> None:
        self._all = CapacityLimiter(max_threads)
        self._long = CapacityLimiter(max(1, max_threads - 1))

    async def run(self, judge: Callable[[], bytes], n_chars: int) -> Judged:
        """Judge in a thread.

        Parameters
        ----------
        judge : callable
            Gives the bytes of the answer.
        n_chars : int
            Characters of all posts: decides whether the request is short.

        Returns
        -------
        Judged
        """
        came = time.perf_counter()
        if n_chars <= SHORT_CHARS:
            return await self._run(judge, came)
        async with self._long:
            return await self._run(judge, came)

    async def _run(self, judge: Callable[[], bytes], came: float) -> Judged:
        def timed() -> Judged:
            began = time.perf_counter()
            return Judged(judge(), began - came, time.perf_counter() - began)

        return await anyio.to_thread.run_sync(timed, limiter=self._all)
