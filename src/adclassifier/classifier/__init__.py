"""The fitted model as a value, and what it says of a text."""

from adclassifier.classifier.evidence import EvidenceHead
from adclassifier.classifier.heads import OFFER, VIOLATING, LinearHeads, head_names
from adclassifier.classifier.judging import DayOf, Judgements, Scores, TextOf
from adclassifier.classifier.model import AdClassifier
from adclassifier.classifier.options import PostedAt, PredictOptions, check_texts
from adclassifier.classifier.prediction import Evidence, Prediction
from adclassifier.classifier.subcodes import SubcodeHeads

__all__ = [
    "OFFER",
    "VIOLATING",
    "AdClassifier",
    "DayOf",
    "Evidence",
    "EvidenceHead",
    "Judgements",
    "LinearHeads",
    "PostedAt",
    "PredictOptions",
    "Prediction",
    "Scores",
    "SubcodeHeads",
    "TextOf",
    "check_texts",
    "head_names",
]
