"""Pages for people: a report of scored posts, and explanations on paper and in the terminal.

The names are imported when they are first used (PEP 562): who wants a number in words needs no
templates.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from adclassifier.report.collector import COLUMN_ROLES, ReportCollector
    from adclassifier.report.explanation import explanation_page
    from adclassifier.report.terminal import render_explanation

__all__ = ["COLUMN_ROLES", "ReportCollector", "explanation_page", "render_explanation"]

_HOMES = {
    "COLUMN_ROLES": "collector",
    "ReportCollector": "collector",
    "explanation_page": "explanation",
    "render_explanation": "terminal",
}


def __getattr__(name: str) -> Any:
    """Import a name on first use."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
