"""Read the day a post was published."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone

# Asia/Ho_Chi_Minh has been UTC+7 without summer time since 1975, before any post; a fixed
# offset needs no time zone data, which Windows lacks.
VIETNAM = timezone(timedelta(hours=7), "Asia/Ho_Chi_Minh")

_DAY_FIRST = re.compile(
    r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4})(?:[ T,]+(\d{1,2}):(\d{2})(?::(\d{2}))?)?"
)
_TIME_FIRST = re.compile(r"\d{1,2}:\d{2}(?::\d{2})?[ ,]+(\d{1,2}[/.-]\d{1,2}[/.-]\d{4})")
# as spreadsheets and people write it, which `datetime.fromisoformat` refuses: 2026-5-4 10:32
_YEAR_FIRST = re.compile(r"(\d{4})([/.-])(\d{1,2})\2(\d{1,2})(?!\d)(.*)", re.DOTALL)
_EPOCH = re.compile(r"(\d{9,10}|\d{12,13})(?:\.\d+)?", re.ASCII)


def parse_posted_at(value: str | float | date | None) -> date | None:
    """Give the day in Vietnam on which a post was published.

    Parameters
    ----------
    value : str, int, float, date, datetime or None
        ISO 8601, month and day also with one digit and with ``/`` or ``.``;
        ``dd/mm/yyyy`` (also ``.`` or ``-``, with a time before or after it); or
        epoch seconds (9–10 digits) or milliseconds (12–13), fewer being no date
        but a missing one. What names no zone is taken as Asia/Ho_Chi_Minh.

    Returns
    -------
    date or None
        None where the value is empty or is no date; the caller counts those.

    Examples
    --------
    >>> parse_posted_at("2026-05-12T20:00:00Z")
    datetime.date(2026, 5, 13)
    >>> parse_posted_at("12/5/2026"), parse_posted_at("2026-5-12")
    (datetime.date(2026, 5, 12), datetime.date(2026, 5, 12))
    >>> parse_posted_at("1778605200000")
    datetime.date(2026, 5, 13)
    >>> parse_posted_at("31/02/2026") is None
    True
    """
    if value is None:
        return None
    if isinstance(value, date):
        return _vietnam_day(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = str(value).strip()
    if _EPOCH.fullmatch(text):
        return _from_epoch(text)
    return _from_day_first(text) or _from_iso(text)


def _vietnam_day(moment: date) -> date | None:
    """Turn a moment into its day in Vietnam."""
    if not isinstance(moment, datetime):
        return moment
    if moment.tzinfo is None:
        return moment.date()
    try:
        return moment.astimezone(VIETNAM).date()
    except OverflowError:  # the last evening of the year 9999
        return None


def _from_epoch(text: str) -> date | None:
    """Read seconds or milliseconds since 1970 (UTC)."""
    number = float(text)
    seconds = number / 1000 if len(text.partition(".")[0]) > 10 else number
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    return _vietnam_day(moment)


def _from_day_first(text: str) -> date | None:
    """Read dd/mm/yyyy, with or without a time."""
    moment = parse_day_first(text)
    return moment.date() if moment else None


def parse_day_first(text: str) -> datetime | None:
    """Read a Vietnamese date with an optional time, as written in chats.

    Examples
    --------
    >>> parse_day_first("12/5/2026 10:32")
    datetime.datetime(2026, 5, 12, 10, 32)
    >>> parse_day_first("10:32, 12/5/2026")
    datetime.datetime(2026, 5, 12, 10, 32)
    """
    turned = _TIME_FIRST.fullmatch(text)
    if turned:
        text = f"{turned[1]} {text[: turned.start(1)].strip(' ,')}"
    match = _DAY_FIRST.fullmatch(text)
    if match is None:
        return None
    day, _, month, year, hour, minute, second = match.groups(default="0")
    try:
        return datetime(int(year), int(month), int(day), int(hour), int(minute), int(second))
    except ValueError:
        return None


def _from_iso(text: str) -> date | None:
    """Read ISO 8601, a date or a moment."""
    match = _YEAR_FIRST.fullmatch(text)
    if match:
        year, _, month, day, time = match.groups()
        text = f"{year}-{month:0>2}-{day:0>2}{time}"
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return _vietnam_day(moment)
