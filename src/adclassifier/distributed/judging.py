"""What a worker does: judge blocks of rows, and write each as the output's format wants it."""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa

from adclassifier.classifier import AdClassifier
from adclassifier.distributed.pieces import (
    Key,
    Piece,
    Shape,
    cells_of_lines,
    pieces_of_lines,
    pieces_of_table,
)
from adclassifier.distributed.shipping import ShippedBundle, load_once
from adclassifier.posts import PostWriter, RejectedRow, open_writer
from adclassifier.posts.fitness import split_fit
from adclassifier.scoring import ScoreOptions
from adclassifier.scoring.file_job import is_bad_date
from adclassifier.scoring.judging import Judge
from adclassifier.scoring.summary import SHOWN_ROWS

#: A block ends at either size: it is one value in a row of Spark's.
BLOCK_ROWS = 1 << 14
BLOCK_BYTES = 1 << 22

#: What the driver gets: where a block stands, its counts, its bytes, the rows that were rejected.
BLOCKS = (
    "file int, start long, part int, n_lines long, counts string, rejected string, output binary"
)
_BLOCKS = pa.schema(
    [
        ("file", pa.int32()),
        ("start", pa.int64()),
        ("part", pa.int32()),
        ("n_lines", pa.int64()),
        ("counts", pa.string()),
        ("rejected", pa.string()),
        ("output", pa.binary()),
    ]
)


@dataclass(frozen=True, slots=True)
class RowJudge:
    """Judges the rows that Spark gives to a worker; sent to the workers as a value.

    Parameters
    ----------
    bundle : ShippedBundle
        The model.
    options : ScoreOptions
        How posts are judged.
    shape : Shape
        What the input looks like.
    output : str
        The output's name without folder and compression.
    source_column : str or None
        The column that names each row's file.
    replaced : frozenset of str
        Columns of the input that give way.
    dedupe : bool
        Whether equal posts of a piece are judged once.
    """

    bundle: ShippedBundle
    options: ScoreOptions
    shape: Shape
    output: str
    source_column: str | None
    replaced: frozenset[str]
    dedupe: bool

    def __call__(self, batches: Iterable[Any]) -> Iterator[Any]:
        """Judge rows, and give blocks in the schema of `BLOCKS`."""
        read = pieces_of_lines if self.shape.format == "jsonl" else pieces_of_table
        block: _Block | None = None
        with tempfile.TemporaryDirectory(prefix="adclassifier-") as folder:
            path = Path(folder, self.output)
            for piece in read(batches, self.shape):
                if block is None or block.key != piece.key or block.is_full:
                    if block is not None:
                        yield block.close()
                    part = block.part + 1 if block and block.key == piece.key else 0
                    block = _Block(self, load_once(self.bundle), path, piece.key, part)
                block.add(piece)
            if block is not None:
                yield block.close()


@dataclass(frozen=True, slots=True)
class CellReader:
    """Parses the lines of CSV files, on a worker."""

    shape: Shape

    def __call__(self, batches: Iterable[Any]) -> Iterator[Any]:
        """Give the cells as batches; see `cells_of_lines`."""
        return cells_of_lines(batches, self.shape)


@dataclass(slots=True)
class _Block:
    """Rows that were judged, on their way into one file of the output's format."""

    judge: RowJudge
    classifier: AdClassifier
    path: Path
    key: Key
    part: int
    n_lines: int = 0
    n_read: int = 0
    n_bytes: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    bad_dates: list[int] = field(default_factory=list)
    n_bad_dates: int = 0
    rejected: list[RejectedRow] = field(default_factory=list)
    writer: PostWriter | None = None

    @property
    def is_full(self) -> bool:
        """Tell whether the next piece belongs into another block."""
        return self.n_read >= BLOCK_ROWS or self.n_bytes >= BLOCK_BYTES

    def add(self, piece: Piece) -> None:
        """Judge a piece and write it; keep what cannot be judged."""
        options = self.judge.options
        self.n_lines += piece.n_lines
        self.n_read += len(piece.block.rows) + len(piece.block.rejected)
        fit, texts = split_fit(piece.block, options.text_column, self.classifier.max_chars)
        self.rejected += fit.rejected
        if not len(fit.rows):
            return
        columns = {options.text_column: texts}
        if options.posted_at_column is not None:
            dates = fit.rows.strings(options.posted_at_column)
            self._note_dates(dates.to_pylist(), fit.numbers)
            columns.setdefault(options.posted_at_column, dates)
        batch = pa.RecordBatch.from_arrays(list(columns.values()), names=list(columns))
        added = Judge(self.classifier, options, self.judge.dedupe)(batch)
        self.outcomes.update(added.column(f"{options.prefix}outcome").to_pylist())
        self.n_bytes += texts.nbytes + added.nbytes
        self._open_writer().write(self._with_source(added), fit.rows.drop(self.judge.replaced))

    def _with_source(self, added: Any) -> Any:
        """Put the column that says where a row is from before the added ones."""
        name = self.judge.source_column
        if name is None:
            return added
        source = pa.scalar(self.judge.shape.names[self.key.file], pa.string())
        return pa.RecordBatch.from_arrays(
            [pa.repeat(source, added.num_rows), *added.columns], names=[name, *added.schema.names]
        )

    def _open_writer(self) -> PostWriter:
        """Give the open file, made with the first row that could be judged."""
        if self.writer is None:
            self.writer = open_writer(self.path, overwrite=True)
        return self.writer

    def _note_dates(self, dates: Iterable[str | None], numbers: Iterable[int]) -> None:
        """Count days that could not be read, and keep the first places."""
        bad = [number for date, number in zip(dates, numbers, strict=True) if is_bad_date(date)]
        self.n_bad_dates += len(bad)
        self.bad_dates = [*self.bad_dates, *bad][:SHOWN_ROWS]

    def close(self) -> Any:
        """Give the block as one row of Spark's."""
        output = b""
        if self.writer is not None:
            self.writer.close()
            output = self.path.read_bytes()
            self.path.unlink()
        rejected = [[row.row, str(row.reason), row.start] for row in self.rejected]
        counts = {
            "read": self.n_read,
            "outcomes": self.outcomes,
            "rejected": Counter(str(row.reason) for row in self.rejected),
            "n_bad_dates": self.n_bad_dates,
            "bad_dates": self.bad_dates,
        }
        row = {
            "file": self.key.file,
            "start": self.key.start,
            "part": self.part,
            "n_lines": self.n_lines,
            "counts": json.dumps(counts),
            "rejected": json.dumps(rejected, ensure_ascii=False),
            "output": output,
        }
        return pa.RecordBatch.from_pylist([row], schema=_BLOCKS)
