"""Chats and plain text: one record a turn, paragraph or file."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from adclassifier.errors import InputError
from adclassifier.posts import open_posts, open_writer, parse_posted_at
from adclassifier.posts.chats import repair_mojibake


def read(path: Path, **options: Any) -> list[dict[str, str]]:
    with open_posts(path, **options) as reader:
        return [row for batch in reader for row in batch.to_pylist()]


def pasted(folder: Path, content: str) -> list[tuple[str | None, str, str | None]]:
    """Give who, what and when of each turn."""
    path = folder / "chat.txt"
    path.write_bytes(content.encode())
    rows = read(path, split="chat")
    return [(row["speaker"], row["text"], row["posted_at"]) for row in rows]


def messenger(text: str) -> str:
    """Spell text as Messenger's export does."""
    return text.encode().decode("latin-1")


@pytest.mark.parametrize(
    ("lines", "turns"),
    [
        pytest.param(
            "[10:32, 12/5/2026] Lan: còn hàng không\n[10:35, 12/5/2026] Shop Bình: còn\n",
            [
                ("Lan", "còn hàng không", "2026-05-12T10:32:00"),
                ("Shop Bình", "còn", "2026-05-12T10:35:00"),
            ],
            id="Zalo",
        ),
        pytest.param(
            "12/05/2026, 10:32 - Lan: ib giá\n",
            [("Lan", "ib giá", "2026-05-12T10:32:00")],
            id="WhatsApp",
        ),
        pytest.param(
            "Lan, [12.05.2026 10:32]\nib giá\nnha\n",
            [("Lan", "ib giá\nnha", "2026-05-12T10:32:00")],
            id="Telegram",
        ),
        pytest.param(
            "Lan: còn không\nShop: còn: 200k\n",
            [("Lan", "còn không", None), ("Shop", "còn: 200k", None)],
            id="no time",
        ),
        pytest.param(
            "Shop: kem trị nám\nGiá: 200k\nSĐT: 0901234567\nhttps://a.vn\n",
            [("Shop", "kem trị nám\nGiá: 200k\nSĐT: 0901234567\nhttps://a.vn", None)],
            id="lines of an advert",
        ),
        pytest.param(
            "[10:32, 12/5/2026] Shop: hàng mới\r\nLan: 5 sao\r\n\r\nNgọc: đẹp\r\n",
            [("Shop", "hàng mới\r\nLan: 5 sao\r\n\r\nNgọc: đẹp", "2026-05-12T10:32:00")],
            id="names inside a turn with a time",
        ),
        pytest.param("chào\nLan: ib\n", [(None, "chào", None), ("Lan", "ib", None)], id="before"),
        pytest.param("chỉ có chữ\n", [(None, "chỉ có chữ", None)], id="nobody speaks"),
        pytest.param(
            "[10:32, 31/2/2026] Lan: a\n", [("Lan", "a", "10:32, 31/2/2026")], id="no such day"
        ),
    ],
)
def test_open_posts_reads_pasted_chats(
    tmp_path: Path, lines: str, turns: list[tuple[str | None, str, str | None]]
) -> None:
    assert pasted(tmp_path, lines) == turns


def test_open_posts_rejects_turns_one_by_one(tmp_path: Path) -> None:
    path = tmp_path / "chat.txt"
    path.write_bytes(b"Lan: a\nShop:  \nLan: tr\xe1\nShop: " + b"x" * 5000 + b"\nLan: b\n")
    with open_posts(path, split="chat", max_chars=100) as reader:
        (chunk,) = reader.chunks()
    assert [(row["text"], row["turn"]) for row in chunk.batch.to_pylist()] == [
        ("a", "1"),
        ("b", "5"),
    ]
    assert [(row.row, str(row.reason)) for row in chunk.rejected] == [
        (2, "no_text"),
        (3, "invalid_utf8"),
        (4, "too_long"),
    ]


