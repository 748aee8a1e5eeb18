"""Find addresses, parts of addresses and places where goods are handed over."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from adclassifier.entities.entity import Finding
from adclassifier.lexicon import Match, load_lexicon
from adclassifier.text.normalize import Canonical
from adclassifier.text.syllables import is_syllable

_UPPER = "A-ZĐĂƠƯĨŨ" + "".join(
    letter for letter in map(chr, (*range(0xC0, 0xDF), *range(0x1E00, 0x1F00))) if letter.isupper()
)
_NAME = rf"[{_UPPER}][^\W\d_]*"
_NOT_A_STREET = (
    r"(?!(?i:viên|hộp|gói|lọ|chai|tuýp|kg|ngày|tháng|năm|phút|giờ|người|cái|bộ|set|combo|màu|size|k|tr|"
    r"triệu|đôi|chiếc|cây|hũ|túi|suất|tuổi|lần|loại|món|sản|bước|lý|công|tuần|ly|con|cm|vòng|điểm|mẫu|"
    r"bức|nghìn|ngàn|add|photos|new|others|full|tone|in|to|for|days|x)\b)"
)
_LANE = r"(?i:ngõ|ngách|hẻm|kiệt|đường|phố|lô|tổ|khu|tầng|đ\.)"
_STREET = re.compile(
    r"(?<![\w/.,+])(?P<word>(?i:số nhà|số|sn) )?"
    r"(?P<number>\d{1,4}[a-dA-D]?(?:/\d{1,4}[a-dA-D]?){0,4}),? "
    rf"(?P<lane>(?:{_LANE} ?(?:\d{{1,4}}[a-zA-Z]?(?:/\d{{1,4}})?,? )?){{0,2}}+)"
    rf"{_NOT_A_STREET}(?P<name>{_NAME}(?: {_NAME}){{0,4}})(?: \d{{1,2}}(?![\w/]))?"
)
# What stands in every street; most texts have none of it, and this costs less to look for.
_STREET_GATE = re.compile(rf"\d[a-dA-D]?,? (?:{_LANE}|[{_UPPER}])")
_LANE_NUMBER = re.compile(
    r"(?<!\w)(?i:ngõ|ngách|hẻm|kiệt|đường số|đường|ngo|hem) \d{1,4}(?:/\d{1,4}){0,3}(?!\w)"
)
_UNIT = re.compile(
    r"(?<!\w)(?i:quận|quan|q|phường|p)(?:\.| |\. )?\d{1,2}(?![\w.,]\d|\w|%)"
    r"|(?<!\w)(?i:phường|xã|huyện|thị trấn|thị xã|quận|thôn|ấp|khu phố|kp|tp|t\.p|thành phố|tỉnh"
    r"|kcn|cụm công nghiệp)"
    rf"\.? (?!(?i:hội)\b){_NAME}(?: {_NAME}){{0,2}}"
)
_BLOCK = re.compile(
    rf"(?<!\w)(?i:chung cư|căn hộ|tòa nhà|toà nhà|tòa|toà|kđt|khu đô thị|kdc|block)"
    rf" (?:{_NAME}|\d{{1,2}}[a-zA-Z])(?: (?:{_NAME}|\d{{1,4}})){{0,3}}"
)
# What the patterns above need, in small letters and besides: words alone stand in many texts.
_NUMBER_OF_LANE = re.compile(r"(?:ngõ|ngách|hẻm|kiệt|đường số|đường|ngo|hem) \d")
_UNITS = (
    *("phường", "xã", "huyện", "thị trấn", "quận", "thôn", "ấp", "khu phố", "kp", "tp", "t.p"),
    *("thành phố", "tỉnh", "kcn", "cụm công nghiệp"),
)
_NUMBER_OF_UNIT = re.compile(r"(?:quận|quan|q|phường|p)(?:\.| |\. )?\d")
_NAME_OF_UNIT = re.compile(rf"[gãnpốhGÃNPỐH]\.? [{_UPPER}]")
_BLOCKS = (
    *("chung cư ", "căn hộ ", "tòa nhà ", "toà nhà ", "tòa ", "toà ", "kđt ", "khu đô thị "),
    *("kdc ", "block "),
)
_LABEL = re.compile(r"(?<!\w)(?:địa chỉ|dia chi|đ/c|đc|address|add)(?: [^\W\d_]+){0,2} ?[:：] ?")
_LABELLED = re.compile(r"[^\n⟨!?|;•*#]{4,90}")
_END_OF_ADDRESS = re.compile(r"[.]\s|\s[-–—]\s(?=[^\W\d_]+ [^\W\d_]+ [^\W\d_]+)|[^\w\s,./()–-]")
_JOINT = re.compile(r"[ ,.\-–()/]{0,4}\Z")
_PREPOSITION = re.compile(
    r"(?:ở|tại|kho|khu vực|nội thành|quanh|ngay|bên|o|tai|khu)(?: [^\W\d_]+)? \Z"
)
_PLACE_GROUPS = {"place_province": "city", "place_district": "place", "place_building": "place"}


class _Part(NamedTuple):
    """A piece of an address; ``strength`` tells whether it may stand alone."""

    start: int
    end: int
    strength: str


def find_addresses(
    text: str, canonical: Canonical, matches: Sequence[Match] | None = None
) -> Iterator[Finding]:
    """Find addresses in a text.

    Parameters
    ----------
    text : str
        The original text; its capitals tell names of streets.
    canonical : Canonical
        Its canonical form.
    matches : sequence of Match, optional
        The lexicon's cues in it, where they are known.

    Yields
    ------
    Finding
        Kind ``address``, in offsets of the canonical text; the value is the canonical wording. A
        province alone counts only behind a word of place ("kho Hà Nội", "ở Sài Gòn").
    """
    cased = _restore_capitals(text, canonical)
    known = load_lexicon().matches(canonical.text) if matches is None else matches
    parts = sorted([*_patterned_parts(cased), *_named_parts(known)])
    for group in _join(parts, canonical.text):
        start, end = group[0].start, max(part.end for part in group)
        if _stands(group, canonical.text, cased):
            yield Finding("address", start, end, canonical.text[start:end].replace("\n", " "))


def _restore_capitals(text: str, canonical: Canonical) -> str:
    """Give the canonical letters the case that they have in the original."""
    capitals = _capitals()
    is_capital = capitals.take(_points(text), mode="clip")[canonical.starts]
    lower, upper = canonical.text, canonical.text.upper()
    if len(upper) != len(lower):
        # the capital of a rare letter is two: that one stays
        upper = "".join(sign.upper() if len(sign.upper()) == 1 else sign for sign in lower)
    points = np.where(is_capital, _points(upper), _points(lower))
    return points.tobytes().decode("utf-32-le", "surrogatepass")


def _points(text: str) -> NDArray[np.int32]:
    """Give the code points of a text."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.int32)


