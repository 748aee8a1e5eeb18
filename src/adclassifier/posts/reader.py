"""Read unlabelled posts in chunks, whatever they are stored in."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from adclassifier.errors import InputError
from adclassifier.posts.arrowrows import ArrowRows
from adclassifier.posts.blocks import Block, Table
from adclassifier.posts.chunks import Chunk
from adclassifier.posts.fitness import split_fit
from adclassifier.posts.naming import choose_text_column, free_name
from adclassifier.posts.opening import (
    Planned,
    Reading,
    check_reading,
    check_text_type,
    damaged,
    open_table,
    without_earlier,
)
from adclassifier.posts.rows import Rows
from adclassifier.posts.sources import DAMAGE, Source, find_sources

SOURCE_FILE = "source_file"


class PostReader:
    """Unlabelled posts, read in chunks; made by `open_posts`.

    Iterating gives each chunk's `pyarrow.RecordBatch`; `chunks` gives more.
    The same source and options give the same chunks, always.

    Attributes
    ----------
    columns : tuple of str
        All columns, `source_column` at the end where there is one.
    text_column : str
        The column that holds the text.
    source_column : str or None
        The column with each row's file, where there are several files: ``source_file``, with a
        number behind it where the files have such a column and it does not give way.
    origins : dict of str to str
        The first file that has each column.
    paths : tuple of Path
        The files; empty for standard input.
    skipped : tuple of Path
        Files of the folder or pattern that are empty or of another format.
    rows_read : int
        Rows so far, rejected ones with them; blank lines are none.
    rejected : Counter
        How many rows were left out so far, by reason.
    """

    def __init__(
        self,
        sources: Sequence[Source],
        skipped: Sequence[Path],
        reading: Reading,
        text_column: str | None,
        copy: IO[bytes] | None = None,
        *,
        replaces: bool = False,
    ) -> None:
        self._sources = sources
        self._reading = reading
        self._copy = copy
        self._table: Table | None = None
        self._typed = True
        self.paths = tuple(file.path for file in sources if file.path and not file.copied)
        self.skipped = tuple(skipped)
        self.rows_read = 0
        self.rejected: Counter[str] = Counter()
        self.text_column = text_column or ""
        self.origins: dict[str, str] = {}
        try:
            self._file_columns = self._look_into(text_column)
        except BaseException:
            self.close()
            raise
        # the text is never replaced
        taken = (self.text_column,) if replaces else self._file_columns
        self.source_column = free_name(SOURCE_FILE, taken) if len(sources) > 1 else None
        added = (self.source_column,) if self.source_column else ()
        self.columns = tuple(dict.fromkeys(self._file_columns + added))

    def _look_into(self, asked: str | None) -> tuple[str, ...]:
        """Learn the columns of all files before the first row, so that nothing fails late."""
        columns = self.origins
        schema = None
        for source in self._sources:
            self._table = table = open_table(source, self._reading)
            self._choose_text_column(table, asked if not columns else self.text_column, source)
            for column in table.columns:
                columns.setdefault(column, source.name)
            schema = table.schema if schema is None else schema
            self._typed &= table.schema is not None and table.schema.equals(schema)
            if len(self._sources) > 1:  # a single file, perhaps stdin, is opened once
                self._close_table()
        return tuple(columns)

    def _choose_text_column(self, table: Table, asked: str | None, source: Source) -> None:
        """Choose the text column in the first file; the others must have it too."""
        if table.columns:
            self.text_column = choose_text_column(table.columns, asked, source.name)
            check_text_type(table, self.text_column, source.name)
        elif not self.text_column:  # JSONL that begins with broken lines only
            self.text_column = "text"

    def __iter__(self) -> Iterator[Any]:
        return (chunk.batch for chunk in self.chunks() if len(chunk.rows))

    def chunks(self) -> Iterator[Chunk]:
        """Give the rows, with their numbers, and what was rejected; once.

        Raises
        ------
        InputError
            If a file turns out to be damaged.
        """
        waiting: Chunk | None = None  # a folder of one-post files makes few chunks, not many
        for chunk in self._file_chunks():
            joined = waiting.joined(chunk, self._reading.chunk_rows) if waiting else None
            if waiting and joined is None:
                yield waiting
            waiting = joined or chunk
        if waiting:
            yield waiting

    def _file_chunks(self) -> Iterator[Chunk]:
        """Give the chunks of one file after another."""
        for source in self._sources:
            table = self._table or open_table(source, self._reading)
            self._table = table
            blocks = table.blocks(self._reading.chunk_rows)
            while True:
                try:
                    block = next(blocks, None)
                except DAMAGE as error:
                    raise damaged(source, error) from error
                if block is None:
                    break
                if len(block.rows) or block.rejected:
                    yield self._make_chunk(block, source)
            self._close_table()

    def _make_chunk(self, block: Block[Rows], source: Source) -> Chunk:
        """Give a block the columns of all files, and leave out what cannot be judged."""
        self.rows_read += len(block.rows) + len(block.rejected)
        rows = block.rows.with_columns(self._file_columns)
        if isinstance(rows, ArrowRows) and not self._typed:
            rows = rows.untyped()
        block = Block(rows, block.numbers, block.rejected)
        fit, texts = split_fit(block, self.text_column, self._reading.max_chars)
        self.rejected.update(str(row.reason) for row in fit.rejected)
        rejected = fit.rejected
        if self.source_column is not None:
            rejected = [replace(row, source=source.name) for row in rejected]
        sources = [source.name] * len(fit.rows)
        return Chunk(
            fit.rows, fit.numbers, sources, rejected, self.text_column, texts, self.source_column
        )

    def _close_table(self) -> None:
        """Close the file that is open."""
        if self._table is not None:
            self._table.close()
            self._table = None

    def close(self) -> None:
        """Close what is open."""
        self._close_table()
        if self._copy is not None:
            self._copy.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


def open_posts(
    source: str | Path,
    *,
    text_column: str | None = None,
    split: str | None = None,
    chunk_rows: int = 2000,
    max_chars: int = 100_000,
    stdin_format: str = "jsonl",
    scan_columns: bool = False,
    head_rows: int | None = None,
    planned: Planned | None = None,
) -> PostReader:
    r"""Open unlabelled posts for reading in chunks.

    All files are looked into at once, so that what cannot be read is said before
    the first row. Memory does not grow with the file, but for three formats: a
    sheet's strings, an exported chat, and one row group of a Parquet file are held.

    Parameters
    ----------
    source : str or Path
        A file (``.csv .tsv .jsonl .parquet .xlsx .txt``, ``.json`` for exported
        chats; ``.gz`` or ``.zst`` after it), a folder, a pattern, or ``-``.
        A ``.csv`` may have ``,``, ``;`` or tabs between its fields: the one that
        stands most often in its header.
    text_column : str, optional
        Column of the text. By default ``text``, else the first of the names in
        ``names.toml`` that a column has.
    split : {"paragraphs", "chat"}, optional
        How a ``.txt`` is split; by default it is one text.
    chunk_rows : int, default=2000
        Most rows in a chunk.
    max_chars : int, default=100_000
        Longest text that is judged, in code points.
    stdin_format : str, default="jsonl"
        Format of ``-``.
    scan_columns : bool, default=False
        Read a JSONL file once for its keys before. Without it, the columns are
        the keys of the first rows, and a key that only later rows have reaches
        JSONL output (where each object is written as it was) but no other.
    head_rows : int, optional
        How many these first rows are; by default one chunk.
    planned : Planned, optional
        What will be written: where it stands in the folder that is read, or the pattern fits it,
        the output of an earlier run is left out.

    Returns
    -------
    PostReader
        A context manager.

    Raises
    ------
    InputError
        If something is missing, empty, damaged, ambiguous or of unknown ending or
        encoding, or there is no text column.

    Examples
    --------
    >>> import tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> path = Path(folder.name, "posts.csv")
    >>> _ = path.write_text("phone,caption\n0901234567,Kem trị nám\n0912,\n", encoding="utf-8")
    >>> with open_posts(path) as reader:
    ...     print(reader.text_column, [batch.to_pylist() for batch in reader], reader.rejected)
    caption [[{'phone': '0901234567', 'caption': 'Kem trị nám'}]] Counter({'no_text': 1})
    >>> folder.cleanup()
    """
    reading = Reading(split, chunk_rows, max_chars, scan_columns, head_rows)
    sources, skipped = find_sources(source, stdin_format)
    if planned is not None and not Path(source).is_file():
        sources = without_earlier(sources, planned, reading)
        if not sources:
            raise InputError(str(source), "no file but the output itself", "files of posts")
    check_reading(reading, sources)
    copy = None
    if sources[0].path is None and scan_columns and stdin_format == "jsonl":
        copy = tempfile.NamedTemporaryFile(prefix="adclassifier-")  # noqa: SIM115 (reader closes it)
        shutil.copyfileobj(sys.stdin.buffer, copy)
        copy.flush()
        sources = [Source(Path(copy.name), stdin_format, copied=True)]
    replaces = planned is not None and planned.replaces
    return PostReader(sources, skipped, reading, text_column, copy, replaces=replaces)
