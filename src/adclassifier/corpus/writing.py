"""Write files of records, whole or not at all."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from adclassifier.corpus.record import AS_WRITTEN, Record


def write_corpus(records: Iterable[Record], path: str | Path) -> int:
    """Write records as JSON lines that `read_corpus` reads back unchanged.

    Parameters
    ----------
    records : iterable of Record
        Hydrated texts, for instance; their file must not be committed.
    path : path
        The file; replaced at once when it exists.

    Returns
    -------
    int
        Number of records written.
    """
    lines = []
    for record in records:
        row = asdict(record) | {AS_WRITTEN: True}
        del row["where"]
        lines.append(json.dumps(row, ensure_ascii=False) + "\n")
    write_atomically(Path(path), "".join(lines))
    return len(lines)


def write_atomically(path: Path, content: str) -> None:
    """Write a whole file or nothing: to a neighbour first, which then takes the name."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as stream:
            stream.write(content)
        os.chmod(name, 0o644)  # what open() gives; mkstemp's 0600 would stay otherwise
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise
