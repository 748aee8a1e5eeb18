"""Scoring on a standalone cluster: a master and two workers that this test starts and stops."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from adclassifier.distributed import Cluster, score_with_spark
from adclassifier.distributed.cluster import open_session, require_spark
from adclassifier.errors import AdClassifierError
from adclassifier.scoring import score_file

SCRIPT = Path(__file__).parents[1] / "deploy" / "spark" / "cluster.py"

pytestmark = [
    pytest.mark.slow,
    # pyspark's own: sockets that it leaves to the garbage collector, names that Python deprecates
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning:pyspark"),
]


def run_script(*arguments):
    command = [sys.executable, str(SCRIPT), *map(str, arguments)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture(scope="module")
def cluster_folder(tmp_path_factory):
    """The folder of a running cluster, with its address in a file."""
    try:
        require_spark()
    except AdClassifierError as error:
        if os.environ.get("ADCLASSIFIER_REQUIRE_SPARK"):
            raise
        pytest.skip(str(error))
    folder = tmp_path_factory.mktemp("cluster")
    address = run_script("start", folder, "--port", "0")
    (folder / "address").write_text(address)
    yield folder
    run_script("stop", folder)


@pytest.fixture(scope="module")
def session(cluster_folder):
    """A session on the cluster, which every call below finds running."""
    settings = {"spark.executor.memory": "600m"}
    cluster = Cluster((cluster_folder / "address").read_text(), settings)
    with open_session(cluster, 2000) as session:
        yield session


@pytest.fixture(scope="module")
def texts(sample_records):
    texts = [record.text for record in sample_records[:300:2]]
    texts[3], texts[5], texts[11] = None, "", "dài " * 30_000
    return texts


def lines_of(texts, filling):
    """Give posts as JSONL, long enough for several parts."""
    posts = ({"n": n, "text": text, "date": "1/2/2026", "raw": filling} for n, text in texts)
    return "\n".join(json.dumps(post) for post in posts)


def test_the_cluster_has_two_workers_on_loopback(session, cluster_folder):
    assert session.sparkContext.master == (cluster_folder / "address").read_text()
    hosts = session.sparkContext._jsc.sc().getExecutorMemoryStatus().keys()
    assert "127.0.0.1" in str(hosts)
    assert session.sparkContext.defaultParallelism == 2


def test_score_with_spark_on_a_cluster_writes_what_score_file_writes(
    session, texts, tmp_path, classifier, bundle_folder
):
    source = tmp_path / "posts.parquet"
    pq.write_table(pa.table({"id": pa.array(range(len(texts))), "text": texts}), source)
    said = score_file(source, tmp_path / "local.parquet", classifier)
    found = score_with_spark(source, tmp_path / "spark.parquet", bundle_folder)
    local, ours = (pq.read_table(tmp_path / f"{name}.parquet") for name in ("local", "spark"))
    assert ours.equals(local, check_metadata=True)
    assert (found.outcomes, found.rejected) == (said.outcomes, said.rejected)


def children(process):
    """Give the ids of a process's children."""
    found = subprocess.run(["ps", "-o", "pid=", "--ppid", str(process)], capture_output=True)
    return [int(line) for line in found.stdout.split()]


def test_score_with_spark_survives_the_death_of_a_worker(
    session, cluster_folder, texts, tmp_path, classifier, bundle_folder
):
    worker = int((cluster_folder / "worker-1.pid").read_text())
    done, killed = threading.Event(), []
    tracker = session.sparkContext.statusTracker()

    def kill_while_it_works():
        while not done.wait(0.02):
            stages = map(tracker.getStageInfo, tracker.getActiveStageIds())
            if sum(stage.numActiveTasks for stage in stages if stage) == 2:
                for process in (worker, *children(worker)):
                    os.kill(process, signal.SIGKILL)
                    killed.append(process)
                return

    source = tmp_path / "posts.jsonl"
    # the tracker hears of tasks ten times a second: both must be at work for longer than that
    source.write_text(lines_of(enumerate(texts * 80), "x" * 1500) + "\n{half", encoding="utf-8")
    score_file(source, tmp_path / "local.jsonl", classifier)
    killer = threading.Thread(target=kill_while_it_works)
    killer.start()
    found = score_with_spark(source, tmp_path / "spark.jsonl", bundle_folder)
    done.set()
    killer.join()
    assert len(killed) == 2  # the worker, and the executor that was at work
    assert found.n_read == len(texts) * 80 + 1
    assert (tmp_path / "spark.jsonl").read_bytes() == (tmp_path / "local.jsonl").read_bytes()
    sides = [tmp_path / f"{name}.jsonl.rejected.jsonl" for name in ("local", "spark")]
    assert sides[0].read_bytes() == sides[1].read_bytes()
