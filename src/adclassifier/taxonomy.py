"""Give the labels, sub-codes, signals and kinds, as data from ``taxonomy.toml``, checked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from functools import cache
from importlib.resources import files
from typing import Annotated, TypeVar

from pydantic import ConfigDict, NonNegativeInt, StringConstraints, with_config

from adclassifier.errors import TaxonomyError
from adclassifier.provisions import Law, load_law
from adclassifier.provisions.records import Text, nearest, parse_toml, problems_error, repeated

# `p_<label>` is a column and `accept` names a label or "legal": these codes are taken.
RESERVED_LABELS = ("legal", "violating", "offer")
SET_BY = ("law.md", "project")

Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_]*$")]
SubcodeCode = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$")]

_strict = with_config(ConfigDict(extra="forbid"))  # the dataclass is the form of its TOML table


@_strict
@dataclass(frozen=True, slots=True)
class Named:
    """A code with its Vietnamese name: a severity or an agency."""

    code: Code
    name: Text


@_strict
@dataclass(frozen=True, slots=True)
class Kind:
    """What a text is, violating or not: an advert, news, a question."""

    code: Code
    name: Text


@_strict
@dataclass(frozen=True, slots=True)
class Label:
    """One category of signs of violation.

    Parameters
    ----------
    code, name, description : str
        Code for files, Vietnamese name and definition for people.
    danger : int
        Place in the danger order, 0 the most dangerous.
    """

    code: Code
    name: Text
    description: Text
    danger: NonNegativeInt


@_strict
@dataclass(frozen=True, slots=True)
class Subcode:
    """One kind of conduct below a label.

    Parameters
    ----------
    code : str
        ``<label>.<name>``, as in ``supplement.disease_claim``.
    name, definition : str
        Vietnamese, for inspectors.
    severity : str
        Code of a severity, S1 the most urgent.
    severity_set_by, routes_set_by : str
        Who decided: ``law.md`` (the legal notes) or ``project``.
    routes : tuple of str
        Codes of the agencies to send it to, the first one first.
    provisions : tuple of str
        Ids of provisions, Penal Code hints included; see ``Law.in_force`` and ``Law.citations``.
    lawful_if : str
        What would make such an advert lawful, in Vietnamese; empty when nothing would.
    """

    code: SubcodeCode
    name: Text
    definition: Text
    severity: Text
    severity_set_by: Text
    routes: tuple[Text, ...]
    routes_set_by: Text
    provisions: tuple[Text, ...] = ()
    lawful_if: str = ""

    @property
    def label(self) -> str:
        """Give the code of its label."""
        return self.code.partition(".")[0]


@_strict
@dataclass(frozen=True, slots=True)
class SignalType:
    """A rule sign, independent of the labels.

    Parameters
    ----------
    code, name, definition : str
        Code for files, Vietnamese name and definition for people.
    example, near_miss : str
        A text that shows the sign, and one much like it that does not.
    needs_offer : bool
        Whether it counts only in a text that offers goods or services.
    provisions : tuple of str
        Ids of provisions; empty when none is known.
    """

    code: Code
    name: Text
    definition: Text
    example: Text
    near_miss: Text
    needs_offer: bool
    provisions: tuple[Text, ...]


Coded = TypeVar("Coded", Named, Kind, Label, Subcode, SignalType)


@_strict
@dataclass(frozen=True, slots=True)
class Taxonomy:
    """Everything a post can be said to be; all in the order of the file."""

    labels: tuple[Label, ...]
    subcodes: tuple[Subcode, ...]
    signals: tuple[SignalType, ...]
    kinds: tuple[Kind, ...]
    severities: tuple[Named, ...]
    routes: tuple[Named, ...]

    @property
    def label_codes(self) -> tuple[str, ...]:
        """Give the labels' codes in the order of columns and heads.

        Examples
        --------
        >>> load_taxonomy().label_codes[:3]
        ('counterfeit', 'smuggled', 'medicine')
        """
        return tuple(label.code for label in self.labels)

    def danger_order(self, codes: Iterable[str]) -> tuple[str, ...]:
        """Sort label codes by danger, the most dangerous first, each once.

        Examples
        --------
        >>> load_taxonomy().danger_order(["supplement", "medicine", "supplement"])
        ('medicine', 'supplement')
        """
        return tuple(sorted(set(codes), key=lambda code: self.label(code).danger))

    def label(self, code: str) -> Label:
        """Give the label with this code; raise TaxonomyError when there is none."""
        return _find("label", code, self.labels)

    def subcode(self, code: str) -> Subcode:
        """Give the sub-code with this code; raise TaxonomyError when there is none."""
        return _find("sub-code", code, self.subcodes)

    def subcodes_of(self, label: str) -> tuple[Subcode, ...]:
        """Give a label's sub-codes; raise TaxonomyError when there is no such label."""
        code = self.label(label).code
        return tuple(subcode for subcode in self.subcodes if subcode.label == code)

    def signal(self, code: str) -> SignalType:
        """Give the signal with this code; raise TaxonomyError when there is none."""
        return _find("signal", code, self.signals)

    def kind(self, code: str) -> Kind:
        """Give the kind with this code; raise TaxonomyError when there is none."""
        return _find("kind", code, self.kinds)

    def route(self, code: str) -> Named:
        """Give the agency with this code; raise TaxonomyError when there is none."""
        return _find("route", code, self.routes)

    def severity(self, subcodes: Iterable[str]) -> str | None:
        """Give the most urgent severity among sub-codes; None when there are none.

        Examples
        --------
        >>> load_taxonomy().severity(["cosmetics.drug_claim", "medicine.prescription"])
        'S2'
        """
        present = {self.subcode(code).severity for code in subcodes}
        return next((each.code for each in self.severities if each.code in present), None)


