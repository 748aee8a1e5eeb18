"""Judge what a reader gives, write it, and count."""

from __future__ import annotations

import functools
import heapq
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from adclassifier.features.reading.memo import shared_memo
from adclassifier.posts import Chunk, PostReader, parse_posted_at
from adclassifier.scoring.file_options import FileOptions
from adclassifier.scoring.judging import Judge
from adclassifier.scoring.options import ScoreOptions
from adclassifier.scoring.outputs import Output, Tally
from adclassifier.scoring.pieces import Piece, cut_pieces
from adclassifier.scoring.summary import SHOWN_ROWS, ScoreSummary
from adclassifier.scoring.workers import judge_in_order

OnChunk = Callable[[pd.DataFrame, ScoreSummary], None]


@dataclass(slots=True)
class FileJob:
    """What stays the same from chunk to chunk, and the counts.

    Parameters
    ----------
    reader : PostReader
        Gives the posts.
    options : ScoreOptions
        How they are judged; names the columns of text and day that the reader has.
    added : list of str
        Names of the added columns.
    replaced : frozenset of str
        Input columns that give way.
    summary : ScoreSummary
        Is brought up to date.
    on_chunk : callable or None
        See `score_file`.
    """

    reader: PostReader
    options: ScoreOptions
    added: list[str]
    replaced: frozenset[str]
    summary: ScoreSummary
    on_chunk: OnChunk | None

    def run(self, judge: Judge, output: Output, files: FileOptions) -> Iterator[None]:
        """Judge all chunks and write them; stop after each."""
        before = output.written
        self._count(before.tally)
        self.summary.n_resumed = before.tally.rows
        pieces = cut_pieces(
            self.reader.chunks(),
            files.part_rows,
            n_parts=before.n_parts,
            n_rejected=before.n_rejected,
        )

        def note_jobs() -> None:
            self.summary.jobs = files.jobs

        with closing(
            judge_in_order(pieces, self._read_columns, judge, files.jobs, note_jobs, shared_memo)
        ) as judged:
            for piece, added in judged:
                self._write(piece, added, output)
                self._update(output)
                yield
        self._update(output)

    def _read_columns(self, piece: Piece) -> Any:
        """Give the columns that are judged; None where there are no rows."""
        chunk, date = piece.chunk, self.options.posted_at_column
        if not len(chunk.rows):
            return None
        columns = {self.options.text_column: chunk.texts}
        if date is not None and date not in columns:
            columns[date] = chunk.rows.strings(date)
        return pa.RecordBatch.from_arrays(list(columns.values()), names=list(columns))

    def _write(self, piece: Piece, added: Any, output: Output) -> None:
        """Write a piece, and count its rows."""
        output.reject(piece.part, piece.rejected)
        if added is None:
            return
        chunk, date = piece.chunk, self.options.posted_at_column
        outcomes = pc.value_counts(added.column(f"{self.options.prefix}outcome"))
        bad_dates = [] if date is None else _bad_dates(chunk, chunk.rows.strings(date))
        tally = Tally(
            len(chunk.rows),
            Counter({each["values"]: each["counts"] for each in outcomes.to_pylist()}),
            len(bad_dates),
            bad_dates[:SHOWN_ROWS],
        )
        output.write(
            piece.part, chunk.rows.drop(self.replaced), self._with_source(piece, added), tally
        )
        self._count(tally)
        if self.on_chunk is not None:
            self.on_chunk(self._frame(chunk, added), self.summary)

    def _with_source(self, piece: Piece, added: Any) -> Any:
        """Put the column that says where a row is from before the added ones."""
        name = self.reader.source_column
        if name is None:
            return added
        sources = pa.array(piece.chunk.sources, pa.string())
        return pa.RecordBatch.from_arrays(
            [sources, *added.columns], names=[name, *added.schema.names]
        )

    def _count(self, tally: Tally) -> None:
        """Add to the counts of rows judged."""
        self.summary.outcomes.update(tally.outcomes)
        self.summary.n_bad_dates += tally.n_bad_dates
        self.summary.bad_dates = [*self.summary.bad_dates, *tally.bad_dates][:SHOWN_ROWS]

    def _update(self, output: Output) -> None:
        """Bring the other counts up to date."""
        self.summary.n_read = self.reader.rows_read
        self.summary.rejected = Counter(self.reader.rejected)
        self.summary.n_cut_cells, cut_rows = output.cut_cells()
        self.summary.cut_rows = heapq.nsmallest(SHOWN_ROWS, cut_rows)

    def _frame(self, chunk: Chunk, added: Any) -> pd.DataFrame:
        """Give a chunk as people's pages want it: all columns, ours without prefix."""
        prefix = self.options.prefix
        batch = chunk.batch
        columns = {name: batch.column(name).to_pylist() for name in batch.schema.names}
        for name in self.added:
            columns[name.removeprefix(prefix)] = added.column(name).to_pylist()
        return pd.DataFrame(columns)


def _bad_dates(chunk: Chunk, dates: Any) -> list[str]:
    """Say where the days stand that cannot be read."""
    bad = [day for day in pc.unique(dates).to_pylist() if is_bad_date(day)]
    if not bad:
        return []
    several = chunk.source_column is not None
    places = pc.indices_nonzero(pc.is_in(dates, value_set=pa.array(bad, pa.string())))
    return [
        f"{chunk.sources[index]}:{chunk.numbers[index]}" if several else str(chunk.numbers[index])
        for index in places.to_pylist()
    ]


@functools.lru_cache(4096)
def is_bad_date(value: str | None) -> bool:
    """Tell a date that is there but cannot be read.

    Examples
    --------
    >>> [is_bad_date(value) for value in ("12/5/2026", "hôm qua", " ", None)]
    [False, True, False, False]
    """
    return bool(value and value.strip()) and parse_posted_at(value) is None
