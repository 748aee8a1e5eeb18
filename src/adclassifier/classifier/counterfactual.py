"""Say which words a finding hangs on, and what a lawful advert of the kind would state.

A counterfactual explains the model: "without these words it would not speak". Words left out make
nothing lawful, so the conditions of the law are part of every answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from adclassifier.classifier.model import AdClassifier
from adclassifier.classifier.prediction import Evidence, Outcome, Prediction
from adclassifier.classifier.removal import Judge, Range, Shortened, find_removal, split_log_odds
from adclassifier.signals.lawfulness import CheckedCondition, check_conditions
from adclassifier.taxonomy import load_taxonomy
from adclassifier.text.normalize import normalize

__all__ = ["MOST_PHRASES", "Counterfactual", "find_counterfactual"]

#: A longer list explains nothing: the finding then hangs on the text as a whole.
MOST_PHRASES = 6


@dataclass(frozen=True, slots=True)
class Counterfactual:
    """Phrases without which a text would not be flagged, and what would make its advert lawful.

    Parameters
    ----------
    outcome_before, outcome_after : {"flag", "review", "clear", "unreadable"}
        What is said of the text, and of the text with a blank in the place of each phrase; the
        same where no phrases were found.
    removed : tuple of Evidence
        In order of position, in the original text. With any one of them put back the text is
        flagged again; ``label`` is the label it then speaks most for, ``contribution`` its share of
        that label's log-odds. Empty for a text that is not flagged, and where no set is small
        enough.
    most_phrases : int
        How many phrases a set might have.
    lawful_if : mapping of str to str
        For each decided sub-code what would make such an advert lawful, in Vietnamese; empty where
        nothing would.
    conditions : tuple of CheckedCondition
        What a lawful advert of the kind states, and whether the text does.
    """

    outcome_before: Outcome
    outcome_after: Outcome
    removed: tuple[Evidence, ...]
    most_phrases: int
    lawful_if: Mapping[str, str] = field(default_factory=dict)
    conditions: tuple[CheckedCondition, ...] = ()

    def as_row(self) -> dict[str, Any]:
        """Give a dictionary ready for JSON; of each condition what a reader may look up."""
        return {
            "outcome_before": self.outcome_before,
            "outcome_after": self.outcome_after,
            "removed": [asdict(phrase) for phrase in self.removed],
            "most_phrases": self.most_phrases,
            "lawful_if": dict(self.lawful_if),
            "conditions": [
                {
                    "code": each.condition.code,
                    "name": each.condition.name,
                    "state": each.state,
                    "words": [list(words) for words in each.words],
                    "mark": each.condition.mark,
                    "caution": each.condition.caution,
                    "provenance": each.condition.provenance,
                }
                for each in self.conditions
            ],
        }


def find_counterfactual(
    text: str,
    classifier: AdClassifier,
    *,
    prior: float | None = None,
    most_phrases: int = MOST_PHRASES,
) -> Counterfactual:
    """Find a small set of phrases without which a flagged text would not be flagged.

    What says most for the decided labels is taken out piece by piece, each time with the text
    judged anew; then everything that turns out to be needless is put back. Both single words and
    runs of words as in the evidence are tried, and the smaller set is given. No phrase of it is
    needless; that no other set is smaller is not proved.

    Parameters
    ----------
    text : str
        The text to explain.
    classifier : AdClassifier
        Which model judges.
    prior : float or None, default=None
        As in `AdClassifier.predict`.
    most_phrases : int, default=MOST_PHRASES
        Larger sets are not given.

    Returns
    -------
    Counterfactual
        Without phrases and conditions for a text that is not flagged.

    Raises
    ------
    InvalidTextError
        If the text is no string or too long.
    ValueError
        If ``prior`` is not inside (0, 1).

    Examples
    --------
    >>> from adclassifier import load
    >>> found = find_counterfactual("Túi LV rep 1:1, 1tr2", load())  # doctest: +SKIP
    >>> [phrase.text for phrase in found.removed]                    # doctest: +SKIP
    ['Túi LV rep']
    """

    def judge(shortened: str) -> Prediction:
        return classifier.predict([shortened], explain=False, prior=prior)[0]

    before = judge(text)
    if before.outcome != "flag":
        return Counterfactual(before.outcome, before.outcome, (), most_phrases)
    found = find_removal(text, classifier, judge)
    phrases = found if len(found) <= most_phrases else []
    taxonomy = load_taxonomy()
    return Counterfactual(
        before.outcome,
        judge(Shortened(text, phrases).text).outcome,
        tuple(_evidence(text, phrase, phrases, classifier, judge) for phrase in phrases),
        most_phrases,
        {code: taxonomy.subcode(code).lawful_if for code in before.subcodes},
        check_conditions(text, normalize(text), before.subcodes, before.signals),
    )


def _evidence(
    text: str, phrase: Range, phrases: Sequence[Range], classifier: AdClassifier, judge: Judge
) -> Evidence:
    """Show a phrase with the label that it brings back when it alone is put back."""
    shortened = Shortened(text, [other for other in phrases if other != phrase])
    labels = judge(shortened.text).labels
    totals: dict[str, float] = {}
    for label, words, contributions in split_log_odds(shortened.text, labels, classifier):
        totals[label] = sum(
            share * _part_inside(phrase, list(shortened.originals(*word)))
            for word, share in zip(words, contributions.tolist(), strict=True)
        )
    label = max(totals, key=lambda code: totals[code])
    start, end = phrase
    return Evidence(start, end, text[start:end], label, totals[label])


def _part_inside(phrase: Range, word: Sequence[Range]) -> float:
    """Give the share of a word's characters that lie in a phrase."""
    inside = sum(max(0, min(end, phrase[1]) - max(start, phrase[0])) for start, end in word)
    return inside / sum(end - start for start, end in word)
