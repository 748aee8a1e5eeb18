"""Join the parts of an output to one file."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import IO

from adclassifier.posts.footers import join_parquet

_COPIED_BYTES = 1 << 20


def join_parts(parts: Sequence[Path], stream: IO[bytes], file_format: str) -> None:
    """Write what all parts hold to one file, without reading rows.

    Parameters
    ----------
    parts : sequence of Path
        In order: lines, perhaps compressed (gzip and zstd files may follow each other), or Parquet.
    stream : binary file
        At its beginning.
    file_format : {"csv", "tsv", "jsonl", "parquet"}
        Theirs.
    """
    if file_format == "parquet":
        join_parquet(parts, stream)
        return
    for path in parts:
        with path.open("rb") as part:
            shutil.copyfileobj(part, stream, _COPIED_BYTES)
