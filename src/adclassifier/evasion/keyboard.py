"""Write as chat and keyboards without Vietnamese do."""

from __future__ import annotations

import unicodedata

import numpy as np

from adclassifier.evasion.places import ACCENTED_WORD, WORD, rewrite, split_letter, swap_phrases
from adclassifier.evasion.tables import load_tables


def teencode(text: str, rng: np.random.Generator) -> str:
    """Write as the young chat: short forms, and other initials and finals.

    Examples
    --------
    >>> teencode("được không", np.random.default_rng(2))
    'dc hok'
    """
    tables = load_tables()
    shares = tables["share"]
    shortened = swap_phrases(text, rng, tables["teencode"]["phrases"], shares["teencode_words"])
    return rewrite(shortened, rng, WORD, shares["teencode_letters"], _respell)


def _respell(word: str) -> str:
    """Replace the initial and the final of a syllable, where the young write another."""
    table = load_tables()["teencode"]
    initials: dict[str, str] = table["initials"]
    finals: dict[str, str] = table["finals"]
    for initial in sorted(initials, key=len, reverse=True):
        if word.lower().startswith(initial) and len(word) > len(initial) + 1:
            word = initials[initial] + word[len(initial) :]
            break
    for final in sorted(finals, key=len, reverse=True):
        if word.lower().endswith(final) and len(word) > len(final) + 1:
            return word[: -len(final)] + finals[final]
    return word


def telex_residue(text: str, rng: np.random.Generator) -> str:
    """Leave the Telex keys of words standing, the tone's right behind its vowel or at the end.

    Examples
    --------
    >>> [telex_residue("thuốc", np.random.default_rng(seed)) for seed in (0, 2)]
    ['thuoosc', 'thuoocs']
    """
    return _typed(text, rng, "telex")


def vni_residue(text: str, rng: np.random.Generator) -> str:
    """Leave the VNI keys of words standing, the tone's right behind its vowel or at the end.

    Examples
    --------
    >>> vni_residue("thuốc", np.random.default_rng(1))
    'thuo61c'
    """
    return _typed(text, rng, "vni")


def _typed(text: str, rng: np.random.Generator, method: str) -> str:
    """Give the keys of words by an input method."""
    tables = load_tables()
    letters, tones = tables[method]["letters"], tables[method]["tones"]

    def spell(word: str) -> str:
        tone_at_end = rng.random() < 0.5
        keys, late = "", ""
        for letter in word:
            base, marks = split_letter(letter.lower())
            tone = "".join(tones[mark] for mark in marks if mark in tones)
            shape = "".join(mark for mark in marks if mark not in tones)
            plain = unicodedata.normalize("NFC", base + shape)
            typed = letters.get(plain, plain)
            keys += typed if letter.islower() else typed.capitalize()
            late += tone if tone_at_end else ""
            keys += "" if tone_at_end else tone
        return keys + late

    return rewrite(text, rng, ACCENTED_WORD, tables["share"][f"{method}_residue"], spell)
