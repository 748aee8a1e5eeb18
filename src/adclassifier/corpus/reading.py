"""Read labelled records from JSONL files, as their authors wrote them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from adclassifier.corpus.record import (
    AS_WRITTEN,
    Finding,
    Record,
    record_from_row,
    say_finding,
    schema_findings,
)
from adclassifier.corpus.sources import trace_source_text
from adclassifier.corpus.vocabulary import JUDGED, unknown_codes
from adclassifier.errors import DatasetError, InputError

AUTHORED = "authored:"  # begins the source of texts that were written for this project
MAX_SHOWN = 20  # rows that an error names: enough to see the pattern, short enough to read


def read_corpus(
    paths: str | Path | Iterable[str | Path], *, as_stored: bool = False
) -> list[Record]:
    """Read records from JSONL files and from folders of them.

    Parameters
    ----------
    paths : path or iterable of paths
        Files, or folders whose ``*.jsonl`` are read in order of name.
    as_stored : bool
        Leave in what sources add to their texts: only for measuring how much that gives away.

    Returns
    -------
    list of Record
        In order. A record without ``source`` gets the part of its id before ``":"`` (public texts)
        or ``"authored:<file stem>"``. What a known source adds to its texts is cut, and evidence
        follows; evidence that stood in such an addition is gone.

    Raises
    ------
    InputError
        If a path does not exist, a folder holds no JSONL file, or there is no record at all.
    DatasetError
        If lines are not JSON objects of the schema, or name labels, sub-codes or acceptable labels
        that the taxonomy does not have: the first 20, with file, line and field.
    """
    return list(iterate_corpus(paths, as_stored=as_stored))


def iterate_corpus(
    paths: str | Path | Iterable[str | Path], *, as_stored: bool = False
) -> Iterator[Record]:
    """Give the records of `read_corpus` one after another, for files larger than memory.

    Raises
    ------
    InputError
        As `read_corpus`.
    DatasetError
        As `read_corpus`, after the last record: whoever takes the records in must not keep what
        came of them before.
    """
    files = list(find_files(paths, (".jsonl",)))
    unreadable: list[tuple[str, str]] = []
    unknown: list[tuple[str, str]] = []
    n_records = 0
    for line in read_lines(files, as_stored=as_stored):
        unreadable += [(line.where, say_finding(finding)) for finding in line.problems]
        if line.record:
            n_records += 1
            unknown += _code_problems([line.record])
            yield line.record
    raise_problems(unreadable + unknown)
    if not n_records:
        where = ", ".join(map(str, files))
        raise InputError(where, "no records", "expected one JSON object a line")


def require_known_codes(records: Iterable[Record]) -> None:
    """Refuse records with labels, sub-codes or acceptable labels that the taxonomy lacks.

    `read_corpus` does so itself.

    Raises
    ------
    DatasetError
        Naming the first 20, with the place and the nearest known code.
    """
    raise_problems(_code_problems(records))


def _code_problems(records: Iterable[Record]) -> list[tuple[str, str]]:
    """Name the codes that cannot be learnt or judged."""
    return [
        (record.where or record.id, say_finding(finding))
        for record in records
        for finding in unknown_codes(record, JUDGED)
    ]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a record file.

    Parameters
    ----------
    where : str
        File and line.
    row : mapping
        The JSON object; empty where there is none.
    record : Record or None
        None where something keeps the line from being one.
    problems : tuple of (field, found, expected)
        What does; the field is "line" where it cannot be read at all.
    """

    where: str
    row: Mapping[str, Any]
    record: Record | None
    problems: tuple[Finding, ...] = ()


def read_lines(
    paths: str | Path | Iterable[str | Path], *, as_stored: bool = False
) -> Iterator[Line]:
    """Give every line of record files, good or bad; parameters as in `read_corpus`."""
    for file in find_files(paths, (".jsonl",)):
        for where, row in read_rows(file):
            if isinstance(row, str):
                found, _, expected = row.partition(", expected ")
                yield Line(where, {}, None, (("line", found, expected),))
            elif problems := schema_findings(row):
                yield Line(where, row, None, tuple(problems))
            else:
                record = _with_source(record_from_row(row, where=where), file.stem)
                done = as_stored or row.get(AS_WRITTEN)
                yield Line(where, row, record if done else _as_written(record))


def find_files(
    paths: str | Path | Iterable[str | Path], endings: tuple[str, ...]
) -> Iterator[Path]:
    """Give the files that paths name; of a folder, those with an ending, in order of name."""
    wanted = " or ".join(f"*{ending}" for ending in endings)
    for name in [paths] if isinstance(paths, str | Path) else paths:
        path = Path(name)
        if path.is_file():
            yield path
            continue
        members = sorted(path.iterdir()) if path.is_dir() else []
        found = [member for member in members if member.suffix.lower() in endings]
        if not found:
            what = f"a folder without {wanted}" if path.is_dir() else "no such file or folder"
            raise InputError(str(path), what, f"a file, or a folder with {wanted}")
        yield from found


def read_rows(file: Path) -> Iterator[tuple[str, dict[str, Any] | str]]:
    """Give ``file:line`` and the JSON object of each line, or a string that says what is wrong."""
    with file.open("rb") as stream:
        for number, line in enumerate(stream, start=1):
            if line.strip():
                yield f"{file}:{number}", _parse(line.removeprefix(b"\xef\xbb\xbf"))


def _parse(line: bytes) -> dict[str, Any] | str:
    """Read one line of JSON; a string says why it cannot be read."""
    try:
        row = json.loads(line)
    except UnicodeDecodeError as error:
        return f"not UTF-8 at byte {error.start}, expected a JSON object in UTF-8"
    except json.JSONDecodeError as error:
        return f"broken JSON: {error.msg} at column {error.pos + 1}, expected one object a line"
    except RecursionError:
        return "JSON nested too deep, expected one flat object a line"
    return row if isinstance(row, dict) else f"a JSON {type(row).__name__}, expected an object"


def raise_problems(problems: list[tuple[str, str]]) -> None:
    """Raise one error that names every bad row, up to `MAX_SHOWN`; nothing when there is none."""
    if not problems:
        return
    (where, found), *more = problems[:MAX_SHOWN]
    lines = "".join(f"\n  {place}: {problem}" for place, problem in more)
    rest = len(problems) - MAX_SHOWN
    if rest > 0:
        lines += f"\n  … and {rest} more"
    raise DatasetError(where, found + lines)


def _with_source(record: Record, stem: str) -> Record:
    """Name a record's source, if the record does not."""
    prefix, colon, _ = record.id.partition(":")
    return replace(record, source=record.source or (prefix if colon else f"{AUTHORED}{stem}"))


def _as_written(record: Record) -> Record:
    """Cut what a record's source added to its text."""
    if record.source.startswith(AUTHORED):
        return record
    traced = trace_source_text(record.text, record.source)
    evidence = []
    for part in record.evidence:
        start = record.text.find(part)
        if start < 0:
            evidence.append(part)  # not verbatim: left for `check` to name
            continue
        first, last = traced.forward(start, start + len(part))
        if first < last:
            evidence.append(traced.text[first:last].strip())
    return replace(record, text=traced.text, evidence=tuple(evidence))
