"""Measure how fast posts are judged, beside others, on the same texts in one run.

    ADCLASSIFIER_DATA=FOLDER python benchmarks/throughput.py [--sizes 10000 100000 1000000]

Every row is a command that reads a file, judges its posts and writes a file. Peers are trained on
the texts of our model, once (benchmarks/.peers). Writes benchmarks/results/throughput.json and
.svg, and benchmarks/throughput.md; the figures on the page are computed from the run.
"""

from __future__ import annotations

import argparse
import datetime as dt
import functools
import hashlib
import json
import os
import platform
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from throughput_bars import OURS, largest
from throughput_judge import N_FOLDS, judge
from throughput_learn import FASTTEXT_PYTHON, HERE, key_of, read_examples, save_pyfunc, train_peers
from throughput_measure import Bench, find_flagged
from throughput_page import main_table, render
from throughput_peers import MIX, POOL, PYFUNC, SPARK, Peer, list_peers, missing, score_flags
from throughput_plot import draw
from throughput_roofline import roofline
from throughput_texts import mix, n_bytes, of_length, read_texts, resample
from throughput_watch import PAUSE_S

from adclassifier import load
from adclassifier.training.examples import Examples

RESULT = HERE / "results" / "throughput.json"
PAGE = HERE / "throughput.md"
BUNDLE = HERE.parent / "models" / "default"
SHARE_FLAGGED = 0.1
LENGTHS = (50, 100, 400, 2_000, 10_000)
# The programs that are measured on texts of several lengths, each with its most jobs.
OF_LENGTHS = ("scikit-learn", "fastText", "underthesea_core", OURS)
_N_SAMPLE = 2_000
_LENGTH_S = 4.0
_LENGTH_CHARS = 60_000_000


