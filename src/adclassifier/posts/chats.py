"""Read exported and pasted chats: one record a turn, the speaker kept.

Messenger exports list the newest message first and spell UTF-8 as if it were Latin-1; both are
undone. A JSON export is read whole.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from adclassifier.errors import InputError
from adclassifier.posts.blocks import Block, Table, without_invalid
from adclassifier.posts.dates import VIETNAM, parse_day_first
from adclassifier.posts.jsontext import without_lone_surrogates
from adclassifier.posts.naming import fold_name, load_names
from adclassifier.posts.rows import CellRows
from adclassifier.posts.sources import Source

CHAT_COLUMNS = ("text", "speaker", "posted_at", "turn")

_WHEN = r"\d{1,2}:\d{2}(?::\d{2})?,? +\d{1,2}[/.-]\d{1,2}[/.-]\d{4}"
_DAY = r"\d{1,2}[/.-]\d{1,2}[/.-]\d{4},? +\d{1,2}:\d{2}(?::\d{2})?"
_NAME = r"[^\s:\[\]][^:\[\]\n]{0,39}"
# "[10:32, 12/5/2026] Lan: …" (Zalo), "12/05/2026, 10:32 - Lan: …" (WhatsApp)
_STAMPED = re.compile(
    rf"\s*\[?(?P<when>{_WHEN}|{_DAY})\]?(?: *[-–] *| +)(?P<speaker>{_NAME}): ?(?P<text>.*)",
    re.DOTALL,
)
# "Lan, [12.05.2026 10:32]" and the text below it (Telegram)
_HEADED = re.compile(rf"\s*(?P<speaker>{_NAME}), \[(?P<when>{_DAY})\]:?\s*(?P<text>)")
_PLAIN = re.compile(rf"\s*(?P<speaker>{_NAME}): (?P<text>.*)", re.DOTALL)
_DIGIT = re.compile(r"\d{3}")


@dataclass(frozen=True, slots=True)
class Turn:
    """What one person wrote at once.

    Parameters
    ----------
    turn : int
        Its place in the conversation, from 1.
    text : str or None
        None for a photo, a sticker, a call.
    speaker : str or None
        As the export names them.
    posted_at : str or None
        ISO 8601; what cannot be read as a time stays as it was written.
    """

    turn: int
    text: str | None
    speaker: str | None
    posted_at: str | None

    def cells(self) -> list[str | int | None]:
        """Give the turn in the order of `CHAT_COLUMNS`."""
        return [self.text, self.speaker, self.posted_at, self.turn]


def repair_mojibake(text: str) -> str:
    r"""Read as UTF-8 what Messenger spelt as Latin-1; other text stays.

    Examples
    --------
    >>> repair_mojibake("cÃ²n hÃ\xa0ng khÃ´ng"), repair_mojibake("còn hàng không")
    ('còn hàng không', 'còn hàng không')
    """
    if text.isascii():
        return text
    try:
        return text.encode("latin-1").decode()
    except UnicodeError:
        return text


def read_pasted(lines: Iterable[str], max_chars: int) -> Iterator[Turn]:
    r"""Give the turns of a conversation that somebody copied as text.

    The first line that begins a turn decides: if it bears a time, only lines
    with a time begin turns; else "Name: …" does, unless the name is a word that
    adverts put before a colon ("Giá: …"). Other lines go on with their turn.

    Parameters
    ----------
    lines : iterable of str
        Lines with their ends.
    max_chars : int
        A turn is not held beyond this length.

    Examples
    --------
    >>> pasted = ["[10:32, 12/5/2026] Lan: còn hàng không\n",
    ...           "[10:35, 12/5/2026] Shop: còn nhé\n", "Giá: 200k\n"]
    >>> for turn in read_pasted(pasted, 1000):
    ...     print(turn.cells())
    ['còn hàng không', 'Lan', '2026-05-12T10:32:00', 1]
    ['còn nhé\nGiá: 200k', 'Shop', '2026-05-12T10:35:00', 2]
    """
    number, text = 0, ""
    speaker: str | None = None
    posted_at: str | None = None
    stamped: bool | None = None
    for line in lines:
        match = _begin_turn(line, stamped)
        if match is None:
            text = text if len(text) > max_chars else text + line
            continue
        stamped = "when" in match.groupdict()
        if number or text.strip():
            number += not number
            yield Turn(number, text.rstrip("\r\n"), speaker, posted_at)
        number += 1
        text, speaker = match["text"], match["speaker"].strip()
        posted_at = _iso(match["when"]) if stamped else None
    if number or text.strip():
        yield Turn(max(number, 1), text.rstrip("\r\n"), speaker, posted_at)


def _begin_turn(line: str, stamped: bool | None) -> re.Match[str] | None:
    """Tell whether a line begins a turn."""
    if stamped is not False:
        match = _STAMPED.fullmatch(line) or _HEADED.fullmatch(line)
        if match or stamped:
            return match
    match = _PLAIN.fullmatch(line)
    return match if match and _may_be_name(match["speaker"]) else None


def _may_be_name(speaker: str) -> bool:
    """Tell a person's name from a word that adverts put before a colon."""
    begins_well = speaker[0].isalpha() and not _DIGIT.search(speaker)
    return begins_well and fold_name(speaker) not in _not_speakers()


