"""Read plain text: one post a file, one a paragraph, or one a turn of a chat."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from adclassifier.posts.blocks import BLOCK_CHARS, Block, Table, read_lines, without_invalid
from adclassifier.posts.chats import CHAT_COLUMNS, chat_block, read_pasted
from adclassifier.posts.rows import CellRows
from adclassifier.posts.sources import Source

# A piece of text, longer than any that is judged, is cut here; the reader then rejects it.
_SPARE_CHARS = 1000


class TextTable(Table):
    """An open text file.

    Parameters
    ----------
    source : Source
        The file.
    paragraphs : bool
        Whether a text ends at a blank line; else the file is one text.
    max_chars : int
        Longer texts are not held whole.
    """

    columns = ("text",)

    def __init__(self, source: Source, paragraphs: bool, max_chars: int) -> None:
        self._stream = source.open_text("")
        self._paragraphs = paragraphs
        self._most = max_chars + _SPARE_CHARS

    def close(self) -> None:
        """Close the file."""
        self._stream.close()

    def blocks(self, n_rows: int) -> Iterator[Block[CellRows]]:
        """Give the rows, at most `n_rows` a block."""
        texts: list[str] = []
        numbers: list[int] = []
        n_chars = 0
        for number, text in self._texts():
            texts.append(text)
            numbers.append(number)
            n_chars += len(text)
            if len(texts) == n_rows or n_chars > BLOCK_CHARS:
                yield self._block(texts, numbers)
                texts, numbers, n_chars = [], [], 0
        yield self._block(texts, numbers)

    def _block(self, texts: list[str], numbers: list[int]) -> Block[CellRows]:
        """Make a block, without what is not UTF-8."""
        rows = CellRows(self.columns, [[text] for text in texts], all_text=True)
        return without_invalid(Block(rows, numbers), texts)

    def _texts(self) -> Iterator[tuple[int, str]]:
        """Give each text with the line at which it begins."""
        if self._paragraphs:
            return self._read_paragraphs()
        return iter([(1, _without_last_newline(self._stream.read(self._most)))])

    def _read_paragraphs(self) -> Iterator[tuple[int, str]]:
        """Give each paragraph with its first line's number."""
        text, first, number = "", 1, 1
        for line in read_lines(self._stream, self._most):
            if line.strip():
                first = first if text else number
                text = text if len(text) > self._most else text + line
            elif text:
                yield first, _without_last_newline(text)
                text = ""
            number += line[-1] in "\r\n"
        if text:
            yield first, _without_last_newline(text)


class PastedChatTable(Table):
    """An open text file with a conversation that somebody copied.

    Parameters
    ----------
    source : Source
        The file.
    max_chars : int
        Longer turns are not held whole.
    """

    columns = CHAT_COLUMNS

    def __init__(self, source: Source, max_chars: int) -> None:
        self._stream = source.open_text("")
        self._most = max_chars + _SPARE_CHARS

    def close(self) -> None:
        """Close the file."""
        self._stream.close()

    def blocks(self, n_rows: int) -> Iterator[Block[CellRows]]:
        """Give the turns, at most `n_rows` a block."""
        turns = read_pasted(read_lines(self._stream, self._most), self._most)
        while some := list(itertools.islice(turns, n_rows)):
            yield chat_block(some)


def _without_last_newline(text: str) -> str:
    """Take off the newline that ends a file or paragraph and is no part of its text."""
    return text.removesuffix("\n").removesuffix("\r")
