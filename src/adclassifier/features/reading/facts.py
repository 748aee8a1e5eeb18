"""What the plain normaliser says of a word, a chain of words, or a word between two others."""

from __future__ import annotations

import functools
from collections.abc import Callable

from adclassifier.text.contacts import (
    ends_as_account,
    words_before_accounts,
    words_behind_accounts,
)
from adclassifier.text.emoji_words import may_be_named
from adclassifier.text.joining import is_spelled_apart, joined_between, joined_chain
from adclassifier.text.language import evidence_of
from adclassifier.text.leet import is_confirmed, kind_of_run, means_itself
from adclassifier.text.mending import mend_cluster, most_pieces
from adclassifier.text.phones import number_units
from adclassifier.text.platforms import is_pun, pun_firsts
from adclassifier.text.respelling import meanings, meant
from adclassifier.text.restoring import lost_accents
from adclassifier.text.separating import separated
from adclassifier.text.short_forms import form_rules
from adclassifier.text.spelling import counts
from adclassifier.text.stages import FIGURE_KEYS, LETTER_KEYS, NO_KEYS
from adclassifier.text.stretching import shortened
from adclassifier.text.telex import decode, is_sure, read_between

#: Kinds of questions.
WORD, CHAIN, RUN, ROW, BARE_ROW, CLUSTER, BARE_CLUSTER, LETTERS, EXCLAIMED = range(1, 10)
RESPELLED, DOUBTFUL, CALLED, CHAIN_BETWEEN = range(10, 14)
#: The first of six: add what `telex.read_between` is to take as shown, twice, and 1 for a text
#: without accents.
KEYS = 14

#: Bits of what is said of a word.
STRETCHED, JOINED, TYPED, PUN, RESPELT, PUN_FIRST = (1 << bit for bit in range(6))
VIETNAMESE, SPELLING, LOST, KNOWN, FOREIGN, NUMBER_WORD, SURE = (1 << bit for bit in range(6, 13))
#: Words that stand before or behind an account's number, or right behind its last figure.
BEFORE_ACCOUNT, BEHIND_ACCOUNT, ENDS_ACCOUNT = (1 << bit for bit in range(13, 16))
#: Letters mixed with figures, letters alone, and no letter beyond ASCII.
MIXED, ALPHABETIC, ASCII = (1 << bit for bit in range(20, 23))
#: How many digits and number words make the word up, at most 15.
UNITS_SHIFT = 16
#: 1 + number of the short form, 0 for none.
FORM_SHIFT = 24
#: What becomes of a chain or a cluster: nothing, plain code has to say, a replacement is known, or
#: the words beside it decide.
STAYS, PLAINLY, REWRITTEN, BETWEEN = range(4)
_MOST_UNITS = 15


def answer(kind: int, text: str) -> tuple[int, str]:
    """Answer a question.

    Parameters
    ----------
    kind : int
    text : str
        The word, chain, run or row; or left word, word, right word, with tabs between.

    Returns
    -------
    fact : int
        Bits of a word; `STAYS` and so on of a chain or a cluster; of the others
        whether plain code has to carry out the stage, or 0 if there may be a replacement.
    replacement : str
        What the question's words become; empty where they stay.
    """
    return _of_word(text) if kind == WORD else _ANSWERS[kind](text)


@functools.cache
def form_numbers() -> dict[str, int]:
    """Give each short form its number."""
    return {form: number for number, form in enumerate(form_rules())}


def _of_word(word: str) -> tuple[int, str]:
    units = number_units(word)
    facts = min(units, _MOST_UNITS) << UNITS_SHIFT
    facts |= (form_numbers().get(word, -1) + 1) << FORM_SHIFT
    facts |= _letters_of(word)
    if word.isdecimal():  # no stage looks at the letters of figures
        return facts, ""
    facts |= NUMBER_WORD * (units > 0)
    mixed = not word.isalpha() and any(map(str.isdecimal, word))
    facts |= MIXED if mixed else ALPHABETIC
    begins, odd = word in pun_firsts(), word not in counts()
    facts |= PUN_FIRST * begins | PUN * ((odd or begins) and is_pun(word))
    own, replacement = _of_odd_word(word) if odd else (0, "")
    return facts | own, replacement


