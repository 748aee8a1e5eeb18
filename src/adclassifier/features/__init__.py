"""Turn canonical texts into hashed n-gram features and their weighted sums."""

from adclassifier.features.codepoints import code_points, fold_table, token_classes
from adclassifier.features.vectorizer import HashedNgramVectorizer, NgramShape, Tokens, kernels

__all__ = [
    "HashedNgramVectorizer",
    "NgramShape",
    "Tokens",
    "code_points",
    "fold_table",
    "kernels",
    "token_classes",
]
