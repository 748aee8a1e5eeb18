"""`adclassifier labels`: what a post can be said to be, and the law behind it."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from adclassifier.cli import options


def labels(
    as_json: Annotated[bool, typer.Option("--json", help="Print all of it as JSON.")] = False,
    authority: options.Authority = False,
) -> None:
    """List labels with their sub-codes, signals, kinds, severities, agencies and provisions."""
    from adclassifier import catalog

    known = catalog.labels(authority=authority)
    if as_json:
        typer.echo(json.dumps(known, ensure_ascii=False, indent=2))
        return
    from adclassifier.cli.tables import show_labels

    show_labels(known)
