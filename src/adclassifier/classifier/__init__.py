"""The fitted model as a value, and what it says of a text."""

from adclassifier.classifier.evidence import EvidenceHead
from adclassifier.classifier.heads import OFFER, VIOLATING, LinearHeads, SubcodeHeads, head_names
from adclassifier.classifier.model import AdClassifier
from adclassifier.classifier.options import PredictOptions
from adclassifier.classifier.prediction import Evidence, Prediction

__all__ = [
    "OFFER",
    "VIOLATING",
    "AdClassifier",
    "Evidence",
    "EvidenceHead",
    "LinearHeads",
    "PredictOptions",
    "Prediction",
    "SubcodeHeads",
    "head_names",
]
