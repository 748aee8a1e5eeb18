"""What the classifier says of one text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from adclassifier.signals import Signal

Outcome = Literal["flag", "review", "clear", "unreadable"]


@dataclass(frozen=True, slots=True)
class Evidence:
    """Words that speak for a label, and that an inspector would mark.

    Not all that the model used: `explain` shows that.

    Parameters
    ----------
    start, end : int
        Half-open range of code points of the original text.
    text : str
        The words as they were written.
    label : str
        Code of the label they speak for.
    contribution : float, > 0
        Their share of the label's log-odds, in the window that decides; for words outside it, in
        the passage around it.
    """

    start: int
    end: int
    text: str
    label: str
    contribution: float


@dataclass(frozen=True, slots=True)
class Prediction:
    """Everything said of one text: signs, never a verdict.

    Parameters
    ----------
    outcome : {"flag", "review", "clear", "unreadable"}
        See the README; ``unreadable`` leaves every probability None.
    p_violating, p_offer : float or None, in [0, 1]
        Calibrated probability that at least one label holds; that goods or services are offered.
    probabilities : mapping of str to (float or None, in [0, 1])
        Calibrated probability of each label.
    labels : tuple of str
        Decided labels, the most dangerous first.
    subcodes : tuple of str
        Decided sub-codes of the decided labels.
    severity : str or None
        ``S1`` (most urgent) to ``S4``, of the most urgent sub-code.
    signals : tuple of Signal
        Rule signs, independent of the labels.
    provisions : tuple of str
        Ids of the provisions in force on the post's date.
    evidence : tuple of Evidence
        In order of position; empty unless asked for and flagged.
    """

    outcome: Outcome
    p_violating: float | None
    p_offer: float | None
    probabilities: Mapping[str, float | None]
    labels: tuple[str, ...] = ()
    subcodes: tuple[str, ...] = ()
    severity: str | None = None
    signals: tuple[Signal, ...] = ()
    provisions: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = field(default=(), repr=False)

    @property
    def violating(self) -> bool:
        """Whether the text shows signs of at least one label."""
        return bool(self.labels)

    def as_row(self, model: str) -> dict[str, Any]:
        """Give the columns that files, the command line and the HTTP service share, in order.

        Parameters
        ----------
        model : str
            What `AdClassifier.model` says.

        Returns
        -------
        dict
            Ready for JSON: lists for what is several, dictionaries for signals and evidence,
            ``p_<label>`` for each label in the order of the taxonomy.

        Examples
        --------
        >>> row = Prediction("clear", 0.02, 0.9, {"medicine": 0.01}).as_row("default@0123456789ab")
        >>> list(row)[:6]
        ['violating', 'outcome', 'p_violating', 'labels', 'p_medicine', 'p_offer']
        """
        return {
            "violating": self.violating,
            "outcome": self.outcome,
            "p_violating": self.p_violating,
            "labels": list(self.labels),
            **{f"p_{label}": value for label, value in self.probabilities.items()},
            "p_offer": self.p_offer,
            "subcodes": list(self.subcodes),
            "severity": self.severity,
            "signals": [asdict(signal) for signal in self.signals],
            "provisions": list(self.provisions),
            "evidence": [asdict(evidence) for evidence in self.evidence],
            "model": model,
        }
