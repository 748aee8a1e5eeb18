"""Signals of what an advert leaves out: sentence, name of the seller, marker, number."""

from __future__ import annotations

from adclassifier.lexicon import Match
from adclassifier.signals.finders import needs
from adclassifier.signals.reading import Reading, Span, start_of

# An advert that says what the goods do is full: no bare listing of name and price.
_BENEFITS = (
    "body_result",
    "cosmetic_benefit",
    "cure_verb",
    "cure_claim",
    "effect_claim",
    "disease",
)
_SUPPLEMENTS = ("supplement_product", "supplement_goods")
_SPECIAL_GOODS = ("cosmetic_product", "medicine_product")
_NUMBERS = ("declaration_no", "confirmation_no", "drug_no")


@needs(_SUPPLEMENTS)
def missing_disclaimer(reading: Reading) -> list[Span]:
    """Find a health food offered without the compulsory sentence."""
    if reading.has("compulsory_supplement", "compulsory_medicine"):
        return []
    return _first(reading, _supplements(reading))


@needs((*_SUPPLEMENTS, *_SPECIAL_GOODS, "medical_service"))
def no_seller_identity(reading: Reading) -> list[Span]:
    """Find special goods or services offered without a name or address of who answers for them."""
    if not reading.has(*_BENEFITS):
        return []
    goods = [*_supplements(reading), *_special_goods(reading), *reading.cues("medical_service")]
    first = _first(reading, goods)
    return [] if first and _names_seller(reading) else first


@needs(_SUPPLEMENTS + _SPECIAL_GOODS)
def no_declaration_no(reading: Reading) -> list[Span]:
    """Find a full advert of health food, cosmetic or medicine that names no official number."""
    if not reading.has(*_BENEFITS):
        return []
    first = _first(reading, [*_supplements(reading), *_special_goods(reading)])
    if not first or any(not reading.is_negated(cue) for cue in reading.cues("declaration")):
        return []
    return [] if reading.has_number(*_NUMBERS) else first


@needs(("paid_endorsement",))
def no_ad_marker(reading: Reading) -> list[Span]:
    """Find a paid recommendation in the first person without a marker."""
    if not reading.has("first_person") or reading.has("ad_marker"):
        return []
    return _first(reading, reading.cues("paid_endorsement"))


def _first(reading: Reading, matches: list[Match]) -> list[Span]:
    """Give the first mention that is the author's own, if there is one."""
    for match in sorted(matches, key=start_of):
        if reading.is_claimed(match):
            return [Span(match.start, match.end)]
    return []


def _supplements(reading: Reading) -> list[Match]:
    """Give the mentions of health foods: category words, and goods with a benefit claimed."""
    found = list(reading.cues("supplement_product"))
    if reading.has(*_BENEFITS, "hedge") and not reading.has("cosmetic_product"):
        found += reading.cues("supplement_goods")
    return [goods for goods in found if not reading.beside(goods.start, "not_human")]


def _special_goods(reading: Reading) -> list[Match]:
    """Give the mentions of cosmetics and medicines."""
    return reading.cues(*_SPECIAL_GOODS)


def _names_seller(reading: Reading) -> bool:
    """Whether a company, a licence or an address is named."""
    return (
        reading.has("seller_identity", "pharmacy")
        or reading.has_number("license_no")
        or bool(reading.entities.addresses)
    )
