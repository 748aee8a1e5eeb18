"""Split the log-odds of a label over the words that make them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from adclassifier.classifier.heads import LinearHeads
from adclassifier.classifier.words import shown_words
from adclassifier.explain import fold_onto_words
from adclassifier.text.normalize import normalize


def split_log_odds(
    heads: LinearHeads, text: str, label: str
) -> tuple[float, list[tuple[int, int]], NDArray[np.float64]]:
    """Split the log-odds of a label; see `AdClassifier.log_odds`."""
    canonical = normalize(text)
    head = heads.names.index(label)
    _, windows = heads.decisions([canonical.text])
    start, end = map(int, windows[0, head])
    tokens = heads.tokens(canonical.text).window(start, end)
    bias, contributions, ranges = heads.contributions(tokens, head)
    words, chars = shown_words(text, canonical, tokens.spans)
    return bias, words, fold_onto_words(contributions, ranges, chars)
