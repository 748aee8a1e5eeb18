"""What cues may not do in the shipped model.

A text that is one phrase of the lexicon is never flagged. Recalled cues, which have no source,
decide nothing: each decided label holds without what they add to it, and so does the ranking score.
"""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest

from adclassifier import AdClassifier, load, read_posts
from adclassifier.classifier import VIOLATING, Prediction
from adclassifier.classifier.cues_used import find_used_cues
from adclassifier.lexicon import load_lexicon

SAMPLES = Path(__file__).parents[2] / "data" / "samples"

pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def shipped() -> AdClassifier:
    return load()


@pytest.fixture(scope="module")
def sample_texts() -> list[str]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # one sample row is broken on purpose
        frames = [(read_posts(SAMPLES / "posts.csv"), "message")]
        frames.append((read_posts(SAMPLES / "posts.jsonl"), "content"))
    return [text for frame, column in frames for text in frame[column] if isinstance(text, str)]


@pytest.mark.slow
@pytest.mark.parametrize("times", [1, 3])
def test_predict_flags_no_cue_alone(shipped: AdClassifier, times: int) -> None:
    phrases = sorted({cue.phrase for cue in load_lexicon().cues})
    predictions = shipped.predict([" ".join([phrase] * times) for phrase in phrases], explain=False)
    flagged = [
        phrase for phrase, p in zip(phrases, predictions, strict=True) if p.outcome == "flag"
    ]
    assert not flagged, f"{len(flagged)} of {len(phrases)}: {flagged[:20]}"


def test_predict_decides_no_label_of_a_sample_by_recalled_cues(
    shipped: AdClassifier, sample_texts: list[str]
) -> None:
    flagged, resting = resting_on_recalled(sample_texts, shipped)
    assert flagged
    assert not resting, f"{len(resting)} of {len(flagged)}: {resting[:5]}"


def test_predict_decides_no_label_by_the_recalled_cue_of_a_plain_offer(
    shipped: AdClassifier,
) -> None:
    phrases = sorted({cue.phrase for cue in load_lexicon().cues if cue.recalled})
    texts = [f"shop có {phrase}, ib em nha" for phrase in phrases]
    flagged, resting = resting_on_recalled(texts, shipped)
    assert not resting, f"{len(resting)} of {len(flagged)}: {resting[:5]}"


def resting_on_recalled(texts: list[str], classifier: AdClassifier) -> tuple[list[str], list[str]]:
    """Texts that are flagged, and those of them that would not be so without recalled cues."""
    predictions = classifier.predict(texts, explain=False)
    flagged = [(text, p) for text, p in zip(texts, predictions, strict=True) if p.violating]
    resting = [text for text, p in flagged if not stays_without_recalled(text, p, classifier)]
    return [text for text, _ in flagged], resting


def stays_without_recalled(text: str, prediction: Prediction, classifier: AdClassifier) -> bool:
    """Whether every decided label and the ranking score hold without recalled cues."""
    thresholds = classifier.thresholds
    *labels, violating = find_used_cues(text, classifier.heads, (*prediction.labels, VIOLATING))
    return violating.sourced_probability >= thresholds["review"] and all(
        shares.sourced_probability >= thresholds[shares.label] for shares in labels
    )
