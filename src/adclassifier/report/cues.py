"""Put the cues that the model used into words: what they say, where from, what they add."""

from __future__ import annotations

from dataclasses import dataclass

from adclassifier.classifier import VIOLATING, AdClassifier, Prediction
from adclassifier.classifier.cues_used import (
    CueShares,
    UsedCue,
    explained_labels,
    find_used_cues,
)
from adclassifier.report.wording import percent, signed
from adclassifier.taxonomy import load_taxonomy

CUES_TITLE = "Cụm từ trong từ điển dấu hiệu mà mô hình đã dùng"
#: Stands with the cues, always.
CUES_NOTE = (
    "Một cụm từ tự nó không quyết định gì; phần đóng góp gồm của nhóm cụm từ và của các cặp nhóm "
    "cùng có mặt."
)
RECALLED = "theo trí nhớ, chưa có nguồn"
_VIOLATING_NAME = "Có dấu hiệu vi phạm (xếp hạng chung)"
_MOST_CUES = 8


@dataclass(frozen=True, slots=True)
class CueView:
    """One cue in words.

    Parameters
    ----------
    start, end : int
        Range of the original text.
    says : str
        Its meaning, then its group's code and what the group holds.
    source : str
        Where the phrase was seen, or that it has no source.
    contribution : str
    for_it : bool
        Whether it raises the probability.
    """

    start: int
    end: int
    says: str
    source: str
    contribution: str
    for_it: bool


@dataclass(frozen=True, slots=True)
class CuesView:
    """The cues of one head in words.

    Parameters
    ----------
    name : str
        The label, or the ranking score.
    cues : tuple of CueView
        The strongest, the strongest first.
    rest : str
        What the others add; empty where there are none.
    adds_up : str
        The sum with its parts.
    sourced : str
        The probability without the cues that have no source; empty where there are none.
    """

    name: str
    cues: tuple[CueView, ...]
    rest: str
    adds_up: str
    sourced: str


def cues_views(text: str, prediction: Prediction, classifier: AdClassifier) -> list[CuesView]:
    """Put the cues of the explained labels, and of the ranking score, into words.

    Parameters
    ----------
    text : str
        The text that was judged.
    prediction : Prediction
        What was said of it.
    classifier : AdClassifier
        Which model judged.

    Returns
    -------
    list of CuesView
        Heads in whose window no cue counts are left out.
    """
    found = find_used_cues(text, classifier.heads, explained_labels(prediction))
    return [_cues_view(shares) for shares in found if shares.strongest(1)]


def _cues_view(shares: CueShares) -> CuesView:
    """Put the cues of one head into words."""
    shown = shares.strongest(_MOST_CUES)
    others = shares.strongest(len(shares.cues))[len(shown) :]
    rest = signed(sum(cue.contribution for cue in others))
    total = signed(sum(cue.contribution for cue in shares.cues))
    return CuesView(
        name=_name(shares.label),
        cues=tuple(map(_cue_view, shown)),
        rest=f"{len(others)} cụm từ khác: {rest}" if others else "",
        adds_up=(
            f"σ({signed(shares.bias)} ban đầu, {signed(shares.ngrams)} chữ và từ, "
            f"{total} cụm từ) = {percent(shares.probability)}"
        ),
        sourced=(
            f"Không tính cụm từ {RECALLED}: {percent(shares.sourced_probability)}"
            if shares.recalled
            else ""
        ),
    )


def _cue_view(cue: UsedCue) -> CueView:
    """Put one cue into words."""
    return CueView(
        cue.start,
        cue.end,
        f"{cue.meaning} · {cue.group}: {cue.about}",
        RECALLED if cue.recalled else cue.provenance,
        signed(cue.contribution),
        cue.contribution > 0.0,
    )


def _name(label: str) -> str:
    """Name a head."""
    return _VIOLATING_NAME if label == VIOLATING else load_taxonomy().label(label).name
