"""Read a user's own labelled table into records."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from adclassifier.corpus.reading import raise_problems
from adclassifier.corpus.record import Record
from adclassifier.corpus.tables import (
    cell_string,
    iterate_rows,
    read_chunks,
    require_columns,
)
from adclassifier.corpus.vocabulary import nearest
from adclassifier.errors import InputError
from adclassifier.taxonomy import load_taxonomy

_SEPARATOR = "|"
_TRUE = ("1", "1.0", "true", "yes", "x")
_FALSE = ("0", "0.0", "false", "no")
_FORMS = f"expected one of {' '.join(_TRUE)}, or one of {' '.join(_FALSE)}, in any case"
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
    unlabelled_rows : tuple of int
        Rows whose columns of 0 and 1 are all blank: left out, since nobody judged them.
    """

    n_rows: int
    empty_rows: tuple[int, ...]
    unlabelled_rows: tuple[int, ...] = ()

    def __str__(self) -> str:
        n_read = self.n_rows - len(self.empty_rows) - len(self.unlabelled_rows)
        parts = [f"{n_read} of {self.n_rows} rows read"]
        for rows, lack in ((self.empty_rows, "text"), (self.unlabelled_rows, "labels")):
            if rows:
                shown = ", ".join(map(str, rows[:20])) + (", …" if len(rows) > 20 else "")
                parts.append(f"{len(rows)} without {lack} left out: rows {shown}")
        return ", ".join(parts)


@dataclass(frozen=True, slots=True)
class _LabelColumns:
    """Where a table keeps its labels, and which there may be."""

    joined: str | None
    indicators: tuple[str, ...]
    known: tuple[str, ...] | None

    def read(self, row: dict[str, object]) -> tuple[tuple[str, ...] | None, list[str]]:
        """Give the labels of a row, None where nobody judged it, and what is wrong with them."""
        if self.joined is not None:
            labels = split_labels(row[self.joined])
            return labels, [
                f"unknown label {label!r} in {self.joined!r}; {_meant(label, self.known)}"
                for label in labels
                if self.known is not None and label not in self.known
            ]
        cells = {name: cell_string(row[name]).lower() for name in self.indicators}
        if not any(cells.values()):
            return None, []
        labels = tuple(name for name, cell in cells.items() if cell in _TRUE)
        return labels, [
            f"{f'cell {cell!r}' if cell else 'a blank cell'} in {name!r}; {_FORMS}"
            for name, cell in cells.items()
            if cell not in _TRUE and cell not in _FALSE
        ]


def _meant(label: str, known: Sequence[str]) -> str:
    """Say what an unknown label should have been: a code, or several joined as they should be."""
    joined = ";" in label or "," in label
    return f"labels are joined by {_SEPARATOR!r}" if joined else nearest(label, known)


def split_labels(cell: object) -> tuple[str, ...]:
    """Read the labels of one cell, joined by ``|``.

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
        parts = [part.strip() for part in cell_string(cell).split(_SEPARATOR)]
    return tuple(dict.fromkeys(part for part in parts if part and part != _LAWFUL))


@dataclass(slots=True)
class LabelledTable:
    """A user's own labelled CSV, TSV, JSONL, Parquet or XLSX file; iterate it for its records.

    Some thousand rows are in memory at a time, except of XLSX.

    Parameters
    ----------
    path : Path
        The file.
    text_column : str
        Column of the texts.
    label_column : str or None
        Column of label codes, joined by ``|``; an empty cell or ``legal`` is none.
    label_columns : tuple of str
        Instead of `label_column`: one column of 0 and 1 for each label, named by its code. A row
        with all of them blank was not judged and is left out; some blank ones are an error.
    id_column : str or None
        Column of ids; without it, ``<file stem>-<row>``.
    taxonomy : bool
        Whether labels must be codes of the taxonomy. False takes any names, as public benchmarks
        have.

    Attributes
    ----------
    report : TableReport or None
        How many rows there were, and which had no text or no labels; after the last record.

    Raises
    ------
    InputError
        If the file or a column is missing, or both or neither of the label arguments are given.
    DatasetError
        After the last record, if labels are unknown, each named with the nearest, or cells are
        neither 1 (1.0, true, yes, x) nor 0 (0.0, false, no): the first 20.
    """

    path: Path
    text_column: str = "text"
    label_column: str | None = None
    label_columns: tuple[str, ...] = ()
    id_column: str | None = None
    taxonomy: bool = True
    report: TableReport | None = field(default=None, init=False)

    def __iter__(self) -> Iterator[Record]:
        if (self.label_column is None) == (not self.label_columns):
            raise InputError(
                str(self.path), "no single place for labels", "label_column or label_columns"
            )
        known = load_taxonomy().label_codes if self.taxonomy else None
        columns = _LabelColumns(self.label_column, self.label_columns, known)
        _require_known(self.path, columns)
        problems: list[tuple[str, str]] = []
        empty: list[int] = []
        unlabelled: list[int] = []
        n_rows = 0
        for number, row in self._rows():
            n_rows += 1
            text = row[self.text_column]
            if not isinstance(text, str) or not text.strip():
                empty.append(number)
                continue
            labels, found = columns.read(row)
            if labels is None:
                unlabelled.append(number)
                continue
            problems += [(f"{self.path}:{number}", problem) for problem in found]
            yield self._record(number, row, text, labels)
        raise_problems(problems)
        self.report = TableReport(n_rows, tuple(empty), tuple(unlabelled))

    def _rows(self) -> Iterator[tuple[int, dict[str, object]]]:
        """Give number and cells of each row, once it is known that the columns are there."""
        labels = [self.label_column] if self.label_column else self.label_columns
        ids = [self.id_column] if self.id_column else []
        for frame in read_chunks(self.path):
            require_columns(self.path, frame, [self.text_column, *labels, *ids])
            yield from iterate_rows(frame)

    def _record(
        self, number: int, row: dict[str, object], text: str, labels: tuple[str, ...]
    ) -> Record:
        """Make the record of a row."""
        stem = self.path.stem
        violating = self.taxonomy and bool(labels)
        return Record(
            id=cell_string(row[self.id_column]) if self.id_column else f"{stem}-{number}",
            text=text,
            labels=labels,
            offer=True if violating else None,
            kind="violating_ad" if violating else "",
            source=stem,
            where=f"{self.path}:{number}",
        )


def read_table(
    path: str | Path,
    *,
    text_column: str = "text",
    label_column: str | None = None,
    label_columns: Sequence[str] = (),
    id_column: str | None = None,
    taxonomy: bool = True,
) -> tuple[list[Record], TableReport]:
    """Read a user's own labelled table; parameters and errors as of `LabelledTable`.

    Returns
    -------
    records : list of Record
        In order; ``source`` is the file's stem. A record with a label of the taxonomy is an offer
        of kind ``violating_ad``; of the others neither is known.
    report : TableReport
        How many rows there were, and which had no text or no labels.
    """
    table = LabelledTable(
        Path(path), text_column, label_column, tuple(label_columns), id_column, taxonomy
    )
    records = list(table)
    return records, table.report or TableReport(0, ())


def _require_known(path: Path, columns: _LabelColumns) -> None:
    """Raise for indicator columns that are not named by a label."""
    if columns.known is None:
        return
    unknown = [name for name in columns.indicators if name not in columns.known]
    if unknown:
        words = "; ".join(f"{name!r}: {nearest(name, columns.known)}" for name in unknown)
        raise InputError(str(path), f"label column {', '.join(map(repr, unknown))}", words)
