"""Find the files that a source names and open them, whatever their compression and encoding."""

from __future__ import annotations

import codecs
import glob
import io
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import pyarrow as pa

from adclassifier.errors import InputError

FORMATS = ("csv", "tsv", "jsonl", "parquet", "xlsx", "txt", "json")
COMPRESSIONS = {"gz": "gzip", "zst": "zstd"}
# What a damaged or foreign file raises while it is read: pyarrow's readers and codecs.
DAMAGE = (
    OSError,
    EOFError,
    pa.ArrowInvalid,
    pa.ArrowNotImplementedError,
    pa.ArrowSerializationError,
)

_SNIFFED_BYTES = 1 << 20
_BUFFER_BYTES = 1 << 20
_SUFFIX = re.compile(r"\.([A-Za-z]+)(?:\.(gz|zst))?$", re.IGNORECASE)
_MARK = "adclassifier.mark-undecodable"
_SIDE_FILE = ".rejected.jsonl"


@dataclass(frozen=True, slots=True)
class Source:
    """One file to read.

    Parameters
    ----------
    path : Path or None
        None for standard input.
    format : str
        A member of `FORMATS`.
    codec : str or None
        ``gzip``, ``zstd`` or None.
    copied : bool
        Whether the file is a copy of standard input.
    """

    path: Path | None
    format: str
    codec: str | None = None
    copied: bool = False

    @property
    def name(self) -> str:
        """The file as messages call it."""
        return "stdin" if self.path is None or self.copied else str(self.path)

    def open(self) -> IO[bytes]:
        """Open the file's bytes, decompressed.

        Raises
        ------
        InputError
            If it is missing or may not be read.
        """
        if self.path is None:
            return sys.stdin.buffer
        try:
            raw = self.path.open("rb")
        except OSError as error:
            raise InputError(self.name, f"cannot be read ({error.strerror})", "a file") from error
        if self.codec is None:
            return raw
        stream = pa.CompressedInputStream(pa.PythonFile(raw, mode="r"), self.codec)
        return io.BufferedReader(stream, _BUFFER_BYTES)

    def open_text(self, newline: str) -> io.TextIOWrapper:
        """Open the file as text.

        Bytes that are not valid in its encoding come out as lone surrogates, so that
        one of them costs one row.

        Parameters
        ----------
        newline : str
            As of `open`: "" keeps all line ends, a line ends with any of them;
            a newline keeps them and only a newline ends a line.

        Raises
        ------
        InputError
            If the file is empty or its encoding is unknown.
        """
        raw: Any = self.open()
        buffered = io.BufferedReader(raw, _SNIFFED_BYTES)
        try:
            encoding = find_encoding(buffered.peek(_SNIFFED_BYTES), self.name)
        except BaseException:
            buffered.close()
            raise
        errors = "surrogateescape"
        if encoding == "utf-16":  # which `surrogateescape` knows for bytes beyond ASCII only
            errors = _MARK
            codecs.register_error(_MARK, _mark_undecodable)
        return io.TextIOWrapper(buffered, encoding, errors, newline)

    def open_seekable(self) -> IO[bytes]:
        """Open the file so that it can be read from its end, as Parquet and XLSX must."""
        stream = self.open()
        if self.path is not None and self.codec is None:
            return stream
        copy = tempfile.TemporaryFile()  # noqa: SIM115 (the caller closes it)
        with stream:
            shutil.copyfileobj(stream, copy)
        copy.seek(0)
        return copy


