"""Measure the service on loopback, beside `mlflow models serve` of the same model.

    python benchmarks/service.py [--texts POOL.jsonl] [--model FOLDER] [--seconds 20]
        [--batches 30] [--without-mlflow] [--before EARLIER/src]

Texts are those of ``ADCLASSIFIER_DATA``'s pool if none are named. Requests of the closed loop go to
one service after the other in turn, so that whatever else the machine does touches all alike; the
open loop (benchmarks/load.py) counts from the time at which a request was due. Prints a table and
writes benchmarks/results/service.json. `total` is the service's own time (``Server-Timing``).
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import datetime as dt
import hashlib
import json
import os
import re
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import load
from service_servers import Server, mlflow_service, our_service

RESULT = Path(__file__).parent / "results" / "service.json"
MLFLOW, BEFORE = "mlflow", "mlflow, before"
#: Requests a second, and posts of each, of the open loop with both services; MLflow keeps up.
GENTLE = ((20, 1), (4, 100))
BATCH, RATE, CLIENTS, WARM_ROUNDS = 100, 100.0, 8, 6
LEAST_RATIO, MOST_P99_MS = 8.0, 10.0

_PERCENTILE = re.compile(r"_(p\d+|max)_ms$")

Figures = dict[str, Any]


def main() -> None:
    """Start the services, measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    pool = Path(os.environ.get("ADCLASSIFIER_DATA", ""), "real_posts", "pool.jsonl")
    parser.add_argument("--texts", type=Path, default=pool)
    parser.add_argument("--model", type=Path)
    parser.add_argument("--seconds", type=float, default=20.0, help="of each open loop")
    parser.add_argument("--batches", type=int, default=30, help="of the closed loop")
    parser.add_argument("--without-mlflow", action="store_true")
    parser.add_argument("--before", type=Path, help="src of an earlier version, for MLflow as well")
    asked = parser.parse_args()
    if not asked.texts.is_file():
        raise SystemExit("no texts: name a file with --texts, or set ADCLASSIFIER_DATA")
    # told to stop, it stops the servers first
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))
    texts = load.read_texts(asked.texts)
    busy = os.getloadavg()[0]
    table: list[Figures] = []
    with contextlib.ExitStack() as stack:
        servers = {"ours": stack.enter_context(our_service(asked.model))}
        # nothing is sent before this, so that it is the first
        show(table, "first request", "ours", first_request(servers["ours"], texts))
        servers["ours, evidence"] = servers["ours"]
        if not asked.without_mlflow:
            servers[MLFLOW] = stack.enter_context(mlflow_service(asked.model))
            check_same(servers, texts[:BATCH])
        if asked.before:
            servers[BEFORE] = stack.enter_context(mlflow_service(asked.model, 1, asked.before))
        measure_closed(table, servers, texts, asked.batches)
        measure_open(table, servers, texts, asked.seconds)
        measure_mixed(table, servers["ours"], texts, asked.seconds)
    measure_workers(table, asked, texts)
    bars = judge(table)
    print("\n".join(f"{name}: {value}" for name, value in bars.items()))
    result = {
        "command": "python benchmarks/service.py",
        "date": dt.datetime.now(dt.UTC).date().isoformat(),
        "data_sha256": hashlib.sha256(asked.texts.read_bytes()).hexdigest(),
        "machine": {"cores": os.cpu_count(), "load_before": round(busy, 2)},
        "bars": bars,
        "rows": table,
    }
    RESULT.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", "utf-8")
    print(RESULT)


def requests_for(
    name: str, texts: Sequence[str], n_requests: int, n_posts: int, first: int = 0
) -> list[bytes]:
    """Write requests as one of the services takes them, with the same texts for each."""
    moved = [*texts[first:], *texts[:first]]
    bodies = load.make_bodies(moved, n_requests, n_posts, explain=name == "ours, evidence")
    if name in (MLFLOW, BEFORE):
        bodies = [
            {"dataframe_split": {"columns": ["text"], "data": [[p["text"]] for p in body["posts"]]}}
            for body in bodies
        ]
        return [load.write_request("/invocations", body) for body in bodies]
    return [load.write_request("/v1/predict", body) for body in bodies]


