"""Hold decided labels to what cues may not do: decide alone, or without a source."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from adclassifier.classifier.heads import VIOLATING
from adclassifier.classifier.text_features import TextFeatures
from adclassifier.lexicon import Match

#: Different words that the window must hold beside any one phrase of the lexicon.
_FEWEST_WORDS = 2
_WORD = re.compile(r"\w+")


def standing_labels(
    features: TextFeatures,
    windows: Mapping[str, tuple[int, int]],
    excess: Mapping[str, float],
) -> list[str]:
    """Choose the decided labels that rest neither on one phrase alone nor on recalled cues.

    Parameters
    ----------
    features : TextFeatures
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
    if not labels or not features.heads.shape.cue_groups:
        return labels

    has_recalled = features.has_recalled

    def rests_on_recalled_cues(name: str) -> bool:
        if not has_recalled:
            return excess[name] < 0.0
        head = features.heads.names.index(name)
        return features.window(*windows[name]).recalled(head) > excess[name]

    if rests_on_recalled_cues(VIOLATING):
        return []
    return [
        label
        for label in labels
        if not rests_on_recalled_cues(label)
        and says_more_than_a_phrase(features.canonical.text, windows[label], features.cues)
    ]


def says_more_than_a_phrase(canonical: str, window: tuple[int, int], cues: Sequence[Match]) -> bool:
    """Say whether a window holds enough different words beside every phrase of the lexicon.

    The cues are in the order of the text.

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
    behind = _end_of_words(canonical, window)
    # most phrases stand behind the words that are enough
    before = {match.cue.phrase for match in cues if match.start < behind}
    if not before or _stand_outside(_WORD.finditer(canonical, *window), cues):
        return True
    return all(
        _stand_outside(
            _WORD.finditer(canonical, *window),
            [match for match in cues if match.cue.phrase == phrase],
        )
        for phrase in before
    )


def _end_of_words(canonical: str, window: tuple[int, int]) -> int:
    """Give the end of the first words of a window that are enough; of the text if there are not."""
    seen: set[str] = set()
    for word in _WORD.finditer(canonical, *window):
        seen.add(word[0])
        if len(seen) >= _FEWEST_WORDS:
            return word.end()
    return len(canonical)


def _stand_outside(words: Iterable[re.Match[str]], cues: Sequence[Match]) -> bool:
    """Say whether enough different words lie outside of all of some cues."""
    outside: set[str] = set()
    passed, reach = 0, 0
    for word in words:
        start, end = word.span()
        while passed < len(cues) and cues[passed].start <= start:
            reach = max(reach, cues[passed].end)
            passed += 1
        if end > reach:
            outside.add(word[0])
            if len(outside) >= _FEWEST_WORDS:
                return True
    return False
