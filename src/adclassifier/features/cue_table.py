"""Lay the cues of the lexicon out as arrays, for the compiled matcher.

Every sign that a phrase is written with has a *code*, so that a text is turned to small numbers
once. A *word* is a run of letters and digits, or one other sign; a blank that stands alone belongs
to the word behind it. Cues begin and end with words, so that phrases are a trie over *steps*: a
word, and whether a blank stands before it. Phrases stand in it as they are written and, where a
cue allows it, without accents (`cue_trie`).
"""

from __future__ import annotations

import functools
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from adclassifier.errors import ConfigError
from adclassifier.features.cue_trie import (
    BLANK,
    CODE_BITS,
    OPENING,
    OTHER,
    build_trie,
    place_keys,
    slot_shift,
    split_words,
)
from adclassifier.lexicon import TONE_PLACES, Lexicon, fold_spelling, load_lexicon
from adclassifier.text.accents import strip_accents

#: One past the last code point with a code of its own: no letter or digit of Unicode lies behind.
CODED_POINTS = 0x40000
_SIGNS = {" ": BLANK, "⟨": OPENING}


class CueTable(NamedTuple):
    """The lexicon's cues for `cue_words` and `cue_matching`.

    Attributes
    ----------
    codes : ndarray of shape (CODED_POINTS,), uint8
        Code of each code point; NUL stands for the letters that `features.codepoints.code_points`
        leaves out.
    first_letter : int
        Codes from here on are letters and digits.
    tones : ndarray of shape (n_codes,), uint8
        Row of ``moves`` of a vowel whose tone may move to the next; 0 for all others.
    moves : ndarray of shape (n_tones + 1, n_codes), uint8
        Code of the next vowel once it bears the tone; 0 where the tone stays.
    plains : ndarray of shape (n_tones + 1,), uint8
        Code of the first vowel once its tone has moved.
    words : ndarray of shape (n_slots, 2), uint64
        Key of the word in each slot, or 0, and the node behind it if it begins phrases, or 0;
        ``n_slots`` is a power of two.
    places : ndarray of shape (n_slots,), int32
        Where the word stands in ``spellings``.
    spellings : ndarray of shape (n_code_points,), uint8
        Codes of all phrases, with `OTHER` behind each.
    nodes : ndarray of shape (n_nodes + 1, 2), uint64
        Bit ``slot % 64`` of each word that goes on from a node, and the node's first place in
        ``cues``.
    edges : ndarray of shape (n_edge_slots,), uint64
        Key of each step from a node, and the node that it leads to; or 0.
    cues : ndarray of shape (n_ends,), int32
        Numbers in ``load_lexicon().cues`` of the cues that end at a node, last to be given first.
    groups : ndarray of shape (n_cues,), int32
        Number of each cue's group, in the order of ``load_lexicon().groups``.
    hides : ndarray of shape (n_groups, n_groups), uint8
        Whether a match of the first group hides one of the second inside it.
    word_shift, edge_shift : int
        Places by which a hash is shifted to give the first slot in ``words`` and ``edges``.
    longest : int
        Code points of the longest phrase.
    """

    codes: NDArray[np.uint8]
    first_letter: int
    tones: NDArray[np.uint8]
    moves: NDArray[np.uint8]
    plains: NDArray[np.uint8]
    words: NDArray[np.uint64]
    places: NDArray[np.int32]
    spellings: NDArray[np.uint8]
    nodes: NDArray[np.uint64]
    edges: NDArray[np.uint64]
    cues: NDArray[np.int32]
    groups: NDArray[np.int32]
    hides: NDArray[np.uint8]
    word_shift: int
    edge_shift: int
    longest: int


class _Alphabet(NamedTuple):
    """The part of a `CueTable` that is about single signs."""

    codes: NDArray[np.uint8]
    first_letter: int
    tones: NDArray[np.uint8]
    moves: NDArray[np.uint8]
    plains: NDArray[np.uint8]


@functools.cache
def cue_table() -> CueTable:
    """Lay out the package's lexicon, once.

    Returns
    -------
    CueTable

    Raises
    ------
    ConfigError
        If the phrases hold more signs than there are codes.

    Examples
    --------
    >>> len(cue_table().groups) == len(load_lexicon().cues)
    True
    """
    return build_cue_table(load_lexicon())


@functools.lru_cache(maxsize=16)
def group_numbers(cue_groups: tuple[str, ...]) -> NDArray[np.int32]:
    """Give each group of the lexicon its number among the groups that are features.

    Parameters
    ----------
    cue_groups : tuple of str
        Codes of groups, as in `FeatureShape.cue_groups`.

    Returns
    -------
    ndarray of shape (n_groups,), int32
        By the numbers of `CueTable.groups`; -1 for groups that are no features.

    Examples
    --------
    >>> sorted(set(group_numbers(("cure_verb", "disease")).tolist()))
    [-1, 0, 1]
    """
    numbers = {code: number for number, code in enumerate(cue_groups)}
    return np.array([numbers.get(code, -1) for code in load_lexicon().groups], np.int32)


