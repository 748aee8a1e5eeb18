"""`adclassifier train`: fit a model on labelled texts."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from adclassifier.errors import InputError

if TYPE_CHECKING:
    from adclassifier.corpus import Record

_LOCAL = Path("models/local")


def train(
    corpus: Annotated[
        list[Path] | None,
        typer.Option("--corpus", help="Labelled records, JSONL files or folders; repeatable."),
    ] = None,
    annotations: Annotated[
        list[Path] | None,
        typer.Option("--annotations", help="Our labels of public texts; repeatable."),
    ] = None,
    texts: Annotated[
        list[Path] | None,
        typer.Option("--texts", help="Your copy of those public texts; repeatable."),
    ] = None,
    data: Annotated[
        Path | None, typer.Option("--data", help="Your own labelled table (.csv .xlsx .jsonl …).")
    ] = None,
    text_column: Annotated[
        str, typer.Option("--text-column", help="Column of the text in --data.")
    ] = "text",
    label_column: Annotated[
        str | None, typer.Option("--label-column", help="Column of labels joined by |, in --data.")
    ] = None,
    label_columns: Annotated[
        str | None, typer.Option("--label-columns", help="Or columns of 0 and 1: a,b,c.")
    ] = None,
    config: Annotated[
        Path | None, typer.Option("--config", help="Settings that differ from the defaults, TOML.")
    ] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="SECTION.NAME=VALUE", help="One setting; repeatable."),
    ] = None,
    name: Annotated[
        str | None, typer.Option("--name", help="Name of the model (bundle.name).")
    ] = None,
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder of the model.")] = _LOCAL,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace a model that is there.")
    ] = False,
    track: Annotated[
        bool, typer.Option("--track", help="Store the run in MLflow (extra `tracking`).")
    ] = False,
) -> None:
    """Fit a model on labelled texts, and save it as a bundle."""
    from adclassifier import bundle, training
    from adclassifier.cli.runs import data_hashes, record_run, require_tracking
    from adclassifier.config import load_config

    chosen = load_config(config, [*(settings or ()), *([f"bundle.name={name}"] if name else ())])
    _check_output(output, overwrite)
    if track:
        require_tracking()
    if not (corpus or annotations or texts or data):
        raise InputError("train", "no data", "--corpus, --annotations with --texts, or --data")
    records = chain(
        _read_corpus(corpus or []),
        _hydrate(annotations or [], texts or []),
        _read_table(data, text_column, label_column, label_columns),
    )
    fitting = training.fit(records, chosen, progress=_say)
    plots = training.draw_plots(fitting)
    saved = bundle.save(fitting.classifier, output, plots=plots)
    _say(f"{saved.model} in {output}, learned from {fitting.classifier.card['n_texts']:,} texts")
    if track:
        paths = [*(corpus or []), *(annotations or []), *(texts or []), *([data] if data else [])]
        settings_used = chosen.model_dump(mode="json")
        run = record_run(saved, output, settings_used, data_hashes(paths), plots)
        _say(f"MLflow run {run}")


def _check_output(output: Path, overwrite: bool) -> None:
    """Raise before training where the model could not be saved."""
    from adclassifier.posts.atomic import exists_already

    if output.is_file():
        raise InputError(str(output), "is a file", "the folder of a model")
    if output.exists() and any(output.iterdir()) and not overwrite:
        raise exists_already(output)


def _say(line: str) -> None:
    """Tell how far it is."""
    print(line, file=sys.stderr)


def _read_corpus(paths: list[Path]) -> Iterable[Record]:
    """Read records one after another."""
    from adclassifier.corpus import iterate_corpus

    return iterate_corpus(paths) if paths else []


def _hydrate(annotations: list[Path], texts: list[Path]) -> list[Record]:
    """Join annotations with the user's copy of the texts, and say what did not match."""
    from adclassifier.corpus import hydrate

    if bool(annotations) != bool(texts):
        found, missing = (
            ("--annotations", "--texts") if annotations else ("--texts", "--annotations")
        )
        raise InputError("train", f"{found} without {missing}", "both, since one names the other")
    if not annotations:
        return []
    records, report = hydrate(annotations, texts)
    _say(str(report))
    if not records:
        raise InputError("--texts", "no text matches an annotation", "the texts they were made of")
    return records


def _read_table(
    path: Path | None, text_column: str, label_column: str | None, label_columns: str | None
) -> Iterator[Record]:
    """Read the user's own table row after row, and say what was left out."""
    from adclassifier.corpus import LabelledTable

    if path is None:
        return
    names = [name.strip() for name in (label_columns or "").split(",") if name.strip()]
    if (label_column is None) == (not names):
        raise InputError(
            str(path), "no single place for labels", "--label-column or --label-columns"
        )
    table = LabelledTable(path, text_column, label_column, tuple(names))
    yield from table
    _say(f"{path}: {table.report}")