def _letters_of(word: str) -> int:
    """Say what holds of a word whether it is usual or not."""
    known, foreign = evidence_of(word)
    facts = KNOWN * known | FOREIGN * foreign | ASCII * word.isascii()
    facts |= BEFORE_ACCOUNT * (word in words_before_accounts())
    facts |= BEHIND_ACCOUNT * (word in words_behind_accounts())
    facts |= ENDS_ACCOUNT * ends_as_account(word)
    if word.isascii():
        vietnamese, spelling, lost = lost_accents(word)
        facts |= VIETNAMESE * vietnamese | SPELLING * spelling | LOST * lost
    return facts


def _of_odd_word(word: str) -> tuple[int, str]:
    """Say what the stages that look at unusual words alone make of one."""
    facts = 0
    if decode(word):
        facts |= TYPED | (SURE if is_sure(word) else 0)
    once = shortened(word)
    if once:
        return facts | STRETCHED, once
    if meanings(word):
        facts |= RESPELT
    units = separated(word)
    return (facts | JOINED, " ".join(units)) if units else (facts, "")


def _of_chain(chain: str) -> tuple[int, str]:
    new = joined_chain(chain)
    return (BETWEEN, "") if new is None else _written(chain, new)


def _of_chain_between(context: str) -> tuple[int, str]:
    left, chain, right = context.split("\t")
    new = joined_between(left, chain, right)
    return (PLAINLY, "") if new is None else _written(chain, new)


def _written(chain: str, new: str) -> tuple[int, str]:
    return (STAYS, "") if new == chain else (REWRITTEN, new)


def _of_run(run: str) -> tuple[int, str]:
    return int(kind_of_run(run)), ""


def _of_row(row: str, *, accented: bool) -> tuple[int, str]:
    return most_pieces(row, accented=accented), ""


def _of_cluster(context: str, *, accented: bool) -> tuple[int, str]:
    left, cluster, right = context.split("\t")
    n_joins, mended = mend_cluster(left, cluster, right, accented=accented)
    if n_joins == 1:
        return REWRITTEN, mended
    return (PLAINLY if n_joins else STAYS), ""


def _of_letters(row: str) -> tuple[int, str]:
    return int(is_spelled_apart(row)), ""


def _exclaimed(context: str) -> tuple[int, str]:
    left, run, right = context.split("\t")
    return int(not means_itself(left, run, right)), ""


def _doubtful(context: str) -> tuple[int, str]:
    return int(is_confirmed(*context.split("\t"))), ""


def _called(context: str) -> tuple[int, str]:
    return int(may_be_named("".join(context.split("\t")))), ""


def _respelled(context: str) -> tuple[int, str]:
    left, word, right = context.split("\t")
    between = " ".join(filter(None, (left, word, right)))
    start = len(left) + 1 if left else 0
    return 0, meant(between, start, start + len(word))


def _of_keys(context: str, *, accented: bool, shown: int) -> tuple[int, str]:
    return 0, read_between(*context.split("\t"), accented=accented, shown=shown)


_ANSWERS: dict[int, Callable[[str], tuple[int, str]]] = {
    CHAIN: _of_chain,
    CHAIN_BETWEEN: _of_chain_between,
    RUN: _of_run,
    ROW: functools.partial(_of_row, accented=True),
    BARE_ROW: functools.partial(_of_row, accented=False),
    CLUSTER: functools.partial(_of_cluster, accented=True),
    BARE_CLUSTER: functools.partial(_of_cluster, accented=False),
    LETTERS: _of_letters,
    EXCLAIMED: _exclaimed,
    DOUBTFUL: _doubtful,
    CALLED: _called,
    RESPELLED: _respelled,
    **{
        KEYS + 2 * shown + bare: functools.partial(_of_keys, accented=not bare, shown=shown)
        for shown in (NO_KEYS, LETTER_KEYS, FIGURE_KEYS)
        for bare in (False, True)
    },
}
