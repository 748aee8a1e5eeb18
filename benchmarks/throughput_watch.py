"""Run a command and watch what it takes: wall time, CPU time, peak memory of its process tree.

Memory is read from /proc twenty times a second, less often where reading takes long: PSS (pages
that several processes share are counted once) and RSS, summed over the command and all processes
below it. A peak that is shorter than the pause between two readings is missed, except by a single
process's own RSS, which the kernel keeps the highest of (VmHWM). Reading large processes takes
milliseconds of a core that the command may want: a run that is timed is read seldom, and one that
is watched closely is not timed.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

_PROC = Path("/proc")
PAUSE_S = 0.05
#: How many times as long as a reading takes the sampler rests: beside a clock, and without one.
SELDOM, CLOSELY = 30, 2
_MEGA = 1e6


@dataclass(frozen=True, slots=True)
class Usage:
    """What a command took.

    Attributes
    ----------
    seconds : float
        From start to end.
    cpu_s : float
        User and system time of the command and of what it started and waited for.
    pss_mb, rss_mb : float
        Highest sums over the process tree, 10^6 bytes; 0 where there is no /proc.
    """

    seconds: float
    cpu_s: float
    pss_mb: float
    rss_mb: float


@dataclass(slots=True)
class MemorySampler:
    """Reads /proc in a thread of its own as long as it is open.

    Parameters
    ----------
    pid : int
        Of the process at the root of the tree.
    pause_s : float, default=0.05
        Between two readings, at least.
    rest : int, default=SELDOM
        `SELDOM` or `CLOSELY`.
    """

    pid: int
    pause_s: float = PAUSE_S
    rest: int = SELDOM
    pss: int = 0
    rss: int = 0
    _done: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def __enter__(self) -> MemorySampler:
        """Begin to read."""
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop reading."""
        self._done.set()
        if self._thread is not None:
            self._thread.join()

    def _read(self) -> None:
        pause_s = self.pause_s
        while not self._done.wait(pause_s):
            began = time.perf_counter()
            sizes = [memory_of(pid) for pid in tree_of(self.pid)]
            self.pss = max(self.pss, sum(pss for pss, _, _ in sizes))
            highest = sizes[0][2] if len(sizes) == 1 else 0
            self.rss = max(self.rss, sum(rss for _, rss, _ in sizes), highest)
            pause_s = max(self.pause_s, self.rest * (time.perf_counter() - began))


def tree_of(pid: int) -> list[int]:
    """List a process and all below it, as far as they still live."""
    below: dict[int, list[int]] = {}
    for stat in _PROC.glob("[0-9]*/stat"):
        # the name before the last ")" may hold blanks and brackets; state and parent follow it
        if after := _content(stat).rpartition(")")[2].split():
            below.setdefault(int(after[1]), []).append(int(stat.parent.name))
    found = [pid]
    for parent in found:
        found += below.get(parent, [])
    return found


def memory_of(pid: int) -> tuple[int, int, int]:
    """Give PSS, RSS and the highest RSS so far of a process, in bytes; zeros once it has ended."""
    rollup = _fields(_content(_PROC / str(pid) / "smaps_rollup"))
    status = _fields(_content(_PROC / str(pid) / "status"))
    return rollup.get("Pss", 0), rollup.get("Rss", 0), status.get("VmHWM", 0)


def _content(path: Path) -> str:
    """Read a file of /proc; a process may end between being listed and being read."""
    try:
        return path.read_text(encoding="ascii", errors="replace")
    except OSError:
        return ""


def _fields(content: str) -> dict[str, int]:
    """Read the lines "Name:  123 kB"."""
    rows = (line.split() for line in content.splitlines() if line.endswith(" kB"))
    return {name.rstrip(":"): 1024 * int(size) for name, size, _ in rows}


def run(
    command: Sequence[str], environment: Mapping[str, str] | None = None, rest: int = SELDOM
) -> Usage:
    """Run a command to its end, and say what it took.

    Parameters
    ----------
    command : sequence of str
    environment : mapping, optional
        Variables beside those of this process.
    rest : int, default=SELDOM
        See `MemorySampler`.

    Raises
    ------
    RuntimeError
        If it fails; with the end of what it said.
    """
    with tempfile.TemporaryFile() as said:
        began = time.perf_counter()
        process = subprocess.Popen(
            command, stdout=said, stderr=said, env={**os.environ, **(environment or {})}
        )
        with MemorySampler(process.pid, rest=rest) as sampler:
            _, status, used = os.wait4(process.pid, 0)
            seconds = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            said.seek(0)
            end = said.read()[-2000:].decode(errors="replace")
            raise RuntimeError(f"{' '.join(command)}: exit code {process.returncode}: {end}")
    cpu = used.ru_utime + used.ru_stime
    return Usage(seconds, cpu, sampler.pss / _MEGA, sampler.rss / _MEGA)
