"""Build the read-only tables of the compiled normaliser from those of `adclassifier.text`."""

from __future__ import annotations

import functools
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from adclassifier.features.codepoints import code_points
from adclassifier.features.reading import points, slots
from adclassifier.features.reading.facts import form_numbers
from adclassifier.features.reading.forms import RULE_KINDS
from adclassifier.features.reading.readings import Readings, build_readings, key_slots, word_keys
from adclassifier.features.reading.tables import Tables
from adclassifier.text.contacts import link_endings
from adclassifier.text.mending import mendable
from adclassifier.text.platforms import spelled_starts
from adclassifier.text.short_forms import Rule, form_rules, letter_names

#: Names of contacts that stand in brackets in texts whose contacts were taken out.
_PLACEHOLDERS = ("phone", "url", "email", "account")
#: What stands behind a dot that is written as a word, or with spaces.
_DOTTED = "com vn net org xyz me shop"
_ACCOUNT = "⟨account⟩"


@functools.cache
def tables() -> Tables:
    """Build the tables of stages but that of accents, once.

    Returns
    -------
    Tables
    """
    any_link, weak, hosts = link_endings()
    rules = [(form, rule) for form, own in form_rules().items() for rule in own]
    forms = list(form_numbers())
    numbers = [forms.index(form) for form, _ in rules]
    full = [code_points(rule.full) for _, rule in rules]
    return Tables(
        points.folds(),
        points.kinds(),
        points.flag_pairs(),
        points.composed(),
        _word_set(_PLACEHOLDERS),
        _word_set(any_link),
        _word_set(weak),
        _word_set(hosts),
        _word_set(_DOTTED.split()),
        _start_set(),
        _word_set(mendable()),
        _split_bits(sorted(mendable())),
        _word_set(letter_names()),
        np.searchsorted(numbers, range(len(forms) + 1)).astype(np.int32),
        np.array([RULE_KINDS.index(rule.rule) for _, rule in rules], np.int32),
        _rule_set([rule for _, rule in rules]),
        np.cumsum([0, *map(len, full)]).astype(np.int32),
        np.concatenate(full),
        code_points(_ACCOUNT),
    )


@functools.cache
def readings() -> Readings:
    """Build the tables of the stage that restores accents, once; without room.

    Returns
    -------
    Readings
    """
    return build_readings()


def _word_set(words: Iterable[str]) -> NDArray[np.uint64]:
    """Build a table of words."""
    return key_slots(np.unique(word_keys(sorted(words))))[0]


def _split_bits(words: list[str]) -> NDArray[np.uint8]:
    """Mark the two pieces of words wherever they are cut, as `tables.is_marked` reads the bits."""
    bits = np.zeros(1 << 15, np.uint8)
    starts = np.cumsum([0, *map(len, words)], dtype=np.int64)
    slots.mark_splits(code_points("".join(words)), starts, bits)
    return bits


def _start_set() -> NDArray[np.uint64]:
    """Build the table of the first words of puns and what may stand behind them."""
    starts = sorted(spelled_starts())
    seconds = [(ord(letters[0]), ord(letters[1]) if letters[1:] else 0) for _, letters in starts]
    behind = np.array(seconds, np.int64)
    keys = np.empty(len(starts), np.uint64)
    words = word_keys([first for first, _ in starts])
    slots.write_start_keys(words, behind[:, 0].copy(), behind[:, 1].copy(), keys)
    return key_slots(np.unique(keys))[0]


def _rule_set(rules: list[Rule]) -> NDArray[np.uint64]:
    """Build the table of rules of short forms and the words that each names."""
    named = [(number, word) for number, rule in enumerate(rules) for word in rule.words if word]
    numbers = np.array([number for number, _ in named], np.int64)
    keys = np.empty(len(named), np.uint64)
    slots.write_rule_keys(numbers, word_keys([word for _, word in named]), keys)
    return key_slots(np.unique(keys))[0]
