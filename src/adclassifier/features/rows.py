"""Hold a row of sums in the processor's vector registers: one instruction where a loop took eight.

LLVM does not make vectors of such loops by itself: it cannot know that the rows of two arrays never
overlap, and would carry every sum through memory. Each number is rounded as the loop would round
it. Arrays are C-contiguous, of ``ROW_COLUMNS`` columns, and nothing is checked.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba.core import cgutils as untyped_tools
from numba.core import types
from numba.extending import intrinsic, models, register_model

#: Columns of a row of sums: the heads and idf², padded to a cache line of the weight table.
ROW_COLUMNS = 16

#: numba's own tools for what it compiles into.
_TOOLS: Any = untyped_tools
_MODEL: Any = models.PrimitiveModel
_TYPE: Any = types.Type
_DOUBLES = ir.VectorType(ir.DoubleType(), ROW_COLUMNS)
_FLOATS = ir.VectorType(ir.FloatType(), ROW_COLUMNS)
_Built = tuple[Any, Callable[..., Any]]

#: A row in registers, to mypy.
Row = Any


class RowType(_TYPE):
    """A row in registers, to numba."""

    def __init__(self) -> None:
        super().__init__(name="Row")


class _RowModel(_MODEL):
    def __init__(self, manager: Any, kind: Any) -> None:
        super().__init__(manager, kind, _DOUBLES)


register_model(RowType)(_RowModel)
_ROW = RowType()


def _place(context: Any, builder: Any, kind: Any, array: Any, i: Any) -> Any:
    """Point at row ``i`` of an array."""
    data = context.make_array(kind)(context, builder, array).data
    first = builder.gep(data, [builder.mul(i, i.type(ROW_COLUMNS))])
    vector = _FLOATS if kind.dtype == types.float32 else _DOUBLES
    return builder.bitcast(first, vector.as_pointer())


def _load(context: Any, builder: Any, kind: Any, array: Any, i: Any) -> Any:
    """Load a row as doubles."""
    narrow = kind.dtype == types.float32
    row = builder.load(_place(context, builder, kind, array, i), align=4 if narrow else 8)
    return builder.fpext(row, _DOUBLES) if narrow else row


def _spread(builder: Any, value: Any) -> Any:
    """Repeat a number in every column."""
    zero = ir.IntType(32)(0)
    one = builder.insert_element(ir.Constant(_DOUBLES, ir.Undefined), value, zero)
    mask = ir.Constant(ir.VectorType(ir.IntType(32), ROW_COLUMNS), [0] * ROW_COLUMNS)
    return builder.shuffle_vector(one, ir.Constant(_DOUBLES, ir.Undefined), mask)


def _row_of(typing_context: Any, value: Any) -> _Built:
    """Repeat a number in every column."""

    def build(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return _spread(builder, arguments[0])

    return _ROW(types.float64), build


def _read_row(typing_context: Any, source: Any, j: Any) -> _Built:
    """source[j]."""

    def build(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return _load(context, builder, signature.args[0], *arguments)

    return _ROW(source, types.intp), build


def _write_row(typing_context: Any, to: Any, i: Any, row: Any) -> _Built:
    """to[i] = row."""

    def build(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        to, i, row = arguments
        builder.store(row, _place(context, builder, signature.args[0], to, i), align=8)
        return context.get_dummy_value()

    return types.void(to, types.intp, row), build


def _plus(typing_context: Any, row: Any, source: Any, j: Any) -> _Built:
    """Row + source[j]."""

    def build(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        row, source, j = arguments
        return builder.fadd(row, _load(context, builder, signature.args[1], source, j))

    return _ROW(row, source, types.intp), build


def _plus_weighted(typing_context: Any, row: Any, weight: Any, source: Any, j: Any) -> _Built:
    """Row + weight · source[j]."""

    def build(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        row, weight, source, j = arguments
        other = _load(context, builder, signature.args[2], source, j)
        return builder.fadd(row, builder.fmul(_spread(builder, weight), other))

    return _ROW(row, types.float64, source, types.intp), build


def _times(typing_context: Any, row: Any, value: Any) -> _Built:
    """Row · value."""

    def build(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.fmul(arguments[0], _spread(builder, arguments[1]))

    return _ROW(row, types.float64), build


def _shares(typing_context: Any, row: Any, value: Any) -> _Built:
    """Row / value."""

    def build(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.fdiv(arguments[0], _spread(builder, arguments[1]))

    return _ROW(row, types.float64), build


def _sum_of(typing_context: Any, one: Any, other: Any) -> _Built:
    """One + other."""

    def build(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.fadd(*arguments)

    return _ROW(one, other), build


def _where_larger(typing_context: Any, one: Any, other: Any, yes: Any, no: Any) -> _Built:
    """In each column ``yes`` where one > other, else ``no``."""

    def build(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        one, other, yes, no = arguments
        return builder.select(builder.fcmp_ordered(">", one, other), yes, no)

    return _ROW(one, other, yes, no), build


def _column(typing_context: Any, row: Any, i: Any) -> _Built:
    """row[i]."""

    def build(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.extract_element(*arguments)

    return types.float64(row, types.intp), build


def _prefetch(builder: Any, at: Any) -> None:
    """Have the line of an address brought near."""
    byte, word = ir.IntType(8).as_pointer(), ir.IntType(32)
    kind = ir.FunctionType(ir.VoidType(), [byte, word, word, word])
    prefetch = _TOOLS.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0")
    builder.call(prefetch, [builder.bitcast(at, byte), word(0), word(3), word(1)])


def _fetch_row(typing_context: Any, source: Any, j: Any) -> _Built:
    """Have source[j] brought near: nobody waits for it yet."""

    def build(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        at = builder.bitcast(
            _place(context, builder, signature.args[0], *arguments), ir.IntType(8).as_pointer()
        )
        # Lines of 64 bytes: a row of floats is one, a row of doubles two.
        for line in range(ROW_COLUMNS * signature.args[0].dtype.bitwidth // 512):
            _prefetch(builder, builder.gep(at, [ir.IntType(64)(64 * line)]))
        return context.get_dummy_value()

    return types.void(source, types.intp), build


def _fetch_pair(typing_context: Any, source: Any, j: Any) -> _Built:
    """Have source[j] of an array of two columns brought near."""

    def build(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        array, j = arguments
        data = context.make_array(signature.args[0])(context, builder, array).data
        _prefetch(builder, builder.gep(data, [builder.mul(j, j.type(2))]))
        return context.get_dummy_value()

    return types.void(source, types.intp), build


#: Compiled into the kernel that calls them.
row_of: Callable[..., Row] = intrinsic(_row_of)
read_row: Callable[..., Row] = intrinsic(_read_row)
write_row: Callable[..., None] = intrinsic(_write_row)
plus: Callable[..., Row] = intrinsic(_plus)
plus_weighted: Callable[..., Row] = intrinsic(_plus_weighted)
times: Callable[..., Row] = intrinsic(_times)
shares: Callable[..., Row] = intrinsic(_shares)
sum_of: Callable[..., Row] = intrinsic(_sum_of)
where_larger: Callable[..., Row] = intrinsic(_where_larger)
column: Callable[..., float] = intrinsic(_column)
fetch_row: Callable[..., None] = intrinsic(_fetch_row)
fetch_pair: Callable[..., None] = intrinsic(_fetch_pair)
