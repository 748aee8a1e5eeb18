"""A text is read, cut and weighed by compiled code as the plain definitions say, to the bit."""

from dataclasses import replace

import numpy as np
import pytest

from adclassifier.classifier import AdClassifier, LinearHeads
from adclassifier.classifier.compiled import sharing
from adclassifier.classifier.text_features import TextFeatures
from adclassifier.features import pairwise
from adclassifier.lexicon import load_lexicon
from adclassifier.text.normalize import normalize

LINE = "Viên uống xương khớp trị dứt điểm đau lưng, hết mất ngủ, 350k 1 hộp; ib em nha chị 😀\n"
TEXTS = ["", "thuốc", "kem trị nám", LINE, LINE * 3, LINE * 40]


def features_of(classifier: AdClassifier, text: str) -> TextFeatures:
    return TextFeatures(text, normalize(text), classifier.heads)


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("place", [(0, 100_000), (0, 30), (17, 90), (40, 41), (500, 1700)])
def test_window_holds_what_the_plain_definitions_say(
    classifier: AdClassifier, text: str, place: tuple[int, int]
) -> None:
    features, heads = features_of(classifier, text), classifier.heads
    window = features.window(*place)
    tokens = heads.tokens(features.canonical.text).window(*place)
    rows, values, _ = heads.features(tokens)
    _, weights, ends = tokens.occurrences(heads.shape)
    assert window.tokens.spans.tolist() == tokens.spans.tolist()
    assert window.tokens.cues.tolist() == tokens.cues.tolist()
    assert window.rows.tolist() == rows.tolist()
    assert window.values.tolist() == values.tolist()
    assert [part.tolist() for part in window.occurrences[1:]] == [weights.tolist(), ends.tolist()]
    assert window.idf.tolist() == heads.idf[rows].tolist()


@pytest.mark.parametrize("n_groups", [0, 1, 40])
def test_cues_are_those_of_the_groups_that_are_features(
    classifier: AdClassifier, n_groups: int
) -> None:
    features = features_of(classifier, LINE)
    groups = tuple(dict.fromkeys(match.cue.group for match in features.matches))[:n_groups]
    features.heads = _with_groups(classifier, groups)
    expected = [match for match in features.matches if match.cue.group in groups]
    assert features.cues == expected
    assert features.window(0, len(LINE)).cues == expected


def _with_groups(classifier: AdClassifier, groups: tuple[str, ...]) -> LinearHeads:
    return replace(classifier.heads, shape=replace(classifier.heads.shape, cue_groups=groups))


@pytest.mark.parametrize("recalled", [True, False])
def test_has_recalled_says_whether_a_cue_has_no_source(
    classifier: AdClassifier, *, recalled: bool
) -> None:
    cues = [cue for cue in load_lexicon().cues if cue.recalled == recalled]
    found = set()
    for cue in cues[:40]:
        features = features_of(classifier, cue.phrase)
        groups = tuple(dict.fromkeys(match.cue.group for match in features.matches))
        for own in ((), groups):
            features.heads = _with_groups(classifier, own)
            expected = any(match.cue.recalled for match in features.cues)
            assert features.has_recalled == expected
            features = features_of(classifier, cue.phrase)
            found.add(expected)
    assert False in found
    assert not recalled or True in found


def test_matches_are_those_of_the_lexicon(classifier: AdClassifier) -> None:
    features = features_of(classifier, LINE)
    assert features.matches == load_lexicon().matches(features.canonical.text)
    assert features.matches


@pytest.mark.parametrize("n", [0, 1, 7, 8, 127, 128, 129, 1000, 4099, 100_000])
def test_length_of_a_window_is_added_up_as_numpy_does(n: int) -> None:
    numbers = np.random.default_rng(n).random(n)
    assert pairwise.pairwise_sum(numbers) == float(np.sum(numbers))


@pytest.mark.parametrize("n_known", [0, 1, 50])
def test_add_known_adds_what_the_models_know_in_order(n_known: int) -> None:
    random = np.random.default_rng(n_known)
    rows, values = random.integers(0, 120, 300), random.normal(size=300)
    places = np.full(100, -1, np.int32)  # rows behind it are known to no model
    places[random.permutation(100)[:n_known]] = np.arange(n_known)
    weights = random.normal(size=(n_known, 3)).astype(np.float32)
    scores = np.zeros(3)
    for row, value in zip(rows.tolist(), values.tolist(), strict=True):
        if row < 100 and places[row] >= 0:
            scores += value * weights[places[row]].astype(np.float64)
    bias = random.normal(size=3)
    found = sharing().add_known(rows, values, places, weights, bias)
    assert found.tolist() == (bias + scores).tolist()
