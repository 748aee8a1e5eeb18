"""`adclassifier explain`: show which words speak for what."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from adclassifier.cli import exits, options
from adclassifier.cli.texts import read_text
from adclassifier.errors import InputError

if TYPE_CHECKING:
    from adclassifier.classifier import AdClassifier, Prediction
    from adclassifier.classifier.counterfactual import Counterfactual


def explain(
    texts: Annotated[
        list[str],
        typer.Argument(
            metavar="TEXT...",
            help="The texts; `-` for standard input, `-- TEXT` if one begins with -.",
        ),
    ],
    html: Annotated[
        Path | None, typer.Option("--html", help="Write a page instead (no script in it).")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object a text, a line each.")
    ] = False,
    counterfactual: Annotated[
        bool,
        typer.Option(
            "--counterfactual",
            help="Show what the law asks of such an advert, and without which words a flagged "
            "text would not be flagged.",
        ),
    ] = False,
    overwrite: options.Overwrite = False,
    posted_at: options.PostedAt = None,
    prior: options.Prior = None,
    authority: options.Authority = False,
    fail_on_violating: options.FailOnViolating = False,
    model: options.Model = None,
    sha256: options.Sha256 = None,
) -> None:
    """Show in colour which words of a text, and which cues, speak for which label."""
    from adclassifier.classifier.counterfactual import find_counterfactual
    from adclassifier.posts.atomic import exists_already
    from adclassifier.scoring import ScoreOptions

    if html is not None and as_json:
        raise InputError("explain", "--html with --json", "one of them")
    if html is not None and html.exists() and not overwrite:
        raise exists_already(html)
    day = options.read_day(posted_at)
    asked = ScoreOptions(prior=prior, authority=authority, all_signals=True)
    classifier = options.load_classifier(model, sha256)
    contents = [read_text(text) for text in texts]
    predictions = classifier.predict(
        contents,
        posted_at=[day] * len(contents),
        all_signals=asked.all_signals,
        prior=asked.prior,
        authority=asked.authority,
    )
    without = [
        find_counterfactual(text, classifier, prior=prior) if counterfactual else None
        for text in contents
    ]
    shown = _Explained(contents, predictions, without, classifier)
    if html is not None:
        _write_page(shown, html, overwrite=overwrite)
    elif as_json:
        _print_rows(shown)
    else:
        _print(shown)
    if fail_on_violating and any(prediction.violating for prediction in predictions):
        raise typer.Exit(exits.FOUND)


@dataclass(frozen=True)
class _Explained:
    """Texts with all that is said of them, one of each a text."""

    texts: list[str]
    predictions: list[Prediction]
    counterfactuals: list[Counterfactual | None]
    classifier: AdClassifier

    def __iter__(self) -> Iterator[tuple[str, Prediction, Counterfactual | None]]:
        return zip(self.texts, self.predictions, self.counterfactuals, strict=True)


def _write_page(explained: _Explained, path: Path, *, overwrite: bool) -> None:
    """Write the page, whole or not at all."""
    from adclassifier.posts.atomic import AtomicFile
    from adclassifier.report.explanation import explanation_page

    page = explanation_page(
        explained.texts, explained.predictions, explained.classifier, explained.counterfactuals
    )
    file = AtomicFile(path, overwrite=overwrite)
    try:
        file.stream.write(page.encode())
    except BaseException:
        file.abort()
        raise
    file.commit()


def _print_rows(explained: _Explained) -> None:
    """Print what `predict --json` prints, with the cues, and the counterfactual if asked for."""
    from adclassifier.classifier.cues_used import explained_labels, find_used_cues

    for text, prediction, counterfactual in explained:
        row = prediction.as_row(explained.classifier.model)
        found = find_used_cues(text, explained.classifier.heads, explained_labels(prediction))
        row["explanation"] = [shares.as_row() for shares in found]
        if counterfactual is not None:
            row["counterfactual"] = counterfactual.as_row()
        typer.echo(json.dumps(row, ensure_ascii=False))


def _print(explained: _Explained) -> None:
    """Print for a person."""
    from rich.console import Console

    from adclassifier.report.terminal import render_explanation

    console = Console(highlight=False)
    for text, prediction, counterfactual in explained:
        console.print(render_explanation(text, prediction, explained.classifier, counterfactual))
