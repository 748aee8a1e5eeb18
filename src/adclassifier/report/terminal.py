"""Show in the terminal why a text was judged as it was."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from adclassifier.classifier import AdClassifier, Prediction
from adclassifier.classifier.counterfactual import Counterfactual
from adclassifier.provisions import NO_BASIS, load_law
from adclassifier.report.citations import READ_MARK
from adclassifier.report.counterfactual import (
    LAWFUL_TITLE,
    NOTE,
    REMOVED_TITLE,
    ConditionView,
    counterfactual_view,
)
from adclassifier.report.cues import CUES_NOTE, CUES_TITLE, CuesView, cues_views
from adclassifier.report.reasons import Reason, find_reasons
from adclassifier.report.wording import OUTCOME_NAMES, percent, signed, visible
from adclassifier.taxonomy import load_taxonomy

_MOST_WORDS = 8
#: One style a label, by its number in the taxonomy: bold too, for terminals without colour.
_STYLES = ("yellow", "blue", "red", "green", "magenta", "bright_yellow", "cyan", "bright_blue")
_STATE_SIGNS = {"met": "✓", "unmet": "✗", "unclear": "?"}
_OUTCOME_STYLES = {"flag": "bold red", "review": "bold yellow", "clear": "green"}


def render_explanation(
    text: str,
    prediction: Prediction,
    classifier: AdClassifier,
    counterfactual: Counterfactual | None = None,
) -> RenderableType:
    """Show a text with its evidence, and each label's sum, signals and provisions.

    Parameters
    ----------
    text : str
        What was judged; control characters are shown as U+FFFD, so that it cannot steer the
        terminal.
    prediction : Prediction
        What was said of it.
    classifier : AdClassifier
        Which model said so.
    counterfactual : Counterfactual or None, default=None
        Shown too if given: the conditions of the law first, then what the model hangs on.

    Returns
    -------
    rich.console.RenderableType
        For ``rich.console.Console.print``.
    """
    parts: list[RenderableType] = [
        _head(prediction),
        Panel(_marked(text, prediction), title="Nội dung", title_align="left"),
    ]
    parts += [_sum(text, reason) for reason in find_reasons(text, prediction, classifier)]
    cues = cues_views(text, prediction, classifier)
    if cues:
        parts += [Text(CUES_TITLE, style="bold"), Text(CUES_NOTE, style="italic")]
        parts += [_cues(text, view) for view in cues]
    if prediction.signals:
        parts.append(_signals(prediction))
    if prediction.labels:
        parts.append(_provisions(prediction))
    if counterfactual is not None:
        parts.append(_counterfactual(text, counterfactual))
    parts.append(Text("Đây là dấu hiệu để xem xét; một người quyết định.", style="dim"))
    return Group(*parts)


def _head(prediction: Prediction) -> Text:
    """Say the outcome in one line."""
    name = OUTCOME_NAMES[prediction.outcome]
    head = Text("Kết quả: ").append(name, style=_OUTCOME_STYLES.get(prediction.outcome, "dim"))
    if prediction.p_violating is not None:
        head.append(f" · xác suất có dấu hiệu vi phạm {percent(prediction.p_violating)}")
    if prediction.severity:
        head.append(f" · mức độ {prediction.severity}")
    return head


def _marked(text: str, prediction: Prediction) -> Text:
    """Highlight the evidence in its label's colour."""
    shown = Text(visible(text))
    for evidence in prediction.evidence:
        shown.stylize(f"bold reverse {_style(evidence.label)}", evidence.start, evidence.end)
    return shown


