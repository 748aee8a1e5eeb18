"""Measure the service on loopback, beside `mlflow models serve` of the same model.

    python benchmarks/service.py [--texts POOL.jsonl] [--others OTHERS.jsonl] [--model FOLDER]
        [--seconds 20] [--batches 40] [--without-mlflow]

Texts are those of ``ADCLASSIFIER_DATA`` if none are named. A service learns words as it reads, so
each is sent the same other posts first (the file of others, and what of the texts is not measured);
then it is measured with texts that it has not seen, as long as there are any. What its first posts
took is a row of its own. Requests of the closed loop go to one service after the other in turn,
another one first in each round, so that whatever else the machine does touches all alike; the open
loop (benchmarks/load.py) counts from the time at which a request was due. "mlflow" is the model as
``train --track`` logs it; "not warm", as it was logged before: below 256 posts it judges without
compiled code. Prints a table and writes benchmarks/results/service.json. `total` is the service's
own time (``Server-Timing``).
"""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import hashlib
import json
import os
import re
import signal
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import load
import service_measures as measures
from service_measures import BATCH, CLIENTS, EVIDENCE, MLFLOW, OURS, PLAIN, RATE, Figures, Texts
from service_servers import mlflow_service, our_service

RESULT = Path(__file__).parent / "results" / "service.json"
LEAST_RATIO, MOST_P99_MS = 8.0, 10.0

_PERCENTILE = re.compile(r"_(p\d+|max)_ms$")


def main() -> None:
    """Start the services, measure, print, write."""
    asked = _parser().parse_args()
    if not asked.texts.is_file():
        raise SystemExit("no texts: name a file with --texts, or set ADCLASSIFIER_DATA")
    # told to stop, it stops the servers first
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))
    texts = read_texts(asked)
    busy = os.getloadavg()[0]
    table: list[Figures] = []
    measure_each(table, asked, texts)
    measure_workers(table, asked, texts)
    bars = judge(table)
    print("\n".join(f"{name}: {value}" for name, value in bars.items()))
    result = {
        "command": "python benchmarks/service.py",
        "date": dt.datetime.now(dt.UTC).date().isoformat(),
        "data_sha256": hashlib.sha256(asked.texts.read_bytes()).hexdigest(),
        "machine": {"cores": os.cpu_count(), "load_before": round(busy, 2)},
        "posts": {"sent_before": len(texts.others), "unseen": len(texts.measured)},
        "bars": bars,
        "rows": table,
    }
    RESULT.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", "utf-8")
    print(RESULT)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    data = Path(os.environ.get("ADCLASSIFIER_DATA", ""), "real_posts")
    parser.add_argument("--texts", type=Path, default=data / "pool.jsonl")
    parser.add_argument("--others", type=Path, default=data / "train.jsonl")
    parser.add_argument("--model", type=Path)
    parser.add_argument("--seconds", type=float, default=20.0, help="of each open loop")
    parser.add_argument("--batches", type=int, default=40, help="of the closed loop")
    parser.add_argument("--without-mlflow", action="store_true")
    return parser


