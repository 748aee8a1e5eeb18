"""The table of beginnings of puns says what the patterns of the puns say."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

from adclassifier.text.platforms import _pattern, _pun_starts, pun_firsts, spelled_starts

#: Repetitions that are tried of what may be repeated without end.
_MOST_TIMES = 4
_START = re.compile(r"([^\W_]*)([^\w]|_)?([^\W_]{0,2})")


def _cut(text: str) -> tuple[str, bool]:
    """Cut what the two first words are known by; say whether nothing behind it matters."""
    match = _START.match(text)
    assert match is not None
    return match[0], match[2] is not None and len(match[3]) == 2


def _letters(items: Iterable[tuple[Any, Any]]) -> set[str]:
    found: set[str] = set()
    for code, value in items:
        if code is codes.LITERAL:
            found.add(chr(value))
        elif code is codes.RANGE:
            found.update(map(chr, range(value[0], value[1] + 1)))
        else:
            raise ValueError(code)
    return found


def _repeated(texts: set[str], value: tuple[Any, Any, Any]) -> set[str]:
    least, most, tree = value
    found = set(texts) if least == 0 else set()
    for times in range(1, min(int(most), _MOST_TIMES) + 1):
        texts = _extended(texts, tree)
        if times >= least:
            found |= texts
    return found


def _by(texts: set[str], code: Any, value: Any) -> set[str]:
    """Extend beginnings by one part of a pattern."""
    if code is codes.LITERAL:
        return {text + chr(value) for text in texts}
    if code is codes.IN:
        return {text + letter for text in texts for letter in _letters(value)}
    if code is codes.BRANCH:
        return set().union(*(_extended(texts, branch) for branch in value[1]))
    if code is codes.SUBPATTERN:
        return _extended(texts, value[3])
    if code in (codes.MAX_REPEAT, codes.MIN_REPEAT):
        return _repeated(texts, value)
    if code is codes.ASSERT and value[0] == 1 and value[1][0][0] is not codes.IN:
        return _extended(texts, value[1])  # what must follow
    if code in (codes.ASSERT, codes.ASSERT_NOT, codes.AT):
        return texts
    raise ValueError(code)


def _extended(texts: set[str], tree: Iterable[tuple[Any, Any]]) -> set[str]:
    """Extend beginnings by a pattern, as far as they matter."""
    for code, value in tree:
        done = {text for text in texts if _cut(text)[1]}
        texts = {_cut(text)[0] for text in _by(texts - done, code, value)} | done
    return texts


@functools.cache
def _walked() -> frozenset[str]:
    """Walk over the patterns: what puns look like, as far as they matter."""
    return frozenset(_extended({""}, parser.parse(_pattern().pattern)))


@functools.cache
def _beginnings() -> frozenset[tuple[str, str, str]]:
    """Give the first word of each pun, the sign behind it, and how the second begins.

    A first word that is none of `pun_firsts` counts only as a pun by itself.
    """
    found = map(_START.match, _walked())
    parts = [match.groups() for match in found if match and match[2] is not None]
    return frozenset(
        (first, sign, second) for first, sign, second in parts if first in pun_firsts()
    )


def test_spelled_starts_are_the_beginnings_of_the_patterns() -> None:
    derived = {(first, second) for first, _, second in _beginnings() if second}
    assert derived == spelled_starts()


def test_words_of_a_pun_stand_one_space_or_hyphen_apart() -> None:
    assert {sign for _, sign, _ in _beginnings()} == {" ", "-"}


def test_spelled_starts_begin_with_words_of_puns() -> None:
    assert {first for first, _ in spelled_starts()} <= pun_firsts()


def test_pun_starts_are_those_of_the_puns_of_one_word() -> None:
    assert {text[:2] for text in _walked() if text.isalnum()} == _pun_starts()
