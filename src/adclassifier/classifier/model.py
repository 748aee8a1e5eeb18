"""`AdClassifier`: texts in, predictions out, same order and number."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from adclassifier.classifier import bulk
from adclassifier.classifier.evidence import EvidenceHead
from adclassifier.classifier.heads import OFFER, VIOLATING, LinearHeads
from adclassifier.classifier.json_rows import write_rows
from adclassifier.classifier.judging import DayOf, Judgements, Scores, TextOf
from adclassifier.classifier.options import PostedAt, PredictOptions, check_texts, read_days
from adclassifier.classifier.prediction import Prediction
from adclassifier.classifier.priors import shift_prior
from adclassifier.classifier.shown_rows import CanonicalOf, RowJudge
from adclassifier.classifier.splitting import split_log_odds
from adclassifier.classifier.subcodes import SubcodeHeads
from adclassifier.provisions import load_law
from adclassifier.text.language import is_readable
from adclassifier.text.late import LateCanonical
from adclassifier.text.normalize import Canonical, normalize


@dataclass(frozen=True, eq=False)
class AdClassifier:
    """A fitted model: a frozen value.

    Parameters
    ----------
    name : str
        Name of the bundle.
    labels : tuple of str
        Codes in the order of the taxonomy; the heads are these, then "violating" and "offer".
    heads : LinearHeads
    subcodes : SubcodeHeads
    thresholds : mapping of str to float, in [0, 1]
        One a label; "offer"; "review", compared with the probability of violating.
    prior : float, in (0, 1)
        Share of violating posts that the calibration assumes.
    max_chars : int
        Longest text that is judged.
    card : mapping
        Figures and provenance, as the bundle stores them.
    evidence : EvidenceHead, optional
        What is shown as evidence; without it, the words that speak most for a label.
    content_hash : str
        64 hexadecimal digits that name the stored content; empty before it is saved.

    Examples
    --------
    >>> from adclassifier import load
    >>> classifier = load()                                          # doctest: +SKIP
    >>> classifier.predict(["Nhận làm bằng lái xe, không cần thi"])  # doctest: +SKIP
    """

    name: str
    labels: tuple[str, ...]
    heads: LinearHeads
    subcodes: SubcodeHeads
    thresholds: Mapping[str, float]
    prior: float
    max_chars: int = 100_000
    card: Mapping[str, Any] = field(default_factory=dict, repr=False)
    evidence: EvidenceHead | None = None
    content_hash: str = ""

    @property
    def model(self) -> str:
        """Bundle name @ first twelve digits of the content hash."""
        return f"{self.name}@{self.content_hash[:12]}"

    @property
    def law_as_of(self) -> dt.date:
        """Day of the law that texts without a date are judged by."""
        return load_law().as_of

    def predict(
        self,
        texts: Iterable[str],
        *,
        posted_at: Sequence[PostedAt] | None = None,
        explain: bool = True,
        all_signals: bool = False,
        min_severity: str | None = None,
        prior: float | None = None,
        authority: bool = False,
    ) -> list[Prediction]:
        """Judge texts.

        Parameters
        ----------
        texts : iterable of str
            A list, a `pandas.Series`, a generator; not a single string, a mapping or a table. A
            missing text (None, NaN) raises here; `score_frame` calls it unreadable, `score_file`
            rejects its row.
        posted_at : sequence of (date, datetime, str, int, float or None), optional
            Day of each post, as `posts.parse_posted_at` reads it: decides which provisions are
            named.
        explain, all_signals, min_severity, prior, authority
            See `PredictOptions`.

        Returns
        -------
        list of Prediction
            One a text, in order.

        Raises
        ------
        InvalidTextError
            If a text is no string or longer than ``max_chars``.
        InputError
            If a day cannot be read.
        ValueError
            If ``texts`` is one string, a mapping or a table, ``posted_at`` has another length, or
            ``prior`` is not inside (0, 1).
        """
        options = PredictOptions(explain, all_signals, min_severity, prior, authority)
        return self._judge_dated(texts, posted_at, options).predictions()

    def predict_json(
        self,
        texts: Iterable[str],
        *,
        posted_at: Sequence[PostedAt] | None = None,
        explain: bool = True,
    ) -> list[bytes]:
        """Judge texts as `predict` does, and write what `Prediction.as_row` gives of each as JSON.

        Without ``explain`` there is no column of evidence.
        """
        judged = self._judge_dated(texts, posted_at, PredictOptions(explain))
        return write_rows(judged, self.model, evidence=explain)

    def _judge_dated(
        self, texts: Iterable[str], dates: Sequence[PostedAt] | None, options: PredictOptions
    ) -> Judgements:
        """Check texts and dates, and judge."""
        listed = self._checked(texts)
        days = None if dates is None else read_days(dates, len(listed))
        return self.judge(listed, options, days.__getitem__ if days else None)

    def judge(
        self,
        texts: Sequence[str],
        options: PredictOptions,
        day_of: DayOf | None = None,
        *,
        n_threads: int = 1,
    ) -> Judgements:
        """Judge texts without an object for each of them: what `predict` is made of.

        Parameters
        ----------
        texts : sequence of str
            Checked (`check_texts`).
        options : PredictOptions
        day_of : callable, optional
            Gives the day of a text's post by its number; asked only for what is shown.
        n_threads : int, default=1
            Threads that read and score many texts; what is said of them is the same.

        Raises
        ------
        ValueError
            If the prior is not inside (0, 1).
        """
        if bulk.pays(self.heads, len(texts)):
            arrow = bulk.to_arrow(texts)
            return self._judge_in_bulk(arrow, texts.__getitem__, options, day_of, n_threads)
        canonicals = [normalize(text) for text in texts]
        written = [canonical.text for canonical in canonicals]
        decisions, windows = self.heads.decisions(written)
        readable = np.fromiter(map(is_readable, written), np.bool_, len(written))
        scores = Scores(self.heads.probabilities(decisions), windows, readable)
        return self.judge_scores(
            scores,
            texts.__getitem__,
            options,
            day_of=day_of,
            canonical_of=lambda row, _: canonicals[row],
        )

    def judge_arrow(
        self,
        texts: Any,
        options: PredictOptions,
        day_of: DayOf | None = None,
        *,
        n_threads: int = 1,
    ) -> Judgements:
        """Judge Arrow strings; see `judge`.

        Parameters
        ----------
        texts : pyarrow.StringArray or LargeStringArray
            Checked; a null is unreadable.
        options, day_of, n_threads
            See `judge`.
        """
        if not bulk.pays(self.heads, len(texts)):
            return self.judge([text or "" for text in texts.to_pylist()], options, day_of)

        def text_of(row: int) -> str:
            return texts[row].as_py() or ""

        return self._judge_in_bulk(texts, text_of, options, day_of, n_threads)

    def _judge_in_bulk(
        self,
        texts: Any,
        text_of: TextOf,
        options: PredictOptions,
        day_of: DayOf | None,
        n_threads: int,
    ) -> Judgements:
        """Judge Arrow strings with compiled code; ``text_of`` gives a text as it was written."""

        def is_shown(decisions: NDArray[np.float64]) -> NDArray[np.bool_]:
            shown = self._shift(self.heads.probabilities(decisions), options.prior)
            least = 0.0 if options.all_signals else self.thresholds["review"]
            return np.asarray(shown[:, self.heads.names.index(VIOLATING)] >= least)

        def canonical_of(row: int, text: str) -> Canonical:
            return LateCanonical(text, *written[row]) if row in written else normalize(text)

        scores, written = bulk.score(self.heads, texts, n_threads=n_threads, keep=is_shown)
        return self.judge_scores(scores, text_of, options, day_of=day_of, canonical_of=canonical_of)

    def warm(self) -> None:
        """Load what judging needs, so that the first text does not wait for it."""
        bulk.warm(self.heads)
        self.judge(["mua thuốc giảm cân"], PredictOptions())

    def judge_scores(
        self,
        scores: Scores,
        text_of: TextOf,
        options: PredictOptions,
        *,
        day_of: DayOf | None = None,
        canonical_of: CanonicalOf | None = None,
    ) -> Judgements:
        """Judge texts whose scores are known, whoever added them up; see `RowJudge.judge`."""
        probabilities = self._shift(scores.probabilities, options.prior)
        judge = RowJudge(self.heads, self.subcodes, self.thresholds, self.evidence, options)
        return judge.judge(
            replace(scores, probabilities=probabilities),
            text_of,
            day_of=day_of,
            canonical_of=canonical_of,
        )

    def predict_proba(self, texts: Iterable[str]) -> NDArray[np.float64]:
        """Give calibrated probabilities, without the refusal of unreadable texts.

        Returns
        -------
        ndarray of shape (n_texts, n_labels + 2), in [0, 1]
            Columns as ``heads.names``: the labels, "violating", "offer".
        """
        listed = self._checked(texts)
        if bulk.pays(self.heads, len(listed)):
            return bulk.score(self.heads, bulk.to_arrow(listed))[0].probabilities
        canonical = [normalize(text).text for text in listed]
        return self.heads.probabilities(self.heads.decisions(canonical)[0])

    def log_odds(
        self, text: str, label: str
    ) -> tuple[float, list[tuple[int, int]], NDArray[np.float64]]:
        """Split the log-odds of a label over the words of the window that speaks most for it.

        Parameters
        ----------
        text : str
        label : str
            A head: a label's code, "violating" or "offer".

        Returns
        -------
        bias : float
        words : list of (start, end)
            underthesea's words, as ranges of the original text.
        contributions : ndarray of shape (n_words,), float64
            σ(bias + Σ contributions) is the probability of `predict_proba`.
        """
        return split_log_odds(self.heads, text, label)

    def _checked(self, texts: Iterable[str]) -> list[str]:
        return check_texts(texts, self.max_chars)

    def _shift(self, probabilities: NDArray[Any], prior: float | None) -> NDArray[np.float64]:
        fixed = self.heads.names.index(OFFER)
        return shift_prior(probabilities, self.prior, prior, fixed=fixed)