def read_texts(asked: argparse.Namespace) -> Texts:
    """Set aside what is measured: two closed loops of ours, and two open ones for the bar."""
    texts = load.read_texts(asked.texts)
    others = load.read_texts(asked.others) if asked.others.is_file() else []
    n_measured = 2 * (asked.batches * (BATCH + 10) + round(RATE * asked.seconds))
    n_measured = min(n_measured, len(texts) // 2)
    known = set(others).union(texts[n_measured:])
    measured = [text for text in texts[:n_measured] if text not in known]
    return Texts([*texts[n_measured:], *others], measured)  # first what the measured are like


def measure_each(table: list[Figures], asked: argparse.Namespace, texts: Texts) -> None:
    """Measure one server of each kind, with one connection or on a schedule."""
    with contextlib.ExitStack() as stack:
        servers = {OURS: stack.enter_context(our_service(asked.model))}
        # nothing is sent before this, so that it is the first
        show(table, "first request", OURS, measures.first_request(servers[OURS], texts.others))
        servers[EVIDENCE] = servers[OURS]
        if not asked.without_mlflow:
            for name in (MLFLOW, PLAIN):
                service = mlflow_service(asked.model, warm=name == MLFLOW)
                servers[name] = stack.enter_context(service)
        for row in measures.measure_cold(servers, texts):
            show(table, *row)
        if not asked.without_mlflow:
            measures.check_same(servers, texts.others[:BATCH])
        measures.warm_up(servers, texts.others)
        for row in measures.measure_closed(servers, texts, asked.batches):
            show(table, *row)
        for row in measures.measure_open(servers, texts, asked.seconds):
            show(table, *row)
        for row in measures.measure_mixed(servers[OURS], texts, asked.seconds):
            show(table, *row)


def measure_workers(table: list[Figures], asked: argparse.Namespace, texts: Texts) -> None:
    """Send batches from several clients at a time, to each as it starts by itself and to two."""
    start: dict[str, Any] = {OURS: our_service, EVIDENCE: our_service}
    if not asked.without_mlflow:
        start[MLFLOW] = partial(mlflow_service, warm=True)
    for workers in (None, 2):
        for name, service in start.items():
            with service(asked.model, workers) as server:
                found = measures.measure_saturated(name, server, texts, asked.batches * 2)
            show(table, _saturated(workers), name, found)


def _saturated(workers: int | None) -> str:
    return f"{CLIENTS} clients, {BATCH} a request, {workers or 'default'} workers"


def show(table: list[Figures], what: str, name: str, figures: Figures) -> None:
    """Keep a row and print it, the percentiles of a series as 50/90/99/100."""
    table.append({"what": what, "service": name, **figures})
    shown = {key: value for key, value in figures.items() if not _PERCENTILE.search(key)}
    for series in ("client", "service", "lag"):
        values = [figures.get(f"{series}_{each}_ms") for each in ("p50", "p90", "p99", "max")]
        if None not in values:
            shown[f"{series}_ms"] = "/".join(f"{value:.1f}" for value in values)
    parts = ", ".join(f"{key} {value}" for key, value in shown.items())
    print(f"{what:47} {name:16} {parts}", flush=True)


def judge(table: Sequence[Figures]) -> dict[str, Any]:
    """Compare with the bars of the specification."""
    rows = {(row["what"], row["service"]): row for row in table}
    single = f"open loop, {RATE:g} requests/s, 1 a request"
    alone, cold = f"closed loop, {BATCH} a request", f"cold, the first, {BATCH} a request"
    # what is compared: one connection; all clients, with the workers of each that its command
    # starts by default (one of ours, one of MLflow's), then with two of ours, and of theirs
    plans = {
        "1 connection": (alone, alone),
        "1 connection, cold": (cold, cold),
        f"{CLIENTS} clients, default workers of each": (_saturated(None), _saturated(None)),
        f"{CLIENTS} clients, 2 workers : default": (_saturated(2), _saturated(None)),
        f"{CLIENTS} clients, 2 workers : 2": (_saturated(2), _saturated(2)),
    }
    found: dict[str, Any] = {}
    for name in (OURS, EVIDENCE):
        for plan, (here, there) in plans.items():
            for peer_name in (MLFLOW, PLAIN):
                own, peer = rows.get((here, name)), rows.get((there, peer_name))
                if own and peer:
                    said = f"batch of {BATCH}, {name}, {plan}: times {peer_name}"
                    ratio = own["posts_per_s"] / peer["posts_per_s"]
                    found[f"{said} (bar {LEAST_RATIO:g})"] = round(ratio, 2)
                    cpu = peer["cpu_ms_per_request"] / own["cpu_ms_per_request"]
                    found[f"{said}, by processor time"] = round(cpu, 2)
        p99 = rows[single, name]["service_p99_ms"]
        found[f"single post, {name}: p99 service ms (bar {MOST_P99_MS:g})"] = p99
    return found


if __name__ == "__main__":
    main()
