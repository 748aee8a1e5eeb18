"""How the command ends: its codes, and the one line that says why."""

from __future__ import annotations

import sys

from adclassifier.errors import AdClassifierError

DONE, FAILED = 0, 2


def fail(error: AdClassifierError) -> int:
    """Write one line on stderr; give the code to leave with."""
    sys.stderr.write(f"error: {error}\n")
    return FAILED
