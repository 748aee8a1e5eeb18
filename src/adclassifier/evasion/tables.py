"""Read the tables of the tricks."""

from __future__ import annotations

import functools
import tomllib
from importlib import resources
from typing import Any


@functools.cache
def load_tables() -> dict[str, Any]:
    """Read ``tables.toml`` of this package, once.

    Examples
    --------
    >>> load_tables()["telex"]["letters"]["ô"]
    'oo'
    """
    path = resources.files("adclassifier.evasion") / "tables.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))
