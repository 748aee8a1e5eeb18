"""Choose the writer that an output needs."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from adclassifier.posts.bookwriters import ParquetWriter, SheetWriter
from adclassifier.posts.linewriters import DelimitedWriter, JsonLinesWriter
from adclassifier.posts.output import Destination, find_destination
from adclassifier.posts.writer import PostWriter

WRITERS: dict[str, type[PostWriter]] = {
    "csv": DelimitedWriter,
    "tsv": DelimitedWriter,
    "jsonl": JsonLinesWriter,
    "parquet": ParquetWriter,
    "xlsx": SheetWriter,
}


def open_writer(
    path: str | Path,
    *,
    overwrite: bool = False,
    inputs: Iterable[Path] = (),
    stdout_format: str = "jsonl",
) -> PostWriter:
    """Open an output for posts; the file appears, whole, when it is closed.

    CSV, TSV and JSONL are UTF-8. In CSV, TSV and XLSX lists of codes are joined by
    ``|`` and lists of records are one JSON array in a cell; formulas are not
    neutralised in data files, but XLSX stores every string as a string.

    Parameters
    ----------
    path : str or Path
        ``.csv .tsv .jsonl`` (also with ``.gz`` or ``.zst``), ``.parquet``, ``.xlsx``,
        or ``-`` for standard output.
    overwrite : bool, default=False
        Replace a file that is there.
    inputs : iterable of Path, default=()
        Files that are being read (`PostReader.paths`); none may be the output.
    stdout_format : str, default="jsonl"
        Format of ``-``: csv, tsv or jsonl.

    Returns
    -------
    PostWriter
        A context manager.

    Raises
    ------
    OutputExistsError
        If the file is there and `overwrite` is false.
    InputError
        If the ending is unknown, the folder missing, or the output is an input.
    """
    destination = find_destination(
        path, overwrite=overwrite, inputs=inputs, stdout_format=stdout_format
    )
    return new_writer(destination)


def new_writer(destination: Destination) -> PostWriter:
    """Make the writer of a destination's format."""
    return WRITERS[destination.format](destination)
