"""Bring a post to its canonical spelling, with a way back to the original."""

from __future__ import annotations

import re
from dataclasses import dataclass

from adclassifier.text.accents import accent_table, strip_accents
from adclassifier.text.codepoints import fold_code_points, replace_surrogates
from adclassifier.text.contacts import mark_accounts, mark_links
from adclassifier.text.emoji_words import name_emoji
from adclassifier.text.joining import join_pieces
from adclassifier.text.leet import read_leet
from adclassifier.text.offsets import Offsets, Rewriter, Trick
from adclassifier.text.phones import mark_phones
from adclassifier.text.platforms import name_platforms
from adclassifier.text.short_forms import write_out
from adclassifier.text.spelling import counts
from adclassifier.text.stretching import shorten_stretched
from adclassifier.text.telex import read_keys

__all__ = ["TRICK_KINDS", "Canonical", "Trick", "accent_table", "normalize", "strip_accents"]

TRICK_KINDS = frozenset()
_MOST_ROUNDS = 6
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True, eq=False)
class Canonical:
    """Canonical text and where each of its characters came from."""

    text: str
    starts: Offsets
    ends: Offsets
    tricks: tuple[Trick, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Give the half-open span of the original behind ``text[start:end]``."""
        if start >= end:
            place = int(self.starts[start]) if start < len(self.starts) else 0
            return place, place
        return int(self.starts[start]), int(self.ends[end - 1])


def normalize(text: str) -> Canonical:
    """Bring a text to its canonical spelling."""
    rewriter = Rewriter(replace_surrogates(text))
    for _ in range(_MOST_ROUNDS):
        fold_code_points(rewriter)
        before = rewriter.text
        _undo(rewriter)
        if rewriter.text == before:
            break
    starts, ends = rewriter.offsets()
    return Canonical(rewriter.text, starts, ends, tuple(rewriter.tricks))


def _undo(rewriter: Rewriter) -> None:
    mark_links(rewriter)
    mark_accounts(rewriter)
    mark_phones(rewriter)
    text = rewriter.text
    tokens = set(_WORD.findall(text))
    odd = tokens.difference(counts())
    name_platforms(rewriter, tokens, odd)
    join_pieces(rewriter, tokens, odd)
    read_leet(rewriter)
    name_emoji(rewriter)
    if rewriter.text is not text:
        tokens = set(_WORD.findall(rewriter.text))
        odd = tokens.difference(counts())
    shorten_stretched(rewriter, odd)
    read_keys(rewriter, odd)
    write_out(rewriter, tokens, odd)
