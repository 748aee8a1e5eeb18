"""Find the column that holds the text, and keep names apart."""

from __future__ import annotations

import difflib
import functools
import re
import tomllib
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from importlib import resources
from typing import Any

from adclassifier.errors import InputError

SHOWN_COLUMNS = 20


@functools.cache
def load_names() -> dict[str, Any]:
    """Read ``names.toml``: the names that scrapers and chat exports use."""
    raw = resources.files("adclassifier.posts").joinpath("names.toml").read_text("utf-8")
    return tomllib.loads(raw)


def fold_name(name: str) -> str:
    """Spell a column name without case, accents and punctuation.

    Examples
    --------
    >>> fold_name(" Nội Dung"), fold_name("full-text"), fold_name("Bài đăng")
    ('noi_dung', 'full_text', 'bai_dang')
    """
    letters = unicodedata.normalize("NFKD", name.casefold()).replace("đ", "d")
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return re.sub(r"[\W_]+", "_", plain).strip("_")


def choose_text_column(columns: Sequence[str], asked: str | None, where: str) -> str:
    """Choose the column that holds the text.

    Parameters
    ----------
    columns : sequence of str
        The file's columns, in its order.
    asked : str or None
        The name the user gave; it is taken exactly, or folded where only one
        column folds to it.
    where : str
        The file, for the message.

    Returns
    -------
    str
        A member of `columns`: `asked`, else the first name of ``names.toml``
        that a column folds to (``text`` before ``message`` before ``caption``
        …), an exact spelling before a folded one, then the first column.

    Raises
    ------
    InputError
        If there is none; the message names the columns and the nearest.

    Examples
    --------
    >>> choose_text_column(["id", "Caption", "Nội dung"], None, "ads.csv")
    'Caption'
    >>> choose_text_column(["id", "tieu_de"], "Tiêu đề", "ads.csv")
    'tieu_de'
    >>> choose_text_column(["id", "mesage"], None, "ads.csv")
    Traceback (most recent call last):
    adclassifier.errors.InputError: ads.csv: no text column among 'id', 'mesage'; ...
    """
    wanted = load_names()["text_columns"] if asked is None else [asked]
    found = _find_column(columns, wanted, several=asked is None)
    if found is None:
        raise _no_text_column(_fold(columns), asked, where)
    return found


def choose_column(role: str, columns: Sequence[str], asked: str | None, where: str) -> str | None:
    """Choose the column that says something else of a post.

    Parameters
    ----------
    role : {"date", "id", "platform", "account", "url"}
        What it says.
    columns : sequence of str
        The file's columns.
    asked : str or None
        The name the user gave.
    where : str
        The file, for the message.

    Returns
    -------
    str or None
        A member of `columns`, found as `choose_text_column` does; None where nothing was asked
        for and no column is called like one.

    Raises
    ------
    InputError
        If the column that was asked for is not there.

    Examples
    --------
    >>> choose_column("date", ["id", "Ngày đăng"], None, "ads.csv")
    'Ngày đăng'
    >>> choose_column("url", ["id", "text"], None, "ads.csv") is None
    True
    """
    wanted = load_names()[f"{role}_columns"] if asked is None else [asked]
    found = _find_column(columns, wanted, several=asked is None)
    if found is None and asked is not None:
        raise InputError(where, f"no column {asked!r} among {quote_names(columns)}", "one of these")
    return found


def _find_column(columns: Sequence[str], wanted: Iterable[str], *, several: bool) -> str | None:
    """Find the first wanted name that a column has or folds to, if several may fold to it."""
    folded = _fold(columns)
    for name in wanted:
        if name in columns:
            return str(name)
        alike = folded.get(fold_name(name), [])
        if alike and (several or len(alike) == 1):
            return alike[0]
    return None


def _fold(columns: Iterable[str]) -> dict[str, list[str]]:
    """Group columns by their folded names."""
    folded: dict[str, list[str]] = {}
    for column in columns:
        folded.setdefault(fold_name(column), []).append(column)
    return folded


def _no_text_column(folded: dict[str, list[str]], asked: str | None, where: str) -> InputError:
    """Build the error that names the columns and the nearest one."""
    columns = [column for alike in folded.values() for column in alike]
    wanted = load_names()["text_columns"] if asked is None else [fold_name(asked)]
    ranked = [
        (difflib.SequenceMatcher(None, name, key).ratio(), alike[0])
        for name in wanted
        for key, alike in folded.items()
    ]
    near = max(ranked, default=(0.0, ""))
    found = "no text column" if asked is None else f"no column {asked!r}"
    advice = "name it with --text-column" if asked is None else "name one of these"
    if near[0] >= 0.6:
        advice += f"; nearest: {near[1]!r}"
    return InputError(where, f"{found} among {quote_names(columns)}", advice)


def quote_names(names: Sequence[str]) -> str:
    """Join names for a message, the first twenty.

    Examples
    --------
    >>> quote_names(["id", "text"])
    "'id', 'text'"
    """
    shown = ", ".join(repr(name) for name in names[:SHOWN_COLUMNS])
    more = len(names) - SHOWN_COLUMNS
    return (shown or "no columns") + (f" and {more} more" if more > 0 else "")


def free_name(name: str, taken: Collection[str]) -> str:
    """Find a name that no column has yet.

    Examples
    --------
    >>> free_name("source_file", ["id", "source_file"])
    'source_file_2'
    """
    number = 1
    free = name
    while free in taken:
        number += 1
        free = f"{name}_{number}"
    return free


def refuse_duplicates(columns: Iterable[str], where: str) -> None:
    """Raise InputError where two columns have the same name.

    Examples
    --------
    >>> refuse_duplicates(["id", "text", "text"], "ads.csv")
    Traceback (most recent call last):
    adclassifier.errors.InputError: ads.csv: column 'text' stands twice in the header; ...
    """
    seen: set[str] = set()
    for column in columns:
        if column in seen:
            raise InputError(
                where, f"column {column!r} stands twice in the header", "rename one of them"
            )
        seen.add(column)
