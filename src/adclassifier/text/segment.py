"""Cut a text into Vietnamese words, as spans of the text: the only importer of underthesea."""

from __future__ import annotations

import functools
import re
import threading
import unicodedata
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from adclassifier.text.codepoints import replace_surrogates

Spans = NDArray[np.int32]
#: Gives the words of a passage, or None where it cannot read it.
PassageReader = Callable[[str], Spans | None]

_CHUNK = re.compile(r"\S+")
# A letter with its combining marks: underthesea composes them, so that offsets would shift.
_CLUSTER = re.compile(r".[\u0300-\u036f]*", re.DOTALL)
# Long texts go to the tagger in passages: one that it cannot read costs no more than itself.
_MAX_CHARS = 4000
_LOADING = threading.Lock()


def word_spans(text: str) -> list[tuple[int, int]]:
    """Find the words of a text.

    Parameters
    ----------
    text : str
        Any text, normalized or not.

    Returns
    -------
    list of (int, int)
        Half-open spans in code points of ``text``, in order, disjoint. Together they cover every
        character that is not white space. Where underthesea cannot read a passage its words are the
        runs between white space.

    Examples
    --------
    >>> text = "Bác sĩ khuyên dùng viên uống này"
    >>> [text[start:end] for start, end in word_spans(text)]
    ['Bác sĩ', 'khuyên', 'dùng viên', 'uống', 'này']
    >>> word_spans("")
    []
    """
    return [(start, end) for start, end in spans_with(ask_underthesea, text).tolist()]


def spans_with(read_passage: PassageReader, text: str) -> Spans:
    """Find the words of a text with one that reads passages.

    Parameters
    ----------
    read_passage : callable
        Gives the words of a passage without lone surrogates; None where it cannot.
    text : str

    Returns
    -------
    ndarray of shape (n_words, 2), int32
        What `word_spans` gives.
    """
    # Lone surrogates cannot cross into Rust; another character stands in for each.
    whole = replace_surrogates(text)
    if unicodedata.is_normalized("NFC", whole):
        return _composed_spans(read_passage, whole)
    clusters = [
        (unicodedata.normalize("NFC", found.group()), found.span())
        for found in _CLUSTER.finditer(whole)
    ]
    places = [place for composed, place in clusters for _ in composed]
    spans: list[tuple[int, int]] = []
    done = 0
    composed_text = "".join(composed for composed, _ in clusters)
    for first, last in _composed_spans(read_passage, composed_text).tolist():
        start, end = max(places[first][0], done), places[last - 1][1]
        if start < end:
            spans.append((start, end))
            done = end
    return _as_array(spans)


def _as_array(spans: list[tuple[int, int]]) -> Spans:
    return np.array(spans, np.int32).reshape(-1, 2)


def _composed_spans(read_passage: PassageReader, text: str) -> Spans:
    """Find the words of a composed text."""
    if len(text) <= _MAX_CHARS:
        return _passage_spans(read_passage, text)
    passages = _passages(text)
    return np.concatenate(
        [_passage_spans(read_passage, text[start:end]) + start for start, end in passages]
    )


def _passages(text: str) -> list[tuple[int, int]]:
    """Cut a text into passages that the tagger can take, at line ends or spaces."""
    passages = []
    start = 0
    while len(text) - start > _MAX_CHARS:
        end = start + _MAX_CHARS
        cut = max(text.rfind("\n", start + 1, end), text.rfind(" ", start + 1, end))
        end = cut if cut > start else end
        passages.append((start, end))
        start = end
    passages.append((start, len(text)))
    return passages


def _passage_spans(read_passage: PassageReader, passage: str) -> Spans:
    """Find the words of one passage."""
    spans = read_passage(passage)
    if spans is None:
        return _as_array([chunk.span() for chunk in _CHUNK.finditer(passage)])
    return spans


def ask_underthesea(passage: str) -> Spans | None:
    """Read a passage with underthesea itself."""
    spans = _align(passage, _tokenize(passage))
    return None if spans is None else _as_array(spans)


@functools.cache
def _load_tagger() -> None:
    """Have underthesea load its model, one thread at a time.

    It shows its model to other threads before it has loaded it.
    """
    from underthesea.pipeline.word_tokenize import word_tokenize

    with _LOADING:
        word_tokenize("a")


def _tokenize(passage: str) -> list[str]:
    """Ask underthesea for the words; none where it fails."""
    from underthesea import word_tokenize

    _load_tagger()
    try:
        words: list[str] = word_tokenize(passage, use_token_normalize=False)
    except BaseException as error:
        # Its Rust core panics on some strings; the exception's class cannot be imported.
        if type(error).__name__ != "PanicException":
            raise
        return []
    return words


def _align(passage: str, words: list[str]) -> list[tuple[int, int]] | None:
    """Lay words over a passage by their visible characters; None where they do not fit."""
    places = [i for i, sign in enumerate(passage) if not sign.isspace()]
    visible = ["".join(word.split()) for word in words]
    if "".join(visible) != "".join(passage.split()):
        return None
    spans = []
    done = 0
    for word in visible:
        if word:
            spans.append((places[done], places[done + len(word) - 1] + 1))
            done += len(word)
    return spans
