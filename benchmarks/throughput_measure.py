"""Measure peers on files: start-up, steady rate, memory, single calls."""

from __future__ import annotations

import csv
import json
import shutil
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
from throughput_peers import Peer
from throughput_texts import n_bytes, write_posts
from throughput_watch import CLOSELY, SELDOM, Usage, run

N_SINGLE = 320
_MEMORY = ("pss_mb", "rss_mb")


@dataclass(frozen=True, slots=True)
class Measured:
    """How fast a peer judged so many posts.

    Attributes
    ----------
    posts_per_s : float
        Without start-up: the posts by the seconds that the command took longer than for one post.
        With start-up where the whole run took less than twice as long as that: the difference of
        two figures so near each other says nothing.
    posts_per_cpu_s : float
        The same by CPU seconds of the process tree: per core.
    posts_per_s_whole : float
        With start-up, as somebody who waits for the command sees it.
    mb_per_s : float
        UTF-8 text, 10^6 bytes, without start-up.
    short : bool
        Whether start-up is in the rate, which then is the least that it can be.
    """

    name: str
    family: str
    texts: str
    jobs: int
    n_posts: int
    posts_per_s: float
    posts_per_cpu_s: float
    posts_per_s_whole: float
    mb_per_s: float
    pss_mb: float
    rss_mb: float
    start_up_s: float
    short: bool


def best(usages: Sequence[Usage]) -> Usage:
    """Give the least time and the highest memory of several runs."""
    return Usage(
        min(usage.seconds for usage in usages),
        min(usage.cpu_s for usage in usages),
        max(usage.pss_mb for usage in usages),
        max(usage.rss_mb for usage in usages),
    )


def rate(peer: Peer, start: Usage, usage: Usage, n_posts: int, size: int) -> Measured:
    """Compute the figures of a run over posts of so many bytes."""
    seconds, short = steady(usage.seconds, start.seconds)
    return Measured(
        peer.name,
        peer.family,
        peer.texts,
        peer.jobs,
        n_posts,
        posts_per_s=n_posts / seconds,
        posts_per_cpu_s=n_posts / steady(usage.cpu_s, start.cpu_s)[0],
        posts_per_s_whole=n_posts / usage.seconds,
        mb_per_s=size / seconds / 1e6,
        pss_mb=usage.pss_mb,
        rss_mb=usage.rss_mb,
        start_up_s=start.seconds,
        short=short,
    )


def steady(whole: float, start: float) -> tuple[float, bool]:
    """Take start-up off, unless it is most of the time; say which.

    Examples
    --------
    >>> steady(7.0, 2.0), steady(3.0, 2.0)
    ((5.0, False), (3.0, True))
    """
    short = whole < 2 * start
    return (whole if short else whole - start), short


