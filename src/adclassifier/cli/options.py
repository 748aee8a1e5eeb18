"""Options that several commands share."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from adclassifier.errors import InputError

if TYPE_CHECKING:
    from adclassifier.classifier import AdClassifier

Model = Annotated[
    Path | None,
    typer.Option(
        "--model",
        help="Folder of the model. By default ADCLASSIFIER_MODEL, else the one in the package.",
    ),
]
Sha256 = Annotated[
    str | None,
    typer.Option("--sha256", help="Refuse a model with another content hash (64 hex digits)."),
]
Prior = Annotated[
    float | None,
    typer.Option("--prior", help="Share of violating posts where the texts come from, in (0, 1)."),
]
MinSeverity = Annotated[
    str | None, typer.Option("--min-severity", help="Drop findings less urgent than this: S1 … S4.")
]
Authority = Annotated[
    bool, typer.Option("--authority", help="Name articles of the Penal Code too (for authorities).")
]
AllSignals = Annotated[
    bool, typer.Option("--all-signals", help="Give the signals of clear texts too.")
]
PostedAt = Annotated[
    str | None,
    typer.Option("--posted-at", help="Day of the post: decides which provisions are named."),
]
FailOnViolating = Annotated[
    bool, typer.Option("--fail-on-violating", help="Exit with 1 when a text is flagged.")
]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Replace an output that is there.")]
ShowContacts = Annotated[
    bool,
    typer.Option("--show-contacts", help="Do not mask telephone numbers, links and accounts."),
]


def load_classifier(model: Path | None, sha256: str | None) -> AdClassifier:
    """Load the model that was asked for."""
    from adclassifier.bundle import load

    return load(model, sha256=sha256)


def usable_cores() -> int:
    """Count the cores that this process may use, as a container limits them."""
    from joblib import cpu_count

    return int(cpu_count())


def read_day(posted_at: str | None) -> date | None:
    """Read ``--posted-at``."""
    from adclassifier.posts import parse_posted_at

    day = parse_posted_at(posted_at)
    if posted_at is not None and day is None:
        raise InputError("--posted-at", f"no date {posted_at!r}", "2026-05-12 or 12/5/2026")
    return day
