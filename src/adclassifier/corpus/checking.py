"""Say where labelled records break their own rules."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from adclassifier.corpus.groups import assign_groups
from adclassifier.corpus.reading import read_corpus
from adclassifier.corpus.record import Record
from adclassifier.corpus.tables import nearest
from adclassifier.taxonomy import Taxonomy, load_taxonomy

_LEGAL = "legal"  # in `accept`: no label


@dataclass(frozen=True, slots=True)
class Problem:
    """One place where a record breaks a rule.

    Parameters
    ----------
    file : str
        File of the record; empty when it came from none.
    line : int
        Line of the record; 0 when unknown.
    field : str
        Field that is wrong.
    found : str
        What stands there.
    expected : str
        What would be right.
    """

    file: str
    line: int
    field: str
    found: str
    expected: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.field}: {self.found}; {self.expected}"


_Finding = tuple[str, str, str]  # field, found, expected


def check(records: Sequence[Record], *, held_out: Sequence[Record] = ()) -> list[Problem]:
    """Check records: vocabulary, verbatim evidence, consistency, ids, and groups across splits.

    Parameters
    ----------
    records : sequence of Record
        To train on.
    held_out : sequence of Record
        To choose or test on. A group of near-duplicates with members on both sides is a problem of
        each training record in it.

    Returns
    -------
    list of Problem
        In order of the records; empty when all is well.
    """
    taxonomy = load_taxonomy()
    rules = (_vocabulary, _evidence, _consistency)
    problems = [
        _problem(record, finding)
        for record in (*records, *held_out)
        for rule in rules
        for finding in rule(record, taxonomy)
    ]
    problems += _repeated_ids([*records, *held_out])
    return problems + _across(records, held_out)


def check_files(
    paths: Sequence[str | Path], *, held_out: Sequence[str | Path] = ()
) -> tuple[int, list[Problem]]:
    """Check record files, as `check` does; give the number of records and the problems."""
    records = read_corpus(paths)
    others = read_corpus(held_out) if held_out else []
    return len(records) + len(others), check(records, held_out=others)


def _problem(record: Record, finding: _Finding) -> Problem:
    """Place a finding in the record's file."""
    file, _, line = record.where.rpartition(":")
    return Problem(file, int(line) if line.isdecimal() else 0, *finding)


@functools.cache
def _closed_lists() -> Mapping[str, Sequence[str]]:
    """Read the values that `platform`, `post_type` and `style` may have."""
    path = resources.files("adclassifier.corpus") / "vocabulary.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _vocabulary(record: Record, taxonomy: Taxonomy) -> Iterator[_Finding]:
    """Find codes that no list has; fields that say nothing are left alone."""
    lists = _closed_lists()
    subcodes = tuple(subcode.code for subcode in taxonomy.subcodes)
    kinds = tuple(kind.code for kind in taxonomy.kinds)
    fields: dict[str, tuple[tuple[str, ...], Sequence[str]]] = {
        "labels": (record.labels, taxonomy.label_codes),
        "subcodes": (record.subcodes, subcodes),
        "accept": (record.accept, (*taxonomy.label_codes, _LEGAL)),
        "kind": ((record.kind,) if record.kind else (), kinds),
        "platform": ((record.platform,) if record.platform else (), lists["platform"]),
        "post_type": ((record.post_type,) if record.post_type else (), lists["post_type"]),
        "style": (record.style, lists["style"]),
    }
    for name, (values, known) in fields.items():
        for value in values:
            if value not in known:
                yield name, f"unknown value {value!r}", nearest(value, known)


def _evidence(record: Record, taxonomy: Taxonomy) -> Iterator[_Finding]:
    """Find evidence that is not verbatim in the text, and texts without a letter or digit."""
    if not any(map(str.isalnum, record.text)):
        yield "text", "no letter or digit", "a text"
    for part in record.evidence:
        if not part.strip() or part not in record.text:
            yield "evidence", f"{part!r} is not in the text", "a verbatim substring"


def _consistency(record: Record, taxonomy: Taxonomy) -> Iterator[_Finding]:
    """Find fields that contradict each other."""
    violating = record.violating
    rules: tuple[tuple[bool, _Finding], ...] = (
        (
            bool(record.kind) and violating != (record.kind == "violating_ad"),
            ("kind", f"{record.kind!r} with labels {list(record.labels)}", _KIND_RULE),
        ),
        (
            record.offer is False and record.kind in ("violating_ad", "lawful_ad"),
            ("offer", f"false with kind {record.kind!r}", "an ad is an offer"),
        ),
        (not violating and bool(record.subcodes), _without_label("subcodes", record.subcodes)),
        (not violating and bool(record.evidence), _without_label("evidence", record.evidence)),
    )
    yield from (finding for broken, finding in rules if broken)
    of_subcodes = {code.partition(".")[0] for code in record.subcodes}
    for label in record.labels if record.kind or record.subcodes else ():
        if label not in of_subcodes:
            yield "subcodes", f"none of label {label!r}", "at least one sub-code for each label"
    for label in sorted(of_subcodes - set(record.labels) if violating else ()):
        yield "subcodes", f"one of {label!r}, which is no label here", "sub-codes of the labels"


_KIND_RULE = "kind 'violating_ad' if and only if there are labels"


def _without_label(name: str, values: Sequence[str]) -> _Finding:
    """Say that a lawful record has what only violating ones have."""
    return name, f"{list(values)} without labels", "[] when there are no labels"


def _repeated_ids(records: Sequence[Record]) -> list[Problem]:
    """Find ids that stand twice."""
    first: dict[str, Record] = {}
    problems = []
    for record in records:
        seen = first.setdefault(record.id, record)
        if seen is not record:
            found = f"{record.id!r} stands at {seen.where or 'an earlier record'} too"
            problems.append(_problem(record, ("id", found, "an id of its own")))
    return problems


def _across(records: Sequence[Record], held_out: Sequence[Record]) -> list[Problem]:
    """Find training records with a near-duplicate among those held out."""
    if not held_out:
        return []
    both = (*records, *held_out)
    groups = assign_groups([r.text for r in both], declared=[r.group for r in both])
    held = {
        int(group): record for group, record in zip(groups[len(records) :], held_out, strict=True)
    }
    return [
        _problem(record, ("group", f"near-duplicate of held-out {held[group].id!r}", _SIDE_RULE))
        for record, group in zip(records, groups.tolist(), strict=False)
        if group in held
    ]


_SIDE_RULE = "all texts of a group on one side of a split"