@dataclass(slots=True)
class Bench:
    """Where files lie, and what peers took to start.

    Parameters
    ----------
    folder : Path
        For texts and outputs; they are deleted when they were measured.
    texts : callable
        Gives the first so many posts of a kind.
    budget_s : float
        A peer that would take longer for a size, by its rate on the size before, is left out.
    repeats, n_starts : int
        Runs of each size, and of start-up; the least time counts.
    """

    folder: Path
    texts: Callable[[str, int], Sequence[str]]
    budget_s: float
    repeats: int
    n_starts: int

    def measure(self, peer: Peer, sizes: Sequence[int]) -> list[dict[str, Any]]:
        """Measure a peer on rising numbers of posts."""
        start = self.start_up(peer)
        rows: list[dict[str, Any]] = []
        for n in sizes:
            if rows and start.seconds + n / rows[-1]["posts_per_s"] > self.budget_s:
                break
            texts = self.texts(peer.texts, n)
            row = self.measure_on(peer, start, texts)
            if peer.jobs > 1:  # no process keeps the highest sum of several
                watched, _ = self.run(peer, texts, CLOSELY)
                row |= {name: max(row[name], getattr(watched, name)) for name in _MEMORY}
            rows.append(row)
            print(
                f"{peer.name}: {n:,} posts, {row['posts_per_s']:,.0f}/s, "
                f"{row['posts_per_cpu_s']:,.0f} per core, {row['pss_mb']:.0f} MB",
                file=sys.stderr,
            )
        return rows

    def start_up(self, peer: Peer) -> Usage:
        """Time the command on one post; the first run warms caches and does not count."""
        one = self.texts(peer.texts, 1)
        return best([self.run(peer, one)[0] for _ in range(self.n_starts + 1)][1:])

    def measure_on(self, peer: Peer, start: Usage, texts: Sequence[str]) -> dict[str, Any]:
        """Measure a peer on posts, and tell what it found where it says outcomes."""
        runs = [self.run(peer, texts) for _ in range(self.repeats)]
        usage = best([usage for usage, _ in runs])
        figures = asdict(rate(peer, start, usage, len(texts), n_bytes(texts)))
        return {**figures, "shares": runs[-1][1]}

    def run(
        self, peer: Peer, texts: Sequence[str], rest: int = SELDOM
    ) -> tuple[Usage, dict[str, float]]:
        """Run a peer once on posts; give what it took, and the shares of its outcomes."""
        source = self.folder / f"posts{peer.ending}"
        output = self.folder / f"scored{peer.ending}"
        write_posts(texts, source)
        paths = {"source": str(source), "output": str(output)}
        try:
            command = [part.format(**paths) for part in peer.command]
            usage = run(command, peer.environment, rest)
            if (written := count_rows(output)) != len(texts):
                raise RuntimeError(f"{peer.name}: {written} rows written, {len(texts)} read")
            return usage, shares_of(output)
        finally:
            for path in self.folder.glob("*.*"):
                remove(path)

    def single_calls(self, peer: Peer) -> dict[str, float]:
        """Time calls with one text each, in a process that has loaded the model."""
        source, report = self.folder / "single.parquet", self.folder / "single.json"
        write_posts(self.texts(peer.texts, N_SINGLE), source)
        paths = {"source": str(source), "report": str(report)}
        run([part.format(**paths) for part in peer.single], peer.environment)
        taken = json.loads(report.read_text(encoding="utf-8"))
        return {"p50_ms": float(np.median(taken)), "p99_ms": float(np.quantile(taken, 0.99))}


def find_flagged(ours: Peer, folder: Path, texts: Sequence[str]) -> list[bool]:
    """Ask our model which texts it flags."""
    source, output = folder / "posts.parquet", folder / "scored.parquet"
    write_posts(texts, source)
    run([part.format(source=source, output=output) for part in ours.command])
    outcomes = pq.read_table(output, columns=["outcome"]).column("outcome").to_pylist()
    return [outcome == "flag" for outcome in outcomes]


def remove(path: Path) -> None:
    """Delete a file, or a folder of parts; MLflow's model, which has no ending, stays."""
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()


def count_rows(path: Path) -> int:
    """Count the rows of a written file, or of the parts of a folder."""
    if path.suffix == ".parquet":
        parts = sorted(path.glob("*.parquet")) if path.is_dir() else [path]
        return sum(pq.ParquetFile(part).metadata.num_rows for part in parts)
    with path.open(encoding="utf-8", newline="") as stream:
        if path.suffix == ".csv":
            return sum(1 for _ in csv.reader(stream)) - 1
        return sum(1 for _ in stream)


def shares_of(path: Path) -> dict[str, float]:
    """Give the share of each outcome in a Parquet output of ours; nothing for others."""
    if path.suffix != ".parquet" or path.is_dir():
        return {}
    if "outcome" not in pq.read_schema(path).names:
        return {}
    outcomes = Counter(pq.read_table(path, columns=["outcome"]).column("outcome").to_pylist())
    total = sum(outcomes.values())
    return {outcome: n / total for outcome, n in sorted(outcomes.items())}
