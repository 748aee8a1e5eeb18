"""Tell which columns of a Parquet file are worth a dictionary."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

# So many values tell whether a column repeats itself.
_LOOKED_AT = 4096
_MOST_DISTINCT = 0.5


def repetitive_columns(table: Any) -> list[str]:
    """Name the columns whose first values repeat, as Parquet calls their leaves.

    A dictionary of probabilities or of texts that are all different costs most of the time of
    writing, and is thrown away in the end.

    Examples
    --------
    >>> table = pa.table({"area": ["Huế", "Huế"], "id": ["a", "b"], "labels": [["x"], ["x", "x"]]})
    >>> repetitive_columns(table)
    ['area', 'labels.list.element']
    """
    head = table.slice(0, _LOOKED_AT).combine_chunks()
    return [
        path
        for name, column in zip(head.schema.names, head.columns, strict=True)
        for path, leaf in _leaves(name, column)
        if _repeats(leaf)
    ]


def _leaves(path: str, column: Any) -> Iterator[tuple[str, Any]]:
    """Give the leaves of a column with their paths; of types that are rare, none."""
    kind = column.type
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        yield from _leaves(f"{path}.list.element", pc.list_flatten(column))
    elif pa.types.is_struct(kind):
        for index, field in enumerate(kind):
            yield from _leaves(f"{path}.{field.name}", pc.struct_field(column, index))
    elif not pa.types.is_nested(kind):
        yield path, column


def _repeats(column: Any) -> bool:
    kind = column.type
    if pa.types.is_floating(kind) or pa.types.is_boolean(kind):
        return False
    if pa.types.is_dictionary(kind):
        return True
    n_values = len(column) - column.null_count
    try:
        return bool(pc.count_distinct(column).as_py() <= _MOST_DISTINCT * n_values)
    except pa.ArrowNotImplementedError:  # a type that cannot be compared
        return False
