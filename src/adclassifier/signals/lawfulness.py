"""Check what a lawful advert states: the conditions of the law as data, met or not by a text.

A condition that is met is a lead to look up, never proof: sentences are copied, numbers forged.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Annotated, Literal

from pydantic import ConfigDict, StringConstraints, with_config

from adclassifier.entities import EntityKind
from adclassifier.lexicon import Cue, Group, Lexicon, build_lexicon, load_lexicon
from adclassifier.provisions import UNVERIFIED_MARK, load_law
from adclassifier.provisions.records import Text, parse_toml, problems_error, repeated
from adclassifier.signals import Signal
from adclassifier.signals.reading import Reading
from adclassifier.taxonomy import load_taxonomy
from adclassifier.text.normalize import Canonical

__all__ = [
    "CheckedCondition",
    "Condition",
    "Conditions",
    "check_conditions",
    "load_conditions",
    "parse_conditions",
]

#: ``unclear``: the text cannot tell, or names the thing without what could be looked up.
State = Literal["met", "unmet", "unclear"]
Verified = Literal["text_copy", "secondary", "unverified"]

_Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
_strict = with_config(ConfigDict(extra="forbid"))
_HINT = "_hint"


@_strict
@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase that shows a condition, with where it is from, as in a lexicon."""

    phrase: Text
    provenance: Text
    accents: Literal["optional", "required"] = "optional"


@_strict
@dataclass(frozen=True, slots=True)
class Condition:
    """Something that a lawful advert of a kind states, or keeps from saying.

    Parameters
    ----------
    code, name : str
        Code, and the condition in Vietnamese, for inspectors.
    provenance : str
        Where in the legal notes.
    verified : {"text_copy", "secondary", "unverified"}
        How it was checked; the weakest where sources differ.
    subcodes : tuple of str
        Sub-codes it matters to.
    signals : tuple of str
        Signals that make it matter besides.
    source : str
        Keys into the law's sources or the file's own, joined by a comma; empty for what is from
        memory.
    caution : str
        What its being met does not prove, in Vietnamese.
    groups, entities, phrases : tuple
        What shows that it is met: cue groups of the lexicon, kinds of entities, phrases of its own.
    hints : tuple of Phrase
        What only names it.
    breaches : tuple of str
        Signals that show that it is not met. A condition has these or the others; with none of
        both a text cannot tell.
    """

    code: _Code
    name: Text
    provenance: Text
    verified: Verified
    subcodes: tuple[Text, ...] = ()
    signals: tuple[Text, ...] = ()
    source: str = ""
    caution: str = ""
    groups: tuple[Text, ...] = ()
    entities: tuple[EntityKind, ...] = ()
    phrases: tuple[Phrase, ...] = ()
    hints: tuple[Phrase, ...] = ()
    breaches: tuple[Text, ...] = ()

    @property
    def mark(self) -> str:
        """Give the warning to show beside it: empty where the words of the law were read."""
        return "" if self.verified == "text_copy" else UNVERIFIED_MARK


@_strict
@dataclass(frozen=True, slots=True)
class Conditions:
    """All conditions in the order of the file, with sources that the law does not have."""

    conditions: tuple[Condition, ...]
    sources: dict[str, Text]


@dataclass(frozen=True, slots=True)
class CheckedCondition:
    """A condition that matters to a text, and whether the text meets it.

    Parameters
    ----------
    condition : Condition
    state : {"met", "unmet", "unclear"}
    words : tuple of (start, end)
        What shows the state, as half-open ranges of the original text; empty where nothing does.
    """

    condition: Condition
    state: State
    words: tuple[tuple[int, int], ...] = ()


def check_conditions(
    text: str, canonical: Canonical, subcodes: Sequence[str], signals: Sequence[Signal]
) -> tuple[CheckedCondition, ...]:
    """Check the conditions that matter to an advert with signs of some kinds of conduct.

    Parameters
    ----------
    text : str
        The original text.
    canonical : Canonical
        What `adclassifier.text.normalize.normalize` made of it.
    subcodes : sequence of str
        Decided sub-codes.
    signals : sequence of Signal
        What `find_signals` found in the text.

    Returns
    -------
    tuple of CheckedCondition
        In the order of the file.

    Examples
    --------
    >>> from adclassifier.text.normalize import normalize
    >>> text = "Áo khoác hàng nội địa Nhật, có tem phụ, không hóa đơn VAT"
    >>> for each in check_conditions(text, normalize(text), ["smuggled.hand_carried"], ()):
    ...     print(each.condition.code, each.state, [text[a:b] for a, b in each.words])
    vat_invoice unmet []
    sub_label met ['tem phụ']
    import_papers unmet []
    """
    reading = Reading(text, canonical)
    names = {signal.code for signal in signals}
    return tuple(
        _check(condition, reading, signals)
        for condition in load_conditions().conditions
        if not names.isdisjoint(condition.signals)
        or not set(subcodes).isdisjoint(condition.subcodes)
    )


