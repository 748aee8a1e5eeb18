"""Read a text in which digits and signs stand for letters in several words: "b4n thu0c gi4 r3"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import islice, product
from typing import NamedTuple

from adclassifier.text.language import latin_words
from adclassifier.text.neighbours import word_chance
from adclassifier.text.offsets import Edit
from adclassifier.text.short_forms import spoken
from adclassifier.text.spelling import counts, readings, restorations, words

_SIGNS = "@$€£!|+"
_TOKEN = re.compile(rf"(?<![\w⟨.#])(?:[^\W_]|[{_SIGNS}])+(?![\w⟩])")
_QUANTITY = re.compile(
    r"(?<!\d)\d++(?:k|tr|kg|gr?|mg|mcg|ml|l|m|cm|mm|m2|m3|km|h|p|s|d|đ|n|t|ty|tỷ|x|v|w|kw|gb|tb|mb|in|inch|th|y"
    r"|vnd|vnđ|usd|c|hz|mah|iu|ct|hp|ng|lit|lít|củ|năm|tháng|ngày)\d*"
)
_INNER = re.compile(rf"[^\W\d_](?:\d|[{_SIGNS}])+[^\W\d_]")
_SIGN = re.compile("(?<=[^\\W\\d_])[@$€£|]|[@$€£|](?=[^\\W\\d_])")
_ONSET = re.compile("(?:[ckgpt]h|n(?:h|gh?)|tr)[\\d!|@]+")
_NAMED = re.compile(r"(?:vitamin|size|loại|mã|lô|tầng|phòng|quận|block|khối|model|dòng|số|bản) \Z")
_NAME_REACH = 12
_LONGEST = 12
_FEWEST_LATIN = 4
_MOST_SPELLINGS, _MOST_READINGS = 64, 12
_FEW = 2
_PRICES = (8.0, 5.5, 3.0)
"""What a reading costs by how many words of the text are surely written so: none, one, more."""

_BARE_GAIN = 1.0
"""What it gains to be without accents: signs stand for letters without."""

_RESTORED_PRICE = 5.0
"""What it costs to read a word beside them with accents that it lacks."""

# Logarithms of the chance that a token is meant as it is written, in a text with one or more words
# that are surely written so
_MEANT = {
    "quantity": (-7.0, -8.0),
    "end": (-10.0, -14.0),
    "sign": (-17.0, -20.0),
    "inner": (-25.0, -25.0),
    "accented": (-22.0, -22.0),
    "exclaimed": (-2.0, -2.0),
}
_LONG_ROW = 400
"""Words that are read together; a longer text is read in parts."""


class _Choice(NamedTuple):
    """A reading of a token and what it costs."""

    text: str
    price: float


def row_edits(text: str, letters: Mapping[str, str]) -> list[Edit] | None:
    """Choose the readings of all tokens with digits or signs, so that the row is the likeliest.

    Parameters
    ----------
    text : str
        Text of the first stage, written with accents.
    letters : mapping of str to str
        Sign to the letters that it may stand for.

    Returns
    -------
    list of Edit or None
        None if no token of the text is surely written with signs for letters.

    Examples
    --------
    >>> signs = {"4": "a", "3": "e", "0": "o", "9": "g", "7": "t"}
    >>> [edit.text for edit in row_edits("b4n thuốc c0 t4c dụn9 9iảm cân, 9i4 r3", signs)]
    ['bán', 'có', 'tác', 'dụng', 'giảm', 'giá', 'rẻ']
    >>> row_edits("giá 850k 1tr2, vitamin b12 d3 k2, mua 2 tặng 1", signs) is None
    True
    """
    matches = list(_TOKEN.finditer(text))
    sure = sum(_is_sure(match[0], letters) for match in matches if not match[0].isalpha())
    if not sure:
        return None
    price = _PRICES[min(sure, _FEW)]
    edits: list[Edit] = []
    rows = (row for row in _rows(text, matches) if not all(_is_plain(each[0]) for each in row))
    for row in rows:
        choices = [_choices(text, match, letters, price) for match in row]
        read = _likeliest(choices)
        changed = [
            new != match[0] and not _is_plain(match[0])
            for match, new in zip(row, read, strict=True)
        ]
        for place, (match, new) in enumerate(zip(row, read, strict=True)):
            # a word that lacks accents is restored only beside one that was read
            if new != match[0] and any(changed[max(0, place - 1) : place + 2]):
                edits.append(Edit(*match.span(), new, "leet"))
    return edits


def has_sure(text: str, letters: Mapping[str, str]) -> bool:
    """Say whether a token of a text is surely written with signs for letters.

    Examples
    --------
    >>> has_sure("th4c", {"4": "a"}), has_sure("b12", {"1": "il"})
    (True, False)
    """
    return any(_is_sure(match[0], letters) for match in _TOKEN.finditer(text))


def has_readings(token: str, letters: Mapping[str, str]) -> bool:
    """Say whether a token may be read as another in a text that has sure ones."""
    body = token.rstrip("!")
    return bool(_read(token, letters) or (body != token and _read(body, letters)))


def is_exclaimed(left: str, token: str, right: str, letters: Mapping[str, str]) -> bool:
    """Say whether a word with exclamation marks surely means itself between two words.

    Parameters
    ----------
    left, right : str
        The words beside it, a space apart; empty where there is none.
    token : str
        A word and exclamation marks: "đồ!" might be read as "đồi".
    letters : mapping of str to str
        Sign to the letters that it may stand for.

    Returns
    -------
    bool
        True only if `row_edits` leaves it as it is in a text without other tokens to be read.

    Examples
    --------
    >>> is_exclaimed("tìm", "đồ!", "", {"!": "i"})
    True
    """
    beside = [_accented_choices(word) for word in (left, right) if word]
    if any(len(choices) > 1 or not choices[0].text.isalpha() for choices in beside):
        return False
    before = spoken(left)[1] if left else ""
    behind = spoken(right)[0] if right else ""
    price = _PRICES[-1]
    readings_of = {
        word: price - (_BARE_GAIN if word.isascii() else 0.0) for word in _read(token, letters)
    }

    def chance(choice: str) -> float:
        first, _ = spoken(choice.rstrip("!"))
        return word_chance(before, first) + (word_chance(_last(choice), behind) if behind else 0.0)

    own = chance(token) + max(_MEANT["exclaimed"])
    return all(chance(word) - cost < own for word, cost in readings_of.items())


def _rows(text: str, matches: Sequence[re.Match[str]]) -> Iterator[list[re.Match[str]]]:
    """Group the tokens that stand one space apart."""
    row: list[re.Match[str]] = []
    for match in matches:
        if row and (text[row[-1].end() : match.start()] != " " or len(row) == _LONG_ROW):
            yield row
            row = []
        row.append(match)
    if row:
        yield row


def _is_plain(token: str) -> bool:
    return token.isalpha() or not any(map(str.isalpha, token))


def _is_sure(token: str, letters: Mapping[str, str]) -> bool:
    """Say whether a token has a sign among letters, or beside accented ones, and can be read."""
    if _is_plain(token) or len(token) > _LONGEST:
        return False
    if not (_INNER.search(token) or not token.isascii()) or _QUANTITY.fullmatch(token):
        return False
    return has_readings(token, letters)


def is_read(token: str, letters: Mapping[str, str]) -> bool:
    """Say whether signs of a token may stand for letters of a word: "g!ảm".

    Parameters
    ----------
    token : str
        Lower case, no spaces.
    letters : mapping of str to str
        Sign to the letters that it may stand for.

    Returns
    -------
    bool

    Examples
    --------
    >>> is_read("g!ảm", {"!": "i"}), is_read("gi.ảm", {"!": "i"})
    (True, False)
    """
    return bool(_read(token, letters))


def _read(token: str, letters: Mapping[str, str]) -> tuple[str, ...]:
    """Give the words that a token may stand for, the most usual first."""
    if len(token) > _LONGEST or _is_plain(token):
        return ()
    spelled = tuple(letters.get(sign, sign) for sign in token)
    return _words_of(token, spelled) if "".join(spelled).isalpha() else ()


@lru_cache(maxsize=1 << 13)
def _words_of(token: str, spelled: tuple[str, ...]) -> tuple[str, ...]:
    """Give the words of a token, by what each of its letters and signs may stand for."""
    signs = {place for place, sign in enumerate(token) if not sign.isalpha()}
    found: dict[str, int] = {}
    for spelling in map("".join, islice(product(*spelled), _MOST_SPELLINGS)):
        if spelling in words() or (len(spelling) >= _FEWEST_LATIN and spelling in latin_words()):
            found[spelling] = 100
        found |= {word: counts()[word] for word in restorations(spelling, signs)}
    return tuple(sorted(found, key=lambda word: -found[word])[:_MOST_READINGS])


def _choices(
    text: str, match: re.Match[str], letters: Mapping[str, str], price: float
) -> list[_Choice]:
    """Give the readings of a token, the first of them as it is written."""
    token = match[0]
    if token.isalpha():
        return _accented_choices(token)
    if _is_plain(token):
        return [_Choice(token, 0.0)]
    named = _NAMED.search(text, max(0, match.start() - _NAME_REACH), match.start())
    if named and token[-1].isdigit() and not _INNER.search(token):
        return [_Choice(token, 0.0)]
    found = [_Choice(token, -_meant(token, often=price == _PRICES[-1]))]
    for word in _read(token, letters):
        found.append(_Choice(word, price - (_BARE_GAIN if word.isascii() else 0.0)))
    body = token.rstrip("!")
    if body != token:
        tail = token[len(body) :]
        found += [_Choice(word + tail, price - 2.0) for word in _read(body, letters)]
    return found


def _accented_choices(token: str) -> list[_Choice]:
    """Give a word as it is written, and with the accents that one that is no word may lack."""
    found = [_Choice(token, 0.0)]
    if token.isascii() and token not in counts() and token not in latin_words():
        found += [_Choice(word, _RESTORED_PRICE) for _, word in readings().get(token, ())]
    return found


def _meant(token: str, *, often: bool) -> float:
    """Give the logarithm of the chance that a token is meant as it is written."""
    if _is_plain(token.rstrip("!")):
        kind = "exclaimed"
    elif _QUANTITY.fullmatch(token):
        kind = "quantity"
    elif not token.isascii():
        kind = "accented"
    elif _INNER.search(token):
        kind = "inner"
    else:
        kind = "sign" if _SIGN.search(token) or _ONSET.fullmatch(token) else "end"
    return _MEANT[kind][often]


def _likeliest(row: Sequence[Sequence[_Choice]]) -> list[str]:
    """Choose a reading of each token, so that their row is the likeliest."""
    scores = {"": 0.0}
    steps: list[dict[str, str]] = []
    for choices in row:
        reached: dict[str, float] = {}
        step: dict[str, str] = {}
        for choice in choices:
            first, _ = spoken(choice.text.rstrip("!"))
            literal = not first.isalpha()
            score, last = max(
                (scores[left] + (0.0 if literal else word_chance(_last(left), first)), left)
                for left in scores
            )
            reached[choice.text], step[choice.text] = score - choice.price, last
        scores = reached
        steps.append(step)
    chosen = [max(scores, key=lambda reading: scores[reading])]
    for step in reversed(steps[1:]):
        chosen.append(step[chosen[-1]])
    return chosen[::-1]


def _last(token: str) -> str:
    return spoken(token)[1]
