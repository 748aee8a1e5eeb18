"""What cues may not do in the shipped model: decide alone, or without a source."""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest

from adclassifier import AdClassifier, load, read_posts
from adclassifier.classifier import OFFER, VIOLATING, Prediction
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


@pytest.mark.parametrize("times", [1, 3])
def test_predict_flags_no_cue_alone(shipped: AdClassifier, times: int) -> None:
    phrases = sorted({cue.phrase for cue in load_lexicon().cues})
    predictions = shipped.predict([" ".join([phrase] * times) for phrase in phrases], explain=False)
    flagged = [
        phrase for phrase, p in zip(phrases, predictions, strict=True) if p.outcome == "flag"
    ]
    assert not flagged, f"{len(flagged)} of {len(phrases)}: {flagged[:20]}"


def test_predict_flags_no_sample_for_recalled_cues(
    shipped: AdClassifier, sample_texts: list[str]
) -> None:
    predictions = shipped.predict(sample_texts, explain=False)
    flagged = [(text, p) for text, p in zip(sample_texts, predictions, strict=True) if p.violating]
    assert flagged
    resting = [text for text, p in flagged if not stays_without_recalled(text, p, shipped)]
    assert not resting, f"{len(resting)} of {len(flagged)}: {resting[:5]}"


def stays_without_recalled(text: str, prediction: Prediction, classifier: AdClassifier) -> bool:
    """Whether a label, the ranking score and the offer all hold without recalled cues."""
    thresholds = classifier.thresholds
    *labels, violating, offer = find_used_cues(
        text, classifier.heads, (*prediction.labels, VIOLATING, OFFER)
    )
    return (
        any(shares.sourced_probability >= thresholds[shares.label] for shares in labels)
        and violating.sourced_probability >= thresholds["review"]
        and offer.sourced_probability >= thresholds[OFFER]
    )
