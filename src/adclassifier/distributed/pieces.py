"""What Spark gives a worker, as blocks of rows that know where they stand in the input."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from urllib.parse import unquote

import pyarrow as pa
import pyarrow.compute as pc

from adclassifier.distributed.streams import LineStream, StreamedSource
from adclassifier.posts.arrowrows import ArrowRows
from adclassifier.posts.blocks import Block
from adclassifier.posts.delimited import DelimitedTable
from adclassifier.posts.jsonl import JsonLinesTable
from adclassifier.posts.rejects import RejectedRow
from adclassifier.posts.rows import Rows
from adclassifier.posts.tables import without_invalid_strings

#: Columns of ours beside those of the input: the file's address, the place in it.
FILE, START, LINE, ROW, REJECTED = (
    "__adclassifier_file",
    "__adclassifier_start",
    "__adclassifier_line",
    "__adclassifier_row",
    "__adclassifier_rejected",
)
#: The input's columns go by number: Spark takes a dot in a name for a path.
CELL = "__adclassifier_cell_{}"
#: Rows of a file that are judged together: what is shuffled is shuffled by these.
CHUNK_ROWS = 8192
#: A worker's share of rows at a time, beside `FileOptions.chunk_rows`.
SLICE_BYTES = 1 << 24


class Key(NamedTuple):
    """A run of rows that one worker gets in their order.

    Parameters
    ----------
    file : int
        Which of the input's files.
    start : int
        Where in the file: the byte at which Spark cut it (lines), or the first row (tables).
    """

    file: int
    start: int


@dataclass(frozen=True, slots=True)
class Piece:
    """A block of rows.

    Parameters
    ----------
    key : Key
        The run that it belongs to.
    block : Block
        Rows with their numbers: of lines, counted from the run's first one.
    n_lines : int
        Lines of the run, at its end; else 0.
    """

    key: Key
    block: Block[Rows]
    n_lines: int = 0


@dataclass(frozen=True, slots=True)
class Shape:
    """What workers know of the input.

    Parameters
    ----------
    format : str
        csv, tsv, jsonl or parquet.
    columns : tuple of str
        The input's.
    names : tuple of str
        Its files, as a reader names them, in their order.
    addresses : dict of str to int
        Which of them has which address, as `plain_address` spells it; empty for a single one.
    schema : pyarrow.Schema or None
        The types of a Parquet file, where the driver could look: Spark widens some.
    chunk_rows : int
        Most rows judged at once.
    """

    format: str
    columns: tuple[str, ...]
    names: tuple[str, ...]
    addresses: dict[str, int] = field(default_factory=dict)
    schema: Any = None
    chunk_rows: int = 2000

    def file_of(self, batch: Any, index: int) -> int:
        """Say which file a row is from."""
        if not self.addresses:
            return 0
        return self.addresses[plain_address(batch.column(FILE)[index].as_py())]


def plain_address(address: str) -> str:
    """Spell a file's address in one way: no escapes, and no scheme of this machine's files.

    Examples
    --------
    >>> plain_address("file:///data/b%C3%A0i.csv"), plain_address("hdfs://host/a.csv")
    ('/data/bài.csv', 'hdfs://host/a.csv')
    """
    if address.startswith("file:"):
        return "/" + unquote(address.removeprefix("file:")).lstrip("/")
    return unquote(address)


def pieces_of_lines(batches: Iterable[Any], shape: Shape) -> Iterator[Piece]:
    """Read the lines of JSONL files, run by run."""
    for key, arrays in _runs_of_lines(batches, shape):
        yield from _pieces_of_json(key, arrays, shape)


def _runs_of_lines(batches: Iterable[Any], shape: Shape) -> Iterator[tuple[Key, Iterator[Any]]]:
    """Group lines by file and by the byte at which Spark cut it."""
    parts = (part for batch in batches for part in _line_parts(batch, shape))
    for key, group in itertools.groupby(parts, key=lambda part: part[0]):
        yield key, (array for _, array in group)


def _line_parts(batch: Any, shape: Shape) -> Iterator[tuple[Key, Any]]:
    """Cut a batch where the file, or the part of it, changes."""
    ends = [FILE, START] if shape.addresses else [START]
    for first, length in _equal_runs(batch, ends):
        key = Key(shape.file_of(batch, first), batch.column(START)[first].as_py())
        yield key, batch.column(LINE).slice(first, length)


def _equal_runs(batch: Any, names: list[str]) -> Iterator[tuple[int, int]]:
    """Give first row and length of each run of equal values in some columns."""
    if not batch.num_rows:
        return
    ends: set[int] = {batch.num_rows}
    for name in names:
        run_ends = pc.run_end_encode(batch.column(name)).run_ends
        ends.update(run_ends.to_pylist())
    first = 0
    for end in sorted(ends):
        yield first, end - first
        first = end


def _pieces_of_json(key: Key, arrays: Iterator[Any], shape: Shape) -> Iterator[Piece]:
    """Read one run of JSON lines."""
    n_blank = 0
    for array in arrays:
        if any(map(bytes.strip, array.to_pylist())):
            stream = LineStream(itertools.chain([array], arrays))
            break
        n_blank += len(array)  # the reader takes lines that are all blank for an empty file
    else:
        yield Piece(key, Block(ArrowRows((), pa.record_batch([], names=[])), []), n_blank)
        return
    source = StreamedSource(None, "jsonl", stream=stream, at_start=key.start == 0)
    table = JsonLinesTable(source, shape.chunk_rows, shape.columns)
    for block in table.blocks(shape.chunk_rows):
        numbers = [number + n_blank for number in block.numbers]
        rejected = [_moved(row, n_blank) for row in block.rejected]
        yield Piece(key, Block(block.rows.with_columns(shape.columns), numbers, rejected))
    yield Piece(key, Block(block.rows.keep([]), []), n_blank + stream.n_lines)


def _moved(row: RejectedRow, n_lines: int) -> RejectedRow:
    """Give a rejected row a number that counts the lines before."""
    return RejectedRow(row.row + n_lines, row.reason, row.start, row.source)


def cells_of_lines(batches: Iterable[Any], shape: Shape) -> Iterator[Any]:
    """Parse the lines of CSV files, each whole: a quoted cell may hold any number of lines.

    Yields
    ------
    pyarrow.RecordBatch
        The cells as strings; `FILE` as the file's number, `ROW`, and `REJECTED` as JSON.
    """
    for key, arrays in _runs_of_lines(batches, shape):
        source = StreamedSource(None, shape.format, stream=LineStream(arrays))
        table = DelimitedTable(source)
        for block in table.blocks(shape.chunk_rows):
            yield _cells(key, block, shape)


def cells_schema(n_columns: int) -> Any:
    """Give the schema of `cells_of_lines`."""
    cells = [(CELL.format(index), pa.string()) for index in range(n_columns)]
    return pa.schema([*cells, (FILE, pa.string()), (ROW, pa.int64()), (REJECTED, pa.string())])


def _cells(key: Key, block: Block[Rows], shape: Shape) -> Any:
    """Give a block's good rows and the rejected ones as one batch, in the order of the file."""
    rows, n_bad = block.rows.with_columns(shape.columns), len(block.rejected)
    nothing = pa.nulls(n_bad, pa.string())
    cells = [pa.concat_arrays([rows.strings(name), nothing]) for name in shape.columns]
    numbers = [*block.numbers, *(row.row for row in block.rejected)]
    bad = [json.dumps([str(row.reason), row.start], ensure_ascii=False) for row in block.rejected]
    places = [
        pa.array([str(key.file)] * len(numbers), pa.string()),
        pa.array(numbers, pa.int64()),
        pa.array([None] * len(rows) + bad, pa.string()),
    ]
    batch = pa.RecordBatch.from_arrays([*cells, *places], schema=cells_schema(len(shape.columns)))
    return batch.take(pc.sort_indices(batch.column(ROW))) if n_bad else batch


