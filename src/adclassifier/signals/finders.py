"""Say what finds a signal, and without which cues it need not look."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from adclassifier.signals.reading import Reading, Span

Find = Callable[[Reading], Iterable[Span]]


@dataclass(frozen=True, slots=True)
class Finder:
    """Finds spans of one signal.

    Parameters
    ----------
    find : callable
        Gives them in any order.
    needs : tuple of tuple of str
        Groups of cues: it finds nothing in a text that has no cue of one of these tuples, so that
        it need not be asked. It is right without them too.
    """

    find: Find
    needs: tuple[tuple[str, ...], ...]


def needs(*groups: tuple[str, ...]) -> Callable[[Find], Finder]:
    """Name the groups of cues without which a function finds nothing: one of each tuple."""

    def mark(find: Find) -> Finder:
        return Finder(find, groups)

    return mark


class Finders:
    """Finders of several signals, of which few have anything to look for in a text.

    Parameters
    ----------
    finders : mapping of str to tuple of Finder
        By code of the signal; the spans of one code come from all of its finders.

    Examples
    --------
    >>> both, one = Finder(list, (("x", "y"), ("z",))), Finder(list, (("x",),))
    >>> finders = Finders({"a": (both,), "b": (one,)})
    >>> [code for code, _ in finders.choose(["x"])]
    ['b']
    """

    def __init__(self, finders: Mapping[str, tuple[Finder, ...]]) -> None:
        # a bit for each tuple of groups: most texts have some cues, and no signal
        flat = [(code, finder) for code, several in finders.items() for finder in several]
        needed = dict.fromkeys(groups for _, finder in flat for groups in finder.needs)
        bits = {groups: 1 << place for place, groups in enumerate(needed)}
        self._bits: dict[str, int] = {}
        for groups, bit in bits.items():
            for group in groups:
                self._bits[group] = self._bits.get(group, 0) | bit
        self._finders = [
            (code, finder.find, sum(bits[groups] for groups in finder.needs))
            for code, finder in flat
        ]
        self._chosen: dict[int, tuple[tuple[str, Find], ...]] = {}

    def choose(self, groups: Iterable[str]) -> tuple[tuple[str, Find], ...]:
        """Give code and function of each that may find something beside cues of some groups."""
        there = 0
        for group in groups:
            there |= self._bits.get(group, 0)
        # there are few bits, and fewer sets of them
        if there not in self._chosen:
            self._chosen[there] = tuple(
                (code, find) for code, find, needed in self._finders if there & needed == needed
            )
        return self._chosen[there]
