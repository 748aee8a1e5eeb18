"""Bring single code points to one spelling: NFC, lower case, plain letters, one kind of space.

The first stage of the normaliser, and the regular one: what happens to a character depends on it
and on the marks behind it alone, apart from letters of other scripts, where the word decides.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache

from adclassifier.text import tables
from adclassifier.text.flags import flags_end
from adclassifier.text.lookalikes import fold_lookalikes, is_lookalike
from adclassifier.text.offsets import Edit, Rewriter

_MAX_MARKS = 30
"""Marks kept on one letter: the limit of Unicode's Stream-Safe Text Format (UAX 15), which also
bounds the sorting inside ``unicodedata.normalize``."""

_QUALITY_MARKS = "\u0302\u0306\u031b"
_VIETNAMESE_MARKS = frozenset("\u0300\u0301\u0302\u0303\u0306\u0309\u031b\u0323")
_MOST_MARKS = 2
KEYCAP = "\u20e3"
_SURROGATE = re.compile("[\ud800-\udfff]")
# Begins with a class: such patterns are searched fast
_SPACES = re.compile(r"\s(?:\s+|(?<![ \n])|(?<=\A\s)|\Z)")
NEWLINE = re.compile("[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")


def replace_surrogates(text: str) -> str:
    r"""Put U+FFFD in the place of lone surrogates, which no encoding can write.

    Parameters
    ----------
    text : str
        Any string.

    Returns
    -------
    str
        Of the same length.

    Examples
    --------
    >>> replace_surrogates("giá \ud83d 50k") == "giá \ufffd 50k"
    True
    """
    return text if text.isascii() else _SURROGATE.sub("\ufffd", text)


def fold_code_points(rewriter: Rewriter) -> None:
    r"""Carry out the first stage on a text without lone surrogates.

    Parameters
    ----------
    rewriter : Rewriter
        Holds the text; afterwards its text is NFC, in lower case, with single spaces and newlines,
        without invisible characters, styled letters and marks that Vietnamese does not know.

    Examples
    --------
    >>> def folded(text):
    ...     rewriter = Rewriter(text)
    ...     fold_code_points(rewriter)
    ...     return rewriter.text
    >>> folded("THUỐC  Nam \r\n Gia\u200b Truyền")
    'thuốc nam\ngia truyền'
    >>> folded("𝐭𝐡𝐮𝐨̂́𝐜 ｇｉａ̉ｍ cân ⓩⓐⓛⓞ 🅩🅐🅛🅞 0️⃣9️⃣")
    'thuốc giảm cân zalo zalo 09'
    >>> folded("tһuốс")  # Cyrillic һ and с
    'thuốc'
    >>> folded("0̲9̲1̲2̲ t̶h̶u̶ố̶c̶")
    '0912 thuốc'
    """
    if not rewriter.text.isascii():
        _compose(rewriter)
        fold_lookalikes(rewriter)
    # U+0130 is the one letter whose lower case is two code points
    rewriter.replace_text(rewriter.text.replace("İ", "i").lower())
    if not _special_signs().isdisjoint(rewriter.text):
        rewriter.apply(list(_special_edits(rewriter.text)))
        _compose(rewriter)
        fold_lookalikes(rewriter)  # beside what were styled letters
        _compose(rewriter)
    rewriter.apply(list(_space_edits(rewriter.text)))


@cache
def code_point_table() -> dict[int, str]:
    """Build the table of the first stage: what each code point becomes, without regard to others.

    Returns
    -------
    dict
        Code point to its replacement, empty for one that is dropped. Code points that are not
        listed become their lower case.

    Examples
    --------
    >>> table = code_point_table()
    >>> table[ord("ⓩ")], table[ord("𝐭")], table[ord("⑩")], table[0x200B]
    ('z', 't', '10', '')
    """
    return {ord(sign): text for sign, (text, _) in _signs().items()}


@cache
def _signs() -> dict[str, tuple[str, str]]:
    """Read tables/codepoints.tsv: character to (replacement, style)."""
    signs: dict[str, tuple[str, str]] = {}
    for row in tables.tsv_rows("codepoints.tsv"):
        first, last = int(row["first"], 16), int(row["last"], 16)
        for point in range(first, last + 1):
            text = _replacement(row["rule"], point, first)
            if text is not None:
                signs[chr(point)] = (text, row["style"])
                # the small letter too, but for that of the Kelvin sign: it is what it becomes
                if chr(point).lower() != text:
                    signs[chr(point).lower()] = (text, row["style"])
    return signs


def _replacement(rule: str, point: int, first: int) -> str | None:
    """Apply a rule of tables/codepoints.tsv to one code point; None where it says nothing."""
    if rule == "drop":
        return ""
    if rule == "letters":
        return chr(ord("a") + point - first)
    if rule.startswith("numbers:"):
        return str(int(rule[8:]) + point - first)
    if rule == "base":
        base = unicodedata.normalize("NFD", chr(point))[0].lower()
        return base if base.isascii() else None
    if rule.startswith("="):
        return rule[1:]
    text = unicodedata.normalize("NFKC", chr(point)).lower()
    simple = text.isascii() and (text.isalnum() or len(text) == 1)
    return text if simple and text != chr(point) else None


def _code_points(ranges: str) -> str:
    """Spell out ranges such as "0300-034E 20E3"."""
    ends = (part.split("-") for part in ranges.split())
    return "".join(
        chr(point) for end in ends for point in range(int(end[0], 16), int(end[-1], 16) + 1)
    )


@cache
def marks_and_joiners() -> frozenset[str]:
    """Give the characters that may join with the one before them.

    Examples
    --------
    >>> "\u0301" in marks_and_joiners(), "a" in marks_and_joiners()
    (True, False)
    """
    combining = filter(unicodedata.combining, map(chr, range(0x20000)))
    return _marks().union(_joining(), combining) - {KEYCAP}


def is_other_mark(sign: str) -> bool:
    """Say whether a mark neither joins with a letter nor is one of those drawn over Latin ones."""
    joins = sign in _marks() or sign in _joining() or ord(sign) in code_point_table()
    return not joins and unicodedata.combining(sign) > 0 and sign not in _composing()


@cache
def _composing() -> frozenset[str]:
    """Give all marks that a decomposition holds behind its first: others join with nothing."""
    decomposed = filter(unicodedata.decomposition, map(chr, range(0x20000)))
    return frozenset("".join(unicodedata.normalize("NFD", sign)[1:] for sign in decomposed))


@cache
def _marks() -> frozenset[str]:
    return frozenset(_code_points(tables.toml_table("signs.toml")["marks"]))


@cache
def _joining() -> frozenset[str]:
    return frozenset(_code_points(tables.toml_table("signs.toml")["joining"]))


@cache
def _special() -> re.Pattern[str]:
    """Match a run of characters that may be replaced or dropped, or that are marks.

    All characters beyond U+FFFF are among them: ``re`` looks up a class that names single ones of
    those character by character.
    """
    low = "".join(sorted(sign for sign in _special_signs() if sign <= "\uffff"))
    return re.compile(f"(?:[{re.escape(low)}]|[\U00010000-\U0010ffff])+")


@cache
def _attached_signs() -> frozenset[str]:
    """Give the marks and the characters that are not seen, which go with the letter before."""
    return _marks().union(sign for sign, (text, _) in _signs().items() if not text)


@cache
def _special_signs() -> frozenset[str]:
    return _marks() | _signs().keys()


def _compose(rewriter: Rewriter) -> None:
    """Bring the text to NFC, letter by letter where it is not."""
    text = rewriter.text
    if not unicodedata.is_normalized("NFC", text):
        rewriter.apply(list(_compose_edits(text)))


def _compose_edits(text: str) -> Iterator[Edit]:
    start, size, joining = 0, len(text), _joining()
    while start < size:
        end = start + 1
        while end < size and (unicodedata.combining(text[end]) or text[end] in joining):
            end += 1
        if text[start] > "\x7f" or end > start + 1:
            cluster = text[start:end]
            new = unicodedata.normalize("NFC", cluster[: _MAX_MARKS + 1])
            if new != cluster:
                yield Edit(start, end, new)
        start = end


def _special_edits(text: str) -> Iterator[Edit]:
    """Replace styled letters, drop what is not seen, and put marks onto their letters."""
    attached, special, done = _attached_signs(), _special_signs(), 0
    for run in _special().finditer(text):
        start, end = run.span()
        if start > done and text[start] in attached:
            start -= 1
        while start < end:
            behind = flags_end(text, start, end)
            if behind > start:
                start = behind
                continue
            stop = start + 1
            while stop < end and text[stop] in attached:
                stop += 1
            # most emoji stay as they are
            alone = stop == start + 1 and text[start] not in special
            edit = None if alone else _cluster_edit(text, start, stop)
            if edit is not None:
                yield edit
            start = stop
        done = end


def _cluster_edit(text: str, start: int, end: int) -> Edit | None:
    """Fold one character with the marks and invisible characters behind it."""
    signs, marks = _signs(), _marks()
    base, tail = text[start], text[start + 1 : end]
    new, style = ("", "") if base in marks else signs.get(base, (base, ""))
    kind = "styled" if style == "styled" else "homoglyph" if style == "enclosed" else ""
    own_marks = [sign for sign in tail if sign in marks and sign != KEYCAP]
    if own_marks:
        new, dropped = _marked(new, own_marks[:_MAX_MARKS])
        kind = "marks" if dropped and new.isalnum() else kind
    hidden = any(sign not in marks and signs[sign][1] == "invisible" for sign in tail)
    if hidden and new.isalnum() and text[end : end + 1].isalnum():
        kind = "zero_width"
    return Edit(start, end, new, kind) if new != text[start:end] else None


def _marked(letter: str, marks: list[str]) -> tuple[str, bool]:
    """Put marks onto a letter, those of â, ă, ơ first; say whether some found no place."""
    if not letter:
        return letter, False
    parts = unicodedata.normalize("NFD", letter)
    if parts[0].isascii():
        letter, marks = parts[0], [*parts[1:], *marks]
    elif is_lookalike(letter):
        kept = [mark for mark in marks if mark in _VIETNAMESE_MARKS][:_MOST_MARKS]
        return letter + "".join(kept), len(kept) < len(marks)
    dropped = False
    for mark in sorted(marks, key=lambda mark: mark not in _QUALITY_MARKS):
        joined = unicodedata.normalize("NFC", letter + mark)
        if len(joined) == 1 and joined not in _signs():
            letter = joined
        else:
            dropped = True
    return letter, dropped


def _space_edits(text: str) -> Iterator[Edit]:
    """Fold runs of white space to one space or newline, and cut those at the ends."""
    for run in _SPACES.finditer(text):
        start, end = run.span()
        outer = start == 0 or end == len(text)
        new = "" if outer else "\n" if NEWLINE.search(run[0]) else " "
        if new != run[0]:
            yield Edit(start, end, new)
