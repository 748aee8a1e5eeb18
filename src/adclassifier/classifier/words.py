"""Show the model's tokens as words: where they stand in the original and in canonical text."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from adclassifier.text.normalize import Canonical
from adclassifier.text.segment import word_spans


def shown_words(
    text: str, canonical: Canonical, tokens: NDArray[np.int32]
) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """Merge the model's tokens into underthesea's words.

    Only what lies between the first and the last token is read, so that a window of a long text
    costs no more than a short text. Returns the words as ranges of the original text and as
    ranges of the canonical text; every token belongs to exactly one of them, so that no
    contribution is lost.
    """
    if not len(tokens):
        return [], []
    base, stop = canonical.span(int(tokens[0, 0]), int(tokens[-1, 1]))
    word_of = np.full(stop - base, -1, np.int64)
    for i, (start, end) in enumerate(word_spans(text[base:stop])):
        word_of[start:end] = i
    originals: list[tuple[int, int]] = []
    chars: list[tuple[int, int]] = []
    last_word = -1
    for start, end in tokens.tolist():
        low, high = canonical.span(start, end)
        touched = word_of[low - base : high - base]
        word = int(touched[touched >= 0][0]) if (touched >= 0).any() else -1
        if originals and word >= 0 and word == last_word:
            originals[-1] = (originals[-1][0], max(high, originals[-1][1]))
            chars[-1] = (chars[-1][0], end)
        else:
            originals.append((low, high))
            chars.append((start, end))
        last_word = word
    return originals, chars
