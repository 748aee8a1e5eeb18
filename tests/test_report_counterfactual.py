"""A counterfactual on paper and in the terminal: the law first, the model's words with a note."""

from __future__ import annotations

import re

import pytest
from rich.console import Console

from adclassifier.classifier import AdClassifier, Prediction
from adclassifier.classifier.counterfactual import Counterfactual, Evidence
from adclassifier.report import explanation_page, render_explanation
from adclassifier.report.counterfactual import (
    LAWFUL_TITLE,
    NOTE,
    REMOVED_TITLE,
    counterfactual_view,
)
from adclassifier.signals.lawfulness import check_conditions
from adclassifier.taxonomy import load_taxonomy
from adclassifier.text.normalize import normalize

TEXT = "Viên khớp <b>chữa khỏi</b> thoái hóa, gọi 0912345678, đã có XNQC \x1b[31m"
CLAIM, NARCOTICS = "supplement.disease_claim", "banned_goods.narcotics"


def counterfactual(*removed: str, subcodes: tuple[str, ...] = (CLAIM,)) -> Counterfactual:
    """Build one whose phrases are these words of `TEXT`."""
    phrases = tuple(
        Evidence(TEXT.index(words), TEXT.index(words) + len(words), words, "supplement", 1.0)
        for words in removed
    )
    after = "review" if removed else "flag"
    return Counterfactual(
        "flag",
        after,
        phrases,
        6,
        {code: load_taxonomy().subcode(code).lawful_if for code in subcodes},
        check_conditions(TEXT, normalize(TEXT), subcodes, ()),
    )


def predict(classifier: AdClassifier) -> Prediction:
    [prediction] = classifier.predict([TEXT])
    return prediction


def terminal(classifier: AdClassifier, each: Counterfactual | None) -> str:
    console = Console(width=300, force_terminal=False, color_system=None)
    with console.capture() as printed:
        console.print(render_explanation(TEXT, predict(classifier), classifier, each))
    return printed.get()


def page(classifier: AdClassifier, each: Counterfactual | None) -> str:
    return explanation_page([TEXT], [predict(classifier)], classifier, [each])


@pytest.mark.parametrize("render", [terminal, page])
def test_counterfactual_shows_the_law_then_the_note_then_the_phrases(render, classifier) -> None:
    shown = render(classifier, counterfactual("chữa khỏi"))
    parts = [LAWFUL_TITLE, "bài chưa nêu", REMOVED_TITLE, NOTE, "Mô hình sẽ không nêu"]
    places = [shown.index(part) for part in parts]
    assert places == sorted(places)
    assert "chữa khỏi" in shown[places[-1] :]


@pytest.mark.parametrize("render", [terminal, page])
def test_counterfactual_is_left_out_unless_asked_for(render, classifier) -> None:
    shown = render(classifier, None)
    assert LAWFUL_TITLE not in shown
    assert NOTE not in shown


@pytest.mark.parametrize("render", [terminal, page])
def test_counterfactual_lets_no_text_disturb_the_page(render, classifier) -> None:
    shown = render(classifier, counterfactual("<b>chữa khỏi</b>", "XNQC \x1b[31m"))
    assert "\x1b" not in shown
    assert render is terminal or "<b>chữa" not in shown


def test_explanation_page_masks_contacts_in_a_phrase(classifier) -> None:
    assert "0912345678" not in page(classifier, counterfactual("gọi 0912345678"))


def test_explanation_page_refuses_another_number_of_counterfactuals(classifier) -> None:
    with pytest.raises(ValueError, match="zip"):
        explanation_page([TEXT], [predict(classifier)], classifier, [])


@pytest.mark.parametrize(
    ("each", "says"),
    [
        (counterfactual("chữa khỏi"), "nếu thiếu cụm từ này"),
        (counterfactual("chữa khỏi", "thoái hóa"), "nếu thiếu cả 2 cụm từ này"),
        (counterfactual(), "Không tìm được bộ nào từ 6 cụm từ trở xuống"),
        (Counterfactual("clear", "clear", (), 6), "Mô hình không nêu dấu hiệu"),
        (Counterfactual("review", "review", (), 6), "Mô hình không nêu dấu hiệu"),
    ],
)
def test_counterfactual_view_says_what_was_found(each: Counterfactual, says: str) -> None:
    assert says in counterfactual_view(each).says


def test_counterfactual_view_names_the_outcome_without_the_phrases() -> None:
    assert "“cần xem lại”" in counterfactual_view(counterfactual("chữa khỏi")).says


def test_counterfactual_view_says_where_nothing_would_be_lawful() -> None:
    [(name, condition)] = counterfactual_view(counterfactual(subcodes=(NARCOTICS,))).lawful
    assert name == load_taxonomy().subcode(NARCOTICS).name
    assert condition.startswith("không có điều kiện nào")


def test_counterfactual_view_marks_conditions_that_were_not_read() -> None:
    says = {each.says for each in counterfactual_view(counterfactual()).conditions}
    assert any(each.startswith("Cụm từ “Thực phẩm bảo vệ sức khỏe” (cần kiểm") for each in says)
    assert not any(re.match("Câu “Thực phẩm này.*cần kiểm tra lại", each) for each in says)


def test_counterfactual_view_quotes_what_only_names_a_number() -> None:
    [unclear] = [x for x in counterfactual_view(counterfactual()).conditions if x.words]
    assert [TEXT[start:end] for start, end in unclear.words] == ["XNQC"]
    assert unclear.found == "cần người xem"


@pytest.mark.parametrize("each", [counterfactual("chữa khỏi"), counterfactual()])
def test_counterfactual_view_never_calls_a_post_a_violation(each: Counterfactual) -> None:
    view = counterfactual_view(each)
    said = " ".join([view.says, NOTE, *(x.says for x in view.conditions)])
    assert not re.findall(r"(?<!dấu hiệu )vi phạm", said.casefold())
