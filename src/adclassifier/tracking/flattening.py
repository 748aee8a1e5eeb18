"""Turn nested settings and figures into the flat names and values that MLflow keeps."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

#: Letters, digits and the signs that every MLflow store takes in a name.
_UNNAMED = re.compile(r"[^\w\-./ ]", re.ASCII)


#: Parts of an evaluation that would bury the rest: over a thousand numbers in a list of metrics.
_DETAILS = ("slices", "intervals")


def flatten(nested: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Give the leaves of nested mappings with their dotted names.

    Examples
    --------
    >>> list(flatten({"features": {"n_bits": 18}, "name": "default"}))
    [('features.n_bits', 18), ('name', 'default')]
    """
    for key, value in nested.items():
        name = f"{prefix}{key}"
        if isinstance(value, Mapping):
            yield from flatten(value, f"{name}.")
        else:
            yield name, value


def as_parameters(config: Mapping[str, Any]) -> dict[str, str]:
    """Write settings as MLflow's parameters: words as they are, all else as JSON.

    Examples
    --------
    >>> as_parameters({"windows": {"chars": 600}, "sources": ["tiki", "vfnd"], "name": "default"})
    {'windows.chars': '600', 'sources': '["tiki", "vfnd"]', 'name': 'default'}
    """
    return {
        _plain(name): value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        for name, value in flatten(config)
    }


def as_metrics(figures: Mapping[str, Any]) -> dict[str, float]:
    """Pick the finite numbers, but not those of slices and intervals.

    Null figures, lists and switches are no metrics.

    Examples
    --------
    >>> as_metrics({"accepted": {"macro_f1": 0.8, "ece": None}, "n": 20, "groups": True})
    {'accepted.macro_f1': 0.8, 'n': 20.0}
    """
    return {
        _plain(name): float(value)
        for name, value in flatten(figures)
        if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
        if not set(_DETAILS).intersection(name.split("."))
    }


def _plain(name: str) -> str:
    return _UNNAMED.sub("_", name)
