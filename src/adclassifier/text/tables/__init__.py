"""Read the package's tables of spellings: UTF-8, tab-separated or TOML, rows with provenance."""

from __future__ import annotations

import re
import tomllib
from importlib import resources
from typing import Any

# A row of plain strings on a line of its own, as nearly all are
_PAIR = re.compile(r'([A-Za-z0-9_]+) = "([^"\\\x00-\x1f\x7f]*)"')
_ROWS = re.compile(rf"(?:^ *\{{ {_PAIR.pattern}(?:, {_PAIR.pattern})* \}},\n)+", re.MULTILINE)
_FIRST_TWO = re.compile(r"^([^#\t\n][^\t\n]*)\t([^\t\n]+)", re.MULTILINE)
#: A key that no row has stands for the rows that were taken out.
_TAKEN = ""


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


def toml_rows(text: str) -> dict[str, Any]:
    r"""Read TOML whose tables hold long lists of rows of strings: many times as fast as tomllib.

    Parameters
    ----------
    text : str

    Returns
    -------
    dict
        As tomllib gives it.

    Examples
    --------
    >>> toml_rows('[salt]\nrows = [\n    { word = "muối", kind = "plain" },\n]\n')
    {'salt': {'rows': [{'word': 'muối', 'kind': 'plain'}]}}
    """
    runs: list[list[dict[str, str]]] = []

    def take_out(run: re.Match[str]) -> str:
        pairs = [_PAIR.findall(line) for line in run[0].split("\n")[:-1]]
        rows = [dict(row) for row in pairs]
        if list(map(len, rows)) != list(map(len, pairs)):
            return run[0]  # a key stands twice, which tomllib refuses
        runs.append(rows)
        return f'{{ "{_TAKEN}" = {len(runs) - 1} }},\n'

    content = tomllib.loads(_ROWS.sub(take_out, text))
    return {key: _put_back(value, runs) for key, value in content.items()}


def _put_back(value: Any, runs: list[list[dict[str, str]]]) -> Any:
    """Give a value with the rows that were taken out of it."""
    if isinstance(value, dict):
        return {key: _put_back(own, runs) for key, own in value.items()}
    if not isinstance(value, list):
        return value
    rows: list[Any] = []
    for row in value:
        if isinstance(row, dict) and _TAKEN in row:
            rows += runs[row[_TAKEN]]
        else:
            rows.append(_put_back(row, runs))
    return rows


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
