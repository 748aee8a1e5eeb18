"""Signals of what an advert leaves out: sentence, name of the seller, marker, number."""

from __future__ import annotations

from collections.abc import Iterator

from adclassifier.lexicon import Match
from adclassifier.signals.reading import Reading, Span

_BENEFITS = (
    "body_result",
    "cosmetic_benefit",
    "cure_verb",
    "cure_claim",
    "effect_claim",
    "disease",
)
_NUMBERS = ("declaration_no", "confirmation_no", "drug_no")


def missing_disclaimer(reading: Reading) -> Iterator[Span]:
    """Find a health food offered without the compulsory sentence."""
    if not reading.has("compulsory_supplement", "compulsory_medicine"):
        yield from _first(reading, _supplements(reading))


def no_seller_identity(reading: Reading) -> Iterator[Span]:
    """Find special goods or services offered without a name or address of who answers for them."""
    goods = [*_supplements(reading), *_special_goods(reading), *reading.cues("medical_service")]
    if goods and _is_full(reading) and not _names_seller(reading):
        yield from _first(reading, goods)


def no_declaration_no(reading: Reading) -> Iterator[Span]:
    """Find a full advert of health food, cosmetic or medicine that names no official number."""
    goods = [*_supplements(reading), *_special_goods(reading)]
    if not goods or not _is_full(reading) or reading.has_number(*_NUMBERS):
        return
    declared = [cue for cue in reading.cues("declaration") if not reading.is_negated(cue)]
    if not declared:
        yield from _first(reading, goods)


def no_ad_marker(reading: Reading) -> Iterator[Span]:
    """Find a paid recommendation in the first person without a marker."""
    if reading.has("first_person") and not reading.has("ad_marker"):
        yield from _first(reading, reading.cues("paid_endorsement"))


def _first(reading: Reading, matches: list[Match]) -> Iterator[Span]:
    """Give the first mention that is the author's own."""
    own = [match for match in matches if reading.is_claimed(match)]
    if own:
        first = min(own, key=lambda match: match.start)
        yield Span(first.start, first.end)


def _supplements(reading: Reading) -> list[Match]:
    """Give the mentions of health foods: category words, and goods with a benefit claimed."""
    found = list(reading.cues("supplement_product"))
    if reading.has(*_BENEFITS, "hedge") and not reading.has("cosmetic_product"):
        found += reading.cues("supplement_goods")
    return [goods for goods in found if not reading.beside(goods.start, "not_human")]


def _special_goods(reading: Reading) -> list[Match]:
    """Give the mentions of cosmetics and medicines."""
    return reading.cues("cosmetic_product", "medicine_product")


def _is_full(reading: Reading) -> bool:
    """Whether an advert says what the goods do, or is no bare listing of name and price."""
    return reading.has(*_BENEFITS)


def _names_seller(reading: Reading) -> bool:
    """Whether a company, a licence or an address is named."""
    return (
        reading.has("seller_identity", "pharmacy")
        or reading.has_number("license_no")
        or bool(reading.entities.addresses)
    )
