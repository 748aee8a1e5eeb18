"""Look entities up by kind, each kind when it is first asked for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property

from adclassifier.entities.amounts import find_claims, find_quantities, find_terms
from adclassifier.entities.contacts import find_contacts
from adclassifier.entities.entity import Finding
from adclassifier.entities.money import find_prices
from adclassifier.entities.places import find_addresses
from adclassifier.entities.registrations import find_registrations
from adclassifier.lexicon import Match
from adclassifier.text.normalize import Canonical


class EntityLookup:
    """The entities of one text, in offsets of its canonical form, each kind by start.

    Parameters
    ----------
    text : str
        The original text.
    canonical : Canonical
        Its canonical form.
    matches : sequence of Match, optional
        The lexicon's cues in it, where they are known.
    """

    def __init__(
        self, text: str, canonical: Canonical, matches: Sequence[Match] | None = None
    ) -> None:
        self._text = text
        self._canonical = canonical
        self._matches = matches

    @cached_property
    def contacts(self) -> list[Finding]:
        """Phones, links, e-mail addresses and accounts."""
        return list(find_contacts(self._text, self._canonical))

    @cached_property
    def registrations(self) -> list[Finding]:
        """Numbers that an authority gave; what overlaps one is no other entity."""
        return list(find_registrations(self._canonical.text))

    @cached_property
    def prices(self) -> list[Finding]:
        """Amounts of đồng."""
        return self._outside(find_prices(self._canonical.text))

    @cached_property
    def claims(self) -> list[Finding]:
        """Promised amounts."""
        return self._outside(find_claims(self._canonical.text))

    @cached_property
    def terms(self) -> list[Finding]:
        """Short terms."""
        return self._outside(find_terms(self._canonical.text))

    @cached_property
    def addresses(self) -> list[Finding]:
        """Addresses and places where goods are handed over."""
        return self._outside(find_addresses(self._text, self._canonical, self._matches))

    @cached_property
    def all(self) -> list[Finding]:
        """Every entity: contacts, official numbers, prices, amounts by start, addresses."""
        quantities = self._outside(find_quantities(self._canonical.text))
        amounts = sorted([*self.claims, *self.terms, *quantities], key=lambda each: each.start)
        return [*self.contacts, *self.registrations, *self.prices, *amounts, *self.addresses]

    def _outside(self, findings: Iterable[Finding]) -> list[Finding]:
        """Leave out what overlaps an official number."""
        return [
            finding
            for finding in findings
            if not any(
                finding.start < other.end and other.start < finding.end
                for other in self.registrations
            )
        ]
