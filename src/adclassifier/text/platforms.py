"""Write the names of platforms that are spelled by ear: "sóp pe", "tóp tóp", "dê lô"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Set
from functools import cache

from adclassifier.text import tables
from adclassifier.text.offsets import Edit, Rewriter

_TOKEN = re.compile(r"[^\W_]+")


def name_platforms(rewriter: Rewriter, tokens: Set[str], odd: Set[str]) -> None:
    r"""Put the name of the platform in the place of its pun.

    A spelling that is also ordinary Vietnamese ("sàn cam", "da lo") counts only behind a word that
    leads to a platform ("qua", "trên", "nhắn").

    Parameters
    ----------
    rewriter : Rewriter
        Holds text of the first stage.
    tokens, odd : set of str
        The different words of the text, and those of them that are no usual syllables.

    Examples
    --------
    >>> def named(text):
    ...     rewriter = Rewriter(text)
    ...     tokens = set(re.findall(r"\w+", text))
    ...     name_platforms(rewriter, tokens, tokens)
    ...     return rewriter.text
    >>> named("đặt trên sàn cam hay sóp pe, coi tóp tóp, phây búc, ib dê lô, qua tê lê")
    'đặt trên shopee hay shopee, coi tiktok, facebook, ib zalo, qua telegram'
    >>> named("sàn gỗ màu cam, tóp mỡ, da lộ vân, giá lô này, sàn cam chống trượt, du túp lều")
    'sàn gỗ màu cam, tóp mỡ, da lộ vân, giá lô này, sàn cam chống trượt, du túp lều'
    """
    firsts = {*filter(is_pun, odd), *(tokens & pun_firsts())}
    if firsts:
        rewriter.apply(list(_edits(rewriter.text, firsts)))


@cache
def _pattern() -> re.Pattern[str]:
    """Match the puns of tables/platforms.toml; the name of the group tells platform and kind."""
    table = tables.toml_table("platforms.toml")
    parts = []
    for name, row in table["platform"].items():
        refuse = f"(?!(?:{row['never']})(?!\\w))" if "never" in row else ""
        parts += [
            f"(?P<{kind}_{name}>{refuse if kind == 'sure' else ''}(?:{row[kind]}))"
            for kind in ("sure", "led")
            if kind in row
        ]
    return re.compile(rf"(?=\w)(?<![\w⟨@./])(?:{'|'.join(parts)})(?![\w⟩])")


@cache
def pun_firsts() -> frozenset[str]:
    """Read the words that puns of several words begin with."""
    return frozenset(tables.toml_table("platforms.toml")["firsts"].split())


@cache
def spelled_starts() -> frozenset[tuple[str, str]]:
    """Give what the first two words of a pun of several words look like.

    Returns
    -------
    frozenset of (str, str)
        The first word, and one or two letters that the second begins with; between them stands one
        space or hyphen.

    Examples
    --------
    >>> ("dê", "lô") in spelled_starts(), ("dê", "co") in spelled_starts()
    (True, False)
    """
    seconds = tables.toml_table("platforms.toml")["seconds"]
    return frozenset((first, letters) for first, row in seconds.items() for letters in row.split())


@cache
def _pun_starts() -> frozenset[str]:
    """Read the two letters that puns of one word begin with."""
    return frozenset(tables.toml_table("platforms.toml")["starts"].split())


def is_pun(token: str) -> bool:
    """Say whether a word by itself is spelled as the name of a platform may be.

    Parameters
    ----------
    token : str
        Lower case.

    Returns
    -------
    bool

    Examples
    --------
    >>> is_pun("phây"), is_pun("thuốc")
    (True, False)
    """
    return token[:2] in _pun_starts() and _pattern().fullmatch(token) is not None


@cache
def _lead() -> re.Pattern[str]:
    """Match a word that leads to a platform, at the end of what stands before the pun."""
    leads = tables.toml_table("platforms.toml")["leads"]
    fillers = tables.toml_table("platforms.toml")["fillers"]
    return re.compile(rf"(?<!\w)(?:{leads})[ :]{{1,2}}(?:(?:{fillers}) ){{0,2}}\Z")


def _edits(text: str, firsts: Set[str]) -> Iterator[Edit]:
    """Name every pun, the doubtful ones only where a word leads to them."""
    done = 0
    for token in _TOKEN.finditer(text):
        match = _pattern().match(text, token.start()) if token[0] in firsts else None
        if match is None or match.start() < done:
            continue
        kind, _, name = (match.lastgroup or "").partition("_")
        if match[0] == name:
            continue
        if kind == "sure" or _lead().search(text[max(0, match.start() - 24) : match.start()]):
            yield Edit(*match.span(), name, "platform_pun")
            done = match.end()
