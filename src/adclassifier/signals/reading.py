"""Read a text once for all signals: its cues by group, its clauses, and what a span stands under.

A claim that is negated, asked or reported is not the author's: "không chữa bệnh", "uống có khỏi
không ạ?", "cơ quan chức năng cảnh báo …".
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from adclassifier.entities import EntityLookup
from adclassifier.features.cues import find_matches
from adclassifier.lexicon import Match
from adclassifier.text.normalize import Canonical

_SENTENCE_END = re.compile(r"[.!?…]+(?=\s|$)|\n|;(?=\s|$)")
# Any sign but those inside words and numbers ends a clause; so do words that turn the meaning.
_CLAUSE_END = re.compile(
    r"[^\w\s%./'’⟨⟩+*&@#~=-]|[.…](?=\s|$)|\n| [-–—] | (?:nhưng|mà|còn|nên|thì|vì) "
)
_CONTACT = re.compile(r"⟨(?:phone|url|email|account)⟩")
# A negation that begins this far before reaches: "không hứa là sẽ chữa hết".
_NEGATION_REACH = 32
_MIN_REPORTING_CUES = 2


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open span of the canonical text."""

    start: int
    end: int


def start_of(match: Match) -> int:
    """Order cues by where they begin."""
    return match.start


class Reading:
    """What signals ask of a text.

    Parameters
    ----------
    text : str
        The original text.
    canonical : Canonical
        Its canonical form.
    matches : sequence of Match, optional
        The lexicon's cues in it, in order; looked for where they are not given.
    """

    def __init__(
        self, text: str, canonical: Canonical, matches: Sequence[Match] | None = None
    ) -> None:
        self.text = text
        self.canonical = canonical
        self._by_group: dict[str, list[Match]] = {}
        found = find_matches(canonical.text) if matches is None else matches
        for match in found:
            self._by_group.setdefault(match.cue.group, []).append(match)
        self._ordered: dict[tuple[str, ...], tuple[list[Match], list[int]]] = {}
        self.entities = EntityLookup(text, canonical, found)

    def cues(self, *groups: str) -> list[Match]:
        """Give the cues of the groups, in the order of the text."""
        return self._in_order(groups)[0]

    def within(self, span: Span, *groups: str) -> list[Match]:
        """Give the cues of the groups that begin inside a span."""
        cues, starts = self._in_order(groups)
        first = bisect_left(starts, span.start)
        return cues[first : bisect_left(starts, span.end, lo=first)]

    def _in_order(self, groups: tuple[str, ...]) -> tuple[list[Match], list[int]]:
        """Give the cues of the groups in the order of the text, and where they begin."""
        if groups not in self._ordered:
            found = [match for group in groups for match in self._by_group.get(group, ())]
            if len(groups) > 1:
                found.sort(key=start_of)
            self._ordered[groups] = found, [match.start for match in found]
        return self._ordered[groups]

    def beside(self, place: int, *groups: str) -> list[Match]:
        """Give the cues of the groups that begin in the sentence around a place."""
        # most texts have none of them, and no need to be cut into sentences
        return self.within(self.sentence(place), *groups) if self.has(*groups) else []

    @property
    def groups(self) -> Iterable[str]:
        """The groups that the text has a cue of."""
        return self._by_group

    def has(self, *groups: str) -> bool:
        """Whether the text has a cue of any of the groups."""
        return not self._by_group.keys().isdisjoint(groups)

    def has_number(self, *kinds: str) -> bool:
        """Whether the text has an official number of any of the kinds."""
        return any(number.kind in kinds for number in self.entities.registrations)

    @cached_property
    def _sentence_ends(self) -> list[int]:
        return [match.end() for match in _SENTENCE_END.finditer(self.canonical.text)]

    @cached_property
    def _clause_ends(self) -> list[int]:
        return [match.end() for match in _CLAUSE_END.finditer(self.canonical.text)]

    def sentence(self, place: int) -> Span:
        """Give the sentence around a place."""
        return self._piece(self._sentence_ends, place)

    def clause(self, place: int) -> Span:
        """Give the clause around a place."""
        return self._piece(self._clause_ends, place)

    def _piece(self, ends: list[int], place: int) -> Span:
        at = bisect_right(ends, place)
        start = ends[at - 1] if at else 0
        end = ends[at] if at < len(ends) else len(self.canonical.text)
        return Span(start, end)

    def is_claimed(self, match: Match) -> bool:
        """Whether the author says it: neither negated, nor asked, nor reported."""
        return not (self.is_negated(match) or self.is_asked(match) or self.is_reported(match))

    def is_negated(self, match: Match) -> bool:
        """Whether a negation in the clause takes the cue back."""
        near = self.within(Span(match.start - _NEGATION_REACH, match.start), "negation")
        # few have one near them, and need to know where their clause begins
        return bool(near) and near[-1].start >= self.clause(match.start).start

    def is_asked(self, match: Match) -> bool:
        """Whether the cue's sentence is a real question."""
        return bool(self.beside(match.start, "question"))

    def is_reported(self, match: Match) -> bool:
        """Whether the cue's sentence reports or warns.

        One reporting cue is enough where nothing in the sentence sells; sellers use such words too.
        """
        reporting = len(self.beside(match.start, "reporting_verb", "fraud_talk"))
        if reporting >= _MIN_REPORTING_CUES:
            return True
        return reporting == 1 and not self._sells(self.sentence(match.start))

    def _sells(self, sentence: Span) -> bool:
        """Whether a sentence has a contact, a price or a call to order."""
        if self.within(sentence, "offer_price", "offer_cta", "offer_shipping"):
            return True
        return _CONTACT.search(self.canonical.text, sentence.start, sentence.end) is not None
