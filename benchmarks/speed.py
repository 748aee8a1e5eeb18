"""Measure how fast posts are judged on this machine: loading, texts a second, reasons or not.

    python benchmarks/speed.py [--model FOLDER] [--posts 5000]

Takes the texts of ``data/samples`` again and again, in one process, and prints.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from adclassifier import load

SAMPLES = Path("data/samples/posts.jsonl")


def main() -> None:
    """Load, judge, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model")
    parser.add_argument("--posts", type=int, default=5000)
    options = parser.parse_args()
    texts = list(itertools.islice(itertools.cycle(sample_texts()), options.posts))
    print(f"{os.cpu_count()} cores, {len(texts):,} posts of {SAMPLES}")
    with clocked("load", 1, "bundle"):
        classifier = load(options.model)
    with clocked("first text (compiles, or reads what was compiled)", 1, "text"):
        classifier.predict(texts[:1])
    for name, explain in (("without reasons", False), ("with reasons", True)):
        with clocked(name, len(texts), "texts"):
            classifier.predict(texts, explain=explain)


def sample_texts() -> Iterator[str]:
    """Give the texts of the sample file, without its broken row."""
    for line in SAMPLES.read_text("utf-8").splitlines():
        try:
            yield json.loads(line)["content"]
        except (json.JSONDecodeError, KeyError):
            continue


@contextmanager
def clocked(name: str, n: int, unit: str) -> Iterator[None]:
    """Print how long a block takes, and how many of its things a second."""
    began = time.perf_counter()
    yield
    seconds = time.perf_counter() - began
    rate = f", {n / seconds:,.0f} {unit}/s" if n > 1 else ""
    print(f"{name}: {seconds:.2f} s{rate}")


if __name__ == "__main__":
    main()
