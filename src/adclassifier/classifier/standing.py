"""Hold decided labels to what cues may not do: decide alone, or without a source."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from adclassifier.classifier.cues_used import match_cues, split_over_cues
from adclassifier.classifier.heads import VIOLATING, LinearHeads
from adclassifier.lexicon import Match
from adclassifier.text.normalize import Canonical

#: Different words that the window must hold beside any one phrase of the lexicon.
_FEWEST_WORDS = 2
_WORD = re.compile(r"\w+")


def standing_labels(
    text: str,
    canonical: Canonical,
    heads: LinearHeads,
    windows: Mapping[str, tuple[int, int]],
    excess: Mapping[str, float],
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
    excess : mapping of str to float
        How far each one's log-odds lie above its threshold, "violating" above that of review. What
        the recalled cues add must be no more: nothing without a source decides.

    Returns
    -------
    list of str
        In the order of ``windows``.
    """
    labels = [label for label in windows if label != VIOLATING]
    if not labels or not heads.shape.cue_groups:
        return labels
    shares = {each.label: each for each in split_over_cues(text, canonical, heads, windows)}
    if shares[VIOLATING].recalled > excess[VIOLATING]:
        return []
    cues = match_cues(canonical.text, heads)
    return [
        label
        for label in labels
        if shares[label].recalled <= excess[label]
        and says_more_than_a_phrase(canonical.text, windows[label], cues)
    ]


def says_more_than_a_phrase(canonical: str, window: tuple[int, int], cues: Sequence[Match]) -> bool:
    """Say whether a window holds enough different words beside every phrase of the lexicon.

    Examples
    --------
    >>> from adclassifier.lexicon import load_lexicon
    >>> text = "nhận trị nám tận nơi cho chị em"
    >>> cues = load_lexicon().matches(text)
    >>> says_more_than_a_phrase(text, (0, len(text)), cues)
    True
    >>> says_more_than_a_phrase(text, (5, 12), cues)
    False
    """
    start, end = window
    words = [(*word.span(), word[0]) for word in _WORD.finditer(canonical, start, end)]
    for phrase in {match.cue.phrase for match in cues}:
        own = [(m.start, m.end) for m in cues if m.cue.phrase == phrase]
        outside = {
            word
            for first, last, word in words
            if not any(low <= first and last <= high for low, high in own)
        }
        if len(outside) < _FEWEST_WORDS:
            return False
    return True
