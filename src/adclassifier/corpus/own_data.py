"""Read a user's own labelled table into records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from adclassifier.corpus.reading import raise_problems
from adclassifier.corpus.record import Record
from adclassifier.corpus.tables import (
    cell_string,
    iterate_rows,
    nearest,
    read_frame,
    require_columns,
)
from adclassifier.errors import InputError
from adclassifier.taxonomy import load_taxonomy

_SEPARATORS = "|;,"
_TRUE = frozenset({"1", "1.0", "true", "yes", "x"})
_FALSE = frozenset({"", "0", "0.0", "false", "no"})
_LAWFUL = "legal"  # how `accept` and some tables write "no label"


@dataclass(frozen=True, slots=True)
class TableReport:
    """What was read of a table.

    Parameters
    ----------
    n_rows : int
        Rows of the table.
    empty_rows : tuple of int
        Rows without text: left out.
    """

    n_rows: int
    empty_rows: tuple[int, ...]

    def __str__(self) -> str:
        text = f"{self.n_rows - len(self.empty_rows)} of {self.n_rows} rows read"
        if not self.empty_rows:
            return text
        shown = ", ".join(map(str, self.empty_rows[:20]))
        more = ", …" if len(self.empty_rows) > 20 else ""
        return f"{text}, {len(self.empty_rows)} without text left out: rows {shown}{more}"


@dataclass(frozen=True, slots=True)
class _LabelColumns:
    """Where a table keeps its labels, and which there may be."""

    joined: str | None
    indicators: tuple[str, ...]
    known: tuple[str, ...] | None

    def read(self, row: dict[str, object]) -> tuple[tuple[str, ...], list[str]]:
        """Give the labels of a row, and what is wrong with them."""
        if self.joined is not None:
            labels = split_labels(row[self.joined])
            return labels, [
                f"unknown label {label!r} in {self.joined!r}; {nearest(label, self.known)}"
                for label in labels
                if self.known is not None and label not in self.known
            ]
        cells = {name: cell_string(row[name]).lower() for name in self.indicators}
        labels = tuple(name for name, cell in cells.items() if cell in _TRUE)
        return labels, [
            f"{cell!r} in {name!r}; expected 0 or 1"
            for name, cell in cells.items()
            if cell not in _TRUE and cell not in _FALSE
        ]


def split_labels(cell: object) -> tuple[str, ...]:
    """Read the labels of one cell, joined by the first of ``| ; ,`` that stands in it.

    Examples
    --------
    >>> split_labels("medicine|supplement")
    ('medicine', 'supplement')
    >>> split_labels("legal"), split_labels("")
    ((), ())
    """
    if isinstance(cell, list | tuple):
        parts = [cell_string(part) for part in cell]
    else:
        string = cell_string(cell)
        separator = next((sign for sign in _SEPARATORS if sign in string), "|")
        parts = [part.strip() for part in string.split(separator)]
    return tuple(dict.fromkeys(part for part in parts if part and part != _LAWFUL))


def read_table(
    path: str | Path,
    *,
    text_column: str = "text",
    label_column: str | None = None,
    label_columns: Sequence[str] = (),
    id_column: str | None = None,
    taxonomy: bool = True,
) -> tuple[list[Record], TableReport]:
    """Read a user's own labelled CSV, TSV, JSONL, Parquet or XLSX file.

    Parameters
    ----------
    path : path
        The file.
    text_column : str
        Column of the texts.
    label_column : str or None
        Column of label codes, joined by ``|``, ``;`` or ``,``; an empty cell or ``legal`` is none.
    label_columns : sequence of str
        Instead of `label_column`: one column of 0 and 1 for each label, named by its code.
    id_column : str or None
        Column of ids; without it, ``<file stem>-<row>``.
    taxonomy : bool
        Whether labels must be codes of the taxonomy. False takes any names, as public benchmarks
        have.

    Returns
    -------
    records : list of Record
        In order; ``source`` is the file's stem. A record with a label of the taxonomy is an offer
        of kind ``violating_ad``; of the others neither is known.
    report : TableReport
        How many rows there were, and which had no text.

    Raises
    ------
    InputError
        If the file or a column is missing, or both or neither of the label arguments are given.
    DatasetError
        If labels are unknown, each named with the nearest, or cells are not 0 or 1: the first 20.
    """
    path = Path(path)
    if (label_column is None) == (not label_columns):
        raise InputError(str(path), "no single place for labels", "label_column or label_columns")
    known = load_taxonomy().label_codes if taxonomy else None
    columns = _LabelColumns(label_column, tuple(label_columns), known)
    _require_known(path, columns)
    frame = read_frame(path)
    wanted = [text_column, *([label_column] if label_column else label_columns)]
    require_columns(path, frame, [*wanted, *([id_column] if id_column else [])])
    records: list[Record] = []
    problems: list[tuple[str, str]] = []
    empty: list[int] = []
    for number, row in iterate_rows(frame):
        text = row[text_column]
        if not isinstance(text, str) or not text.strip():
            empty.append(number)
            continue
        labels, found = columns.read(row)
        where = f"{path}:{number}"
        problems += [(where, problem) for problem in found]
        id_ = cell_string(row[id_column]) if id_column else f"{path.stem}-{number}"
        records.append(_record(id_, text, labels, path.stem, where, taxonomy=taxonomy))
    raise_problems(problems)
    return records, TableReport(len(frame), tuple(empty))


def _require_known(path: Path, columns: _LabelColumns) -> None:
    """Raise for indicator columns that are not named by a label."""
    if columns.known is None:
        return
    unknown = [name for name in columns.indicators if name not in columns.known]
    if unknown:
        words = "; ".join(f"{name!r}: {nearest(name, columns.known)}" for name in unknown)
        raise InputError(str(path), f"label column {', '.join(map(repr, unknown))}", words)


def _record(
    id_: str, text: str, labels: tuple[str, ...], source: str, where: str, *, taxonomy: bool
) -> Record:
    """Make the record of a row."""
    violating = taxonomy and bool(labels)
    return Record(
        id=id_,
        text=text,
        labels=labels,
        offer=True if violating else None,
        kind="violating_ad" if violating else "",
        source=source,
        where=where,
    )
