"""Compare the rows of benchmarks/throughput.py with what was promised."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

OURS, EVIDENCE = "adclassifier score", "adclassifier score with evidence"
SKLEARN, SKLEARN_MIX = "scikit-learn", "scikit-learn mix"
SKLEARN_EQUAL, SKLEARN_EQUAL_MIX = "scikit-learn our n-grams", "scikit-learn our n-grams mix"
_MEMORY_MB = 700.0
_GROWTH = 1.1

Row = Mapping[str, Any]


class Bar(NamedTuple):
    """What was promised, what was found, and whether that is enough."""

    promised: str
    found: str
    reached: bool


def largest(rows: Iterable[Row]) -> dict[str, Row]:
    """Give the row of the most posts of each peer, by name."""
    found: dict[str, Row] = {}
    for row in rows:
        if row["name"] not in found or row["n_posts"] > found[row["name"]]["n_posts"]:
            found[row["name"]] = row
    return found


def fastest(rows: Iterable[Row], family: str) -> Row | None:
    """Give the fastest row of a family, each peer at its most posts."""
    own = [row for row in largest(rows).values() if row["family"] == family]
    return max(own, key=lambda row: row["posts_per_s"], default=None)


def bars(rows: list[Row]) -> list[Bar]:
    """Judge what both sides of a comparison were measured for."""
    return [*ratio_bars(rows), *memory_bars(rows)]


def ratio_bars(rows: list[Row]) -> Iterator[Bar]:
    """Compare rates, the fastest of each side."""
    for ours, other, least, promised in (
        (OURS, SKLEARN, 30.0, "Parquet, no evidence: 30 × scikit-learn, the usual n-grams"),
        (OURS, SKLEARN_EQUAL, 30.0, "Parquet, no evidence: 30 × scikit-learn, our n-grams"),
        (OURS, "fastText", 2.0, "Parquet, no evidence: 2 × fastText"),
        (OURS, "underthesea_core", 1.0, "Parquet, no evidence: faster than underthesea_core"),
        (EVIDENCE, SKLEARN_MIX, 10.0, "evidence, 10 % flagged: 10 × scikit-learn, usual n-grams"),
        (EVIDENCE, SKLEARN_EQUAL_MIX, 10.0, "evidence, 10 % flagged: 10 × scikit-learn, ours"),
        (f"{OURS} JSONL", OURS, 0.5, "JSONL at half the Parquet rate"),
        (f"{OURS} CSV", OURS, 0.5, "CSV at half the Parquet rate"),
    ):
        mine, theirs = fastest(rows, ours), fastest(rows, other)
        if mine and theirs:
            ratio = mine["posts_per_s"] / theirs["posts_per_s"]
            yield Bar(promised, f"{ratio:.2f} ×", ratio >= least)


def memory_bars(rows: list[Row]) -> Iterator[Bar]:
    """Judge peak memory, and that it does not grow from the last size but one to the last."""
    own = [row for row in rows if row["family"] == OURS]
    most = max((row["jobs"] for row in own), default=0)
    sizes = sorted((row for row in own if row["jobs"] == most), key=lambda row: row["n_posts"])
    if sizes:
        peak = max(row["pss_mb"] for row in sizes)
        yield Bar(
            f"peak memory of at most {_MEMORY_MB:.0f} MB", f"{peak:.0f} MB", peak <= _MEMORY_MB
        )
    if len(sizes) > 1:
        before, last = sizes[-2:]
        growth = last["pss_mb"] / before["pss_mb"]
        span = f"{before['n_posts']:,} to {last['n_posts']:,} posts"
        yield Bar(f"peak memory does not grow, {span}", f"{growth:.2f} ×", growth <= _GROWTH)
