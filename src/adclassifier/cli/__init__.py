"""The command line: parse, call one function, print."""

from __future__ import annotations

from adclassifier.cli.app import app, main

__all__ = ["app", "main"]
