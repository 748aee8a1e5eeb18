"""`adclassifier score`: judge a file of posts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from adclassifier.cli import exits, options
from adclassifier.cli.collecting import collect_seldom, give_back_memory

if TYPE_CHECKING:
    from adclassifier.scoring import ScoreSummary

_STDOUT = "-"


def score(
    source: Annotated[
        str,
        typer.Argument(
            metavar="INPUT",
            help="File (.csv .tsv .jsonl .parquet .xlsx .txt .json of a chat, also .gz .zst), "
            "folder, pattern, or - for standard input.",
        ),
    ],
    output: Annotated[
        str,
        typer.Option(
            "--output", "-o", help="File (.csv .tsv .jsonl .parquet .xlsx), or - for stdout."
        ),
    ],
    overwrite: options.Overwrite = False,
    text_column: Annotated[
        str | None, typer.Option("--text-column", help="Column of the text; else found by name.")
    ] = None,
    date_column: Annotated[
        str | None, typer.Option("--date-column", help="Column of the day; else found by name.")
    ] = None,
    split: Annotated[
        str | None, typer.Option("--split", help="How a .txt is split: paragraphs or chat.")
    ] = None,
    stdin_format: Annotated[
        str, typer.Option("--stdin-format", help="Format of standard input.")
    ] = "jsonl",
    stdout_format: Annotated[
        str, typer.Option("--stdout-format", help="Format of stdout: csv, tsv or jsonl.")
    ] = "jsonl",
    chunk_rows: Annotated[
        int, typer.Option("--chunk-rows", min=1, help="Most rows judged at once.")
    ] = 4096,
    jobs: Annotated[
        int | None,
        typer.Option("--jobs", min=1, help="Processes that judge; by default one a core."),
    ] = None,
    resume: Annotated[
        bool,
        typer.Option(
            "--resume", help="Go on where an interrupted run left OUTPUT.parts (not for XLSX)."
        ),
    ] = False,
    no_dedupe: Annotated[
        bool, typer.Option("--no-dedupe", help="Judge equal posts again, each time.")
    ] = False,
    prefix: Annotated[
        str, typer.Option("--prefix", help="Stands before the names of added columns.")
    ] = "",
    replace_columns: Annotated[
        bool,
        typer.Option(
            "--replace-columns", help="Replace input columns named like ours, and source_file."
        ),
    ] = False,
    no_evidence: Annotated[
        bool, typer.Option("--no-evidence", help="Leave the column of evidence out (faster).")
    ] = False,
    all_signals: options.AllSignals = False,
    min_severity: options.MinSeverity = None,
    prior: options.Prior = None,
    authority: options.Authority = False,
    report: Annotated[
        Path | None, typer.Option("--report", help="Write a page for inspectors, too (.html).")
    ] = None,
    show: Annotated[
        int, typer.Option("--show", min=0, help="Print so many flagged posts, highlighted.")
    ] = 0,
    show_contacts: options.ShowContacts = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit with 1 when a row was rejected.")
    ] = False,
    fail_on_violating: options.FailOnViolating = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress and no summary.")] = False,
    model: options.Model = None,
    sha256: options.Sha256 = None,
    engine: Annotated[
        str, typer.Option("--engine", help="Where it is judged: local, or spark for a cluster.")
    ] = "local",
    master: Annotated[
        str | None,
        typer.Option("--master", help="Spark's address: local[2], spark://HOST:PORT, yarn …"),
    ] = None,
    spark_conf: Annotated[
        list[str] | None,
        typer.Option("--spark-conf", help="A setting of Spark, NAME=VALUE; may be repeated."),
    ] = None,
) -> None:
    """Judge a file of posts, and write it back with columns added."""
    collect_seldom()
    give_back_memory()
    from adclassifier.cli.onlookers import Flagged, Progress, Report, check_report, share_out
    from adclassifier.cli.spark import is_spark, score_on_cluster
    from adclassifier.scoring import FileOptions, ScoreOptions, score_file

    on_cluster = is_spark(
        engine,
        {
            "--master": master is not None,
            "--spark-conf": bool(spark_conf),
            "--report": report is not None,
            "--show": show > 0,
            "--split": split is not None,
            "--jobs": jobs is not None,
            "--resume": resume,
        },
    )
    asked = ScoreOptions(
        evidence=not no_evidence,
        all_signals=all_signals,
        min_severity=min_severity,
        prior=prior,
        authority=authority,
        prefix=prefix,
        replace_columns=replace_columns,
    )
    files = FileOptions(
        text_column=text_column,
        date_column=date_column,
        split=split,
        chunk_rows=chunk_rows,
        stdin_format=stdin_format,
        stdout_format=stdout_format,
        overwrite=overwrite,
        show_contacts=show_contacts,
        jobs=options.usable_cores() if jobs is None else jobs,
        dedupe=not no_dedupe,
        resume=resume,
    )
    if on_cluster:
        with Progress(quiet=quiet) as progress:
            summary = score_on_cluster(
                source,
                output,
                model,
                asked,
                files,
                master=master,
                settings=spark_conf or (),
                sha256=sha256,
                on_progress=progress.update,
            )
        progress.summarise(summary)
        _exit(summary, strict=strict, fail_on_violating=fail_on_violating)
        return
    if report is not None:
        check_report(report, others=(source, output), overwrite=overwrite)
    classifier = options.load_classifier(model, sha256)
    page = Report(classifier, source, asked, files) if report is not None else None
    flagged = Flagged(show) if show else None
    onlookers = [each.add for each in (page, flagged) if each is not None]
    with Progress(quiet=quiet) as progress:
        summary = score_file(
            source,
            output,
            classifier,
            asked,
            files,
            on_chunk=share_out(onlookers) if onlookers else None,
            on_progress=progress.update,
        )
    if report is not None and page is not None:
        page.write(report, overwrite=overwrite)
    if flagged is not None:
        flagged.show(classifier, asked, show_contacts=show_contacts, to_stderr=output == _STDOUT)
    progress.summarise(summary)
    _exit(summary, strict=strict, fail_on_violating=fail_on_violating)


def _exit(summary: ScoreSummary, *, strict: bool, fail_on_violating: bool) -> None:
    """End with the code that was asked for what was found."""
    if (strict and summary.rejected) or (fail_on_violating and summary.outcomes["flag"]):
        raise typer.Exit(exits.FOUND)
