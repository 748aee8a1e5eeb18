"""Cut from a text what its data set added, so that nothing marks the source."""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib import resources

from adclassifier.corpus.traced import Traced

# Latin, Latin Extended and Vietnamese: the letters that names in these sources begin with
_LETTERS = (range(0x41, 0x250), range(0x1E00, 0x1F00))


@dataclass(frozen=True, slots=True)
class Rule:
    """One artefact of a source, as `tails.toml` states it.

    Parameters
    ----------
    why : str
        What it is and why it goes.
    when : pattern
        The rule applies only to texts that, as stored, hold a match.
    cut : pattern
        What is taken out.
    put : str
        What stands in its place.
    keep : str
        Name of the group that stays as a line of its own; empty for none.
    drop : pattern
        The kept group goes as well when this matches all of it.
    example : tuple of str
        A text as stored and as read.
    """

    why: str
    when: re.Pattern[str]
    cut: re.Pattern[str]
    put: str
    keep: str
    drop: re.Pattern[str]
    example: tuple[str, str]

    def apply(self, traced: Traced) -> Traced:
        """Take out every match."""
        return traced.edit(edit for m in self.cut.finditer(traced.text) for edit in self._edits(m))

    def _edits(self, match: re.Match[str]) -> Iterator[tuple[int, int, str]]:
        """Say what goes of a match: all of it, or what stands around the part that is kept."""
        start, end = match.span()
        kept = match[self.keep] if self.keep else ""
        if kept and not self.drop.fullmatch(kept):
            yield start, match.start(self.keep), self.put
            start = match.end(self.keep)
        yield start, end, self.put


@functools.cache
def load_rules() -> Mapping[str, tuple[Rule, ...]]:
    """Read the artefacts of every known source, by source."""
    path = resources.files("adclassifier.corpus") / "tails.toml"
    content = tomllib.loads(path.read_text(encoding="utf-8"))
    expand = _macro_expander(content.pop("macros"))
    return {
        source: tuple(
            Rule(
                why=row["why"],
                when=re.compile(row.get("when", "")),
                cut=re.compile(expand(row["cut"]), re.VERBOSE),
                put=row["put"],
                keep=row.get("keep", ""),
                drop=re.compile(expand(row.get("drop", "")), re.VERBOSE),
                example=(row["example"][0], row["example"][1]),
            )
            for row in rows
        )
        for source, rows in content.items()
    }


def _macro_expander(macros: Mapping[str, str]) -> Callable[[str], str]:
    """Give a function that writes macros out; a macro may use those above it."""
    capitals = (chr(code) for codes in _LETTERS for code in codes)
    known = {"upper": "".join(letter for letter in capitals if letter.isupper())}

    def expand(pattern: str) -> str:
        for name, value in known.items():
            pattern = pattern.replace("{" + name + "}", value)
        return pattern

    for name, value in macros.items():
        known[name] = expand(value)
    return expand


def clean_source_text(text: str, source: str) -> str:
    r"""Cut what the data set `source` added to a text, and compose its letters (NFC).

    Parameters
    ----------
    text : str
        The text as the data set stores it.
    source : str
        Code of the source, such as ``"vlsp2019"``. Texts of authored files, and of sources that
        nothing is known to add to, only lose white space at both ends.

    Returns
    -------
    str
        The text as its author wrote it, as far as that is known. A text that is nothing but such an
        addition stays as it was.

    Examples
    --------
    >>> post = "Ví da 99k Lan Vũ added 2 new photos. <URL> Photos from Lan Vũ's post"
    >>> clean_source_text(post, "vlsp2019")
    'Ví da 99k'
    >>> clean_source_text("Lan Vũ updated her status.", "vlsp2019")
    'Lan Vũ updated her status.'
    """
    return trace_source_text(text, source).text


def trace_source_text(text: str, source: str) -> Traced:
    """Cut as `clean_source_text` does, and keep the way back to the text as stored."""
    whole = Traced.of(text).compose().strip()
    traced = whole
    for rule in load_rules().get(source, ()):
        if rule.when.search(text):
            traced = rule.apply(traced)
    traced = traced.strip()
    return traced if any(map(str.isalnum, traced.text)) else whole
