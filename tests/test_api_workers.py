"""The HTTP service: workers that share one model, are replaced, and leave with their supervisor."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import pytest
from adclassifier_api.workers import check_workers

from adclassifier.errors import ConfigError

COMMAND = [sys.executable, "-m", "adclassifier_api", "--port", "0", "--workers", "2"]
TEXT = "Nhận làm bằng lái xe máy, ô tô, không cần thi, bao hồ sơ gốc, ib em báo giá ạ"
linux = pytest.mark.skipif(
    not Path("/proc/self/smaps_rollup").exists(),
    reason="the processes below another and their memory are read from Linux's /proc",
)


@dataclass
class Service:
    """The command while it runs."""

    process: subprocess.Popen[str]
    errors: IO[str]
    port: int = 0

    def read_until(self, pattern: str) -> str:
        """Read the log until a line has what is looked for; give that."""
        seen: list[str] = []
        for line in self.errors:
            seen.append(line)
            if found := re.search(pattern, line):
                return found[1]
        pytest.fail(f"the log has no {pattern!r}:\n" + "".join(seen))

    def workers(self) -> set[int]:
        """Give the ids of the workers."""
        pid = self.process.pid
        return {*map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())}

    def predict(self) -> str:
        """Judge a post; give the outcome."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        body = json.dumps({"posts": [{"text": TEXT}], "explain": True}).encode()
        connection.request("POST", "/v1/predict", body, {"Content-Type": "application/json"})
        answer = json.loads(connection.getresponse().read())
        connection.close()
        return str(answer["predictions"][0]["outcome"])


@contextlib.contextmanager
def serving(*options: str) -> Iterator[Service]:
    """Run the command with two workers on a free port of loopback, and stop it by its id."""
    with subprocess.Popen([*COMMAND, *options], stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        service = Service(process, process.stderr)
        try:
            service.port = int(service.read_until(r"running on http://127\.0\.0\.1:(\d+)"))
            yield service
        finally:
            process.terminate()
            process.stderr.read()


def megabytes(pid: int) -> dict[str, int]:
    """Read what Linux says of a process's memory."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    return {line.split(":")[0]: int(line.split()[1]) // 1024 for line in lines}


@linux
@pytest.mark.slow
@pytest.mark.model
def test_workers_share_the_model_in_memory() -> None:
    with serving() as service:
        for _ in range(40):
            service.predict()
        memory = [megabytes(pid) for pid in service.workers()]
    assert len(memory) == 2
    for of_worker in memory:
        private = of_worker["Private_Clean"] + of_worker["Private_Dirty"]
        # 20 of 270 MB when this was written; a worker that loads the model itself has nearly all
        assert private < of_worker["Rss"] / 3
        assert of_worker["Pss"] < of_worker["Rss"] / 1.5


@linux
@pytest.mark.slow
def test_a_worker_that_ends_is_replaced(bundle_folder: Path) -> None:
    with serving("--model", str(bundle_folder)) as service:
        before = service.workers()
        victim = min(before)
        os.kill(victim, signal.SIGKILL)
        assert int(service.read_until(r"worker (\d+) ended unasked")) == victim
        service.read_until("(Application startup complete)")
        after = service.workers()
        assert len(after) == 2
        assert len(after - before) == 1
        assert service.predict() in ("flag", "review", "clear")


@linux
@pytest.mark.slow
def test_workers_leave_when_the_supervisor_is_told_to(bundle_folder: Path) -> None:
    with serving("--model", str(bundle_folder)) as service:
        workers = service.workers()
        service.process.send_signal(signal.SIGTERM)
        service.errors.read()
        assert service.process.wait(30) == 0
        assert not [pid for pid in workers if Path(f"/proc/{pid}").exists()]


@linux
@pytest.mark.slow
def test_workers_leave_when_the_supervisor_is_killed(bundle_folder: Path) -> None:
    with serving("--model", str(bundle_folder)) as service:
        service.process.kill()
        # each worker holds the other end of this pipe for as long as it lives
        assert "Finished server process" in service.errors.read()


def test_supervisor_gives_up_when_a_worker_does_not_start() -> None:
    code = (
        "import sys\n"
        "from adclassifier_api.workers import Supervisor\n"
        "started = Supervisor(lambda number, signs: False, 2, 1.0).run(print)\n"
        "print(started)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_check_workers_refuses_several_where_nothing_can_be_copied(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delattr(os, "fork")
    check_workers(1)
    with pytest.raises(ConfigError, match="--workers 2"):
        check_workers(2)
