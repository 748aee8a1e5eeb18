"""`adclassifier evaluate`: how good the model is on labelled texts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from adclassifier.cli import options


def evaluate(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="Labelled texts: JSONL in the record schema.")
    ],
    texts: Annotated[
        list[Path] | None,
        typer.Option("--texts", help="Posts to join by id, where FILE has no texts; repeatable."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print all figures as JSON.")] = False,
    as_markdown: Annotated[
        bool, typer.Option("--markdown", help="Print the tables as Markdown.")
    ] = False,
    misses: Annotated[
        bool, typer.Option("--misses", help="List what was missed and what was a false alarm.")
    ] = False,
    show_contacts: options.ShowContacts = False,
    prior: options.Prior = None,
    model: options.Model = None,
    sha256: options.Sha256 = None,
) -> None:
    """Say how good the model is on labelled texts that it was not trained on."""
    from rich.console import Console
    from rich.markdown import Markdown

    from adclassifier import training
    from adclassifier.corpus import read_corpus, require_known_codes
    from adclassifier.metrics import render_markdown
    from adclassifier.scoring import ScoreOptions
    from adclassifier.scoring.mistakes import compare, join_posts

    asked = ScoreOptions(prior=prior)
    records = join_posts(file, texts) if texts else read_corpus(file)
    require_known_codes(records)
    classifier = options.load_classifier(model, sha256)
    if misses:
        from adclassifier.cli.mistakes import show_mistakes

        predictions = classifier.predict([r.text for r in records], prior=asked.prior)
        show_mistakes(compare(records, predictions), show_contacts=show_contacts)
        return
    figures = training.evaluate(classifier, records, prior=asked.prior)
    if as_json:
        typer.echo(json.dumps(figures, ensure_ascii=False))
    elif as_markdown:
        typer.echo(render_markdown(figures), nl=False)
    else:
        Console().print(Markdown(render_markdown(figures)))
