"""Find what can be looked up: contacts, prices, quantities, addresses, official numbers."""

from __future__ import annotations

from adclassifier.entities.contacts import mask_contacts, read_phone
from adclassifier.entities.entity import Entity, EntityKind, Finding
from adclassifier.entities.lookup import EntityLookup
from adclassifier.text.normalize import Canonical

__all__ = [
    "Entity",
    "EntityKind",
    "EntityLookup",
    "Finding",
    "find_entities",
    "find_in_canonical",
    "mask_contacts",
    "read_phone",
]


def find_entities(text: str, canonical: Canonical) -> list[Entity]:
    """Find the entities of a text.

    Parameters
    ----------
    text : str
        The original text.
    canonical : Canonical
        What `adclassifier.text.normalize.normalize` made of it.

    Returns
    -------
    list of Entity
        Ordered by start, in offsets of the original text. Entities of one kind do not overlap.

    Examples
    --------
    >>> from adclassifier.text.normalize import normalize
    >>> text = "Viên khớp 1tr2, gọi 0912 345 678, kho Thủ Đức"
    >>> [(entity.kind, entity.value) for entity in find_entities(text, normalize(text))]
    [('price', 1200000), ('phone', '+84912345678'), ('address', 'kho thủ đức')]
    """
    entities = [_locate(text, canonical, finding) for finding in find_in_canonical(text, canonical)]
    return sorted(entities, key=lambda entity: (entity.start, entity.end, entity.kind))


def find_in_canonical(text: str, canonical: Canonical) -> list[Finding]:
    """Find the entities of a text, in offsets of its canonical form.

    Parameters
    ----------
    text : str
        The original text.
    canonical : Canonical
        Its canonical form.

    Returns
    -------
    list of Finding
        By kind, then by start.
    """
    return EntityLookup(text, canonical).all


def _locate(text: str, canonical: Canonical, finding: Finding) -> Entity:
    """Take a finding back to the original text."""
    start, end = canonical.span(finding.start, finding.end)
    return Entity(finding.kind, start, end, text[start:end], finding.value)