@cache
def load_conditions() -> Conditions:
    """Load the conditions shipped with the package, checked; the same object on every call."""
    text = (files("adclassifier.signals") / "lawfulness.toml").read_text("utf-8")
    return parse_conditions(text)


def parse_conditions(text: str, *, where: str = "lawfulness.toml") -> Conditions:
    """Build the conditions from TOML.

    Raises
    ------
    TaxonomyError
        Naming every fault of form; or, when there is none, every code given twice and every name
        that is in no vocabulary.
    """
    parsed = parse_toml(where, {where: text}, Conditions)
    problems = [f"{c} given twice" for c in repeated(x.code for x in parsed.conditions)]
    for condition in parsed.conditions:
        found = _problems(condition, parsed)
        problems += [f"{condition.code}: {problem}" for problem in found]
    if problems:
        raise problems_error(where, problems)
    return parsed


def _problems(condition: Condition, parsed: Conditions) -> Iterator[str]:
    """Name what a condition refers to that does not exist, and what contradicts itself."""
    taxonomy = load_taxonomy()
    signals = [signal.code for signal in taxonomy.signals]
    sources = [key.strip() for key in condition.source.split(",") if key.strip()]
    vocabularies: tuple[tuple[str, Sequence[str], Container[str]], ...] = (
        ("sub-code", condition.subcodes, [subcode.code for subcode in taxonomy.subcodes]),
        ("signal", (*condition.signals, *condition.breaches), signals),
        ("cue group", condition.groups, load_lexicon().groups),
        ("source", sources, {**load_law().sources, **parsed.sources}),
    )
    for what, words, known in vocabularies:
        yield from (f"unknown {what} {word!r}" for word in words if word not in known)
    if not condition.subcodes and not condition.signals:
        yield "matters to nothing"
    if not sources and condition.verified != "unverified":
        yield f"{condition.verified} without a source"
    if condition.breaches and _shows(condition):
        yield "has breaches and what shows it met, expected one of both"


def _shows(condition: Condition) -> bool:
    """Whether a text can show that a condition is met."""
    return bool(condition.groups or condition.entities or condition.phrases)


def _check(condition: Condition, reading: Reading, signals: Sequence[Signal]) -> CheckedCondition:
    """Say whether a text meets a condition."""
    if condition.breaches:
        breaches = tuple((s.start, s.end) for s in signals if s.code in condition.breaches)
        return CheckedCondition(condition, "unmet" if breaches else "met", breaches)
    met = tuple(_showing(condition, reading))
    if met:
        return CheckedCondition(condition, "met", met)
    hints = tuple(_own_phrases(condition.code + _HINT, reading))
    unclear = hints or not _shows(condition)
    return CheckedCondition(condition, "unclear" if unclear else "unmet", hints)


def _showing(condition: Condition, reading: Reading) -> Iterator[tuple[int, int]]:
    """Give the words that show a condition to be met."""
    span = reading.canonical.span
    for cue in reading.cues(*condition.groups):
        if not reading.is_negated(cue):
            yield span(cue.start, cue.end)
    for entity in reading.entities.all if condition.entities else ():
        if entity.kind in condition.entities:
            yield span(entity.start, entity.end)
    yield from _own_phrases(condition.code, reading)


def _own_phrases(group: str, reading: Reading) -> Iterator[tuple[int, int]]:
    """Give the phrases of a condition that stand in a text and are not taken back."""
    for match in _phrases().matches(reading.canonical.text):
        if match.cue.group == group and not reading.is_negated(match):
            yield reading.canonical.span(match.start, match.end)


@cache
def _phrases() -> Lexicon:
    """Build the lexicon of the conditions' own phrases."""
    tables = [
        (group, phrases)
        for condition in load_conditions().conditions
        for group, phrases in (
            (condition.code, condition.phrases),
            (condition.code + _HINT, condition.hints),
        )
    ]
    return build_lexicon(
        [
            Cue(each.phrase, group, "states a condition", each.provenance, each.accents)
            for group, phrases in tables
            for each in phrases
        ],
        [Group(group, "Shows a condition", frozenset()) for group, _ in tables],
    )
