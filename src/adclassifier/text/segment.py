"""Cut a text into Vietnamese words, as spans of the text: the only importer of underthesea."""

from __future__ import annotations

import functools
import re
import threading
import unicodedata

from adclassifier.text.codepoints import replace_surrogates

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
    # Lone surrogates cannot cross into Rust; another character stands in for each.
    whole = replace_surrogates(text)
    if unicodedata.is_normalized("NFC", whole):
        return _composed_spans(whole)
    clusters = [
        (unicodedata.normalize("NFC", found.group()), found.span())
        for found in _CLUSTER.finditer(whole)
    ]
    places = [place for composed, place in clusters for _ in composed]
    spans: list[tuple[int, int]] = []
    done = 0
    for first, last in _composed_spans("".join(composed for composed, _ in clusters)):
        start, end = max(places[first][0], done), places[last - 1][1]
        if start < end:
            spans.append((start, end))
            done = end
    return spans


def _composed_spans(text: str) -> list[tuple[int, int]]:
    """Find the words of a composed text."""
    return [span for start, end in _passages(text) for span in _passage_spans(text, start, end)]


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


def _passage_spans(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Find the words of one passage."""
    spans = _align(text, start, end, _tokenize(text[start:end]))
    if spans is None:
        return [chunk.span() for chunk in _CHUNK.finditer(text, start, end)]
    return spans


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


def _align(text: str, start: int, end: int, words: list[str]) -> list[tuple[int, int]] | None:
    """Lay words over a passage by their visible characters; None where they do not fit."""
    places = [i for i in range(start, end) if not text[i].isspace()]
    visible = ["".join(word.split()) for word in words]
    if "".join(visible) != "".join(text[i] for i in places):
        return None
    spans = []
    done = 0
    for word in visible:
        if word:
            spans.append((places[done], places[done + len(word) - 1] + 1))
            done += len(word)
    return spans