def first_request(server: Server, texts: Sequence[str]) -> Figures:
    """Ask once, as soon as the service says that it runs."""
    asked = load.closed_loop(server.port, requests_for("ours", texts, 1, 1))
    sample = asyncio.run(asked)[0]
    return {
        "ready_after_s": round(server.started_s, 2),
        "client_ms": round((sample.done - sample.left) * 1000, 3),
        "service_ms": sample.service_ms,
    }


def check_same(servers: Mapping[str, Server], texts: Sequence[str]) -> None:
    """Refuse to compare services that do not say the same."""
    answers = []
    for name in ("ours, evidence", MLFLOW):
        (sample,) = asyncio.run(
            load.closed_loop(servers[name].port, requests_for(name, texts, 1, len(texts)))
        )
        # NaN is MLflow's word for the null of an unreadable text
        answer = json.loads(sample.body, parse_constant=lambda _: None)
        answers.append(answer["predictions"])
    if answers[0] != answers[1]:
        raise SystemExit("the services say different things of the same texts")


def measure_closed(
    table: list[Figures], servers: Mapping[str, Server], texts: Sequence[str], n_batches: int
) -> None:
    """Ask the services in turn, over one connection each, batches and then single posts."""
    for n_posts, n in ((BATCH, n_batches), (1, n_batches * 10)):
        found = asyncio.run(_in_turn(servers, texts, n, n_posts))
        for name, (samples, cpu_ms) in found.items():
            # each service's own time: the others were asked in between
            took = sum(sample.done - sample.left for sample in samples)
            figures = load.summarize(samples, n_posts)
            figures["posts_per_s"] = round(n * n_posts / took, 1)
            figures["cpu_ms_per_request"] = round(cpu_ms / n, 2)
            show(table, f"closed loop, {n_posts} a request", name, figures)


async def _in_turn(
    servers: Mapping[str, Server], texts: Sequence[str], n: int, n_posts: int
) -> dict[str, tuple[list[load.Sample], float]]:
    warming = 3
    supply = {name: requests_for(name, texts, n + warming, n_posts) for name in servers}
    connections = {name: load.Connections(server.port) for name, server in servers.items()}
    found: dict[str, list[load.Sample]] = {name: [] for name in servers}
    cpu_ms = dict.fromkeys(servers, 0.0)
    for i in range(n + warming):
        for name, connection in connections.items():
            before = servers[name].cpu_ms()
            sample = await connection.ask(supply[name][i])
            if i >= warming:
                cpu_ms[name] += servers[name].cpu_ms() - before
                found[name].append(sample)
    for connection in connections.values():
        connection.close()
    return {name: (samples, cpu_ms[name]) for name, samples in found.items()}


def measure_open(
    table: list[Figures], servers: Mapping[str, Server], texts: Sequence[str], seconds: float
) -> None:
    """Send on a schedule: what both services bear, then what the bar asks of ours."""
    plans = [(name, rate, n_posts) for rate, n_posts in GENTLE for name in servers]
    plans += [(name, RATE, 1) for name in servers if name not in (MLFLOW, BEFORE)]
    for name, rate, n_posts in plans:
        offsets = load.make_offsets(rate, seconds, "poisson")
        requests = requests_for(name, texts, len(offsets), n_posts, first=5000)
        samples = asyncio.run(load.open_loop(servers[name].port, requests, offsets))
        what = f"open loop, {rate:g} requests/s, {n_posts} a request"
        show(table, what, name, load.summarize(samples, n_posts))


