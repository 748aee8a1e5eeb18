"""Say what a model was made from: one hash of all records, settings, versions."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from importlib.metadata import version
from typing import Any

from adclassifier.config import Config
from adclassifier.corpus import Record, hash_text


def describe_record(record: Record) -> bytes:
    """Write all that is learnt from a record as one line, its text as a hash."""
    parts = (
        record.id,
        hash_text(record.text),
        "|".join(sorted(record.labels)),
        "|".join(sorted(record.subcodes)),
        str(record.offer),
        "|".join(sorted(record.accept)),
    )
    return "\t".join(parts).encode() + b"\n"


def describe_origin(lines: Iterable[bytes], config: Config, *, streamed: bool) -> dict[str, Any]:
    """Describe what a model was made from.

    Parameters
    ----------
    lines : iterable of bytes
        `describe_record` of every record, by id.
    config : Config
    streamed : bool
        Whether the settings of streaming counted: otherwise they are left out, since another value
        makes the same model.
    """
    digest = hashlib.sha256()
    for line in lines:
        digest.update(line)
    return {
        "adclassifier": version("adclassifier"),
        "scikit_learn": version("scikit-learn"),
        "config": config.model_dump(exclude=None if streamed else {"streaming"}),
        "data_sha256": digest.hexdigest(),
    }
