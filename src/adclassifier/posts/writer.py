"""What all writers of posts share: columns, rows, and a file that is whole or not there."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from adclassifier.errors import InputError
from adclassifier.posts.output import ByteSink, Destination
from adclassifier.posts.rows import Rows


class PostWriter(ABC):
    """Posts on their way out; made by `open_writer`.

    As a context manager it finishes the file, or leaves nothing behind where an
    error ends the block.

    Attributes
    ----------
    n_rows : int
        Rows written so far.
    cut_cells : int
        Cells that XLSX could not hold whole (over 32,767 characters).
    cut_rows : set of int
        Their rows in the sheet, the header being row 1.
    """

    def __init__(self, destination: Destination) -> None:
        self._destination = destination
        self._sink = ByteSink(destination)
        self._names: tuple[str, ...] | None = None
        self.n_rows = 0
        self.cut_cells = 0
        self.cut_rows: set[int] = set()

    def _note_cut(self, row: int) -> None:
        """Count a cell that was cut."""
        self.cut_cells += 1
        self.cut_rows.add(row)

    def write(self, batch: Any, rows: Rows | None = None) -> None:
        """Write a chunk.

        Parameters
        ----------
        batch : pyarrow.RecordBatch
            Columns to add. Those that `rows` has too are taken from `rows`.
        rows : Rows, optional
            The chunk's `Chunk.rows`: the original rows, of the same number.
            ``rows.drop(names)`` takes columns out that the batch replaces. Without
            it, the batch is all there is.

        Raises
        ------
        InputError
            If there is no space, a JSONL row has a key that clashes with an added
            column, or one that this format has no column for.
        ValueError
            If the numbers of rows differ, or the columns from those before.
        """
        if rows is not None and len(rows) != batch.num_rows:
            raise ValueError(f"{batch.num_rows} rows to add to {len(rows)} rows")
        kept = () if rows is None else rows.columns
        added = [name for name in batch.schema.names if name not in kept]
        try:
            self._write(rows, kept, batch.select(added))
        except OSError as error:
            if self._destination.path is None:  # a closed pipe is the caller's to judge
                raise
            raise self._not_written(error) from error
        self.n_rows += batch.num_rows

    @abstractmethod
    def _write(self, rows: Rows | None, kept: Sequence[str], added: Any) -> None:
        """Write the kept columns of the rows, and the added ones."""

    def _finish(self) -> None:  # noqa: B027 (lines need nothing after the last)
        """Write what comes after the last row."""

    def close(self, path: Path | None = None) -> None:
        """Finish the file and give it its name; without a write, leave no file.

        Parameters
        ----------
        path : Path, optional
            Another name, in the same file system.

        Raises
        ------
        OutputExistsError
            If a file of that name appeared meanwhile and may not be replaced.
        """
        if self._names is None:
            self.abort()
            return
        try:
            self._finish()
            self._sink.commit(path)
        except BaseException as error:
            self.abort()
            if isinstance(error, OSError) and not isinstance(error, InputError):
                raise self._not_written(error) from error
            raise

    def abort(self) -> None:
        """Leave nothing behind."""
        self._sink.abort()

    def _not_written(self, error: OSError) -> InputError:
        return InputError(
            self._destination.name, f"cannot be written ({error})", "space on a disk you may use"
        )

    def _is_first(self, names: Iterable[str]) -> bool:
        """Tell whether this is the first chunk; later ones must have its columns."""
        names = tuple(names)
        first = self._names is None
        if not first and names != self._names:
            raise ValueError(f"columns {names} after {self._names}")
        self._names = names
        return first

    def _refuse_late_keys(self, rows: Rows | None) -> None:
        """Raise InputError where a row has a key without a column: nothing is lost silently."""
        late_key = None if rows is None else rows.find_late_key()
        if late_key is not None:
            raise InputError(
                self._destination.name,
                f"a later row has the key {late_key!r}, which has no column",
                "JSONL output, or columns scanned beforehand",
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if kind is None:
            self.close()
        else:
            self.abort()
