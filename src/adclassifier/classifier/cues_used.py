"""Name the cues of the lexicon that speak in a text, and what each adds to a head's log-odds.

A group of cues is a feature of the model like an n-gram, so what cues add is a part of the exact
sum: log-odds = bias + n-grams + cues.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from adclassifier.classifier.heads import VIOLATING, LinearHeads, sigmoid
from adclassifier.classifier.prediction import Prediction
from adclassifier.classifier.text_features import TextFeatures
from adclassifier.explain import widen_to_graphemes
from adclassifier.lexicon import Match, load_lexicon
from adclassifier.text.normalize import Canonical, normalize

__all__ = [
    "CueShares",
    "UsedCue",
    "explained_labels",
    "find_used_cues",
]


@dataclass(frozen=True, slots=True)
class UsedCue:
    """A cue of the lexicon where it stands in a text, with its share of a head's log-odds.

    Parameters
    ----------
    start, end : int
        Half-open range of code points of the original text, widened to whole grapheme clusters.
    text : str
        The words as they were written.
    phrase : str
        The lexicon's own spelling.
    group, about : str
        Code of the cue's group, and what the group holds.
    meaning : str
        What the phrase says.
    provenance : str
        Where the phrase was seen; see `adclassifier.lexicon.Cue`.
    recalled : bool
        Whether it was written from memory and has no source: shown as such, never proof.
    contribution : float
        Its share of its group's row, and of the pairs of that group with the others in the window.
    """

    start: int
    end: int
    text: str
    phrase: str
    group: str
    about: str
    meaning: str
    provenance: str
    recalled: bool
    contribution: float


@dataclass(frozen=True, slots=True)
class CueShares:
    """A head's log-odds on the window that speaks most for it, with its cues by name.

    Parameters
    ----------
    label : str
        A head: a label's code, "violating" or "offer".
    bias : float
    ngrams : float
        What all n-grams of the window add.
    cues : tuple of UsedCue
        Every cue that lies in the window, in order of position.
    """

    label: str
    bias: float
    ngrams: float
    cues: tuple[UsedCue, ...]

    @property
    def log_odds(self) -> float:
        """Give bias + n-grams + Σ cues; σ of it is the probability of `predict_proba`."""
        return math.fsum((self.bias, self.ngrams, *(cue.contribution for cue in self.cues)))

    @property
    def recalled(self) -> float:
        """Give what the cues without a source add."""
        return math.fsum(cue.contribution for cue in self.cues if cue.recalled)

    @property
    def probability(self) -> float:
        """Give σ(log-odds)."""
        return _probability(self.log_odds)

    @property
    def sourced_probability(self) -> float:
        """Give the probability with the shares of recalled cues taken away."""
        return _probability(self.log_odds - self.recalled)

    def strongest(self, most: int) -> list[UsedCue]:
        """Give the cues that move the log-odds most, either way; none that does not move them."""
        moving = [cue for cue in self.cues if cue.contribution]
        return sorted(moving, key=lambda cue: -abs(cue.contribution))[:most]

    def as_row(self) -> dict[str, Any]:
        """Give a dictionary ready for JSON, with the sums."""
        return {
            "label": self.label,
            "probability": self.probability,
            "sourced_probability": self.sourced_probability,
            "log_odds": self.log_odds,
            "bias": self.bias,
            "ngrams": self.ngrams,
            "cues": [asdict(cue) for cue in self.cues],
        }


def find_used_cues(text: str, heads: LinearHeads, labels: Sequence[str]) -> list[CueShares]:
    """Name the cues of each head's window, and split the head's log-odds over them.

    Parameters
    ----------
    text : str
        The text that was judged.
    heads : LinearHeads
        Of the model that judged it.
    labels : sequence of str
        Heads: codes of labels, "violating" or "offer".

    Returns
    -------
    list of CueShares
        One a head, in order; without cues for a model that has no cues among its features.

    Examples
    --------
    >>> from adclassifier import load
    >>> [shares] = find_used_cues("Túi rep 1:1", load().heads, ["counterfeit"])  # doctest: +SKIP
    >>> [(cue.text, cue.group) for cue in shares.cues]                           # doctest: +SKIP
    [('rep 1:1', 'replica_vocab')]
    """
    canonical = normalize(text)
    _, windows = heads.decisions([canonical.text])
    features = TextFeatures(text, canonical, heads)
    found: list[CueShares] = []
    for label in labels:
        head = heads.names.index(label)
        window = features.window(*windows[0, head].tolist())
        ngrams = math.fsum(window.contributions(head)[: window.n_ngrams])
        shares = window.cue_contributions(head).tolist()
        cues = [
            _used_cue(text, canonical, match, share)
            for match, share in zip(window.cues, shares, strict=True)
        ]
        found.append(CueShares(label, heads.log_odds_bias(head), ngrams, tuple(cues)))
    return found


def explained_labels(prediction: Prediction) -> tuple[str, ...]:
    """Choose what to explain: the decided labels or else the likeliest, then the ranking score.

    Returns
    -------
    tuple of str
        Heads; none for an unreadable text.
    """
    known = {label: p for label, p in prediction.probabilities.items() if p is not None}
    if not known:
        return ()
    likeliest = max(known, key=lambda label: known[label])
    return (*(prediction.labels or (likeliest,)), VIOLATING)


def _used_cue(text: str, canonical: Canonical, match: Match, contribution: float) -> UsedCue:
    """Put a match back into the original text."""
    start, end = widen_to_graphemes(text, *canonical.span(match.start, match.end))
    cue = match.cue
    return UsedCue(
        start,
        end,
        text[start:end],
        cue.phrase,
        cue.group,
        load_lexicon().groups[cue.group].about,
        cue.meaning,
        cue.provenance,
        cue.recalled,
        contribution,
    )


def _probability(log_odds: float) -> float:
    """Apply the logistic function to one number."""
    return float(sigmoid(np.array(log_odds)))
