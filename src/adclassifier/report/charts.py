"""Turn counts into bars and columns: lengths for the page to draw."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from adclassifier.report.tallies import OTHERS, Tallies
from adclassifier.report.wording import day, inert, number
from adclassifier.taxonomy import load_taxonomy

#: Outcomes that a plot stacks, the most urgent first; the rest follows as one part.
STACKED = ("flag", "review")
#: More days than this are drawn by month.
_MOST_DAYS = 92
_MOST_MONTHS = 120
_MOST_PLATFORMS = 15


@dataclass(frozen=True, slots=True)
class Bar:
    """A row with a bar: name, count, length in percent of the longest, number of the label."""

    name: str
    count: str
    length: float
    hue: int | None = None


@dataclass(frozen=True, slots=True)
class Stack:
    """A name with its counts (flag, review, rest) and their lengths in percent of the largest."""

    name: str
    counts: tuple[str, ...]
    lengths: tuple[float, ...]
    n_posts: int


@dataclass(frozen=True, slots=True)
class Timeline:
    """Posts by time: what one column stands for, and the columns."""

    unit: str
    columns: tuple[Stack, ...]


def label_bars(tallies: Tallies) -> tuple[Bar, ...]:
    """Draw every label, most posts first."""
    labels = load_taxonomy().labels
    hues = {label.code: hue for hue, label in enumerate(labels)}
    ordered = sorted(labels, key=lambda label: (-tallies.labels[label.code], label.danger))
    return _bars([(each.name, tallies.labels[each.code], hues[each.code]) for each in ordered])


def subcode_bars(tallies: Tallies) -> tuple[Bar, ...]:
    """Draw the sub-codes that occur, most posts first, in their labels' colours."""
    taxonomy = load_taxonomy()
    found = [subcode for subcode in taxonomy.subcodes if tallies.subcodes[subcode.code]]
    found.sort(key=lambda subcode: -tallies.subcodes[subcode.code])
    return _bars(
        [
            (each.name, tallies.subcodes[each.code], taxonomy.label_codes.index(each.label))
            for each in found
        ]
    )


def severity_bars(tallies: Tallies) -> tuple[Bar, ...]:
    """Draw every severity, the most urgent first."""
    return _bars(
        [
            (f"{each.code} · {each.name}", tallies.severities[each.code], None)
            for each in load_taxonomy().severities
        ]
    )


def signal_bars(tallies: Tallies) -> tuple[Bar, ...]:
    """Draw the signals that occur, most posts first."""
    found = [signal for signal in load_taxonomy().signals if tallies.signals[signal.code]]
    found.sort(key=lambda signal: -tallies.signals[signal.code])
    return _bars([(signal.name, tallies.signals[signal.code], None) for signal in found])


def platform_stacks(tallies: Tallies) -> tuple[Stack, ...]:
    """Draw the platforms with most posts, and the rest as one."""
    named = {key: counts for key, counts in tallies.platforms.by_key.items() if key != OTHERS}
    ordered = sorted(named, key=lambda key: (-named[key].total(), key))
    rows = [(inert(key), named[key]) for key in ordered[:_MOST_PLATFORMS]]
    rest = sum((named[key] for key in ordered[_MOST_PLATFORMS:]), Counter[str]())
    rest += tallies.platforms.by_key.get(OTHERS, Counter())
    if rest:
        rows.append(("khác, không ghi", rest))
    return _stacks(rows)


def timeline(tallies: Tallies) -> Timeline:
    """Draw each day from the first post to the last, or each month of a long time; gaps stay."""
    counted = {key: counts for key, counts in tallies.days.by_key.items() if key is not None}
    if not counted:
        return Timeline("ngày", ())
    first, last = min(counted), max(counted)
    if (last - first).days < _MOST_DAYS:
        days = [first + dt.timedelta(days=i) for i in range((last - first).days + 1)]
        rows = [(day(each), counted.get(each, Counter())) for each in days]
        return Timeline("ngày", _stacks(rows))
    months: dict[tuple[int, int], Counter[str]] = {}
    for each, counts in counted.items():
        months.setdefault((each.year, each.month), Counter()).update(counts)
    rows = _month_rows(months, (first.year, first.month), (last.year, last.month))
    return Timeline("tháng", _stacks(rows))


def n_without_day(tallies: Tallies) -> int:
    """Give how many posts no day is known of."""
    return tallies.days.by_key.get(None, Counter()).total()


def _month_rows(
    months: Mapping[tuple[int, int], Counter[str]], first: tuple[int, int], last: tuple[int, int]
) -> list[tuple[str, Counter[str]]]:
    """List every month of a time that fits the page, else only those with posts."""
    start, end = first[0] * 12 + first[1] - 1, last[0] * 12 + last[1] - 1
    listed = (
        [(i // 12, i % 12 + 1) for i in range(start, end + 1)]
        if end - start < _MOST_MONTHS
        else sorted(months)[-_MOST_MONTHS:]
    )
    return [
        (f"{month:02d}/{year:04d}", months.get((year, month), Counter())) for year, month in listed
    ]


def _stacks(rows: Sequence[tuple[str, Counter[str]]]) -> tuple[Stack, ...]:
    """Split each row's counts into flag, review and rest."""
    largest = max((counts.total() for _, counts in rows), default=0) or 1
    stacks = []
    for name, counts in rows:
        parts = [counts[outcome] for outcome in STACKED]
        parts.append(counts.total() - sum(parts))
        lengths = tuple(round(100 * part / largest, 2) for part in parts)
        stacks.append(Stack(name, tuple(map(number, parts)), lengths, counts.total()))
    return tuple(stacks)


def _bars(rows: Sequence[tuple[str, int, int | None]]) -> tuple[Bar, ...]:
    """Measure names, counts and hues against the longest."""
    longest = max((count for _, count, _ in rows), default=0) or 1
    return tuple(
        Bar(name, number(count), round(100 * count / longest, 2), hue) for name, count, hue in rows
    )
