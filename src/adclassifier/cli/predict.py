"""`adclassifier predict`: judge one text."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from adclassifier.cli import exits, options
from adclassifier.cli.collecting import collect_seldom
from adclassifier.cli.texts import read_text


def predict(
    text: Annotated[
        str,
        typer.Argument(
            metavar="TEXT",
            help="The text; `-` for standard input, `-- TEXT` if it begins with -.",
        ),
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    posted_at: options.PostedAt = None,
    min_severity: options.MinSeverity = None,
    all_signals: options.AllSignals = False,
    prior: options.Prior = None,
    authority: options.Authority = False,
    fail_on_violating: options.FailOnViolating = False,
    model: options.Model = None,
    sha256: options.Sha256 = None,
) -> None:
    """Judge one text: signs of violation, the words that say so, and the law to cite."""
    collect_seldom()
    from adclassifier.scoring import ScoreOptions

    day = options.read_day(posted_at)
    asked = ScoreOptions(
        all_signals=all_signals, min_severity=min_severity, prior=prior, authority=authority
    )
    classifier = options.load_classifier(model, sha256)
    (prediction,) = classifier.predict(
        [read_text(text)],
        posted_at=[day],
        all_signals=asked.all_signals,
        min_severity=asked.min_severity,
        prior=asked.prior,
        authority=asked.authority,
    )
    if as_json:
        typer.echo(json.dumps(prediction.as_row(classifier.model), ensure_ascii=False))
    else:
        from adclassifier.cli.views import show_prediction  # takes a second: pages, pandas

        show_prediction(prediction, classifier.model, day, authority=asked.authority)
    if fail_on_violating and prediction.violating:
        raise typer.Exit(exits.FOUND)
