"""Without which words a text would not be flagged: it flips, nothing is needless, it is honest."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pytest

from adclassifier.classifier import AdClassifier, Evidence, LinearHeads, SubcodeHeads
from adclassifier.classifier.counterfactual import MOST_PHRASES, Counterfactual, find_counterfactual
from adclassifier.corpus import Record
from adclassifier.errors import InvalidTextError
from adclassifier.features import FeatureShape
from adclassifier.taxonomy import load_taxonomy
from adclassifier.text.normalize import normalize

LABELS = load_taxonomy().label_codes
TEXT = "Em bán pháo dây giá rẻ, pháo về nhiều"
PADDING = "trời mưa to quá em ơi, "
Found = list[tuple[str, Counterfactual]]


@pytest.fixture(scope="module")
def found(classifier: AdClassifier, sample_records: list[Record]) -> Found:
    """Flagged texts of every kind, each with what was found."""
    texts = [record.text for record in sample_records if record.violating][::12]
    predictions = classifier.predict(texts, explain=False)
    flagged = [text for text, p in zip(texts, predictions, strict=True) if p.violating]
    return [(text, find_counterfactual(text, classifier)) for text in flagged]


def cut(text: str, removed: Iterable[Evidence]) -> str:
    """Leave phrases out, as the definition says: a blank in each one's place."""
    for each in sorted(removed, key=lambda each: -each.start):
        text = f"{text[: each.start]} {text[each.end :]}"
    return text


def outcome(text: str, classifier: AdClassifier, prior: float | None = None) -> str:
    return classifier.predict([text], explain=False, prior=prior)[0].outcome


def taught(word_weights: dict[str, float], bias: float) -> AdClassifier:
    """Build a classifier that knows single words of `TEXT`, for one label, and nothing else."""
    names = (*LABELS, "violating", "offer")
    shape = FeatureShape(n_bits=16)
    heads = LinearHeads(
        names=names,
        shape=shape,
        segmenter="syllable",
        window_chars=600,
        stride_chars=450,
        idf=np.ones(shape.n_buckets, np.float16),
        weights=np.zeros((shape.n_buckets, len(names)), np.float16),
        bias=np.full(len(names), -9.0),
        slope=np.ones(len(names)),
        intercept=np.zeros(len(names)),
    )
    canonical = normalize(TEXT).text
    rows, _, ranges = heads.features(heads.tokens(canonical))
    label = LABELS.index("banned_goods")
    harmless, _, _ = heads.features(heads.tokens(PADDING * 2))
    for row, (start, end) in zip(rows, ranges, strict=True):
        if row not in harmless:
            heads.weights[row, label] = word_weights.get(canonical[start:end], 0.0)
    heads.bias[label] = bias
    heads.bias[names.index("violating")] = 9.0
    codes = tuple(subcode.code for subcode in load_taxonomy().subcodes)
    nothing = SubcodeHeads(
        codes,
        np.zeros(len(codes) + 1, np.int32),
        np.zeros(0, np.int32),
        np.zeros(0, np.float16),
        np.full(len(codes), -1.0),
    )
    thresholds = dict.fromkeys(LABELS, 0.5) | {"offer": 0.0, "review": 0.5}
    return AdClassifier("taught", LABELS, heads, nothing, thresholds, 0.3, content_hash="0" * 64)


def test_find_counterfactual_finds_a_set_for_most_flagged_texts(found: Found) -> None:
    assert len(found) >= 15
    assert sum(bool(each.removed) for _, each in found) >= 0.5 * len(found)


def test_find_counterfactual_flips_the_outcome(found: Found, classifier: AdClassifier) -> None:
    for text, each in found:
        assert each.outcome_before == "flag"
        assert outcome(cut(text, each.removed), classifier) == each.outcome_after
        assert (each.outcome_after != "flag") == bool(each.removed)


def test_find_counterfactual_names_no_needless_phrase(
    found: Found, classifier: AdClassifier
) -> None:
    for text, each in found:
        for back in each.removed:
            others = [phrase for phrase in each.removed if phrase is not back]
            assert outcome(cut(text, others), classifier) == "flag"


def test_find_counterfactual_gives_offsets_of_the_original(found: Found) -> None:
    for text, each in found:
        assert all(text[phrase.start : phrase.end] == phrase.text for phrase in each.removed)
        edges = [edge for phrase in each.removed for edge in (phrase.start, phrase.end)]
        assert edges == sorted(set(edges))


def test_find_counterfactual_names_a_label_that_the_phrase_brings_back(
    found: Found, classifier: AdClassifier
) -> None:
    for text, each in found:
        for back in each.removed:
            others = [phrase for phrase in each.removed if phrase is not back]
            [prediction] = classifier.predict([cut(text, others)])
            assert back.label in prediction.labels


def test_find_counterfactual_names_no_more_phrases_than_allowed(found: Found) -> None:
    assert max(len(each.removed) for _, each in found) <= MOST_PHRASES


