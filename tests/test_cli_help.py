"""The help of every command is a golden file: other people's scripts rely on the options.

``ADCLASSIFIER_GOLDEN=write`` (``make golden``) rewrites it.
"""

from __future__ import annotations

import os
from pathlib import Path

from adclassifier import cli

GOLDEN = Path(__file__).parent / "golden" / "cli_help.txt"
COMMANDS = (
    "", "train", "evaluate", "predict", "score", "explain", "labels",
    "corpus", "corpus hydrate", "corpus check", "corpus card", "corpus annotations",
)  # fmt: skip
WIDTH = "100"


def test_help_is_the_golden_file(capsys, monkeypatch):
    for name in ("FORCE_COLOR", "PY_COLORS", "GITHUB_ACTIONS"):
        monkeypatch.delenv(name, raising=False)
    for name, value in (("NO_COLOR", "1"), ("TERM", "dumb"), ("COLUMNS", WIDTH)):
        monkeypatch.setenv(name, value)
    pages = []
    for command in COMMANDS:
        assert cli.main([*command.split(), "--help"]) == 0
        lines = capsys.readouterr().out.strip("\n").splitlines()
        page = "\n".join(line.rstrip() for line in lines)
        pages.append(f"$ adclassifier {command} --help".replace("  ", " ") + f"\n{page}\n")
    found = "\n".join(pages)
    if os.environ.get("ADCLASSIFIER_GOLDEN") == "write":
        GOLDEN.write_text(found, encoding="utf-8")
    assert found == GOLDEN.read_text(encoding="utf-8")
