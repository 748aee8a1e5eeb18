"""Put one token in the place of each link, e-mail address and account: ⟨url⟩ ⟨email⟩ ⟨account⟩.

Phone numbers have a module of their own (:mod:`adclassifier.text.phones`). Placeholders that a data
set put there (``<PHONE>``, ``[URL]``) become the same tokens, so that a text with a placeholder and
one with a number read alike.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from adclassifier.text import tables
from adclassifier.text.offsets import Edit, Rewriter

_PLACEHOLDER = re.compile(r"[<\[{⟨](phone|url|email|account)(?:[ _]?\d{1,2})?[>\]}⟩]")
_EMAIL = re.compile(
    r"(?<![a-z0-9._%+\-])[a-z0-9][a-z0-9._%+\-]{0,63}@"
    r"[a-z0-9\-]{1,63}(?:\.[a-z0-9\-]{1,63}){0,4}\.[a-z]{2,12}(?![a-z0-9])"
)
_HANDLE = re.compile(
    r"(?<![\w@.])@(?=[\d_.]{0,29}[a-z])[a-z0-9_](?:[a-z0-9_.]{0,29}[a-z0-9_])(?![\w@])"
)
# "shop chấm com", "shop (dot) vn", "shop . com"
_DOT_WORD, _LONE_ENDING = "(?:ch[aấ]m|dot)", "(?:com|net)"
_SPELLED_DOT = re.compile(
    rf"(?<=[a-z0-9])(?:\s?[(\[]?{_DOT_WORD}[)\]]?\s?(?=(?:com|vn|net|org|xyz|me|shop)\b)"
    rf"|(?: \. ?|\. )(?={_LONE_ENDING}\b))"
)
_SPELLED_GATE = re.compile(rf"{_DOT_WORD}[)\]]?\s?[cvnoxms]|\. ?{_LONE_ENDING}")
# As it is written, before folding, there may be any space around the dot
_WRITTEN_GATE = re.compile(rf"{_DOT_WORD}|\.(?:\s+|(?<=\s\.)){_LONE_ENDING}")
# What may stand between a bank's name and the number behind it, and before one behind a number
_OF_BANKS, _TITLES = ("stk", "tk", "số"), ("ngân hàng", "nh")
_LONG_NUMBER = re.compile(r"\d(?:[ .\-]?\d){5,}")
_GAP_SIGNS = " \n:.-–()"
_LINK_GATE = re.compile(r"\.[a-z0-9]|://")
# Begins with a class: such patterns are searched fast
_LINK_START = re.compile(
    r"[a-z0-9](?:(?<![\w.@\-].)(?=[a-z0-9\-]{0,62}\.[a-z0-9\-])"
    r"|(?<=h)(?=(?:tt|xx)ps?://)|(?<=f)(?=tp://))"
)
_PATH = r"(?::\d{2,5})?(?:[/?#](?:[\w\-.~:/?#\[\]@!$&'()*+,;=%⟨⟩]*[\w/=⟩])?)?"


def mark_links(rewriter: Rewriter) -> None:
    """Mark placeholders, e-mail addresses, links and handles.

    Parameters
    ----------
    rewriter : Rewriter
        Holds text of the first stage; the tokens are written into it.

    Examples
    --------
    >>> def marked(text):
    ...     rewriter = Rewriter(text)
    ...     mark_links(rewriter)
    ...     return rewriter.text
    >>> marked("zalo.me/0912345678 hoặc https://abc-shop.example/a?b=1, mail ban.hang@abc.example")
    '⟨url⟩ hoặc ⟨url⟩, mail ⟨email⟩'
    >>> marked("fb <url> sđt <phone> tele @keo_dem_sg")
    'fb ⟨url⟩ sđt ⟨phone⟩ tele ⟨account⟩'
    >>> marked("vào shopthuoc chấm com nhé")
    'vào ⟨url⟩ nhé'
    >>> marked("hôm nay.mai lại có, giá 1.200.000, tp.hcm")  # a full stop without a space
    'hôm nay.mai lại có, giá 1.200.000, tp.hcm'
    """
    rewriter.apply(
        [
            Edit(*match.span(), f"⟨{match[1]}⟩")
            for match in _PLACEHOLDER.finditer(rewriter.text)
            if match[0] != f"⟨{match[1]}⟩"
        ]
    )
    if "@" in rewriter.text:
        _mark(rewriter, _EMAIL, "⟨email⟩")
    if _SPELLED_GATE.search(rewriter.text):
        _undo_spelled_dots(rewriter)
    if _LINK_GATE.search(rewriter.text):
        matches = matches_from(_LINK_START, _link(), rewriter.text)
        rewriter.apply([Edit(*match.span(), "⟨url⟩") for match in matches])
    if "@" in rewriter.text:
        _mark(rewriter, _HANDLE, "⟨account⟩")


def mark_accounts(rewriter: Rewriter) -> None:
    """Mark numbers of bank accounts, which a cue word or a bank's name must announce.

    Parameters
    ----------
    rewriter : Rewriter
        Holds text of the first stage.

    Examples
    --------
    >>> def marked(text):
    ...     rewriter = Rewriter(text)
    ...     mark_accounts(rewriter)
    ...     return rewriter.text
    >>> marked("stk: 1903 4567 8901 techcombank, vcb 1012345678")
    'stk: ⟨account⟩ techcombank, vcb ⟨account⟩'
    >>> marked("nạp tk 1.200.000đ, mã 19034567")
    'nạp tk 1.200.000đ, mã 19034567'
    """
    if _may_hold_account(rewriter.text):
        rewriter.apply(list(_account_edits(rewriter.text)))


def matches_from(
    starts: re.Pattern[str], pattern: re.Pattern[str], text: str
) -> Iterator[re.Match[str]]:
    """Give the matches of a pattern, as ``finditer`` does, but faster.

    Parameters
    ----------
    starts : re.Pattern
        Matches wherever a match of the pattern begins.
    pattern : re.Pattern
        Matches no empty text.
    text : str

    Examples
    --------
    >>> [match[0] for match in matches_from(re.compile("a"), re.compile("(?!aaaa)aa|ab"), "aaaab")]
    ['aa', 'ab']
    """
    done = 0
    for start in starts.finditer(text):
        place = start.start()
        match = pattern.match(text, place) if place >= done else None
        if match:
            done = match.end()
            yield match


def _mark(rewriter: Rewriter, pattern: re.Pattern[str], token: str) -> None:
    """Put a token in the place of every match."""
    rewriter.apply([Edit(*match.span(), token) for match in pattern.finditer(rewriter.text)])


def _undo_spelled_dots(rewriter: Rewriter) -> None:
    """Write the dot of "shop chấm com"."""
    edits = [
        Edit(*match.span(), ".", "spelled_link") for match in _SPELLED_DOT.finditer(rewriter.text)
    ]
    rewriter.apply(edits)


def may_spell_dots(original: str) -> bool:
    """Say whether a dot of a link may be written in words, or set apart.

    Parameters
    ----------
    original : str
        A text as it was written.

    Examples
    --------
    >>> may_spell_dots("SHOP chấm com"), may_spell_dots("shop .  net"), may_spell_dots("shop.com")
    (True, True, False)
    """
    return _WRITTEN_GATE.search(original.lower()) is not None


def _any(words: list[str]) -> str:
    """Match one of the words, the longest first."""
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True)))


@cache
def _link() -> re.Pattern[str]:
    """Match a link: with a scheme, with www, of a known host, or by its ending."""
    table = tables.toml_table("contacts.toml")
    label = r"[a-z0-9](?:[a-z0-9\-]{0,61}[a-z0-9])?"
    hosts, endings = _any(table["hosts"].split()), _any(table["endings"].split())
    weak = _any(table["weak_endings"].split())
    return re.compile(
        rf"(?:h(?:tt|xx)ps?|ftp)://(?:[\w\-.~:/?#\[\]@!$&'()*+,;=%⟨⟩]*[\w/=⟩])?"
        rf"|(?<![\w.@\-])(?:www\.[a-z0-9\-]{{1,63}}(?:\.[a-z0-9\-]{{1,63}}){{0,4}}"
        rf"|(?:{hosts})|(?:{label}\.){{1,4}}(?:{endings}))(?![\w\-])(?!\.[a-z0-9]){_PATH}"
        rf"|(?<![\w.@\-])(?:{label}\.){{1,4}}(?:{weak})(?=/\w){_PATH}"
    )


@cache
def words_before_accounts() -> frozenset[str]:
    """Give the words that stand before an account's number, one to four signs away.

    Where none does, one of `words_behind_accounts` stands behind it.
    """
    table = tables.toml_table("contacts.toml")
    cues, fillers, banks = (table[name] for name in ("account_cues", "account_fillers", "banks"))
    return frozenset(phrase.split()[-1] for phrase in (*cues, *fillers, *banks, *_OF_BANKS))


@cache
def words_behind_accounts() -> frozenset[str]:
    """Give the words that stand behind an account's number, three signs away at most."""
    phrases = (*_TITLES, *tables.toml_table("contacts.toml")["banks"])
    return frozenset(phrase.split()[0] for phrase in phrases)


