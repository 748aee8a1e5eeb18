"""Measure Spark standalone (a master, two workers of one core each) against the local engine.

    ADCLASSIFIER_DATA=… python benchmarks/spark.py [--posts 20000] [--jobs 1 2]

Both judge the same posts, drawn from the pool, Parquet to Parquet, without evidence, with the
command line. The outputs are compared value for value.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from throughput_texts import read_texts, resample, write_posts
from throughput_watch import MemorySampler, Usage, run

HERE = Path(__file__).resolve().parent
CLUSTER = HERE.parent / "deploy" / "spark" / "cluster.py"
RESULT = HERE / "results" / "spark.json"
N_WORKERS = 2
N_WARM = 2_000


def main() -> None:
    """Measure, compare, write and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--posts", type=int, default=20_000)
    parser.add_argument("--jobs", type=int, nargs="+", default=[1, 2], help="of the local engine")
    parser.add_argument("--results", type=Path, default=RESULT)
    asked = parser.parse_args()
    if not (data := os.environ.get("ADCLASSIFIER_DATA")):
        parser.error("ADCLASSIFIER_DATA: unset; the folder that holds real_posts/")
    pool = read_texts(Path(data) / "real_posts" / "pool.jsonl")
    with tempfile.TemporaryDirectory(prefix="adclassifier-") as name:
        folder = Path(name)
        write_posts(resample(pool, asked.posts), folder / "posts.parquet")
        write_posts(pool[:1], folder / "one.parquet")
        write_posts(resample(pool, N_WARM), folder / "warm.parquet")
        score(folder, "warm", "warmed", ("--jobs", "1"))  # compiles what is not compiled yet
        figures = measure(folder, asked.posts, asked.jobs)
    asked.results.write_text(json.dumps(figures, indent=1) + "\n")
    print(json.dumps(figures, indent=1))


def measure(folder: Path, n_posts: int, jobs: list[int]) -> dict[str, Any]:
    """Judge the posts with both engines."""
    rows = {}
    for n in jobs:
        rows[f"local, {n} jobs"] = compare(folder, f"local-{n}", ("--jobs", str(n)), n_posts)
    with cluster(folder / "cluster") as (master, workers):
        engine = ("--engine", "spark", "--master", master)
        score(folder, "warm", "warm-spark", engine)
        with workers:
            rows["spark standalone"] = compare(folder, "spark", engine, n_posts)
        cpu = [cpu_of(sampler.pid) for sampler in workers.samplers]
        memory = [round(sampler.pss / 1e6) for sampler in workers.samplers]
    names = (f"local-{jobs[0]}", "spark")
    first, last = (pq.read_table(folder / f"{name}.parquet") for name in names)
    pairs = zip(first.to_pylist(), last.to_pylist(), strict=True)
    fastest = max(row["posts_per_s"] for name, row in rows.items() if name.startswith("local"))
    return {
        "machine": f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores",
        "python": platform.python_version(),
        "n_posts": n_posts,
        "rows": rows,
        "rows_that_differ": sum(a != b for a, b in pairs),
        "same_table": last.equals(first, check_metadata=True),
        "spark_by_fastest_local": rows["spark standalone"]["posts_per_s"] / fastest,
        "worker_cpu_s_of_all_runs": cpu,
        "worker_peak_mb": memory,  # daemon, executor and Python together; shared pages once
    }


def compare(folder: Path, name: str, extra: tuple[str, ...], n_posts: int) -> dict[str, float]:
    """Judge one post, then all: what is left when the start is taken away is the rate."""
    start = score(folder, "one", f"{name}-one", extra)
    whole = score(folder, "posts", name, extra)
    seconds = max(whole.seconds - start.seconds, 1e-9)
    return {
        **{f"one_post_{key}": value for key, value in asdict(start).items()},
        **asdict(whole),
        "posts_per_s": n_posts / seconds,
        "posts_per_s_with_start": n_posts / whole.seconds,
    }


def score(folder: Path, source: str, output: str, extra: tuple[str, ...]) -> Usage:
    """Run the command line."""
    files = (str(folder / f"{source}.parquet"), "--output", str(folder / f"{output}.parquet"))
    options = ("--no-evidence", "--quiet", *extra)
    return run([sys.executable, "-m", "adclassifier.cli", "score", *files, *options])


def cpu_of(pid: int) -> float:
    """Give the CPU seconds of a daemon and of all below it that has ended."""
    after = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, after[11:15])) / os.sysconf("SC_CLK_TCK")


class Workers:
    """Watches the memory of the workers, each with its executor and the Python below it."""

    def __init__(self, pids: list[int]) -> None:
        self.samplers = [MemorySampler(pid) for pid in pids]

    def __enter__(self) -> Workers:
        for sampler in self.samplers:
            sampler.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        for sampler in self.samplers:
            sampler.__exit__()


@contextmanager
def cluster(folder: Path) -> Iterator[tuple[str, Workers]]:
    """Start a cluster on free ports of loopback, and stop it."""
    command = [sys.executable, str(CLUSTER)]
    start = [*command, "start", str(folder), "--port", "0", "--workers", str(N_WORKERS)]
    master = subprocess.run(start, check=True, capture_output=True, text=True).stdout.strip()
    try:
        pids = [int((folder / f"worker-{n}.pid").read_text()) for n in range(N_WORKERS)]
        yield master, Workers(pids)
    finally:
        subprocess.run([*command, "stop", str(folder)], check=True)


if __name__ == "__main__":
    main()
