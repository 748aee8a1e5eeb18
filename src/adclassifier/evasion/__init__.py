"""Write a text as sellers do who do not want to be found: a closed list of named tricks.

Each trick is ``transform(text, rng) -> str``, the same text for the same seed. The tricks and their
tables were written by someone who had not read the normaliser, and use nothing of it: what undoes
them and what measures it stay independent. Tricks of `HELD_OUT` are for measuring alone; a model
that was taught them would say nothing about the next trick.

The texts of `TRAINABLE` tricks keep their labels, lawful or not: to write badly is no offence.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np

from adclassifier.evasion.framing import camouflage, denied_offer, padding, tail_tokens
from adclassifier.evasion.keyboard import teencode, telex_residue, vni_residue
from adclassifier.evasion.letters import (
    accents_off,
    combining_marks,
    elongation,
    fullwidth,
    homoglyphs,
    leet,
    styled_letters,
    zero_width,
)
from adclassifier.evasion.numbers import emoji_digits, word_digits
from adclassifier.evasion.words import (
    dotted_words,
    emoji_between_letters,
    emoji_words,
    joined_words,
    puns,
    spaced_words,
    split_words,
)

__all__ = ["HELD_OUT", "TRAINABLE", "TRICKS", "Transform"]

Transform = Callable[[str, np.random.Generator], str]

TRICKS: Mapping[str, Transform] = MappingProxyType(
    {
        transform.__name__: transform
        for transform in (
            accents_off,
            teencode,
            telex_residue,
            vni_residue,
            leet,
            homoglyphs,
            fullwidth,
            styled_letters,
            zero_width,
            combining_marks,
            elongation,
            dotted_words,
            spaced_words,
            split_words,
            joined_words,
            emoji_between_letters,
            emoji_words,
            puns,
            emoji_digits,
            word_digits,
            tail_tokens,
            padding,
            camouflage,
            denied_offer,
        )
    }
)

# One of each way to hide: another alphabet, other keys, broken, joined and misleading words.
HELD_OUT = frozenset(
    {"styled_letters", "vni_residue", "emoji_between_letters", "joined_words", "denied_offer"}
)
TRAINABLE = tuple(name for name in TRICKS if name not in HELD_OUT)
