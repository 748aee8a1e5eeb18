"""Judge in several processes, and give the results in order."""

from __future__ import annotations

import multiprocessing
import multiprocessing.connection
import sys
import threading
import warnings
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import Any, Generic, TypeVar

from adclassifier.errors import AdClassifierError
from adclassifier.scoring.identity import HASHING
from adclassifier.scoring.worker_process import Judging, MemoryOf, decode, encode, serve

Item = TypeVar("Item")

#: So many rows, or bytes of them, are judged in this process before others are started: a small
#: input has no more, and what is loaded on first use is shared by those that are forked.
START_ROWS, START_BYTES = 4000, 1 << 19
# For each process one batch is judged, one waits there for its turn, and one waits, judged, for an
# earlier one to be written.
_SENT_BATCHES, _HELD_BATCHES = 2, 3


def judge_in_order(
    items: Iterable[Item],
    batch_of: Callable[[Item], Any],
    judge: Judging,
    jobs: int,
    on_start: Callable[[], None],
    memory_of: MemoryOf | None = None,
) -> Generator[tuple[Item, Any], None, None]:
    """Judge each item's batch; give items and results in the order of the items.

    Parameters
    ----------
    items : iterable
        Is asked for the next only when there is room for it: memory does not grow with it.
    batch_of : callable
        Gives the batch of an item, or None where there is nothing to judge.
    judge : callable
        Gives the result of a batch; both are `pyarrow.RecordBatch`.
    jobs : int
        Processes that judge; 1 is this one.
    on_start : callable
        Is called when others are started.
    memory_of : callable, optional
        Gives, in each process, the memory that `judge` writes what it learns into; what one
        process learns, the others are told.

    Yields
    ------
    item, result
        The result is None where the batch was.

    Raises
    ------
    AdClassifierError
        What `judge` raised, or that a process ended unasked.
    """
    remaining = iter(items)
    n_rows = n_bytes = 0
    for item in remaining:
        batch = batch_of(item)
        if batch is not None:
            n_rows, n_bytes = n_rows + batch.num_rows, n_bytes + batch.nbytes
        yield item, None if batch is None else judge(batch)
        if jobs > 1 and (n_rows >= START_ROWS or n_bytes >= START_BYTES):
            break
    else:
        return
    with _started(judge, jobs, memory_of) as workers:
        on_start()
        yield from _Queue[Item](workers).run(remaining, batch_of)


class _Sent(Generic[Item]):
    """An item whose result may be out."""

    __slots__ = ("done", "item", "result")

    def __init__(self, item: Item) -> None:
        self.item = item
        self.result: Any = None
        self.done = False


class _Queue(Generic[Item]):
    """Gives batches to the processes, so that the next is there when one is done.

    A process takes what it is sent at once, so nobody ever waits for each other.
    """

    def __init__(self, workers: list[_Worker]) -> None:
        self._most_held = _HELD_BATCHES * len(workers)
        self._sent: dict[_Worker, deque[_Sent[Item]]] = {worker: deque() for worker in workers}
        self._held: deque[_Sent[Item]] = deque()

    def run(
        self, items: Iterator[Item], batch_of: Callable[[Item], Any]
    ) -> Iterator[tuple[Item, Any]]:
        """Judge the items."""
        for item in items:
            batch = batch_of(item)
            sent = _Sent(item)
            self._held.append(sent)
            if batch is None:
                sent.done = True
            else:
                worker = self._least_busy()
                worker.send(batch)
                self._sent[worker].append(sent)
            while len(self._held) >= self._most_held and not self._held[0].done:
                self._collect()
            yield from self._finished()
        while self._held:
            while not self._held[0].done:
                self._collect()
            yield from self._finished()

    def _least_busy(self) -> _Worker:
        """Give a process that has room for a batch, waiting for one."""
        while True:
            worker = min(self._sent, key=lambda each: len(self._sent[each]))
            if len(self._sent[worker]) < _SENT_BATCHES:
                return worker
            self._collect()

    def _finished(self) -> Iterator[tuple[Item, Any]]:
        """Give what is done, up to the first that is not."""
        while self._held and self._held[0].done:
            sent = self._held.popleft()
            yield sent.item, sent.result

    def _collect(self) -> None:
        """Wait for results."""
        busy = {worker.connection: worker for worker, sent in self._sent.items() if sent}
        for ready in multiprocessing.connection.wait(list(busy)):
            worker = busy[ready]
            sent = self._sent[worker].popleft()
            sent.result, news = worker.receive()
            sent.done = True
            for other in self._sent:
                if other is not worker:
                    other.news += news


class _Worker:
    """A process that judges, the connection with it, and what it is to be told with a batch."""

    def __init__(
        self,
        context: Any,
        judge: Judging,
        memory_of: MemoryOf | None,
        others: list[Connection],
    ) -> None:
        self.news: list[Any] = []
        self.connection, theirs = context.Pipe()
        forked = context.get_start_method() == "fork"
        inherited = [*others, self.connection] if forked else []
        own = (theirs, judge, memory_of, inherited)
        self.process = context.Process(target=serve, args=own, daemon=True)
        with warnings.catch_warnings():
            # Python warns of forks beside any thread, those of the matrix library too, which
            # prepares for forks
            warnings.simplefilter("ignore", DeprecationWarning)
            self.process.start()
        theirs.close()

    def send(self, batch: Any) -> None:
        """Give it a batch."""
        try:
            self.connection.send(self.news)
            self.connection.send_bytes(encode(batch))
        except OSError as error:
            raise self._ended() from error
        self.news = []

    def receive(self) -> tuple[Any, list[Any]]:
        """Take a result from it, and what it learnt.

        Raises
        ------
        AdClassifierError
            What judging raised there.
        """
        try:
            failure, news = self.connection.recv()
            if failure is None:
                return decode(self.connection.recv_bytes()), news
        except (EOFError, OSError) as error:
            raise self._ended() from error
        if isinstance(failure, str):
            raise RuntimeError(f"in a process that judges:\n{failure}")
        kind, *parts = failure
        raise kind(*parts)

    def _ended(self) -> AdClassifierError:
        self.process.join(1.0)
        found = f"a process that judges ended (code {self.process.exitcode})"
        return AdClassifierError("--jobs", found, "more memory, or --jobs 1")

    def stop(self, *, asked: bool) -> None:
        """End it: at the end of its work, or at once."""
        self.connection.close()
        if not asked:
            self.process.terminate()
        self.process.join()
        self.process.close()


@contextmanager
def _started(judge: Judging, jobs: int, memory_of: MemoryOf | None) -> Iterator[list[_Worker]]:
    """Start processes; end them with the block."""
    context = multiprocessing.get_context("fork" if _can_fork() else "spawn")
    workers: list[_Worker] = []
    asked = False
    try:
        for _ in range(jobs):
            others = [each.connection for each in workers]
            workers.append(_Worker(context, judge, memory_of, others))
        yield workers
        asked = True
    finally:
        for worker in workers:
            worker.stop(asked=asked)


def _can_fork() -> bool:
    """Tell whether a copy of this process would work: on Linux, without threads of Python."""
    others = [
        thread
        for thread in threading.enumerate()
        if thread is not threading.main_thread() and thread.name != HASHING
    ]
    return sys.platform == "linux" and not others