def ends_as_account(token: str) -> bool:
    """Say whether one of `words_behind_accounts` stands right behind a figure at a word's end.

    Examples
    --------
    >>> ends_as_account("19034567vcb"), ends_as_account("19034567"), ends_as_account("vcb")
    (True, False, False)
    """
    if token.isalpha():
        return False
    _, words = _words_beside_accounts()
    return token.endswith(words) and any(
        token.endswith(word) and token[: -len(word)][-1:].isdecimal() for word in words
    )


@cache
def link_endings() -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """Give what links end with: any, before a path only, and the two last parts of known hosts."""
    table = tables.toml_table("contacts.toml")
    names = frozenset(".".join(host.split(".")[-2:]) for host in table["hosts"].split())
    return frozenset(table["endings"].split()), frozenset(table["weak_endings"].split()), names


@cache
def _words_beside_accounts() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Give the words before and those behind, as ``endswith`` and ``startswith`` take them."""
    return tuple(words_before_accounts()), tuple(words_behind_accounts())


def _may_hold_account(text: str) -> bool:
    """Say whether a long number stands beside one of the words that stand beside accounts."""
    before, behind = _words_beside_accounts()
    return any(
        text[: number.start()].rstrip(_GAP_SIGNS).endswith(before)
        or text[number.end() :].lstrip(_GAP_SIGNS).startswith(behind)
        for number in _LONG_NUMBER.finditer(text)
    )


@cache
def _account() -> re.Pattern[str]:
    """Match cue + number, bank + number, or number + bank; the number is a group."""
    table = tables.toml_table("contacts.toml")
    cue, bank, filler = (_any(table[name]) for name in ("account_cues", "banks", "account_fillers"))
    name, title = _any([*_OF_BANKS]), _any([*_TITLES])
    gap, number = r"[\s:.\-–()]{0,4}", r"\d(?:[ .\-]?\d){5,18}+(?!\d)(?![.,]\d)"
    return re.compile(
        rf"(?<!\w)(?:{cue})(?!\w){gap}(?:(?:{filler}|{bank})(?!\w){gap}){{0,3}}(?P<a>{number})"
        rf"|(?<!\w)(?:{bank})(?!\w){gap}(?:(?:{name})(?!\w){gap})?"
        rf"(?P<b>\d(?:[ \-]?\d){{7,15}}+(?!\d))"
        rf"|(?<!\d)(?<!\d[.,\- ])(?P<c>\d(?:[ \-]?\d){{7,15}}+) ?[\-–(:]? ?"
        rf"(?:(?:{title}) )?(?:{bank})(?!\w)"
    )


_PRICE = re.compile(r"\d{1,3}(?:[.]\d{3})+")
_MONEY_UNIT = re.compile(r" ?(?:đ|k|vnd|vnđ|tr|triệu|₫|usd|\$)(?!\w)")
_MOBILE = re.compile(r"0[35789](?:\D?\d){8}")


def _account_edits(text: str) -> Iterator[Edit]:
    """Mark the numbers that are neither a price nor, in front of a bank, a phone number."""
    for match in _account().finditer(text):
        name = match.lastgroup or "a"
        number, end = match[name], match.end(name)
        price = _PRICE.fullmatch(number) or _MONEY_UNIT.match(text, end)
        if not price and not (name == "c" and _MOBILE.fullmatch(number)):
            yield Edit(match.start(name), end, "⟨account⟩")
