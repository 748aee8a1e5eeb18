"""Compare the words that a prediction shows with those that annotators marked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from adclassifier.metrics.records import Judged, Predicted

# A run without spaces: emoji and dotted or spaced letters are evidence too, so not only \w.
_SYLLABLE = re.compile(r"\S+")


def evidence_counts(
    records: Sequence[Judged], predictions: Sequence[Predicted]
) -> NDArray[np.float64]:
    """Count the syllables that both, only the model, and only the annotator marked.

    Counted are records with a written label and evidence; all others are zero. A record that the
    model does not flag shows no words: all of its marked syllables are missed.

    Returns
    -------
    ndarray of shape (n_records, 3)
        Syllables marked by both, by the model alone, by the annotator alone.
    """
    counts = np.zeros((len(records), 3))
    for row, (record, prediction) in enumerate(zip(records, predictions, strict=True)):
        if record.labels and record.evidence:
            marked = marked_syllables(record.text, evidence_spans(record.text, record.evidence))
            spans = [(evidence.start, evidence.end) for evidence in prediction.evidence]
            shown = marked_syllables(record.text, spans)
            counts[row] = len(marked & shown), len(shown - marked), len(marked - shown)
    return counts


def evidence_spans(text: str, evidence: Sequence[str | tuple[int, int]]) -> list[tuple[int, int]]:
    """Give evidence as spans; a string stands for its first occurrence, none if it has none.

    Examples
    --------
    >>> evidence_spans("Kem trị nám, trị mụn", ["trị nám", (13, 20)])
    [(4, 11), (13, 20)]
    """
    spans = []
    for item in evidence:
        if isinstance(item, str):
            start = text.find(item)
            spans += [(start, start + len(item))] if start >= 0 else []
        else:
            spans.append((item[0], item[1]))
    return spans


def marked_syllables(text: str, spans: Iterable[tuple[int, int]]) -> set[int]:
    """Give the positions of the syllables (runs without spaces) that any span touches.

    Examples
    --------
    >>> sorted(marked_syllables("Kem trị nám tận gốc", [(4, 11)]))
    [1, 2]
    """
    spans = list(spans)
    return {
        position
        for position, match in enumerate(_SYLLABLE.finditer(text))
        if any(max(start, match.start()) < min(end, match.end()) for start, end in spans)
    }
