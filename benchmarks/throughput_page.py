"""Write benchmarks/throughput.md from the figures of benchmarks/throughput.py."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ablations_page import markdown
from throughput_bars import SKLEARN, SKLEARN_MIX, Row, bars, fastest, largest

PAGE = """# How fast

Made by `{command}` on {date} (posts {data}, trained on {learnt}). One run on {cores} cores of
{cpu}; at its begin {load:.1f} processes wanted a core. Every row is a command of its own that reads
a file and writes one: `pool` are {mean_chars:.0f} characters a post on average, drawn from public
posts with a fixed seed, a word exchanged in every copy, so that no two are alike; `mix` has
{flagged:.1%} flagged and {review:.1%} review rows (in `pool` {pool_flagged:.1%} and
{pool_review:.1%}). {repeats}

Rates leave start-up out: it is measured by the same command on one post (the least of
{n_starts}). `per core` is posts by CPU second of all processes. Memory is the highest sum of PSS
over the command's process tree, read from /proc every {pause_ms:.0f} ms or less often; that of more
jobs than one in a run of its own, which is read more often than a clock allows. `one call` is a
text by itself in a process that has loaded the model. ROC-AUC of "violating" and macro-F1 over
labels: public training texts, {n_folds} folds by group, the same for all. ≥: the run took less than
twice its start-up, which is in the rate.

## {what}

{table}
{left_out}
### What each does

{does}

### What was promised

{promised}

## Growth with rows

Posts a second, and peak memory in MB.

{growth}

## Growth with the length of a text

Posts a second, and MB of text a second.

{lengths}

## Growth with jobs

{jobs}

![Rates and lengths](results/throughput.svg)

## What limits

{roofline}
"""

ROOFLINE = """A post of the pool has {bytes:.0f} bytes and {tokens:.0f} tokens, {all_hashes:.0f}
n-grams in both spellings, which stand for {all_gathers:.0f} different rows of the weight table. The
sums of a token are remembered, so that {hashes:.0f} are hashed and {gathers:.0f} rows of
{row_bytes:.0f} bytes read, {gathered:.1f} kB; the table has {table_mb:.1f} MB. A core reads
{gb_per_s:.1f} GB/s in order, {m_gathers:.0f} million of the rows that posts read a second
({m_random:.0f} million at random places), and hashes {m_hashes:.0f} million n-grams a second.

{table}

