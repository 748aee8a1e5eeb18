"""`adclassifier score --engine spark`: what the command line asks of a cluster."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from adclassifier.errors import InputError
from adclassifier.scoring import FileOptions, ScoreOptions, ScoreSummary

ENGINES = ("local", "spark")
_LOCAL = "leave it out, or use --engine local"


def is_spark(engine: str, given: Mapping[str, bool]) -> bool:
    """Tell which engine is asked for, and refuse the other one's options by name.

    Parameters
    ----------
    engine : str
        ``local`` or ``spark``.
    given : mapping of str to bool
        Options that only one engine has, and whether they were given; those of Spark begin with
        ``--master`` or ``--spark-``.

    Raises
    ------
    InputError
        If the engine is unknown, or an option is not its own.

    Examples
    --------
    >>> is_spark("spark", {"--report": False, "--master": True})
    True
    >>> is_spark("local", {"--report": True, "--master": True})
    Traceback (most recent call last):
    adclassifier.errors.InputError: --master: is for --engine spark; ...
    """
    if engine not in ENGINES:
        raise InputError("--engine", f"unknown engine {engine!r}", " or ".join(ENGINES))
    for option, is_given in given.items():
        of_spark = option.startswith(("--master", "--spark-"))
        if is_given and of_spark and engine == "local":
            raise InputError(option, "is for --engine spark", "leave it out, or name that engine")
        if is_given and not of_spark and engine == "spark":
            raise InputError(option, "does not go with --engine spark", _LOCAL)
    return engine == "spark"


def read_settings(settings: Sequence[str]) -> dict[str, str]:
    """Read ``--spark-conf NAME=VALUE``.

    Examples
    --------
    >>> read_settings(["spark.executor.memory=2g"])
    {'spark.executor.memory': '2g'}
    """
    pairs = [setting.partition("=") for setting in settings]
    for name, equals, _ in pairs:
        if not equals or not name.startswith("spark."):
            raise InputError("--spark-conf", repr(name), "a setting such as spark.cores.max=8")
    return {name: value for name, _, value in pairs}


def score_on_cluster(
    source: str,
    output: str,
    model: Path | None,
    asked: ScoreOptions,
    files: FileOptions,
    *,
    master: str | None,
    settings: Sequence[str],
    sha256: str | None,
    on_progress: Callable[[ScoreSummary], None],
) -> ScoreSummary:
    """Judge a file with Spark; see `score_with_spark`."""
    from adclassifier.distributed import Cluster, score_with_spark

    return score_with_spark(
        source,
        output,
        model,
        asked,
        files,
        cluster=Cluster(master, read_settings(settings)),
        sha256=sha256,
        on_progress=on_progress,
    )
