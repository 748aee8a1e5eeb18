"""Show as a page why texts were judged as they were."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from adclassifier.classifier import AdClassifier, Prediction
from adclassifier.classifier.counterfactual import Counterfactual
from adclassifier.provisions import NO_BASIS, load_law
from adclassifier.report.citations import READ_MARK
from adclassifier.report.counterfactual import (
    LAWFUL_TITLE,
    NOTE,
    REMOVED_TITLE,
    CounterfactualView,
    counterfactual_view,
)
from adclassifier.report.cues import CUES_NOTE, CUES_TITLE, CuesView, CueView, cues_views
from adclassifier.report.pages import fill
from adclassifier.report.passages import (
    Contact,
    Mark,
    Piece,
    choose_ranges,
    cut_passage,
    find_contacts,
    quote,
)
from adclassifier.report.reasons import Reason, find_reasons
from adclassifier.report.wording import OUTCOME_NAMES, day, percent, signed, visible
from adclassifier.taxonomy import load_taxonomy

#: Shades of colour for contributions, by share of the strongest.
_SHADES = 4
_MOST_WORDS = 8


@dataclass(frozen=True, slots=True)
class ColoredPiece:
    """A piece of the text, its colour class (empty for none) and what its contribution is."""

    piece: Piece
    shade: str
    contribution: str


@dataclass(frozen=True, slots=True)
class ReasonView:
    """One label's sum in words."""

    name: str
    decided: bool
    bias: str
    total: str
    log_odds: str
    probability: str
    shifted: str
    pieces: tuple[ColoredPiece, ...]
    words: tuple[tuple[tuple[Piece, ...], str], ...]


@dataclass(frozen=True, slots=True)
class QuotedCues:
    """The cues of a head, each with its words, contacts masked."""

    view: CuesView
    cues: tuple[tuple[tuple[Piece, ...], CueView], ...]


@dataclass(frozen=True, slots=True)
class WithoutView:
    """A counterfactual with the words of the text, contacts masked.

    Parameters
    ----------
    view : CounterfactualView
    conditions : tuple of (what was found, condition, words)
    phrases : tuple of (words, name of the label)
    """

    view: CounterfactualView
    conditions: tuple[tuple[str, str, tuple[tuple[Piece, ...], ...]], ...]
    phrases: tuple[tuple[tuple[Piece, ...], str], ...]


@dataclass(frozen=True, slots=True)
class ExplanationView:
    """Everything the page shows of one text."""

    text: tuple[Piece, ...]
    outcome: str
    probability: str
    reasons: tuple[ReasonView, ...]
    cues: tuple[QuotedCues, ...]
    signals: tuple[tuple[str, tuple[Piece, ...]], ...]
    citations: tuple[str, ...]
    without: WithoutView | None


def explanation_page(
    texts: Sequence[str],
    predictions: Sequence[Prediction],
    classifier: AdClassifier,
    counterfactuals: Sequence[Counterfactual | None] | None = None,
    *,
    show_contacts: bool = False,
) -> str:
    """Show as one HTML page which words speak for each label, and how they add up.

    Parameters
    ----------
    texts : sequence of str
        What was judged.
    predictions : sequence of Prediction
        One a text, in order.
    classifier : AdClassifier
        Which model judged.
    counterfactuals : sequence of (Counterfactual or None), optional
        One a text, shown too: the conditions of the law first, then what the model hangs on.
    show_contacts : bool, default=False
        Show phone numbers, links, e-mails and accounts instead of masking them.

    Returns
    -------
    str
        HTML: escaped, no script, nothing fetched from elsewhere.

    Raises
    ------
    ValueError
        If there are not as many predictions, or counterfactuals, as texts.
    """
    without = [None] * len(texts) if counterfactuals is None else counterfactuals
    views = [
        _view(text, prediction, classifier, counterfactual, show_contacts=show_contacts)
        for text, prediction, counterfactual in zip(texts, predictions, without, strict=True)
    ]
    return fill(
        "explanation.html",
        views=views,
        model=visible(classifier.model),
        as_of=day(load_law().as_of),
        show_contacts=show_contacts,
        lawful_title=LAWFUL_TITLE,
        removed_title=REMOVED_TITLE,
        note=NOTE,
        cues_title=CUES_TITLE,
        cues_note=CUES_NOTE,
    )


