"""Tables of the labels for the terminal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

# Where the output is no terminal, lines are not folded for one: they go to a file or to `grep`.
_WIDE = 200


def show_labels(known: Mapping[str, Any]) -> None:
    """Print what `adclassifier.catalog.labels` gives."""
    console = Console(highlight=False, markup=False)
    if not console.is_terminal:
        console = Console(highlight=False, markup=False, width=_WIDE)
    for label in known["labels"]:
        heading = Text(f"{label['name']} ", style="bold").append(label["code"], style="cyan")
        console.print(heading, Text(label["description"]), sep="\n")
        console.print(_subcode_table(label["subcodes"]))
    console.print(Text("Dấu hiệu theo quy tắc", style="bold"))
    console.print(_signal_table(known["signals"]))
    _print_codes(console, "Loại bài viết", known["kinds"])
    _print_codes(console, "Mức độ ưu tiên", known["severities"])
    _print_codes(console, "Cơ quan tiếp nhận", known["routes"])
    console.print(Text("Văn bản, quy định", style="bold"))
    console.print(_provision_table(known["provisions"]))
    as_of = _day(known["law_as_of"])
    console.print(Text(f"\nPháp luật tính đến {as_of}. {known['fine_note']}", style="italic"))


def _day(iso: str) -> str:
    """Write a day of ISO 8601 as Vietnamese readers do."""
    return f"{date.fromisoformat(iso):%d/%m/%Y}"


def _subcode_table(subcodes: Iterable[Mapping[str, Any]]) -> Table:
    """Give a row to each sub-code."""
    table = _table("Mã", "Tên, định nghĩa", "Mức", "Nơi nhận", "Căn cứ", "Hợp pháp khi")
    for subcode in subcodes:
        name = Text(subcode["name"], style="bold").append(
            f"\n{subcode['definition']}", style="not bold"
        )
        table.add_row(
            Text(subcode["code"].partition(".")[2], style="cyan"),
            name,
            Text(_with_source(subcode["severity"], subcode["severity_set_by"])),
            Text(_with_source(_names(subcode["routes"]), subcode["routes_set_by"])),
            Text(_basis(subcode)),
            Text(subcode["lawful_if"] or ""),
        )
    return table


def _signal_table(signals: Iterable[Mapping[str, Any]]) -> Table:
    """Give a row to each signal."""
    table = _table("Mã", "Tên, định nghĩa", "Ví dụ", "Không phải", "Căn cứ")
    for signal in signals:
        name = Text(signal["name"], style="bold").append(
            f"\n{signal['definition']}", style="not bold"
        )
        cells = (signal["example"], signal["near_miss"], _basis(signal))
        table.add_row(Text(signal["code"], style="cyan"), name, *map(Text, cells))
    return table


def _provision_table(provisions: Iterable[Mapping[str, Any]]) -> Table:
    """Give a row to each provision, repealed ones too."""
    table = _table("Mã", "Quy định, nội dung", "Mức phạt", "Hiệu lực")
    for provision in provisions:
        name = Text(provision["citation"], style="bold").append(
            f"\n{provision['says']}", style="not bold"
        )
        cells = (provision["fine"] or "", _validity(provision))
        table.add_row(Text(provision["id"], style="cyan"), name, *map(Text, cells))
    return table


def _validity(provision: Mapping[str, Any]) -> str:
    """Say whether a provision holds, and the days that are known."""
    start, end = provision["effective_from"], provision["effective_to"]
    lines = [provision["status_name"]]
    lines += [f"có hiệu lực từ {_day(start)}"] if start else []
    lines += [f"hết hiệu lực từ {_day(end)}"] if end else []
    return "\n".join(lines)


def _table(*headings: str) -> Table:
    """Make an empty table with wrapped columns."""
    table = Table(show_lines=True, header_style="bold")
    for heading in headings:
        table.add_column(heading, overflow="fold")
    return table


def _basis(entry: Mapping[str, Any]) -> str:
    """Cite the provisions of an entry, each with its mark, or say that there are none."""
    if not entry["provisions"]:
        return str(entry["no_basis"])
    return "\n".join(
        provision["citation"]
        + ("" if provision["status"] == "in_force" else f" [{provision['status_name']}]")
        for provision in entry["provisions"]
    )


def _names(routes: Sequence[Mapping[str, Any]]) -> str:
    """Name the agencies."""
    return "; ".join(route["name"] for route in routes)


def _with_source(value: str, set_by: str) -> str:
    """Say where this project chose a value that the legal notes leave open."""
    return value if set_by == "law.md" else f"{value} (dự án đặt)"


def _print_codes(console: Console, heading: str, entries: Iterable[Mapping[str, Any]]) -> None:
    """Print codes with their names."""
    console.print(Text(heading, style="bold"))
    for entry in entries:
        console.print(Text(f"  {entry['code']}", style="cyan").append(f"  {entry['name']}", "none"))
    console.print()
