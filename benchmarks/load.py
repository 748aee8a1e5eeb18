"""Put load on a service that judges posts, and say how long it takes: a client for loopback.

    python benchmarks/load.py --texts POSTS.jsonl [--port 8000] [--rate 100] [--seconds 20]
        [--posts 1] [--explain] [--arrivals poisson]

Open loop: requests leave on a schedule that was made before the first of them, whatever becomes of
the others, and a latency is counted from the time at which its request should have left. A service
that stalls is charged for every request that came meanwhile, and a client that lags shows its lag.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import re
import selectors
import time
from collections import deque
from collections.abc import Callable, Coroutine, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

_ANSWER_S = 300.0
_SERVICE = re.compile(rb"server-timing:[^\r]*\btotal;dur=([\d.]+)", re.IGNORECASE)
_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Sample:
    """One request: when it was due, left and was answered (seconds), and the service's own time."""

    due: float
    left: float
    done: float
    status: int
    service_ms: float
    body: bytes


class Connection(asyncio.Protocol):
    """One connection that is kept: asks, and reads one answer at a time."""

    def __init__(self) -> None:
        self.lost = False
        self._read = bytearray()
        self._answer: asyncio.Future[tuple[float, int, float, bytes]] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way out."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - for mypy
        self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        """Give up what was asked; a server hangs up on those that are idle for some seconds."""
        self.lost = True
        if self._answer and not self._answer.done():
            self._answer.set_exception(ConnectionError("the service closed the connection"))

    def data_received(self, data: bytes) -> None:
        """Read on; the answer is done with the last byte that its head has announced."""
        self._read += data
        head, found, body = bytes(self._read).partition(b"\r\n\r\n")
        if not found:
            return
        length = _LENGTH.search(head)
        if length is None:
            raise SystemExit("the service announces no length; the client reads no chunks")
        if len(body) >= int(length[1]) and self._answer:
            service = _SERVICE.search(head)
            self._read.clear()
            took = float(service[1]) if service else float("nan")
            self._answer.set_result((time.perf_counter(), int(head[9:12]), took, body))

    async def ask(self, request: bytes, due: float | None = None) -> Sample:
        """Send one request and wait for its answer."""
        self._answer = asyncio.get_running_loop().create_future()
        left = time.perf_counter()
        self._transport.write(request)
        done, status, service_ms, body = await asyncio.wait_for(self._answer, _ANSWER_S)
        return Sample(left if due is None else due, left, done, status, service_ms, body)

    def close(self) -> None:
        """Hang up."""
        self._transport.close()


async def connect(port: int) -> Connection:
    """Open a connection on loopback."""
    _, connection = await asyncio.get_running_loop().create_connection(
        Connection, "127.0.0.1", port
    )
    return connection


