"""Say what an entity is: a span of the original text with a kind and a value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

EntityKind = Literal[
    "phone",
    "url",
    "email",
    "account",
    "price",
    "quantity",
    "claim",
    "deadline",
    "address",
    "declaration_no",
    "confirmation_no",
    "license_no",
    "drug_no",
]


@dataclass(frozen=True, slots=True)
class Entity:
    """Something that can be looked up, counted or compared.

    Attributes
    ----------
    kind : str
        What it is; see `EntityKind`.
    start, end : int
        Half-open span in code points of the original text.
    text : str
        What is written there.
    value : str or int
        Its meaning in one spelling: E.164 for a phone number that is complete, the digits and masks
        of any other; đồng for a price; ``"30 viên"`` for a quantity; the text itself elsewhere.
    """

    kind: EntityKind
    start: int
    end: int
    text: str
    value: str | int


@dataclass(frozen=True, slots=True)
class Finding:
    """An entity in offsets of the canonical text, before it is taken back to the original."""

    kind: EntityKind
    start: int
    end: int
    value: str | int
