"""What the command line's exit codes mean."""

from __future__ import annotations

from typing import Final

#: Done.
DONE: Final = 0
#: Done, and there is what a flag asked to fail on (``--strict``, ``--fail-on-violating``).
FOUND: Final = 1
#: Could not.
FAILED: Final = 2
#: Stopped by Ctrl-C, as shells write it.
INTERRUPTED: Final = 130
#: Stopped by SIGTERM, as a scheduler or the shut-down of the machine sends it.
TERMINATED: Final = 143
