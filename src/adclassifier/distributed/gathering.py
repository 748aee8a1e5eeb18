"""What the driver does with the workers' blocks: one file in the order of the input."""

from __future__ import annotations

import io
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, NamedTuple, Self

import pyarrow.parquet as pq

from adclassifier.errors import InputError
from adclassifier.posts import PostWriter, RejectedRow, open_writer
from adclassifier.posts.output import ByteSink, find_destination
from adclassifier.scoring import ScoreSummary

Place = tuple[int, int, int]


class Block(NamedTuple):
    """What a worker wrote."""

    place: Place
    rejected: str
    output: bytes

    @classmethod
    def of(cls, row: Any) -> Self:
        """Take a row of Spark's."""
        return cls((row.file, row.start, row.part), row.rejected, bytes(row.output))


@dataclass(frozen=True, slots=True)
class Index:
    """Where the blocks stand, and what is in them.

    Parameters
    ----------
    places : list of (int, int, int)
        File, start and part of each block, in the order of the input.
    offsets : dict of (int, int) to int
        Lines before each run of lines, by file and start.
    counts : list of dict
        The counts of each block, in order.
    """

    places: list[Place]
    offsets: dict[tuple[int, int], int]
    counts: list[dict[str, Any]]

    @classmethod
    def of(cls, rows: list[Any]) -> Index:
        """Put the blocks in order."""
        rows = sorted(rows, key=lambda row: (row.file, row.start, row.part))
        offsets: dict[tuple[int, int], int] = {}
        before: Counter[int] = Counter()
        for row in rows:
            offsets.setdefault((row.file, row.start), before[row.file])
            before[row.file] += row.n_lines
        places = [(row.file, row.start, row.part) for row in rows]
        return cls(places, offsets, [json.loads(row.counts) for row in rows])

    def summarise(self, summary: ScoreSummary, names: tuple[str, ...]) -> None:
        """Add up the counts."""
        for (file, start, _), counts in zip(self.places, self.counts, strict=True):
            summary.n_read += counts["read"]
            summary.outcomes.update(counts["outcomes"])
            summary.rejected.update(counts["rejected"])
            numbers = [number + self.offsets[file, start] for number in counts["bad_dates"]]
            summary.note_bad_dates(
                [f"{names[file]}:{n}" if len(names) > 1 else str(n) for n in numbers]
            )
            summary.n_bad_dates += counts["n_bad_dates"] - len(numbers)


def in_order(blocks: Iterable[Block], places: list[Place], folder: Path) -> Iterator[Block]:
    """Give blocks in order, keeping those that come early on the disk.

    Parameters
    ----------
    blocks : iterable of Block
        Every block once, in any order.
    places : list of (int, int, int)
        The order.
    folder : Path
        Where blocks wait.
    """
    waiting: dict[Place, Path] = {}
    wanted = iter(places)
    place = next(wanted, None)
    for block in blocks:
        if block.place != place:
            waiting[block.place] = _put_aside(block, folder)
            continue
        yield block
        place = next(wanted, None)
        while place in waiting:
            yield _take_back(place, waiting.pop(place))
            place = next(wanted, None)


def _put_aside(block: Block, folder: Path) -> Path:
    """Write a block to the disk."""
    path = folder / "-".join(map(str, block.place))
    path.write_bytes(block.output)
    path.with_suffix(".rejected").write_text(block.rejected, encoding="utf-8")
    return path


def _take_back(place: Place, path: Path) -> Block:
    """Read a block from the disk, and free its place there."""
    aside = path.with_suffix(".rejected")
    block = Block(place, aside.read_text(encoding="utf-8"), path.read_bytes())
    path.unlink()
    aside.unlink()
    return block


def rejected_rows(block: Block, index: Index, names: tuple[str, ...]) -> list[RejectedRow]:
    """Give the rows that a block left out, numbered as their file numbers them."""
    file, start, _ = block.place
    before = index.offsets[file, start]
    source = names[file] if len(names) > 1 else ""
    return [
        RejectedRow(number + before, reason, text, source)
        for number, reason, text in json.loads(block.rejected)
    ]


@contextmanager
def open_merged(
    output: str | Path, *, overwrite: bool, inputs: Iterable[Path]
) -> Iterator[Callable[[bytes], None]]:
    """Open the output for whole files of its format, which become one; it appears when complete.

    Raises
    ------
    OutputExistsError
        If it is there and `overwrite` is false.
    InputError
        If it cannot be written, or Spark does not write its format.
    """
    destination = find_destination(
        output, overwrite=overwrite, inputs=inputs, stdout_format="jsonl"
    )
    if destination.path is None or destination.format == "xlsx":
        raise InputError(
            str(output),
            "not written with --engine spark",
            "a .parquet, .jsonl, .csv or .tsv, or --engine local",
        )
    if destination.format == "parquet":
        with open_writer(output, overwrite=overwrite, inputs=inputs) as writer:
            yield lambda content: _add_table(writer, content)
        return
    sink = ByteSink(destination)
    lines = _Lines(sink.stream, has_header=destination.format != "jsonl")
    try:
        yield lines.add
        sink.commit()
    except BaseException as error:
        sink.abort()
        if isinstance(error, OSError) and not isinstance(error, InputError):
            raise InputError(str(output), f"cannot be written ({error})", "space") from error
        raise


def _add_table(writer: PostWriter, content: bytes) -> None:
    """Add the rows of a Parquet file."""
    for batch in pq.ParquetFile(io.BytesIO(content)).iter_batches():
        writer.write(batch)


@dataclass(slots=True)
class _Lines:
    """Files of lines, one after another, with the header of the first."""

    stream: IO[bytes]
    has_header: bool
    begun: bool = False

    def add(self, content: bytes) -> None:
        """Add a file."""
        skipped = _header_bytes(content) if self.has_header and self.begun else 0
        self.stream.write(memoryview(content)[skipped:])
        self.begun = True


def _header_bytes(content: bytes) -> int:
    r"""Count the bytes of a CSV file's first record, which ends where all quotes are closed.

    Examples
    --------
    >>> _header_bytes(b'id,"a\nb"\n1,2\n')
    9
    """
    end = content.index(b"\n") + 1
    while content.count(b'"', 0, end) % 2:
        end = content.index(b"\n", end) + 1
    return end
