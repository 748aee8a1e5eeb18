"""Put a counterfactual into words: first what the law asks, then what the model hangs on."""

from __future__ import annotations

from dataclasses import dataclass

from adclassifier.classifier.counterfactual import Counterfactual
from adclassifier.report.wording import OUTCOME_NAMES
from adclassifier.signals.lawfulness import CheckedCondition
from adclassifier.taxonomy import load_taxonomy

LAWFUL_TITLE = "Điều kiện để quảng cáo hợp pháp"
REMOVED_TITLE = "Mô hình dựa vào từ ngữ nào"
#: Stands before the phrases, always.
NOTE = (
    "Phần này giải thích mô hình, không phải lời khuyên viết lại bài: bỏ từ ngữ đi không làm cho "
    "hàng hóa, dịch vụ hay quảng cáo trở thành hợp pháp."
)
_NOTHING_WOULD = "không có điều kiện nào được ghi nhận làm cho việc này hợp pháp."
_STATED = {
    "met": "bài có nêu, cần tra cứu",
    "unmet": "bài chưa nêu",
    "unclear": "cần người xem",
}
_KEPT = {
    "met": "chưa thấy dấu hiệu trái",
    "unmet": "bài có dấu hiệu trái",
    "unclear": "cần người xem",
}


@dataclass(frozen=True, slots=True)
class ConditionView:
    """One condition in words.

    Parameters
    ----------
    state : {"met", "unmet", "unclear"}
    says : str
        The condition with its mark and caution.
    found : str
        The state in words.
    words : tuple of (start, end)
        What shows the state, in the original text.
    """

    state: str
    says: str
    found: str
    words: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class CounterfactualView:
    """A counterfactual in words.

    Parameters
    ----------
    lawful : tuple of (name, condition)
        What would make an advert lawful, for each decided sub-code.
    conditions : tuple of ConditionView
    says : str
        What the model would do without the phrases, or that there are none.
    phrases : tuple of (start, end, label)
        Ranges of the original text, each with the name of the label it speaks for.
    """

    lawful: tuple[tuple[str, str], ...]
    conditions: tuple[ConditionView, ...]
    says: str
    phrases: tuple[tuple[int, int, str], ...]


def counterfactual_view(counterfactual: Counterfactual) -> CounterfactualView:
    """Put a counterfactual into words."""
    taxonomy = load_taxonomy()
    return CounterfactualView(
        lawful=tuple(
            (taxonomy.subcode(code).name, condition or _NOTHING_WOULD)
            for code, condition in counterfactual.lawful_if.items()
        ),
        conditions=tuple(map(_condition_view, counterfactual.conditions)),
        says=_statement(counterfactual),
        phrases=tuple(
            (each.start, each.end, taxonomy.label(each.label).name)
            for each in counterfactual.removed
        ),
    )


def _condition_view(checked: CheckedCondition) -> ConditionView:
    """Put one condition into words."""
    condition = checked.condition
    says = f"{condition.name} ({condition.mark})" if condition.mark else condition.name
    return ConditionView(
        checked.state,
        f"{says}. {condition.caution}" if condition.caution else says,
        (_KEPT if condition.breaches else _STATED)[checked.state],
        checked.words,
    )


def _statement(counterfactual: Counterfactual) -> str:
    """Say what the model would do without the phrases."""
    if counterfactual.outcome_before != "flag":
        return "Mô hình không nêu dấu hiệu ở bài này, nên không có từ ngữ nào để xét."
    n_phrases = len(counterfactual.removed)
    if not n_phrases:
        return (
            f"Không tìm được bộ nào từ {counterfactual.most_phrases} cụm từ trở xuống mà thiếu nó "
            "mô hình sẽ không nêu: kết quả dựa vào cả bài."
        )
    after = OUTCOME_NAMES[counterfactual.outcome_after]
    if n_phrases == 1:
        return f"Mô hình sẽ không nêu (kết quả sẽ là “{after}”) nếu thiếu cụm từ này:"
    return (
        f"Mô hình sẽ không nêu (kết quả sẽ là “{after}”) nếu thiếu cả {n_phrases} cụm từ này; "
        "giữ lại bất kỳ cụm nào thì vẫn nêu:"
    )
