"""Read people's own tables: CSV, TSV, JSONL, Parquet and XLSX."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq

from adclassifier.corpus.reading import find_files, raise_problems, read_rows
from adclassifier.corpus.vocabulary import nearest
from adclassifier.errors import AdClassifierError, InputError

ENDINGS = (".csv", ".tsv", ".jsonl", ".parquet", ".xlsx")
# names under which public data sets and scrapers keep the text, the likeliest first
TEXT_COLUMNS = ("text", "free_text", "comment", "content", "caption", "message", "sentence")


@dataclass(frozen=True, slots=True)
class LocalText:
    """A public text on this machine.

    Parameters
    ----------
    id : str
        As the file names it; empty when it does not.
    text : str
        As the file holds it.
    """

    id: str
    text: str


def read_texts(paths: str | Path | Iterable[str | Path]) -> list[LocalText]:
    """Read texts, labelled or not, from files and folders of them.

    The text column is the first of `TEXT_COLUMNS` that there is, in any case; ids come from a
    column ``id``. Rows without text are left out.

    Raises
    ------
    InputError
        If a path does not exist, cannot be read, or has no text column.
    """
    texts: list[LocalText] = []
    for file in find_files(paths, ENDINGS):
        frame = read_frame(file)
        names = {str(name).lower(): name for name in reversed(frame.columns)}
        column = next((names[name] for name in TEXT_COLUMNS if name in names), None)
        if column is None:
            raise InputError(str(file), f"columns {', '.join(names)}", "a column 'text'")
        ids = frame[names["id"]] if "id" in names else [""] * len(frame)
        texts += [
            LocalText(cell_string(id_), text)
            for id_, text in zip(ids, frame[column], strict=True)
            if isinstance(text, str) and text.strip()
        ]
    return texts


def read_frame(file: str | Path) -> pd.DataFrame:
    """Read a whole table; see `read_chunks`."""
    return pd.concat(read_chunks(file))


def read_chunks(file: str | Path) -> Iterator[pd.DataFrame]:
    """Read a table some rows at a time, every cell of text formats as text.

    Yields
    ------
    DataFrame
        At least one. The index is the row in the file, counted as a person sees it: a header is
        row 1 of CSV, TSV and XLSX.

    Raises
    ------
    InputError
        If the ending is unknown, or the content is not what the ending says.
    DatasetError
        If lines of a JSONL file are broken: the first 20 of them, after the last frame.
    """
    path = Path(file)
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise InputError(str(path), f"ending {path.suffix!r}", f"one of {' '.join(ENDINGS)}")
    if not path.is_file():
        raise InputError(str(path), "no such file")
    chunks = reader(path)
    while True:
        try:
            frame = next(chunks, None)
        except AdClassifierError:
            raise
        except (ValueError, OSError, KeyError, zipfile.BadZipFile) as error:
            # what pandas, pyarrow and openpyxl raise for files that are not what their ending says
            raise InputError(
                str(path), str(error), f"a {path.suffix} file, UTF-8 if text"
            ) from error
        if frame is None:
            return
        yield frame


def _read_delimited(path: Path, separator: str) -> Iterator[pd.DataFrame]:
    options: dict[str, Any] = {"dtype": str, "keep_default_na": False, "encoding": "utf-8-sig"}
    with pd.read_csv(path, sep=separator, chunksize=_CHUNK_ROWS, **options) as chunks:
        yield from _numbered(chunks, first=2)


def _read_jsonl(path: Path) -> Iterator[pd.DataFrame]:
    """Read JSON lines, whose cells keep their types; the index is the line.

    A chunk has the columns of all lines of the file up to its last, so that a field which comes
    late is missing where it is, not in the table.
    """
    names: dict[str, None] = {}
    problems: list[tuple[str, str]] = []
    lines = read_rows(path)
    n_chunks = 0
    while chunk := list(islice(lines, _CHUNK_ROWS)):
        problems += [(where, row) for where, row in chunk if isinstance(row, str)]
        rows = {
            int(where.rpartition(":")[2]): row for where, row in chunk if not isinstance(row, str)
        }
        names |= dict.fromkeys(name for row in rows.values() for name in row)
        yield pd.DataFrame(list(rows.values()), list(rows), list(names), dtype=object)
        n_chunks += 1
    raise_problems(problems)
    if not n_chunks:
        yield pd.DataFrame(dtype=object)


def _read_parquet(path: Path) -> Iterator[pd.DataFrame]:
    with pq.ParquetFile(path) as file:
        batches = (batch.to_pandas() for batch in file.iter_batches(_CHUNK_ROWS))
        empty = file.schema_arrow.empty_table().to_pandas()
        yield from _numbered(chain(batches, [empty] * (file.metadata.num_rows == 0)), first=1)


def _read_xlsx(path: Path) -> Iterator[pd.DataFrame]:
    yield from _numbered([pd.read_excel(path, dtype=str, keep_default_na=False)], first=2)


def _numbered(frames: Iterable[pd.DataFrame], *, first: int) -> Iterator[pd.DataFrame]:
    """Count the rows of frames that follow each other from a first number."""
    for frame in frames:
        yield frame.set_axis(range(first, first + len(frame)), axis="index")
        first += len(frame)


# Rows that are read at a time.
_CHUNK_ROWS = 10_000
_READERS: dict[str, Callable[[Path], Iterator[pd.DataFrame]]] = {
    ".csv": lambda path: _read_delimited(path, ","),
    ".tsv": lambda path: _read_delimited(path, "\t"),
    ".jsonl": _read_jsonl,
    ".parquet": _read_parquet,
    ".xlsx": _read_xlsx,
}


def cell_string(cell: object) -> str:
    """Write a cell as a string without white space at its ends; empty for a missing value."""
    if cell is None or cell is pd.NA or (isinstance(cell, float) and cell != cell):
        return ""
    return str(cell).strip()


def require_columns(path: Path, frame: pd.DataFrame, columns: Iterable[str]) -> None:
    """Raise for columns that a table does not have, all at once."""
    have = [str(name) for name in frame.columns]
    missing = [name for name in columns if name not in have]
    if missing:
        words = "; ".join(f"{name!r}: {nearest(name, have)}" for name in missing)
        raise InputError(str(path), f"no column {', '.join(map(repr, missing))}", words)


def iterate_rows(frame: pd.DataFrame) -> Iterator[tuple[int, dict[str, object]]]:
    """Give the row number and the cells, by column, of each row."""
    names = [str(name) for name in frame.columns]
    for row in frame.itertuples(name=None):
        yield int(row[0]), dict(zip(names, row[1:], strict=True))
