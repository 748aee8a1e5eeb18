"""Keep our labels of public texts without the texts: by id, hash and place."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from adclassifier.corpus.fingerprint import annotation_text, hash_string
from adclassifier.corpus.reading import find_files, raise_problems, read_rows
from adclassifier.corpus.record import Record
from adclassifier.corpus.writing import write_atomically
from adclassifier.errors import InputError

_SOURCE = re.compile(r"\w[\w-]*")
_SPAN_HASH_DIGITS = 12  # enough to find a span again; it guards nothing


@dataclass(frozen=True, slots=True)
class Span:
    """Where a piece of evidence stands in the annotation text, and its hash.

    Parameters
    ----------
    start, end : int
        Half-open, in code points of the annotation text.
    sha256 : str
        First 12 hexadecimal digits of the hash of the piece, to find it again in an edited copy.
    """

    start: int
    end: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Annotation:
    """What a reader decided about a public text, without the text.

    Parameters
    ----------
    id : str
        ``"<source>:<id within the source>"``.
    sha256 : str
        `hash_text` of the text after its source's additions were cut.
    labels, subcodes, offer, kind, accept, borderline
        As in `Record`.
    evidence : tuple of Span
        Places of the evidence.
    source : str
        Code of the source: the stem of the file.
    where : str
        File and line. Takes no part in comparisons.
    """

    id: str
    sha256: str
    labels: tuple[str, ...]
    subcodes: tuple[str, ...]
    offer: bool | None
    kind: str
    evidence: tuple[Span, ...]
    accept: tuple[str, ...]
    borderline: bool
    source: str
    where: str = field(default="", compare=False, repr=False)


def annotate(record: Record) -> Annotation:
    """Make the annotation of a record, whose evidence must be verbatim.

    Examples
    --------
    >>> note = annotate(Record("fb:1", "Gọi 0912345678, khỏi hẳn tiểu đường", ("medicine",),
    ...                        evidence=("khỏi hẳn tiểu đường",), source="fb"))
    >>> [(span.start, span.end) for span in note.evidence]
    [(13, 32)]
    """
    traced = annotation_text(record.text)
    spans = []
    for part in record.evidence:
        start = record.text.index(part)
        first, last = traced.forward(start, start + len(part))
        spans.append(Span(first, last, hash_span(traced.text[first:last])))
    return Annotation(
        id=record.id,
        sha256=hash_string(traced.text),
        labels=record.labels,
        subcodes=record.subcodes,
        offer=record.offer,
        kind=record.kind,
        evidence=tuple(spans),
        accept=record.accept,
        borderline=record.borderline,
        source=record.source,
        where=record.where,
    )


def hash_span(string: str) -> str:
    """Give the short hash by which a piece of evidence is found again."""
    return hash_string(string)[:_SPAN_HASH_DIGITS]


def write_annotations(records: Iterable[Record], folder: str | Path) -> dict[str, int]:
    """Write ``<source>.jsonl`` for every source of the records, in order of id, without any text.

    Parameters
    ----------
    records : iterable of Record
        As `read_corpus` gives them.
    folder : path
        Made when missing. Files of the same sources are replaced, each at once; others stay.

    Returns
    -------
    dict of str to int
        Number of annotations written, by source.

    Raises
    ------
    InputError
        If a source cannot name a file; authored texts, which are committed whole, are such.
    """
    by_source: defaultdict[str, list[Annotation]] = defaultdict(list)
    for record in records:
        if not _SOURCE.fullmatch(record.source):
            found = f"source {record.source!r} of {record.id!r}"
            raise InputError(record.where or "records", found, "the code of a public source")
        by_source[record.source].append(annotate(record))
    for source, notes in sorted(by_source.items()):
        notes.sort(key=lambda note: note.id)
        lines = [json.dumps(_row(note), ensure_ascii=False) for note in notes]
        write_atomically(Path(folder) / f"{source}.jsonl", "\n".join(lines) + "\n")
    return {source: len(notes) for source, notes in sorted(by_source.items())}


def _row(annotation: Annotation) -> dict[str, Any]:
    """Give the JSON object of an annotation."""
    return {
        "id": annotation.id,
        "sha256": annotation.sha256,
        "labels": annotation.labels,
        "subcodes": annotation.subcodes,
        "offer": annotation.offer,
        "kind": annotation.kind,
        "evidence": [[span.start, span.end] for span in annotation.evidence],
        "evidence_sha256": [span.sha256 for span in annotation.evidence],
        "accept": annotation.accept,
        "borderline": annotation.borderline,
    }


def read_annotations(paths: str | Path | Iterable[str | Path]) -> list[Annotation]:
    """Read annotations from JSONL files and from folders of them.

    Raises
    ------
    InputError
        If a path does not exist.
    DatasetError
        If lines are not annotations: the first 20 of them, with file, line and field.
    """
    annotations: list[Annotation] = []
    problems: list[tuple[str, str]] = []
    for file in find_files(paths, (".jsonl",)):
        for where, row in read_rows(file):
            found = [row] if isinstance(row, str) else _problems(row)
            problems += [(where, problem) for problem in found]
            if not found and not isinstance(row, str):
                annotations.append(_annotation(row, file.stem, where))
    raise_problems(problems)
    return annotations


def _problems(row: dict[str, Any]) -> list[str]:
    """Say what keeps a JSON object from being an annotation."""
    wanted: dict[str, tuple[type | tuple[type, ...], str]] = {
        "id": (str, "a string"),
        "sha256": (str, "64 hexadecimal digits"),
        "kind": (str, "a string"),
        "offer": ((bool, type(None)), "true, false or null"),
        "borderline": (bool, "true or false"),
    }
    lists = ("labels", "subcodes", "evidence", "evidence_sha256", "accept")
    wanted |= dict.fromkeys(lists, (list, "a list"))
    problems = [f"no field {name!r}" for name in wanted if name not in row]
    problems += [
        f"{name!r} is {type(row[name]).__name__}, expected {words}"
        for name, (types, words) in wanted.items()
        if name in row and not isinstance(row[name], types)
    ]
    if not problems and len(row["evidence"]) != len(row["evidence_sha256"]):
        problems.append(
            "'evidence_sha256' and 'evidence' differ in length, expected one hash a span"
        )
    return problems


def _annotation(row: dict[str, Any], source: str, where: str) -> Annotation:
    """Make an annotation of a JSON object in which `_problems` found nothing."""
    spans = zip(row["evidence"], row["evidence_sha256"], strict=True)
    return Annotation(
        id=row["id"],
        sha256=row["sha256"],
        labels=tuple(row["labels"]),
        subcodes=tuple(row["subcodes"]),
        offer=row["offer"],
        kind=row["kind"],
        evidence=tuple(Span(start, end, sha256) for (start, end), sha256 in spans),
        accept=tuple(row["accept"]),
        borderline=row["borderline"],
        source=source,
        where=where,
    )