@pytest.mark.parametrize("length", [1500, 6000])
def test_find_counterfactual_looks_into_every_window_of_a_long_text(length: int) -> None:
    classifier = taught({"pháo": 60.0}, bias=-6.0)
    padding = (PADDING * length)[:length]
    text = f"{padding}\n{TEXT}\n{padding}"
    each = find_counterfactual(text, classifier)
    assert {phrase.text for phrase in each.removed} == {"pháo"}
    assert all(text[phrase.start : phrase.end] == phrase.text for phrase in each.removed)
    assert outcome(cut(text, each.removed), classifier) == each.outcome_after != "flag"


def test_find_counterfactual_needs_the_mentions_of_all_windows() -> None:
    classifier = taught({"dây": 60.0}, bias=-6.0)
    text = "dây " + PADDING * 60 + "dây"
    each = find_counterfactual(text, classifier)
    assert [phrase.start for phrase in each.removed] == [0, len(text) - 3]


def test_find_counterfactual_gives_up_on_a_long_text_that_is_flagged_everywhere() -> None:
    classifier = taught({"pháo": 60.0}, bias=-6.0)
    each = find_counterfactual(f"{TEXT}\n" * 300, classifier)
    assert (each.outcome_before, each.outcome_after, each.removed) == ("flag", "flag", ())


def test_find_counterfactual_has_nothing_for_a_clear_text(
    classifier: AdClassifier, clear_text: str
) -> None:
    same = outcome(clear_text, classifier)
    assert find_counterfactual(clear_text, classifier) == Counterfactual(
        same, same, (), MOST_PHRASES
    )


@pytest.mark.parametrize("text", ["", "12345 !!!", "\u200b"])
def test_find_counterfactual_has_nothing_for_an_unreadable_text(
    text: str, classifier: AdClassifier
) -> None:
    assert find_counterfactual(text, classifier).outcome_after == "unreadable"


def test_find_counterfactual_refuses_what_predict_refuses(classifier: AdClassifier) -> None:
    with pytest.raises(InvalidTextError, match="100001 characters"):
        find_counterfactual("a" * 100_001, classifier)


def test_find_counterfactual_says_when_no_set_is_small_enough(
    found: Found, classifier: AdClassifier
) -> None:
    text = next(text for text, each in found if each.removed)
    each = find_counterfactual(text, classifier, most_phrases=0)
    assert (each.outcome_after, each.removed, each.most_phrases) == ("flag", (), 0)


def test_find_counterfactual_judges_by_the_prior_asked_for(
    found: Found, classifier: AdClassifier
) -> None:
    text = next(text for text, each in found if each.removed)
    each = find_counterfactual(text, classifier, prior=1e-9)
    assert (each.outcome_before, each.removed) == (outcome(text, classifier, 1e-9), ())
    more = find_counterfactual(text, classifier, prior=0.5)
    assert outcome(cut(text, more.removed), classifier, 0.5) == more.outcome_after


def test_find_counterfactual_takes_every_mention_of_the_word_that_decides() -> None:
    each = find_counterfactual(TEXT, taught({"pháo": 8.0}, bias=-0.5))
    assert [phrase.text for phrase in each.removed] == ["pháo", "pháo"]
    assert {phrase.label for phrase in each.removed} == {"banned_goods"}
    assert all(phrase.contribution > 0.0 for phrase in each.removed)


def test_find_counterfactual_puts_back_what_is_needless() -> None:
    # "pháo" speaks against, so that joining it to what is taken out would put the rest in doubt
    classifier = taught({"dây": 3.0, "nhiều": 3.2, "rẻ": 3.4, "pháo": -3.0}, bias=-1.0)
    each = find_counterfactual(TEXT, classifier)
    assert outcome(cut(TEXT, each.removed), classifier) != "flag"
    for back in each.removed:
        others = [phrase for phrase in each.removed if phrase is not back]
        assert outcome(cut(TEXT, others), classifier) == "flag"


def test_find_counterfactual_finds_nothing_where_no_word_decides() -> None:
    each = find_counterfactual(TEXT, taught({}, bias=3.0))
    assert (each.outcome_before, each.outcome_after, each.removed) == ("flag", "flag", ())


def test_find_counterfactual_cuts_no_letter_from_its_marks() -> None:
    text = TEXT.replace("pháo", "pha\u0301o")
    each = find_counterfactual(text, taught({"pháo": 8.0}, bias=-0.5))
    assert [phrase.text for phrase in each.removed] == ["pha\u0301o", "pha\u0301o"]


def test_find_counterfactual_gives_what_would_make_each_subcode_lawful(
    found: Found, classifier: AdClassifier
) -> None:
    taxonomy = load_taxonomy()
    for text, each in found:
        [prediction] = classifier.predict([text], explain=False)
        assert each.lawful_if == {
            code: taxonomy.subcode(code).lawful_if for code in prediction.subcodes
        }


def test_find_counterfactual_checks_the_conditions_of_the_decided_subcodes(found: Found) -> None:
    checked = [(each, condition) for _, each in found for condition in each.conditions]
    assert checked
    for each, one in checked:
        wanted = set(one.condition.subcodes) & set(each.lawful_if)
        assert wanted or one.condition.signals


def test_counterfactual_is_a_value(found: Found) -> None:
    _, each = found[0]
    assert replace(each) == each
