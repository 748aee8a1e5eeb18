"""Take one prediction apart: for each label the words, their shares and the sum."""

from __future__ import annotations

import math
from dataclasses import dataclass

from adclassifier.classifier import AdClassifier, Prediction
from adclassifier.classifier.cues_used import explained_labels

#: Probabilities are written to a percent: a greater difference than this would be seen.
_SAME = 1e-6


@dataclass(frozen=True, slots=True)
class WordShare:
    """A word of the original text with its share of the log-odds."""

    start: int
    end: int
    contribution: float


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a label is as likely as it is.

    Parameters
    ----------
    label : str
        Its code.
    decided : bool
        Whether the prediction names it; else it is the likeliest of a text that shows no signs.
    bias : float
        Log-odds before any word.
    words : tuple of WordShare
        In the order of the text, those with a share; the window that speaks most for the label.
    probability : float, in [0, 1]
        σ(bias + Σ contributions).
    shifted : float or None
        The prediction's own probability where another prior was asked for.
    """

    label: str
    decided: bool
    bias: float
    words: tuple[WordShare, ...]
    probability: float
    shifted: float | None

    @property
    def total(self) -> float:
        """Give Σ contributions."""
        return math.fsum(word.contribution for word in self.words)

    def strongest(self, most: int) -> list[WordShare]:
        """Give the words that move the probability most, either way."""
        return sorted(self.words, key=lambda word: -abs(word.contribution))[:most]


def find_reasons(text: str, prediction: Prediction, classifier: AdClassifier) -> list[Reason]:
    """Explain the decided labels, or the likeliest one where none was decided.

    Parameters
    ----------
    text : str
        The text that was judged.
    prediction : Prediction
        What was said of it.
    classifier : AdClassifier
        Which model said so.

    Returns
    -------
    list of Reason
        Empty for an unreadable text.
    """
    labels = explained_labels(prediction)[:-1]  # the ranking score has no words of its own to show
    return [_reason(text, label, prediction, classifier) for label in labels]


def _reason(text: str, label: str, prediction: Prediction, classifier: AdClassifier) -> Reason:
    """Split one label's log-odds over words."""
    bias, spans, contributions = classifier.log_odds(text, label)
    words = tuple(
        WordShare(start, end, share)
        for (start, end), share in zip(spans, contributions.tolist(), strict=True)
        if share
    )
    log_odds = bias + math.fsum(word.contribution for word in words)
    probability = 1.0 / (1.0 + math.exp(-log_odds)) if log_odds > -700.0 else 0.0
    said = prediction.probabilities[label]
    shifted = said if said is not None and abs(said - probability) > _SAME else None
    return Reason(label, label in prediction.labels, bias, words, probability, shifted)
