"""Everything that learning makes, however it was learnt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from adclassifier.classifier import AdClassifier, EvidenceHead, SubcodeHeads
from adclassifier.config import Config
from adclassifier.features import HashedNgramVectorizer
from adclassifier.training.calibration import Calibration
from adclassifier.training.examples import Examples
from adclassifier.training.learning import assemble


@dataclass(frozen=True, slots=True, eq=False)
class Learned:
    """The parts of a model, and what its figures are computed from.

    Parameters
    ----------
    examples : Examples
    vectorizer : HashedNgramVectorizer
        Fitted.
    decisions : ndarray of shape (n_texts, n_heads)
        Out of fold, uncalibrated.
    calibration : Calibration
    weights : ndarray of shape (n_rows, n_heads), float16
    bias : ndarray of shape (n_heads,), float64
    subcodes : SubcodeHeads
    evidence : EvidenceHead or None
    card : dict
    """

    examples: Examples
    vectorizer: HashedNgramVectorizer
    decisions: NDArray[np.float64]
    calibration: Calibration
    weights: NDArray[np.float16]
    bias: NDArray[np.float64]
    subcodes: SubcodeHeads
    evidence: EvidenceHead | None
    card: dict[str, Any]

    def classifier(self, config: Config) -> AdClassifier:
        """Put the parts together."""
        calibration = self.calibration
        return AdClassifier(
            name=config.bundle.name,
            labels=self.examples.labels,
            heads=assemble(
                self.examples.heads,
                self.vectorizer,
                (self.weights, self.bias),
                (calibration.slope, calibration.intercept),
                config,
            ),
            subcodes=self.subcodes,
            thresholds=calibration.thresholds,
            prior=calibration.prior,
            max_chars=config.bundle.max_chars,
            card=self.card,
            evidence=self.evidence,
        )
