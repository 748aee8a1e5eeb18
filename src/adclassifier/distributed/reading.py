"""Look at the input before a cluster is asked for anything, as the local engine does."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from adclassifier.classifier import AdClassifier
from adclassifier.distributed.pieces import CHUNK_ROWS, Shape
from adclassifier.errors import InputError
from adclassifier.posts import PostReader
from adclassifier.posts.naming import choose_column
from adclassifier.posts.sources import Source, find_encoding, parse_ending
from adclassifier.scoring import FileOptions, ScoreOptions
from adclassifier.scoring.files import open_input, replaced_columns

FORMATS = ("parquet", "jsonl", "csv", "tsv")
_LOCAL = "or --engine local"
#: Lines of so many bytes are worth a task.
LEAST_BYTES = 1 << 20
_SNIFFED_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Input:
    """Posts to be judged, as the driver sees them.

    Parameters
    ----------
    paths : tuple of Path
        The files.
    shape : Shape
        What the workers are told.
    options : ScoreOptions
        With the columns of this input.
    source_column : str or None
        The column that names each row's file, where there are several.
    replaced : frozenset of str
        Columns that give way to ours.
    n_parts : int
        Parts that can be read at the same time: files of cells, groups of rows of Parquet.
    n_chunks : int
        Chunks of rows, about: more parts than these are not worth their start.
    n_skipped : int
        Files of a folder or pattern that are empty or of another format.
    """

    paths: tuple[Path, ...]
    shape: Shape
    options: ScoreOptions
    source_column: str | None
    replaced: frozenset[str]
    n_parts: int
    n_chunks: int
    n_skipped: int


def look_at(
    source: str | Path,
    output: str | Path,
    classifier: AdClassifier,
    options: ScoreOptions,
    files: FileOptions,
) -> Input:
    """Look at the beginning of every file with the local engine's reader.

    What that refuses is refused here, in the same words.

    Raises
    ------
    InputError
        If the input cannot be read, or Spark cannot read it.
    """
    _refuse_format(str(source), parse_ending(Path(source)))
    with open_input(source, output, classifier, options, files) as reader:
        date_column = choose_column("date", reader.columns, files.date_column, str(source))
        options = replace(options, text_column=reader.text_column, posted_at_column=date_column)
        return Input(
            reader.paths,
            _shape(reader, files.chunk_rows, str(source)),
            options,
            reader.source_column,
            replaced_columns(reader, classifier, options, str(source)),
            *_count_parts(reader.paths),
            len(reader.skipped),
        )


def _refuse_format(where: str, ending: tuple[str, str | None] | None) -> None:
    """Raise InputError for what Spark does not read as we do; folders are looked into later."""
    if where == "-":
        raise InputError("--engine spark", "cannot read standard input", f"a file, {_LOCAL}")
    if ending is None:
        return
    if ending[0] not in FORMATS:
        known = " ".join(f".{name}" for name in FORMATS)
        raise InputError(where, f"Spark does not read .{ending[0]}", f"one of {known}, {_LOCAL}")
    if ending[1] == "zstd" or (ending[1] and ending[0] == "parquet"):
        raise InputError(
            where, "Spark does not read this compression", f"the file unpacked, {_LOCAL}"
        )


def _shape(reader: PostReader, chunk_rows: int, where: str) -> Shape:
    """Describe the input to the workers."""
    endings = [parse_ending(path) for path in reader.paths]
    formats = sorted({ending[0] for ending in endings if ending is not None})
    for path, ending in zip(reader.paths, endings, strict=True):
        _refuse_format(str(path), ending)
        _refuse_name(path)
    if len(formats) != 1:
        raise InputError(where, f"holds {' and '.join(formats)}", f"files of one format, {_LOCAL}")
    schema = None
    if formats == ["parquet"]:
        schema = _one_schema(reader.paths)
    else:
        _refuse_utf16(reader.paths)
    several = len(reader.paths) > 1
    return Shape(
        formats[0],
        tuple(name for name in reader.columns if name != reader.source_column),
        tuple(map(str, reader.paths)),
        {str(path.absolute()): n for n, path in enumerate(reader.paths)} if several else {},
        schema,
        chunk_rows,
    )


def _refuse_name(path: Path) -> None:
    """Raise InputError for a file that Spark would pass over."""
    if path.name.startswith(("_", ".")):
        raise InputError(
            str(path), "Spark passes over names that begin with _ or .", f"another name, {_LOCAL}"
        )


def _refuse_utf16(paths: tuple[Path, ...]) -> None:
    """Raise InputError for a file that is not UTF-8: Spark cuts files at the byte of a line end."""
    for path in paths:
        source = Source(path, *(parse_ending(path) or ("jsonl", None)))
        with source.open() as stream:
            head = stream.read(_SNIFFED_BYTES)
        if find_encoding(head, str(path)) != "utf-8-sig":
            raise InputError(str(path), "is UTF-16", f"UTF-8, {_LOCAL}")


def _one_schema(paths: tuple[Path, ...]) -> Any:
    """Give the types of Parquet files, which must agree."""
    schema = pq.read_schema(paths[0])
    for path in paths[1:]:
        if not pq.read_schema(path).equals(schema):
            raise InputError(
                str(path), f"has other columns or types than {paths[0]}", f"the same, {_LOCAL}"
            )
    return schema


def _count_parts(paths: tuple[Path, ...]) -> tuple[int, int]:
    """Count the parts that can be read at the same time, and the chunks of rows."""
    if parse_ending(paths[0]) == ("parquet", None):
        footers = [pq.read_metadata(path) for path in paths]
        n_rows = sum(footer.num_rows for footer in footers)
        return sum(footer.num_row_groups for footer in footers), -(-n_rows // CHUNK_ROWS)
    n_bytes = sum(path.stat().st_size for path in paths)
    return len(paths), -(-n_bytes // LEAST_BYTES)
