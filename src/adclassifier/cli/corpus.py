"""`adclassifier corpus`: labelled texts, joined, checked, counted."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer

from adclassifier.cli import exits
from adclassifier.errors import InputError

app = typer.Typer(help="Labelled texts: join, check, count, annotate.")

_ANNOTATIONS = Path("data/annotations")
_MEASURED = Path("benchmarks/results/source_guessability.json")


@app.callback(invoke_without_command=True)
def _group(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


@app.command()
def hydrate(
    texts: Annotated[
        list[Path], typer.Option("--from", help="Your copy of the public texts; repeatable.")
    ],
    annotations: Annotated[
        list[Path] | None,
        typer.Option("--annotations", help="Our labels; repeatable.  [default: data/annotations]"),
    ] = None,
    output: Annotated[
        Path, typer.Option("--output", "-o", help="JSONL of records; keep it out of git.")
    ] = Path("data/hydrated/records.jsonl"),
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace an output that is there.")
    ] = False,
) -> None:
    """Join our labels with a local copy of the texts; list what did not match."""
    from adclassifier.corpus import hydrate as join
    from adclassifier.corpus import write_corpus
    from adclassifier.posts.atomic import exists_already

    if output.exists() and not overwrite:
        raise exists_already(output)
    records, report = join(annotations or [_ANNOTATIONS], texts)
    typer.echo(str(report))
    if not records:
        raise InputError("--from", "no text matches an annotation", "the texts they were made of")
    typer.echo(f"{write_corpus(records, output)} records in {output}")


@app.command()
def check(
    paths: Annotated[
        list[Path], typer.Argument(metavar="PATH...", help="Records: JSONL files or folders.")
    ],
    held_out: Annotated[
        list[Path] | None,
        typer.Option("--held-out", help="Records that must share no group; repeatable."),
    ] = None,
) -> None:
    """Check records; name file, line, field, found, expected. Exit with 1 if there are problems."""
    from adclassifier.corpus import check_files

    n_records, problems = check_files(paths, held_out=held_out or [])
    for problem in problems:
        typer.echo(str(problem))
    typer.echo(f"{n_records} records, {len(problems)} problems")
    if problems:
        raise typer.Exit(exits.FOUND)


@app.command()
def card(
    data: Annotated[Path, typer.Option("--data", help="Folder of the data.")] = Path("data"),
    texts: Annotated[
        list[Path] | None,
        typer.Option("--texts", help="Measure anew with these labelled public texts; repeatable."),
    ] = None,
    dev: Annotated[
        list[Path] | None,
        typer.Option("--dev", help="Development set, counted against; with --texts; repeatable."),
    ] = None,
    measured: Annotated[
        Path, typer.Option("--measured", help="Where the measured figures are kept.")
    ] = _MEASURED,
) -> None:
    """Bring the tables and plots of the data card up to date."""
    from adclassifier.corpus.measuring import write_card, write_measured

    if bool(texts) != bool(dev):
        raise InputError("corpus card", "--texts or --dev alone", "both, or neither")
    if texts and dev:
        named = [("--texts", path) for path in texts] + [("--dev", path) for path in dev]
        # only the last two parts: a path of this machine says nothing to others
        shown = " ".join(f"{option} {'/'.join(path.parts[-2:])}" for option, path in named)
        write_measured(
            [data / "corpus"],
            texts,
            dev,
            measured,
            date=dt.date.today().isoformat(),
            command=f"adclassifier corpus card {shown}",
        )
    typer.echo(str(write_card(data, measured)))


@app.command("annotations")
def annotate(
    paths: Annotated[
        list[Path], typer.Argument(metavar="PATH...", help="Labelled public texts, JSONL.")
    ],
    output: Annotated[
        Path, typer.Option("--output", "-o", help="Folder; files of the same sources are replaced.")
    ] = _ANNOTATIONS,
) -> None:
    """Write our labels of public texts without the texts: ids, hashes, places."""
    from adclassifier.corpus import read_corpus, write_annotations

    for source, count in write_annotations(read_corpus(paths), output).items():
        typer.echo(f"{source}: {count}")
