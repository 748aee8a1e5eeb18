"""Write CSV, TSV and JSON Lines."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any, Literal

from adclassifier.errors import InputError
from adclassifier.posts.cells import cell_values, encode_json, json_values
from adclassifier.posts.jsonrows import JsonRows
from adclassifier.posts.jsontext import extended, without
from adclassifier.posts.rows import Rows
from adclassifier.posts.writer import PostWriter


class DelimitedWriter(PostWriter):
    """Writes CSV or TSV in UTF-8, lines ended by a newline; cells stay verbatim."""

    def _write(self, rows: Rows | None, kept: Sequence[str], added: Any) -> None:
        self._refuse_late_keys(rows)
        names = [*kept, *added.schema.names]
        columns: list[list[Any]] = [rows.texts(name) for name in kept] if rows else []
        columns += [cell_values(column) for column in added.columns]
        table = list(zip(*columns, strict=True))
        if self._is_first(names):
            table.insert(0, tuple(names))
        self._sink.stream.write(self._spell(table).encode())

    def _spell(self, table: list[tuple[Any, ...]]) -> str:
        r"""Spell rows; csv does not quote a lone ``\r``, at which readers would break the row."""
        lines = io.StringIO()
        self._csv_writer(lines).writerows(table)
        if "\r" not in lines.getvalue():
            return lines.getvalue()
        lines = io.StringIO()
        plain, quoted = self._csv_writer(lines), self._csv_writer(lines, csv.QUOTE_ALL)
        for row in table:
            carriage = any(type(cell) is str and "\r" in cell for cell in row)
            (quoted if carriage else plain).writerow(row)
        return lines.getvalue()

    def _csv_writer(self, lines: io.StringIO, quoting: Literal[0, 1] = csv.QUOTE_MINIMAL) -> Any:
        """Make a writer of this format."""
        delimiter = "\t" if self._destination.format == "tsv" else ","
        return csv.writer(lines, delimiter=delimiter, lineterminator="\n", quoting=quoting)


class JsonLinesWriter(PostWriter):
    """Writes JSONL: the text of each object as it was, and the added members behind it."""

    def _write(self, rows: Rows | None, kept: Sequence[str], added: Any) -> None:
        self._is_first(added.schema.names)
        if isinstance(rows, JsonRows):
            originals = self._originals(rows, added.schema.names)
        else:
            columns = [rows.values(name) for name in kept] if rows else []
            originals = _objects(kept, columns, added.num_rows)
        values = [json_values(column) for column in added.columns]
        members = _objects(added.schema.names, values, added.num_rows)
        lines = [f"{extended(*pair)}\n" for pair in zip(originals, members, strict=True)]
        self._sink.stream.write("".join(lines).encode())

    def _originals(self, rows: JsonRows, added: Sequence[str]) -> list[str]:
        """Give the text of each object, without the keys that are replaced."""
        originals = list(rows.raw)
        taken = rows.dropped.union(added)
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


def _objects(names: Sequence[str], columns: Sequence[Sequence[Any]], n_rows: int) -> list[str]:
    """Write each row as a JSON object."""
    if not names:
        return ["{}"] * n_rows
    table = zip(*columns, strict=True)
    return [encode_json(dict(zip(names, row, strict=True))) for row in table]
