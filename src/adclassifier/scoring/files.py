"""Judge a file, chunk by chunk, in memory that does not grow with it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, replace
from importlib.metadata import version
from pathlib import Path

from adclassifier.classifier import AdClassifier
from adclassifier.entities import mask_contacts
from adclassifier.errors import InputError
from adclassifier.posts import PostReader, open_posts, open_rejected
from adclassifier.posts.naming import choose_column
from adclassifier.posts.opening import Planned
from adclassifier.posts.output import Destination, find_destination
from adclassifier.posts.sources import parse_ending
from adclassifier.posts.writers import new_writer
from adclassifier.scoring.file_job import FileJob, OnChunk
from adclassifier.scoring.file_options import FileOptions
from adclassifier.scoring.identity import InputIdentity
from adclassifier.scoring.judging import Judge
from adclassifier.scoring.manifest import Manifest
from adclassifier.scoring.options import ScoreOptions, added_schema, clashing_columns
from adclassifier.scoring.outputs import Output, SingleOutput
from adclassifier.scoring.parts import is_joined, open_parts
from adclassifier.scoring.summary import ScoreSummary

STDOUT = "-"
#: What every output of ours has, whatever the model and the options.
_OWN_COLUMNS = ("violating", "outcome", "p_violating", "model")
#: Options of files that change what is written.
_TELLING = ("text_column", "date_column", "split", "show_contacts", "part_rows")

#: So many rows of a JSONL file tell its columns, whatever the size of chunks.
_HEAD_ROWS = 2000

OnProgress = Callable[[ScoreSummary], None]


def score_file(
    source: str | Path,
    output: str | Path,
    classifier: AdClassifier,
    options: ScoreOptions | None = None,
    files: FileOptions | None = None,
    *,
    on_chunk: OnChunk | None = None,
    on_progress: OnProgress | None = None,
) -> ScoreSummary:
    """Judge the posts of a file, folder, pattern or standard input; write them with columns added.

    The output appears when it is whole. Rows that cannot be judged, those without text among
    them, go to ``<output>.rejected.jsonl``; where the output is ``-``, they are only counted. Of
    several files, a column ``source_file`` says where each row is from. In a folder or pattern,
    what an earlier run wrote to ``output`` is no input.

    Parameters
    ----------
    source, output : str or Path
        See `open_posts` and `open_writer`.
    classifier : AdClassifier
        The model.
    options : ScoreOptions, optional
        How posts are judged; its columns give way to those of ``files``.
    files : FileOptions, optional
        How files are read and written.
    on_chunk : callable, optional
        Is called with each chunk, all input columns as strings and the added ones, under the names
        without prefix, lists in Python; and with the counts, which name the columns.
    on_progress : callable, optional
        Is called after each chunk with the counts so far.

    Returns
    -------
    ScoreSummary
        The counts.

    Raises
    ------
    InputError
        If the input or output cannot be used, a column clashes with ours, or no row could be
        judged: then there is the side file only.
    """
    options, files = options or ScoreOptions(), files or FileOptions()
    started = time.monotonic()
    _check_resumable(source, output, files, watched=on_chunk is not None)
    with open_input(source, output, classifier, options, files) as reader:
        date_column = choose_column("date", reader.columns, files.date_column, str(source))
        options = replace(options, text_column=reader.text_column, posted_at_column=date_column)
        job = FileJob(
            reader,
            options,
            added_schema(classifier.labels, options).names,
            replaced_columns(reader, classifier, options, str(source)),
            ScoreSummary(reader.text_column, date_column, n_skipped_files=len(reader.skipped)),
            on_chunk,
        )
        destination = find_destination(
            output,
            overwrite=files.overwrite or (files.resume and is_joined(output)),
            inputs=reader.paths,
            stdout_format=files.stdout_format,
        )
        judge = Judge(classifier, options, files.dedupe)
        with _open_output(destination, reader, judge, files) as written:
            for _ in job.run(judge, written, files):
                if on_progress is not None:
                    on_progress(job.summary)
    job.summary.seconds = time.monotonic() - started
    if not job.summary.outcomes:
        raise nothing_judged(source, output, job.summary)
    return job.summary


def replaced_columns(
    reader: PostReader, classifier: AdClassifier, options: ScoreOptions, source: str
) -> frozenset[str]:
    """Give the names of input columns that give way to ours.

    Parameters
    ----------
    reader : PostReader
        The input.
    classifier : AdClassifier
        The model; its labels name columns.
    options : ScoreOptions
        Its prefix stands before them, and it says whether input columns may be replaced.
    source : str
        What is read, for the message.

    Raises
    ------
    InputError
        If a column clashes with ours, at the file it is in.
    """
    added = set(added_schema(classifier.labels, options).names)
    where = next((file for name, file in reader.origins.items() if name in added), source)
    replaced = clashing_columns(reader.columns, classifier.labels, options, where=where)
    if options.replace_columns and reader.source_column is not None:
        replaced |= {reader.source_column}
    return replaced


def open_input(
    source: str | Path,
    output: str | Path,
    classifier: AdClassifier,
    options: ScoreOptions,
    files: FileOptions,
) -> PostReader:
    """Open the input of a run; JSONL that goes into columns is scanned for its keys first.

    Parameters
    ----------
    source, output : str or Path
        What an earlier run wrote to `output` is no input.
    classifier : AdClassifier
        Says how long a text may be.
    options : ScoreOptions
        Names the columns by which an earlier output is known.
    files : FileOptions
        How the input is read.

    Raises
    ------
    InputError
        See `open_posts`.
    """
    ending = parse_ending(Path(output))
    written = files.stdout_format if str(output) == STDOUT else (ending or ("",))[0]
    return open_posts(
        source,
        text_column=files.text_column,
        split=files.split,
        chunk_rows=files.chunk_rows,
        max_chars=classifier.max_chars,
        stdin_format=files.stdin_format,
        scan_columns=written != "jsonl",
        # a pipe may bring its posts slowly
        head_rows=None if str(source) == STDOUT else _HEAD_ROWS,
        planned=Planned(
            output,
            frozenset(options.prefix + name for name in _OWN_COLUMNS),
            replaces=options.replace_columns,
        ),
    )


def _check_resumable(
    source: str | Path, output: str | Path, files: FileOptions, *, watched: bool
) -> None:
    """Raise InputError for a run that could not go on where another stopped."""
    if not files.resume:
        return
    ending = parse_ending(Path(output))
    if str(source) == STDOUT:
        raise InputError("--resume", "standard input cannot be read again", "a file as input")
    if str(output) == STDOUT or (ending and ending[0] == "xlsx"):
        found = "standard output has no parts" if str(output) == STDOUT else "XLSX has no parts"
        raise InputError("--resume", found, "an output in .csv, .tsv, .jsonl or .parquet")
    if watched:
        raise InputError(
            "--resume", "a page or list would lack the rows of before", "no --report and no --show"
        )


def _open_output(
    destination: Destination, reader: PostReader, judge: Judge, files: FileOptions
) -> Output:
    """Open the output, in parts where the format and the place allow it."""
    mask = None if files.show_contacts else mask_contacts
    if destination.path is None:
        return SingleOutput(new_writer(destination), None)
    if destination.format == "xlsx":
        rejected = open_rejected(destination.path, mask=mask, overwrite=files.overwrite)
        return SingleOutput(new_writer(destination), rejected)
    manifest = Manifest(
        input=[],
        bundle=f"{judge.classifier.name}@{judge.classifier.content_hash}",
        options={
            **asdict(judge.options),
            **{name: getattr(files, name) for name in _TELLING},
            "format": destination.format,
            "codec": destination.codec,
            "version": version("adclassifier"),
        },
    )
    identity = InputIdentity(reader.paths)
    return open_parts(destination, identity, manifest, mask, resume=files.resume)


def nothing_judged(source: str | Path, output: str | Path, summary: ScoreSummary) -> InputError:
    """Build the error for an input without a row that could be judged.

    Parameters
    ----------
    source, output : str or Path
        Of the run; the message names the side file, which there is beside a file.
    summary : ScoreSummary
        Why the rows were rejected.
    """
    if not summary.n_read:
        return InputError(str(source), "holds no rows", "at least one post")
    reasons = ", ".join(f"{n} {reason}" for reason, n in summary.rejected.items())
    aside = "" if str(output) == STDOUT else f"see {output}.rejected.jsonl"
    return InputError(str(source), f"every row was rejected ({reasons})", aside)
