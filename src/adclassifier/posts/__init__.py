"""Unlabelled posts, in and out: any table, any size, one bad row at a time.

`open_posts` reads chunks, `open_writer` writes them back with columns added, `open_rejected` keeps
account of the rows that could not be judged, `read_posts` gives a `pandas.DataFrame`.
"""

from adclassifier.posts.chunks import Chunk
from adclassifier.posts.dates import parse_posted_at
from adclassifier.posts.frames import read_posts
from adclassifier.posts.reader import PostReader, open_posts
from adclassifier.posts.rejects import Reason, RejectedRow, RejectedWriter, open_rejected
from adclassifier.posts.rows import Rows
from adclassifier.posts.writer import PostWriter
from adclassifier.posts.writers import open_writer

__all__ = [
    "Chunk",
    "PostReader",
    "PostWriter",
    "Reason",
    "RejectedRow",
    "RejectedWriter",
    "Rows",
    "open_posts",
    "open_rejected",
    "open_writer",
    "parse_posted_at",
    "read_posts",
]
