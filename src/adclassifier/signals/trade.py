"""Signals of how a seller trades: borrowed names, odd prices, hidden contacts, cards as money."""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from adclassifier.entities import Finding
from adclassifier.lexicon import Match
from adclassifier.signals.finders import needs
from adclassifier.signals.reading import Reading, Span

# Characters between a card and the word of payment, a public body and the service, a brand and its
# price.
_CARD_TO_PAYMENT = 32
_BODY_TO_SERVICE = 120
_BRAND_TO_PRICE = 60
# Characters between two tricks of one disguised word or sentence.
_TRICK_GAP = 2
# Decorated letters ("styled"), short forms and typing errors hide nothing on purpose.
_HIDING = frozenset(
    {
        *("zero_width", "homoglyph", "leet", "spaced", "dotted", "split"),
        *("emoji_word", "platform_pun", "phone_digits", "spelled_link"),
    }
)
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class PriceFloor:
    """A price under which genuine goods of a brand are not sold new.

    Attributes
    ----------
    brands : frozenset of str
        Phrases of the lexicon's ``luxury_brand``.
    goods : frozenset of str
        Words one of which must stand near the brand; empty where the brand says enough.
    unless : frozenset of str
        Words that name other goods, such as a case for the phone.
    floor_vnd : int
        In đồng.
    """

    brands: frozenset[str]
    goods: frozenset[str]
    unless: frozenset[str]
    floor_vnd: int


@needs(("fake_official", "official_page"))
def fake_official_pages(reading: Reading) -> Iterator[Span]:
    """Find a page that speaks as a public body or calls itself official where it cannot be."""
    if reading.has("reporting_verb"):
        return
    for body in reading.cues("fake_official"):
        services = reading.within(_around(reading, body, _BODY_TO_SERVICE), "recovery_service")
        if services and not (reading.is_negated(body) or reading.is_asked(body)):
            yield Span(min(body.start, services[0].start), max(body.end, services[0].end))
    if reading.has("recovery_service", "gambling", "replica_vocab"):
        for page in reading.cues("official_page"):
            if reading.is_claimed(page):
                yield Span(page.start, page.end)


@needs(("luxury_brand",))
def price_anomalies(reading: Reading) -> Iterator[Span]:
    """Find prices far under the list price of the brand beside them."""
    for brand in reading.cues("luxury_brand"):
        floor = _floor_of(reading, brand)
        if not floor:
            continue  # and no need to look for prices
        prices = reading.entities.prices
        first = bisect_left(prices, brand.start - _BRAND_TO_PRICE, key=_start)
        last = bisect_left(prices, brand.end + _BRAND_TO_PRICE, lo=first, key=_start)
        low = [price for price in prices[first:last] if int(price.value) < floor]
        if low and reading.is_claimed(brand):
            yield Span(min(brand.start, low[0].start), max(brand.end, low[0].end))


def _start(entity: Finding) -> int:
    """Order entities by where they begin."""
    return entity.start


def _floor_of(reading: Reading, brand: Match) -> int:
    """Give the lowest price of the brand's genuine goods near it; 0 where nothing is known."""
    around = reading.canonical.text[max(0, brand.start - 40) : brand.end + _BRAND_TO_PRICE]
    words = set(_WORD.findall(around))
    floors = [
        floor.floor_vnd
        for floor in load_price_floors()
        if brand.cue.phrase in floor.brands
        and (not floor.goods or floor.goods & words)
        and not floor.unless & words
    ]
    return min(floors, default=0)


def contact_obfuscations(reading: Reading) -> Iterator[Span]:
    """Find tricks that hide a contact or a word; tricks side by side are one.

    Yields spans of the ORIGINAL text: that is where the tricks are.
    """
    if not reading.canonical.has_tricks(_HIDING):
        return
    start = end = -1
    for trick in sorted(reading.canonical.tricks, key=lambda trick: trick.start):
        if trick.kind not in _HIDING:
            continue
        if end >= 0 and trick.start - end <= _TRICK_GAP:
            end = max(end, trick.end)
            continue
        if end >= 0:
            yield Span(start, end)
        start, end = trick.start, trick.end
    if end >= 0:
        yield Span(start, end)


@needs(("scratch_card",), ("scratch_payment",))
def scratch_card_payments(reading: Reading) -> Iterator[Span]:
    """Find telecom cards taken as money for something else."""
    for card in reading.cues("scratch_card"):
        payments = [
            payment
            for payment in reading.within(
                _around(reading, card, _CARD_TO_PAYMENT), "scratch_payment"
            )
            if payment.start < card.start or payment.end > card.end
        ]
        if payments and reading.is_claimed(card):
            yield Span(min(card.start, payments[0].start), max(card.end, payments[0].end))


def _around(reading: Reading, match: Match, reach: int) -> Span:
    """Give the part of a cue's sentence within reach of it."""
    sentence = reading.sentence(match.start)
    return Span(max(sentence.start, match.start - reach), min(sentence.end, match.end + reach))


@cache
def load_price_floors() -> tuple[PriceFloor, ...]:
    """Read the table of price floors, once."""
    text = (files("adclassifier.signals") / "price_floors.toml").read_text(encoding="utf-8")
    return tuple(
        PriceFloor(
            frozenset(row["brands"]),
            frozenset(row["goods"]),
            frozenset(row["unless"]),
            row["floor_vnd"],
        )
        for row in tomllib.loads(text)["floor"]
    )
