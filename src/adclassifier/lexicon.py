"""Find phrases with a known meaning in canonical text.

The phrases (cues) are data: ``lexicons/*.toml``, one group of cues per table. A cue decides nothing
by itself; signals combine cues, and a model may use them as features.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from typing import Any, Literal, NamedTuple, cast

import ahocorasick

from adclassifier.errors import ConfigError
from adclassifier.text.normalize import strip_accents

Accents = Literal["optional", "required"]

# Both ways of placing the tone are in use ("hóa", "hoá"); phrase and text are brought to one.
_TONE_PAIRS = "óaoá òaoà ỏaoả õaoã ọaoạ óeoé òeoè ỏeoẻ õeoẽ ọeoẹ úyuý ùyuỳ ủyuỷ ũyuỹ ụyuỵ"
TONE_PLACES = {pair[:2]: pair[2:] for pair in _TONE_PAIRS.split()}
_TONE_PATTERN = re.compile("|".join(TONE_PLACES))
# A phrase may run over a line end, and hashtags and word-segmented texts join syllables by "_".
_JOINERS = str.maketrans("\n_", "  ")
_PROVENANCE = re.compile(r"corpus:[\w-]+|real:[\w:.-]+|law\.md §\d+(\.\d+)?|recalled")


@dataclass(frozen=True, slots=True)
class Cue:
    """One phrase of a lexicon.

    Attributes
    ----------
    phrase : str
        The phrase in canonical spelling.
    group : str
        Code of the group that it belongs to, such as ``disease``.
    meaning : str
        What the phrase says, in a few English words.
    provenance : str
        ``corpus:<id>``, ``real:<id>``, ``law.md §<n>`` or ``recalled``.
    accents : {"optional", "required"}
        Whether a text without accents may match.
    """

    phrase: str
    group: str
    meaning: str
    provenance: str
    accents: Accents = "optional"

    @property
    def recalled(self) -> bool:
        """Whether the phrase was written from memory: shown as such, never proof of anything."""
        return self.provenance == "recalled"


@dataclass(frozen=True, slots=True)
class Group:
    """A table of cues: its code, what it holds, and the groups that it shadows.

    A match inside a match of a group that shadows its own is dropped: "khỏi" inside "khỏi cần" says
    nothing of a cure.
    """

    code: str
    about: str
    shadows: frozenset[str]


class Match(NamedTuple):
    """A cue found in canonical text, at ``[start, end)``."""

    cue: Cue
    start: int
    end: int


@dataclass(frozen=True)
class Lexicon:
    """All cues; build one with `build_lexicon`, or take the package's own from `load_lexicon`.

    `matches` is the plain reference of `adclassifier.features.cues.find_matches`, which is faster.
    """

    cues: tuple[Cue, ...]
    groups: Mapping[str, Group]

    @cached_property
    def _automaton(self) -> Any:
        """Build the automaton, only for those who match with it."""
        automaton = ahocorasick.Automaton()
        for cue in self.cues:
            phrase = fold_spelling(cue.phrase)
            bare = strip_accents(phrase)
            automaton.add_word(bare, (*automaton.get(bare, ()), (cue, phrase)))
        automaton.make_automaton()
        return automaton

    def matches(self, canonical_text: str) -> list[Match]:
        """Find the cues of a canonical text, on word boundaries.

        Parameters
        ----------
        canonical_text : str
            Text as `adclassifier.text.normalize.normalize` writes it. A phrase without any accents
            matches where the cue allows it; one with other accents, or with some, does not.

        Returns
        -------
        list of Match
            Ordered by start, longest first. Matches inside a longer one of the same group, or
            inside one of a group that shadows theirs, are left out.

        Examples
        --------
        >>> [(m.cue.group, m.cue.phrase) for m in load_lexicon().matches("trị dứt điểm viêm xoang")]
        [('cure_verb', 'trị dứt điểm'), ('disease', 'viêm xoang')]
        >>> [(m.cue.group, m.cue.phrase) for m in load_lexicon().matches("khoi can hỏi")]
        [('innocent_cure', 'khỏi cần')]
        """
        folded = fold_spelling(canonical_text)
        bare = strip_accents(folded)
        found = [
            Match(cue, start, last + 1)
            for last, candidates in self._automaton.iter(bare)
            for cue, phrase in candidates
            for start in (last + 1 - len(phrase),)
            if _on_boundaries(bare, start, last + 1)
            and _agrees(cue, phrase, folded[start : last + 1])
        ]
        return _keep_outermost(found, self.groups)


def build_lexicon(cues: Iterable[Cue], groups: Iterable[Group]) -> Lexicon:
    """Build a lexicon that finds the given cues.

    Parameters
    ----------
    cues : iterable of Cue
        Phrases may repeat in different groups.
    groups : iterable of Group
        The groups that the cues name.

    Returns
    -------
    Lexicon

    Raises
    ------
    ConfigError
        If a cue or group breaks the format; all problems are named together.

    Examples
    --------
    >>> cue = Cue("trị nám", "cure", "cure of melasma", "recalled")
    >>> lexicon = build_lexicon([cue], [Group("cure", "Cures", frozenset())])
    >>> [(match.start, match.end) for match in lexicon.matches("kem tri nam da")]
    [(4, 11)]
    """
    kept = tuple(cues)
    by_code = {group.code: group for group in groups}
    problems = [*_group_problems(by_code), *_cue_problems(kept, by_code)]
    if problems:
        raise ConfigError("lexicon", "; ".join(problems))
    return Lexicon(kept, by_code)


@cache
def load_lexicon() -> Lexicon:
    """Load the package's lexicons, once.

    Returns
    -------
    Lexicon
        Every table of ``adclassifier/lexicons/*.toml``.

    Raises
    ------
    ConfigError
        If a table breaks the format; all problems are named together.

    Examples
    --------
    >>> "disease" in load_lexicon().groups
    True
    """
    cues: list[Cue] = []
    groups: list[Group] = []
    for text in _lexicon_texts():
        for code, table in tomllib.loads(text).items():
            groups.append(Group(code, table["about"], frozenset(table.get("shadows", ()))))
            cues += [_read_cue(code, row) for row in table["cues"]]
    return build_lexicon(cues, groups)


def lexicon_text() -> str:
    """Give the tables of the package's lexicons, one behind the other, to be hashed."""
    return "".join(_lexicon_texts())


def _lexicon_texts() -> Iterator[str]:
    """Read the tables, by name."""
    folder = files("adclassifier") / "lexicons"
    for path in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if path.name.endswith(".toml"):
            yield path.read_text(encoding="utf-8")


def _read_cue(group: str, row: Mapping[str, str]) -> Cue:
    """Make a cue of one row of a table."""
    accents = cast("Accents", row.get("accents", "optional"))
    return Cue(row["phrase"], group, row["meaning"], row["provenance"], accents)


def _group_problems(groups: Mapping[str, Group]) -> Iterator[str]:
    """Name the groups that shadow what is no group."""
    for group in groups.values():
        for name in sorted(group.shadows - groups.keys()):
            yield f"{group.code}: shadows unknown group {name!r}"


def _cue_problems(cues: Iterable[Cue], groups: Mapping[str, Group]) -> Iterator[str]:
    """Name the cues that break the format."""
    seen: set[tuple[str, str]] = set()
    for cue in cues:
        place = f"{cue.group}: {cue.phrase!r}"
        if cue.group not in groups:
            yield f"{place}: unknown group"
        if (cue.group, cue.phrase) in seen:
            yield f"{place} stands twice"
        seen.add((cue.group, cue.phrase))
        if cue.phrase != cue.phrase.strip(" _\n"):
            yield f"{place}: blank at an edge"
        if not _PROVENANCE.fullmatch(cue.provenance):
            yield f"{place}: provenance {cue.provenance!r}"
        if cue.accents not in ("optional", "required"):
            yield f"{place}: accents {cue.accents!r}"
        elif cue.accents == "optional" and " " not in cue.phrase:
            yield f"{place}: one syllable without accents says too little, accents must be required"


def fold_spelling(text: str) -> str:
    """Bring tone placement and joiners to one form, code point for code point.

    Parameters
    ----------
    text : str
        A phrase or a canonical text.

    Returns
    -------
    str
        Of the same length: "hóa_đơn" becomes "hoá đơn".
    """
    folded = _TONE_PATTERN.sub(lambda pair: TONE_PLACES[pair.group()], text)
    return folded.translate(_JOINERS)


def _on_boundaries(text: str, start: int, end: int) -> bool:
    """Whether no letter or digit runs on beyond either edge; contact tokens are closed."""
    before, after = text[start - 1 : start], text[end : end + 1]
    if text[start].isalnum() and (before.isalnum() or before == "⟨"):
        return False
    return not (text[end - 1].isalnum() and after.isalnum())


def _agrees(cue: Cue, phrase: str, written: str) -> bool:
    """Whether the phrase stands there with all its accents, or with none where that is allowed."""
    return written == phrase or (cue.accents == "optional" and written == strip_accents(phrase))


def _keep_outermost(found: list[Match], groups: Mapping[str, Group]) -> list[Match]:
    """Drop matches inside a longer one of their group or inside one that shadows them."""
    found.sort(
        key=lambda m: (m.start, -m.end, not groups[m.cue.group].shadows, m.cue.group, m.cue.phrase)
    )
    kept: list[Match] = []
    open_matches: list[Match] = []
    for match in found:
        open_matches = [outer for outer in open_matches if outer.end > match.start]
        if not any(_hides(outer, match, groups) for outer in open_matches):
            kept.append(match)
        open_matches.append(match)
    return kept


def _hides(outer: Match, inner: Match, groups: Mapping[str, Group]) -> bool:
    """Whether the outer match takes the inner one's meaning away."""
    if inner.end > outer.end:
        return False
    if inner.cue.group == outer.cue.group:
        return True
    return inner.cue.group in groups[outer.cue.group].shadows
