"""No label stands on one phrase of the lexicon, nor on cues that nobody has seen anywhere."""

from __future__ import annotations

from dataclasses import replace

import pytest

from adclassifier.classifier import VIOLATING, AdClassifier
from adclassifier.classifier.cues_used import CueShares, find_used_cues
from adclassifier.classifier.standing import says_more_than_a_phrase, standing_labels
from adclassifier.classifier.text_features import TextFeatures
from adclassifier.lexicon import Cue, Match, load_lexicon
from adclassifier.text.normalize import normalize

AMPLE = 100.0
A_LITTLE = 1e-6


def match(text: str, phrase: str, first: int = 0) -> Match:
    """A cue where the phrase stands in the text."""
    start = text.index(phrase, first)
    return Match(Cue(phrase, "g", "m", "recalled"), start, start + len(phrase))


@pytest.mark.parametrize(
    ("text", "phrases", "expected"),
    [
        ("", [], True),
        ("shop có bộ trị mụn", ["trị mụn"], True),
        ("có bộ trị mụn", ["trị mụn"], True),
        ("bộ trị mụn", ["trị mụn"], False),
        ("trị mụn", ["trị mụn"], False),
        ("bộ trị mụn, bộ trị mụn", ["trị mụn"], False),  # the same word twice is one word
        ("!!! trị mụn ???", ["trị mụn"], False),  # signs are no words
        ("thuốc kích dục nữ", ["thuốc kích dục", "kích dục nữ"], False),
        ("thuốc kích dục nữ hàn", ["thuốc kích dục", "kích dục nữ"], True),
        ("shop có trị mụn", ["trị mụn", "mụn"], True),  # the one inside the other
        ("a trị mụn b trị nám", ["trị mụn", "trị nám"], True),
    ],
)
def test_says_more_than_a_phrase_counts_other_words(
    text: str, phrases: list[str], expected: bool
) -> None:
    cues = [match(text, phrase) for phrase in phrases]
    cues += [match(text, p, text.index(p) + 1) for p in phrases if text.count(p) > 1]
    # without a cue there is no phrase to rest on
    assert says_more_than_a_phrase(text, (0, len(text)), cues) == expected


@pytest.mark.parametrize(("window", "expected"), [((0, 15), True), ((5, 15), False)])
def test_says_more_than_a_phrase_counts_inside_the_window(
    window: tuple[int, int], expected: bool
) -> None:
    text = "shop có trị mụn. trời nắng"
    assert says_more_than_a_phrase(text, window, [match(text, "trị mụn")]) == expected


@pytest.fixture(scope="module")
def recalled(classifier: AdClassifier) -> tuple[str, CueShares, CueShares]:
    """A text whose recalled cues speak for a label and for violating, and their shares."""
    for cue in load_lexicon().cues:
        text = f"shop em có {cue.phrase} nha chị"
        if cue.recalled:
            for label in classifier.labels:
                own, ranking = find_used_cues(text, classifier.heads, [label, VIOLATING])
                if own.recalled > 0.0 and ranking.recalled > 0.0:
                    return text, own, ranking
    raise AssertionError("no recalled cue counts")


def standing(
    classifier: AdClassifier, text: str, labels: list[str], excess: dict[str, float]
) -> list[str]:
    """Ask for labels with the windows that the heads choose."""
    canonical, heads = normalize(text), classifier.heads
    _, ranges = heads.decisions([canonical.text])
    windows = {
        head: tuple(ranges[0, heads.names.index(head)].tolist()) for head in (*labels, VIOLATING)
    }
    return standing_labels(TextFeatures(text, canonical, heads), windows, excess)


@pytest.mark.parametrize(("spare", "stands"), [(A_LITTLE, True), (-A_LITTLE, False)])
def test_standing_labels_drops_a_label_that_rests_on_recalled_cues(
    classifier: AdClassifier,
    recalled: tuple[str, CueShares, CueShares],
    spare: float,
    stands: bool,
) -> None:
    text, own, _ = recalled
    excess = {own.label: own.recalled + spare, VIOLATING: AMPLE}
    assert standing(classifier, text, [own.label], excess) == [own.label] * stands


@pytest.mark.parametrize(("spare", "stands"), [(A_LITTLE, True), (-A_LITTLE, False)])
def test_standing_labels_drops_all_where_violating_rests_on_recalled_cues(
    classifier: AdClassifier,
    recalled: tuple[str, CueShares, CueShares],
    spare: float,
    stands: bool,
) -> None:
    text, own, ranking = recalled
    excess = {own.label: AMPLE, VIOLATING: ranking.recalled + spare}
    assert standing(classifier, text, [own.label], excess) == [own.label] * stands


def test_standing_labels_judges_each_label_by_itself(
    classifier: AdClassifier, recalled: tuple[str, CueShares, CueShares]
) -> None:
    text, own, _ = recalled
    others = [label for label in classifier.labels if label != own.label]
    excess = {**dict.fromkeys(others, AMPLE), own.label: -AMPLE, VIOLATING: AMPLE}
    assert standing(classifier, text, list(classifier.labels), excess) == others


def test_standing_labels_drops_what_rests_on_one_phrase(classifier: AdClassifier) -> None:
    ample = {"cosmetics": AMPLE, VIOLATING: AMPLE}
    assert standing(classifier, "shop có bộ trị mụn", ["cosmetics"], ample) == ["cosmetics"]
    assert standing(classifier, "bộ trị mụn", ["cosmetics"], ample) == []


def test_standing_labels_keeps_all_of_a_model_without_cues(classifier: AdClassifier) -> None:
    heads, n_buckets = classifier.heads, classifier.heads.shape.n_buckets
    shape = replace(heads.shape, cue_groups=(), cue_weight=0.0, pair_weight=0.0)
    plain = replace(
        heads, shape=shape, idf=heads.idf[:n_buckets], weights=heads.weights[:n_buckets]
    )
    without = replace(classifier, heads=plain)
    ample = {"cosmetics": AMPLE, VIOLATING: AMPLE}
    assert standing(without, "bộ trị mụn", ["cosmetics"], ample) == ["cosmetics"]
