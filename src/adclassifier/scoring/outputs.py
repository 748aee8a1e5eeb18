"""Where judged rows go, and what is counted of them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from adclassifier.posts import PostWriter, RejectedRow, RejectedWriter, Rows
from adclassifier.scoring.summary import SHOWN_ROWS


@dataclass(slots=True)
class Tally:
    """What is counted of rows.

    Attributes
    ----------
    rows : int
    outcomes : Counter of str
    n_bad_dates : int
    bad_dates : list of str
        Where the first of them stand.
    """

    rows: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    n_bad_dates: int = 0
    bad_dates: list[str] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        """Count more rows."""
        self.rows += other.rows
        self.outcomes.update(other.outcomes)
        self.n_bad_dates += other.n_bad_dates
        self.bad_dates = [*self.bad_dates, *other.bad_dates][:SHOWN_ROWS]


@dataclass(frozen=True, slots=True)
class Written:
    """What an earlier run has written: nothing, unless it was interrupted and is resumed."""

    n_parts: int = 0
    n_rejected: int = 0
    tally: Tally = field(default_factory=Tally)


class Output(ABC):
    """Judged rows on their way out, and those that were rejected.

    As a context manager it puts the files in their places, or leaves nothing half-written where an
    error ends the block.
    """

    written = Written()

    @abstractmethod
    def write(self, part: int, rows: Rows, added: Any, tally: Tally) -> None:
        """Write rows that belong to a part, in order."""

    @abstractmethod
    def reject(self, part: int, rejected: Iterable[RejectedRow]) -> None:
        """Write rows aside."""

    @abstractmethod
    def finish(self) -> None:
        """Put the files in their places."""

    @abstractmethod
    def abort(self) -> None:
        """Leave nothing half-written."""

    def cut_cells(self) -> tuple[int, Iterable[int]]:
        """Count the cells that XLSX could not hold whole, and name their rows."""
        return 0, ()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if kind is not None:
            self.abort()
            return
        try:
            self.finish()
        except BaseException:
            self.abort()
            raise


class SingleOutput(Output):
    """A file in one piece, or standard output.

    Parameters
    ----------
    writer : PostWriter
        Takes the rows.
    rejected : RejectedWriter or None
        Takes those that were rejected; None leaves them out.
    """

    def __init__(self, writer: PostWriter, rejected: RejectedWriter | None) -> None:
        self._writer = writer
        self._rejected = rejected

    def write(self, part: int, rows: Rows, added: Any, tally: Tally) -> None:
        """Write rows."""
        self._writer.write(added, rows)

    def reject(self, part: int, rejected: Iterable[RejectedRow]) -> None:
        """Write rows aside."""
        if self._rejected is not None:
            self._rejected.write(rejected)

    def cut_cells(self) -> tuple[int, Iterable[int]]:
        """Count the cells that XLSX could not hold whole, and name their rows."""
        return self._writer.cut_cells, self._writer.cut_rows

    def finish(self) -> None:
        """Put the files in their places; without a row, the side file only."""
        if self._rejected is not None:
            self._rejected.close()
        self._writer.close()

    def abort(self) -> None:
        """Leave nothing behind."""
        self._writer.abort()
        if self._rejected is not None:
            self._rejected.abort()
