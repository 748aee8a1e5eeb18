"""Write CSV, TSV and JSON Lines."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any, Literal

import pyarrow as pa
import pyarrow.compute as pc

from adclassifier.errors import InputError
from adclassifier.posts.cells import cell_values
from adclassifier.posts.jsonrows import JsonRows
from adclassifier.posts.jsontext import without
from adclassifier.posts.rows import Rows, encode_json, string_array
from adclassifier.posts.spelling import cell_column, is_number, json_column, lines
from adclassifier.posts.writer import PostWriter

# What may stand before an object's last brace without being the end of a member.
_ODD_ENDS = pa.array([b" ", b"\t", b"\n", b"\r", b"{"], pa.binary())


class DelimitedWriter(PostWriter):
    """Writes CSV or TSV in UTF-8, lines ended by a newline; cells stay verbatim."""

    def _write(self, rows: Rows | None, kept: Sequence[str], added: Any) -> None:
        self._refuse_late_keys(rows)
        names = [*kept, *added.schema.names]
        if self._is_first(names) and self._destination.header:
            self._sink.stream.write(self._spell([tuple(names)]).encode())
        originals = [rows.strings(name) for name in kept] if rows else []
        regular = self._joined([*originals, *added.columns])
        if regular is not None:
            self._sink.stream.write(regular)
            return
        cells: list[list[Any]] = [rows.texts(name) for name in kept] if rows else []
        cells += [cell_values(column) for column in added.columns]
        self._sink.stream.write(self._spell(list(zip(*cells, strict=True))).encode())

    def _joined(self, columns: Sequence[Any]) -> memoryview | None:
        r"""Spell rows as `_spell` does, column by column; None where there is a ``\r``."""
        if len(columns) < 2:  # csv writes a single empty cell as "", lest its line be blank
            return None
        parts: list[Any] = []
        for column in columns:
            cells = cell_column(column)
            if not is_number(column.type):
                cells = _quoted_cells(cells, self._delimiter)
            if cells is None:
                return None
            parts += [cells, self._delimiter]
        return lines([*parts[:-1], "\n"])

    def _spell(self, table: list[tuple[Any, ...]]) -> str:
        r"""Spell rows; csv does not quote a lone ``\r``, at which readers would break the row."""
        spelt = io.StringIO()
        self._csv_writer(spelt).writerows(table)
        if "\r" not in spelt.getvalue():
            return spelt.getvalue()
        spelt = io.StringIO()
        plain, quoted = self._csv_writer(spelt), self._csv_writer(spelt, csv.QUOTE_ALL)
        for row in table:
            carriage = any(type(cell) is str and "\r" in cell for cell in row)
            (quoted if carriage else plain).writerow(row)
        return spelt.getvalue()

    def _csv_writer(self, spelt: io.StringIO, quoting: Literal[0, 1] = csv.QUOTE_MINIMAL) -> Any:
        """Make a writer of this format."""
        return csv.writer(spelt, delimiter=self._delimiter, lineterminator="\n", quoting=quoting)

    @property
    def _delimiter(self) -> str:
        return "\t" if self._destination.format == "tsv" else ","


def _quoted_cells(column: Any, delimiter: str) -> Any | None:
    r"""Put cells that need it into quotes; None where one holds a ``\r``."""
    needy = pc.match_substring_regex(column, f'["{delimiter}\\n\\r]')
    if not pc.any(needy).as_py():
        return column
    cells = column.filter(needy)
    if pc.any(pc.match_substring_regex(cells, "\r")).as_py():
        return None
    doubled = pc.replace_substring(cells, '"', '""')
    quoted = pc.binary_join_element_wise('"', doubled, '"', "")
    return pc.replace_with_mask(column, needy, quoted)


class JsonLinesWriter(PostWriter):
    """Writes JSONL: the text of each object as it was, and the added members behind it."""

    def _write(self, rows: Rows | None, kept: Sequence[str], added: Any) -> None:
        self._is_first(added.schema.names)
        if isinstance(rows, JsonRows):
            heads = _opened(self._originals(rows, added.schema.names), bool(added.schema.names))
            parts = [*heads, *_members(added.schema.names, list(map(json_column, added.columns)))]
        else:
            names = [*kept, *added.schema.names]
            columns = [_json_strings(rows, name) for name in kept] if rows else []
            columns += [json_column(column) for column in added.columns]
            start = "{" if names else string_array(["{"] * added.num_rows)
            parts = [start, *_members(names, columns)]
        self._sink.stream.write(lines([*parts, "}\n"]))

    def _originals(self, rows: JsonRows, added: Sequence[str]) -> Sequence[str]:
        """Give the text of each object, without the keys that are replaced."""
        taken = rows.dropped.union(added)
        if all(map(taken.isdisjoint, rows.objects)):
            return rows.raw
        originals = list(rows.raw)
        for index, record in enumerate(rows.objects):
            if taken.isdisjoint(record):
                continue
            clash = next((name for name in added if name in record), None)
            if clash is not None and clash not in rows.dropped:
                raise InputError(
                    self._destination.name,
                    f"a later row has the key {clash!r}, which is a column of ours",
                    "pass --prefix or --replace-columns",
                )
            originals[index] = without(originals[index], rows.dropped)
        return originals


def _json_strings(rows: Rows, name: str) -> Any:
    """Spell a column of rows that come from no JSONL file."""
    column = rows.arrow(name)
    if column is None:
        return string_array(map(encode_json, rows.values(name)))
    return json_column(column)


def _opened(originals: Sequence[str], continued: bool) -> list[Any]:
    """Take the last brace off JSON objects, with the space before it where members follow.

    Returns
    -------
    list
        Parts of `lines`: what each object begins with, and what follows it.
    """
    objects = string_array(originals).view(pa.binary())
    ends = pc.binary_slice(objects, -2, -1)
    if not continued or not pc.any(pc.is_in(ends, value_set=_ODD_ENDS)).as_py():
        heads = pc.binary_slice(objects, 0, -1).view(pa.string())
        return [heads, ", "] if continued else [heads]
    bare = [raw[:-1].rstrip() for raw in originals]
    return [string_array([head if head == "{" else f"{head}, " for head in bare])]


def _members(names: Sequence[str], columns: Sequence[Any]) -> list[Any]:
    """Give the members of JSON objects, as parts of `lines`."""
    parts: list[Any] = []
    for name, column in zip(names, columns, strict=True):
        before = ", " if parts else ""
        parts += [f"{before}{encode_json(name)}: ", column]
    return parts
