"""Judge in a process of its own: what runs there, and how batches get there and back."""

from __future__ import annotations

import signal
import threading
import traceback
from collections.abc import Callable
from multiprocessing.connection import Connection
from queue import SimpleQueue
from typing import Any, Protocol

import pyarrow as pa

from adclassifier.errors import AdClassifierError

__all__ = ["Judging", "Memory", "MemoryOf", "decode", "encode", "serve"]

Judging = Callable[[Any], Any]


class Memory(Protocol):
    """What is learnt while judging, and can be told to another process."""

    def listen(self) -> None:
        """Note from now on what is learnt."""

    def take_news(self) -> list[Any]:
        """Give what was learnt since the last time."""

    def learn(self, news: list[Any]) -> None:
        """Take over what another process learnt."""


MemoryOf = Callable[[], Memory]


def serve(
    connection: Connection,
    judge: Judging,
    memory_of: MemoryOf | None,
    inherited: list[Connection],
) -> None:
    """Judge what comes, until the other end is closed or its process is gone.

    Parameters
    ----------
    connection : Connection
        Brings news and a batch, again and again; takes failure and news, and the result where
        nothing failed.
    judge, memory_of : callable
        See `workers.judge_in_order`.
    inherited : list of Connection
        Of other processes, which this one must not hold open.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that writes
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    for other in inherited:  # or the end of that process would not show
        other.close()
    memory = None if memory_of is None else memory_of()
    if memory is not None:
        memory.listen()
    batches: SimpleQueue[tuple[list[Any], bytes] | None] = SimpleQueue()
    threading.Thread(target=_take, args=(connection, batches), daemon=True).start()
    while (sent := batches.get()) is not None:
        news, data = sent
        try:
            if memory is not None:
                memory.learn(news)
            result, failure = judge(decode(data)), None
        except Exception as error:
            result, failure = None, _describe(error)
        try:
            connection.send((failure, [] if memory is None else memory.take_news()))
            if failure is None:
                connection.send_bytes(encode(result))
        except OSError:
            return


def _take(connection: Connection, batches: SimpleQueue[tuple[list[Any], bytes] | None]) -> None:
    """Take what is sent, whatever is judged meanwhile; None when nothing more will come."""
    try:
        while True:
            batches.put((connection.recv(), connection.recv_bytes()))
    except (EOFError, OSError):
        batches.put(None)


def _describe(error: Exception) -> Any:
    """Give what the other end raises: an error of ours by its parts, a bug as it would be shown."""
    if isinstance(error, AdClassifierError):
        return type(error), error.where, error.found, error.expected
    return "".join(traceback.format_exception(error))


def encode(batch: Any) -> Any:
    """Write a `pyarrow.RecordBatch` as bytes."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, batch.schema) as writer:
        writer.write_batch(batch)
    return memoryview(sink.getvalue())


def decode(data: bytes) -> Any:
    """Read what `encode` wrote."""
    with pa.ipc.open_stream(pa.py_buffer(data)) as reader:
        return reader.read_next_batch()
