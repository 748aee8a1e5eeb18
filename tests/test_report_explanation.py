"""Why a text was judged so: as a page, and in the terminal."""

from __future__ import annotations

import io
import re

import numpy as np
import pytest
from rich.console import Console

from adclassifier.classifier import AdClassifier, LinearHeads, SubcodeHeads
from adclassifier.features import FeatureShape
from adclassifier.report import explanation_page, render_explanation
from adclassifier.report.passages import find_contacts
from adclassifier.report.reasons import find_reasons
from adclassifier.taxonomy import load_taxonomy

LABELS = load_taxonomy().label_codes
TEXT = "Viên khớp gia truyền, chữa dứt điểm thoái hóa, cam kết khỏi. Gọi 0912.345.678 nhé"
HOSTILE = 'Bán thuốc </mark><script>alert(1)</script> "><img src=x> \x1b[31m \u202e nha'


def build(threshold: float) -> AdClassifier:
    """Build a classifier with weights by chance: what adds up does so for any weights."""
    names = (*LABELS, "violating", "offer")
    shape = FeatureShape(n_bits=10)
    chance = np.random.default_rng(7)
    heads = LinearHeads(
        names=names,
        shape=shape,
        segmenter="syllable",
        window_chars=600,
        stride_chars=450,
        idf=np.ones(shape.n_buckets, np.float16),
        weights=chance.normal(0, 3, (shape.n_buckets, len(names))).astype(np.float16),
        bias=np.zeros(len(names)),
        slope=np.ones(len(names)),
        intercept=np.zeros(len(names)),
    )
    codes = tuple(subcode.code for subcode in load_taxonomy().subcodes)
    subcodes = SubcodeHeads(
        codes=codes,
        starts=np.zeros(len(codes) + 1, np.int32),
        buckets=np.zeros(0, np.int32),
        weights=np.zeros(0, np.float16),
        bias=np.full(len(codes), -1.0),
    )
    thresholds = dict.fromkeys(LABELS, threshold) | {"offer": 0.0, "review": min(threshold, 0.5)}
    return AdClassifier("built", LABELS, heads, subcodes, thresholds, 0.3, content_hash="0" * 64)


@pytest.fixture(scope="module")
def flagging() -> AdClassifier:
    return build(threshold=0.0)


@pytest.fixture(scope="module")
def sparing() -> AdClassifier:
    return build(threshold=1.1)


def page(text: str, classifier: AdClassifier, **options: bool) -> str:
    return explanation_page([text], classifier.predict([text]), classifier, **options)


def terminal(text: str, classifier: AdClassifier) -> str:
    [prediction] = classifier.predict([text])
    console = Console(file=io.StringIO(), width=100, force_terminal=False, color_system=None)
    with console.capture() as printed:
        console.print(render_explanation(text, prediction, classifier))
    return printed.get()


def test_find_reasons_adds_up_to_the_probability(flagging: AdClassifier) -> None:
    [prediction] = flagging.predict([TEXT])
    reasons = find_reasons(TEXT, prediction, flagging)
    said = [prediction.probabilities[reason.label] for reason in reasons]
    assert [reason.probability for reason in reasons] == pytest.approx(said, abs=1e-6)


def test_find_reasons_explains_each_decided_label(flagging: AdClassifier) -> None:
    [prediction] = flagging.predict([TEXT])
    reasons = find_reasons(TEXT, prediction, flagging)
    assert tuple(reason.label for reason in reasons) == prediction.labels


def test_find_reasons_explains_the_likeliest_label_of_a_clear_text(sparing: AdClassifier) -> None:
    [prediction] = sparing.predict([TEXT])
    [reason] = find_reasons(TEXT, prediction, sparing)
    known = {x: p for x, p in prediction.probabilities.items() if p is not None}
    assert reason.label == max(known, key=lambda label: known[label])
    assert not reason.decided


def test_find_reasons_gives_the_shifted_probability_beside_the_sum(flagging: AdClassifier) -> None:
    [prediction] = flagging.predict([TEXT], prior=0.01)
    reason = find_reasons(TEXT, prediction, flagging)[0]
    assert reason.shifted == prediction.probabilities[reason.label]
    assert reason.shifted < reason.probability


def test_find_reasons_has_none_for_an_unreadable_text(flagging: AdClassifier) -> None:
    [prediction] = flagging.predict(["12345 !!!"])
    assert find_reasons("12345 !!!", prediction, flagging) == []


def test_explanation_page_shows_the_sum(flagging: AdClassifier) -> None:
    sums = re.findall(r"σ\((\S+) ban đầu, (\S+) từ ngữ\) = σ\((\S+)\)", page(TEXT, flagging))
    assert len(sums) == len(LABELS)
    for bias, total, log_odds in sums:
        values = [float(x.replace(",", ".").replace("−", "-")) for x in (bias, total, log_odds)]
        assert values[0] + values[1] == pytest.approx(values[2], abs=0.011)


def test_explanation_page_colours_words_for_and_against(flagging: AdClassifier) -> None:
    html = page(TEXT, flagging)
    assert re.search(r'<mark class="for-\d" title="\+', html)
    assert re.search(r'<mark class="against-\d" title="−', html)


def test_explanation_page_escapes_a_hostile_text(flagging: AdClassifier) -> None:
    html = page(HOSTILE, flagging)
    assert "<script" not in html
    assert "<img" not in html
    assert "\x1b" not in html
    assert "\u202e" not in html


def test_explanation_page_masks_contacts(flagging: AdClassifier) -> None:
    assert not re.search(r"0912|345\.678", page(TEXT, flagging))


def test_explanation_page_shows_contacts_when_told(flagging: AdClassifier) -> None:
    [contact] = find_contacts(TEXT)
    assert TEXT[contact.start : contact.end] in page(TEXT, flagging, show_contacts=True)


def test_explanation_page_shows_an_unreadable_text_as_it_is(flagging: AdClassifier) -> None:
    html = page("12345 !!!", flagging)
    assert "không đọc được" in html
    assert "12345 !!!</blockquote>" in html


def test_explanation_page_refuses_another_number_of_predictions(flagging: AdClassifier) -> None:
    with pytest.raises(ValueError, match="zip"):
        explanation_page([TEXT, TEXT], flagging.predict([TEXT]), flagging)


def test_render_explanation_shows_the_whole_text(flagging: AdClassifier) -> None:
    assert "chữa dứt điểm thoái hóa, cam kết khỏi. Gọi 0912.345.678 nhé" in terminal(TEXT, flagging)


def test_render_explanation_shows_each_decided_label_and_its_sum(flagging: AdClassifier) -> None:
    printed = terminal(TEXT, flagging)
    assert printed.count("xác suất = σ(tổng)") == len(LABELS)
    assert "Thực phẩm bảo vệ sức khỏe sai phạm" in printed


def test_render_explanation_lets_no_text_steer_the_terminal(flagging: AdClassifier) -> None:
    printed = terminal(HOSTILE + " [red]đỏ[/red]", flagging)
    assert "\x1b" not in printed
    assert "[red]đỏ[/red]" in printed


@pytest.mark.parametrize("text", [TEXT, "Trà sen 90k", "12345 !!!"])
def test_render_explanation_never_calls_a_post_a_violation(
    text: str, flagging: AdClassifier, sparing: AdClassifier
) -> None:
    for classifier in (flagging, sparing):
        said = re.split("Căn cứ để xem xét", terminal(text, classifier))[0].casefold()
        assert not re.findall(r"(?<!dấu hiệu )vi phạm", said)
