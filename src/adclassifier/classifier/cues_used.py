"""Name the cues of the lexicon that speak in a text, and what each adds to a head's log-odds.

A group of cues is a feature of the model like an n-gram, so what cues add is a part of the exact
sum: log-odds = bias + n-grams + cues.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from adclassifier.classifier.heads import VIOLATING, LinearHeads, join_words, sigmoid
from adclassifier.classifier.prediction import Prediction
from adclassifier.explain import widen_to_graphemes
from adclassifier.features import Tokens, kernels
from adclassifier.lexicon import Match, load_lexicon
from adclassifier.text.normalize import Canonical, normalize

__all__ = [
    "CueShares",
    "UsedCue",
    "explained_labels",
    "find_used_cues",
    "match_cues",
    "split_over_cues",
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
    ranges = {label: tuple(windows[0, heads.names.index(label)].tolist()) for label in labels}
    return split_over_cues(text, canonical, heads, ranges)


def split_over_cues(
    text: str, canonical: Canonical, heads: LinearHeads, windows: Mapping[str, tuple[int, int]]
) -> list[CueShares]:
    """Do what `find_used_cues` does where the text is normalized and the windows are known.

    Parameters
    ----------
    text : str
    canonical : Canonical
        Of the text.
    heads : LinearHeads
    windows : mapping of str to (start, end)
        For each head to split its window, a range of the canonical text.
    """
    tokens = heads.tokens(canonical.text)
    matches = match_cues(canonical.text, heads)
    numbered = _number(tokens, matches)
    found: list[CueShares] = []
    for label, (start, end) in windows.items():
        bias, ngrams, shares = _split(heads, tokens.window(start, end), heads.names.index(label))
        inside = numbered.window(start, end).cues[:, 2].tolist()
        cues = [
            _used_cue(text, canonical, matches[number], share)
            for number, share in zip(inside, shares.tolist(), strict=True)
        ]
        found.append(CueShares(label, bias, ngrams, tuple(cues)))
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


def match_cues(canonical: str, heads: LinearHeads) -> list[Match]:
    """Find the cues of the groups that are features, in the order of `features.find_cues`.

    Parameters
    ----------
    canonical : str
    heads : LinearHeads
        Which say what the groups are, and what a token is.

    Returns
    -------
    list of Match
        With ranges of the canonical text.
    """
    groups = set(heads.shape.cue_groups)
    if not groups:
        return []
    found = load_lexicon().matches(join_words(canonical, heads.segmenter))
    return [match for match in found if match.cue.group in groups]


def _number(tokens: Tokens, matches: Sequence[Match]) -> Tokens:
    """Give the same tokens with the number of its match in place of each cue's group."""
    places = [(match.start, match.end, number) for number, match in enumerate(matches)]
    array = np.array(places, np.int32).reshape(-1, 3)
    return replace(tokens, cues=kernels().place_cues(array, tokens.spans))


def _split(
    heads: LinearHeads, window: Tokens, head: int
) -> tuple[float, float, NDArray[np.float64]]:
    """Split a head's log-odds on a window: bias, n-grams, and each of its cues."""
    bias, contributions, _ = heads.contributions(window, head)
    # The kernel lists the cues last, cue by cue: one occurrence for a cue's own group and one for
    # each other group of the window, side by side.
    n_groups = len(np.unique(window.cues[:, 2]))
    ngrams, cues = np.split(contributions, [len(contributions) - len(window.cues) * n_groups])
    return bias, math.fsum(ngrams), cues.reshape(len(window.cues), n_groups).sum(axis=1)


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