@cache
def load_taxonomy() -> Taxonomy:
    """Load the taxonomy shipped with the package, checked; the same object on every call."""
    return parse_taxonomy(taxonomy_text(), load_law())


def taxonomy_text() -> str:
    """Read the shipped ``taxonomy.toml``."""
    return (files("adclassifier") / "taxonomy.toml").read_text("utf-8")


def parse_taxonomy(text: str, law: Law, *, where: str = "taxonomy.toml") -> Taxonomy:
    """Build a taxonomy from TOML.

    Parameters
    ----------
    text : str
        TOML, as ``taxonomy_text`` gives it.
    law : Law
        Where the provisions must be found.
    where : str, default="taxonomy.toml"
        What to call the text in an error.

    Raises
    ------
    TaxonomyError
        Naming every missing, unknown or mistyped key; or, when there is none, every code given
        twice and every reference that does not resolve.
    """
    taxonomy = parse_toml(where, {where: text}, Taxonomy)
    problems = [*_label_problems(taxonomy), *_code_problems(taxonomy)]
    for subcode in taxonomy.subcodes:
        problems += [f"{subcode.code}: {found}" for found in _subcode_problems(subcode, taxonomy)]
    cited = {entry.code: entry.provisions for entry in taxonomy.subcodes}
    cited |= {entry.code: entry.provisions for entry in taxonomy.signals}
    for code, ids in cited.items():
        problems += [f"{code}: {found}" for found in _law_problems(ids, law)]
    if problems:
        raise problems_error(where, problems)
    return taxonomy


def _find(what: str, code: str, entries: tuple[Coded, ...]) -> Coded:
    for entry in entries:
        if entry.code == code:
            return entry
    raise TaxonomyError(what, f"unknown code {code!r}", nearest(code, (e.code for e in entries)))


def _label_problems(taxonomy: Taxonomy) -> list[str]:
    """Name what is wrong with the labels."""
    parents = {subcode.label for subcode in taxonomy.subcodes}
    dangers = repeated(str(label.danger) for label in taxonomy.labels)
    return [
        *(f"{code}: has no sub-code" for code in taxonomy.label_codes if code not in parents),
        *(
            f"{c}: reserved, take another code"
            for c in taxonomy.label_codes
            if c in RESERVED_LABELS
        ),
        *(f"danger {danger} given to two labels" for danger in dangers),
    ]


def _code_problems(taxonomy: Taxonomy) -> list[str]:
    """Name the codes that occur twice in one list."""
    return [
        f"{each.name}: {code} given twice"
        for each in fields(taxonomy)
        for code in repeated(entry.code for entry in getattr(taxonomy, each.name))
    ]


def _subcode_problems(subcode: Subcode, taxonomy: Taxonomy) -> list[str]:
    """Name the words of a sub-code that are in no vocabulary."""
    routes = [route.code for route in taxonomy.routes]
    severities = [severity.code for severity in taxonomy.severities]
    words = (
        ("label", subcode.label, taxonomy.label_codes),
        ("severity", subcode.severity, severities),
        ("severity_set_by", subcode.severity_set_by, SET_BY),
        ("routes_set_by", subcode.routes_set_by, SET_BY),
        *(("route", route, routes) for route in subcode.routes),
    )
    return [
        f"unknown {what} {word!r}, expected one of {', '.join(known)}"
        for what, word, known in words
        if word not in known
    ]


def _law_problems(ids: tuple[str, ...], law: Law) -> list[str]:
    """Name the provisions of an entry that do not exist, or that no one may cite any more."""
    unknown = [
        f"unknown provision {i!r} {nearest(i, law.ids)}".rstrip() for i in ids if i not in law
    ]
    ended = [i for i in ids if i in law and law.get(i).status in ("repealed", "suspended")]
    return [*unknown, *(f"provision {i} is {law.get(i).status}, name its successor" for i in ended)]
