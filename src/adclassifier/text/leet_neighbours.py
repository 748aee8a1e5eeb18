"""Restore the accents of a word with digits for letters by the word beside it."""

from __future__ import annotations

import re

from adclassifier.text.offsets import Edit
from adclassifier.text.spelling import counts, usual_pair

_BEFORE = re.compile(r"(?<![^\W_])([^\W\d_]+) \Z")
_AFTER = re.compile(r" ([^\W\d_]+)(?![^\W_])")
_REACH = 12


def beside_left(text: str, edit: Edit, last: Edit) -> Edit | None:
    """Restore the accents that fit the word in front, and its own if it has lost them.

    Parameters
    ----------
    text : str
    edit : Edit
        Puts a reading without accents in the place of the word.
    last : Edit
        The one before it in the text.

    Returns
    -------
    Edit or None
        With accents; None where the two words were never seen side by side.
    """
    if last.end and last.end + 1 == edit.start and text[last.end] == " ":
        _, right = usual_pair(last.text.rpartition(" ")[2], edit.text)
        return edit._replace(text=right) if right else None
    before = _BEFORE.search(text, max(last.end, edit.start - _REACH), edit.start)
    left, right = usual_pair(before[1], edit.text) if before else ("", "")
    if not before or not left:
        return None
    lost = left != before[1] and not counts().get(before[1])
    return (
        Edit(before.start(1), edit.end, f"{left} {right}", edit.kind)
        if lost
        else edit._replace(text=right)
    )


def beside_right(text: str, edit: Edit) -> Edit | None:
    """Restore the accents that fit the word behind, and its own if it has lost them.

    Parameters
    ----------
    text : str
    edit : Edit
        Puts a reading without accents in the place of the word.

    Returns
    -------
    Edit or None
        With accents; None where the two words were never seen side by side.
    """
    after = _AFTER.match(text, edit.end, edit.end + _REACH)
    left, right = usual_pair(edit.text, after[1]) if after else ("", "")
    if not after or not left:
        return None
    lost = right != after[1] and not counts().get(after[1])
    return (
        Edit(edit.start, after.end(1), f"{left} {right}", edit.kind)
        if lost
        else edit._replace(text=left)
    )