def _mark_undecodable(error: UnicodeError) -> tuple[str, int]:
    """Give half a character for bytes that cannot be decoded, and where to go on."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return "\udcff", error.end


def find_encoding(head: bytes, where: str) -> str:
    r"""Tell a text file's encoding from its first bytes.

    Parameters
    ----------
    head : bytes
        The beginning, up to a megabyte.
    where : str
        The file, for the message.

    Returns
    -------
    str
        ``utf-8-sig`` (UTF-8 with or without a mark) or ``utf-16`` (with one).

    Raises
    ------
    InputError
        If the file is empty, or it is neither: nulls at every other place (UTF-16 without a mark),
        a mark of UTF-32, or more lines that are not UTF-8 than lines that are,
        at least three.

    Examples
    --------
    >>> find_encoding("id,text\n1,sữa".encode(), "ads.csv")
    'utf-8-sig'
    >>> find_encoding("id,text\n1,sữa".encode("utf-16"), "ads.csv")
    'utf-16'
    """
    if not head:
        raise InputError(where, "the file is empty", "at least one row")
    if head.startswith((b"\xff\xfe\0\0", b"\0\0\xfe\xff")):
        raise _unknown_encoding(where, "UTF-32")
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    if head.startswith((b"PK\x03\x04", b"\x1f\x8b\x08", b"PAR1", b"\x28\xb5\x2f\xfd")):
        raise InputError(where, "the content is not text", "a file that its ending describes")
    even, odd = head[::2].count(0), head[1::2].count(0)
    if max(even, odd) > 0.15 * len(head) and min(even, odd) < 0.02 * len(head):
        raise _unknown_encoding(where, "UTF-16 without a byte order mark")
    # the last line may be cut in the middle of a letter
    valid = [_is_utf8(line) for line in head.splitlines()[:-1] if not line.isascii()]
    bad = valid.count(False)
    if bad >= 3 and bad > len(valid) / 2:
        raise _unknown_encoding(where, f"{bad} of {len(valid)} lines are not UTF-8")
    return "utf-8-sig"


def _unknown_encoding(where: str, found: str) -> InputError:
    return InputError(where, f"unknown encoding ({found})", "UTF-8, or UTF-16 with a mark")


def _is_utf8(line: bytes) -> bool:
    """Tell whether a line decodes."""
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def parse_ending(path: Path) -> tuple[str, str | None] | None:
    """Tell format and codec from a file's name; None where they are unknown.

    Examples
    --------
    >>> parse_ending(Path("ads.CSV.gz")), parse_ending(Path("ads.doc"))
    (('csv', 'gzip'), None)
    """
    match = _SUFFIX.search(path.name)
    if match is None or match[1].lower() not in FORMATS:
        return None
    return match[1].lower(), COMPRESSIONS[match[2].lower()] if match[2] else None


def find_sources(source: str | Path, stdin_format: str) -> tuple[list[Source], list[Path]]:
    """Find the files that a path, folder or pattern names, in order of their names.

    Parameters
    ----------
    source : str or Path
        A file; a folder (with all below it); a pattern such as
        ``posts/**/*.csv``; ``-`` for standard input.
    stdin_format : str
        Format of standard input.

    Returns
    -------
    sources : list of Source
        At least one.
    skipped : list of Path
        Files in a folder or pattern that are empty or have an ending we do not
        read; hidden files and side files of earlier runs go without mention.

    Raises
    ------
    InputError
        If nothing is there, or a named file's ending is unknown.
    """
    if str(source) == "-":
        if stdin_format not in FORMATS:
            raise InputError("stdin", f"unknown format {stdin_format!r}", _known_endings())
        return [Source(None, stdin_format)], []
    path = Path(source)
    if path.is_dir():
        found = sorted(path.rglob("*"))
    elif path.exists() or not glob.has_magic(str(source)):
        return [_named_source(path)], []
    else:
        found = sorted(Path(name) for name in glob.iglob(str(source), recursive=True))
    sources: list[Source] = []
    skipped: list[Path] = []
    for file in _plain_files(found):
        ending = parse_ending(file)
        if ending is None or file.stat().st_size == 0:
            skipped.append(file)
        else:
            sources.append(Source(file, *ending))
    if not sources:
        raise InputError(str(source), "no file that can be read", _known_endings())
    return sources, skipped


def _named_source(path: Path) -> Source:
    """Make the source of one named file."""
    if not path.exists():
        raise InputError(str(path), "no such file", "a file, a folder, a pattern, or - for stdin")
    ending = parse_ending(path)
    if ending is None:
        raise InputError(str(path), f"unknown ending {path.suffix!r}", _known_endings())
    return Source(path, *ending)


def _plain_files(found: list[Path]) -> Iterator[Path]:
    """Leave out folders, hidden files and what earlier runs rejected."""
    for path in found:
        hidden = path.name.startswith(".")
        if path.is_file() and not hidden and not path.name.endswith(_SIDE_FILE):
            yield path


def _known_endings() -> str:
    return "one of " + " ".join(f".{name}" for name in FORMATS) + ", with .gz or .zst if compressed"
