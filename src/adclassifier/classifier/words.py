"""Show the model's tokens as words: where they stand in the original and in canonical text."""

from __future__ import annotations

import functools

import numpy as np
from numpy.typing import NDArray

from adclassifier.classifier.compiled import marking, word_tagging
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
    cut_words = word_tagging().cut_words

    def read(passage: str) -> Spans | None:
        tokens = known.read(passage)
        if tokens is None:
            return None
        spans = np.empty((len(tokens), 2), np.int32)
        points = np.frombuffer(passage.encode("utf-32-le"), np.int32)
        return spans[: cut_words(points, tokens, known.tables, spans)]

    return read


def shown_words(
    text: str, canonical: Canonical, tokens: NDArray[np.int32]
) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """Merge the model's tokens into underthesea's words.

    Returns the words as ranges of the original text and as ranges of the canonical text; see
    `merge_into_words`.
    """
    originals, chars = merge_into_words(text, canonical, tokens)
    return [(i, j) for i, j in originals.tolist()], [(i, j) for i, j in chars.tolist()]


def merge_into_words(
    text: str, canonical: Canonical, tokens: NDArray[np.int32]
) -> tuple[Spans, Spans]:
    """Merge the model's tokens into underthesea's words.

    Only what lies between the first and the last token is read, so that a window of a long text
    costs no more than a short text.

    Parameters
    ----------
    text : str
        The original.
    canonical : Canonical
        Of the text.
    tokens : ndarray of shape (n_tokens, 2), int32
        As characters of the canonical text.

    Returns
    -------
    originals, chars : ndarray of shape (n_words, 2), int32
        Ranges of the original text, and of the canonical text. Every token belongs to exactly one
        of them, so that no contribution is lost.
    """
    if not len(tokens):
        return np.empty((0, 2), np.int32), np.empty((0, 2), np.int32)
    starts, ends = canonical.starts, canonical.ends
    base, end = starts.item(tokens.item(0, 0)), ends.item(tokens.item(-1, 1) - 1)
    merged = marking().merge_tokens(tokens, starts, ends, find_words(text[base:end]), base)
    return merged[0], merged[1]
