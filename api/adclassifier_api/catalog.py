"""What `GET /v1/labels` answers: the types of `adclassifier.labels()`."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import Field

from adclassifier_api.answers import Answer, Severity


class Named(Answer):
    """A code with its Vietnamese name."""

    code: str
    name: str


class Provision(Answer):
    """A provision that an inspector may cite, with how it was checked."""

    id: str
    instrument: str
    article: str | None
    citation: str
    says: str
    fine: str | None
    verified: Literal["text_copy", "secondary", "unverified"]
    mark: str = Field(
        description="Warning to show beside it: words not read, day of effect not known; or empty."
    )
    status: str
    status_name: str
    effective_from: dt.date | None
    effective_to: dt.date | None
    penal: bool
    note: str
    url: str | None
    as_of: dt.date


NoBasis = Annotated[str | None, Field(description="Vietnamese note, where no provision is known.")]


class Subcode(Answer):
    """One kind of conduct below a label."""

    code: str
    name: str
    definition: str
    severity: Severity
    severity_set_by: str
    routes: list[Named] = Field(description="Agencies to send it to, the first one first.")
    routes_set_by: str
    lawful_if: str | None
    provisions: list[Provision]
    no_basis: NoBasis


class Label(Answer):
    """One category of signs of violation."""

    code: str
    name: str
    description: str
    danger: int = Field(description="Place in the danger order, 0 the most dangerous.")
    subcodes: list[Subcode]


class SignalType(Answer):
    """A rule sign, independent of the labels."""

    code: str
    name: str
    definition: str
    example: str
    near_miss: str
    needs_offer: bool
    provisions: list[Provision]
    no_basis: NoBasis


class Labels(Answer):
    """Everything that a post can be said to be, and the law behind it."""

    law_as_of: dt.date
    fine_note: str
    labels: list[Label]
    signals: list[SignalType]
    kinds: list[Named]
    severities: list[Named]
    routes: list[Named]
    provisions: list[Provision] = Field(
        description="All that are known, repealed ones too, cited by a sub-code or not."
    )
    repealed: list[Provision]
