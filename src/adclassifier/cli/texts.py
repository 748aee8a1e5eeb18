"""Texts given on the command line or by standard input."""

from __future__ import annotations

import sys

from adclassifier.errors import InputError

STDIN = "-"


def read_text(argument: str) -> str:
    """Give the text of an argument; ``-`` stands for standard input.

    Raises
    ------
    InputError
        If standard input is not UTF-8.
    """
    from adclassifier.text.codepoints import replace_surrogates

    if argument != STDIN:
        return replace_surrogates(argument)
    try:
        text = sys.stdin.buffer.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError("stdin", f"not UTF-8 at byte {error.start}", "text in UTF-8") from error
    return text.removesuffix("\n").removesuffix("\r")