def read_command_line() -> argparse.Namespace:
    """Read what is asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    add = parser.add_argument
    add("--sizes", type=int, nargs="+", default=[10_000, 100_000, 1_000_000], metavar="POSTS")
    add("--jobs", type=int, nargs="+", default=[1, os.cpu_count() or 1])
    add("--lengths", type=int, nargs="*", default=LENGTHS, metavar="CHARACTERS")
    add("--budget", type=float, default=150.0, help="longest run of a peer, in seconds")
    add("--repeats", type=int, default=1, help="of which the fastest counts")
    add("--starts", type=int, default=3, help="runs on one post, of which the fastest counts")
    add("--only", default="", help="only rows whose name holds this; nothing is written")
    add("--spark-master", default="", help="of a standalone cluster that runs: spark://…")
    add("--accuracy", choices=("kept", "anew", "none"), default="kept", help="cross-validation")
    add("--results", type=Path, default=RESULT)
    add("--page", type=Path, default=PAGE)
    asked = parser.parse_args()
    if not (folder := os.environ.get("ADCLASSIFIER_DATA")):
        parser.error("ADCLASSIFIER_DATA: unset; the folder that holds real_posts/")
    asked.posts = Path(folder) / "real_posts"
    asked.sizes = sorted(asked.sizes)
    asked.jobs = sorted(set(asked.jobs))
    return asked


def kinds_here() -> list[str]:
    """List the peers that are trained here."""
    return ["sklearn", "sklearn-equal", "underthesea", *["fasttext"] * FASTTEXT_PYTHON.exists()]


def make_texts(asked: argparse.Namespace, peers: Sequence[Peer]) -> dict[str, list[str]]:
    """Make the most posts of each kind; fewer are the beginning of them."""
    pool, train = (read_texts(asked.posts / f"{name}.jsonl") for name in ("pool", "train"))
    judged = [*pool[: len(train)], *train]
    ours = [peer for peer in peers if peer.family == OURS][-1]
    with tempfile.TemporaryDirectory() as folder:
        flagged = find_flagged(ours, Path(folder), judged)
    both = list(zip(judged, flagged, strict=True))
    most = asked.sizes[-1]
    kinds = ([text for text, flag in both if flag == wanted] for wanted in (True, False))
    return {POOL: resample(pool, most), MIX: mix(*kinds, most, SHARE_FLAGGED)}


def measure_lengths(
    bench: Bench,
    peers: Sequence[Peer],
    rows: Sequence[Mapping[str, Any]],
    asked: argparse.Namespace,
) -> list[dict[str, Any]]:
    """Measure some peers on texts of some lengths, for a few seconds each by their known rate."""
    pool = read_texts(asked.posts / "pool.jsonl")
    most = {peer.family: peer for peer in peers if peer.family in OF_LENGTHS and peer.texts == POOL}
    most_posts = {n: min(asked.sizes[-1], _LENGTH_CHARS // n) for n in asked.lengths}
    made = {n: of_length(pool, most_posts[n], n) for n in asked.lengths}
    found = []
    for peer in most.values():
        start = bench.start_up(peer)
        rate = max(row["mb_per_s"] for row in rows if row["name"] == peer.name)
        for n_chars, texts in made.items():
            n = int(_LENGTH_S * rate * 1e6 / n_chars)
            row = bench.measure_on(peer, start, texts[: max(n, 200)])
            print(
                f"{peer.name}: {n_chars:,} characters, {row['mb_per_s']:.1f} MB/s", file=sys.stderr
            )
            found.append({**row, "n_chars": n_chars})
    return found


def accuracy(
    asked: argparse.Namespace, kinds: Sequence[str], read: Callable[[], Examples]
) -> dict[str, Any]:
    """Give the accuracy of each peer; what was found on the same data is kept."""
    key = key_of(asked.posts)
    if RESULT.exists() and asked.accuracy == "kept":
        known = json.loads(RESULT.read_text(encoding="utf-8"))["accuracy"]
        if known["key"] == key and {*kinds} <= {*known["figures"]}:
            return dict(known)
    figures = {} if asked.accuracy == "none" or asked.only else judge(read(), kinds)
    return {"key": key, "n_folds": N_FOLDS, "figures": figures}


def describe_machine() -> dict[str, Any]:
    """Say what the figures were measured on."""
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    cpu = next((line.partition(": ")[2] for line in lines if line.startswith("model name")), "")
    return {
        "cpu": cpu or platform.processor() or platform.machine(),
        "cores": len(os.sched_getaffinity(0)),
        "load": os.getloadavg()[0],
        "python": platform.python_version(),
    }


def list_here(
    asked: argparse.Namespace, models: dict[str, Path], folder: Path
) -> tuple[list[Peer], dict[str, str]]:
    """List the peers that can take part, and say why others cannot."""
    flags = score_flags()
    left_out = missing(asked.spark_master, flags)
    for name, reason in left_out.items():
        print(f"left out: {name}: {reason}", file=sys.stderr)
    if PYFUNC not in left_out:
        models["pyfunc"] = save_pyfunc(folder, BUNDLE)
    masters = [] if SPARK in left_out else [m for m in ("local[2]", asked.spark_master) if m]
    return list_peers(models, BUNDLE, asked.jobs, flags, masters), left_out


def run(asked: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """Measure all that can be measured here."""
    machine = describe_machine()
    read = functools.cache(functools.partial(read_examples, asked.posts))
    models = train_peers(asked.posts, kinds_here(), read)
    judged = accuracy(asked, ["ours", *models], read)
    peers, left_out = list_here(asked, models, folder)
    made = make_texts(asked, peers)
    bench = Bench(folder, lambda kind, n: made[kind][:n], asked.budget, asked.repeats, asked.starts)
    wanted = [peer for peer in peers if asked.only in peer.name]
    rows = [row for peer in wanted for row in bench.measure(peer, asked.sizes)]
    pool = made[POOL]
    return {
        "command": f"make bench SIZES='{' '.join(map(str, asked.sizes))}'",
        "date": dt.datetime.now(dt.UTC).date().isoformat(),
        "data_sha256": hashlib.sha256((asked.posts / "pool.jsonl").read_bytes()).hexdigest(),
        "machine": machine,
        "repeats": asked.repeats,
        "n_starts": asked.starts,
        "pause_s": PAUSE_S,
        "texts": {
            "mean_chars": sum(map(len, pool)) / len(pool),
            "mean_bytes": n_bytes(pool) / len(pool),
            **{kind: shares_found(rows, kind) for kind in made},
        },
        "left_out": left_out,
        "does": {peer.name: peer.does for peer in wanted},
        "accuracy": judged,
        "accuracy_of": {peer.name: peer.accuracy for peer in wanted if peer.accuracy},
        "single_calls": {peer.name: bench.single_calls(peer) for peer in wanted if peer.single},
        "rows": rows,
        **({} if asked.only else more(bench, wanted, rows, asked, pool[:_N_SAMPLE])),
    }


def more(
    bench: Bench,
    peers: Sequence[Peer],
    rows: Sequence[dict[str, Any]],
    asked: argparse.Namespace,
    sample: list[str],
) -> dict[str, Any]:
    """Measure what a whole run has beside the table: lengths, and how near the machine's limits."""
    ours = [row for row in rows if row["family"] == OURS]
    fastest_core = max(row["posts_per_cpu_s"] for row in largest(ours).values())
    return {
        "lengths": measure_lengths(bench, peers, rows, asked),
        "roofline": roofline(load(BUNDLE), sample, fastest_core),
    }


def shares_found(rows: Sequence[Mapping[str, Any]], kind: str) -> dict[str, float]:
    """Give the shares of our model's outcomes among the most posts of a kind."""
    own = [row for row in rows if row["shares"] and row["texts"] == kind]
    return dict(max(own, key=lambda row: row["n_posts"])["shares"]) if own else {}


def main() -> None:
    """Read the command line, measure, print, write."""
    asked = read_command_line()
    with tempfile.TemporaryDirectory() as folder:
        result = run(asked, Path(folder))
    print(main_table(result))
    if asked.only:
        return
    written = json.dumps(result, ensure_ascii=False, indent=1)
    asked.results.write_text(written + "\n", encoding="utf-8")
    asked.results.with_suffix(".svg").write_bytes(draw(result))
    asked.page.write_text(render(result), encoding="utf-8")
    print(f"{asked.results} {asked.page}")


if __name__ == "__main__":
    main()
