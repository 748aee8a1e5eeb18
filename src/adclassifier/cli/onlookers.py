"""What watches while a file is judged: progress, the report, the posts to print."""

from __future__ import annotations

import heapq
import sys
import time
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

import pandas as pd

from adclassifier.classifier import AdClassifier
from adclassifier.cli.collecting import collect_usually
from adclassifier.cli.counts import describe
from adclassifier.entities import mask_contacts
from adclassifier.errors import InputError
from adclassifier.posts import parse_posted_at
from adclassifier.posts.atomic import exists_already
from adclassifier.posts.naming import choose_column
from adclassifier.report.wording import number
from adclassifier.scoring import FileOptions, OnChunk, ScoreOptions, ScoreSummary

if TYPE_CHECKING:
    from rich.progress import Progress as Bar

    from adclassifier.report import ReportCollector

#: Where there is no terminal: a line so often.
_LOG_SECONDS = 10.0
#: The report is a page; under another name it would be opened as something else.
_REPORT_ENDINGS = (".html", ".htm")


def check_report(path: Path, *, others: Iterable[str], overwrite: bool) -> None:
    """Raise before anything is computed where the report could not be written."""
    if path.suffix.lower() not in _REPORT_ENDINGS:
        raise InputError(str(path), f"unknown ending {path.suffix!r}", ".html or .htm")
    if path.is_dir() or not path.parent.is_dir():
        raise InputError(str(path), "no file can be made there", "a file in a folder that exists")
    if any(path.absolute() == Path(other).absolute() for other in others):
        raise InputError(str(path), "is the input or output too", "another name for the report")
    if path.exists() and not overwrite:
        raise exists_already(path)


def share_out(onlookers: Sequence[OnChunk]) -> OnChunk:
    """Make one function that gives a chunk to several."""

    def give(frame: pd.DataFrame, summary: ScoreSummary) -> None:
        for onlooker in onlookers:
            onlooker(frame, summary)

    return give


class Report:
    """Feeds the report; the columns are known with the first chunk.

    Parameters
    ----------
    classifier : AdClassifier
        What judges.
    source : str
        What is judged.
    options : ScoreOptions
        How.
    files : FileOptions
        Whether contacts are shown.
    """

    def __init__(
        self, classifier: AdClassifier, source: str, options: ScoreOptions, files: FileOptions
    ) -> None:
        self._classifier = classifier
        self._source = source
        self._authority = options.authority
        self._show_contacts = files.show_contacts
        self._collector: ReportCollector | None = None

    def add(self, frame: pd.DataFrame, summary: ScoreSummary) -> None:
        """Take in a chunk."""
        if self._collector is None:
            self._collector = self._start(frame, summary)
        self._collector.add(frame)

    def _start(self, frame: pd.DataFrame, summary: ScoreSummary) -> ReportCollector:
        """Find out which columns say where a post comes from."""
        from adclassifier.report import COLUMN_ROLES, ReportCollector

        names = [str(name) for name in frame.columns]
        roles = [role for role in COLUMN_ROLES if role != "posted_at"]
        found = {role: choose_column(role, names, None, self._source) for role in roles}
        found["posted_at"] = summary.date_column
        return ReportCollector(
            self._classifier.model,
            self._classifier.labels,
            text=summary.text_column,
            columns={role: name for role, name in found.items() if name is not None},
            source=self._source,
            generated_at=datetime.now(UTC),
            show_contacts=self._show_contacts,
            authority=self._authority,
        )

    def write(self, path: Path, *, overwrite: bool) -> None:
        """Write the page."""
        if self._collector is not None:
            self._collector.write(path, overwrite=overwrite)


class Flagged:
    """Keeps the flagged posts with the highest probability, for the terminal.

    Parameters
    ----------
    n_shown : int
        How many.
    """

    def __init__(self, n_shown: int) -> None:
        self._n_shown = n_shown
        self._n_seen = 0
        self._kept: list[tuple[float, int, str, str | None]] = []

    def add(self, frame: pd.DataFrame, summary: ScoreSummary) -> None:
        """Take in a chunk."""
        texts = frame[summary.text_column].tolist()
        dates = frame[summary.date_column].tolist() if summary.date_column else [None] * len(texts)
        outcomes, chances = frame["outcome"].tolist(), frame["p_violating"].tolist()
        for outcome, chance, text, date in zip(outcomes, chances, texts, dates, strict=True):
            self._n_seen += 1
            if outcome == "flag":
                heapq.heappush(self._kept, (chance, -self._n_seen, text, date))
        while len(self._kept) > self._n_shown:
            heapq.heappop(self._kept)

    def show(
        self,
        classifier: AdClassifier,
        options: ScoreOptions,
        *,
        show_contacts: bool,
        to_stderr: bool,
    ) -> None:
        """Print them, the likeliest first."""
        from rich.console import Console

        from adclassifier.cli.views import show_highlighted

        if not self._kept:
            return
        kept = sorted(self._kept, reverse=True)
        # a masked text has the canonical text of the original, and so the same prediction
        texts = [text if show_contacts else mask_contacts(text) for _, _, text, _ in kept]
        predictions = classifier.predict(
            texts,
            posted_at=[parse_posted_at(date) for *_, date in kept],
            min_severity=options.min_severity,
            prior=options.prior,
            authority=options.authority,
        )
        console = Console(highlight=False, stderr=to_stderr)
        for text, prediction in zip(texts, predictions, strict=True):
            show_highlighted(console, text, prediction)


class Progress:
    """A bar on a terminal, else a line now and then; both on stderr.

    Parameters
    ----------
    quiet : bool
        Print nothing at all.
    """

    def __init__(self, *, quiet: bool) -> None:
        self._quiet = quiet
        self._started = self._said = time.monotonic()
        self._bar: Bar | None = None
        if not quiet and sys.stderr.isatty():
            self._bar = _new_bar()
            self._task = self._bar.add_task("", total=None)

    def __enter__(self) -> Self:
        if self._bar is not None:
            self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def update(self, summary: ScoreSummary) -> None:
        """Show the counts so far; with the first of them, all is loaded."""
        collect_usually()
        speed = f"{number(round(summary.n_read / self._seconds()))} posts/s"
        if self._bar is not None:
            self._bar.update(self._task, completed=summary.n_read, description=speed, refresh=True)
        elif not self._quiet and time.monotonic() - self._said > _LOG_SECONDS:
            self._said = time.monotonic()
            print(f"{number(summary.n_read)} posts read, {speed}", file=sys.stderr)

    def _seconds(self) -> float:
        """Seconds since the beginning, never 0."""
        return max(time.monotonic() - self._started, 1e-3)

    def summarise(self, summary: ScoreSummary) -> None:
        """Print what was done."""
        if not self._quiet:
            for line in describe(summary):
                print(line, file=sys.stderr)


def _new_bar() -> Bar:
    """Build a bar for the terminal."""
    from rich import progress
    from rich.console import Console

    return progress.Progress(
        progress.SpinnerColumn(),
        progress.BarColumn(),
        progress.TextColumn("{task.completed} posts"),
        progress.TimeElapsedColumn(),
        progress.TextColumn("{task.description}"),
        console=Console(stderr=True),
        transient=True,
        auto_refresh=False,  # its thread would forbid forking
    )
