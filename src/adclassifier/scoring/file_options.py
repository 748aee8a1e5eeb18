"""How a file is read, judged and written."""

from __future__ import annotations

from dataclasses import dataclass

from adclassifier.errors import InputError

#: Most rows of a part, and so of a row group of Parquet: smaller ones read slowly.
PART_ROWS = 1 << 16


@dataclass(frozen=True, slots=True)
class FileOptions:
    """How a file is read and written; see `open_posts` and `open_writer`.

    Parameters
    ----------
    text_column, date_column : str or None
        Column of the text and of the day; by default the first that is called like one.
    split : {"paragraphs", "chat"} or None
        How a ``.txt`` is split.
    chunk_rows : int, default=4096
        Most rows that are judged at once; it changes no result.
    stdin_format, stdout_format : str, default="jsonl"
        Format of ``-``.
    overwrite : bool, default=False
        Whether an output that is there may be replaced.
    show_contacts : bool, default=False
        Whether the side file shows telephone numbers, links, e-mails and accounts.
    jobs : int, default=1
        Processes that judge; 1 is this one. It changes no result, and small inputs stay in this
        one.
    dedupe : bool, default=True
        Whether posts of a chunk with the same text and day are judged once.
    resume : bool, default=False
        Whether to go on where an interrupted run of the same input, model and options stopped.
    part_rows : int, default=65536, at most that
        Most rows of a part of the output: so many are judged anew after an interruption.

    Raises
    ------
    InputError
        If a number is out of range.
    """

    text_column: str | None = None
    date_column: str | None = None
    split: str | None = None
    chunk_rows: int = 4096
    stdin_format: str = "jsonl"
    stdout_format: str = "jsonl"
    overwrite: bool = False
    show_contacts: bool = False
    jobs: int = 1
    dedupe: bool = True
    resume: bool = False
    part_rows: int = PART_ROWS

    def __post_init__(self) -> None:
        if self.jobs < 1:
            raise InputError("jobs", str(self.jobs), "at least 1")
        if not 1 <= self.part_rows <= PART_ROWS:
            raise InputError("part_rows", str(self.part_rows), f"from 1 to {PART_ROWS}")
