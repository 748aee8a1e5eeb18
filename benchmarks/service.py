"""Measure the service on loopback: one post a request, and 100 posts a request.

    python benchmarks/service.py [--model FOLDER] [--requests 300] [--batches 20]

Starts the command on a free port, asks one request after the other over one connection with the
texts of ``data/samples``, prints milliseconds, and stops it.
"""

from __future__ import annotations

import argparse
import http.client
import itertools
import json
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

SAMPLES = Path("data/samples/posts.jsonl")


def main() -> None:
    """Start the service, measure, print, stop it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model")
    parser.add_argument("--requests", type=int, default=300)
    parser.add_argument("--batches", type=int, default=20)
    options = parser.parse_args()
    command = [sys.executable, "-m", "adclassifier_api", "--port", "0"]
    command += ["--model", options.model] if options.model else []
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder, "log")
        # a file, since a pipe that nobody empties would stop the server after 64 kB of log
        with log.open("w") as writing, subprocess.Popen(command, stderr=writing) as process:
            try:
                port = find_port(process, log)
                print(f"ready after {time.perf_counter() - began:.1f} s")
                measure(port, options.requests, options.batches)
            finally:
                process.terminate()


def find_port(process: subprocess.Popen[bytes], log: Path) -> int:
    """Wait for the line of the server's log that names its address."""
    while process.poll() is None:
        if found := re.search(r"running on http://127\.0\.0\.1:(\d+)", log.read_text("utf-8")):
            return int(found[1])
        time.sleep(0.05)
    raise SystemExit(log.read_text("utf-8") or "the service did not start")


def measure(port: int, n_requests: int, n_batches: int) -> None:
    """Print the time of each kind of request."""
    texts = sample_texts()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    for size, n, explain in [
        (1, n_requests, False),
        (1, n_requests, True),
        (100, n_batches, False),
        (100, n_batches, True),
    ]:
        supply = itertools.cycle(texts)
        bodies = [
            json.dumps({"posts": [{"text": next(supply)} for _ in range(size)], "explain": explain})
            for _ in range(n)
        ]
        times = [ask(connection, body) for body in bodies]
        report(f"{size:3} posts, explain={explain!s:5}", times, size)
    connection.close()


def sample_texts() -> Sequence[str]:
    """Read the sample posts, without the row that is broken on purpose."""
    lines = SAMPLES.read_text("utf-8").splitlines()
    rows = [json.loads(line) for line in lines if line.endswith("}")]
    return [row["content"] for row in rows if isinstance(row["content"], str)]


def ask(connection: http.client.HTTPConnection, body: str) -> float:
    """Send one request; give the seconds until the whole answer is here."""
    began = time.perf_counter()
    headers = {"Content-Type": "application/json"}
    connection.request("POST", "/v1/predict", body.encode(), headers)
    response = connection.getresponse()
    response.read()
    if response.status != 200:
        raise SystemExit(f"the service answered {response.status}")
    return time.perf_counter() - began


def report(name: str, times: Sequence[float], size: int) -> None:
    """Print the median, the 95th percentile and the rate."""
    centiles = statistics.quantiles(times, n=20)
    print(
        f"{name}: median {statistics.median(times) * 1000:7.1f} ms, "
        f"95 % {centiles[-1] * 1000:7.1f} ms, {size * len(times) / sum(times):7.0f} posts/s"
    )


if __name__ == "__main__":
    main()