def measure_mixed(
    table: list[Figures], server: Server, texts: Sequence[str], seconds: float
) -> None:
    """Send single posts and ask for health, while a client sends batch after batch."""
    offsets = load.make_offsets(RATE / 2, seconds, "poisson")
    singles = requests_for("ours", texts, len(offsets), 1)
    health = [b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"] * len(offsets)

    async def run() -> tuple[list[load.Sample], list[load.Sample], int]:
        batches = asyncio.create_task(_keep_busy(server.port, texts))
        both = asyncio.gather(
            load.open_loop(server.port, singles, offsets),
            load.open_loop(server.port, health, offsets),
        )
        asked, probed = await both
        batches.cancel()
        done = await batches
        return asked, probed, done

    asked, probed, n_batches = asyncio.run(run())
    beside = f"beside batches of {BATCH}"
    show(table, f"{beside}: {RATE / 2:g} single posts/s", "ours", load.summarize(asked, 1))
    show(table, f"{beside}: {RATE / 2:g} /healthz/s", "ours", load.summarize(probed, 0))
    rate = round(n_batches * BATCH / seconds, 1)
    show(table, f"{beside}: the batches", "ours", {"n_requests": n_batches, "posts_per_s": rate})


async def _keep_busy(port: int, texts: Sequence[str]) -> int:
    """Send batch after batch until cancelled; give their number."""
    connection = await load.connect(port)
    supply = requests_for("ours", texts, len(texts) // BATCH, BATCH)
    done = 0
    with contextlib.suppress(asyncio.CancelledError):
        while True:
            await connection.ask(supply[done % len(supply)])
            done += 1
    connection.close()
    return done


def measure_workers(table: list[Figures], asked: argparse.Namespace, texts: Sequence[str]) -> None:
    """Send batches from several clients at a time to one worker and to two; look at the memory."""
    start = {"ours": our_service, "ours, evidence": our_service, MLFLOW: mlflow_service}
    for workers in (1, 2):
        for name in start:
            if name == MLFLOW and asked.without_mlflow:
                continue
            requests = requests_for(name, texts, asked.batches * 2, BATCH)
            with start[name](asked.model, workers) as server:
                for _ in range(WARM_ROUNDS):  # new connections each time: no worker stays cold
                    warm = requests_for(name, texts, CLIENTS * 2, 10)
                    asyncio.run(load.closed_loop(server.port, warm, CLIENTS))
                before = server.cpu_ms()
                samples = asyncio.run(load.closed_loop(server.port, requests, CLIENTS))
                cpu_ms = (server.cpu_ms() - before) / len(samples)
                figures = {"cpu_ms_per_request": round(cpu_ms, 2)} | server.memory()
            show(table, _saturated(workers), name, load.summarize(samples, BATCH) | figures)


def _saturated(workers: int) -> str:
    return f"{CLIENTS} clients, {BATCH} a request, {workers} workers"


def show(table: list[Figures], what: str, name: str, figures: Figures) -> None:
    """Keep a row and print it, the percentiles of a series as 50/90/99/100."""
    table.append({"what": what, "service": name, **figures})
    shown = {key: value for key, value in figures.items() if not _PERCENTILE.search(key)}
    for series in ("client", "service", "lag"):
        values = [figures.get(f"{series}_{each}_ms") for each in ("p50", "p90", "p99", "max")]
        if None not in values:
            shown[f"{series}_ms"] = "/".join(f"{value:.1f}" for value in values)
    parts = ", ".join(f"{key} {value}" for key, value in shown.items())
    print(f"{what:47} {name:15} {parts}", flush=True)


def judge(table: Sequence[Figures]) -> dict[str, Any]:
    """Compare with the bars of the specification."""
    rows = {(row["what"], row["service"]): row for row in table}
    single = f"open loop, {RATE:g} requests/s, 1 a request"
    alone = f"closed loop, {BATCH} a request"
    # what is compared: one connection; all clients, with two workers of ours, and theirs
    plans = {
        "1 connection": (alone, alone, MLFLOW),
        "1 connection, before": (alone, alone, BEFORE),
        "2 workers : 1": (_saturated(2), _saturated(1), MLFLOW),
        "2 workers : 2": (_saturated(2), _saturated(2), MLFLOW),
    }
    found: dict[str, Any] = {}
    for name in ("ours", "ours, evidence"):
        for plan, (here, there, peer_name) in plans.items():
            if peer := rows.get((there, peer_name)):
                said = f"batch of {BATCH}, {name}, {plan}"
                ratio = rows[here, name]["posts_per_s"] / peer["posts_per_s"]
                found[f"{said}: times mlflow (bar {LEAST_RATIO:g})"] = round(ratio, 2)
                cpu = peer["cpu_ms_per_request"] / rows[here, name]["cpu_ms_per_request"]
                found[f"{said}: times mlflow by processor time"] = round(cpu, 2)
        p99 = rows[single, name]["service_p99_ms"]
        found[f"single post, {name}: p99 service ms (bar {MOST_P99_MS:g})"] = p99
    return found


if __name__ == "__main__":
    main()
