"""benchmarks/load.py against a server of a few lines."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable, Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, ClassVar

import pytest

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"
HEAD = (
    b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nServer-Timing: wait;dur=0.5, total;dur=1.25\r\n\r\n"
)


@pytest.fixture(scope="module")
def load() -> Iterator[ModuleType]:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(BENCHMARKS))
        yield import_module("load")
        sys.modules.pop("load", None)


class Service(asyncio.Protocol):
    """Reads requests of one piece each; what it answers, the subclasses say."""

    def __init__(self, connections: list[asyncio.WriteTransport]) -> None:
        self.connections = connections

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport)
        self.transport = transport
        self.connections.append(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        self.connections.remove(self.transport)


class Stalling(Service):
    """Answers nobody before the third has asked."""

    asked: ClassVar[list[asyncio.WriteTransport]] = []

    def data_received(self, data: bytes) -> None:
        self.asked.append(self.transport)
        if len(self.asked) == 3:
            for each in self.asked:
                each.write(HEAD + b"{}")


class Stuttering(Service):
    """Answers in pieces, each sent when the client has had time to read the one before."""

    def data_received(self, data: bytes) -> None:
        self.send([HEAD[:10], HEAD[10:], b"{", b"}"])

    def send(self, pieces: list[bytes]) -> None:
        self.transport.write(pieces[0])
        if pieces[1:]:
            asyncio.get_running_loop().call_later(0.005, self.send, pieces[1:])


class Leaving(Service):
    """Hangs up after each answer, as a server does on connections that are idle."""

    def data_received(self, data: bytes) -> None:
        self.transport.write(HEAD + b"{}")
        self.transport.close()


def ask(
    load: ModuleType, service: type[Service], send: Callable[[int], Awaitable[list[Any]]]
) -> list[Any]:
    """Send to a service of this kind; give the samples once every connection is closed."""

    async def run() -> list[Any]:
        connections: list[asyncio.WriteTransport] = []
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: service(connections), "127.0.0.1", 0)
        samples = await send(server.sockets[0].getsockname()[1])
        while connections:
            await asyncio.sleep(0)
        server.close()
        return samples

    found: list[Any] = load.run(run())
    return found


def test_open_loop_sends_on_time_and_charges_a_service_that_stalls(load: ModuleType) -> None:
    offsets = [0.0, 0.02, 0.04]
    requests = [load.write_request("/", {})] * len(offsets)
    samples = ask(load, Stalling, lambda port: load.open_loop(port, requests, offsets))
    took = [sample.done - sample.due for sample in samples]
    assert all(each >= offsets[-1] - offset for each, offset in zip(took, offsets, strict=True))
    assert all(sample.left >= sample.due for sample in samples)


def test_closed_loop_reads_answers_that_come_in_pieces(load: ModuleType) -> None:
    requests = [load.write_request("/", {})] * 2
    samples = ask(load, Stuttering, lambda port: load.closed_loop(port, requests))
    found = [(sample.status, sample.service_ms, sample.body) for sample in samples]
    assert found == [(200, 1.25, b"{}")] * 2


def test_connections_replace_one_that_the_service_closed(load: ModuleType) -> None:
    async def twice(port: int) -> list[Any]:
        connections = load.Connections(port)
        samples = [await connections.ask(load.write_request("/", {}))]
        while not connections._free[0].lost:
            await asyncio.sleep(0)
        samples.append(await connections.ask(load.write_request("/", {})))
        connections.close()
        return samples

    assert [sample.status for sample in ask(load, Leaving, twice)] == [200, 200]


@pytest.mark.parametrize("arrivals", ["constant", "poisson"])
def test_make_offsets_keeps_the_rate(load: ModuleType, arrivals: str) -> None:
    offsets = load.make_offsets(50.0, 100.0, arrivals)
    assert len(offsets) == 5000
    assert offsets == sorted(offsets)
    assert offsets[-1] == pytest.approx(100.0, rel=0.05)


def sample(load: ModuleType, took: float, status: int = 200, service_ms: float = 1.0) -> Any:
    return load.Sample(0.0, 0.5, took, status, service_ms, b"")


def test_summarize_counts_from_the_time_a_request_was_due(load: ModuleType) -> None:
    found = load.summarize([sample(load, 2.0), sample(load, 4.0)], 10)
    assert found["client_max_ms"] == 4000.0
    assert found["lag_max_ms"] == 500.0
    assert found["posts_per_s"] == 5.0


def test_summarize_leaves_out_a_time_that_no_service_said(load: ModuleType) -> None:
    assert "service_p50_ms" not in load.summarize([sample(load, 1.0, service_ms=float("nan"))], 1)


def test_summarize_refuses_answers_that_are_refusals(load: ModuleType) -> None:
    with pytest.raises(SystemExit, match="1 requests were answered 503"):
        load.summarize([sample(load, 1.0), sample(load, 1.0, status=503)], 1)


def test_read_texts_cuts_at_ends_of_lines_alone(load: ModuleType, tmp_path: Path) -> None:
    file = tmp_path / "posts.jsonl"
    file.write_text('{"text": "a\u2028b"}\n{"text": "c"}\n', "utf-8")
    assert sorted(load.read_texts(file)) == ["a\u2028b", "c"]
