"""Turn canonical texts into hashed n-gram features and their weighted sums.

`HashedNgramVectorizer` is imported when it is first used: it needs scikit-learn, which takes a
second to import, and whoever only predicts needs neither.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from adclassifier.features.codepoints import code_points, fold_table, token_classes
from adclassifier.features.cues import find_cues
from adclassifier.features.tokens import FeatureShape, Tokens, kernels

if TYPE_CHECKING:
    from adclassifier.features.vectorizer import HashedNgramVectorizer

__all__ = [
    "FeatureShape",
    "HashedNgramVectorizer",
    "Tokens",
    "code_points",
    "find_cues",
    "fold_table",
    "kernels",
    "token_classes",
]


def __getattr__(name: str) -> Any:
    """Import the transformer on first use (PEP 562)."""
    if name != "HashedNgramVectorizer":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from adclassifier.features.vectorizer import HashedNgramVectorizer

    return HashedNgramVectorizer
