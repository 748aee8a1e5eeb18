"""A run that is killed at any moment loses nothing and writes nothing twice."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from adclassifier.scoring import FileOptions, score_file

N_ROWS, PART_ROWS, N_KILLS = 600, 25, 54

#: Runs `score_file` in copies of itself and kills them, by their groups or alone, until it has
#: killed enough and the last output is whole. For each killed or finished run it prints a line.
DRIVER = """
import os, random, signal, sys, time
from adclassifier.bundle import load
from adclassifier.scoring import FileOptions, score_file, workers

source, bundle, seed, n_kills, part_rows, *outputs = sys.argv[1:]
chance = random.Random(seed)
classifier = load(bundle)
classifier.predict(["Áo thun nam 99k"])
workers.START_ROWS = 1  # so that the other processes are killed too
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})
groups = []


def run(output, patience):
    files = FileOptions(
        jobs=chance.choice((1, 2)), chunk_rows=chance.choice((7, 64, 1000)),
        part_rows=int(part_rows), resume=True,
    )
    pid = os.fork()
    if not pid:
        os.setpgid(0, 0)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
        try:
            score_file(source, output, classifier, files=files)
        except BaseException as error:
            print("failed", repr(error), flush=True)
            os._exit(1)
        os._exit(0)
    os.setpgid(pid, pid)
    groups.append(pid)
    ended = signal.sigtimedwait({signal.SIGCHLD}, patience)
    if ended is None and chance.random() < 0.5:
        os.kill(pid, signal.SIGKILL)  # what it started must notice
    elif ended is None:
        os.killpg(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    signal.sigtimedwait({signal.SIGCHLD}, 0)
    print("killed" if ended is None else "ended", output, flush=True)
    return ended is None


def is_gone(group):
    for _ in range(100):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        signal.sigtimedwait({signal.SIGCHLD}, 0.1)
    return False


started = time.monotonic()
run(outputs[0], 100.0)
seconds = time.monotonic() - started
n_killed, n_whole = 0, 1
while n_killed < int(n_kills) or n_whole < len(outputs):
    output = outputs[n_whole % len(outputs)]
    if n_whole >= len(outputs):  # once more
        for path in (output, output + ".rejected.jsonl"):
            os.unlink(path)
    while run(output, chance.uniform(0.0, 0.7 * seconds)):
        n_killed += 1
        if os.path.exists(output) and not os.path.exists(output + ".parts"):
            break  # it was whole
    n_whole += 1
print("left over" if not all(map(is_gone, groups)) else "all gone", flush=True)
"""


@pytest.fixture
def posts(tmp_path):
    """Posts, some of which cannot be read."""
    path = tmp_path / "posts.jsonl"
    rows = (
        json.dumps({"id": i, "text": f"Áo thun số {i} giá 99k"}, ensure_ascii=False)
        if i % 50
        else '{"id": broken'
        for i in range(1, N_ROWS + 1)
    )
    path.write_text("\n".join(rows), encoding="utf-8")
    return path


@pytest.mark.skipif(sys.platform != "linux", reason="forks")
def test_score_file_goes_on_where_it_was_killed(posts, tmp_path, classifier, bundle_folder):
    names = ("out.csv", "out.jsonl.gz", "out.parquet")
    driven = subprocess.run(
        [
            sys.executable, "-c", DRIVER, str(posts), str(bundle_folder), "4",
            str(N_KILLS), str(PART_ROWS), *(str(tmp_path / name) for name in names),
        ],
        capture_output=True, text=True, check=True, timeout=600,
    )  # fmt: skip
    lines = driven.stdout.splitlines()
    assert not [line for line in lines if line.startswith("failed")]
    assert sum(line.startswith("killed") for line in lines) >= N_KILLS
    assert lines[-1] == "all gone"
    for name in names:
        whole = tmp_path / f"whole-{name}"
        score_file(posts, whole, classifier, files=FileOptions(part_rows=PART_ROWS))
        for ending in ("", ".rejected.jsonl"):
            found = (tmp_path / f"{name}{ending}").read_bytes()
            assert found == (tmp_path / f"whole-{name}{ending}").read_bytes()
    assert not [name for name in os.listdir(tmp_path) if name.endswith(".parts")]
