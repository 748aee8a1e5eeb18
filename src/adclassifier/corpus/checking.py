"""Say where labelled records break their own rules."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from adclassifier.corpus.groups import assign_groups
from adclassifier.corpus.reading import Line, read_lines
from adclassifier.corpus.record import Finding, Record, say_finding
from adclassifier.corpus.vocabulary import misspelt_fields, unknown_codes


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
        Field that is wrong; "line" where the whole line cannot be read.
    found : str
        What stands there.
    expected : str
        What would be right; may be empty.
    """

    file: str
    line: int
    field: str
    found: str
    expected: str

    def __str__(self) -> str:
        finding = say_finding((self.field, self.found, self.expected))
        return f"{self.file}:{self.line}: {finding}"


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
    rules = (unknown_codes, _evidence, _consistency)
    problems = [
        _problem(record.where, finding)
        for record in (*records, *held_out)
        for rule in rules
        for finding in rule(record)
    ]
    problems += _repeated_ids([*records, *held_out])
    return problems + _across(records, held_out)


def check_files(
    paths: Sequence[str | Path], *, held_out: Sequence[str | Path] = ()
) -> tuple[int, list[Problem]]:
    """Check record files: lines that are no records, misspelt fields, and what `check` finds.

    Parameters
    ----------
    paths, held_out : sequence of paths
        As `read_corpus` takes them. A bad line is a problem, and the others are checked.

    Returns
    -------
    n_lines : int
        Number of lines, good and bad; empty ones do not count.
    problems : list of Problem
        Those of single lines first. A field that no record has is a problem where it is near one
        that the line lacks; others are notes, and left out.
    """
    lines = list(read_lines(paths))
    others = list(read_lines(held_out)) if held_out else []
    problems = [
        _problem(line.where, finding)
        for line in (*lines, *others)
        for finding in (*line.problems, *misspelt_fields(line.row))
    ]
    problems += check(_records(lines), held_out=_records(others))
    return len(lines) + len(others), problems


def _records(lines: Sequence[Line]) -> list[Record]:
    """Give the lines that are records."""
    return [line.record for line in lines if line.record]


def _problem(where: str, finding: Finding) -> Problem:
    """Place a finding in its file."""
    file, _, line = where.rpartition(":")
    return Problem(file, int(line) if line.isdecimal() else 0, *finding)


def _evidence(record: Record) -> Iterator[Finding]:
    """Find evidence that is not verbatim in the text, and texts without a letter or digit."""
    if not any(map(str.isalnum, record.text)):
        yield "text", "no letter or digit", "a text"
    for part in record.evidence:
        if not part.strip() or part not in record.text:
            yield "evidence", f"{part!r} is not in the text", "a verbatim substring"


def _consistency(record: Record) -> Iterator[Finding]:
    """Find fields that contradict each other."""
    violating = record.violating
    rules: tuple[tuple[bool, Finding], ...] = (
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


def _without_label(name: str, values: Sequence[str]) -> Finding:
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
            problems.append(_problem(record.where, ("id", found, "an id of its own")))
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
        _problem(
            record.where, ("group", f"near-duplicate of held-out {held[group].id!r}", _SIDE_RULE)
        )
        for record, group in zip(records, groups.tolist(), strict=False)
        if group in held
    ]


_SIDE_RULE = "all texts of a group on one side of a split"
