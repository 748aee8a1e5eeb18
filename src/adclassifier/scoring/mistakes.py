"""Compare what was flagged with what careful readers said."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from adclassifier.classifier import Prediction
from adclassifier.corpus import Record
from adclassifier.corpus.reading import find_files, raise_problems, read_rows
from adclassifier.corpus.record import record_from_row, schema_problems
from adclassifier.errors import InputError
from adclassifier.posts import open_posts
from adclassifier.posts.naming import choose_column

_LAWFUL = "legal"  # in `accept`: no label

Judged = tuple[Record, Prediction]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Records beside their predictions, by how they agree on "signs or none".

    A label, or its absence, that the record's ``accept`` names counts as right.

    Parameters
    ----------
    hits : tuple of (Record, Prediction)
        Flagged, and with signs.
    missed : tuple of (Record, Prediction)
        With signs, not flagged.
    false_alarms : tuple of (Record, Prediction)
        Flagged, without signs.
    lawful : tuple of (Record, Prediction)
        Without signs, and not flagged.
    """

    hits: tuple[Judged, ...]
    missed: tuple[Judged, ...]
    false_alarms: tuple[Judged, ...]
    lawful: tuple[Judged, ...]


def compare(records: Sequence[Record], predictions: Sequence[Prediction]) -> Comparison:
    """Sort records by how their predictions agree with them.

    Examples
    --------
    >>> record = Record("a-1", "Áo thun 99k")
    >>> compare([record], [Prediction("clear", 0.1, 0.9, {})]).lawful[0][0].id
    'a-1'
    """
    kinds: dict[str, list[Judged]] = {"hits": [], "missed": [], "false_alarms": [], "lawful": []}
    for pair in zip(records, predictions, strict=True):
        kinds[_kind(*pair)].append(pair)
    return Comparison(**{name: tuple(pairs) for name, pairs in kinds.items()})


def _kind(record: Record, prediction: Prediction) -> str:
    """Name the field of `Comparison` that a record belongs to."""
    if prediction.violating:
        right = record.violating or set(prediction.labels).intersection(record.accept)
        return "hits" if right else "false_alarms"
    return "missed" if record.violating and _LAWFUL not in record.accept else "lawful"


def join_posts(labels: str | Path, posts: Iterable[str | Path]) -> list[Record]:
    """Join labels without text with the posts that they speak of, by id.

    Parameters
    ----------
    labels : path
        JSONL in the record schema, without ``text``.
    posts : iterable of path
        As `open_posts` reads them; each needs a column of ids.

    Returns
    -------
    list of Record
        One a post that has labels, in the order of the posts.

    Raises
    ------
    InputError
        If a file cannot be read, has no column of ids, or no post has labels.
    DatasetError
        If lines are not of the schema.
    """
    known = _read_labels(labels)
    records = [
        replace(known[id_], text=text)
        for path in posts
        for id_, text in _read_ids(path)
        if id_ in known
    ]
    if not records:
        raise InputError(str(labels), "no post has one of its ids", "the labels of these posts")
    return records


def _read_labels(path: str | Path) -> dict[str, Record]:
    """Read records without text, by id."""
    known: dict[str, Record] = {}
    problems: list[tuple[str, str]] = []
    for file in find_files(path, (".jsonl",)):
        for where, row in read_rows(file):
            found = [row] if isinstance(row, str) else schema_problems({"text": "", **row})
            problems += [(where, problem) for problem in found]
            if not found and not isinstance(row, str):
                record = record_from_row({"text": "", **row}, where=where)
                known[record.id] = record
    raise_problems(problems)
    return known


def _read_ids(path: str | Path) -> list[tuple[str, str]]:
    """Read ids and texts of posts; broken rows are left out."""
    with open_posts(path) as reader:
        column = choose_column("id", reader.columns, None, str(path))
        if column is None:
            raise InputError(str(path), "no column of ids", "a column 'id' or 'post_id'")
        return [
            (str(id_), str(text))
            for chunk in reader.chunks()
            for id_, text in zip(chunk.rows.texts(column), chunk.texts.to_pylist(), strict=True)
        ]
