"""Move whole rows of sums at once: one vector instruction or two where a loop took sixteen.

LLVM does not make vectors of such loops by itself: it cannot know that the rows of two arrays never
overlap. Each sum is rounded as the loop would round it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba.core import cgutils as untyped_tools
from numba.core import types
from numba.extending import intrinsic

#: Columns of a row of sums: the heads and idf², padded to a cache line of the weight table.
ROW_COLUMNS = 16

#: numba's own tools for what it compiles into.
_TOOLS: Any = untyped_tools
_DOUBLES = ir.VectorType(ir.DoubleType(), ROW_COLUMNS)
_FLOATS = ir.VectorType(ir.FloatType(), ROW_COLUMNS)
_Built = tuple[Any, Callable[..., Any]]


def _row(context: Any, builder: Any, kind: Any, array: Any, i: Any) -> Any:
    """Point at row ``i`` of an array of ``ROW_COLUMNS`` columns."""
    data = context.make_array(kind)(context, builder, array).data
    first = builder.gep(data, [builder.mul(i, i.type(ROW_COLUMNS))])
    vector = _FLOATS if kind.dtype == types.float32 else _DOUBLES
    return builder.bitcast(first, vector.as_pointer())


def _read(context: Any, builder: Any, kind: Any, array: Any, i: Any) -> Any:
    """Load a row as doubles."""
    narrow = kind.dtype == types.float32
    row = builder.load(_row(context, builder, kind, array, i), align=4 if narrow else 8)
    return builder.fpext(row, _DOUBLES) if narrow else row


def _spread(builder: Any, value: Any) -> Any:
    """Repeat a number in every column."""
    zero = ir.IntType(32)(0)
    one = builder.insert_element(ir.Constant(_DOUBLES, ir.Undefined), value, zero)
    mask = ir.Constant(ir.VectorType(ir.IntType(32), ROW_COLUMNS), [0] * ROW_COLUMNS)
    return builder.shuffle_vector(one, ir.Constant(_DOUBLES, ir.Undefined), mask)


def _copy_row(typing_context: Any, to: Any, i: Any, source: Any, j: Any) -> _Built:
    """to[i] = source[j]."""

    def build(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        to, i, source, j = arguments
        row = _read(context, builder, signature.args[2], source, j)
        builder.store(row, _row(context, builder, signature.args[0], to, i), align=8)
        return context.get_dummy_value()

    return types.void(to, types.intp, source, types.intp), build


def _add_row(typing_context: Any, to: Any, i: Any, weight: Any, source: Any, j: Any) -> _Built:
    """to[i] += weight · source[j]."""

    def build(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        to, i, weight, source, j = arguments
        row = _read(context, builder, signature.args[3], source, j)
        at = _row(context, builder, signature.args[0], to, i)
        product = builder.fmul(_spread(builder, weight), row)
        builder.store(builder.fadd(builder.load(at, align=8), product), at, align=8)
        return context.get_dummy_value()

    return types.void(to, types.intp, types.float64, source, types.intp), build


def _add_weighted(
    typing_context: Any, to: Any, i: Any, change: Any, weight: Any, source: Any, j: Any
) -> _Built:
    """to[i] += change · (weight · source[j])."""

    def build(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        to, i, change, weight, source, j = arguments
        row = _read(context, builder, signature.args[4], source, j)
        at = _row(context, builder, signature.args[0], to, i)
        inner = builder.fmul(_spread(builder, weight), row)
        product = builder.fmul(_spread(builder, change), inner)
        builder.store(builder.fadd(builder.load(at, align=8), product), at, align=8)
        return context.get_dummy_value()

    numbers = (types.intp, types.float64, types.float64)
    return types.void(to, *numbers, source, types.intp), build


def _sum_rows(
    typing_context: Any, to: Any, i: Any, source: Any, rows: Any, first: Any, end: Any
) -> _Built:
    """to[i] = 0 + source[rows[first]] + … + source[rows[end - 1]], in this order."""

    def build(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        to, i, source, rows, first, end = arguments
        zeros = ir.Constant(_DOUBLES, [0.0] * ROW_COLUMNS)
        sums = _TOOLS.alloca_once_value(builder, zeros)
        numbers = context.make_array(signature.args[3])(context, builder, rows).data
        with _TOOLS.for_range(builder, end, start=first) as loop:
            j = builder.load(builder.gep(numbers, [loop.index]))
            row = _read(context, builder, signature.args[2], source, j)
            builder.store(builder.fadd(builder.load(sums), row), sums)
        at = _row(context, builder, signature.args[0], to, i)
        builder.store(builder.load(sums), at, align=8)
        return context.get_dummy_value()

    return types.void(to, types.intp, source, rows, types.intp, types.intp), build


def _fetch_row(typing_context: Any, source: Any, j: Any) -> _Built:
    """Have source[j] brought near: nobody waits for it yet."""

    def build(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        byte, word = ir.IntType(8).as_pointer(), ir.IntType(32)
        kind = ir.FunctionType(ir.VoidType(), [byte, word, word, word])
        fetch = _TOOLS.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0")
        at = builder.bitcast(_row(context, builder, signature.args[0], *arguments), byte)
        # Lines of 64 bytes: a row of floats is one, a row of doubles two.
        for line in range(ROW_COLUMNS * signature.args[0].dtype.bitwidth // 512):
            where = builder.gep(at, [ir.IntType(64)(64 * line)])
            builder.call(fetch, [where, word(0), word(3), word(1)])
        return context.get_dummy_value()

    return types.void(source, types.intp), build


#: Compiled into the kernel that calls them; `to` and `source` are C-contiguous, of
#: ``ROW_COLUMNS`` columns, and nothing is checked.
copy_row: Callable[..., None] = intrinsic(_copy_row)
add_row: Callable[..., None] = intrinsic(_add_row)
add_weighted: Callable[..., None] = intrinsic(_add_weighted)
sum_rows: Callable[..., None] = intrinsic(_sum_rows)
fetch_row: Callable[..., None] = intrinsic(_fetch_row)