@functools.cache
def _not_speakers() -> frozenset[str]:
    return frozenset(map(fold_name, load_names()["chat"]["not_speakers"]))


def _iso(when: str) -> str:
    """Spell a time from a chat as ISO 8601."""
    moment = parse_day_first(when)
    return when if moment is None else moment.isoformat()


def chat_block(turns: list[Turn]) -> Block[CellRows]:
    """Make a block of turns, without those that are not UTF-8."""
    rows = CellRows(CHAT_COLUMNS, [turn.cells() for turn in turns], all_text=False)
    contents = [f"{turn.speaker or ''}: {turn.text or ''}{turn.posted_at or ''}" for turn in turns]
    return without_invalid(Block(rows, [turn.turn for turn in turns]), contents)


class ChatTable(Table):
    """An exported chat in JSON: Messenger's, or one with a list of messages like it.

    Parameters
    ----------
    source : Source
        The file; it is read whole.

    Raises
    ------
    InputError
        If it is no JSON or holds no list of messages.
    """

    columns = CHAT_COLUMNS

    def __init__(self, source: Source) -> None:
        with source.open_text("\n") as stream:
            content = stream.read()
        try:
            # first, so that what is left of half characters are bytes that are not UTF-8
            document = json.loads(without_lone_surrogates(content))
        except (ValueError, RecursionError) as error:
            raise InputError(source.name, f"no JSON ({error})", "an exported chat") from error
        messages = _messages_of(document)
        if messages is None:
            raise InputError(
                source.name,
                "no list of chat messages",
                "an exported chat; posts go into JSON Lines (.jsonl), one object a line",
            )
        self._turns = read_messages(messages)

    def close(self) -> None:
        """Do nothing: the file is closed."""

    def blocks(self, n_rows: int) -> Iterator[Block[CellRows]]:
        """Give the turns, at most `n_rows` a block."""
        for start in range(0, len(self._turns), n_rows):
            turns = self._turns[start : start + n_rows]
            yield chat_block(turns)


def _messages_of(document: Any) -> list[dict[str, Any]] | None:
    """Find the messages: a list of objects that name a speaker, perhaps under ``messages``."""
    if isinstance(document, dict):
        document = document.get("messages")
    if not isinstance(document, list):
        return None
    messages = [message for message in document if isinstance(message, dict)]
    speakers = load_names()["chat"]["speaker"]
    spoken = any(key in message for message in messages for key in speakers)
    return messages if spoken else None


def read_messages(messages: list[dict[str, Any]]) -> list[Turn]:
    """Give the turns of an exported conversation, oldest first.

    Parameters
    ----------
    messages : list of dict
        Messages under the keys of ``names.toml``: who, what, when.

    Examples
    --------
    >>> read_messages([{"sender_name": "Shop", "content": "cÃ²n", "timestamp_ms": 1778556900000},
    ...                {"sender_name": "Lan", "content": "ib", "timestamp_ms": 1778556720000}])[1]
    Turn(turn=2, text='còn', speaker='Shop', posted_at='2026-05-12T10:35:00+07:00')
    """
    keys = load_names()["chat"]
    found = [
        tuple(_first_of(message, keys[key]) for key in ("text", "speaker", "posted_at"))
        for message in messages
    ]
    moments = [_moment(when) for _, _, when in found]
    order = list(range(len(found)))
    known = [moment for moment in moments if moment is not None]
    if len(known) == len(found):
        order.sort(key=known.__getitem__)
    return [
        Turn(number, _spoken(found[i][0]), _spoken(found[i][1]), _spell(found[i][2], moments[i]))
        for number, i in enumerate(order, start=1)
    ]


def _first_of(message: dict[str, Any], keys: list[str]) -> Any:
    """Give the first value that a message has under one of these keys."""
    return next((message[key] for key in keys if message.get(key) is not None), None)


def _spoken(value: Any) -> str | None:
    """Give a text or name, repaired; a name may be a number or stand inside an object."""
    if isinstance(value, dict):
        value = _first_of(value, ["name", "displayName", "text", "id"])
    if value is None or isinstance(value, (list, dict)):
        return None
    return repair_mojibake(str(value))


def _moment(value: Any) -> datetime | None:
    """Read epoch seconds or milliseconds, or ISO 8601 (Vietnam's time without zone)."""
    text = str(value).strip()
    try:
        if text.isdecimal():
            seconds = int(text) / 1000 if len(text) > 10 else int(text)
            return datetime.fromtimestamp(seconds, UTC).astimezone(VIETNAM)
        moment = parse_day_first(text) or datetime.fromisoformat(text)
    except (ValueError, OverflowError, OSError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=VIETNAM)


def _spell(value: Any, moment: datetime | None) -> str | None:
    """Spell a time as ISO 8601, or leave it as it was."""
    if moment is not None:
        return moment.isoformat()
    return None if value is None else str(value)
