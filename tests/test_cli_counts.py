"""What `score` says at its end."""

from __future__ import annotations

import pytest

from adclassifier.cli.counts import describe
from adclassifier.scoring import ScoreSummary

DAYS = "in column 'date' not understood, so the law of the data's own day"
CUT = "cut, since XLSX holds no more"
SKIPPED = "skipped: empty or of another format"


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"n_bad_dates": 1, "bad_dates": ["7"]}, f"1 day {DAYS}: row 7"),
        ({"n_bad_dates": 2, "bad_dates": ["7", "a.csv:9"]}, f"2 days {DAYS}: rows 7, a.csv:9"),
        ({"n_bad_dates": 9, "bad_dates": [*"12345"]}, f"9 days {DAYS}: rows 1, 2, 3, 4, 5 …"),
        ({"n_cut_cells": 1, "cut_rows": [4]}, f"1 cell {CUT}: row 4 of the output"),
        ({"n_cut_cells": 3, "cut_rows": [4]}, f"3 cells {CUT}: row 4 of the output"),
        (
            {"n_cut_cells": 9, "cut_rows": [1, 2, 3, 4, 5]},
            f"9 cells {CUT}: rows 1, 2, 3, 4, 5 … of the output",
        ),
        ({"n_skipped_files": 1}, f"1 file {SKIPPED}"),
        ({"n_skipped_files": 1200}, f"1.200 files {SKIPPED}"),
    ],
)
def test_describe_says_what_was_not_expected(changes, line):
    lines = describe(ScoreSummary("text", "date", 5, **changes))
    assert lines[2:] == [line]


def test_describe_says_nothing_of_what_did_not_happen():
    assert len(describe(ScoreSummary("text", "date", 5))) == 2


@pytest.mark.parametrize(("n", "words"), [(0, "0 rows"), (1, "1 row"), (2, "2 rows")])
def test_describe_counts_rows_as_people_do(n, words):
    assert describe(ScoreSummary("text", None, n))[1].startswith(f"{words} read: ")
