"""Show the model's tokens as words: where they stand in the original and in canonical text."""

from __future__ import annotations

import functools

import numpy as np
from numpy.typing import NDArray

from adclassifier.text.normalize import Canonical
from adclassifier.text.segment import PassageReader, Spans, ask_underthesea, spans_with
from adclassifier.text.word_tokens import load_word_tokens


def find_words(text: str) -> Spans:
    """Find the words of a text, as `text.segment.word_spans` does, with compiled code.

    Returns
    -------
    ndarray of shape (n_words, 2), int32
        Half-open spans in code points of ``text``.

    Examples
    --------
    >>> find_words("Bác sĩ khuyên dùng").tolist()
    [[0, 6], [7, 13], [14, 18]]
    """
    return spans_with(_passage_reader(), text)


@functools.cache
def _passage_reader() -> PassageReader:
    """Give what reads passages: underthesea itself where its model is none that we know."""
    known = load_word_tokens()
    if known is None:
        return ask_underthesea
    # decorating touches the cache folder
    from adclassifier.classifier.word_tagging import cut_words

    def read(passage: str) -> Spans | None:
        tokens = known.read(passage)
        if tokens is None:
            return None
        spans = np.empty((len(tokens), 2), np.int32)
        points = np.frombuffer(passage.encode("utf-32-le"), np.int32)
        return spans[: cut_words(points, np.array(tokens, np.int64), known.tables, spans)]

    return read


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
    lows = canonical.starts[tokens[:, 0]]
    highs = canonical.ends[tokens[:, 1] - 1]
    base, stop = int(lows[0]), int(highs[-1])
    words = _words_at(find_words(text[base:stop]), lows - base, highs - base)
    begins = np.concatenate([[True], (words[1:] < 0) | (words[1:] != words[:-1])])
    firsts = np.flatnonzero(begins)
    lasts = np.append(firsts[1:], len(tokens)) - 1
    originals = zip(lows[firsts].tolist(), np.maximum.reduceat(highs, firsts).tolist(), strict=True)
    chars = zip(tokens[firsts, 0].tolist(), tokens[lasts, 1].tolist(), strict=True)
    return list(originals), list(chars)


def _words_at(spans: Spans, lows: NDArray[np.int32], highs: NDArray[np.int32]) -> NDArray[np.int64]:
    """Give the number of the first word that each range touches, -1 where it touches none."""
    if not len(spans):
        return np.full(len(lows), -1, np.int64)
    starts, ends = spans.T
    words = np.minimum(np.searchsorted(ends, lows, side="right"), len(spans) - 1)
    touched = (starts[words] < highs) & (ends[words] > lows)
    return np.where(touched, words, -1)
