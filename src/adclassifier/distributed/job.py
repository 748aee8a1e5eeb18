"""Judge a file on a cluster."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from adclassifier.bundle import find_bundle, load
from adclassifier.distributed.cluster import Cluster, open_session, require_spark
from adclassifier.distributed.failures import said_plainly
from adclassifier.distributed.frames import read_rows
from adclassifier.distributed.gathering import Block, Index, in_order, open_merged, rejected_rows
from adclassifier.distributed.judging import BLOCKS, RowJudge
from adclassifier.distributed.reading import Input, look_at
from adclassifier.distributed.shipping import ship
from adclassifier.entities import mask_contacts
from adclassifier.posts import open_rejected
from adclassifier.scoring import FileOptions, ScoreOptions, ScoreSummary
from adclassifier.scoring.files import OnProgress, nothing_judged


def score_with_spark(
    source: str | Path,
    output: str | Path,
    model: str | Path | None = None,
    options: ScoreOptions | None = None,
    files: FileOptions | None = None,
    *,
    cluster: Cluster | None = None,
    sha256: str | None = None,
    on_progress: OnProgress | None = None,
) -> ScoreSummary:
    """Judge the posts of a file, folder or pattern on a cluster; write what `score_file` writes.

    The driver and every worker must see the input under the same path; only the driver writes.
    Workers keep their results on their disks until the driver has taken them: one that is lost is
    replaced by Spark, and its rows are judged again.

    Parameters
    ----------
    source : str or Path
        ``.parquet``, or UTF-8 ``.jsonl .csv .tsv`` (also with ``.gz``); a folder or a pattern of
        files of one format.
    output : str or Path
        ``.parquet .jsonl .csv .tsv``: one file, rows in the order of the input.
    model : str or Path, optional
        See `adclassifier.bundle.load`, as for `sha256`.
    options : ScoreOptions, optional
        How posts are judged.
    files : FileOptions, optional
        How files are read and written.
    cluster : Cluster, optional
        Which cluster; by default the session that is running, or what ``spark-submit`` says.
    on_progress : callable, optional
        Is called with the counts when all is judged.

    Returns
    -------
    ScoreSummary
        The counts.

    Raises
    ------
    InputError
        As `score_file`; also if Spark cannot read the input as we do, or a cluster fails.
    MissingExtraError
        If pyspark is not installed.
    BundleError
        If the bundle cannot be used, here or on a worker.
    """
    options, files = options or ScoreOptions(), files or FileOptions()
    cluster = cluster or Cluster()
    started = time.monotonic()
    require_spark()
    folder = find_bundle(model)
    classifier = load(folder, sha256=sha256)
    posts = look_at(source, output, classifier, options, files)
    summary = ScoreSummary(
        posts.options.text_column,
        posts.options.posted_at_column,
        n_skipped_files=posts.n_skipped,
    )
    mask = None if files.show_contacts else mask_contacts
    where = f"spark {cluster.master or ''}".strip()
    with open_merged(output, overwrite=files.overwrite, inputs=posts.paths) as add:
        with (
            open_rejected(output, mask=mask, overwrite=files.overwrite) as side_file,
            said_plainly(where),
            open_session(cluster, files.chunk_rows) as session,
            tempfile.TemporaryDirectory(prefix="adclassifier-") as aside,
        ):
            summary.jobs = session.sparkContext.defaultParallelism
            judge = RowJudge(
                ship(session.sparkContext, folder, classifier.content_hash, cluster),
                posts.options,
                posts.shape,
                Path(output).name.removesuffix(".gz").removesuffix(".zst"),
                posts.source_column,
                posts.replaced,
                files.dedupe,
            )
            with _judged(session, posts, judge) as blocks:
                index = Index.of(blocks.drop("output", "rejected").collect())
                index.summarise(summary, posts.shape.names)
                if on_progress is not None:
                    on_progress(summary)
                rows = map(Block.of, blocks.toLocalIterator(prefetchPartitions=True))
                for block in in_order(rows, index.places, Path(aside)):
                    side_file.write(rejected_rows(block, index, posts.shape.names))
                    if block.output:
                        add(block.output)
        if not summary.outcomes:
            raise nothing_judged(source, output, summary)
    summary.seconds = time.monotonic() - started
    return summary


@contextmanager
def _judged(session: Any, posts: Input, judge: RowJudge) -> Iterator[Any]:
    """Describe the work to Spark, which keeps the result on the workers' disks until the end."""
    from pyspark import StorageLevel

    rows = read_rows(session, posts)
    blocks = rows.mapInArrow(judge.__call__, BLOCKS).persist(StorageLevel.DISK_ONLY)
    try:
        yield blocks
    finally:
        blocks.unpersist()
