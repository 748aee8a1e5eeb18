"""Find words that no list has: codes in the fields of a record, and names of fields."""

from __future__ import annotations

import difflib
import functools
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from importlib import resources

from adclassifier.corpus.record import FIELDS, Finding, Record
from adclassifier.taxonomy import load_taxonomy

JUDGED = ("labels", "subcodes", "accept")  # what training learns and evaluation counts
_LEGAL = "legal"  # in `accept`: no label
# 0.8 takes "evidnce", "label" and "platfrom" for misspelt, and leaves "title" (near "style") alone
_MISSPELT = 0.8


def nearest(name: str, names: Sequence[str]) -> str:
    """Say which of the known names is meant, as the last part of an error.

    Examples
    --------
    >>> nearest("cosmetic", ["cosmetics", "medicine"])
    "did you mean 'cosmetics'?"
    >>> nearest("xyz", ["cosmetics", "medicine"])
    'expected one of cosmetics, medicine'
    """
    close = difflib.get_close_matches(name, names, n=1)
    return f"did you mean {close[0]!r}?" if close else f"expected one of {', '.join(names)}"


def unknown_codes(record: Record, fields: Sequence[str] | None = None) -> Iterator[Finding]:
    """Find values that their field's list does not have; empty fields are left alone.

    Parameters
    ----------
    record : Record
        Its text is not looked at.
    fields : sequence of str or None
        Fields to look at; all that have a list without it.

    Yields
    ------
    tuple of str
        Field, what was found, what would be right.

    Examples
    --------
    >>> list(unknown_codes(Record("a-1", "Kem trộn", ("cosmetic",))))
    [('labels', "unknown value 'cosmetic'", "did you mean 'cosmetics'?")]
    """
    for name, known in _lists().items():
        if fields is not None and name not in fields:
            continue
        value = getattr(record, name)
        for code in (value,) if isinstance(value, str) else value:
            if code not in known and (code or not isinstance(value, str)):
                yield name, f"unknown value {code!r}", nearest(code, known)


@functools.cache
def _lists() -> Mapping[str, Sequence[str]]:
    """Give what each field with a closed list may hold."""
    taxonomy = load_taxonomy()
    path = resources.files("adclassifier.corpus") / "vocabulary.toml"
    return {
        "labels": taxonomy.label_codes,
        "subcodes": tuple(subcode.code for subcode in taxonomy.subcodes),
        "accept": (*taxonomy.label_codes, _LEGAL),
        "kind": tuple(kind.code for kind in taxonomy.kinds),
        **tomllib.loads(path.read_text(encoding="utf-8")),
    }


def misspelt_fields(row: Mapping[str, object]) -> list[Finding]:
    """Find fields that are no record's, and near one that the row lacks; others are notes.

    Examples
    --------
    >>> misspelt_fields({"id": "a-1", "text": "Kem", "labels": [], "evidnce": [], "price": 9})
    [('evidnce', 'unknown field', "did you mean 'evidence'?")]
    """
    absent = [name for name in FIELDS if name not in row]
    unknown = [name for name in row if name not in FIELDS]
    close = {name: difflib.get_close_matches(name, absent, 1, _MISSPELT) for name in unknown}
    return [
        (name, "unknown field", f"did you mean {found[0]!r}?")
        for name, found in close.items()
        if found
    ]
