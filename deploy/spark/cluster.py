"""A Spark standalone cluster on this machine's loopback: a master and workers of one core each.

    python deploy/spark/cluster.py start .spark      starts it, and prints its address
    python deploy/spark/cluster.py stop .spark       ends what `start` began there, nothing else

It runs from pyspark's own jars. The folder holds process ids, logs and the workers' files.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from importlib.util import find_spec
from pathlib import Path

HOST = "127.0.0.1"
START_SECONDS = 90.0
STOP_SECONDS = 20.0
DAEMON = "org.apache.spark.deploy"
LOGGING = Path(__file__).with_name("log4j2.properties")


def start(folder: Path, port: int, n_workers: int, memory: str) -> str:
    """Start a cluster, and wait until all workers have reported.

    Returns
    -------
    str
        Its address, ``spark://127.0.0.1:PORT``.
    """
    if any(folder.glob("*.pid")):
        raise SystemExit(f"error: {folder}: a cluster is noted there; stop it first")
    folder.mkdir(parents=True, exist_ok=True)
    port, page = port or free_port(), free_port()
    master = f"spark://{HOST}:{port}"
    launch(folder, "master", "master.Master", "--port", str(port), "--webui-port", str(page))
    for number in range(n_workers):
        name = f"worker-{number}"
        options = ["--cores", "1", "--memory", memory, "--work-dir", str(folder.absolute() / name)]
        launch(folder, name, "worker.Worker", "--webui-port", "0", *options, master)
    wait_for_workers(f"http://{HOST}:{page}/json/", n_workers, folder)
    return master


def free_port() -> int:
    """Find a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def launch(folder: Path, name: str, daemon: str, *options: str) -> None:
    """Start a daemon of Spark's, and note its process id."""
    spec = find_spec("pyspark")
    if spec is None or spec.origin is None:
        raise SystemExit(
            "error: package 'pyspark': not installed; pip install 'adclassifier[spark]'"
        )
    home = Path(spec.origin).parent
    java = Path(os.environ["JAVA_HOME"], "bin", "java") if "JAVA_HOME" in os.environ else "java"
    if shutil.which(java) is None:
        raise SystemExit(f"error: {java}: not found; Java 17 or newer, in JAVA_HOME or on the PATH")
    command = [
        str(java),
        "-Xmx256m",
        f"-Dlog4j2.configurationFile={LOGGING.absolute().as_uri()}",
        *("-cp", f"{home}/jars/*"),
        *(f"{DAEMON}.{daemon}", "--host", HOST, *options),
    ]
    environment = {
        **os.environ,
        "SPARK_HOME": str(home),
        "SPARK_LOCAL_IP": HOST,
        "SPARK_SCALA_VERSION": next(home.glob("jars/spark-core_*.jar")).name.split("_")[1][:4],
    }
    with (folder / f"{name}.log").open("wb") as log:
        process = subprocess.Popen(  # noqa: S603 (Spark itself)
            command, stdout=log, stderr=log, env=environment, start_new_session=True
        )
    (folder / f"{name}.pid").write_text(str(process.pid))


def wait_for_workers(page: str, n_workers: int, folder: Path) -> None:
    """Ask the master until all workers have reported; on failure nothing is left running."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(page, timeout=5) as answer:  # noqa: S310 (our own master)
                if json.load(answer)["aliveworkers"] == n_workers:
                    return
        except OSError:
            pass  # the master is not up yet
        time.sleep(0.2)
    stop(folder)
    raise SystemExit(f"error: {folder}: no cluster after {START_SECONDS:.0f} s; see the logs there")


def stop(folder: Path) -> None:
    """End the processes that `start` noted: workers first, and their executors with them."""
    for note in sorted(folder.glob("*.pid"), reverse=True):
        end(int(note.read_text()))
        note.unlink()


def end(process: int) -> None:
    """End a daemon of Spark's; a number that went to another program since is left alone."""
    deadline = time.monotonic() + STOP_SECONDS
    sign = signal.SIGTERM
    while is_daemon(process):
        if time.monotonic() > deadline:
            sign = signal.SIGKILL
        os.kill(process, sign)
        time.sleep(0.1)


def is_daemon(process: int) -> bool:
    """Tell whether a process is a daemon of Spark's."""
    found = subprocess.run(  # noqa: S603
        ["ps", "-ww", "-o", "stat=,args=", "-p", str(process)],  # noqa: S607 (the system's own)
        capture_output=True,
        text=True,
        check=False,
    )
    return DAEMON in found.stdout and not found.stdout.lstrip().startswith("Z")


def main() -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("command", choices=("start", "stop"))
    parser.add_argument("folder", type=Path)
    parser.add_argument("--port", type=int, default=7077, help="of the master; 0: a free one")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--memory", default="1536m", help="of each worker, for its executors")
    asked = parser.parse_args()
    if asked.command == "stop":
        stop(asked.folder)
    else:
        address = start(asked.folder, asked.port, asked.workers, asked.memory)
        sys.stdout.write(f"{address}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
