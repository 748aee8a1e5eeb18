"""One request and its answer, as the documents show them; the texts are made up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

EXAMPLE_REQUEST: dict[str, Any] = {
    "posts": [
        {
            "id": "fb-1",
            "text": "Nhận làm bằng lái xe máy, ô tô, không cần thi, ib em báo giá ạ",
            "posted_at": "2026-10-05T08:30:00+07:00",
            "platform": "facebook",
        },
        {"id": "fb-2", "text": "Hôm nay trời đẹp, cả nhà mình đi dã ngoại ở Ba Vì."},
    ],
    "explain": True,
}

_FLAGGED = "illegal_service"
_MODEL = "default@0123456789ab"


def make_example_answer(labels: Sequence[str]) -> dict[str, Any]:
    """Make the answer to the example request; its numbers only show what numbers look like.

    Parameters
    ----------
    labels : sequence of str
        The classifier's, in order.

    Examples
    --------
    >>> [row["outcome"] for row in make_example_answer(["medicine"])["predictions"]]
    ['flag', 'clear']
    """
    nothing: dict[str, Any] = {
        "id": "fb-2",
        "violating": False,
        "outcome": "clear",
        "p_violating": 0.01,
        "labels": [],
        **{f"p_{label}": 0.01 for label in labels},
        "p_offer": 0.02,
        "subcodes": [],
        "severity": None,
        "signals": [],
        "provisions": [],
        "evidence": [],
        "model": _MODEL,
    }
    flagged = nothing | {
        "id": "fb-1",
        "violating": True,
        "outcome": "flag",
        "p_violating": 0.97,
        "labels": [_FLAGGED],
        f"p_{_FLAGGED}": 0.96,
        "p_offer": 0.99,
        "subcodes": [f"{_FLAGGED}.fake_documents"],
        "severity": "S2",
        "provisions": ["ND282_D11.4"],
        "evidence": [
            _evidence(5, "làm bằng lái xe máy", 2.4),
            _evidence(32, "không cần thi", 1.1),
        ],
    }
    return {"model": _MODEL, "law_as_of": "2026-11-22", "predictions": [flagged, nothing]}


def _evidence(start: int, text: str, contribution: float) -> dict[str, Any]:
    return {
        "start": start,
        "end": start + len(text),
        "text": text,
        "label": _FLAGGED,
        "contribution": contribution,
    }
