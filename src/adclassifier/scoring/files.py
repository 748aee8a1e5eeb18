"""Judge a file, chunk by chunk, in memory that does not grow with it."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from adclassifier.classifier import AdClassifier
from adclassifier.entities import mask_contacts
from adclassifier.errors import InputError
from adclassifier.posts import (
    Chunk,
    PostReader,
    PostWriter,
    RejectedWriter,
    open_posts,
    open_rejected,
    open_writer,
    parse_posted_at,
)
from adclassifier.posts.naming import choose_column
from adclassifier.posts.opening import Planned
from adclassifier.posts.sources import parse_ending
from adclassifier.scoring.batch import score_batch
from adclassifier.scoring.options import ScoreOptions, added_schema, clashing_columns
from adclassifier.scoring.summary import SHOWN_ROWS, ScoreSummary

STDOUT = "-"
#: What every output of ours has, whatever the model and the options.
_OWN_COLUMNS = ("violating", "outcome", "p_violating", "model")


@dataclass(frozen=True, slots=True)
class FileOptions:
    """How a file is read and written; see `open_posts` and `open_writer`.

    Parameters
    ----------
    text_column, date_column : str or None
        Column of the text and of the day; by default the first that is called like one.
    split : {"paragraphs", "chat"} or None
        How a ``.txt`` is split.
    chunk_rows : int, default=2000
        Most rows held at once.
    stdin_format, stdout_format : str, default="jsonl"
        Format of ``-``.
    overwrite : bool, default=False
        Whether an output that is there may be replaced.
    show_contacts : bool, default=False
        Whether the side file shows telephone numbers, links, e-mails and accounts.
    """

    text_column: str | None = None
    date_column: str | None = None
    split: str | None = None
    chunk_rows: int = 2000
    stdin_format: str = "jsonl"
    stdout_format: str = "jsonl"
    overwrite: bool = False
    show_contacts: bool = False


OnChunk = Callable[[pd.DataFrame, ScoreSummary], None]
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
    with _open_input(source, output, classifier, options, files) as reader:
        date_column = choose_column("date", reader.columns, files.date_column, str(source))
        options = replace(options, text_column=reader.text_column, posted_at_column=date_column)
        job = _Job(
            classifier,
            options,
            _replaced_columns(reader, classifier, options, str(source)),
            ScoreSummary(reader.text_column, date_column, n_skipped_files=len(reader.skipped)),
            on_chunk,
        )
        with open_writer(
            output,
            overwrite=files.overwrite,
            inputs=reader.paths,
            stdout_format=files.stdout_format,
        ) as writer:
            with _open_side_file(output, files) as rejected:
                for chunk in reader.chunks():
                    job.score(chunk, writer, rejected)
                    job.count(reader, writer)
                    if on_progress is not None:
                        on_progress(job.summary)
            if not writer.n_rows:
                raise _nothing_judged(source, output, job.summary)
    return job.summary


@dataclass(slots=True)
class _Job:
    """What stays the same from chunk to chunk, and the counts."""

    classifier: AdClassifier
    options: ScoreOptions
    replaced: frozenset[str]
    summary: ScoreSummary
    on_chunk: OnChunk | None

    def score(self, chunk: Chunk, writer: PostWriter, rejected: RejectedWriter | None) -> None:
        """Judge a chunk and write it."""
        if rejected is not None:
            rejected.write(chunk.rejected)
        if not len(chunk.rows):
            return
        options = self.options
        columns = [options.text_column, options.posted_at_column]
        batch = chunk.select([name for name in columns if name is not None])
        scored = score_batch(batch, self.classifier, options)
        writer.write(scored, chunk.rows.drop(self.replaced))
        outcome = scored.column(f"{options.prefix}outcome")
        self.summary.outcomes.update(outcome.to_pylist())
        if options.posted_at_column is not None:
            dates = batch.column(options.posted_at_column).to_pylist()
            self.summary.note_bad_dates(_bad_dates(chunk, dates))
        if self.on_chunk is not None:
            self.on_chunk(self._frame(chunk, scored), self.summary)

    def count(self, reader: PostReader, writer: PostWriter) -> None:
        """Bring the counts up to date."""
        self.summary.n_read = reader.rows_read
        self.summary.rejected = Counter(reader.rejected)
        self.summary.n_cut_cells = writer.cut_cells
        self.summary.cut_rows = heapq.nsmallest(SHOWN_ROWS, writer.cut_rows)

    def _frame(self, chunk: Chunk, scored: Any) -> pd.DataFrame:
        """Give a chunk as people's pages want it: all columns, ours without prefix."""
        prefix = self.options.prefix
        batch = chunk.batch
        columns = {name: batch.column(name).to_pylist() for name in batch.schema.names}
        for name in added_schema(self.classifier.labels, self.options).names:
            columns[name.removeprefix(prefix)] = scored.column(name).to_pylist()
        return pd.DataFrame(columns)


def _replaced_columns(
    reader: PostReader, classifier: AdClassifier, options: ScoreOptions, source: str
) -> frozenset[str]:
    """Give the names of input columns that give way; a clash names the file it is in."""
    added = set(added_schema(classifier.labels, options).names)
    where = next((file for name, file in reader.origins.items() if name in added), source)
    replaced = clashing_columns(reader.columns, classifier.labels, options, where=where)
    if options.replace_columns and reader.source_column is not None:
        replaced |= {reader.source_column}
    return replaced


def _bad_dates(chunk: Chunk, dates: list[str | None]) -> list[str]:
    """Say where the days stand that cannot be read."""
    several = chunk.source_column is not None
    return [
        f"{file}:{number}" if several else str(number)
        for date, file, number in zip(dates, chunk.sources, chunk.numbers, strict=True)
        if _is_bad_date(date)
    ]


def _is_bad_date(value: str | None) -> bool:
    """Tell a date that is there but cannot be read."""
    return bool(value and value.strip()) and parse_posted_at(value) is None


def _open_input(
    source: str | Path,
    output: str | Path,
    classifier: AdClassifier,
    options: ScoreOptions,
    files: FileOptions,
) -> PostReader:
    """Open the input; JSONL that goes into columns is scanned for its keys first."""
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
        planned=Planned(
            output,
            frozenset(options.prefix + name for name in _OWN_COLUMNS),
            replaces=options.replace_columns,
        ),
    )


@contextmanager
def _open_side_file(output: str | Path, files: FileOptions) -> Iterator[RejectedWriter | None]:
    """Open the side file, except beside standard output."""
    if str(output) == STDOUT:
        yield None
        return
    mask = None if files.show_contacts else mask_contacts
    with open_rejected(output, mask=mask, overwrite=files.overwrite) as rejected:
        yield rejected


def _nothing_judged(source: str | Path, output: str | Path, summary: ScoreSummary) -> InputError:
    """Build the error for a file without a row that could be judged."""
    if not summary.n_read:
        return InputError(str(source), "holds no rows", "at least one post")
    reasons = ", ".join(f"{n} {reason}" for reason, n in summary.rejected.items())
    aside = "" if str(output) == STDOUT else f"see {output}.rejected.jsonl"
    return InputError(str(source), f"every row was rejected ({reasons})", aside)
