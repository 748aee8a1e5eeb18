"""Spell whole Arrow columns for JSON and for tables of cells, without a Python object a value.

Each function gives what `cells` gives value by value; the few values that need care are spelt
there and put back.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from adclassifier.posts.cells import CODE_SEPARATOR, cell_values, json_values
from adclassifier.posts.rows import encode_json, string_array

# Arrow and Python write the same digits, but change to exponents at different places.
_LEAST_PLAIN = 1e-4
#: What JSON cannot hold as it is.
_JSON_SPECIAL = r'["\\\x00-\x1f]'

Spell = Callable[[Any], list[str | None]]


def json_column(array: Any) -> Any:
    r"""Spell a column as JSON values; null, NaN and infinities as ``null``.

    Examples
    --------
    >>> json_column(pa.array([0.25, float("nan"), 1e-05, float("inf")])).to_pylist()
    ['0.25', 'null', '1e-05', 'null']
    >>> json_column(pa.array(['sữa "ong"', None])).to_pylist()
    ['"sữa \\"ong\\""', 'null']
    >>> json_column(pa.array([["medicine", "supplement"], [], None])).to_pylist()
    ['["medicine", "supplement"]', '[]', 'null']
    """
    array = _plain_strings(array)
    kind = array.type
    if pa.types.is_string(kind):
        return pc.fill_null(_quoted(array), "null")
    if _is_code_list(kind):
        joined = pc.binary_join(_with_values(array, json_column(array.values)), ", ")
        return pc.fill_null(_wrapped(joined, "[", "]"), "null")
    if is_number(kind) and not pa.types.is_float64(kind):
        return pc.fill_null(array.cast(pa.string()), "null")
    if pa.types.is_float64(kind):
        return _numbers(array, _json_number)
    return _spelt(array, lambda some: [encode_json(value) for value in json_values(some)])


def cell_column(array: Any) -> Any:
    """Spell a column as cells of CSV, null as an empty cell.

    Examples
    --------
    >>> cell_column(pa.array([["medicine", "supplement"], [], None])).to_pylist()
    ['medicine|supplement', '', '']
    >>> cell_column(pa.array([True, None])).to_pylist()
    ['true', '']
    """
    kind = array.type
    if pa.types.is_string(kind):
        return pc.fill_null(array, "")
    if _is_code_list(kind):
        parts = _with_values(array, pc.fill_null(array.values, ""))
        return pc.fill_null(pc.binary_join(parts, CODE_SEPARATOR), "")
    if is_number(kind) and not pa.types.is_float64(kind):
        return pc.fill_null(array.cast(pa.string()), "")
    if pa.types.is_float64(kind):
        return _numbers(array, lambda value: "" if value is None or value != value else repr(value))
    return _spelt(array, _cells)


def is_number(kind: Any) -> bool:
    """Tell a type whose values are spelt in digits, or as true and false."""
    checks = (pa.types.is_boolean, pa.types.is_integer, pa.types.is_float64)
    return any(check(kind) for check in checks)


def lines(parts: Sequence[Any]) -> memoryview:
    """Join columns of strings, and single strings between them, to lines of bytes.

    Parameters
    ----------
    parts : sequence of (pyarrow.StringArray or str)
        Without nulls, at least one array; what ends a line is part of them.

    Returns
    -------
    memoryview
        UTF-8.
    """
    joined = pc.binary_join_element_wise(*parts, "")
    if not len(joined):
        return memoryview(b"")
    _, offsets, data = joined.buffers()
    bounds = memoryview(offsets).cast("i")
    return memoryview(data)[bounds[joined.offset] : bounds[joined.offset + len(joined)]]


def _cells(array: Any) -> list[str | None]:
    """Spell cells one by one, as `csv.writer` does."""
    return ["" if cell is None else str(cell) for cell in cell_values(array)]


def _plain_strings(array: Any) -> Any:
    """Give strings of any kind as plain ones, other columns as they are."""
    if pa.types.is_dictionary(array.type) and pa.types.is_string(array.type.value_type):
        return array.dictionary_decode()
    if pa.types.is_large_string(array.type):
        return array.cast(pa.string())
    return array


def _is_code_list(kind: Any) -> bool:
    return bool(pa.types.is_list(kind) and pa.types.is_string(kind.value_type))


def _with_values(array: Any, values: Any) -> Any:
    """Give a list column other values; a null list stays null."""
    lists = pa.ListArray.from_arrays(array.offsets, values)
    return pc.if_else(array.is_valid(), lists, None) if array.null_count else lists


def _quoted(array: Any) -> Any:
    """Write strings as JSON does; null stays null."""
    plain = _wrapped(array, '"', '"')
    special = pc.fill_null(pc.match_substring_regex(array, _JSON_SPECIAL), fill_value=False)
    if not pc.any(special).as_py():
        return plain
    spelt = [encode_json(text) for text in array.filter(special).to_pylist()]
    return pc.replace_with_mask(plain, special, string_array(spelt))


def _wrapped(array: Any, before: str, behind: str) -> Any:
    return pc.binary_join_element_wise(before, array, behind, "")


def _json_number(value: float | None) -> str:
    """Spell a float as `encode_json` does, which is slow."""
    return "null" if value is None or not math.isfinite(value) else repr(value)


def _numbers(array: Any, spell: Callable[[float | None], str]) -> Any:
    """Write floats; those that Arrow may write otherwise than Python, and nulls, one by one."""
    size = pc.abs(array)
    plain = pc.and_(pc.greater_equal(size, _LEAST_PLAIN), pc.less(size, 1.0))
    odd = pc.invert(pc.fill_null(plain, fill_value=False))
    written = array.cast(pa.string())
    if not pc.any(odd).as_py():
        return written
    spelt = string_array(map(spell, array.filter(odd).to_pylist()))
    return pc.replace_with_mask(written, odd, spelt)


def _spelt(array: Any, spell: Spell) -> Any:
    """Spell values one by one, empty lists but once."""
    if not _is_list(array.type) or not len(array):
        return string_array(spell(array))
    full = pc.fill_null(pc.not_equal(pc.list_value_length(array), 0), fill_value=True)
    empty = spell(pa.array([[]], array.type))[0]
    written = pc.if_else(full, pa.scalar(None, pa.string()), empty)
    return pc.replace_with_mask(written, full, string_array(spell(array.filter(full))))


def _is_list(kind: Any) -> bool:
    return bool(pa.types.is_list(kind) or pa.types.is_large_list(kind))
