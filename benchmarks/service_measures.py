"""The measurements of benchmarks/service.py: each gives what it measured, service by service."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import load
from service_servers import Server

OURS, EVIDENCE, MLFLOW, PLAIN = "ours", "ours, evidence", "mlflow", "mlflow, not warm"
#: Requests a second, and posts of each, of the open loop with all services; MLflow keeps up.
GENTLE = ((20, 1), (4, 100))
BATCH, RATE, CLIENTS = 100, 100.0, 8
#: Posts of the cold figure: the first that a service is sent.
COLD = 3000

Figures = dict[str, Any]
#: What was measured, the service, and the figures.
Rows = Iterator[tuple[str, str, Figures]]


@dataclass
class Texts:
    """Texts of two kinds: those that warm a service up, and those that it is measured with.

    Parameters
    ----------
    others : sequence of str
        Every service is sent all of these before it is measured.
    measured : sequence of str
        Handed out one after the other, so that no service has seen what it is sent; over again
        once there are no more.
    """

    others: Sequence[str]
    measured: Sequence[str]
    handed_out: int = 0

    def take(self, n: int) -> list[str]:
        """Give the next texts."""
        first = self.handed_out
        self.handed_out += n
        return [self.measured[(first + i) % len(self.measured)] for i in range(n)]


def write_requests(name: str, texts: Sequence[str], n_posts: int) -> list[bytes]:
    """Write requests of so many posts as a service takes them."""
    n_requests = len(texts) // n_posts
    bodies = load.make_bodies(texts, n_requests, n_posts, explain=name == EVIDENCE)
    if name in (MLFLOW, PLAIN):
        bodies = [
            {"dataframe_split": {"columns": ["text"], "data": [[p["text"]] for p in body["posts"]]}}
            for body in bodies
        ]
        return [load.write_request("/invocations", body) for body in bodies]
    return [load.write_request("/v1/predict", body) for body in bodies]


def first_request(server: Server, texts: Sequence[str]) -> Figures:
    """Ask once, as soon as the service says that it runs."""
    asked = load.closed_loop(server.port, write_requests(OURS, texts[:1], 1))
    sample = load.run(asked)[0]
    return {
        "ready_after_s": round(server.started_s, 2),
        "client_ms": round((sample.done - sample.left) * 1000, 3),
        "service_ms": sample.service_ms,
    }


def check_same(servers: Mapping[str, Server], texts: Sequence[str]) -> None:
    """Refuse to compare services that do not say the same."""
    answers = []
    for name in (EVIDENCE, MLFLOW):
        (sample,) = load.run(
            load.closed_loop(servers[name].port, write_requests(name, texts, len(texts)))
        )
        # NaN is MLflow's word for the null of an unreadable text
        answer = json.loads(sample.body, parse_constant=lambda _: None)
        answers.append(answer["predictions"])
    if answers[0] != answers[1]:
        raise SystemExit("the services say different things of the same texts")


def warm_up(servers: Mapping[str, Server], texts: Sequence[str], n_clients: int = 1) -> None:
    """Send the same posts to every service, once to each, in batches."""
    for name, server in servers.items():
        if name != EVIDENCE:  # the same server as without
            requests = write_requests(name, texts, BATCH)
            for each in range(0, len(requests), 2 * n_clients):  # new connections: all workers
                part = requests[each : each + 2 * n_clients]
                load.run(load.closed_loop(server.port, part, n_clients))


def measure_cold(servers: Mapping[str, Server], texts: Texts) -> Rows:
    """Send the first batches that each service ever sees."""
    cold = {name: server for name, server in servers.items() if name != EVIDENCE}
    yield from _closed("cold, the first", cold, COLD // BATCH, BATCH, lambda n: texts.others[:n])


def measure_closed(servers: Mapping[str, Server], texts: Texts, n_batches: int) -> Rows:
    """Send batches and then single posts, over one connection to each service."""
    for n_posts, n in ((BATCH, n_batches), (1, n_batches * 10)):
        yield from _closed("closed loop", servers, n, n_posts, texts.take)


def _closed(
    what: str,
    servers: Mapping[str, Server],
    n: int,
    n_posts: int,
    take: Callable[[int], Sequence[str]],
) -> Rows:
    """Ask the services in turn; MLflow is sent what ours is, and the first changes each round."""
    same = take(n * n_posts)
    own = {name: take(n * n_posts) if name == EVIDENCE else same for name in servers}
    supply = {name: write_requests(name, own[name], n_posts) for name in servers}
    found, cpu_ms = load.run(_in_turn(servers, supply))
    for name, samples in found.items():
        # each service's own time: the others were asked in between
        took = sum(sample.done - sample.left for sample in samples)
        figures = load.summarize(samples, n_posts)
        figures["posts_per_s"] = round(n * n_posts / took, 1)
        figures["cpu_ms_per_request"] = round(cpu_ms[name] / n, 2)
        yield f"{what}, {n_posts} a request", name, figures


async def _in_turn(
    servers: Mapping[str, Server], supply: Mapping[str, Sequence[bytes]]
) -> tuple[dict[str, list[load.Sample]], dict[str, float]]:
    connections = {name: load.Connections(server.port) for name, server in servers.items()}
    found: dict[str, list[load.Sample]] = {name: [] for name in servers}
    cpu_ms = dict.fromkeys(servers, 0.0)
    names = list(servers)
    for i in range(len(supply[names[0]])):
        for name in names[i % len(names) :] + names[: i % len(names)]:
            before = servers[name].cpu_ms()
            found[name].append(await connections[name].ask(supply[name][i]))
            cpu_ms[name] += servers[name].cpu_ms() - before
    for connection in connections.values():
        connection.close()
    return found, cpu_ms


def measure_open(servers: Mapping[str, Server], texts: Texts, seconds: float) -> Rows:
    """Send on a schedule: what the bar asks of ours, then what all services bear."""
    ours = [name for name in servers if name in (OURS, EVIDENCE)]
    plans = [(name, RATE, 1, seconds) for name in ours]
    plans += [(name, rate, n, seconds / 2) for rate, n in GENTLE for name in servers]
    for name, rate, n_posts, duration in plans:
        offsets = load.make_offsets(rate, duration, "poisson")
        requests = write_requests(name, texts.take(len(offsets) * n_posts), n_posts)
        samples = load.run(load.open_loop(servers[name].port, requests, offsets))
        what = f"open loop, {rate:g} requests/s, {n_posts} a request"
        yield what, name, load.summarize(samples, n_posts)


def measure_mixed(server: Server, texts: Texts, seconds: float) -> Rows:
    """Send single posts and ask for health, while a client sends batch after batch."""
    offsets = load.make_offsets(RATE / 2, seconds, "poisson")
    singles = write_requests(OURS, texts.take(len(offsets)), 1)
    health = [b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"] * len(offsets)
    beside = write_requests(OURS, texts.others, BATCH)

    async def run() -> tuple[list[load.Sample], list[load.Sample], int]:
        batches = asyncio.create_task(_keep_busy(server.port, beside))
        both = asyncio.gather(
            load.open_loop(server.port, singles, offsets),
            load.open_loop(server.port, health, offsets),
        )
        asked, probed = await both
        batches.cancel()
        return asked, probed, await batches

    asked, probed, n_batches = load.run(run())
    what = f"beside batches of {BATCH}"
    yield f"{what}: {RATE / 2:g} single posts/s", OURS, load.summarize(asked, 1)
    yield f"{what}: {RATE / 2:g} /healthz/s", OURS, load.summarize(probed, 0)
    rate = round(n_batches * BATCH / seconds, 1)
    yield f"{what}: the batches", OURS, {"n_requests": n_batches, "posts_per_s": rate}


async def _keep_busy(port: int, requests: Sequence[bytes]) -> int:
    """Send request after request until cancelled; give their number."""
    connection = await load.connect(port)
    done = 0
    with contextlib.suppress(asyncio.CancelledError):
        while True:
            await connection.ask(requests[done % len(requests)])
            done += 1
    connection.close()
    return done


def measure_saturated(name: str, server: Server, texts: Texts, n_requests: int) -> Figures:
    """Send batches from several clients at a time; look at the memory."""
    warm_up({OURS if name == EVIDENCE else name: server}, texts.others, CLIENTS)
    requests = write_requests(name, texts.measured, BATCH)
    before = server.cpu_ms()
    sent = list(islice(requests, n_requests))
    samples = load.run(load.closed_loop(server.port, sent, CLIENTS))
    cpu_ms = (server.cpu_ms() - before) / len(samples)
    figures = load.summarize(samples, BATCH)
    return figures | {"cpu_ms_per_request": round(cpu_ms, 2)} | server.memory()
