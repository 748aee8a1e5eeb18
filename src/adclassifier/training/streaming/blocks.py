"""Keep texts on disk in blocks: their features, their canonical text, their records."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from adclassifier.corpus import Record
from adclassifier.corpus.record import record_from_row

_FIELDS = (
    *("id", "text", "labels", "subcodes", "offer", "kind", "evidence", "source", "platform"),
    *("post_type", "style", "group", "accept", "borderline", "note"),
)


def write_arrays(path: Path, **arrays: NDArray[Any]) -> None:
    """Write arrays so that the file is whole or not there: under another name, which is changed.

    Nothing waits for the disk: what a power cut leaves of a training run is not read again.
    """
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        with temporary.open("xb") as stream:
            np.savez(stream, allow_pickle=False, **arrays)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class Block:
    """Some texts that follow each other, on disk.

    Parameters
    ----------
    folder : Path
    number : int
        Place among the blocks, from 0.
    start, stop : int
        First text, and one past the last.
    """

    folder: Path
    number: int
    start: int
    stop: int

    def _path(self, what: str) -> Path:
        return self.folder / f"{what}-{self.number:06}.npz"

    def write(
        self, records: Sequence[Record], canonical: Sequence[str], counts: csr_matrix
    ) -> None:
        """Write records, canonical texts and features without idf, shape (n_texts, n_rows)."""
        rows = [json.dumps({f: getattr(record, f) for f in _FIELDS}) for record in records]
        write_arrays(self._path("records"), **_pack(rows))
        write_arrays(self._path("canonical"), **_pack(canonical))
        write_arrays(
            self._path("features"),
            starts=counts.indptr,
            columns=counts.indices,
            # single precision: half the disk, and 1e-7 is far below what the learner's steps leave
            values=counts.data.astype(np.float32),
        )

    def records(self) -> list[Record]:
        """Read the records; where they were read from is not known any more."""
        return [record_from_row(json.loads(row)) for row in _unpack(self._path("records"))]

    def canonical(self) -> list[str]:
        """Read the canonical texts."""
        return _unpack(self._path("canonical"))

    def count_entries(self) -> int:
        """Say how many entries the features have."""
        with np.load(self._path("features")) as arrays:
            return int(arrays["starts"][-1])

    def counts(self, n_rows: int) -> csr_matrix:
        """Read the features without idf; shape (n_texts, n_rows), float32."""
        with np.load(self._path("features")) as arrays:
            parts = (arrays["values"], arrays["columns"], arrays["starts"])
        return csr_matrix(parts, (self.stop - self.start, n_rows), copy=False)


def _pack(texts: Sequence[str]) -> dict[str, NDArray[Any]]:
    """Lay texts out as one array of bytes and the end of each."""
    encoded = [text.encode() for text in texts]
    return {
        "ends": np.cumsum([len(part) for part in encoded], dtype=np.int64),
        "data": np.frombuffer(b"".join(encoded), np.uint8),
    }


def _unpack(path: Path) -> list[str]:
    """Read what `_pack` laid out."""
    with np.load(path) as arrays:
        data, ends = arrays["data"].tobytes(), arrays["ends"].tolist()
    starts = [0, *ends[:-1]]
    return [data[start:end].decode() for start, end in zip(starts, ends, strict=True)]
