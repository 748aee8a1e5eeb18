"""Collect scored posts chunk by chunk, and write one page for inspectors."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from adclassifier.posts.atomic import AtomicFile
from adclassifier.posts.dates import VIETNAM
from adclassifier.provisions import load_law
from adclassifier.report import charts
from adclassifier.report.pages import fill
from adclassifier.report.post_views import PostView, Viewer
from adclassifier.report.ranking import Kept, TopPosts
from adclassifier.report.scored_posts import COLUMN_ROLES, read_scored_posts
from adclassifier.report.tallies import Tallies
from adclassifier.report.wording import day, number, visible

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["COLUMN_ROLES", "ReportCollector"]


class ReportCollector:
    """Counts scored posts, keeps the most urgent, and writes a report in Vietnamese.

    Memory depends on ``most_flagged`` and ``most_review``, not on the number of posts.

    Parameters
    ----------
    classifier_model : str
        Which model judged, ``AdClassifier.model``.
    labels : sequence of str
        Codes of its labels, whose ``p_<label>`` columns are read.
    text : str, default="text"
        Column of the text.
    columns : mapping of str to str, optional
        Columns of the frame by role: ``id platform account url posted_at``, those that there are.
    source : str, default=""
        What was judged, such as a file's name, for the head of the page.
    generated_at : datetime, optional
        When, for the head of the page; without a zone it is Vietnam's.
    show_contacts : bool, default=False
        Show phone numbers, links, e-mails and accounts instead of masking them.
    authority : bool, default=False
        Show hints of the Penal Code.
    most_flagged, most_review : int, default=500, 50
        Most posts shown with signs, and to look at again.

    Examples
    --------
    >>> collector = ReportCollector("default@0123456789ab", ["medicine"])
    >>> "Báo cáo dấu hiệu vi phạm trong quảng cáo" in collector.page()
    True
    """

    def __init__(
        self,
        classifier_model: str,
        labels: Sequence[str],
        *,
        text: str = "text",
        columns: Mapping[str, str] | None = None,
        source: str = "",
        generated_at: dt.datetime | None = None,
        show_contacts: bool = False,
        authority: bool = False,
        most_flagged: int = 500,
        most_review: int = 50,
    ) -> None:
        self._model = classifier_model
        self._labels = tuple(labels)
        self._text = text
        self._columns = dict(columns or {})
        self._source = source
        self._generated_at = generated_at
        self._viewer = viewer = Viewer(show_contacts, authority)
        self._tallies = Tallies()
        self._flagged: TopPosts[PostView] = TopPosts(most_flagged, viewer.view, viewer.place)
        self._review: TopPosts[PostView] = TopPosts(most_review, viewer.view, viewer.place)

    def add(self, frame: pd.DataFrame) -> None:
        """Take in a scored chunk.

        Parameters
        ----------
        frame : pandas.DataFrame of shape (n_posts, n_columns)
            Input columns and the columns that scoring adds, lists in Python; ``evidence`` may be
            absent. Not changed.

        Raises
        ------
        InputError
            If the text column or one of the added columns is missing.
        """
        posts = read_scored_posts(
            frame, text=self._text, columns=self._columns, labels=self._labels
        )
        for post in posts:
            self._tallies.add(post)
            if post.outcome == "flag":
                self._flagged.offer(post)
            elif post.outcome == "review":
                self._review.offer(post)

    def page(self) -> str:
        """Give the report as one HTML page: no script, nothing fetched from elsewhere."""
        law, tallies = load_law(), self._tallies
        flagged, review = self._flagged.ranked(), self._review.ranked()
        return fill(
            "report.html",
            model=visible(self._model),
            source=visible(self._source),
            generated=_moment(self._generated_at),
            as_of=day(law.as_of),
            fine_note=law.fine_note,
            n_posts=number(tallies.n_posts),
            outcomes={name: number(tallies.outcomes[name]) for name in _OUTCOMES},
            labels=charts.label_bars(tallies),
            subcodes=charts.subcode_bars(tallies),
            severities=charts.severity_bars(tallies),
            signals=charts.signal_bars(tallies),
            platforms=charts.platform_stacks(tallies),
            time=charts.timeline(tallies),
            n_without_day=charts.n_without_day(tallies),
            flagged=flagged,
            review=review,
            n_left_out=_left_out(flagged, tallies.outcomes["flag"]),
            n_review_left_out=_left_out(review, tallies.outcomes["review"]),
            show_contacts=self._viewer.show_contacts,
        )

    def write(self, path: str | Path, *, overwrite: bool = False) -> None:
        """Write the report as a file that is whole or not there at all.

        Parameters
        ----------
        path : str or Path
            Where.
        overwrite : bool, default=False
            Whether a file of that name may be replaced.

        Raises
        ------
        InputError
            If the folder is missing or cannot be written to.
        OutputExistsError
            If there is a file and it may not be replaced.
        """
        content = self.page().encode("utf-8")
        file = AtomicFile(Path(path), overwrite=overwrite)
        try:
            file.stream.write(content)
        except BaseException:
            file.abort()
            raise
        file.commit()


_OUTCOMES = ("flag", "review", "clear", "unreadable")


def _moment(generated_at: dt.datetime | None) -> str:
    """Write when the page was made, in Vietnam's time; nothing when it is not said."""
    if generated_at is None:
        return ""
    local = generated_at.astimezone(VIETNAM) if generated_at.tzinfo else generated_at
    return f"{local:%H:%M} ngày {day(local)} (giờ Việt Nam)"


def _left_out(shown: Sequence[Kept[PostView]], n_posts: int) -> int:
    """Count the posts that are not shown, not even as a copy."""
    return n_posts - sum(1 + kept.n_copies for kept in shown)