class Connections:
    """Connections that are free, the longest idle first; a request that finds none opens one."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._free: deque[Connection] = deque()

    async def ask(self, request: bytes, due: float | None = None) -> Sample:
        """Send a request over a free connection."""
        while self._free and self._free[0].lost:
            self._free.popleft()
        connection = self._free.popleft() if self._free else await connect(self._port)
        sample = await connection.ask(request, due)
        self._free.append(connection)
        return sample

    async def prepare(self, n: int) -> None:
        """Open some before they are needed."""
        self._free.extend([await connect(self._port) for _ in range(n)])

    def close(self) -> None:
        """Hang up all."""
        for connection in self._free:
            connection.close()


async def open_loop(port: int, requests: Sequence[bytes], offsets: Sequence[float]) -> list[Sample]:
    """Send each request when it is due.

    Parameters
    ----------
    port : int
    requests : sequence of bytes
        Whole HTTP requests.
    offsets : sequence of float, ascending
        Seconds from the start at which each is due.

    Returns
    -------
    list of Sample
        In order.
    """
    connections = Connections(port)
    await connections.prepare(8)
    start = time.perf_counter() + 0.1
    tasks = []
    for request, offset in zip(requests, offsets, strict=True):
        await _until(start + offset)
        tasks.append(asyncio.create_task(connections.ask(request, start + offset)))
    samples = await asyncio.gather(*tasks)
    connections.close()
    return samples


async def closed_loop(port: int, requests: Sequence[bytes], n_clients: int = 1) -> list[Sample]:
    """Send requests one after the other, from so many clients at a time.

    Returns
    -------
    list of Sample
        Due when they left: a closed loop cannot see what it kept others from asking.
    """
    waiting = iter(requests)

    async def client() -> list[Sample]:
        connection = await connect(port)
        found = [await connection.ask(request) for request in waiting]
        connection.close()
        return found

    return [sample for found in await _all(client, n_clients) for sample in found]


async def _all(client: Callable[[], Any], n: int) -> list[list[Sample]]:
    return list(await asyncio.gather(*(client() for _ in range(n))))


async def _until(moment: float) -> None:
    """Wait; a loop may wake somewhat early."""
    while (left := moment - time.perf_counter()) > 0.0:
        await asyncio.sleep(left)


def run(load: Coroutine[Any, Any, Any]) -> Any:
    """Run a client as `asyncio.run` does, in a loop that wakes within some 0.3 ms of the time.

    asyncio's own rounds up to whole milliseconds, and a client that stays awake for the last two
    before each request takes a tenth of a core from the service that it measures.
    """
    loop = asyncio.SelectorEventLoop(selectors.SelectSelector())
    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        return runner.run(load)


def make_offsets(rate: float, seconds: float, arrivals: str, seed: int = 0) -> list[float]:
    """Make the schedule: a request each 1/rate seconds, or as many at times of their own.

    Examples
    --------
    >>> make_offsets(2.0, 2.0, "constant")
    [0.0, 0.5, 1.0, 1.5]
    """
    n = round(rate * seconds)
    if arrivals == "constant":
        return [i / rate for i in range(n)]
    chance = random.Random(seed)  # noqa: S311 - a schedule is no secret
    gaps = np.cumsum([chance.expovariate(rate) for _ in range(n)])
    return [float(gap) for gap in gaps]


def write_request(path: str, body: Any) -> bytes:
    """Write a POST request of JSON, head and body."""
    content = json.dumps(body, ensure_ascii=False).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(content)}\r\n\r\n"
    )
    return head.encode() + content


def summarize(samples: Sequence[Sample], n_posts: int) -> dict[str, float]:
    """Give rates and percentiles, in milliseconds.

    Parameters
    ----------
    samples : sequence of Sample
    n_posts : int
        Posts of each request.

    Returns
    -------
    dict
        ``service_*`` are left out where the service does not say its time, ``lag_*`` where every
        request was due when it left.
    """
    if wrong := [sample.status for sample in samples if sample.status != 200]:
        raise SystemExit(f"{len(wrong)} requests were answered {wrong[0]}; expected 200")
    seconds = max(s.done for s in samples) - min(s.due for s in samples)
    found = {"n_requests": len(samples), "posts_per_s": round(len(samples) * n_posts / seconds, 1)}
    series = {
        "client": [(s.done - s.due) * 1000 for s in samples],
        "service": [s.service_ms for s in samples if s.service_ms == s.service_ms],
        "lag": [(s.left - s.due) * 1000 for s in samples],
    }
    for name, values in series.items():
        if any(values):
            found |= dict(_percentiles(name, values))
    return found


def _percentiles(name: str, values: Sequence[float]) -> Iterator[tuple[str, float]]:
    for share in (50, 90, 99):
        yield f"{name}_p{share}_ms", round(float(np.percentile(values, share)), 3)
    yield f"{name}_max_ms", round(max(values), 3)


def make_bodies(
    texts: Sequence[str], n_requests: int, n_posts: int, *, explain: bool
) -> list[dict[str, Any]]:
    """Fill the bodies of requests to `POST /v1/predict`, with the texts in order, over again."""
    return [
        {
            "posts": [{"text": texts[(i * n_posts + k) % len(texts)]} for k in range(n_posts)],
            "explain": explain,
        }
        for i in range(n_requests)
    ]


def read_texts(path: Path, seed: int = 0) -> list[str]:
    """Read the texts of a file of records, shuffled, without those that the service refuses."""
    with path.open(encoding="utf-8") as lines:  # not `splitlines`: it also cuts at U+2028
        rows = [json.loads(line) for line in lines]
    texts = [row["text"] for row in rows if len(row["text"]) <= 20_000]
    random.Random(seed).shuffle(texts)  # noqa: S311
    return texts


def main() -> None:
    """Read the command line, send, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=Path, required=True, help="JSON lines with a text each")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--rate", type=float, default=100.0, help="requests a second")
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--posts", type=int, default=1, help="posts of each request")
    parser.add_argument("--explain", action="store_true")
    parser.add_argument("--arrivals", choices=["poisson", "constant"], default="poisson")
    asked = parser.parse_args()
    offsets = make_offsets(asked.rate, asked.seconds, asked.arrivals)
    bodies = make_bodies(read_texts(asked.texts), len(offsets), asked.posts, explain=asked.explain)
    requests = [write_request("/v1/predict", body) for body in bodies]
    samples = run(open_loop(asked.port, requests, offsets))
    for name, value in summarize(samples, asked.posts).items():
        print(f"{name:16} {value:,}")


if __name__ == "__main__":
    main()
