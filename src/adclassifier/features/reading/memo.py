"""What was asked of the plain normaliser, remembered for compiled code: open addressing by key."""

from __future__ import annotations

import functools
import threading
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

#: Keys from which the memory is emptied: a stream of new words must not fill the machine.
MOST_KEYS = 1 << 20
_FEWEST_SLOTS = 1 << 15
_FEWEST_WORDS, _FEWEST_LETTERS = 1 << 8, 1 << 12


#: A key, its fact, and what a word becomes.
Entry = tuple[int, int, str]


class Answers(NamedTuple):
    """Arrays of a `Memo`, for compiled code.

    Parameters
    ----------
    keys : ndarray of shape (n_slots,), uint64
        0 for an empty slot; ``n_slots`` is a power of two.
    facts : ndarray of shape (n_slots,), int64
        Bits of `facts`, or a yes or no.
    words : ndarray of shape (n_slots,), int32
        Number of the replacement of a word, -1 for none.
    starts : ndarray, int32
        Where each replacement stands in ``letters``, and one more; with room for others.
    letters : ndarray, int32
        Code points, with room for more.
    """

    keys: NDArray[np.uint64]
    facts: NDArray[np.int64]
    words: NDArray[np.int32]
    starts: NDArray[np.int32]
    letters: NDArray[np.int32]


class Memo:
    """Answers by key.

    Compiled code may read ``answers`` while another thread adds: arrays that are full give way to
    new ones, and a key is written behind its answer. Threads that add wait for each other.
    """

    def __init__(self) -> None:
        self._adding = threading.Lock()
        self._numbers: dict[str, int] = {}
        self._news: list[Entry] | None = None
        self.clear()

    def clear(self) -> None:
        """Forget everything."""
        self._size = 0
        self._numbers.clear()
        self.answers = _empty(
            _FEWEST_SLOTS, np.zeros(_FEWEST_WORDS, np.int32), np.zeros(_FEWEST_LETTERS, np.int32)
        )

    def add(self, answers: Iterable[Entry]) -> None:
        """Remember answers.

        Parameters
        ----------
        answers : iterable of (int, int, str)
            The key of each, 64 bits and not 0; its fact; and what a word becomes, empty where it
            stays.
        """
        with self._adding:
            new = [answer for answer in answers if self._keep(*answer)]
            if self._news is not None:
                self._news += new

    def _keep(self, key: int, fact: int, replacement: str) -> bool:
        """Write an answer; False if it stood there."""
        if self._size >= MOST_KEYS:
            self.clear()
        if 2 * self._size >= len(self.answers.keys):
            self._grow()
        number = self._number(replacement) if replacement else -1
        is_new = _put(self.answers, key, fact, number)
        self._size += is_new
        return is_new

    def listen(self) -> None:
        """Note from now on what is added, for `take_news`."""
        self._news = []

    def take_news(self) -> list[Entry]:
        """Give what was added since the last time.

        Returns
        -------
        list of (int, int, str)
            As `add` takes them, without what `learn` added.
        """
        with self._adding:
            news, self._news = self._news or [], None if self._news is None else []
        return news

    def learn(self, news: Iterable[Entry]) -> None:
        """Add what another memory, in another process, was told.

        Parameters
        ----------
        news : iterable of (int, int, str)
            What its `take_news` gave.
        """
        with self._adding:
            for answer in news:
                self._keep(*answer)

    def _number(self, replacement: str) -> int:
        """Give the number of a replacement."""
        found = self._numbers.get(replacement)
        if found is None:
            found = self._numbers[replacement] = len(self._numbers)
            start = int(self.answers.starts[found])
            end = start + len(replacement)
            self._make_room(found + 2, end)
            letters = np.frombuffer(replacement.encode("utf-32-le"), np.int32)
            self.answers.letters[start:end] = letters
            self.answers.starts[found + 1] = end
        return found

    def _make_room(self, n_starts: int, n_letters: int) -> None:
        """Have room for so many letters, and places in them.

        Who reads the old arrays must find no key there of what stands in the new ones only.
        """
        starts = _with_room(self.answers.starts, n_starts)
        letters = _with_room(self.answers.letters, n_letters)
        if starts is not self.answers.starts or letters is not self.answers.letters:
            old = self.answers
            slots = old.keys.copy(), old.facts.copy(), old.words.copy()
            self.answers = Answers(*slots, starts, letters)

    def _grow(self) -> None:
        """Move everything to arrays twice as large."""
        from adclassifier.features.reading.slots import move_answers

        old = self.answers
        new = _empty(2 * len(old.keys), old.starts, old.letters)
        move_answers(old, new)
        self.answers = new


@functools.cache
def shared_memo() -> Memo:
    """Give the memory of all readers of this process: each word is asked for once.

    Returns
    -------
    Memo
    """
    return Memo()


def _with_room(old: NDArray[np.int32], size: int) -> NDArray[np.int32]:
    """Give an array of at least a size: the same, or a copy that is twice as large."""
    if size <= len(old):
        return old
    new = np.zeros(max(size, 2 * len(old)), np.int32)
    new[: len(old)] = old
    return new


def _empty(n_slots: int, starts: NDArray[np.int32], letters: NDArray[np.int32]) -> Answers:
    return Answers(
        np.zeros(n_slots, np.uint64),
        np.zeros(n_slots, np.int64),
        np.full(n_slots, -1, np.int32),
        starts,
        letters,
    )


def _put(answers: Answers, key: int, fact: int, word: int) -> bool:
    """Write an answer into its slot; False if it stood there."""
    mask = len(answers.keys) - 1
    slot = (key >> 17) & mask
    while found := answers.keys.item(slot):
        if found == key:
            return False
        slot = (slot + 1) & mask
    answers.facts[slot] = fact
    answers.words[slot] = word
    answers.keys[slot] = key
    return True
