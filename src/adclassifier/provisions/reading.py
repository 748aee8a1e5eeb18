"""Read the law from the TOML files in the package's ``law`` folder, checked.

Nothing is filled in: a date, amount or article that the project's legal notes do not give is None.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, NonNegativeInt, StringConstraints

from adclassifier.provisions.law import VERIFIED, Law, Provision
from adclassifier.provisions.records import Text, parse_toml, problems_error, repeated


@cache
def load_law() -> Law:
    """Load the law shipped with the package, checked; the same object on every call.

    Examples
    --------
    >>> load_law().as_of
    datetime.date(2026, 11, 22)
    """
    return parse_law(law_texts())


def law_texts() -> dict[str, str]:
    """Read the shipped TOML files: name to text."""
    folder = files("adclassifier") / "law"
    found = sorted((e for e in folder.iterdir() if e.name.endswith(".toml")), key=lambda e: e.name)
    return {entry.name: entry.read_text("utf-8") for entry in found}


def parse_law(texts: Mapping[str, str], *, where: str = "law") -> Law:
    """Build the law from TOML texts, whose lists are joined.

    Parameters
    ----------
    texts : mapping of str to str
        File name to TOML text, as ``law_texts`` gives them.
    where : str, default="law"
        What to call them in an error.

    Raises
    ------
    TaxonomyError
        Naming every missing, unknown or mistyped key; or, when there is none, every wrong word,
        id given twice, reference that does not resolve, and date or amount out of order.
    """
    file = parse_toml(where, texts, _LawFile)
    instruments = {entry.code: entry for entry in file.instruments}
    known = tuple(
        _resolve(record, instruments[record.instrument])
        for record in file.provisions
        if record.instrument in instruments
    )
    law = Law(file.as_of, file.fine_note, file.sources, file.statuses, known)
    problems = [
        *(f"instrument {c} given twice" for c in repeated(e.code for e in file.instruments)),
        *(f"provision {i} given twice" for i in repeated(r.id for r in file.provisions)),
        *(f"{r.id}: no instrument {r.instrument!r}" for r in file.provisions if r.id not in law),
    ]
    for provision in law.provisions:
        found = [*_value_problems(provision, law), *_replacement_problems(provision, law)]
        problems += [f"{provision.id}: {problem}" for problem in found]
    if problems:
        raise problems_error(where, problems)
    return law


class _Dated(BaseModel):
    """What an instrument says for all its provisions, and a provision may say for itself."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    status: Text | None = None
    not_before: date | None = None
    effective_from: date | None = None
    effective_to: date | None = None
    replaces: tuple[Text, ...] | None = None
    note: str = ""
    url: str = ""


class _Instrument(_Dated):
    code: Text
    name: Text
    penal: bool = False


class _Record(_Dated):
    id: Annotated[str, StringConstraints(pattern=r"^[A-Z0-9.\-]+(_[\w.+\-]+)?$")]
    article: Text | None = None
    says: Text
    fine_min: NonNegativeInt | None = None
    fine_max: NonNegativeInt | None = None
    verified: Text
    source: str = ""

    @property
    def instrument(self) -> str:
        return self.id.partition("_")[0]


class _LawFile(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    as_of: date
    fine_note: Text
    sources: dict[str, Text]
    statuses: dict[str, Text]
    instruments: tuple[_Instrument, ...]
    provisions: tuple[_Record, ...]


def _resolve(record: _Record, instrument: _Instrument) -> Provision:
    """Join a record with what its instrument says for all."""

    def own(name: str) -> Any:
        value = getattr(record, name)
        return getattr(instrument, name) if value is None else value

    return Provision(
        id=record.id,
        instrument=instrument.name,
        article=record.article,
        says=record.says,
        effective_from=own("effective_from"),
        effective_to=own("effective_to"),
        not_before=own("not_before"),
        status=own("status") or "in_force",
        verified=record.verified,
        source=record.source,
        fine_vnd=(record.fine_min, record.fine_max),
        penal=instrument.penal,
        replaces=own("replaces") or (),
        note=" ".join(filter(None, (record.note, instrument.note))),
        url=record.url or instrument.url,
    )


def _value_problems(provision: Provision, law: Law) -> list[str]:
    """Name what is wrong with one record's words, dates, amounts and sources."""
    start, end, day = provision.effective_from, provision.effective_to, provision.not_before
    low, high = provision.fine_vnd
    repealed = provision.status == "repealed"
    keys = provision.source.split(", ") if provision.source else []
    rules = (
        (provision.status not in law.statuses, f"unknown status {provision.status!r}"),
        (provision.verified not in VERIFIED, f"verified is {provision.verified!r}"),
        (start and end and start >= end, "effective_from is not before effective_to"),
        (start and day and day > start, "not_before is after effective_from"),
        (end and (end <= law.as_of) != repealed, "status and effective_to disagree"),
        (
            start and (start > law.as_of) != (provision.status == "not_yet"),
            "status and effective_from disagree",
        ),
        (low is not None and high is not None and low > high, "fine_min is above fine_max"),
        (not keys and provision.verified != "unverified", "verified without a source"),
        *((key not in law.sources, f"unknown source {key!r}") for key in keys),
    )
    return [text for broken, text in rules if broken]


def _replacement_problems(provision: Provision, law: Law) -> list[str]:
    """Name what is wrong with the records that one replaces."""
    problems = [f"replaces unknown {old!r}" for old in provision.replaces if old not in law]
    for old in (law.get(old) for old in provision.replaces if old in law):
        start, end = provision.effective_from, old.effective_to
        rules = (
            (old.status != "repealed", f"replaces {old.id}, which is not repealed"),
            (
                start and end and end > start,
                f"starts before the end of {old.id}, which it replaces",
            ),
            (provision.id in _ancestors(old, law), f"replaces itself by way of {old.id}"),
        )
        problems += [text for broken, text in rules if broken]
    return problems


def _ancestors(provision: Provision, law: Law) -> set[str]:
    """Give the ids of a record and of all that it replaced, step by step."""
    seen: set[str] = set()
    ahead = [provision.id]
    while ahead:
        found = ahead.pop()
        if found not in seen and found in law:
            seen.add(found)
            ahead += law.get(found).replaces
    return seen
