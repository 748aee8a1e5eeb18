from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from adclassifier.metrics.spans import evidence_counts, evidence_spans, marked_syllables

TEXT = "Kem trị nám tận gốc, cam kết không tái lại 🌿"


def counts_of(
    evidence: tuple[object, ...], shown: list[tuple[int, int]], labels: tuple[str, ...] = ("c",)
) -> list[float]:
    record = SimpleNamespace(text=TEXT, labels=labels, evidence=evidence)
    spans = [SimpleNamespace(start=start, end=end) for start, end in shown]
    counts: np.ndarray = evidence_counts([record], [SimpleNamespace(evidence=spans)])
    return counts[0].tolist()


@pytest.mark.parametrize(
    ("evidence", "shown", "expected"),
    [
        (("trị nám tận gốc",), [(4, 20)], [4, 0, 0]),
        (((4, 19),), [(4, 20)], [4, 0, 0]),
        (("trị nám tận gốc",), [(0, 11)], [2, 1, 2]),
        (("trị nám tận gốc", "không tái lại"), [], [0, 0, 7]),
        (("trị nám", "nám tận"), [(4, 7), (5, 11)], [2, 0, 1]),
        # half a syllable marks the syllable
        (("trị nám",), [(9, 10)], [1, 0, 1]),
        # a span that ends where a syllable starts does not touch it
        (("trị",), [(0, 4)], [0, 1, 1]),
        (("🌿",), [(43, 44)], [1, 0, 0]),
        ((), [(0, 11)], [0, 0, 0]),
    ],
)
def test_evidence_counts_compares_positions(
    evidence: tuple[object, ...], shown: list[tuple[int, int]], expected: list[float]
) -> None:
    assert counts_of(evidence, shown) == expected


def test_evidence_counts_leaves_lawful_records_out() -> None:
    assert counts_of(("trị nám",), [(4, 11)], labels=()) == [0, 0, 0]


def test_evidence_spans_takes_the_first_occurrence_and_skips_what_is_not_there() -> None:
    assert evidence_spans("trị nám, trị nám", ["trị nám", "chữa khỏi"]) == [(0, 7)]


def test_marked_syllables_of_an_empty_span_is_nothing() -> None:
    assert marked_syllables(TEXT, [(5, 5), (3, 4)]) == set()
