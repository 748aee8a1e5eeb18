"""Write the word for an emoji that stands in the place of one: "bán 💊", "ai cần 🍬 ❄️"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from adclassifier.text import tables
from adclassifier.text.offsets import Edit, Rewriter

# In the middle of a sentence these call for goods too
_WEAK_VERBS = (
    "có|có sẵn|còn|hết|lấy|giao|lô|hàng|gửi|giữ|thêm|viên|vỉ|gói|hộp"
    "|hạt giống|giống|bịch|hũ|liều|điếu|tép|chỉ"
)
# Verbs of trade that call for goods right behind them: "có 💊" may be decoration, "bán 💊" is not
_VERBS = (
    "bán|ban|mua|cần|can|kiếm|tìm|tim|cắn|đập|hút|hut|chơi|choi|thả|nhập|ship|sỉ|đặt|order|gom|săn"
    "|chuyên|bán sỉ|bán lẻ|sỉ lẻ|thanh lý|pass|xả|buôn|dùng|xài|thử|đốt|trồng|nuốt|phê"
)


def name_emoji(rewriter: Rewriter) -> None:
    """Put the word in the place of an emoji behind a verb of trade, and of those that follow it.

    In front of words that must have a noun ("🍬 bay lắc") an emoji is that noun too.
    Everywhere else an emoji is taken for decoration and stays.

    Parameters
    ----------
    rewriter : Rewriter
        Holds text of the first stage.

    Examples
    --------
    >>> def named(text):
    ...     rewriter = Rewriter(text)
    ...     name_emoji(rewriter)
    ...     return rewriter.text
    >>> named("bán 💊 ngủ, ai cần 🍬 ❄ thì ib, hút 💨💨")
    'bán thuốc ngủ, ai cần kẹo đá thì ib, hút pod'
    >>> named("💊 nhớ uống thuốc đúng giờ 💊 bánh kẹo tết 🍬 phòng mát ❄ bán 🔥 hàng mới")
    '💊 nhớ uống thuốc đúng giờ 💊 bánh kẹo tết 🍬 phòng mát ❄ bán 🔥 hàng mới'
    """
    text = rewriter.text
    if not (text.isascii() or _words().keys().isdisjoint(text)):
        rewriter.apply(list(_edits(text)))


def emoji_signs() -> frozenset[str]:
    """Give the emoji that may stand for a word."""
    return frozenset(_words())


def may_be_named(passage: str) -> bool:
    """Say whether `name_emoji` may put words in the place of emoji of a passage.

    Parameters
    ----------
    passage : str
        Part of a text, from sixteen characters before an emoji on.

    Examples
    --------
    >>> may_be_named("bán 💊 ngủ"), may_be_named("chúc ngủ ngon 💊")
    (True, False)
    """
    return _goods().search(passage) is not None


@cache
def _words() -> dict[str, str]:
    """Read tables/emoji_words.tsv: emoji to word."""
    rows = tables.tsv_rows("emoji_words.tsv")
    return {sign: row["word"] for row in rows for sign in row["emoji"]}


@cache
def _goods() -> re.Pattern[str]:
    """Match emoji that stand for goods, behind a verb of trade."""
    signs = f"[{''.join(_words())}]"
    return re.compile(
        rf"(?<!\w)(?:(?:{_VERBS}) (?P<goods>{signs}(?: ?{signs}){{0,7}})(?= |[,.!?\n]|\Z)"
        rf"|(?:{_WEAK_VERBS}) (?P<inner>{signs})(?= [a-zà-ỹ]))"
        rf"|(?<!\w )(?<![^\w\s,.!?])(?P<first>{_followed()})"
    )


def _followed() -> str:
    """Match an emoji in front of words that lack a noun without it ("🌿 mỹ", "🍬 bay lắc")."""
    rows = [row for row in tables.tsv_rows("emoji_words.tsv") if row["before"]]
    return "|".join(f"[{row['emoji']}](?= (?:{row['before']})(?!\\w))" for row in rows)


@cache
def _sign() -> re.Pattern[str]:
    """Match one emoji, however often it is repeated."""
    return re.compile(f"([{''.join(_words())}])(?: ?\\1)*")


def _edits(text: str) -> Iterator[Edit]:
    """Name every emoji of each run."""
    for run in _goods().finditer(text):
        start, end = run.span(run.lastgroup or "goods")
        for match in _sign().finditer(text, start, end):
            glued = match.start() > start and text[match.start() - 1] != " "
            word = _words()[match[1]]
            yield Edit(*match.span(), f" {word}" if glued else word, "emoji_word")
