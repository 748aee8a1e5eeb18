"""No pattern and no stage of the normaliser may be slow on hostile text."""

from __future__ import annotations

import importlib
import re
import time
from collections import deque
from collections.abc import Callable, Iterator

import pytest

from adclassifier.text.normalize import normalize

MODULES = [
    *("codepoints", "contacts", "emoji_words", "joining", "leet", "normalize", "phones"),
    *("platforms", "short_forms", "stretching", "telex"),
    *("leet_rows", "lookalikes", "mending", "respelling", "restoring", "separating"),
]
N_CHARS = 100_000
MOST_SECONDS = 0.05
MOST_SECONDS_IN_ALL = 2.0  # 0.6 where it was measured
# These are only matched at the beginnings of words that a table lists
ANCHORED = {"platforms._pattern", "short_forms._ALONE"}
PARTS = [
    *("0", "0 ", "0.", "09", "0-9", "o", "o9", "0x", "*", "x*", "+84", "(0", "1900 ", "12 ", "1.2"),
    *("không ", "không chín ", "chín ", "một-", "zero", "84 ", "0\n", "0,", "0/", "[0", "\n0 "),
    *("a", "a ", "a.", "a. ", "a-", "a_", "a/b ", ".a", "ố", "ố ", "t h ", "th ", "th.u", "b ạ "),
    *("a@", "@a", "@", "a@b.", "www.", "http://", "http://a", "a.com/", ".com ", "/a", "a.b."),
    *(
        "chấm ",
        "chấm com ",
        " . com",
        "stk ",
        "stk 1",
        "vcb ",
        "stk: 12 34 ",
        "tk là ",
        "<",
        "<phone",
    ),
    *("1a", "a1", "@1", "$", "thu0c ", "|", "!a", "0a0b", "aa", "áá", "aaaá", "quáááá ", "ắằ"),
    *(
        "sàn cam ",
        "qua ",
        "qua sàn ",
        "dê lô ",
        "phây ",
        "in sờ ",
        "tê lê ",
        "pe",
        "sóp pe",
        "la la ",
    ),
    *("k ", "e ", "k/", "vk ck ", "ck ", "bn ", "bán 💊", "💊", "💊 ", "🇻", "🇻🇳", "a💊", "\u0301"),
    *(
        "a\u0301",
        "a\u0323\u0301",
        "\u200b",
        "a\u200b",
        "\u200b\u0301",
        " ",
        "\n",
        " \n",
        "\r",
        "\u3000",
    ),
    *("а", "аb", "а ", "β", "ж", "жа ", "𝐚", "ⓐ", "ⓐ\u0301", "⟨phone⟩", "⟨", "\x00", "\ud800", "é"),
]


def patterns() -> Iterator[tuple[str, re.Pattern[str]]]:
    """Give the compiled patterns of the stages, those that are built on first use too."""
    for name in MODULES:
        module = importlib.import_module(f"adclassifier.text.{name}")
        for key, value in vars(module).items():
            if isinstance(value, re.Pattern):
                yield f"{name}.{key}", value
            elif key == "_rules" and name == "phones":
                for rule in value():
                    yield f"{name}.{rule.length.__name__}", rule.pattern
            elif hasattr(value, "cache_info") and _gives_pattern(value):
                yield f"{name}.{key}", value()


def _gives_pattern(function: Callable[..., object]) -> bool:
    return "Pattern" in str(getattr(function, "__annotations__", {}).get("return"))


def best_time(action: Callable[[], object]) -> float:
    """Give the least processor time of thirty runs: the machine may be busy."""
    seconds = []
    for _ in range(30):
        start = time.process_time()
        action()
        seconds.append(time.process_time() - start)
        if seconds[-1] < MOST_SECONDS:
            break
    return min(seconds)


def test_patterns_finds_those_that_are_built_on_first_use() -> None:
    names = {name for name, _ in patterns()}
    assert {
        "contacts._link",
        "phones._words_length",
        "joining._PIECES",
        "codepoints._special",
    } <= names


@pytest.mark.parametrize("part", PARTS, ids=ascii)
def test_no_pattern_takes_long_on_hostile_text(part: str) -> None:
    text = (part * N_CHARS)[:N_CHARS]
    slow = {
        name: seconds
        for name, pattern in patterns()
        if name not in ANCHORED
        and (seconds := best_time(lambda: deque(pattern.finditer(text), maxlen=0))) > MOST_SECONDS  # noqa: B023
    }
    assert slow == {}


@pytest.mark.parametrize("part", PARTS, ids=ascii)
def test_normalize_takes_time_in_proportion_on_hostile_text(part: str) -> None:
    text = (part * N_CHARS)[:N_CHARS]
    start = time.process_time()
    normalize(text)
    assert time.process_time() - start < MOST_SECONDS_IN_ALL
