"""Where output goes: a file that is whole or not there at all, perhaps compressed, or stdout."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import pyarrow as pa

from adclassifier.errors import InputError
from adclassifier.posts.atomic import AtomicFile, exists_already
from adclassifier.posts.sources import parse_ending

WRITTEN_FORMATS = ("csv", "tsv", "jsonl", "parquet", "xlsx")
# These compress what is in them already.
PACKED_FORMATS = ("parquet", "xlsx")


@dataclass(frozen=True, slots=True)
class Destination:
    """What is to be written.

    Parameters
    ----------
    path : Path or None
        None for standard output.
    format : str
        A member of `WRITTEN_FORMATS`.
    codec : str or None
        ``gzip``, ``zstd`` or None.
    overwrite : bool
        Whether a file that is there may be replaced.
    one_group : bool, default=False
        Whether the caller bounds what a Parquet file holds, so that its rows are one group.
    header : bool, default=True
        Whether CSV begins with the columns' names.
    """

    path: Path | None
    format: str
    codec: str | None
    overwrite: bool
    one_group: bool = False
    header: bool = True

    @property
    def name(self) -> str:
        """The output as messages call it."""
        return "stdout" if self.path is None else str(self.path)


def find_destination(
    path: str | Path, *, overwrite: bool, inputs: Iterable[Path], stdout_format: str
) -> Destination:
    """Check that an output can be written, before anything is computed.

    Raises
    ------
    OutputExistsError
        If it is there and may not be replaced.
    InputError
        If its ending is unknown, it is a folder, or it is one of the inputs.
    """
    if str(path) == "-":
        if stdout_format not in ("csv", "tsv", "jsonl"):
            raise InputError("stdout", f"cannot take {stdout_format!r}", "csv, tsv or jsonl")
        return Destination(None, stdout_format, None, overwrite=True)
    path = Path(path)
    file_format, codec = parse_ending(path) or ("", None)
    if file_format not in WRITTEN_FORMATS:
        known = " ".join(f".{name}" for name in WRITTEN_FORMATS)
        raise InputError(str(path), f"unknown ending {path.suffix!r}", f"one of {known}")
    if codec and file_format in PACKED_FORMATS:
        raise InputError(str(path), f"{file_format} is compressed already", f".{file_format}")
    if path.exists():
        _check_replaceable(path, overwrite, inputs)
    return Destination(path, file_format, codec, overwrite)


def _check_replaceable(path: Path, overwrite: bool, inputs: Iterable[Path]) -> None:
    """Raise where what is there must stay."""
    if path.is_dir():
        raise InputError(str(path), "is a folder", "the name of a file")
    if any(path.samefile(other) for other in inputs if other.exists()):
        raise InputError(str(path), "is the input too", "another name for the output")
    if not overwrite:
        raise exists_already(path)


class ByteSink:
    """The open destination: bytes go in, compressed on the way.

    Parameters
    ----------
    destination : Destination
        Where they go.

    Attributes
    ----------
    stream : binary file
        What to write to.
    """

    def __init__(self, destination: Destination) -> None:
        self._file: AtomicFile | None = None
        self._packed: Any = None
        self.stream: IO[bytes]
        if destination.path is None:
            self.stream = sys.stdout.buffer
            return
        self._file = AtomicFile(destination.path, overwrite=destination.overwrite)
        self.stream = self._file.stream
        if destination.codec is not None:
            # a second handle, since the stream closes its file and that must be synced first
            raw = os.fdopen(os.dup(self._file.stream.fileno()), "wb")
            self._packed = pa.CompressedOutputStream(
                pa.PythonFile(raw, mode="w"), destination.codec
            )
            self.stream = self._packed

    def commit(self, path: Path | None = None) -> None:
        """Finish, and give the file its name, or another one in the same file system."""
        if self._packed is not None:
            self._packed.close()
        if self._file is None:
            self.stream.flush()
        else:
            self._file.commit(path)

    def abort(self) -> None:
        """Leave nothing behind."""
        if self._packed is not None and not self._packed.closed:
            with contextlib.suppress(OSError):
                self._packed.close()
        if self._file is not None:
            self._file.abort()
