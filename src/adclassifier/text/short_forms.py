"""Write out the short forms of chat Vietnamese: "ko", "mn", and "k" where it is no thousand."""

from __future__ import annotations

import re
from collections.abc import Iterator, Set
from functools import cache, lru_cache
from typing import NamedTuple

from adclassifier.text import tables
from adclassifier.text.offsets import Edit, Rewriter
from adclassifier.text.spelling import counts

# A sign on either side makes the form part of something else: s/m/l, k-pop, c++, 1.5v
_APART = r"[\w/&+\-'’@#_%*=<>|\\⟨⟩$]"
_ALONE = re.compile(rf"(?<!{_APART})(?<!\w[.,])[^\W\d_][^\W_]*(?!{_APART})(?![.,]\w)")
_BEFORE = re.compile(r"(?<![^\W_])([^\W_]{1,12})[ ,]{1,2}\Z")
_AFTER = re.compile(r"(?:[ ,]{1,2}([^\W_]+)|:)")
# Two single letters on one side; in front "k ạ" does not count
_ROW = re.compile(r"(?: [^\W\d_a-z] [^\W\d_]|(?: [^\W\d_]){3})(?![^\W_])")
_ROW_BEFORE = re.compile(r"(?:[^\w]|_|\A)[^\W\d_] [^\W\d_] ")
INTERJECTIONS = frozenset("ạáàởý")
_REACH = 12


class Rule(NamedTuple):
    """What a short form stands for, and where: see tables/short_forms.tsv."""

    full: str
    rule: str
    words: frozenset[str]


def write_out(rewriter: Rewriter, tokens: Set[str]) -> None:
    """Put the words in the place of their short forms.

    Parameters
    ----------
    rewriter : Rewriter
        Holds text of the first stage.
    tokens : set of str
        The different words of the text.

    Examples
    --------
    >>> def written_out(text):
    ...     rewriter = Rewriter(text)
    ...     tokens = set(text.replace(",", " ").split())
    ...     write_out(rewriter, tokens)
    ...     return rewriter.text
    >>> written_out("hàng này ko có đơn vẫn mua dc nha mn")
    'hàng này không có đơn vẫn mua được nha mọi người'
    >>> written_out("thuốc này k cần đơn, giá 50 k 1 hộp, vitamin k, size s m l, k-pop")
    'thuốc này không cần đơn, giá 50 k 1 hộp, vitamin k, size s m l, k-pop'
    >>> written_out("vk ck mình, ck trước giữ hàng")
    'vợ chồng mình, chuyển khoản trước giữ hàng'
    """
    found = tokens & _forms()
    if found:
        rewriter.apply(list(_edits(rewriter.text, found)))


@cache
def form_rules() -> dict[str, tuple[Rule, ...]]:
    """Read tables/short_forms.tsv: short form to its rules, in their order."""
    rules: dict[str, tuple[Rule, ...]] = {}
    for row in tables.tsv_rows("short_forms.tsv"):
        rule = Rule(row["full"], row["rule"], frozenset(row["words"].split("|")))
        rules[row["short"]] = (*rules.get(row["short"], ()), rule)
    return rules


def free_form(token: str) -> str:
    """Give what a short form stands for most often, without regard to its neighbours.

    Parameters
    ----------
    token : str
        Lower case.

    Returns
    -------
    str
        Empty if it is no short form.

    Examples
    --------
    >>> free_form("mn"), free_form("thuốc")
    ('mọi người', '')
    """
    rules = form_rules().get(token)
    return rules[-1].full if rules else ""


@lru_cache(maxsize=1 << 14)
def spoken(token: str) -> tuple[str, str]:
    """Give the first and the last word that a token stands for, itself if it is no short form.

    Parameters
    ----------
    token : str
        Lower case.

    Returns
    -------
    (str, str)

    Examples
    --------
    >>> spoken("mn"), spoken("thuốc")
    (('mọi', 'người'), ('thuốc', 'thuốc'))
    """
    full = token if token in counts() else free_form(token) or token
    parts = full.split(" ")
    return parts[0], parts[-1]


@cache
def _forms() -> frozenset[str]:
    """Give the short forms of the table."""
    return frozenset(form_rules())


@cache
def letter_names() -> frozenset[str]:
    """Read the words behind which a single letter is a name: vitamin k, size a, khối b."""
    return frozenset(tables.toml_table("letter_names.toml")["words"].split())


def _edits(text: str, found: Set[str]) -> Iterator[Edit]:
    """Write out the forms that stand alone and whose neighbours fit."""
    for start, end in sorted(place for form in found for place in _places(text, form)):
        full = _full(text, start, end) if _ALONE.match(text, start) else ""
        if full:
            yield Edit(start, end, full, "short_form")


def _places(text: str, form: str) -> Iterator[tuple[int, int]]:
    """Give the places where a form is a whole token."""
    start = text.find(form)
    while start >= 0:
        end = start + len(form)
        if not text[start - 1 : start].isalnum() and not text[end : end + 1].isalnum():
            yield start, end
        start = text.find(form, end)


def _full(text: str, start: int, end: int) -> str:
    """Apply the first rule that fits the neighbours."""
    before = _BEFORE.search(text[max(0, start - _REACH) : start])
    after = _AFTER.match(text, end, end + _REACH)
    left, right = before[1] if before else "", (after[1] or ":") if after else ""
    rules = form_rules()[text[start:end]]
    in_row = rules[0].rule == "free" and _in_letter_row(text, start, end, left, right)
    for rule in rules:
        if _fits(rule, left, right, in_row=in_row):
            return rule.full
    return ""


def _fits(rule: Rule, left: str, right: str, *, in_row: bool) -> bool:
    """Say whether a rule's condition holds between two words; empty where there is none."""
    if rule.rule == "always":
        return True
    if rule.rule == "after":
        return left in rule.words
    if rule.rule == "before":
        return right in rule.words
    if rule.rule == "apart":
        return left not in rule.words and right not in rule.words and not left[-1:].isdecimal()
    names = in_row or left in letter_names()
    return not names and not left[-1:].isdecimal() and not right[:1].isdecimal()


def _in_letter_row(text: str, start: int, end: int, left: str, right: str) -> bool:
    """Say whether a single letter that is no short form stands beside it.

    An accented one is a word where the row ends with it ("được k ạ"), but not in "t h ắ t".
    """
    if _is_no_word(left) or _is_no_word(right):
        return True
    if len(left) == 1 and _ROW_BEFORE.match(text, max(0, start - 5)):
        return True
    return len(right) == 1 and _ROW.match(text, end) is not None


def _is_no_word(word: str) -> bool:
    if len(word) != 1 or not word.isalpha():
        return False
    return word not in INTERJECTIONS and word not in form_rules()
