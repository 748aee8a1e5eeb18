"""What was done to a file, counted."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

#: So many rows of each matter are named: enough to look at, not a list to work through.
SHOWN_ROWS = 5


@dataclass(slots=True)
class ScoreSummary:
    """What was done to a file, counted.

    Attributes
    ----------
    text_column : str
        The column that was judged.
    date_column : str or None
        The column of days, where there is one.
    n_read : int
        Rows read, rejected ones with them.
    outcomes : Counter of str
        Rows judged, by outcome.
    rejected : Counter of str
        Rows left out, by reason.
    n_bad_dates : int
        Days that could not be read: judged by the law of the data's own day.
    bad_dates : list of str
        Where the first of them stand: the row as `RejectedRow.row` numbers it, the file before it
        where there are several.
    n_cut_cells : int
        Cells that XLSX could not hold whole.
    cut_rows : list of int
        The first rows of the output with such cells, the header being row 1.
    n_skipped_files : int
        Files of a folder or pattern that are empty or of another format.
    n_resumed : int
        Rows that an earlier run had judged, and this one took over.
    jobs : int
        Processes that judged.
    seconds : float
        How long it took.
    """

    text_column: str
    date_column: str | None
    n_read: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    rejected: Counter[str] = field(default_factory=Counter)
    n_bad_dates: int = 0
    bad_dates: list[str] = field(default_factory=list)
    n_cut_cells: int = 0
    cut_rows: list[int] = field(default_factory=list)
    n_skipped_files: int = 0
    n_resumed: int = 0
    jobs: int = 1
    seconds: float = 0.0

    def note_bad_dates(self, places: list[str]) -> None:
        """Count days that could not be read, and keep the first places."""
        self.n_bad_dates += len(places)
        self.bad_dates = [*self.bad_dates, *places][:SHOWN_ROWS]
