"""Judge a batch, a frame or a file: the same columns everywhere."""

from __future__ import annotations

from adclassifier.scoring.batch import score_batch
from adclassifier.scoring.file_job import OnChunk
from adclassifier.scoring.file_options import FileOptions
from adclassifier.scoring.files import score_file
from adclassifier.scoring.frames import score_frame
from adclassifier.scoring.options import ScoreOptions, added_schema
from adclassifier.scoring.summary import ScoreSummary

__all__ = [
    "FileOptions",
    "OnChunk",
    "ScoreOptions",
    "ScoreSummary",
    "added_schema",
    "score_batch",
    "score_file",
    "score_frame",
]
