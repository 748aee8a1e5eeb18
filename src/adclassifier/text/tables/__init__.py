"""Read the package's tables of spellings: UTF-8, tab-separated or TOML, rows with provenance."""

from __future__ import annotations

import re
import tomllib
from importlib import resources
from typing import Any

_FIRST_TWO = re.compile(r"^([^#\t\n][^\t\n]*)\t([^\t\n]+)", re.MULTILINE)


def _read(name: str) -> str:
    """Read one file of this folder."""
    return resources.files(__package__).joinpath(name).read_text(encoding="utf-8")


def toml_table(name: str) -> dict[str, Any]:
    """Read a TOML table.

    Parameters
    ----------
    name : str
        File name in this folder.

    Returns
    -------
    dict
        As tomllib gives it.

    Examples
    --------
    >>> toml_table("syllables.toml")["labials"]
    'b m ph v'
    """
    return tomllib.loads(_read(name))


def tsv_rows(name: str) -> list[dict[str, str]]:
    """Read a tab-separated table: the first line names the columns, ``#`` lines are remarks.

    Parameters
    ----------
    name : str
        File name in this folder.

    Returns
    -------
    list of dict
        One per row, column name to value; missing values at the end are empty.

    Examples
    --------
    >>> tsv_rows("homoglyphs.tsv")[0]["latin"]
    'a'
    """
    lines = [line for line in _read(name).splitlines() if line and not line.startswith("#")]
    header, *rows = (line.split("\t") for line in lines)
    return [dict(zip(header, row + [""] * len(header), strict=False)) for row in rows]


def tsv_pairs(name: str) -> list[tuple[str, str]]:
    """Read the first two columns of a tab-separated table with tens of thousands of rows.

    Parameters
    ----------
    name : str
        File name in this folder.

    Returns
    -------
    list of (str, str)

    Examples
    --------
    >>> tsv_pairs("pairs.tsv")[0][0].count(" ")
    1
    """
    return _FIRST_TWO.findall(_read(name))[1:]