def test_open_posts_reads_a_messenger_export(tmp_path: Path) -> None:
    path = tmp_path / "message_1.json"
    messages = [
        {
            "sender_name": messenger("Ngọc"),
            "timestamp_ms": 1778556900000,
            "content": messenger("còn 🌿"),
        },
        {"sender_name": "Lan", "timestamp_ms": 1778556780000, "photos": [{"uri": "a.jpg"}]},
        {"sender_name": "Lan", "timestamp_ms": 1778556720000, "content": messenger("còn không")},
    ]
    path.write_text(json.dumps({"participants": [{"name": "Lan"}], "messages": messages}))
    with open_posts(path) as reader:
        (chunk,) = reader.chunks()
    assert chunk.batch.to_pylist() == [
        {
            "text": "còn không",
            "speaker": "Lan",
            "posted_at": "2026-05-12T10:32:00+07:00",
            "turn": "1",
        },
        {
            "text": "còn 🌿",
            "speaker": "Ngọc",
            "posted_at": "2026-05-12T10:35:00+07:00",
            "turn": "3",
        },
    ]
    assert [(row.row, row.reason) for row in chunk.rejected] == [(2, "no_text")]


@pytest.mark.parametrize(
    "message",
    [
        {"senderName": "Lan", "text": "ib", "timestamp": 1778556720000},
        {"dName": "Lan", "content": "ib", "ts": "1778556720"},
        {"from": {"name": "Lan"}, "msg": "ib", "date": "2026-05-12T10:32:00"},
        {"sender": "Lan", "body": "ib", "time": "12/5/2026 10:32"},
    ],
)
@pytest.mark.parametrize("wrapped", [True, False])
def test_open_posts_reads_other_exports(
    tmp_path: Path, message: dict[str, Any], wrapped: bool
) -> None:
    path = tmp_path / "chat.json"
    path.write_text(json.dumps({"messages": [message]} if wrapped else [message]))
    (row,) = read(path)
    assert (row["speaker"], row["text"]) == ("Lan", "ib")
    assert row["posted_at"] == "2026-05-12T10:32:00+07:00"


def test_open_posts_rejects_invalid_utf8_in_an_export(tmp_path: Path) -> None:
    path = tmp_path / "chat.json"
    path.write_bytes(
        b'[{"sender": "Lan", "text": "tr\xe1"}, {"sender": "Lan", "text": "a\\ud83d"},'
        b' {"sender": "Lan", "text": "a", "time": "\xff"}]'
    )
    with open_posts(path) as reader:
        (chunk,) = reader.chunks()
    assert [row["text"] for row in chunk.batch.to_pylist()] == ["a\ufffd"]
    assert [(row.row, row.reason) for row in chunk.rejected] == [
        (1, "invalid_utf8"),
        (3, "invalid_utf8"),
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "the file is empty"),
        ("[", "no JSON"),
        ("[" * 100_000, "no JSON"),
        ("[]", "no list of chat messages"),
        ('{"messages": 1}', "no list of chat messages"),
        ('[{"id": 1, "caption": "a"}]', r"JSON Lines \(\.jsonl\), one object a line"),
    ],
)
def test_open_posts_refuses_json_that_is_no_chat(
    tmp_path: Path, content: str, message: str
) -> None:
    path = tmp_path / "chat.json"
    path.write_text(content)
    with pytest.raises(InputError, match=message):
        open_posts(path)


def test_write_keeps_the_speaker_and_the_turn_number(tmp_path: Path) -> None:
    path, output = tmp_path / "chat.txt", tmp_path / "out.jsonl"
    path.write_text("Lan: ib giá\n")
    with open_posts(path, split="chat") as reader, open_writer(output) as writer:
        for chunk in reader.chunks():
            writer.write(chunk.batch, chunk.rows)
    assert json.loads(output.read_text()) == {
        "text": "ib giá",
        "speaker": "Lan",
        "posted_at": None,
        "turn": 1,
    }


@pytest.mark.parametrize("text", ["café", "Ã", "còn hàng", "ascii", "ÃÂ\u1ea1"])
def test_repair_mojibake_leaves_other_text_alone(text: str) -> None:
    assert repair_mojibake(text) == text


