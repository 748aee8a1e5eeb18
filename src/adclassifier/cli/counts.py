"""Say in words what was done to a file."""

from __future__ import annotations

from collections.abc import Sequence

from adclassifier.report.wording import number
from adclassifier.scoring import ScoreSummary


def describe(summary: ScoreSummary) -> list[str]:
    """Say what was done to a file, a line a matter.

    Examples
    --------
    >>> from collections import Counter
    >>> done = ScoreSummary("caption", None, 3, Counter(flag=1, clear=1), Counter(no_text=1))
    >>> done.n_cut_cells, done.cut_rows = 2, [3]
    >>> for line in describe(done):
    ...     print(line)
    text in column 'caption'; no column of days, so the law of the data's own day
    3 rows read: 1 flagged, 0 to review, 1 clear, 0 unreadable, 1 rejected (1 no_text)
    2 cells cut, since XLSX holds no more: row 3 of the output
    >>> done.seconds, done.jobs = 0.0015, 2
    >>> describe(done)[-1]
    '2.000 posts/s, 2 jobs'
    """
    days = (
        f"days in column {summary.date_column!r}"
        if summary.date_column
        else "no column of days, so the law of the data's own day"
    )
    outcomes = summary.outcomes
    counts = (
        f"{number(outcomes['flag'])} flagged, {number(outcomes['review'])} to review, "
        f"{number(outcomes['clear'])} clear, {number(outcomes['unreadable'])} unreadable, "
        f"{number(sum(summary.rejected.values()))} rejected"
    )
    reasons = ", ".join(f"{number(n)} {reason}" for reason, n in summary.rejected.items())
    return [
        f"text in column {summary.text_column!r}; {days}",
        f"{count(summary.n_read, 'row')} read: {counts}" + (f" ({reasons})" if reasons else ""),
        *_notes(summary),
        *_pace(summary),
    ]


def _pace(summary: ScoreSummary) -> list[str]:
    """Say how fast it went, without the rows that an earlier run had judged."""
    if not summary.seconds:
        return []
    rate = (summary.n_read - summary.n_resumed) / summary.seconds
    pace = f"{number(round(rate))} posts/s, {count(summary.jobs, 'job')}"
    earlier = f"; {count(summary.n_resumed, 'row')} judged by the earlier run"
    return [pace + (earlier if summary.n_resumed else "")]


def _notes(summary: ScoreSummary) -> list[str]:
    """Say what the user may not have expected."""
    bad, cut, skipped = summary.n_bad_dates, summary.n_cut_cells, summary.n_skipped_files
    return [
        line
        for n, line in (
            (
                bad,
                f"{count(bad, 'day')} in column {summary.date_column!r} not understood, so the law "
                f"of the data's own day: {_rows(summary.bad_dates, bad)}",
            ),
            (
                cut,
                f"{count(cut, 'cell')} cut, since XLSX holds no more: "
                f"{_rows(summary.cut_rows, cut)} of the output",
            ),
            (skipped, f"{count(skipped, 'file')} skipped: empty or of another format"),
        )
        if n
    ]


def count(n: int, noun: str) -> str:
    """Write a number with its noun.

    Examples
    --------
    >>> count(1, "file"), count(1200, "cell")
    ('1 file', '1.200 cells')
    """
    return f"{number(n)} {noun}" + ("" if n == 1 else "s")


def _rows(places: Sequence[object], n: int) -> str:
    """Name rows, and say that there may be more than are named."""
    noun = "row" if len(places) == 1 else "rows"
    more = " …" if n > len(places) > 1 else ""
    return f"{noun} {', '.join(map(str, places))}{more}"