def _sum(text: str, reason: Reason) -> RenderableType:
    """Show how a label's words add up to its probability."""
    name = load_taxonomy().label(reason.label).name
    title = Text(name, style=f"bold {_style(reason.label)}")
    if not reason.decided:
        title.append(" (nhóm gần nhất, không được nêu)", style="not bold")
    table = Table()
    table.add_column("Từ ngữ", overflow="fold")
    table.add_column("Đóng góp", justify="right", no_wrap=True)
    table.add_row(Text("mức ban đầu", style="dim"), signed(reason.bias))
    strongest = reason.strongest(_MOST_WORDS)
    for word in strongest:
        style = "red" if word.contribution > 0 else "blue"
        words = Text(visible(text[word.start : word.end]))
        table.add_row(words, Text(signed(word.contribution), style=style))
    if len(reason.words) > len(strongest):
        rest = reason.total - sum(word.contribution for word in strongest)
        n_rest = len(reason.words) - len(strongest)
        table.add_row(Text(f"{n_rest} từ khác", style="dim"), signed(rest))
    table.add_section()
    table.add_row("tổng", signed(reason.bias + reason.total))
    table.add_row("xác suất = σ(tổng)", percent(reason.probability))
    if reason.shifted is not None:
        table.add_row("theo tỷ lệ đã đặt (prior)", percent(reason.shifted))
    return Group(title, table)


def _cues(text: str, view: CuesView) -> RenderableType:
    """Show the cues of one head, and how they add up with the rest."""
    table = Table()
    for heading in ("Cụm từ", "Ý nghĩa · nhóm", "Nguồn"):
        table.add_column(heading, overflow="fold")
    table.add_column("Đóng góp", justify="right", no_wrap=True)
    for cue in view.cues:
        words = Text(" ".join(visible(text[cue.start : cue.end]).split()))
        share = Text(cue.contribution, style="red" if cue.for_it else "blue")
        table.add_row(words, Text(cue.says), Text(cue.source), share)
    below = [Text(line, style="dim") for line in (view.rest, view.sourced) if line]
    return Group(Text(view.name, style="bold"), table, Text(view.adds_up), *below)


def _signals(prediction: Prediction) -> RenderableType:
    """List the signals with their words."""
    taxonomy = load_taxonomy()
    lines = [Text("Dấu hiệu theo quy tắc", style="bold")]
    for signal in prediction.signals:
        lines.append(Text(f"• {taxonomy.signal(signal.code).name}: “{visible(signal.text)}”"))
    return Group(*lines)


def _provisions(prediction: Prediction) -> RenderableType:
    """List the provisions with marks and fines."""
    law = load_law()
    lines = [Text("Căn cứ để xem xét", style="bold")]
    for provision in map(law.get, prediction.provisions):
        line = Text(f"• {provision.citation}")
        if not provision.mark:
            line.append(f" ({READ_MARK})")
        line.append(f": {provision.says}")
        if provision.fine:
            line.append(f" Mức cá nhân: {provision.fine}.")
        lines.append(line)
    if not prediction.provisions:
        lines.append(Text(f"• {NO_BASIS}"))
    lines.append(Text(f"Pháp luật tính đến {law.as_of:%d/%m/%Y}.", style="dim"))
    return Group(*lines)


def _counterfactual(text: str, counterfactual: Counterfactual) -> RenderableType:
    """Show what the law asks of such an advert, then the words the model hangs on."""
    view = counterfactual_view(counterfactual)
    lines: list[Text] = []
    if view.lawful:
        lines.append(Text(LAWFUL_TITLE, style="bold"))
        lines += [Text(f"• {name}: {condition}") for name, condition in view.lawful]
        lines += [_condition(text, condition) for condition in view.conditions]
    lines += [Text(REMOVED_TITLE, style="bold"), Text(NOTE, style="italic"), Text(view.says)]
    for start, end, label in view.phrases:
        lines.append(Text(f"• “{visible(text[start:end])}”").append(f" ({label})", style="dim"))
    return Group(*lines)


def _condition(text: str, condition: ConditionView) -> Text:
    """Show one condition and what the text says of it."""
    line = Text(f"  {_STATE_SIGNS[condition.state]} {condition.found}", style="bold")
    line.append(f": {condition.says}", style="not bold")
    words = ", ".join(f"“{visible(text[start:end])}”" for start, end in condition.words)
    return line.append(f" [{words}]" if words else "", style="not bold dim")


def _style(label: str) -> str:
    """Choose a label's colour."""
    return _STYLES[load_taxonomy().label_codes.index(label) % len(_STYLES)]