def _view(
    text: str,
    prediction: Prediction,
    classifier: AdClassifier,
    counterfactual: Counterfactual | None,
    *,
    show_contacts: bool,
) -> ExplanationView:
    """Put one text into words."""
    taxonomy, law = load_taxonomy(), load_law()
    contacts = () if show_contacts else find_contacts(text)
    provisions = map(law.get, prediction.provisions)
    citations = tuple(p.citation if p.mark else f"{p.citation} ({READ_MARK})" for p in provisions)
    chance = prediction.p_violating
    cues = cues_views(text, prediction, classifier)
    return ExplanationView(
        text=cut_passage(text, (), contacts, choose_ranges(text, ())),
        outcome=OUTCOME_NAMES[prediction.outcome],
        probability=percent(chance) if chance is not None else "",
        reasons=tuple(
            _reason_view(text, reason, contacts)
            for reason in find_reasons(text, prediction, classifier)
        ),
        cues=tuple(_quoted(text, view, contacts) for view in cues),
        signals=tuple(
            (taxonomy.signal(signal.code).name, quote(text, signal.start, signal.end, contacts))
            for signal in prediction.signals
        ),
        citations=citations or ((NO_BASIS,) if prediction.labels else ()),
        without=_without_view(text, counterfactual, contacts) if counterfactual else None,
    )


def _quoted(text: str, view: CuesView, contacts: Sequence[Contact]) -> QuotedCues:
    """Quote the words of each cue."""
    cues = tuple((quote(text, cue.start, cue.end, contacts), cue) for cue in view.cues)
    return QuotedCues(view, cues)


def _without_view(
    text: str, counterfactual: Counterfactual, contacts: Sequence[Contact]
) -> WithoutView:
    """Put a counterfactual into words."""
    view = counterfactual_view(counterfactual)
    return WithoutView(
        view=view,
        conditions=tuple(
            (
                each.found,
                each.says,
                tuple(quote(text, start, end, contacts) for start, end in each.words),
            )
            for each in view.conditions
        ),
        phrases=tuple(
            (quote(text, start, end, contacts), label) for start, end, label in view.phrases
        ),
    )


def _reason_view(text: str, reason: Reason, contacts: Sequence[Contact]) -> ReasonView:
    """Put one label's sum into words."""
    strongest = max((abs(word.contribution) for word in reason.words), default=0.0)
    marks = [Mark(word.start, word.end, "", word.contribution) for word in reason.words]
    shown = choose_ranges(
        text, (Mark(word.start, word.end, "") for word in reason.strongest(_MOST_WORDS))
    )
    return ReasonView(
        name=load_taxonomy().label(reason.label).name,
        decided=reason.decided,
        bias=signed(reason.bias),
        total=signed(reason.total),
        log_odds=signed(reason.bias + reason.total),
        probability=percent(reason.probability),
        shifted=percent(reason.shifted) if reason.shifted is not None else "",
        pieces=tuple(_color(each, strongest) for each in cut_passage(text, marks, contacts, shown)),
        words=tuple(
            (quote(text, word.start, word.end, contacts), signed(word.contribution))
            for word in reason.strongest(_MOST_WORDS)
        ),
    )


def _color(piece: Piece, strongest: float) -> ColoredPiece:
    """Choose the shade of a piece by its share of the strongest contribution."""
    share = sum(mark.contribution or 0.0 for mark in piece.marks)
    if not share or not strongest:
        return ColoredPiece(piece, "", "")
    step = min(_SHADES, 1 + int(_SHADES * abs(share) / strongest))
    return ColoredPiece(piece, f"{'for' if share > 0 else 'against'}-{step}", signed(share))