@pytest.mark.parametrize(
    ("content", "split", "texts"),
    [
        ("một\n\nhai\n", None, ["một\n\nhai"]),
        ("một\r\n", None, ["một"]),
        ("một\nhai\n\n\n  \nba\n", "paragraphs", ["một\nhai", "ba"]),
        ("\r\n\r\nmột\r\n \r\nhai", "paragraphs", ["một", "hai"]),
        ("  thụt đầu dòng\n", "paragraphs", ["  thụt đầu dòng"]),
    ],
)
def test_open_posts_reads_plain_text(
    tmp_path: Path, content: str, split: str | None, texts: list[str]
) -> None:
    path = tmp_path / "post.txt"
    path.write_bytes(content.encode())
    assert [row["text"] for row in read(path, split=split)] == texts


@pytest.mark.parametrize(("split", "rejected"), [(None, [1]), ("paragraphs", [1, 6])])
def test_open_posts_does_not_hold_endless_text(
    tmp_path: Path, split: str | None, rejected: list[int]
) -> None:
    path = tmp_path / "post.txt"
    path.write_text("x" * 200 + "\n" + "y" * 9000 + "\n\nngắn\n\n" + "z" * 101)
    with open_posts(path, split=split, max_chars=100) as reader:
        (chunk,) = reader.chunks()
    assert [row.row for row in chunk.rejected] == rejected
    assert {str(row.reason) for row in chunk.rejected} == {"too_long"}


@pytest.mark.parametrize(
    ("name", "split", "message"),
    [
        ("a.txt", "lines", r"unknown way 'lines'; paragraphs or chat$"),
        ("a.csv", "chat", r"--split is for \.txt"),
    ],
)
def test_open_posts_refuses_a_split(tmp_path: Path, name: str, split: str, message: str) -> None:
    (tmp_path / name).write_text("text\na\n")
    with pytest.raises(InputError, match=message):
        open_posts(tmp_path / name, split=split)


DAY = date(2026, 5, 12)


@pytest.mark.parametrize(
    ("value", "day"),
    [
        ("2026-05-12", DAY),
        ("20260512", DAY),
        ("2026-05-12T23:59:59", DAY),
        ("2026-05-12 23:59:59.123", DAY),
        ("2026-05-11T17:00:00Z", DAY),
        ("2026-05-11T17:00:00+00:00", DAY),
        ("2026-05-12T00:30:00+07:00", DAY),
        ("2026-05-12T16:59:59Z", DAY),
        ("2026-05-12T17:00:00Z", date(2026, 5, 13)),
        ("12/05/2026", DAY),
        ("12/5/2026", DAY),
        ("12-05-2026", DAY),
        ("12.05.2026", DAY),
        (" 12/05/2026 10:32 ", DAY),
        ("10:32 12/05/2026", DAY),
        ("10:32, 12/5/2026", DAY),
        ("2026-5-12", DAY),
        ("2026/5/12", DAY),
        ("2026.05.12", DAY),
        ("2026-5-12 10:32", DAY),
        ("2026-5-12T20:00:00Z", date(2026, 5, 13)),
        ("1778518800", DAY),
        ("1778518799", date(2026, 5, 11)),
        ("1778518800000", DAY),
        ("1778518800.0", DAY),
        (1778518800, DAY),
        (1778518800.0, DAY),
        (1778518800000.0, DAY),
        (DAY, DAY),
        (datetime(2026, 5, 12, 23, 59), DAY),
        (datetime(2026, 5, 11, 17, tzinfo=UTC), DAY),
        (datetime(2026, 5, 12, 1, tzinfo=timezone(timedelta(hours=9))), date(2026, 5, 11)),
    ],
)
def test_parse_posted_at_reads_days_in_vietnam(value: Any, day: date) -> None:
    assert parse_posted_at(value) == day


@pytest.mark.parametrize(
    "value",
    [None, "", " ", "hôm qua", "31/02/2026", "05/13/2026", "12/05/26", "12/05-2026", "2026-13-01",
     "2026-5/12", "2026-5-123", "2026-5-32", "2026-5",
     "0", "12345", "17785188000", "nan", float("nan"), float("inf"), "9999-12-31T23:00:00-12:00",
     "١٢/٠٥/٢٠٢٦x", "12/05/2026 25:00", -5, True],
)  # fmt: skip
def test_parse_posted_at_gives_none_for_no_date(value: Any) -> None:
    assert parse_posted_at(value) is None
