"""Keep account of the rows that could not be judged, and write them aside."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from adclassifier.errors import OutputExistsError
from adclassifier.posts.atomic import AtomicFile
from adclassifier.text.codepoints import replace_surrogates

HEAD_CHARS = 200
START_CHARS = 400


class Reason(StrEnum):
    """Why a row was left out; the value stands in the side file."""

    NO_TEXT = "no_text"
    TEXT_NOT_STRING = "text_not_string"
    TOO_LONG = "too_long"
    INVALID_UTF8 = "invalid_utf8"
    BROKEN_JSON = "broken_json"
    NOT_AN_OBJECT = "not_an_object"
    WRONG_FIELD_COUNT = "wrong_field_count"
    UNCLOSED_QUOTE = "unclosed_quote"


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """A row that was left out.

    Parameters
    ----------
    row : int
        Where it stands in its file, as a reader would look for it: the line of
        a JSONL or text file, the row of a sheet or CSV with the header as row 1
        (what Excel shows), the turn of a chat, the 1-based row of a Parquet file.
    reason : str
        A value of `Reason`.
    start : str
        Its first 400 characters: enough for a mask to see a whole telephone
        number that crosses the 200th. Never contains surrogates.
    source : str
        Its file, where several are read; else empty.
    """

    row: int
    reason: str
    start: str
    source: str = ""

    @property
    def head(self) -> str:
        """The first 200 characters."""
        return self.start[:HEAD_CHARS]


def reject(row: int, reason: Reason, content: str) -> RejectedRow:
    """Make a `RejectedRow` from a row's whole content, undecodable bytes as U+FFFD."""
    return RejectedRow(row, reason, replace_surrogates(content[:START_CHARS]))


class RejectedWriter:
    """Writes ``<output>.rejected.jsonl``: row, reason, the first 200 characters.

    The file is made when the first row comes and appears, whole, on `close`.

    Parameters
    ----------
    path : Path
        The side file.
    mask : callable or None
        Hides contacts in a text; None writes them as they are.
    overwrite : bool
        Whether a side file of an earlier run may be replaced; when this run
        rejects nothing, it is removed.
    """

    def __init__(
        self, path: Path, mask: Callable[[str], str] | None, *, overwrite: bool = False
    ) -> None:
        if path.exists() and not overwrite:
            raise OutputExistsError(str(path), "is there already", "pass --overwrite to replace it")
        self.path = path
        self.n_rows = 0
        self._mask = mask
        self._overwrite = overwrite
        self._file: AtomicFile | None = None

    def write(self, rows: Iterable[RejectedRow]) -> None:
        """Write rows aside."""
        for row in rows:
            start = row.start if self._mask is None else self._mask(row.start)
            record = {"row": row.row, "reason": str(row.reason), "head": start[:HEAD_CHARS]}
            if row.source:
                record["source_file"] = row.source
            line = json.dumps(record, ensure_ascii=False) + "\n"
            self._stream().write(line.encode())
            self.n_rows += 1

    def _stream(self) -> IO[bytes]:
        """Give the open file, made on first use."""
        if self._file is None:
            self._file = AtomicFile(self.path, overwrite=self._overwrite)
        return self._file.stream

    def close(self, path: Path | None = None) -> None:
        """Put the file in its place, or remove an earlier run's where nothing was rejected.

        Parameters
        ----------
        path : Path, optional
            Another place, in the same file system.
        """
        if self._file is not None:
            self._file.commit(path)
        elif self._overwrite:
            self.path.unlink(missing_ok=True)

    def abort(self) -> None:
        """Leave nothing behind."""
        if self._file is not None:
            self._file.abort()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if kind is None:
            self.close()
        else:
            self.abort()


def open_rejected(
    output: str | Path, *, mask: Callable[[str], str] | None, overwrite: bool = False
) -> RejectedWriter:
    """Open the side file of an output: ``<output>.rejected.jsonl``.

    Parameters
    ----------
    output : str or Path
        The output the rows would have gone to.
    mask : callable or None
        Hides contacts (``entities.mask_contacts``); None shows them.
    overwrite : bool, default=False
        Replace a side file that is there.

    Raises
    ------
    OutputExistsError
        If the side file is there and `overwrite` is false.
    """
    return RejectedWriter(side_file(output), mask, overwrite=overwrite)


def side_file(output: str | Path) -> Path:
    """Name the file beside an output that takes its rejected rows."""
    return Path(f"{output}.rejected.jsonl")
