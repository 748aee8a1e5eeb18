"""One prediction, readable in the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from rich.console import Console
from rich.padding import Padding
from rich.panel import Panel
from rich.text import Text

from adclassifier.provisions import NO_BASIS, load_law
from adclassifier.report.citations import READ_MARK, law_day, without_basis
from adclassifier.report.wording import OUTCOME_NAMES, percent, signed, visible
from adclassifier.taxonomy import load_taxonomy

if TYPE_CHECKING:
    from adclassifier.classifier import Evidence, Prediction

_STYLES = {"flag": "bold red", "review": "bold yellow", "clear": "green", "unreadable": "dim"}
_INDENT = 2
_CAUTION = "Kết quả chỉ nêu dấu hiệu vi phạm; người có thẩm quyền kết luận."


def show_prediction(
    prediction: Prediction, model: str, posted_at: date | None, *, authority: bool
) -> None:
    """Print a prediction in Vietnamese.

    Parameters
    ----------
    prediction : Prediction
        What is said of the text.
    model : str
        Name of the model.
    posted_at : date or None
        Day of the post; None stands for the law's own day.
    authority : bool
        Whether hints of the Penal Code count as something to cite.
    """
    console = Console(highlight=False, markup=False, soft_wrap=False)
    console.print(_headline(prediction))
    if prediction.outcome != "unreadable":
        _section(console, "Xác suất", _probabilities(prediction))
    if prediction.violating:
        _section(console, "Nhãn", _findings(prediction))
        _section(console, "Từ ngữ thể hiện", _words(prediction))
        _section(console, "Căn cứ cần tra cứu", _basis(prediction, posted_at, authority))
    if prediction.signals:
        _section(console, "Dấu hiệu theo quy tắc", _signals(prediction))
    console.print(Text(f"{_CAUTION} Mô hình: {model}.", style="dim"))


def show_highlighted(console: Console, text: str, prediction: Prediction) -> None:
    """Print a post with its evidence highlighted, what is said of it, and what to cite.

    Parameters
    ----------
    console : Console
        Where.
    text : str
        What was judged.
    prediction : Prediction
        With evidence.
    """
    shown = Text(visible(text))
    for evidence in prediction.evidence:
        shown.stylize("bold reverse", evidence.start, evidence.end)
    taxonomy, law = load_taxonomy(), load_law()
    names = [taxonomy.subcode(code).name for code in prediction.subcodes]
    citations = [law.get(provision).citation for provision in prediction.provisions]
    chance = prediction.p_violating
    head = _headline(prediction).append(f" · {'–' if chance is None else percent(chance)}")
    console.print(head)
    console.print(Panel(shown))
    quoted = [_quoted(evidence.text) for evidence in _strongest(prediction)]
    console.print(Text("Nhãn: ", "bold").append("; ".join(names) or "–", "none"))
    console.print(Text("Từ ngữ: ", "bold").append("; ".join(quoted) or "–", "yellow"))
    console.print(Text("Căn cứ: ", "bold").append("; ".join(citations) or NO_BASIS, "none"))
    console.print()


def _headline(prediction: Prediction) -> Text:
    """Say the outcome in words."""
    line = Text("Kết quả: ").append(
        OUTCOME_NAMES[prediction.outcome], style=_STYLES[prediction.outcome]
    )
    if prediction.severity is not None:
        names = {severity.code: severity.name for severity in load_taxonomy().severities}
        line.append(f" · mức {prediction.severity} ({names[prediction.severity].lower()})")
    return line


def _section(console: Console, heading: str, lines: Sequence[Text]) -> None:
    """Print lines under a heading."""
    console.print(Text(heading, style="bold"))
    for line in lines:
        console.print(Padding(line, (0, 0, 0, _INDENT), expand=False))


def _probabilities(prediction: Prediction) -> list[Text]:
    """List all probabilities, labels by size."""
    taxonomy = load_taxonomy()
    rows = [
        (prediction.p_violating, "có dấu hiệu vi phạm (xếp hạng chung)"),
        (prediction.p_offer, "là lời chào bán, chào mời"),
    ]
    ranked = sorted(prediction.probabilities.items(), key=lambda pair: -(pair[1] or 0.0))
    rows += [(p, f"{taxonomy.label(code).name} ({code})") for code, p in ranked]
    return [Text(f"{'–' if p is None else percent(p):>5}  {name}") for p, name in rows]


def _findings(prediction: Prediction) -> list[Text]:
    """List decided labels, each with its sub-codes."""
    taxonomy = load_taxonomy()
    lines = []
    for code in prediction.labels:
        lines.append(Text(taxonomy.label(code).name, style="red").append(f" ({code})", "cyan"))
        for subcode in map(taxonomy.subcode, prediction.subcodes):
            if subcode.label == code:
                name = f"  {subcode.name} ({subcode.code}), mức {subcode.severity}"
                lines.append(Text(name))
    return lines


def _words(prediction: Prediction) -> list[Text]:
    """List the words that speak for each label, the strongest first."""
    return [
        Text(_quoted(evidence.text), style="yellow").append(
            f"  {evidence.label}, {signed(evidence.contribution)}", "dim"
        )
        for evidence in _strongest(prediction)
    ] or [Text("không có từ nào nổi bật")]


def _strongest(prediction: Prediction) -> list[Evidence]:
    """Sort evidence by its contribution, the largest first."""
    return sorted(prediction.evidence, key=lambda evidence: -evidence.contribution)


def _basis(prediction: Prediction, posted_at: date | None, authority: bool) -> list[Text]:
    """List what an inspector would cite, each with its mark; what has no basis; the law's day."""
    law = load_law()
    lines = []
    for provision in map(law.get, prediction.provisions):
        mark = "" if provision.mark else f" ({READ_MARK})"
        fine = f" Mức phạt: {provision.fine}." if provision.fine else ""
        lines.append(Text(f"{provision.citation}{mark}: {provision.says}{fine}"))
    subcodes = map(load_taxonomy().subcode, prediction.subcodes)
    lines += map(Text, without_basis(subcodes, law, posted_at, authority=authority))
    return [*lines, Text(f"{law_day(posted_at, law)} {law.fine_note}", style="dim")]


def _signals(prediction: Prediction) -> list[Text]:
    """List rule signs with the words that show them."""
    taxonomy = load_taxonomy()
    return [
        Text(f"{taxonomy.signal(signal.code).name}: ").append(_quoted(signal.text), "yellow")
        for signal in prediction.signals
    ]


def _quoted(text: str) -> str:
    """Quote words of a stranger on one line, without what could disturb the terminal."""
    return f"“{' '.join(visible(text).split())}”"
