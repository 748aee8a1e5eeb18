"""`adclassifier explain`: show which words speak for what."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from adclassifier.cli import exits, options
from adclassifier.cli.texts import read_text


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
    """Show in colour which words of a text speak for which label."""
    from rich.console import Console

    from adclassifier.classifier.counterfactual import find_counterfactual
    from adclassifier.posts.atomic import AtomicFile, exists_already
    from adclassifier.report.explanation import explanation_page
    from adclassifier.report.terminal import render_explanation
    from adclassifier.scoring import ScoreOptions

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
    if html is not None:
        page = explanation_page(contents, predictions, classifier, without)
        file = AtomicFile(html, overwrite=overwrite)
        try:
            file.stream.write(page.encode())
        except BaseException:
            file.abort()
            raise
        file.commit()
    else:
        console = Console(highlight=False)
        for text, prediction, each in zip(contents, predictions, without, strict=True):
            console.print(render_explanation(text, prediction, classifier, each))
    if fail_on_violating and any(prediction.violating for prediction in predictions):
        raise typer.Exit(exits.FOUND)
