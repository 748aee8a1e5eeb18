"""Find signs of illegal advertising ("dấu hiệu vi phạm") in Vietnamese posts and captions.

`load` gives the fitted `AdClassifier`; its `predict` gives one `Prediction` a text, with the words
that say so as `Evidence`. The names are imported when they are first used: importing the package
loads no compiler, no tokenizer and no model.
"""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from adclassifier.bundle import load
    from adclassifier.catalog import labels
    from adclassifier.classifier import AdClassifier, Evidence, Prediction
    from adclassifier.corpus import read_corpus
    from adclassifier.estimator import TextEstimator
    from adclassifier.posts import read_posts
    from adclassifier.scoring import score_frame
    from adclassifier.training import evaluate, train

__version__ = version("adclassifier")

__all__ = [
    "AdClassifier",
    "Evidence",
    "Prediction",
    "TextEstimator",
    "__version__",
    "evaluate",
    "labels",
    "load",
    "read_corpus",
    "read_posts",
    "score_frame",
    "train",
]

_HOMES = {
    "AdClassifier": "classifier",
    "Evidence": "classifier",
    "Prediction": "classifier",
    "TextEstimator": "estimator",
    "evaluate": "training",
    "labels": "catalog",
    "load": "bundle",
    "read_corpus": "corpus",
    "read_posts": "posts",
    "score_frame": "scoring",
    "train": "training",
}


def __getattr__(name: str) -> Any:
    """Import a public name on first use (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """List the public names before they are imported too."""
    return sorted({*globals(), *__all__})
