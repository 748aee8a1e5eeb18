"""Let Spark read the input, and spread its rows over the workers."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from adclassifier.distributed.judging import CellReader
from adclassifier.distributed.pieces import (
    CELL,
    CHUNK_ROWS,
    FILE,
    LINE,
    ROW,
    START,
    cells_schema,
)
from adclassifier.distributed.reading import LEAST_BYTES, Input

#: Parts for each core: none waits long for the last.
_PARTS_A_CORE = 4
_WHOLE_FILES = str(1 << 40)
# What a path may hold that Hadoop takes for a pattern.
_PATTERN = re.compile(r"([\\\[\]{}*?])")


def read_rows(session: Any, posts: Input) -> Any:
    """Let Spark read the input.

    Returns
    -------
    pyspark.sql.DataFrame
        Lines of JSONL, or rows of a table, with their places: what `pieces_of_lines` and
        `pieces_of_table` take.
    """
    n_bytes = sum(path.stat().st_size for path in posts.paths)
    part = max(LEAST_BYTES, n_bytes // (_PARTS_A_CORE * session.sparkContext.defaultParallelism))
    session.conf.set("spark.sql.files.maxPartitionBytes", str(part))
    if posts.shape.format == "jsonl":
        return _read_lines(session, posts)
    if posts.shape.format == "parquet":
        frame = _read_parquet(session, posts)
    else:
        frame = _read_cells(session, posts)
    return _spread(session, frame, posts)


def _read_lines(session: Any, posts: Input) -> Any:
    """Read lines as bytes: what is not UTF-8 is for our reader to judge."""
    from pyspark.sql import functions as sql

    frame = session.read.format("text").option("lineSep", "\n").load(_addresses(posts.paths))
    columns = [
        sql.col("value").cast("binary").alias(LINE),
        sql.col("_metadata.file_block_start").alias(START),
    ]
    return frame.select(*columns, *_file_column(posts))


def _read_cells(session: Any, posts: Input) -> Any:
    """Read CSV with our own parser, a task for each file."""
    from pyspark.sql.pandas.types import from_arrow_schema

    for name in ("maxPartitionBytes", "openCostInBytes"):
        session.conf.set(f"spark.sql.files.{name}", _WHOLE_FILES)
    schema = from_arrow_schema(cells_schema(len(posts.shape.columns)))
    return _read_lines(session, posts).mapInArrow(CellReader(posts.shape).__call__, schema)


def _read_parquet(session: Any, posts: Input) -> Any:
    """Read Parquet with the number of each row."""
    from pyspark.sql import functions as sql

    frame = session.read.parquet(*_addresses(posts.paths))
    columns = [
        sql.col(quoted(name)).alias(CELL.format(index))
        for index, name in enumerate(posts.shape.columns)
    ]
    row = sql.col("_metadata.row_index").alias(ROW)
    return frame.select(*columns, row, *_file_column(posts))


def _file_column(posts: Input) -> list[Any]:
    """Give the column of each row's file, where there are several."""
    from pyspark.sql import functions as sql

    return [sql.col("_metadata.file_path").alias(FILE)] if posts.shape.addresses else []


def _spread(session: Any, frame: Any, posts: Input) -> Any:
    """Give every core rows to judge, where the files have fewer parts than there are cores."""
    from pyspark.sql import functions as sql

    n_parts = min(posts.n_chunks, _PARTS_A_CORE * session.sparkContext.defaultParallelism)
    if posts.n_parts >= n_parts:
        return frame
    files = [FILE] if FILE in frame.columns else []
    chunk = sql.floor(sql.col(ROW) / CHUNK_ROWS)
    spread = frame.repartition(n_parts, *files, chunk)
    return spread.sortWithinPartitions(*files, ROW)


def _addresses(paths: tuple[Path, ...]) -> list[str]:
    """Spell paths so that Spark takes them for this machine's files, and for no pattern."""
    return ["file:" + _PATTERN.sub(r"\\\1", str(path.absolute())) for path in paths]


def quoted(name: str) -> str:
    """Spell a column's name as Spark's expressions take it.

    Examples
    --------
    >>> quoted("likes.count"), quoted("a`b")
    ('`likes.count`', '`a``b`')
    """
    return "`" + name.replace("`", "``") + "`"
