"""A Spark session of our own, or the one that is there."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from adclassifier.errors import InputError, MissingExtraError

OLDEST_JAVA = 17
_BATCH_BYTES = 1 << 26


@dataclass(frozen=True, slots=True)
class Cluster:
    """Where posts are judged.

    Parameters
    ----------
    master : str or None, default=None
        Spark's address of the cluster: ``local[2]``, ``spark://host:7077``, ``yarn``, ``k8s://…``.
        None leaves it to ``spark-submit`` or to the session that is running.
    settings : mapping of str to str
        Settings of Spark, such as ``spark.executor.memory``; without effect on a session that is
        running.
    model_on_workers : str or None, default=None
        A folder in which every worker finds the bundle; by default it is sent to them.
    """

    master: str | None = None
    settings: Mapping[str, str] = field(default_factory=dict)
    model_on_workers: str | None = None


@contextmanager
def open_session(cluster: Cluster, chunk_rows: int) -> Iterator[Any]:
    """Give a session with settings of its own; one that was started for this is stopped.

    Parameters
    ----------
    cluster : Cluster
        Which cluster.
    chunk_rows : int
        Most rows that a worker gets at a time.

    Raises
    ------
    MissingExtraError
        If pyspark is not installed.
    InputError
        If there is no Java, or a session on another cluster is running.
    pyspark.errors.PySparkException, py4j.protocol.Py4JError
        If the cluster cannot be reached; see `said_plainly`.
    """
    sql = require_spark()
    running = sql.SparkSession.getActiveSession()
    if running is not None and cluster.master not in (None, running.sparkContext.master):
        found = f"a session on {running.sparkContext.master} is running"
        raise InputError(f"--master {cluster.master}", found, "that one, or stop it first")
    session = running or _start(sql, cluster)
    try:
        own = session.newSession()  # the settings below are not for a notebook's other cells
        for name, value in _sql_settings(chunk_rows).items():
            own.conf.set(name, value)
        yield own
    finally:
        if running is None:
            session.stop()


def require_spark() -> Any:
    """Import ``pyspark.sql``, with what it needs to run.

    Raises
    ------
    MissingExtraError
        If pyspark is not installed.
    InputError
        If no session is running, and there is no Java to start one.
    """
    try:
        sql = import_module("pyspark.sql")
    except ImportError as error:
        raise MissingExtraError("pyspark", "spark") from error
    if sql.SparkSession.getActiveSession() is None:
        require_java()
    return sql


def _sql_settings(chunk_rows: int) -> dict[str, str]:
    """Give the settings that reading and batches need."""
    return {
        "spark.sql.execution.arrow.maxRecordsPerBatch": str(chunk_rows),
        "spark.sql.execution.arrow.maxBytesPerBatch": str(_BATCH_BYTES),
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.caseSensitive": "true",
        "spark.sql.legacy.parquet.nanosAsLong": "true",  # Spark knows no nanoseconds
        "spark.sql.adaptive.enabled": "false",  # the shuffle that spreads rows must not shrink
    }


def _start(sql: Any, cluster: Cluster) -> Any:
    """Start a session."""
    builder = sql.SparkSession.builder.appName("adclassifier")
    if cluster.master is not None:
        builder = builder.master(cluster.master)
    with as_file(files("adclassifier.distributed") / "log4j2.properties") as logging:
        settings = _settings(cluster, logging)
        for name, value in settings.items():
            builder = builder.config(name, value)
        session = builder.getOrCreate()
    if _is_here(cluster) and "PYSPARK_PYTHON" not in os.environ:
        session.sparkContext.pythonExec = sys.executable  # else the first python3 on the PATH
    return session


def _is_here(cluster: Cluster) -> bool:
    """Tell whether the workers are on this machine."""
    return (cluster.master or "").startswith(("local", "spark://127.0.0.1", "spark://localhost"))


def _settings(cluster: Cluster, logging: Path) -> dict[str, str]:
    """Give Spark's settings: ours, then the caller's."""
    settings = {
        "spark.ui.showConsoleProgress": "false",
        "spark.driver.extraJavaOptions": f"-Dlog4j2.configurationFile={logging.as_uri()}",
    }
    if _is_here(cluster):
        settings |= {
            "spark.driver.host": "127.0.0.1",
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.ui.enabled": "false",
        }
    return {**settings, **cluster.settings}


def require_java() -> None:
    """Raise InputError where there is no Java that Spark runs on."""
    home = os.environ.get("JAVA_HOME")
    java = str(Path(home, "bin", "java")) if home else shutil.which("java")
    wanted = f"Java {OLDEST_JAVA} or newer, in JAVA_HOME or on the PATH (and adclassifier[spark])"
    if java is None or not Path(java).exists():
        raise InputError("--engine spark", f"no Java ({java or 'none on the PATH'})", wanted)
    said = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr  # noqa: S603
    found = re.search(r'version "(?:1\.)?(\d+)', said)
    if found is None or int(found[1]) < OLDEST_JAVA:
        raise InputError(java, f"Java {found[1] if found else 'of unknown version'}", wanted)
