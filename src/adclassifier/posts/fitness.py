"""Tell the rows whose text can be judged from those whose text is missing, foreign or too long."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow.compute as pc

from adclassifier.posts.blocks import Block
from adclassifier.posts.rejects import Reason, reject
from adclassifier.posts.rows import Rows, string_array


def find_unfit(values: Sequence[object], max_chars: int) -> dict[int, Reason]:
    """Find the texts that cannot be judged.

    Parameters
    ----------
    values : sequence
        The text column, null as None.
    max_chars : int
        Longest text that is judged, in code points.

    Returns
    -------
    dict of int to Reason
        By position; zero-width characters are a text, white space is not.

    Examples
    --------
    >>> find_unfit(["còn hàng", "", " ", None, 12], 100)
    {1: <Reason.NO_TEXT: 'no_text'>, 2: <Reason.NO_TEXT: 'no_text'>,
     3: <Reason.NO_TEXT: 'no_text'>, 4: <Reason.TEXT_NOT_STRING: 'text_not_string'>}
    """
    unfit: dict[int, Reason] = {}
    for index, value in enumerate(values):
        if type(value) is not str:
            unfit[index] = Reason.NO_TEXT if value is None else Reason.TEXT_NOT_STRING
        elif not value or value.isspace():
            unfit[index] = Reason.NO_TEXT
        elif len(value) > max_chars:
            unfit[index] = Reason.TOO_LONG
    return unfit


def split_fit(block: Block[Rows], column: str, max_chars: int) -> tuple[Block[Rows], Any]:
    """Reject the rows whose text cannot be judged.

    Parameters
    ----------
    block : Block
        Rows as they were read.
    column : str
        The column that holds the text.
    max_chars : int
        Longest text that is judged, in code points.

    Returns
    -------
    block : Block
        The others, and all that was rejected in the order of the file.
    texts : pyarrow.StringArray
        Their texts.
    """
    rows = block.rows
    texts = rows.arrow_texts(column)
    if texts is not None and _all_fit(texts, max_chars):
        return block, texts
    values = rows.values(column)
    unfit = find_unfit(values, max_chars)
    if not unfit:
        return block, string_array(values)
    rejected = list(block.rejected)
    for index, reason in unfit.items():
        content = str(values[index]) if reason == Reason.TOO_LONG else rows.content(index)
        rejected.append(reject(block.numbers[index], reason, content))
    rejected.sort(key=lambda row: row.row)
    good = [index for index in range(len(rows)) if index not in unfit]
    numbers = [block.numbers[index] for index in good]
    return Block(rows.keep(good), numbers, rejected), string_array([values[i] for i in good])


def _all_fit(texts: Any, max_chars: int) -> bool:
    """Tell whether an Arrow column needs no second look, without a Python object per row."""
    if texts.null_count or not len(texts):
        return False
    n_bytes = pc.min_max(pc.binary_length(texts)).as_py()
    if n_bytes["min"] == 0 or pc.any(pc.utf8_is_space(texts)).as_py():
        return False
    # bytes are never fewer than code points
    return bool(n_bytes["max"] <= max_chars or pc.max(pc.utf8_length(texts)).as_py() <= max_chars)
