"""Start and stop what benchmarks/service.py measures: our service, and MLflow's of one model."""

from __future__ import annotations

import contextlib
import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import adclassifier
from adclassifier.bundle.loading import find_bundle
from adclassifier.tracking import track

_START_S = 120.0
_MEMORY = re.compile(r"^(Rss|Pss|Private_Clean|Private_Dirty): +(\d+) kB", re.MULTILINE)


@dataclass(frozen=True)
class Server:
    """A server that answers on loopback."""

    port: int
    pid: int
    started_s: float

    def memory(self) -> dict[str, float]:
        """Give the MB of its processes: all that they see, and what no other shares."""
        found = {"rss_mb": 0.0, "pss_mb": 0.0, "private_mb": 0.0}
        for pid in family(self.pid):
            sizes = read_memory(pid)
            found["rss_mb"] += sizes["Rss"]
            found["pss_mb"] += sizes["Pss"]
            found["private_mb"] += sizes["Private_Clean"] + sizes["Private_Dirty"]
        return {name: round(value, 1) for name, value in found.items()}

    def cpu_ms(self) -> float:
        """Give the time that its threads have been computing: others on the machine add nothing."""
        tasks = (task for pid in family(self.pid) for task in Path(f"/proc/{pid}/task").iterdir())
        return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e6


def family(pid: int) -> list[int]:
    """Give a process and all below it."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(each for child in children for each in family(int(child)))]


def read_memory(pid: int) -> dict[str, float]:
    """Read Linux's sums of a process's memory, in MB."""
    text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return {name: int(kb) / 1024 for name, kb in _MEMORY.findall(text)}


@contextlib.contextmanager
def our_service(model: Path | None, workers: int | None = None) -> Iterator[Server]:
    """Run `adclassifier-api` on a free port, without a number with its default of workers."""
    command = [sys.executable, "-m", "adclassifier_api", "--port", "0", *_workers(workers)]
    command += ["--model", str(model)] if model else []

    def port_of(log: str) -> int | None:
        found = re.search(r"running on http://127\.0\.0\.1:(\d+)", log)
        return int(found[1]) if found else None

    with _running(command, port_of) as server:
        yield server


@contextlib.contextmanager
def mlflow_service(
    model: Path | None, workers: int | None = None, *, warm: bool
) -> Iterator[Server]:
    """Log the bundle as the pyfunc that `train --track` makes, and run `mlflow models serve`.

    Unless ``warm``, it is changed to what it was before: a model that loads no compiled code.
    """
    with tempfile.TemporaryDirectory() as folder:
        store = f"sqlite:///{folder}/mlflow.db"
        with contextlib.chdir(folder):  # MLflow puts its files where it is called
            run = track(
                adclassifier.load(model),
                find_bundle(model),
                config={},
                data_hashes={},
                metrics={},
                plots={},
                tracking_uri=store,
                registered_model=None,
            )
        if not warm:
            leave_cold(Path(folder))
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        program = str(Path(sys.executable).parent / "mlflow")
        command = [program, "models", "serve", "--model-uri", f"runs:/{run}/model"]
        command += ["--env-manager", "local", "--host", "127.0.0.1", "--port", str(port)]
        command += _workers(workers)
        environment = {
            "MLFLOW_TRACKING_URI": store,
            "MLFLOW_DISABLE_TELEMETRY": "true",
            # where it looks for the server that it starts
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        }
        with _running(command, lambda log: port if answers(port) else None, environment) as server:
            yield server


def _workers(number: int | None) -> list[str]:
    """Give the option, which both services call alike; none for the service's own default."""
    return [] if number is None else ["--workers", str(number)]


def leave_cold(folder: Path) -> None:
    """Take out of the model that was logged the line that warms it."""
    (code,) = folder.rglob("served_model.py")
    warm = code.read_text("utf-8")
    cold = warm.replace("        self._classifier.warm()\n", "")
    if cold == warm:
        raise SystemExit(f"{code.name}: no line that warms the model; expected one")
    code.write_text(cold, "utf-8")


def answers(port: int) -> bool:
    """Tell whether MLflow's server is up."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/ping")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


@contextlib.contextmanager
def _running(
    command: Sequence[str],
    port_of: Callable[[str], int | None],
    environment: dict[str, str] | None = None,
) -> Iterator[Server]:
    """Run a command until the block ends; `port_of` finds its port, in its log or elsewhere."""
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder, "log")
        # a file, since a pipe that nobody empties would stop the server after 64 kB of log
        with (
            log.open("w") as writing,
            subprocess.Popen(
                command,
                stdout=writing,
                stderr=writing,
                env=os.environ | (environment or {}),
                cwd=folder if environment else None,
                start_new_session=True,
            ) as process,
        ):
            try:
                port = _wait(process, lambda: port_of(log.read_text("utf-8")), log)
                yield Server(port, process.pid, time.perf_counter() - began)
            finally:
                # the session of its own: MLflow runs its server below a shell
                os.killpg(process.pid, signal.SIGTERM)


def _wait(process: subprocess.Popen[bytes], find: Callable[[], int | None], log: Path) -> int:
    patience = time.monotonic() + _START_S
    while process.poll() is None and time.monotonic() < patience:
        if port := find():
            return port
        time.sleep(0.02)
    raise SystemExit(log.read_text("utf-8") or f"{process.args!r} did not start")
