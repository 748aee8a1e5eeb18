"""Read people's own tables: CSV, TSV, JSONL, Parquet and XLSX."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

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
    """Read a table with every cell of text formats as text; the index is the row in the file.

    Rows are counted as a person sees them: a header is row 1 of CSV, TSV and XLSX.

    Raises
    ------
    InputError
        If the ending is unknown, or the content is not what the ending says.
    DatasetError
        If lines of a JSONL file are broken: the first 20 of them.
    """
    path = Path(file)
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise InputError(str(path), f"ending {path.suffix!r}", f"one of {' '.join(ENDINGS)}")
    if not path.is_file():
        raise InputError(str(path), "no such file")
    try:
        return reader(path)
    except AdClassifierError:
        raise
    except (ValueError, OSError, KeyError, zipfile.BadZipFile) as error:
        # what pandas, pyarrow and openpyxl raise for files that are not what their ending says
        raise InputError(str(path), str(error), f"a {path.suffix} file, UTF-8 if text") from error


def _read_delimited(path: Path, separator: str) -> pd.DataFrame:
    frame = pd.read_csv(path, sep=separator, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    return _numbered(frame, first=2)


def _read_jsonl(path: Path) -> pd.DataFrame:
    """Read JSON lines, whose cells keep their types; the index is the line."""
    rows: dict[int, dict[str, Any]] = {}
    problems: list[tuple[str, str]] = []
    for where, row in read_rows(path):
        if isinstance(row, str):
            problems.append((where, row))
        else:
            rows[int(where.rpartition(":")[2])] = row
    raise_problems(problems)
    return pd.DataFrame(list(rows.values()), index=list(rows), dtype=object)


def _numbered(frame: pd.DataFrame, *, first: int) -> pd.DataFrame:
    """Count the rows of a frame from a first number."""
    return frame.set_axis(range(first, first + len(frame)), axis="index")


_READERS: dict[str, Callable[[Path], pd.DataFrame]] = {
    ".csv": lambda path: _read_delimited(path, ","),
    ".tsv": lambda path: _read_delimited(path, "\t"),
    ".jsonl": _read_jsonl,
    ".parquet": lambda path: _numbered(pd.read_parquet(path), first=1),
    ".xlsx": lambda path: _numbered(pd.read_excel(path, dtype=str, keep_default_na=False), first=2),
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
