"""Read key strokes of Telex ("thuoosc") and VNI ("thuo61c") that were never turned to letters."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache

from adclassifier.text import tables
from adclassifier.text.accents import strip_accents
from adclassifier.text.language import latin_words
from adclassifier.text.neighbours import around, pair_count
from adclassifier.text.offsets import Edit, Rewriter
from adclassifier.text.spelling import counts, is_pair, readings, weight, words
from adclassifier.text.stages import FIGURE_KEYS, LETTER_KEYS, MANY_KEYS, NO_KEYS
from adclassifier.text.syllables import bare_syllables, is_syllable

_TONES = {"s": "\u0301", "f": "\u0300", "r": "\u0309", "x": "\u0303", "j": "\u0323"}
_VNI_TONES = {"1": "\u0301", "2": "\u0300", "3": "\u0309", "4": "\u0303", "5": "\u0323"}
_VNI_SHAPES = {"6": ("aeo", "\u0302"), "7": ("ou", "\u031b"), "8": ("a", "\u0306")}
_CIRCUMFLEX = {"aa": "â", "ee": "ê", "oo": "ô"}
_TELEX_SHAPE = re.compile("aa|ee|oo|dd|[aou]w")
_TELEX_TOKEN = re.compile(r"[a-z]{2,9}")
# Only a tone key alone between vowels, and w, make one syllable of two
_TWO_SYLLABLES = re.compile("[aeiouy](?![sfrxj][aeiouy])[^aeiouyw]+[aeiouy]")
_VNI_TOKEN = re.compile(r"(?a)[a-z]{1,8}\d[a-z\d]{0,8}")
_TOKEN = re.compile(r"[^\W_]+")
_BARE_VOWEL = re.compile("[aeiouy]")
_VOWEL = "aăâeêioôơuưy"

# A tone key before a coda that it does not stand before in other languages: "basn"
_INNER_TONE = re.compile(r"[aeiouy](?:s(?:n|ng|nh)|x(?:n|ng|nh|m|c|ch|p)|r(?:ng|nh))\Z")
_ACCENTED = re.compile("[ăâđêôơưà-ỹ]")
_FEW = 20
"""A text with an accented letter among so many is written in Vietnamese with accents."""
_SURE_TONES = frozenset("fj")
_SELDOM = 3
"""Count from which a syllable is read at all, unless its keys give both shape and tone."""
_USUAL = 20
"""Count from which a syllable is read out of a tone key alone ("cos" for có)."""


def read_keys(rewriter: Rewriter, odd: Iterable[str]) -> None:
    """Read the tokens among ``odd`` as key strokes where a usual syllable comes out.

    A token that might be a foreign word ("moon", "cos") is read only beside one that cannot, or
    if there are three of them.

    Parameters
    ----------
    rewriter : Rewriter
        Holds text of the first stage.
    odd : iterable of str
        Tokens of the text that are no syllables.

    Examples
    --------
    >>> def read(text):
    ...     rewriter = Rewriter(text)
    ...     read_keys(rewriter, text.split())
    ...     return rewriter.text
    >>> read("basn thuoosc giarm caan tieeru dduwowngf")
    'bán thuốc giảm cân tiểu đường'
    >>> read("thuo61c d9a85c tri5 d9u7o7ng2")
    'thuốc đặc trị đường'
    >>> read("test list max size box sos test see too zoom good b12 so1 nha2 covid")
    'test list max size box sos test see too zoom good b12 so1 nha2 covid'
    """
    read = {token: new for token in odd if (new := decode(token))}
    if not read:
        return
    shown = _shown(read)
    known = {token for token in read if _is_known(token, read[token], shown)}
    rewriter.apply(list(_edits(rewriter.text, read, known)))


def _shown(read: Iterable[str]) -> int:
    """Say how a text shows key strokes, by the tokens that may be some."""
    sure = list(filter(is_sure, read))
    if not all(map(str.isalpha, sure)):
        return FIGURE_KEYS
    return LETTER_KEYS if sure or sum(map(str.isalpha, read)) >= MANY_KEYS else NO_KEYS


def _is_known(token: str, new: str, shown: int) -> bool:
    """Say whether a token is read in a text for what that shows of key strokes."""
    if shown == NO_KEYS:
        return False
    if not token.isalpha():
        # a digit at the end counts something (so1, nha2) unless VNI was used elsewhere
        return shown == FIGURE_KEYS
    shaped = _TELEX_SHAPE.search(token) is not None or _tone_key(token) in _SURE_TONES
    return token not in _own_words() and (shaped or weight(new) >= _USUAL)


def _is_placed(token: str, new: str, left: str, right: str, *, accented: bool) -> bool:
    """Say whether key strokes make a usual pair with a neighbour ("giá rer": giá rẻ)."""
    if token in _own_words():
        return pair_count(left, new, right) >= _USUAL // 2
    if is_pair(left, new) or is_pair(new, right):
        return True
    if not (left + right and accented) or token in latin_words():
        return False
    if not token.isalpha():
        return pair_count(left, new, right) > 1
    shaped = _TELEX_SHAPE.search(token) is not None and len(token) > 2
    usual = shaped and weight(new) >= _USUAL
    return usual or _tone_key(token) in _SURE_TONES or pair_count(left, new, right) > 0


def read_between(left: str, token: str, right: str, *, accented: bool, shown: int) -> str:
    """Give the syllable that `read_keys` writes for key strokes between two words.

    Parameters
    ----------
    left, right : str
        The words beside it; empty where there is none.
    token : str
        The key strokes.
    accented : bool
        Whether the text is written with accents.
    shown : int
        `FIGURE_KEYS` where a token with figures `is_sure`; `LETTER_KEYS` where another one is, or
        `MANY_KEYS` different ones of letters may be key strokes; else `NO_KEYS`.

    Returns
    -------
    str
        Empty where it stays.

    Examples
    --------
    >>> read_between("giá", "rer", "", accented=True, shown=NO_KEYS)
    'rẻ'
    >>> [read_between("the", "rer", "", accented=True, shown=k) for k in (NO_KEYS, LETTER_KEYS)]
    ['', 'rẻ']
    """
    new = decode(token)
    if _is_known(token, new, shown):
        return new
    left, right = (side if side in counts() else decode(side) or side for side in (left, right))
    return new if _is_placed(token, new, left, right, accented=accented) else ""


def decode(token: str) -> str:
    """Give the syllable that a token's key strokes make, or an empty string.

    Parameters
    ----------
    token : str
        Lower case.

    Returns
    -------
    str
        A usual syllable with accents; empty when the token is a word or a possible syllable
        itself, or when nothing usual comes out.

    Examples
    --------
    >>> decode("thuoosc"), decode("thuo61c"), decode("zalo"), decode("thuoc")
    ('thuốc', 'thuốc', '', '')
    """
    if token.isalpha():
        keys = _TELEX_TOKEN.fullmatch(token) and not _TWO_SYLLABLES.search(token)
        return _telex(token) if keys else ""
    return _vni(token) if len(token) < 10 and _VNI_TOKEN.fullmatch(token) else ""


@cache
def _own_words() -> frozenset[str]:
    """Read the words that stay as they are, though key strokes might make them."""
    listed = tables.toml_table("telex.toml")["words"].split()
    return words().union(listed)


@lru_cache(maxsize=1 << 12)
def _telex(token: str) -> str:
    """Read a token as Telex: doubled vowels, w, dd, and one tone key behind the vowel."""
    if token in words() or (token in bare_syllables() and weight(token)):
        return ""
    shaped = _TELEX_SHAPE.search(token) is not None
    place = _tone_place(token)
    if not shaped and not place and "w" not in token:
        return ""
    candidates = [(token, "")]
    if place:
        candidates.insert(0, (token[:place] + token[place + 1 :], _TONES[token[place]]))
    for letters, tone in candidates:
        written = _shape_telex(letters)
        if strip_accents(written) not in readings():
            continue
        syllable = _with_tone(written, tone)
        least = 1 if shaped and tone else _SELDOM
        if not syllable.isascii() and is_syllable(syllable) and counts().get(syllable, 0) >= least:
            return syllable
    return ""


def _tone_key(token: str) -> str:
    """Give the tone key of a token, or nothing."""
    place = _tone_place(token)
    return token[place] if place else ""


def _tone_place(token: str) -> int:
    """Find the last tone key behind a vowel; 0 if there is none."""
    first = _BARE_VOWEL.search(token)
    if first:
        for place in range(len(token) - 1, first.start(), -1):
            if token[place] in _TONES:
                return place
    return 0


def is_sure(token: str) -> bool:
    """Say whether a token alone shows that keys were struck: f or j for a tone, dd, two keys."""
    if not token.isalpha():
        return not token[-1].isdigit() or sum(map(str.isdigit, token)) > 1
    key, place = _tone_key(token), _tone_place(token)
    shaped = _TELEX_SHAPE.search(token) is not None
    sure = token.startswith("dd") or key in _SURE_TONES or _INNER_TONE.search(token) is not None
    return sure or (shaped and place > 0)


def _shape_telex(letters: str) -> str:
    """Apply the keys for đ, â, ê, ô, ă, ơ, ư."""
    if letters.startswith("dd"):
        letters = "đ" + letters[2:]
    for keys, letter in _CIRCUMFLEX.items():
        letters = letters.replace(keys, letter, 1)
    if "w" not in letters:
        return letters
    letters = re.sub("u?w?ow|uwo", lambda keys: "ươ" if "u" in keys[0] else "ơ", letters, count=1)
    letters = letters.replace("aw", "ă", 1).replace("uw", "ư", 1)
    return re.sub("(?<![aeiouyăâêôơư])w", "ư", letters, count=1)


def _vni(token: str) -> str:
    """Read a token as VNI: digits for shapes and tones behind a vowel, 9 behind d."""
    letters, tone, shapes = "", "", 0
    for sign in token:
        if sign in _VNI_SHAPES:
            bases, mark = _VNI_SHAPES[sign]
            letters, done = _mark_last(letters, bases, mark)
            shapes += 1
            if not done:
                return ""
        elif sign in _VNI_TONES and not tone and any(letter in _VOWEL for letter in letters):
            tone = _VNI_TONES[sign]
        elif sign == "9" and letters.startswith("d"):
            letters, shapes = "đ" + letters[1:], shapes + 1
        elif sign.isdigit():
            return ""
        else:
            letters += sign
    syllable = _with_tone(letters, tone)
    inner = not token[-1].isdigit() and len(token) > 3
    usual = counts().get(syllable, 0) >= (1 if (shapes and tone) or inner else _USUAL)
    return syllable if usual and not syllable.isascii() else ""


def _mark_last(letters: str, bases: str, mark: str) -> tuple[str, bool]:
    """Put a mark onto the last of some vowels; onto both of uo for ươ."""
    places = [place for place, letter in enumerate(letters) if letter in bases]
    if not places:
        return letters, False
    place = places[-1]
    joined = unicodedata.normalize("NFC", letters[place] + mark)
    letters = letters[:place] + joined + letters[place + 1 :]
    if joined == "ơ" and place and letters[place - 1] == "u":
        letters = letters[: place - 1] + "ươ" + letters[place + 1 :]
    return letters, True


def _with_tone(letters: str, tone: str) -> str:
    """Put a tone mark where it makes a usual syllable, else where it makes any."""
    if not tone:
        return letters
    tries = [
        unicodedata.normalize("NFC", letters[: place + 1] + tone + letters[place + 1 :])
        for place, letter in enumerate(letters)
        if letter in _VOWEL
    ]
    return max(tries, key=lambda syllable: counts().get(syllable, 0), default=letters)


def _edits(text: str, read: dict[str, str], known: set[str]) -> Iterator[Edit]:
    """Put the syllables in the place of their key strokes."""
    accented = len(_ACCENTED.findall(text)) * _FEW > len(text)
    for match in _TOKEN.finditer(text):
        token = match[0]
        new = read.get(token)
        if not new:
            continue
        left, right = (read.get(word, word) for word in around(text, *match.span()))
        if token in known or _is_placed(token, new, left, right, accented=accented):
            yield Edit(*match.span(), new, "telex")
