"""Find rule signs in a text, each with the words that show it, independent of any label."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from adclassifier.lexicon import Match
from adclassifier.signals import claims, missing, trade
from adclassifier.signals.finders import Finder, Finders
from adclassifier.signals.reading import Reading, Span
from adclassifier.taxonomy import load_taxonomy
from adclassifier.text.normalize import Canonical

__all__ = ["Signal", "find_signals"]

_FINDERS: dict[str, tuple[Finder, ...]] = {
    "missing_disclaimer": (missing.missing_disclaimer,),
    "disease_claim": (claims.disease_claims,),
    "superlative": (claims.superlatives,),
    "guarantee": (
        claims.guarantees,
        claims.harmlessness,
        claims.promised_results,
        claims.numbers_with_term,
    ),
    "medical_staff": (claims.medical_staff,),
    "patient_testimonial": (claims.patient_testimonials,),
    "no_seller_identity": (missing.no_seller_identity,),
    "no_ad_marker": (missing.no_ad_marker,),
    "no_declaration_no": (missing.no_declaration_no,),
    "fake_official_page": (trade.fake_official_pages,),
    "price_anomaly": (trade.price_anomalies,),
    "pay_by_scratch_card": (trade.scratch_card_payments,),
}


@dataclass(frozen=True, slots=True)
class Signal:
    """A rule sign in a text: "dấu hiệu", never a verdict.

    Attributes
    ----------
    code : str
        Code of the signal in the taxonomy.
    start, end : int
        Half-open span in code points of the original text. What is missing is shown at the words
        that call for it.
    text : str
        What is written there.
    """

    code: str
    start: int
    end: int
    text: str


def find_signals(
    text: str, canonical: Canonical, *, offer: bool, matches: Sequence[Match] | None = None
) -> tuple[Signal, ...]:
    """Find the signals of a text.

    Parameters
    ----------
    text : str
        The original text.
    canonical : Canonical
        What `adclassifier.text.normalize.normalize` made of it.
    offer : bool
        Whether the text offers goods or services. Signals that need an offer are left out of a
        text that is none.
    matches : sequence of Match, optional
        The cues of the lexicon in the canonical text, where they are known.

    Returns
    -------
    tuple of Signal
        Ordered by start. Signals of one code do not overlap.

    Examples
    --------
    >>> from adclassifier.text.normalize import normalize
    >>> text = "Trị dứt điểm viêm xoang, không hết hoàn tiền"
    >>> [(s.code, s.text) for s in find_signals(text, normalize(text), offer=True)]
    [('disease_claim', 'Trị dứt điểm viêm xoang'), ('guarantee', 'không hết hoàn tiền')]
    >>> find_signals(text, normalize(text), offer=False)
    ()
    """
    reading = Reading(text, canonical, matches)
    spans: dict[str, list[Span]] = {}
    for code, find in _finders(offer).choose(reading.groups):
        for span in find(reading):
            spans.setdefault(code, []).append(span)
    found: list[Signal] = []
    for code, own in spans.items():
        places = [canonical.span(span.start, span.end) for span in _merge(own)]
        found += [Signal(code, start, end, text[start:end]) for start, end in places]
    if offer or not load_taxonomy().signal("contact_obfuscation").needs_offer:
        found += [
            Signal("contact_obfuscation", span.start, span.end, text[span.start : span.end])
            for span in trade.contact_obfuscations(reading)
        ]
    return tuple(sorted(found, key=lambda signal: (signal.start, signal.end, signal.code)))


@cache
def _finders(offer: bool) -> Finders:
    """Choose what may be found in an offer, or in a text that is none."""
    taxonomy = load_taxonomy()
    return Finders(
        {
            code: finders
            for code, finders in _FINDERS.items()
            if offer or not taxonomy.signal(code).needs_offer
        }
    )


def _merge(spans: Iterable[Span]) -> list[Span]:
    """Put overlapping spans together."""
    merged: list[Span] = []
    for span in sorted(spans, key=lambda span: (span.start, span.end)):
        if merged and span.start < merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, span.end))
        else:
            merged.append(span)
    return merged
