"""Hold one labelled text: the record schema of authored and real data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol


class Labelled(Protocol):
    """What records and annotations share: everything that can be said without the text."""

    @property
    def id(self) -> str:
        """Name of the text within the corpus."""

    @property
    def source(self) -> str:
        """Code of the source."""

    @property
    def labels(self) -> tuple[str, ...]:
        """Codes of the labels; empty when lawful."""

    @property
    def subcodes(self) -> tuple[str, ...]:
        """Codes of the sub-codes."""

    @property
    def kind(self) -> str:
        """Code of the kind of text."""

    @property
    def accept(self) -> tuple[str, ...]:
        """Labels that a second careful reader could equally choose."""

    @property
    def borderline(self) -> bool:
        """Whether the reader doubted."""


@dataclass(frozen=True, slots=True)
class Record:
    """One text with what a reader decided about it.

    Parameters
    ----------
    id : str
        Unique within a corpus.
    text : str
        As its author wrote it: what the data set added is cut, nothing is normalised.
    labels : tuple of str
        Codes of the labels; empty when lawful.
    subcodes : tuple of str
        ``"<label>.<subcode>"``.
    offer : bool or None
        Whether the author offers goods or services; None when nobody said.
    kind : str
        Code of the kind of text; empty when nobody said.
    evidence : tuple of str
        Verbatim substrings of `text` that show the violation.
    source : str
        ``"authored:<file stem>"``, or the code of a public source.
    platform, post_type : str
        Where it was posted, and as what; empty when unknown.
    style : tuple of str
        How it is written.
    group : str
        Texts of one group are variants of each other and stay on one side of a split; empty for
        none.
    accept : tuple of str
        Labels that a second careful reader could equally choose; ``"legal"`` for none.
    borderline : bool
        Whether the reader doubted.
    note : str
        Why, in borderline cases.
    where : str
        File and line it was read from. Takes no part in comparisons.

    Examples
    --------
    >>> Record("a-1", "Áo thun 99k, freeship", offer=True, kind="lawful_ad").violating
    False
    """

    id: str
    text: str
    labels: tuple[str, ...] = ()
    subcodes: tuple[str, ...] = ()
    offer: bool | None = None
    kind: str = ""
    evidence: tuple[str, ...] = ()
    source: str = ""
    platform: str = ""
    post_type: str = ""
    style: tuple[str, ...] = ()
    group: str = ""
    accept: tuple[str, ...] = ()
    borderline: bool = False
    note: str = ""
    where: str = field(default="", compare=False, repr=False)

    @property
    def violating(self) -> bool:
        """Whether the text carries a label: it shows signs of a violation."""
        return bool(self.labels)


# marks rows whose text needs nothing cut any more: cutting twice would take the author's own words
AS_WRITTEN = "as_written"
_STRINGS = ("source", "platform", "post_type", "kind", "group", "note")
_TUPLES = ("labels", "subcodes", "evidence", "style", "accept")
_REQUIRED = ("id", "text", "labels")
_WANTED: Mapping[str, tuple[type, str]] = {
    **dict.fromkeys(("id", "text", *_STRINGS), (str, "a string")),
    **dict.fromkeys(_TUPLES, (list, "a list of strings")),
    **dict.fromkeys(("offer", "borderline", AS_WRITTEN), (bool, "true or false")),
}
FIELDS = tuple(_WANTED)

Finding = tuple[str, str, str]  # field, what was found, what would be right


def schema_findings(row: Mapping[str, Any]) -> list[Finding]:
    """Say what keeps a JSON object from being a record: missing fields and wrong types.

    Examples
    --------
    >>> schema_findings({"id": "a-1", "text": "Áo thun", "labels": "cosmetics"})
    [('labels', 'is str', 'a list of strings')]
    """
    findings = [(name, "is missing", _WANTED[name][1]) for name in _REQUIRED if name not in row]
    for name, (type_, words) in _WANTED.items():
        value = row.get(name)
        if value is None and name not in _REQUIRED:
            continue
        if name in row and not _fits(value, type_):
            findings.append((name, f"is {type(value).__name__}", words))
    return findings


def schema_problems(row: Mapping[str, Any]) -> list[str]:
    """Say the same as `schema_findings`, one line a finding.

    Examples
    --------
    >>> schema_problems({"id": "a-1", "text": "Áo thun"})
    ['labels: is missing; a list of strings']
    """
    return [say_finding(finding) for finding in schema_findings(row)]


def say_finding(finding: Finding) -> str:
    """Write field, what was found and what would be right as one line."""
    name, found, expected = finding
    return f"{name}: {found}" + (f"; {expected}" if expected else "")


def _fits(value: object, type_: type) -> bool:
    """Tell whether a JSON value has a type, down to the members of a list."""
    if isinstance(value, list):
        return type_ is list and all(isinstance(member, str) for member in value)
    return isinstance(value, type_)


def record_from_row(row: Mapping[str, Any], *, where: str = "") -> Record:
    """Make a record of a JSON object in which `schema_problems` found nothing.

    Unknown fields are left out, null counts as absent.
    """
    values: dict[str, Any] = {name: row[name] for name in ("id", "text")}
    values |= {name: row.get(name) or "" for name in _STRINGS}
    values |= {name: tuple(row.get(name) or ()) for name in _TUPLES}
    values["offer"] = row.get("offer")
    values["borderline"] = bool(row.get("borderline"))
    return Record(**values, where=where)
