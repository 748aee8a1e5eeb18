"""Hold decided labels to what cues may not do: decide alone, or without a source."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence

from adclassifier.classifier.cues_used import UsedCue, split_over_cues
from adclassifier.classifier.heads import VIOLATING, LinearHeads
from adclassifier.text.normalize import Canonical

#: Different words that a text must hold beside any one phrase of the lexicon.
_FEWEST_WORDS = 2
_WORD = re.compile(r"\w+")


def standing_labels(
    text: str,
    canonical: Canonical,
    heads: LinearHeads,
    windows: Mapping[str, tuple[int, int]],
    excess: float,
) -> list[str]:
    """Choose the decided labels that rest neither on one phrase alone nor on recalled cues.

    Parameters
    ----------
    text : str
    canonical : Canonical
        Of the text.
    heads : LinearHeads
    windows : mapping of str to (start, end)
        The window that speaks most for each decided label, and for "violating".
    excess : float
        How far the log-odds of violating lie above the review threshold. Where they lie below it
        without what the recalled cues add, nothing that has a source would show the text to
        anybody, and no label stands.

    Returns
    -------
    list of str
        In the order of ``windows``.
    """
    labels = [label for label in windows if label != VIOLATING]
    if not labels or not heads.shape.cue_groups:
        return labels
    shares = {each.label: each for each in split_over_cues(text, canonical, heads, windows)}
    if shares[VIOLATING].recalled > excess:
        return []
    return [
        label
        for label in labels
        if _says_more_than_a_phrase(text, canonical.span(*windows[label]), shares[label].cues)
    ]


def _says_more_than_a_phrase(text: str, window: tuple[int, int], cues: Sequence[UsedCue]) -> bool:
    """Whether enough different words stand outside every phrase and the cues that touch it."""
    start, end = window
    for phrase in {cue.phrase for cue in cues}:
        own = [cue for cue in cues if cue.phrase == phrase]
        outside = list(text[start:end])
        for cue in cues:
            if any(cue.start < each.end and each.start < cue.end for each in own):
                outside[cue.start - start : cue.end - start] = " " * (cue.end - cue.start)
        words = _WORD.findall("".join(outside).casefold())
        if len(set(words)) < _FEWEST_WORDS:
            return False
    return True


def log_odds(probability: float) -> float:
    """Give log-odds that are finite at 0 and 1 too."""
    inside = min(max(probability, 1e-15), 1.0 - 1e-15)
    return math.log(inside / (1.0 - inside))
