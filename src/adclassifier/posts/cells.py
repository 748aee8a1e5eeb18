"""Spell the columns that scoring added, for tables of cells and for JSON."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from adclassifier.posts.rows import as_text, encode_json

CODE_SEPARATOR = "|"


def json_values(array: Any) -> list[Any]:
    """Give an Arrow column as values for JSON: lists as lists, NaN as null.

    Examples
    --------
    >>> json_values(pa.array([0.5, float("nan"), None]))
    [0.5, None, None]
    """
    values: list[Any] = array.to_pylist()
    if pa.types.is_floating(array.type):
        return [None if value != value else value for value in values]
    return values


def cell_values(array: Any) -> list[Any]:
    """Give an Arrow column as cells of a table.

    Lists of codes are joined by ``|``; lists of records (signals, evidence) are one
    JSON array; truth is ``true`` or ``false``; null, and NaN, are None.

    Examples
    --------
    >>> cell_values(pa.array([["medicine", "supplement"], [], None]))
    ['medicine|supplement', '', None]
    >>> cell_values(pa.array([[{"code": "guarantee", "start": 0}], []]))
    ['[{"code": "guarantee", "start": 0}]', '[]']
    >>> cell_values(pa.array([True, None]))
    ['true', None]
    """
    values = json_values(array)
    kind = array.type
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return [None if value is None else _list_cell(value, kind) for value in values]
    if pa.types.is_floating(kind) or pa.types.is_integer(kind):
        return values
    return [as_text(value) for value in values]


def _list_cell(value: list[Any], kind: Any) -> str:
    """Spell a list in one cell."""
    if pa.types.is_nested(kind.value_type):
        return encode_json(value)
    return CODE_SEPARATOR.join(as_text(part) or "" for part in value)
