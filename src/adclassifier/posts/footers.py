"""Join Parquet files of the same columns without reading their rows.

Row groups are copied byte by byte. The footer names where each of them begins, so only it is
written anew: Thrift's compact protocol, of which Arrow gives no access, in the part that a footer
uses.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

MAGIC = b"PAR1"
_COPIED_BYTES = 1 << 20

# Types of Thrift's compact protocol.
_TRUE, _FALSE, _BYTE, _I16, _I32, _I64, _DOUBLE, _BINARY, _LIST, _SET, _MAP, _STRUCT = range(1, 13)
_INTEGERS = (_I16, _I32, _I64)

# A struct as it is read: number of the field -> (type, value).
Struct = dict[int, tuple[int, Any]]

# Numbers of fields in parquet.thrift.
_FILE_ROWS, _FILE_GROUPS = 3, 4
_GROUP_COLUMNS, _GROUP_OFFSET, _GROUP_ORDINAL = 1, 5, 7
_COLUMN_OFFSET, _COLUMN_META = 2, 3
_COLUMN_INDEXES = (4, 6)
_META_OFFSETS = (9, 10, 11, 14)


def join_parquet(parts: Sequence[Path], stream: IO[bytes]) -> None:
    """Write the row groups of all parts to one file.

    Parameters
    ----------
    parts : sequence of Path
        Whole Parquet files with the same columns, at least one.
    stream : binary file
        At its beginning.
    """
    stream.write(MAGIC)
    end = len(MAGIC)
    whole: Struct = {}
    groups: list[Struct] = []
    n_rows = 0
    for path in parts:
        with path.open("rb") as part:
            footer, n_bytes = _read_footer(part)
            part.seek(len(MAGIC))
            _copy(part, stream, n_bytes)
        whole = whole or footer
        n_rows += footer[_FILE_ROWS][1]
        for group in footer[_FILE_GROUPS][1][1]:
            _move(group, end - len(MAGIC), len(groups))
            groups.append(group)
        end += n_bytes
    whole[_FILE_ROWS] = (_I64, n_rows)
    whole[_FILE_GROUPS] = (_LIST, (_STRUCT, groups))
    encoded = bytearray()
    _write_struct(whole, encoded)
    stream.write(encoded + struct.pack("<I", len(encoded)) + MAGIC)


def _read_footer(part: IO[bytes]) -> tuple[Struct, int]:
    """Read the footer, and count the bytes between the magic number and it."""
    size = part.seek(0, 2)
    part.seek(size - 8)
    (length,) = struct.unpack("<I", part.read(4))
    part.seek(size - 8 - length)
    return _Decoder(part.read(length)).struct(), size - 8 - length - len(MAGIC)


def _copy(part: IO[bytes], stream: IO[bytes], n_bytes: int) -> None:
    """Copy so many bytes."""
    while n_bytes:
        some = part.read(min(n_bytes, _COPIED_BYTES))
        stream.write(some)
        n_bytes -= len(some)


def _move(group: Struct, distance: int, ordinal: int) -> None:
    """Say that a row group stands further on."""
    _add(group, _GROUP_OFFSET, distance)
    if _GROUP_ORDINAL in group:
        group[_GROUP_ORDINAL] = (_I16, ordinal % (1 << 15))  # it has sixteen bits
    for column in group[_GROUP_COLUMNS][1][1]:
        for field in (_COLUMN_OFFSET, *_COLUMN_INDEXES):
            _add(column, field, distance)
        for field in _META_OFFSETS:
            _add(column[_COLUMN_META][1], field, distance)


def _add(record: Struct, field: int, distance: int) -> None:
    """Add to an offset; 0 stands for none."""
    kind, value = record.get(field, (0, 0))
    if value:
        record[field] = (kind, value + distance)


class _Decoder:
    """Reads Thrift's compact protocol."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def struct(self) -> Struct:
        """Read a struct up to its end."""
        fields: Struct = {}
        number = 0
        while byte := self._take(1)[0]:
            number = number + (byte >> 4) if byte >> 4 else self._signed()
            kind = byte & 15
            fields[number] = (kind, kind == _TRUE if kind <= _FALSE else self._value(kind))
        return fields

    def _value(self, kind: int) -> Any:
        """Read a value; truth inside lists has a byte of its own."""
        if kind in _INTEGERS:
            return self._signed()
        if kind == _BINARY:
            return self._take(self._unsigned())
        if kind == _STRUCT:
            return self.struct()
        if kind in (_LIST, _SET):
            return self._list()
        if kind == _MAP:
            raise ValueError("a Parquet footer holds no map")
        return self._take(8 if kind == _DOUBLE else 1)

    def _list(self) -> tuple[int, list[Any]]:
        byte = self._take(1)[0]
        n_values = byte >> 4
        if n_values == 15:
            n_values = self._unsigned()
        return byte & 15, [self._value(byte & 15) for _ in range(n_values)]

    def _take(self, n_bytes: int) -> bytes:
        self._at += n_bytes
        return self._data[self._at - n_bytes : self._at]

    def _unsigned(self) -> int:
        value = shift = 0
        while (byte := self._take(1)[0]) & 128:
            value |= (byte & 127) << shift
            shift += 7
        return value | byte << shift

    def _signed(self) -> int:
        value = self._unsigned()
        return (value >> 1) ^ -(value & 1)


def _write_struct(record: Struct, to: bytearray) -> None:
    """Write a struct."""
    last = 0
    for number, (kind, value) in sorted(record.items()):
        if kind <= _FALSE:
            kind = _TRUE if value else _FALSE
        if 0 < number - last < 16:
            to.append((number - last) << 4 | kind)
        else:
            to.append(kind)
            _write_signed(number, to)
        if kind > _FALSE:
            _write_value(kind, value, to)
        last = number
    to.append(0)


def _write_value(kind: int, value: Any, to: bytearray) -> None:
    """Write a value as `_Decoder` read it."""
    if kind in _INTEGERS:
        _write_signed(value, to)
    elif kind == _BINARY:
        _write_unsigned(len(value), to)
        to += value
    elif kind == _STRUCT:
        _write_struct(value, to)
    elif kind in (_LIST, _SET):
        inner, values = value
        to.append(min(len(values), 15) << 4 | inner)
        if len(values) >= 15:
            _write_unsigned(len(values), to)
        for one in values:
            _write_value(inner, one, to)
    else:
        to += value


def _write_unsigned(value: int, to: bytearray) -> None:
    while value > 127:
        to.append(value & 127 | 128)
        value >>= 7
    to.append(value)


def _write_signed(value: int, to: bytearray) -> None:
    _write_unsigned((value << 1) ^ (value >> 63), to)
