"""Open a file of posts with the reader that its format needs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow as pa

from adclassifier.errors import InputError
from adclassifier.posts.blocks import Table
from adclassifier.posts.chats import ChatTable
from adclassifier.posts.delimited import DelimitedTable
from adclassifier.posts.jsonl import JsonLinesTable, scan_keys
from adclassifier.posts.plain import PastedChatTable, TextTable
from adclassifier.posts.sources import DAMAGE, Source
from adclassifier.posts.tables import ParquetTable, SheetTable

SPLITS = ("paragraphs", "chat")


@dataclass(frozen=True, slots=True)
class Reading:
    """How posts are read; see `open_posts`."""

    split: str | None
    chunk_rows: int
    max_chars: int
    scan_columns: bool
    head_rows: int | None = None


@dataclass(frozen=True, slots=True)
class Planned:
    """What a caller will write.

    Parameters
    ----------
    path : str or Path
        The output.
    marks : frozenset of str
        Columns by which a file that an earlier run wrote there is known.
    replaces : bool
        Whether an input column ``source_file`` gives way to ours.
    """

    path: str | Path
    marks: frozenset[str]
    replaces: bool


def parts_folder(output: str | Path) -> Path:
    """Name the folder that holds an output's parts until it is whole."""
    return Path(f"{output}.parts")


def without_earlier(sources: Sequence[Source], planned: Planned, reading: Reading) -> list[Source]:
    """Leave an earlier run's output out of a folder's or pattern's files: it is no input.

    Where the output lacks the marks it is somebody's posts: it stays, for the writer to
    refuse, since replacing it would lose them.
    """
    output = Path(planned.path)
    parts = parts_folder(output).resolve()
    sources = [s for s in sources if s.path is None or parts not in s.path.resolve().parents]
    if not output.is_file():
        return list(sources)
    kept = []
    for source in sources:
        if source.path is None or not source.path.samefile(output):
            kept.append(source)
            continue
        table = open_table(source, replace(reading, scan_columns=False))
        table.close()
        if not planned.marks.issubset(table.columns):
            kept.append(source)
    return kept


def check_reading(reading: Reading, sources: Iterable[Source]) -> None:
    """Raise InputError or ValueError for settings that cannot be meant.

    Raises
    ------
    InputError
        If `split` is unknown, or the files are not ones that can be split.
    ValueError
        If a number is not positive.
    """
    if reading.chunk_rows < 1 or reading.max_chars < 1:
        raise ValueError("chunk_rows and max_chars must be at least 1")
    if reading.split is None:
        return
    if reading.split not in SPLITS:
        raise InputError("--split", f"unknown way {reading.split!r}", " or ".join(SPLITS))
    for source in sources:
        if source.format not in ("txt", "json"):
            raise InputError(source.name, "cannot be split", "--split is for .txt files")


def open_table(source: Source, reading: Reading) -> Table:
    """Open a file.

    Parameters
    ----------
    source : Source
        The file.
    reading : Reading
        How it is read.

    Raises
    ------
    InputError
        If it is missing, empty, damaged, of unknown encoding, or its header is
        ambiguous.
    """
    try:
        return _open(source, reading)
    except DAMAGE as error:
        raise damaged(source, error) from error


def _open(source: Source, reading: Reading) -> Table:
    """Choose the reader by the format."""
    match source.format:
        case "csv" | "tsv":
            return DelimitedTable(source)
        case "jsonl":
            rows = reading.chunk_rows
            keys = scan_keys(source, rows) if reading.scan_columns else None
            return JsonLinesTable(source, reading.head_rows or rows, keys)
        case "parquet":
            return ParquetTable(source)
        case "xlsx":
            return SheetTable(source)
        case "json":
            return ChatTable(source)
    if reading.split == "chat":
        return PastedChatTable(source, reading.max_chars)
    return TextTable(source, reading.split == "paragraphs", reading.max_chars)


def damaged(source: Source, error: Exception) -> InputError:
    """Build the error for a file that ends or breaks before its end."""
    return InputError(source.name, f"the file is damaged ({error})", "a whole file")


def check_text_type(table: Table, text_column: str, where: str) -> None:
    """Raise InputError where a typed file's text column does not hold strings."""
    if table.schema is None:
        return
    kind: Any = table.schema.field(text_column).type
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    if kind not in (pa.string(), pa.large_string(), pa.string_view(), pa.null()):
        raise InputError(where, f"column {text_column!r} holds {kind}", "a column of strings")
