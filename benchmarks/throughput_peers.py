"""List what benchmarks/throughput.py measures: commands that read posts, judge them and write."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from throughput_bars import (
    EVIDENCE,
    OURS,
    SKLEARN,
    SKLEARN_EQUAL,
    SKLEARN_EQUAL_MIX,
    SKLEARN_MIX,
)
from throughput_learn import FASTTEXT_PYTHON, HERE

FIRST = "scikit-learn, words 1-2 + characters 2-5"
POOL, MIX = "pool", "mix"
PYFUNC, SPARK = "MLflow pyfunc", "Spark"


@dataclass(frozen=True, slots=True)
class Peer:
    """A way to judge posts, as a command.

    Attributes
    ----------
    name : str
        As the table shows it.
    family : str
        The same for a program with more or fewer jobs.
    command : tuple of str
        ``{source}`` and ``{output}`` stand for files.
    does : str
        What it does and what it leaves out.
    texts : {"pool", "mix"}
        Which posts it is given.
    ending : str
        Of the files that it reads and writes.
    jobs : int
        Threads or processes that it may use.
    single : tuple of str
        The command for single calls, ``{report}`` and ``{source}`` in it; empty if it has none.
    accuracy : str
        Under what name `throughput_judge.judge` knows its figures.
    """

    name: str
    family: str
    command: tuple[str, ...]
    does: str
    texts: str = POOL
    ending: str = ".parquet"
    jobs: int = 1
    single: tuple[str, ...] = ()
    accuracy: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)


def score_flags() -> frozenset[str]:
    """Ask the command line which options `score` has."""
    shown = subprocess.run(
        [sys.executable, "-m", "adclassifier.cli", "score", "--help"],
        env={**os.environ, "COLUMNS": "200", "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return frozenset(word for word in shown.split() if word.startswith("--"))


def missing(spark_master: str, flags: frozenset[str]) -> dict[str, str]:
    """Say which peers cannot take part here, and why."""
    reasons = {}
    if not FASTTEXT_PYTHON.exists():
        reasons["fastText"] = "not installed; make bench-peers"
    if importlib.util.find_spec("mlflow") is None:
        reasons[PYFUNC] = "mlflow is not installed; make bench-peers"
    if "--engine" not in flags:
        reasons[SPARK] = "score has no --engine"
    elif importlib.util.find_spec("pyspark") is None:
        reasons[SPARK] = "pyspark is not installed; make bench-peers"
    elif not spark_master:
        reasons["Spark standalone"] = (
            "no --spark-master was given; benchmarks/spark.py measures one"
        )
    if "--jobs" not in flags:
        reasons["more jobs than one"] = "score has no --jobs"
    return reasons


def list_peers(
    models: Mapping[str, Path],
    bundle: Path,
    jobs: Sequence[int],
    flags: frozenset[str],
    spark_masters: Sequence[str] = (),
) -> list[Peer]:
    """List the peers that can take part, the first peer first.

    Parameters
    ----------
    models : mapping
        Path of each peer's model by kind; a kind that is not there is left out.
    bundle : Path
        Of our model.
    jobs : sequence of int
        How many jobs ours and underthesea's are given, rising.
    flags : frozenset of str
        Options of `score`, as `score_flags` gives them.
    spark_masters : sequence of str
        ``local[2]``, ``spark://…``.
    """
    return [
        *sklearn_peers(models),
        *other_peers(models, jobs),
        *our_peers(bundle, jobs if "--jobs" in flags else [0], flags),
        *spark_peers(bundle, spark_masters, flags),
    ]


def sklearn_peers(models: Mapping[str, Path]) -> Iterator[Peer]:
    """List scikit-learn: the usual pipeline and one of our n-grams, on both kinds of posts."""
    usual = "TF-IDF, nine one-vs-rest heads; one process"
    ours = "the n-grams of our kernel, both views, as TF-IDF; nine heads; no cues, no windows"
    if "sklearn" in models:
        command = script("sklearn", models["sklearn"])
        yield Peer(FIRST, SKLEARN, command[0], usual, POOL, single=command[1], accuracy="sklearn")
        yield Peer(f"{FIRST}, mix", SKLEARN_MIX, command[0], usual, MIX)
    if "sklearn-equal" in models:
        command = script("sklearn", models["sklearn-equal"])
        name = "scikit-learn, our n-grams"
        yield Peer(
            name, SKLEARN_EQUAL, command[0], ours, single=command[1], accuracy="sklearn-equal"
        )
        yield Peer(f"{name}, mix", SKLEARN_EQUAL_MIX, command[0], ours, MIX)


def other_peers(models: Mapping[str, Path], jobs: Sequence[int]) -> Iterator[Peer]:
    """List fastText, underthesea_core and MLflow."""
    if "fasttext" in models:
        command = script("fasttext", models["fasttext"], str(FASTTEXT_PYTHON))
        does = "words 1-2, characters 2-5, one sigmoid a label, ten labels; one thread"
        yield Peer("fastText", "fastText", command[0], does, single=command[1], accuracy="fasttext")
    if "underthesea" in models:
        command = script("underthesea", models["underthesea"])
        does = "words 1-2, one head (violating) without probability, not nine"
        for n in jobs:
            yield Peer(
                f"underthesea_core TextClassifier, {count(n)}",
                "underthesea_core",
                command[0],
                does,
                jobs=n,
                single=command[1],
                accuracy="underthesea",
                environment={"RAYON_NUM_THREADS": str(n)},
            )
    if "pyfunc" in models:
        command = script("pyfunc", models["pyfunc"])
        does = "our model as MLflow loads it, evidence and contacts too; in process"
        yield Peer(
            "MLflow pyfunc", "MLflow pyfunc", command[0], does, single=command[1], accuracy="ours"
        )


def our_peers(bundle: Path, jobs: Sequence[int], flags: frozenset[str]) -> Iterator[Peer]:
    """List our command line: formats, evidence, jobs; 0 jobs where it cannot be told how many."""
    fast = "nine heads, labels, sub-codes; identical texts are scored anew"
    full = "the same, and signals, evidence and contacts of flag and review rows"
    ours, explained = script("ours", bundle)[1], script("ours-explained", bundle)[1]
    for n in jobs:
        shown = f", {count(n)}" if n else ""
        bare = score_command(bundle, n, flags, "--no-evidence")
        yield Peer(f"{OURS}{shown}", OURS, bare, fast, jobs=max(n, 1), single=ours, accuracy="ours")
    for ending in (".jsonl", ".csv"):
        name = f"{OURS} {ending[1:].upper()}"
        yield Peer(f"{name}{shown}", name, bare, fast, ending=ending, jobs=max(n, 1))
    for n in jobs:
        shown = f", {count(n)}" if n else ""
        command = score_command(bundle, n, flags)
        yield Peer(
            f"{EVIDENCE}, mix{shown}",
            EVIDENCE,
            command,
            full,
            MIX,
            jobs=max(n, 1),
            single=explained,
        )


def spark_peers(bundle: Path, masters: Sequence[str], flags: frozenset[str]) -> Iterator[Peer]:
    """List Spark, one for each master."""
    for master in masters:
        extra = ("--engine", "spark", "--master", master, "--no-evidence")
        command = score_command(bundle, 0, flags, *extra)
        cores = 2 if master.startswith("local") else os.cpu_count() or 1
        where = master if master.startswith("local") else "standalone"
        does = "the same command on Spark; memory of a standalone cluster is not in its tree"
        yield Peer(f"Spark {where}", f"Spark {where}", command, does, jobs=cores, accuracy="ours")


def score_command(bundle: Path, jobs: int, flags: frozenset[str], *extra: str) -> tuple[str, ...]:
    """Write the call of `score`, with the options that it has."""
    command = [sys.executable, "-m", "adclassifier.cli", "score", "{source}"]
    command += ["--output", "{output}", "--overwrite", "--quiet", "--model", str(bundle), *extra]
    if jobs and "--jobs" in flags:
        command += ["--jobs", str(jobs)]
    if "--no-dedupe" in flags and "spark" not in extra:
        command.append("--no-dedupe")
    return tuple(command)


def script(
    kind: str, model: Path, python: str = sys.executable
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Write the calls of throughput_peer.py: for a file, and for single texts."""
    head = (python, str(HERE / "throughput_peer.py"), kind, str(model), "{source}")
    return (*head, "{output}"), (*head, "--single", "{report}")


def count(n: int) -> str:
    """Write how many jobs.

    Examples
    --------
    >>> count(1), count(2)
    ('1 job', '2 jobs')
    """
    return f"{n} job{'s' * (n != 1)}"
