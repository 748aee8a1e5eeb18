"""Serve from several processes: each a copy of one that has loaded the model already.

What a process has read before it is copied stays one copy in memory for as long as nobody writes
to it, and nobody writes to a model. uvicorn's own workers are started anew, each with a model.
"""

from __future__ import annotations

import logging
import os
import signal
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from adclassifier.errors import ConfigError

#: Signals that the supervisor waits for: stop, and one of its workers ended.
_STOP = frozenset({signal.SIGINT, signal.SIGTERM})

#: Seconds between two looks at workers that are stopping.
_LOOK_S = 0.05

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Signs:
    """How a worker and its supervisor hear of each other: two ends of pipes.

    Parameters
    ----------
    ready : int
        A byte is written here when the worker answers.
    alive : int
        Readable, without anything to read, once the supervisor is no more.
    """

    ready: int
    alive: int

    def say_ready(self) -> None:
        """Tell the supervisor that requests are answered from now on."""
        os.write(self.ready, b"1")


#: Serves as the worker of this number until told to stop; whether it had started.
Serve = Callable[[int, Signs], bool]


def check_workers(n_workers: int) -> None:
    """Refuse several workers where processes cannot be copied.

    Raises
    ------
    ConfigError
        On Windows, with more than one worker.
    """
    if n_workers > 1 and not hasattr(os, "fork"):
        raise ConfigError(f"--workers {n_workers}", "this system copies no process", "expected 1")


@dataclass
class Supervisor:
    """Keeps workers running until it is told to stop.

    Parameters
    ----------
    serve : callable
        What each worker does, given its number from 0.
    n_workers : int, >= 1
    grace_s : float
        Seconds that workers have for requests under way when they are told to stop.
    """

    serve: Serve
    n_workers: int
    grace_s: float
    _numbers: dict[int, int] = field(default_factory=dict, init=False)
    _alive: tuple[int, int] = field(default=(-1, -1), init=False)

    def run(self, announce: Callable[[], None]) -> bool:
        """Start the workers and wait; a worker that ends unasked is replaced.

        Call it from the main thread, before other threads are started.

        Parameters
        ----------
        announce : callable
            Called once every worker answers.

        Returns
        -------
        bool
            Whether all workers started, the replaced ones too.
        """
        self._alive = os.pipe()
        former = signal.pthread_sigmask(signal.SIG_BLOCK, {*_STOP, signal.SIGCHLD})
        try:
            if not all(self._start(number, former) for number in range(self.n_workers)):
                return False
            announce()
            return self._keep(former)
        finally:
            self._stop()
            for end in self._alive:
                os.close(end)
            signal.pthread_sigmask(signal.SIG_SETMASK, former)

    def _keep(self, mask: Iterable[int]) -> bool:
        """Replace those that end, until told to stop."""
        while signal.sigwait({*_STOP, signal.SIGCHLD}) not in _STOP:
            for pid, number in self._reap().items():
                logger.error("worker %d ended unasked; another one takes its place", pid)
                if not self._start(number, mask):
                    return False
        return True

    def _start(self, number: int, mask: Iterable[int]) -> bool:
        """Copy this process; tell whether the copy came to answer requests."""
        reading, writing = os.pipe()
        pid = os.fork()
        if not pid:
            os.close(reading)
            os.close(self._alive[1])
            self._work(number, Signs(writing, self._alive[0]), mask)
        os.close(writing)
        self._numbers[pid] = number
        try:
            return os.read(reading, 1) == b"1"
        finally:
            os.close(reading)

    def _work(self, number: int, signs: Signs, mask: Iterable[int]) -> None:
        """Be a worker; never comes back."""
        code = 1
        try:
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)
            code = 0 if self.serve(number, signs) else 1
        finally:
            logging.shutdown()
            # not `sys.exit`: what the supervisor would do at its end is not for its copies to do
            os._exit(code)

    def _reap(self) -> dict[int, int]:
        """Forget the workers that have ended; give their numbers by their ids."""
        ended = [pid for pid in self._numbers if os.waitpid(pid, os.WNOHANG)[0]]
        return {pid: self._numbers.pop(pid) for pid in ended}

    def _stop(self) -> None:
        """Ask the workers to end; end those that do not."""
        self._signal(signal.SIGTERM)
        patience = time.monotonic() + self.grace_s
        while self._numbers and time.monotonic() < patience:
            time.sleep(_LOOK_S)
            self._reap()
        self._signal(signal.SIGKILL)
        for pid in self._numbers:
            os.waitpid(pid, 0)
        self._numbers.clear()

    def _signal(self, number: signal.Signals) -> None:
        for pid in self._numbers:
            os.kill(pid, number)