@cache
def _capitals() -> NDArray[np.bool_]:
    """Say of each code point up to U+1FFFF whether it is a capital; none behind that is."""
    return np.fromiter(map(str.isupper, map(chr, range(0x20000))), np.bool_)


def _patterned_parts(cased: str) -> Iterator[_Part]:
    """Find the parts that a pattern tells: street, lane, ward, block, labelled address."""
    for match in _STREET.finditer(cased) if _STREET_GATE.search(cased) else ():
        words = match["name"].count(" ") + 1
        sure = match["lane"].strip() or (match["word"] and words > 1)
        # "3 Lê Tuấn" under a post is a name with a count before it
        long_enough = words > 2 or match["number"][:2].isdigit()
        if sure or (long_enough and _is_vietnamese_name(match["name"])):
            yield _Part(*match.span(), "street" if sure else "weak street")
    small = cased.lower()
    yield from _local_parts(cased, small)
    lowered = small if len(small) == len(cased) else cased
    for label in _LABEL.finditer(lowered) if ":" in cased or "：" in cased else ():
        labelled = _LABELLED.match(cased, label.end())
        if labelled:
            stop = _END_OF_ADDRESS.search(cased, labelled.start(), labelled.end())
            end = stop.start() if stop else labelled.end()
            end = labelled.start() + len(cased[labelled.start() : end].rstrip(" ,.-–"))
            if end > labelled.start():
                yield _Part(labelled.start(), end, "labelled")


def _local_parts(cased: str, lowered: str) -> Iterator[_Part]:
    """Find lanes, wards and blocks; most texts lack their words, which are looked for first."""
    for pattern, is_needed in (
        (_LANE_NUMBER, _NUMBER_OF_LANE.search(lowered)),
        (
            _UNIT,
            _NUMBER_OF_UNIT.search(lowered)
            or (_NAME_OF_UNIT.search(cased) and _has_one(lowered, _UNITS)),
        ),
        (_BLOCK, _has_one(lowered, _BLOCKS)),
    ):
        if is_needed:
            for match in pattern.finditer(cased):
                yield _Part(*match.span(), "place")


def _has_one(lowered: str, words: tuple[str, ...]) -> bool:
    """Say whether a text in small letters holds one of some words."""
    return any(map(lowered.__contains__, words))


def _is_vietnamese_name(name: str) -> bool:
    """Whether a name is made of two or more Vietnamese syllables ("Lê Lợi", no "Pot")."""
    words = name.split()
    return len(words) > 1 and all(map(is_syllable, words))


def _named_parts(matches: Sequence[Match]) -> Iterator[_Part]:
    """Find the places that the lexicon knows by name, and words of handing over."""
    for match in matches:
        if match.cue.group in _PLACE_GROUPS:
            yield _Part(match.start, match.end, _PLACE_GROUPS[match.cue.group])
        elif match.cue.group == "place_store":
            yield _Part(match.start, match.end, "store")


def _join(parts: list[_Part], text: str) -> Iterator[list[_Part]]:
    """Put parts that touch or follow each other together."""
    group: list[_Part] = []
    end = 0
    for part in parts:
        if group and not _JOINT.match(text, end, part.start) and part.start > end:
            yield group
            group = []
        if not group:
            end = part.start
        group.append(part)
        end = max(end, part.end)
    if group:
        yield group


def _is_shouting(cased: str) -> bool:
    """Whether most letters are capitals, so that they tell no names."""
    return sum(map(str.isupper, cased)) > 0.6 * max(1, sum(map(str.isalpha, cased)))


def _stands(group: list[_Part], text: str, cased: str) -> bool:
    """Whether a group of parts is an address and not a word in passing."""
    strengths = {part.strength for part in group}
    if strengths & {"labelled", "street", "place"}:
        return True
    if "weak street" in strengths:
        return "city" in strengths or not _is_shouting(cased)
    if "city" in strengths:
        return "store" in strengths or bool(_PREPOSITION.search(text, 0, group[0].start))
    return False
