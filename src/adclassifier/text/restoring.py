"""Restore the accents of lines that were written without: "thuoc tri da day"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache

from adclassifier.text.accents import strip_accents
from adclassifier.text.language import latin_words
from adclassifier.text.neighbours import log_chance
from adclassifier.text.offsets import Rewriter
from adclassifier.text.spelling import counts, readings

_WORD = re.compile(r"(?<![^\W_])(?<!⟨)[^\W\d_]+(?![^\W_])")
_ACCENTED = re.compile("[ăđơưà-ỹ]")
_FEWEST_WORDS = 3
_MOST_ACCENTED = 0.25
"""Share of a line's words with accents from which it was written with accents: three in four
Vietnamese words carry some. The words that other stages wrote out ("ko") have theirs."""

_LEAST_VIETNAMESE = 0.5
"""Share of a line's words that must be spellings of Vietnamese words and of no foreign ones."""

_MOST_FOREIGN = 0.3
"""Share of a line's words without accents that may be no spellings of Vietnamese words."""

_LEAST_LOST = 0.2
"""Share of a line's words without accents that mean nothing as they stand: "tham gia ngay" is
written with all its accents."""

_SELDOM = 0.1
"""Share of the counts of all its readings up to which a spelling without accents means nothing."""

MOST_READINGS = 8
BEAM = 8.0
"""Natural logarithm of how much less likely than the best a row may be and yet be followed."""


def restore_accents(rewriter: Rewriter) -> None:
    """Write the lines that have no accents with the accents that their words most likely lost.

    The likeliest row of readings is found by the counts of single syllables and of pairs (Viterbi,
    IEEE Trans. Inf. Theory 13, 1967). Lengths stay, so that no offset moves. It is no trick: many
    people write so.

    Parameters
    ----------
    rewriter : Rewriter
        Holds text of the first stage.

    Examples
    --------
    >>> rewriter = Rewriter("thuoc giam can gia truyen, ban si le toan quoc")
    >>> restore_accents(rewriter)
    >>> rewriter.text
    'thuốc giảm cân gia truyền, bán sỉ lẻ toàn quốc'
    >>> rewriter = Rewriter("see you on the phone again, tran tien")
    >>> restore_accents(rewriter)
    >>> rewriter.text
    'see you on the phone again, tran tien'
    """
    lines = rewriter.text.split("\n")
    restored = [_restored(line) for line in lines]
    if restored != lines:
        rewriter.replace_text("\n".join(restored))


def _restored(line: str) -> str:
    """Restore one line, if it lacks accents."""
    n_spaces = line.count(" ")
    if n_spaces + 1 < _FEWEST_WORDS or len(_ACCENTED.findall(line)) > n_spaces:
        return line
    matches = list(_WORD.finditer(line))
    if len(matches) < _FEWEST_WORDS:
        return line
    bare = [match[0] for match in matches if match[0].isascii()]
    n_accented = len(matches) - len(bare)
    n_vietnamese = len([word for word in bare if word in _vietnamese()])
    n_foreign = len([word for word in bare if word not in readings()])
    n_lost = len([word for word in bare if word in _meaningless()])
    if (
        n_lost < _LEAST_LOST * len(bare)
        or n_accented > _MOST_ACCENTED * len(matches)
        or n_vietnamese < _LEAST_VIETNAMESE * len(matches)
        or n_foreign > _MOST_FOREIGN * len(bare)
    ):
        return line
    pieces: list[str] = []
    done = 0
    for run in _runs(line, matches):
        for match, word in zip(run, _likeliest([match[0] for match in run]), strict=True):
            pieces += (line[done : match.start()], word)
            done = match.end()
    return "".join([*pieces, line[done:]])


@cache
def _vietnamese() -> frozenset[str]:
    """Give the spellings without accents of usual syllables that are no foreign words."""
    return frozenset(readings()) - latin_words()


@cache
def _meaningless() -> frozenset[str]:
    """Give the spellings without accents that are hardly ever a word of their own."""
    return frozenset(
        word
        for word, found in readings().items()
        if counts().get(word, 0) <= _SELDOM * sum(count for count, _ in found)
    )


def lost_accents(word: str) -> tuple[bool, bool, bool]:
    """Say what a word without accents tells of whether its line has lost them.

    Parameters
    ----------
    word : str
        ASCII, lower case.

    Returns
    -------
    (bool, bool, bool)
        Whether it is the spelling of a Vietnamese word and no foreign one; whether it is the
        spelling of any; whether it hardly ever means something as it stands.

    Examples
    --------
    >>> lost_accents("thuoc"), lost_accents("the"), lost_accents("phone")
    ((True, True, True), (False, True, True), (False, False, False))
    """
    if word not in readings():
        return False, False, False
    return word not in latin_words(), True, word in _meaningless()


def _runs(line: str, matches: Sequence[re.Match[str]]) -> Iterator[list[re.Match[str]]]:
    """Group the words that stand one space apart."""
    run: list[re.Match[str]] = []
    for match in matches:
        if run and line[run[-1].end() : match.start()] != " ":
            yield run
            run = []
        run.append(match)
    yield run


def _likeliest(written: Sequence[str]) -> list[str]:
    """Choose a reading of each word, so that their row is the likeliest."""
    scores = {"": 0.0}
    steps: list[dict[str, str]] = []
    for word in written:
        reached: dict[str, float] = {}
        step: dict[str, str] = {}
        for reading in readings_of(word):
            score, last = max(
                [(before + log_chance(left, reading), left) for left, before in scores.items()]
            )
            reached[reading], step[reading] = score, last
        least = max(reached.values()) - BEAM
        scores = {reading: score for reading, score in reached.items() if score > least}
        steps.append(step)
    chosen = [max(scores, key=lambda reading: scores[reading])]
    for step in reversed(steps[1:]):
        chosen.append(step[chosen[-1]])
    return chosen[::-1]


@lru_cache(maxsize=1 << 14)
def readings_of(word: str) -> tuple[str, ...]:
    """Give the usual readings of a word, the most usual first; a word with accents is its own."""
    if strip_accents(word) != word:
        return (word,)
    found = sorted(readings().get(word, ()), reverse=True)[:MOST_READINGS]
    return tuple(reading for _, reading in found) or (word,)
