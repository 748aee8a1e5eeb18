"""Score many texts with compiled code: what `AdClassifier` does from some hundred texts on."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from adclassifier.classifier.heads import ROW_COLUMNS, LinearHeads
from adclassifier.classifier.judging import Scores
from adclassifier.text.codepoints import replace_surrogates
from adclassifier.text.language import latin_words
from adclassifier.text.spelling import counts, words

if TYPE_CHECKING:
    from adclassifier.features.bulk import BulkScorer, Decided, Keep
    from adclassifier.features.reading.reader import Written

__all__ = ["pays", "score", "to_arrow", "warm"]

#: Texts from which loading the compiled code pays; where it is loaded, it always does.
_FEWEST = 256
#: Words of which plain code asks its tables of tricks.
_TRICKS = (
    "thuốcgiảmcân #khachsannhatrang thuoosc zá rẻ, rẻẻẻ, 0chín12, bán 💊 ngủ",
    "th.uốc z.a.l.o, bán thu0c đồ! gi4 rẻ, t h u ố c tr ị, dê lô, h o n d a",
)
#: Texts that a thread is started for.
_FEWEST_A_THREAD = 2048


class _Scorers:
    """The scorers of one model: each is lent to one thread at a time."""

    def __init__(self) -> None:
        self._idle: list[BulkScorer] = []
        self._lock = threading.Lock()

    @contextmanager
    def borrow(self, heads: LinearHeads) -> Iterator[BulkScorer]:
        """Lend a scorer, a new one if all are lent."""
        with self._lock:
            scorer = self._idle.pop() if self._idle else None
        scorer = scorer or heads.bulk_scorer()
        try:
            yield scorer
        finally:
            with self._lock:
                self._idle.append(scorer)


_scorers: weakref.WeakKeyDictionary[LinearHeads, _Scorers] = weakref.WeakKeyDictionary()
_scorers_lock = threading.Lock()


def pays(heads: LinearHeads, n_texts: int) -> bool:
    """Say whether compiled code is worth it: it knows the model, and is loaded or will pay.

    Parameters
    ----------
    heads : LinearHeads
    n_texts : int
        How many texts there are.

    Returns
    -------
    bool
        False for ``segmenter = "underthesea"``, whose words only underthesea knows.
    """
    if n_texts < _FEWEST and heads not in _scorers:
        return False
    return heads.segmenter == "syllable" and len(heads.names) < ROW_COLUMNS


def warm(heads: LinearHeads) -> None:
    """Load the compiled code, so that the next texts do not wait for it, few as they are.

    It reads the usual words, each as a text, since what is said of a word is asked of plain code
    when it comes up first; and tricks, whose tables plain code reads then.
    """
    if pays(heads, _FEWEST):
        score(heads, to_arrow([*sorted(latin_words().union(counts(), words())), *_TRICKS]))


def score(
    heads: LinearHeads, texts: Any, *, n_threads: int = 1, keep: Keep | None = None
) -> tuple[Scores, dict[int, Written]]:
    """Normalize texts, find their cues, and score them.

    Parameters
    ----------
    heads : LinearHeads
        Those that `pays` says yes of.
    texts : pyarrow.StringArray or LargeStringArray
        A null reads as an empty text.
    n_threads : int, default=1
        Fewer are used where each would have less than two thousand texts. They share the weights.
    keep : callable, optional
        Says of which texts the canonical form is wanted, by their decisions.

    Returns
    -------
    scores : Scores
        The same bits for any number of threads.
    written : dict of int to Written
        Canonical texts by number, of those wanted that are readable.
    """
    with _scorers_lock:
        pool = _scorers.setdefault(heads, _Scorers())
    n_threads = max(1, min(n_threads, len(texts) // _FEWEST_A_THREAD))
    size = -(-len(texts) // n_threads) if len(texts) else 1

    def score_part(start: int) -> Decided:
        with pool.borrow(heads) as scorer:
            return scorer.score(texts.slice(start, size), keep)

    starts = range(0, max(len(texts), 1), size)
    if n_threads == 1:
        parts = [score_part(start) for start in starts]
    else:
        with ThreadPoolExecutor(n_threads) as threads:
            parts = list(threads.map(score_part, starts))
    scores = Scores(
        heads.probabilities(np.concatenate([part.decisions for part in parts])),
        np.concatenate([part.windows for part in parts]),
        np.concatenate([part.readable for part in parts]),
    )
    written = {
        start + row: text
        for start, part in zip(starts, parts, strict=True)
        for row, text in part.written.items()
    }
    return scores, written


def to_arrow(texts: Sequence[str]) -> Any:
    """Give texts as Arrow strings, lone surrogates as U+FFFD."""
    import pyarrow as pa

    try:
        return pa.array(texts, pa.large_string())
    except UnicodeEncodeError:
        return pa.array(list(map(replace_surrogates, texts)), pa.large_string())
