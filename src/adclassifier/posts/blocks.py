"""What each format's reader gives: blocks of rows, and the rows it could not read."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from io import TextIOBase
from typing import Any, Generic, TypeVar

from adclassifier.posts.rejects import Reason, RejectedRow, reject
from adclassifier.posts.rows import Rows

# A block ends after this many characters even if it has fewer rows than asked, so that memory
# does not depend on the length of the posts, and several processes share few long ones.
BLOCK_CHARS = 1 << 21
# The longest line or record that is held: a file without line ends must not fill the memory.
LINE_CHARS = 1 << 23


RowsT = TypeVar("RowsT", bound=Rows, covariant=True)


@dataclass(frozen=True, slots=True)
class Block(Generic[RowsT]):
    """Rows that could be read, in their order, and those that could not.

    Parameters
    ----------
    rows : Rows
        What could be read.
    numbers : sequence of int
        Where each of `rows` stands in its file (see `RejectedRow.row`).
    rejected : list of RejectedRow
        What could not be read.
    """

    rows: RowsT
    numbers: Sequence[int]
    rejected: list[RejectedRow] = field(default_factory=list)


class Table(ABC):
    """One open file, read from the beginning to the end.

    Attributes
    ----------
    columns : tuple of str
        Known from the start.
    schema : pyarrow.Schema or None
        Types, where the format has them.
    """

    columns: tuple[str, ...]
    schema: Any = None

    @abstractmethod
    def blocks(self, n_rows: int) -> Iterator[Block[Rows]]:
        """Give the rows, at most `n_rows` a block."""

    @abstractmethod
    def close(self) -> None:
        """Close the file."""


def read_lines(stream: TextIOBase, n_chars: int = LINE_CHARS) -> Iterator[str]:
    r"""Give lines with their ends, a longer one in pieces of `n_chars`.

    Examples
    --------
    >>> import io
    >>> list(read_lines(io.StringIO("một\nhai"), 3))
    ['một', '\n', 'hai']
    """
    return iter(partial(stream.readline, n_chars), "")


def is_piece(line: str) -> bool:
    """Tell whether `read_lines` cut this line, so that the next piece belongs to it."""
    return len(line) == LINE_CHARS and line[-1] not in "\r\n"


def is_encodable(text: str) -> bool:
    """Tell whether text was valid: lone surrogates mark what was not."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def without_invalid(block: Block[RowsT], contents: list[str]) -> Block[RowsT]:
    """Reject the rows with bytes that are not UTF-8, or not UTF-16 where the file is.

    Parameters
    ----------
    block : Block
        Rows as `Source.open_text` decodes them.
    contents : list of str
        All the text of each row.
    """
    if is_encodable("".join(contents)):
        return block
    good: list[int] = []
    rejected = list(block.rejected)
    for index, content in enumerate(contents):
        if is_encodable(content):
            good.append(index)
        else:
            rejected.append(reject(block.numbers[index], Reason.INVALID_UTF8, content))
    rejected.sort(key=lambda row: row.row)
    return Block(block.rows.keep(good), [block.numbers[index] for index in good], rejected)
