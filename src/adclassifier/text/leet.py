"""Read digits and signs inside words as the letters they stand for: "thu0c", "x@ch t@y"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import IntEnum
from functools import cache, lru_cache
from itertools import islice, product

from adclassifier.text import tables
from adclassifier.text.leet_neighbours import beside_left, beside_right
from adclassifier.text.leet_rows import has_readings, has_sure, is_exclaimed, is_read, row_edits
from adclassifier.text.neighbours import around, best_fit, pair_count
from adclassifier.text.offsets import Edit, Rewriter
from adclassifier.text.spelling import (
    counts,
    is_unit,
    restorations,
    usual_reading,
    weight,
    words,
)

_TOKEN = re.compile(
    r"(?<!\w)(?:ch|kh|ng|nh|ph|th|tr)!(?!\w)"
    r"|(?<![\w@$€£!|])(?:[@$€£]|[^\W_])(?:[^\W_]|[@$€£!|+](?=[^\W_]))++[@$€£]?(?![@$€£])"
)
# Begins with the sign: patterns that begin with a class are searched fast
_GATE = re.compile(r"[\d@$€£!|+](?:(?<=[^\W\d_].)|(?<![^\W_].)(?=[^\W\d_]{2}))")
# 850k, 1tr2, 10kg, 2in1, 3m5: a number with its unit
_QUANTITY = re.compile(r"\d+[a-zđ]{0,3}\d*|[a-zđ]{1,2}\d{1,4}|\d+[a-zđ]+\d+")
# Letters with one sign for a letter: read only where a neighbour confirms it
_DOUBTFUL = re.compile(r"[^\W\d_]{1,5}[013479@!][^\W\d_]{0,2}")
_THREE_DIGITS = re.compile(r"\d{3}")
_NAMED = re.compile(r"(?:vitamin|size|loại|mã|lô|tầng|phòng|quận|block|khối) \Z")
_MOST_READINGS = 64
_LONGEST = 12
_RARE = 2
_HALF = 0.5
"""Share of the chances of all readings from which one is taken."""
_LIKELY = 0.4
"""The same where it was seen beside a neighbour and a word without accents is the alternative."""


def read_leet(rewriter: Rewriter) -> None:
    """Write letters for the digits and signs inside words, where a word comes out.

    Parameters
    ----------
    rewriter : Rewriter
        Holds text of the first stage.

    Examples
    --------
    >>> def read(text):
    ...     rewriter = Rewriter(text)
    ...     read_leet(rewriter)
    ...     return rewriter.text
    >>> read("bán thu0c kh@ng sinh, ch1nh hãng, t3l3, xách t@y, $hip c0d")
    'bán thuốc kháng sinh, chính hãng, tele, xách tay, ship cod'
    >>> read("giá 850k 1tr2, vitamin b12 d3 k2, 2in1, h2o, covid19, size39, mp3, 5anh, b2b, 10kg")
    'giá 850k 1tr2, vitamin b12 d3 k2, 2in1, h2o, covid19, size39, mp3, 5anh, b2b, 10kg'
    """
    text = rewriter.text
    if not _GATE.search(text):
        return
    accented = not text.isascii()
    edits = row_edits(text, _letters()) if accented else None
    rewriter.apply(list(_edits(text, accented)) if edits is None else edits)


@lru_cache(maxsize=1 << 14)
def decode(token: str) -> str | None:
    """Give the word that a token with digits or signs stands for, without choosing its accents.

    Parameters
    ----------
    token : str
        Lower case, no spaces.

    Returns
    -------
    str or None
        The most usual word or syllable among the readings; None if none is usual, or if the token
        may be a quantity or the name of a model.

    Examples
    --------
    >>> decode("thu0c"), decode("1oại"), decode("0mega"), decode("1tr2"), decode("covid19")
    ('thuoc', 'loại', 'omega', None, None)
    """
    if not 3 <= len(token) <= _LONGEST or _THREE_DIGITS.search(token):
        return None
    choices = _choices(token)
    if not "".join(choices).isalpha() or not _is_odd(token):
        return None
    readings = map("".join, islice(product(*choices), _MOST_READINGS))
    best = max(readings, key=_rank)
    if best in words():
        return best
    return best if _rank(best) and not _QUANTITY.fullmatch(token) and _well_placed(token) else None


def is_leet(token: str) -> bool:
    """Say whether signs of a token may stand for letters of a word.

    Parameters
    ----------
    token : str
        Lower case, no spaces.

    Returns
    -------
    bool

    Examples
    --------
    >>> is_leet("g!ảm"), is_leet("gi.ảm")
    (True, False)
    """
    return is_read(token, _letters())


class Run(IntEnum):
    """What `read_leet` may do with a run of letters, digits and signs, whatever stands around it.

    It leaves an ``IDLE`` one as it is, one that ``MAY_FOLLOW`` unless another of the text is sure,
    an ``EXCLAIMED`` word where `means_itself` says so, a ``DOUBTFUL`` one where `is_confirmed` does
    not.
    """

    IDLE = 0
    MAY_BE_READ = 1
    MAY_FOLLOW = 2
    EXCLAIMED = 3
    DOUBTFUL = 4


def kind_of_run(run: str) -> Run:
    """Say what may be done with a run.

    Parameters
    ----------
    run : str
        Letters, digits and signs for letters, as long as they follow each other.

    Returns
    -------
    Run

    Examples
    --------
    >>> [kind_of_run(run).name for run in ("thu0c", "x250", "đẹp!!", "đồ!")]
    ['MAY_BE_READ', 'IDLE', 'IDLE', 'EXCLAIMED']
    >>> kind_of_run("p1").name
    'DOUBTFUL'
    """
    if run.isalnum() and not _letters().keys() >= set(filter(str.isdecimal, run)):
        return Run.IDLE  # a figure stands for no letter
    tokens = [match[0] for match in _TOKEN.finditer(run)]
    odd = [token for token in tokens if not (token.isalpha() or token.isdecimal())]
    doubtful = [token for token in odd if _DOUBTFUL.fullmatch(token)]
    if any(decode(token) is not None for token in odd) or (doubtful and odd != [run]):
        return Run.MAY_BE_READ
    if has_sure(run, _letters()):
        plain = run.rstrip("!").isalpha() and not doubtful
        return Run.EXCLAIMED if plain else Run.MAY_BE_READ
    if doubtful:
        return Run.DOUBTFUL
    return Run.MAY_FOLLOW if has_readings(run, _letters()) else Run.IDLE


def means_itself(left: str, run: str, right: str) -> bool:
    """Say whether an exclaimed word is left as it is between two words; see `is_exclaimed`."""
    return is_exclaimed(left, run, right, _letters())


def is_confirmed(before: str, run: str, behind: str) -> bool:
    """Say whether a doubtful run is read between what stands around it.

    Parameters
    ----------
    before, behind : str
        Sixteen characters on either side, fewer at the ends of the text.
    run : str

    Returns
    -------
    bool

    Examples
    --------
    >>> is_confirmed("bán hàng ", "gi4", " rẻ"), is_confirmed("file ", "mp3", "")
    (True, False)
    """
    edit = Edit(len(before), len(before) + len(run), run, "leet")
    return _confirmed(before + run + behind, edit, Edit(0, 0, "")) is not None


@cache
def _letters() -> dict[str, str]:
    """Read tables/leet.toml: sign to the letters it may stand for."""
    return dict(tables.toml_table("leet.toml")["letters"])


def _choices(token: str) -> list[str]:
    """Give the letters that each letter or sign may stand for."""
    table = _letters()
    return [table.get(sign, sign) for sign in token]


def _rank(reading: str) -> int:
    """Order the readings of a token; 0 for those that are no word."""
    return weight(reading) + 1 if is_unit(reading) and weight(reading) else 0


def _is_odd(token: str) -> bool:
    """Refuse numbers, and digits at the ends of what is a word without them (5anh, mua3)."""
    body = token.strip("0123456789")
    return sum(map(str.isalpha, token)) > 1 and (body == token or weight(body) <= _RARE)


def _well_placed(token: str) -> bool:
    """Refuse a digit at the end, which may count something, unless there is another inside."""
    body = token.strip("0123456789")
    return token[-1] not in "123456789" or any(not sign.isalpha() for sign in body)


def _edits(text: str, accented: bool) -> Iterator[Edit]:
    """Read the tokens of a text; in an accented text accents are restored."""
    last = Edit(0, 0, "")
    for match in _TOKEN.finditer(text):
        token = match[0]
        if token.isalpha() or token.isdecimal() or match.start() < last.end:
            continue
        word = decode(token)
        edit: Edit | None = Edit(*match.span(), word or token, "leet")
        if accented and edit:
            edit = _accented(text, edit, token, last) if word else _confirmed(text, edit, last)
        if edit and (word or accented):
            last = edit
            yield edit


def _accented(text: str, edit: Edit, token: str, last: Edit) -> Edit:
    """Restore the accents that a word lost with its signs, as its neighbours ask for."""
    if edit.text in words():
        return edit
    best, share, seen = _best(text, edit._replace(text=token), last)
    if seen and share > _LIKELY:
        return edit._replace(text=best)
    paired = beside_left(text, edit, last) or beside_right(text, edit)
    usual = best if share > _HALF and not counts().get(edit.text) else usual_reading(edit.text)
    return paired or edit._replace(text=usual)


def _best(text: str, edit: Edit, last: Edit) -> tuple[str, float, int]:
    """Choose the syllable that fits the neighbours; give its share and how often it was seen."""
    token = edit.text
    left, right = around(text, edit.start, edit.end)
    if last.end and last.end + 1 == edit.start:
        left = last.text.rpartition(" ")[2]
    signs = {place for place, sign in enumerate(token) if not sign.isalpha()}
    choices = _choices(token)
    readings = map("".join, islice(product(*choices), _MOST_READINGS))
    found = {full for reading in readings for full in restorations(reading, signs)}
    best, share = best_fit(left, found, right)
    return best, share, pair_count(left, best, right) if best else 0


def _confirmed(text: str, edit: Edit, last: Edit) -> Edit | None:
    """Read a token that may be something else (tr1, mu4, s1) where a neighbour confirms it."""
    token = edit.text
    if not _DOUBTFUL.fullmatch(token) or _NAMED.search(text, max(0, edit.start - 12), edit.start):
        return None
    best, share, seen = _best(text, edit, last)
    if len(token) > 2 and share > _HALF and (seen > 1 or _is_broken(token)):
        return edit._replace(text=best)
    choices = _choices(token)
    for reading in map("".join, islice(product(*choices), _MOST_READINGS)):
        candidate = edit._replace(text=reading)
        for found in (beside_left(text, candidate, last), beside_right(text, candidate)):
            if found:
                return found
    return None


def _is_broken(token: str) -> bool:
    """Say whether an accented token is no syllable without its sign either ("muố1", "đư0c")."""
    letters = "".join(filter(str.isalpha, token))
    return not letters.isascii() and weight(letters) <= _RARE and not token[0].isdecimal()