def pieces_of_table(batches: Iterable[Any], shape: Shape) -> Iterator[Piece]:
    """Take rows of tables, in their order within chunks of `CHUNK_ROWS`."""
    chunk, key = (-1, -1), Key(0, 0)
    for batch in batches:
        numbers = batch.column(ROW)
        chunks = pc.divide(numbers, CHUNK_ROWS)
        names = [*([FILE] if FILE in batch.schema.names else []), ROW]
        marked = batch.set_column(batch.schema.get_field_index(ROW), ROW, chunks)
        for first, length in _equal_runs(marked, names):
            file = _file_number(batch, first, shape)
            found = (file, chunks[first].as_py())
            if found != chunk:
                chunk, key = found, Key(file, numbers[first].as_py())
            for part in _slices(batch.slice(first, length), shape.chunk_rows):
                yield Piece(key, _block_of_table(part, shape))


def _file_number(batch: Any, index: int, shape: Shape) -> int:
    """Say which file a row of a table is from."""
    if shape.format != "parquet":
        return int(batch.column(FILE)[index].as_py())
    return shape.file_of(batch, index)


def _slices(batch: Any, n_rows: int) -> Iterator[Any]:
    """Cut a batch into parts of bounded rows and bytes."""
    per_row = max(1, batch.nbytes // max(1, batch.num_rows))
    n_rows = max(1, min(n_rows, SLICE_BYTES // per_row))
    for first in range(0, batch.num_rows, n_rows):
        yield batch.slice(first, n_rows)


def _block_of_table(batch: Any, shape: Shape) -> Block[Rows]:
    """Give the rows of a batch in their file's types, and those that were rejected before."""
    numbers: list[int] = batch.column(ROW).to_pylist()
    if shape.format == "parquet":
        rows = ArrowRows(shape.columns, _in_types(batch, shape))
        return without_invalid_strings(Block(rows, [number + 1 for number in numbers]))
    marks = batch.column(REJECTED).to_pylist()
    rejected = [
        RejectedRow(number, *json.loads(mark))
        for number, mark in zip(numbers, marks, strict=True)
        if mark is not None
    ]
    good = [index for index, mark in enumerate(marks) if mark is None]
    rows = ArrowRows(shape.columns, _in_types(batch, shape)).keep(good)
    return Block(rows, [numbers[index] for index in good], rejected)


def _in_types(batch: Any, shape: Shape) -> Any:
    """Give the input's columns in the types of its file."""
    arrays = [batch.column(CELL.format(index)) for index in range(len(shape.columns))]
    if shape.schema is None:
        return pa.RecordBatch.from_arrays(arrays, names=list(shape.columns))
    arrays = [
        array if array.type == kept.type else array.cast(kept.type)
        for array, kept in zip(arrays, shape.schema, strict=True)
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=shape.schema)
