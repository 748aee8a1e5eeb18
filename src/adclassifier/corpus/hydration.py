"""Join our annotations with a copy of the public texts on this machine."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from adclassifier.corpus.annotations import Annotation, Span, hash_span, read_annotations
from adclassifier.corpus.fingerprint import annotation_text, hash_string, hash_text
from adclassifier.corpus.record import Record
from adclassifier.corpus.sources import clean_source_text, load_rules
from adclassifier.corpus.tables import LocalText, read_texts


@dataclass(frozen=True, slots=True)
class HydrationReport:
    """How the join of annotations with local texts went; every annotation is in one of the counts.

    Parameters
    ----------
    n_annotations, n_texts : int
        What there was to join.
    n_by_id : int
        Joined by id, hash equal.
    n_by_hash : int
        Joined by hash alone: the local copy has other ids, or none.
    realigned : tuple of str
        Ids of annotations joined by id whose text differs, but holds all the evidence.
    mismatched : tuple of str
        Ids found, but with a text in which the evidence does not stand: not used.
    unmatched : tuple of str
        Ids of annotations for which there is no local text.
    """

    n_annotations: int
    n_texts: int
    n_by_id: int
    n_by_hash: int
    realigned: tuple[str, ...]
    mismatched: tuple[str, ...]
    unmatched: tuple[str, ...]

    @property
    def n_joined(self) -> int:
        """How many annotations have their text."""
        return self.n_by_id + self.n_by_hash + len(self.realigned)

    def __str__(self) -> str:
        lists = {
            "text differs, evidence found again": self.realigned,
            "text differs, not used": self.mismatched,
            "no text": self.unmatched,
        }
        head = (
            f"{self.n_joined} of {self.n_annotations} annotations joined with {self.n_texts} "
            f"texts: {self.n_by_id} by id, {self.n_by_hash} by hash, "
            f"{len(self.realigned)} realigned"
        )
        return "\n".join(
            [head, *(f"{name} ({len(ids)}): {_some(ids)}" for name, ids in lists.items() if ids)]
        )


def _some(ids: Sequence[str], limit: int = 20) -> str:
    """Write the first ids of a list, and how many there are beyond."""
    more = f" … and {len(ids) - limit} more" if len(ids) > limit else ""
    return ", ".join(ids[:limit]) + more


def hydrate(
    annotations: str | Path | Iterable[str | Path], texts: str | Path | Iterable[str | Path]
) -> tuple[list[Record], HydrationReport]:
    """Join annotations with local texts: by id, then by hash.

    Parameters
    ----------
    annotations : path or iterable of paths
        Annotation files, or folders of them.
    texts : path or iterable of paths
        JSONL, CSV, TSV, Parquet or XLSX files with texts, or folders of them.

    Returns
    -------
    records : list of Record
        In order of the annotations; evidence as substrings of the local copy.
    report : HydrationReport
        What was joined how, and what was not.

    Raises
    ------
    InputError, DatasetError
        If a file cannot be read as asked.
    """
    notes = read_annotations(annotations)
    local = read_texts(texts)
    return join(notes, local)


def join(
    annotations: Sequence[Annotation], texts: Sequence[LocalText]
) -> tuple[list[Record], HydrationReport]:
    """Join annotations with texts, as `hydrate` does with files."""
    copy = _LocalCopy(texts)
    records: list[Record] = []
    ids: dict[str, list[str]] = {outcome: [] for outcome in _OUTCOMES}
    for note in annotations:
        outcome, record = _find(note, copy)
        ids[outcome].append(note.id)
        if record:
            records.append(record)
    report = HydrationReport(
        n_annotations=len(annotations),
        n_texts=len(texts),
        n_by_id=len(ids["id"]),
        n_by_hash=len(ids["hash"]),
        realigned=tuple(ids["realigned"]),
        mismatched=tuple(ids["mismatched"]),
        unmatched=tuple(ids["unmatched"]),
    )
    return records, report


_OUTCOMES = ("id", "hash", "realigned", "mismatched", "unmatched")


class _LocalCopy:
    """The texts on this machine, by id and by hash."""

    def __init__(self, texts: Sequence[LocalText]) -> None:
        self._texts = [text.text for text in texts]
        self._by_id = {text.id: text.text for text in texts if text.id}
        self._by_hash: dict[str, dict[str, str]] = {}

    def by_id(self, note: Annotation) -> str | None:
        """Give the text with an annotation's id, with or without the source in front of it."""
        own = note.id.removeprefix(f"{note.source}:")
        return self._by_id.get(note.id, self._by_id.get(own))

    def by_hash(self, note: Annotation) -> str | None:
        """Give the text with an annotation's hash, once the additions of its source are cut."""
        # sources without rules share one index
        source = note.source if note.source in load_rules() else ""
        if source not in self._by_hash:
            self._by_hash[source] = {
                hash_text(clean_source_text(text, source)): text for text in self._texts
            }
        return self._by_hash[source].get(note.sha256)


def _find(note: Annotation, copy: _LocalCopy) -> tuple[str, Record | None]:
    """Give how an annotation's text was found, and the record."""
    text = copy.by_id(note)
    if text is not None and (record := _joined(note, text)):
        return "id", record
    same = copy.by_hash(note)
    if same is not None and (record := _joined(note, same)):
        return "hash", record
    if text is None:
        return "unmatched", None
    record = _joined(note, text, search=True)
    return ("realigned", record) if record else ("mismatched", None)


def _joined(note: Annotation, text: str, *, search: bool = False) -> Record | None:
    """Make the record of an annotation and its text; None when they do not belong together."""
    # as a data set stores it, or from a file of hydrated texts, where nothing is left to cut
    for candidate in dict.fromkeys((clean_source_text(text, note.source), text)):
        evidence = _evidence(note, candidate, search=search)
        if evidence is not None:
            return Record(
                id=note.id,
                text=candidate,
                labels=note.labels,
                subcodes=note.subcodes,
                offer=note.offer,
                kind=note.kind,
                evidence=evidence,
                source=note.source,
                accept=note.accept,
                borderline=note.borderline,
                where=note.where,
            )
    return None


def _evidence(note: Annotation, text: str, *, search: bool) -> tuple[str, ...] | None:
    """Give an annotation's evidence as substrings of a text; None when the text is another.

    A text with another hash is only believed when it holds the evidence, so an annotation without
    evidence cannot be searched for.
    """
    traced = annotation_text(text)
    if search:
        spans = [_search(span, traced.text) for span in note.evidence]
    elif hash_string(traced.text) == note.sha256:
        spans = [(span.start, span.end) for span in note.evidence]
    else:
        return None
    found = [traced.backward(*span) for span in spans if span is not None]
    if search and (not found or len(found) < len(spans)):
        return None
    return tuple(text[start:end] for start, end in found)


def _search(span: Span, text: str) -> tuple[int, int] | None:
    """Find a piece of evidence by its hash, nearest to where it stood first."""
    size = span.end - span.start
    places = range(len(text) - size + 1)
    for start in sorted(places, key=lambda place: abs(place - span.start)):
        if hash_span(text[start : start + size]) == span.sha256:
            return start, start + size
    return None
