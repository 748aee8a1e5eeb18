"""`AdClassifier`: texts in, predictions out, same order and number."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from adclassifier.classifier.evidence import EvidenceHead
from adclassifier.classifier.heads import (
    OFFER,
    VIOLATING,
    LinearHeads,
    SubcodeHeads,
    log_odds,
)
from adclassifier.classifier.options import (
    PostedAt,
    PredictOptions,
    check_texts,
    provisions_of,
    read_days,
)
from adclassifier.classifier.phrases import EvidenceFinder
from adclassifier.classifier.prediction import Evidence, Prediction
from adclassifier.classifier.standing import standing_labels
from adclassifier.classifier.words import shown_words
from adclassifier.explain import fold_onto_words
from adclassifier.provisions import load_law
from adclassifier.signals import find_signals
from adclassifier.taxonomy import load_taxonomy
from adclassifier.text.language import is_readable
from adclassifier.text.normalize import Canonical, normalize


@dataclass(frozen=True, slots=True, eq=False)
class _Scored:
    """One readable text with its numbers."""

    text: str
    canonical: Canonical
    probabilities: Mapping[str, float]
    windows: NDArray[np.int32]


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
        listed = self._checked(texts)
        dates = read_days([None] * len(listed) if posted_at is None else posted_at)
        if len(dates) != len(listed):
            raise ValueError(f"expected {len(listed)} dates, one a text; got {len(dates)}")
        canonicals = [normalize(text) for text in listed]
        decisions, windows = self.heads.decisions([canonical.text for canonical in canonicals])
        probabilities = self._shift(self.heads.probabilities(decisions), prior)
        return [
            self._judge(
                _Scored(
                    text,
                    canonical,
                    dict(zip(self.heads.names, map(float, row), strict=True)),
                    where,
                ),
                date,
                options,
            )
            for text, canonical, row, where, date in zip(
                listed, canonicals, probabilities, windows, dates, strict=True
            )
        ]

    def predict_proba(self, texts: Iterable[str]) -> NDArray[np.float64]:
        """Give calibrated probabilities, without the refusal of unreadable texts.

        Returns
        -------
        ndarray of shape (n_texts, n_labels + 2), in [0, 1]
            Columns as ``heads.names``: the labels, "violating", "offer".
        """
        canonical = [normalize(text).text for text in self._checked(texts)]
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
        canonical = normalize(text)
        head = self.heads.names.index(label)
        _, windows = self.heads.decisions([canonical.text])
        start, end = map(int, windows[0, head])
        tokens = self.heads.tokens(canonical.text).window(start, end)
        bias, contributions, ranges = self.heads.contributions(tokens, head)
        words, chars = shown_words(text, canonical, tokens.spans)
        return bias, words, fold_onto_words(contributions, ranges, chars)

    def _checked(self, texts: Iterable[str]) -> list[str]:
        return check_texts(texts, self.max_chars)

    def _shift(
        self, probabilities: NDArray[np.float64], prior: float | None
    ) -> NDArray[np.float64]:
        """Move every head but "offer" to another share of violating posts (Bayes' rule)."""
        if prior is None:
            return probabilities
        if not 0.0 < prior < 1.0:
            raise ValueError(f"expected a prior inside (0, 1), got {prior}")
        ratio = prior * (1 - self.prior) / ((1 - prior) * self.prior)
        shifted = probabilities * ratio / (probabilities * ratio + 1.0 - probabilities)
        offer = self.heads.names.index(OFFER)
        shifted[:, offer] = probabilities[:, offer]
        return shifted

    def _judge(self, scored: _Scored, date: dt.date | None, options: PredictOptions) -> Prediction:
        if not is_readable(scored.canonical.text):
            return Prediction("unreadable", None, None, dict.fromkeys(self.labels))
        p_violating, p_offer = scored.probabilities[VIOLATING], scored.probabilities[OFFER]
        offer = p_offer >= self.thresholds[OFFER]
        shown = p_violating >= self.thresholds["review"]
        base = Prediction(
            "review" if shown else "clear",
            p_violating,
            p_offer,
            {label: scored.probabilities[label] for label in self.labels},
        )
        # a label that the ranking score does not bear out would stand at the end of every list
        found = self._findings(scored, options.min_severity) if offer and shown else {}
        if found:
            base = self._flag(base, scored, found, date, options)
        if base.outcome == "clear" and not options.all_signals:
            return base
        return replace(base, signals=find_signals(scored.text, scored.canonical, offer=offer))

    def _findings(self, scored: _Scored, min_severity: str | None) -> dict[str, tuple[str, ...]]:
        """Decided labels, the most dangerous first, each with its sub-codes."""
        taxonomy = load_taxonomy()
        p, least = scored.probabilities, self.thresholds
        above = [label for label in self.labels if p[label] >= least[label]]
        windows = {head: self._window(scored, head) for head in (*above, VIOLATING)}
        excess = {
            head: log_odds(p[head]) - log_odds(least["review" if head == VIOLATING else head])
            for head in windows
        }
        decided = standing_labels(scored.text, scored.canonical, self.heads, windows, excess)
        if not decided:
            return {}
        tokens = self.heads.tokens(scored.canonical.text)
        found: dict[str, tuple[str, ...]] = {}
        for label in taxonomy.danger_order(decided):
            rows, values, _ = self.heads.features(tokens.window(*self._window(scored, label)))
            chosen = self.subcodes.choose(label, rows, values)
            codes = tuple(
                code
                for code in chosen
                if min_severity is None or taxonomy.subcode(code).severity <= min_severity
            )
            # a label that was learnt without sub-codes has no severity that could be too low
            if codes or not chosen:
                found[label] = codes
        return found

    def _flag(
        self,
        base: Prediction,
        scored: _Scored,
        found: Mapping[str, tuple[str, ...]],
        date: dt.date | None,
        options: PredictOptions,
    ) -> Prediction:
        codes = tuple(code for label in found for code in found[label])
        return replace(
            base,
            outcome="flag",
            labels=tuple(found),
            subcodes=codes,
            severity=load_taxonomy().severity(codes),
            provisions=provisions_of(codes, date, authority=options.authority),
            evidence=self._evidence(scored, tuple(found)) if options.explain else (),
        )

    def _window(self, scored: _Scored, label: str) -> tuple[int, int]:
        start, end = scored.windows[self.heads.names.index(label)]
        return int(start), int(end)

    def _evidence(self, scored: _Scored, labels: tuple[str, ...]) -> tuple[Evidence, ...]:
        windows = {label: self._window(scored, label) for label in labels}
        finder = EvidenceFinder(self.heads, self.evidence)
        return finder.find(scored.text, scored.canonical, windows)
