"""Hold the rows of a Parquet file, with their types."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any, Self

import pyarrow as pa
import pyarrow.compute as pc

from adclassifier.posts.rows import Rows, as_text, string_array


class ArrowRows(Rows):
    """Rows of a Parquet file.

    Parameters
    ----------
    columns : sequence of str
        Names.
    batch : pyarrow.RecordBatch
        The rows.
    typed : bool
        Whether a Parquet output keeps the types; false where several files
        disagree about them.
    """

    def __init__(self, columns: Sequence[str], batch: Any, *, typed: bool = True) -> None:
        super().__init__(columns)
        self.batch = batch
        self.typed = typed

    def __len__(self) -> int:
        return int(self.batch.num_rows)

    def values(self, name: str) -> list[Any]:
        """Give one column as Python values."""
        if name not in self.batch.schema.names:
            return [None] * len(self)
        column: list[Any] = self.batch.column(name).to_pylist()
        return column

    def strings(self, name: str) -> Any:
        """Give one column as an Arrow string array."""
        if name not in self.batch.schema.names:
            return pa.nulls(len(self), pa.string())
        column = self.batch.column(name)
        if pa.types.is_dictionary(column.type):
            column = column.dictionary_decode()
        if not _is_bytes(column.type):
            try:
                return column.cast(pa.string())
            except (pa.ArrowNotImplementedError, pa.ArrowInvalid):  # nested, extension types
                pass
        return string_array(map(as_text, column.to_pylist()))

    def arrow_texts(self, name: str) -> Any:
        """Give one column as an Arrow string array."""
        return self.strings(name)

    def arrow(self, name: str) -> Any:
        """Give one column in the type of the file."""
        known = name in self.batch.schema.names
        return self.batch.column(name) if known else pa.nulls(len(self))

    def untyped(self) -> Self:
        """Give the same rows, to be written as strings."""
        return type(self)(self.columns, self.batch, typed=False)

    def array(self, name: str) -> Any:
        """Give one column in its own type."""
        if self.typed and name in self.batch.schema.names:
            return self.batch.column(name)
        return self.strings(name)

    def field(self, name: str) -> Any:
        """Give the `pyarrow.Field` of `array`."""
        typed = self.typed and name in self.batch.schema.names
        return self.batch.schema.field(name) if typed else super().field(name)

    def widths(self) -> list[int]:
        """Tell how many bytes the strings of each row have; others count as one number."""
        total: Any = pa.scalar(8 * len(self.columns), pa.int64())
        for column in self.batch.columns:
            if _is_bytes(column.type) or pa.types.is_string(column.type):
                total = pc.add(total, pc.fill_null(pc.binary_length(column), 0))
        fixed = not isinstance(total, pa.Array)
        widths: list[int] = [total.as_py()] * len(self) if fixed else total.to_pylist()
        return widths

    def content(self, index: int) -> str:
        """Show one row."""
        row = self.batch.slice(index, 1)
        cells = (_shown(column) for column in row.columns)
        return ", ".join(cell for cell in cells if cell)

    def keep(self, indices: Sequence[int]) -> Self:
        """Give the rows at these positions only."""
        # slices, since `take` does not know every type that Parquet may hold
        runs = itertools.groupby(enumerate(indices), key=lambda pair: pair[1] - pair[0])
        slices = [self.batch.slice(0, 0)]
        for _, run in runs:
            members = [index for _, index in run]
            slices.append(self.batch.slice(members[0], len(members)))
        return type(self)(self.columns, pa.concat_batches(slices), typed=self.typed)

    def with_columns(self, columns: Sequence[str]) -> Self:
        """Give the same rows with these columns."""
        return type(self)(columns, self.batch, typed=self.typed)


def _is_bytes(kind: Any) -> bool:
    """Tell a column of bytes, which are spelt as Base64 whether or not they look like text."""
    checks = (pa.types.is_binary, pa.types.is_large_binary, pa.types.is_fixed_size_binary)
    return any(check(kind) for check in checks)


def _shown(column: Any) -> str:
    """Show one cell, which may hold invalid UTF-8."""
    try:
        return as_text(column.to_pylist()[0]) or ""
    except UnicodeDecodeError as error:
        return error.object.decode("utf-8", "replace")
