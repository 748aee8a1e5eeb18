"""Read labelled records from JSONL files, as their authors wrote them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from adclassifier.corpus.record import AS_WRITTEN, Record, record_from_row, schema_problems
from adclassifier.corpus.sources import trace_source_text
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
        If a path does not exist, or a folder holds no JSONL file.
    DatasetError
        If lines are not JSON objects of the schema: the first 20, with file, line and field.
    """
    files = list(find_files(paths, (".jsonl",)))
    records: list[Record] = []
    problems: list[tuple[str, str]] = []
    for file in files:
        for where, row in read_rows(file):
            found = [row] if isinstance(row, str) else schema_problems(row)
            problems += [(where, problem) for problem in found]
            if not found and not isinstance(row, str):
                record = _with_source(record_from_row(row, where=where), file.stem)
                done = as_stored or row.get(AS_WRITTEN)
                records.append(record if done else _as_written(record))
    raise_problems(problems)
    return records


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
        return f"broken JSON: {error.msg} at column {error.colno}, expected one object a line"
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