def build_cue_table(lexicon: Lexicon) -> CueTable:
    """Lay out a lexicon.

    Parameters
    ----------
    lexicon : Lexicon

    Returns
    -------
    CueTable

    Raises
    ------
    ConfigError
        If the phrases hold more signs than there are codes.
    """
    phrases, cues = _phrases_to_find(lexicon)
    alphabet = _build_alphabet(phrases)
    points = np.frombuffer("".join(f"{each}\0" for each in phrases).encode("utf-32-le"), np.uint32)
    spellings = np.where(points > 0, alphabet.codes[points], np.uint8(OTHER))
    starts, keys = split_words(spellings, alphabet.first_letter)
    distinct, first, which = np.unique(keys, return_index=True, return_inverse=True)
    slots, slot_of = place_keys(distinct)
    places = np.zeros(len(slots), np.int32)
    places[slot_of] = starts[first]
    # The place before the first phrase is the last one: `OTHER`, as behind every phrase.
    spaced = (spellings[starts - 1] == BLANK) & (spellings[starts] != BLANK)
    phrase_of = np.cumsum(points == 0)[starts]
    trie = build_trie(2 * slot_of[which] + spaced, phrase_of, len(slots))
    order = np.lexsort((-_ranks(lexicon)[cues], trie.last))
    ends = np.searchsorted(trie.last[order], np.arange(len(trie.masks)))
    groups, hides = _build_groups(lexicon)
    return CueTable(
        *alphabet,
        words=np.stack([slots, trie.roots], axis=1),
        places=places,
        spellings=spellings,
        nodes=np.stack([trie.masks, ends.astype(np.uint64)], axis=1),
        edges=trie.edges,
        cues=cues[order].astype(np.int32),
        groups=groups,
        hides=hides,
        word_shift=slot_shift(len(slots)),
        edge_shift=slot_shift(len(trie.edges)),
        longest=max(map(len, phrases)),
    )


def _phrases_to_find(lexicon: Lexicon) -> tuple[list[str], NDArray[np.int64]]:
    """Give the phrases with accents and, where that is allowed, without, and each one's cue."""
    # At once, since one by one costs ten times as much; no phrase holds a NUL.
    folded = fold_spelling("\0".join(cue.phrase for cue in lexicon.cues))
    written, bare = folded.split("\0"), strip_accents(folded).split("\0")
    optional = [
        number
        for number, cue in enumerate(lexicon.cues)
        if cue.accents == "optional" and written[number] != bare[number]
    ]
    cues = np.array([*range(len(lexicon.cues)), *optional], np.int64)
    return [*written, *(bare[number] for number in optional)], cues


def _build_alphabet(phrases: list[str]) -> _Alphabet:
    """Give codes to the signs of the phrases and of the pairs of vowels that bear a tone."""
    pairs = "".join(written + usual for written, usual in TONE_PLACES.items())
    signs = set("".join(phrases)).union(pairs) - _SIGNS.keys()
    letters = sorted(sign for sign in signs if sign.isalnum())
    codes = dict(_SIGNS)
    for sign in sorted(signs.difference(letters)):
        codes[sign] = len(codes) + 1
    first_letter = len(codes) + 1
    codes |= {sign: code for code, sign in enumerate(letters, first_letter + 1)}
    n_codes = first_letter + 1 + len(letters)
    if n_codes > 1 << CODE_BITS:
        raise ConfigError("lexicon", f"{n_codes} different signs", f"at most {1 << CODE_BITS}")
    return _Alphabet(_code_points(codes, first_letter), first_letter, *_build_moves(codes, n_codes))


def _code_points(codes: dict[str, int], first_letter: int) -> NDArray[np.uint8]:
    """Give each code point its code; letters and digits that no phrase holds share the first."""
    characters = np.arange(CODED_POINTS, dtype=np.uint32).view("<U1")
    table = np.where(np.char.isalnum(characters), first_letter, OTHER).astype(np.uint8)
    table[0] = first_letter
    for sign, code in codes.items():
        table[ord(sign)] = code
    for sign in "\n_":
        table[ord(sign)] = codes[fold_spelling(sign)]
    return table


def _build_moves(
    codes: dict[str, int], n_codes: int
) -> tuple[NDArray[np.uint8], NDArray[np.uint8], NDArray[np.uint8]]:
    """Say where a tone moves from a vowel to the next: ``tones``, ``moves`` and ``plains``."""
    rows = {first: row for row, first in enumerate(sorted({pair[0] for pair in TONE_PLACES}), 1)}
    tones = np.zeros(n_codes, np.uint8)
    moves = np.zeros((len(rows) + 1, n_codes), np.uint8)
    plains = np.zeros(len(rows) + 1, np.uint8)
    for written, usual in TONE_PLACES.items():
        row = rows[written[0]]
        tones[codes[written[0]]] = row
        moves[row, codes[written[1]]] = codes[usual[1]]
        plains[row] = codes[usual[0]]
    return tones, moves, plains


def _ranks(lexicon: Lexicon) -> NDArray[np.int64]:
    """Order the cues that stand at the same place, as `Lexicon.matches` does."""
    order = sorted(
        range(len(lexicon.cues)),
        key=lambda number: (
            not lexicon.groups[lexicon.cues[number].group].shadows,
            lexicon.cues[number].group,
            lexicon.cues[number].phrase,
        ),
    )
    ranks = np.empty(len(order), np.int64)
    ranks[order] = np.arange(len(order))
    return ranks


def _build_groups(lexicon: Lexicon) -> tuple[NDArray[np.int32], NDArray[np.uint8]]:
    """Say of which group each cue is, and which group's matches hide which inside them."""
    numbers = {code: number for number, code in enumerate(lexicon.groups)}
    hides = np.eye(len(numbers), dtype=np.uint8)
    for group in lexicon.groups.values():
        hides[numbers[group.code], [numbers[code] for code in group.shadows]] = 1
    return np.array([numbers[cue.group] for cue in lexicon.cues], np.int32), hides
