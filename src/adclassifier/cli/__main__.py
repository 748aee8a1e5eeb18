"""`python -m adclassifier.cli`."""

from __future__ import annotations

import sys

from adclassifier.cli.app import main

if __name__ == "__main__":
    sys.exit(main())