{verdict}"""


def render(result: Mapping[str, Any]) -> str:
    """Write the page.

    Parameters
    ----------
    result : mapping
        As benchmarks/results/throughput.json holds it.
    """
    rows, texts = result["rows"], result["texts"]
    reasons = [f"- {name}: {reason}" for name, reason in result["left_out"].items()]
    does = {row["name"]: result["does"][row["name"]] for row in rows}
    return PAGE.format(
        command=result["command"],
        date=result["date"],
        data=result["data_sha256"][:12],
        learnt=result["accuracy"]["key"],
        cores=result["machine"]["cores"],
        cpu=result["machine"]["cpu"],
        load=result["machine"]["load"],
        mean_chars=texts["mean_chars"],
        repeats=f"Of {result['repeats']} runs the fastest counts." * (result["repeats"] > 1),
        n_starts=result["n_starts"],
        pause_ms=1000 * result["pause_s"],
        n_folds=result["accuracy"]["n_folds"],
        flagged=texts["mix"].get("flag", 0.0),
        review=texts["mix"].get("review", 0.0),
        pool_flagged=texts["pool"].get("flag", 0.0),
        pool_review=texts["pool"].get("review", 0.0),
        what=f"{max(row['n_posts'] for row in rows):,} posts, or as many as the time allowed",
        table=main_table(result),
        left_out="\n".join(["", "Left out:", "", *reasons, ""]) if reasons else "",
        does=markdown(("row", "does"), does.items()),
        promised=markdown(
            ("promised", "found", ""),
            (
                [b.promised, b.found, "reached" if b.reached else "**not reached**"]
                for b in bars(rows)
            ),
        ),
        growth=growth_table(rows),
        lengths=length_table(result["lengths"]),
        jobs=jobs_table(rows),
        roofline=roofline_note(result["roofline"]),
    )


def main_table(result: Mapping[str, Any]) -> str:
    """Write a row a peer, at the most posts that it was measured on."""
    heads = ["", "posts", "posts/s", "per core", "MB/s", "× first", "peak MB", "start-up s"]
    heads += ["one call p50 ms", "p99 ms", "ROC-AUC", "macro-F1"]
    return markdown(heads, main_cells(result))


def main_cells(result: Mapping[str, Any]) -> Iterator[list[str]]:
    """Write the cells of `main_table`; the first peer of a kind of texts is the measure of it."""
    rows = result["rows"]
    firsts = {"pool": fastest(rows, SKLEARN), "mix": fastest(rows, SKLEARN_MIX)}
    for name, row in largest(rows).items():
        first = firsts[row["texts"]]
        calls = result["single_calls"].get(name, {})
        figures = result["accuracy"]["figures"].get(result["accuracy_of"].get(name, ""), {})
        yield [
            name,
            f"{row['n_posts']:,}",
            rate_cell(row),
            f"{row['posts_per_cpu_s']:,.0f}",
            f"{row['mb_per_s']:.1f}",
            f"{row['posts_per_s'] / first['posts_per_s']:.1f}" if first else "",
            f"{row['pss_mb']:.0f}",
            f"{row['start_up_s']:.1f}",
            *(f"{calls[key]:.2f}" if calls else "" for key in ("p50_ms", "p99_ms")),
            *(f"{figures[key]:.3f}" if figures else "" for key in ("roc_auc", "macro_f1")),
        ]


def rate_cell(row: Row) -> str:
    """Write posts a second; one with start-up in it, the least it can be, is marked."""
    return f"{'≥ ' * row['short']}{row['posts_per_s']:,.0f}"


def growth_table(rows: list[Row]) -> str:
    """Write rate and memory by number of posts."""
    sizes = sorted({row["n_posts"] for row in rows})
    found = {(row["name"], row["n_posts"]): row for row in rows}
    heads = ["", *(f"{n:,}" for n in sizes), *(f"MB at {n:,}" for n in sizes)]
    names = dict.fromkeys(row["name"] for row in rows)
    return markdown(
        heads,
        (
            [
                name,
                *(rate_cell(found[name, n]) if (name, n) in found else "" for n in sizes),
                *(f"{found[name, n]['pss_mb']:.0f}" if (name, n) in found else "" for n in sizes),
            ]
            for name in names
        ),
    )


def length_table(rows: list[Row]) -> str:
    """Write rates by length of the texts."""
    lengths = sorted({row["n_chars"] for row in rows})
    found = {(row["name"], row["n_chars"]): row for row in rows}
    cells = (
        [
            name,
            *(
                f"{rate_cell(row)} ({row['mb_per_s']:.1f})" if row else ""
                for row in (found.get((name, n)) for n in lengths)
            ),
        ]
        for name in dict.fromkeys(row["name"] for row in rows)
    )
    return markdown(["", *(f"{n:,} characters" for n in lengths)], cells)


def jobs_table(rows: list[Row]) -> str:
    """Write rates by jobs, where a program was given more than one number of them."""
    most = largest(rows).values()
    families = {row["family"]: [o for o in most if o["family"] == row["family"]] for row in most}
    cells = (
        [
            family,
            f"{row['jobs']}",
            rate_cell(row),
            f"{row['posts_per_s'] / min(own, key=jobs_of)['posts_per_s']:.2f} ×",
        ]
        for family, own in families.items()
        for row in sorted(own, key=jobs_of)
        if len(own) > 1
    )
    return markdown(["", "jobs", "posts/s", "to the fewest jobs"], cells)


def jobs_of(row: Row) -> int:
    """Give a row's number of jobs."""
    return int(row["jobs"])


def roofline_note(roofline: Mapping[str, Any]) -> str:
    """Write what a post takes, what a core can do, and which is the most of the time measured."""
    work, machine, parts = roofline["work"], roofline["machine"], roofline["microseconds"]
    whole = roofline["measured_microseconds"]
    names = {
        "bytes": "reading its bytes in order",
        "hashes": "hashing its n-grams",
        "gathers": "gathering rows of the weight table",
        "rest": "all else: normalising, cues, windows, deciding, reading and writing files",
    }
    row_bytes = 4 * roofline["n_columns"]
    table = markdown(
        ["", "µs a post", "share"],
        [
            *([names[kind], f"{us:.2f}", f"{us / whole:.0%}"] for kind, us in parts.items()),
            ["measured, CPU time of all threads", f"{whole:.2f}", "100%"],
        ],
    )
    return ROOFLINE.format(
        **work,
        row_bytes=row_bytes,
        gathered=work["gathers"] * row_bytes / 1e3,
        table_mb=machine["table_mb"],
        gb_per_s=machine["bytes_per_s"] / 1e9,
        m_gathers=machine["gathers_per_s"] / 1e6,
        m_random=machine["random_gathers_per_s"] / 1e6,
        m_hashes=machine["hashes_per_s"] / 1e6,
        table=table,
        verdict=verdict(parts, names, whole),
    )


def verdict(parts: Mapping[str, float], names: Mapping[str, str], whole: float) -> str:
    """Say what limits: the largest part."""
    limit = max(parts, key=lambda kind: parts[kind])
    at_best = 1e6 / sum(us for kind, us in parts.items() if kind != "rest")
    return (
        f"What limits is {names[limit]} ({parts[limit] / whole:.0%} of a post's time). Bytes, "
        f"hashes and gathers alone would allow {at_best:,.0f} posts a second and core."
    )
