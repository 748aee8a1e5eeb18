"""What was missed and what was a false alarm, for the terminal."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from adclassifier.classifier import Prediction
from adclassifier.corpus import Record
from adclassifier.entities import mask_contacts
from adclassifier.report.wording import number, percent, visible
from adclassifier.scoring.mistakes import Comparison


def show_mistakes(comparison: Comparison, *, show_contacts: bool) -> None:
    """Print the mistakes with their texts, and the counts last.

    Parameters
    ----------
    comparison : Comparison
        What to show.
    show_contacts : bool
        Whether telephone numbers, links, e-mails and accounts are shown.
    """
    console = Console(highlight=False, markup=False)
    for heading, style, pairs in (
        ("Bỏ sót: có dấu hiệu vi phạm mà không nêu", "bold red", comparison.missed),
        ("Báo nhầm: không có dấu hiệu vi phạm mà nêu", "bold yellow", comparison.false_alarms),
    ):
        console.print(Text(f"{heading} ({number(len(pairs))})", style=style))
        _show(console, pairs, show_contacts)
    console.print(
        f"{number(len(comparison.hits))} nêu đúng, {number(len(comparison.missed))} bỏ sót, "
        f"{number(len(comparison.false_alarms))} báo nhầm, "
        f"{number(len(comparison.lawful))} bỏ qua đúng"
    )


def _show(
    console: Console, pairs: Iterable[tuple[Record, Prediction]], show_contacts: bool
) -> None:
    """Print records, the likeliest first."""
    for record, prediction in sorted(pairs, key=lambda pair: -(pair[1].p_violating or 0.0)):
        chance = prediction.p_violating
        said = ", ".join(prediction.labels) or "–"
        right = ", ".join(record.labels) or record.kind or "–"
        line = Text(record.id, style="cyan").append(
            f"  {'–' if chance is None else percent(chance)}  nêu: {said}; người đọc: {right}",
            "none",
        )
        text = record.text if show_contacts else mask_contacts(record.text)
        console.print(line)
        console.print(Padding(Text(visible(text)), (0, 0, 1, 2), expand=False))
