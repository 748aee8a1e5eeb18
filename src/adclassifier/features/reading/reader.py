"""`Reader`: Arrow strings in, canonical code points out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from adclassifier.features.reading import facts
from adclassifier.features.reading.memo import Memo
from adclassifier.features.reading.readings import with_room
from adclassifier.features.reading.room import Room, as_text
from adclassifier.text.language import is_readable
from adclassifier.text.normalize import MOST_ROUNDS, carry_out
from adclassifier.text.stages import EVERY_STAGE, FOLD, NEXT_ROUND, WORD_TRICKS

if TYPE_CHECKING:
    from adclassifier.features.reading.rounds import Progress

#: Times that questions are answered; the stage of which something is asked then is carried out
#: plainly.
_MOST_TURNS = 8
#: Code points of the longest text that is read: at first, and where longer texts come. Plain code
#: reads what is longer: it takes time in proportion to the length.
_ROOM, _MOST_ROOM = 1 << 14, 1 << 16
_QUESTIONS = 1 << 18
_UNKNOWN, _UNREAD = 2, 3
_AS_IT_WAS = -1
_WORD_TRICK_BITS = EVERY_STAGE >> WORD_TRICKS << WORD_TRICKS
_LONGEST_CONTEXT = 160
_MOST_ASKED = _QUESTIONS // 3


class Written(NamedTuple):
    """A canonical text, and the stages that changed the original; see `text.normalize.retrace`."""

    text: str
    done: int


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Canonical texts of a batch.

    Parameters
    ----------
    points : ndarray of shape (n_chars,), int32
        Code points, text behind text in any order, others between them.
    starts : ndarray of shape (n_texts,), int64
        Where each text begins in ``points``.
    lengths : ndarray of shape (n_texts,), int32
    plain : ndarray of shape (n_texts,), bool
        For which of them plain code carried out a stage.
    done : ndarray of shape (n_texts,), uint16
        Bits of the stages that changed each, or may have, as `text.normalize.retrace` takes them.
    """

    points: NDArray[np.int32]
    starts: NDArray[np.int64]
    lengths: NDArray[np.int32]
    plain: NDArray[np.bool_]
    done: NDArray[np.uint16]

    def written(self, row: int) -> Written:
        """Give one canonical text, and the stages that led to it."""
        return Written(self.text(row), int(self.done[row]))

    def text(self, row: int) -> str:
        """Give one canonical text."""
        start = self.starts[row]
        return as_text(self.points[start : start + self.lengths[row]])


class Reader:
    """Reads batches of texts; one for each thread.

    Parameters
    ----------
    memo : Memo, optional
        What was asked before, and will be; by default the reader begins with nothing.

    Examples
    --------
    >>> import pyarrow as pa
    >>> batch = Reader().read(pa.array(["THUỐC ko cần đơn", "gọi 0912 345 678"]))
    >>> batch.text(0), batch.text(1), batch.plain.tolist()
    ('thuốc không cần đơn', 'gọi ⟨phone⟩', [False, True])
    """

    def __init__(self, memo: Memo | None = None) -> None:
        from adclassifier.features.reading import building, readable, rounds, slots, words

        self._read_many, self._mark_readable = rounds.read_many, readable.mark_readable
        self._list_questions = slots.list_questions
        self._progress = rounds.Progress
        self._tables = building.tables()
        self._readings = with_room(building.readings())
        self._memo = memo or Memo()
        self._places = np.zeros(_MOST_ASKED, np.int32)
        self._keys = np.zeros(_MOST_ASKED, np.uint64)
        self._new_words = words.Words
        self._make_room(_ROOM)

    def _make_room(self, room: int) -> None:
        """Make what is needed to read texts of so many code points."""
        self._words = self._new_words(
            np.zeros((room, 2), np.int32),
            np.zeros(room, np.uint64),
            np.zeros(room, np.int32),
            np.zeros(room, np.uint64),
            np.zeros(room, np.int32),
            np.zeros(_LONGEST_CONTEXT, np.int32),
            np.zeros(_QUESTIONS, np.int32),
            np.zeros(1, np.int64),
        )
        self._one = np.zeros(room, np.int32)
        self._other = np.zeros(room, np.int32)

    def read(self, texts: Any) -> Batch:
        """Bring texts to their canonical spelling.

        Parameters
        ----------
        texts : pyarrow.StringArray or LargeStringArray
            A null reads as an empty text.

        Returns
        -------
        Batch
            What `text.normalize.normalize` gives for each.
        """
        data, offsets = string_buffers(texts)
        progress = self._begin(offsets)
        plain = np.zeros(len(texts), np.bool_)
        room = Room()
        rows = np.arange(len(texts))
        while len(rows):
            self._read_rows(data, rows, progress, room)
            stopped = rows[progress.status[rows] != 0]
            plain[stopped[progress.stages[stopped] != NEXT_ROUND]] = True
            rows, data = self._carry_out(data, stopped, progress, room)
        points = room.points[: room.used]
        return Batch(points, progress.starts, progress.lengths, plain, progress.done)

    def readable(self, batch: Batch) -> NDArray[np.bool_]:
        """Say which texts can be judged, as `text.language.is_readable` does.

        Returns
        -------
        ndarray of shape (n_texts,), bool
        """
        found = np.zeros(len(batch.starts), np.bool_)
        self._mark_readable(
            batch.points, batch.starts, batch.lengths, self._tables.kinds, self._memo.answers, found
        )
        for row in np.flatnonzero(~found).tolist():
            found[row] = is_readable(batch.text(row))
        return found

    def _begin(self, offsets: NDArray[np.int64]) -> Progress:
        """Give the progress of texts that nothing was done to."""
        n = len(offsets) - 1
        return self._progress(
            np.column_stack((offsets[:-1], offsets[1:])),
            np.full(n, FOLD, np.uint8),
            np.full(n, MOST_ROUNDS, np.uint8),
            np.zeros(n, np.bool_),
            np.zeros(n, np.uint16),
            np.zeros(n, np.uint8),
            np.zeros(n, np.int64),
            np.zeros(n, np.int32),
        )

    def _read_rows(
        self, data: NDArray[np.uint8], rows: NDArray[np.int64], progress: Progress, room: Room
    ) -> None:
        """Read texts by compiled code as far as it goes, answering what it asks."""
        progress.status[rows], progress.lengths[rows] = _UNREAD, _AS_IT_WAS
        n_bytes = progress.spans[rows, 1] - progress.spans[rows, 0]
        longest = 2 * int(n_bytes.max())
        if len(self._one) < longest <= _MOST_ROOM:
            self._make_room(_MOST_ROOM)
        room.reserve(2 * int(n_bytes.sum()) + 2 * len(self._one))
        for _ in range(_MOST_TURNS):
            room.used = self._read_many(
                data,
                rows,
                progress,
                self._tables,
                self._memo.answers,
                self._words,
                self._readings,
                self._one,
                self._other,
                room.points,
                room.used,
            )
            if not self._answer():
                break
            rows = rows[progress.status[rows] >= _UNKNOWN]

    def _carry_out(
        self, data: NDArray[np.uint8], rows: NDArray[np.int64], progress: Progress, room: Room
    ) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
        """Carry out the stages that texts stopped at; give those that go on, and their bytes."""
        going: list[int] = []
        written = bytearray()
        for row in rows.tolist():
            text = self._step(row, _text_of(data, row, progress, room), progress)
            if progress.rounds[row]:
                going.append(row)
                start = len(written)
                written += text.encode()
                progress.spans[row] = start, len(written)
            else:
                progress.status[row] = 0
                progress.starts[row], progress.lengths[row] = room.add(text), len(text)
        return np.array(going, np.int64), np.frombuffer(bytes(written) or b"\0", np.uint8)

    def _step(self, row: int, text: str, progress: Progress) -> str:
        """Carry out the stage that a text stopped at; no round is left where that was the last."""
        stage = int(progress.stages[row])
        new = text if stage == NEXT_ROUND else carry_out(stage, text)
        progress.changed[row] |= stage != FOLD and new != text
        if stage != NEXT_ROUND:
            progress.done[row] |= _WORD_TRICK_BITS if stage == WORD_TRICKS else 1 << stage
        if stage == WORD_TRICKS:
            progress.rounds[row] = progress.rounds[row] - 1 if progress.changed[row] else 0
        if stage >= WORD_TRICKS:
            progress.changed[row] = False
        progress.stages[row] = FOLD if stage >= WORD_TRICKS else stage + 1
        return new

    def _answer(self) -> int:
        """Answer what was asked; return how many questions there were."""
        asked, n_asked = self._words.questions, int(self._words.n_asked[0])
        n_found = self._list_questions(
            asked, n_asked, self._memo.answers.keys, self._places, self._keys
        )
        keys, places = self._keys[:n_found].tolist(), self._places[:n_found].tolist()
        # kinds and lengths are small enough to be read as characters too
        text = as_text(asked[:n_asked])
        answers = []
        for key, place in dict(zip(keys, places, strict=True)).items():
            start = place + 2
            question = text[start : start + ord(text[place + 1])]
            answers.append((key, *facts.answer(ord(text[place]), question)))
        self._memo.add(answers)
        return len(answers)


def _text_of(data: NDArray[np.uint8], row: int, progress: Progress, room: Room) -> str:
    """Give a text as it was when it stopped."""
    length = int(progress.lengths[row])
    if length == _AS_IT_WAS:
        start, end = progress.spans[row].tolist()
        return data[start:end].tobytes().decode()
    return room.text(int(progress.starts[row]), length)


def string_buffers(texts: Any) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Give the bytes and the offsets of Arrow strings without copying the bytes.

    Returns
    -------
    data : ndarray, uint8
    offsets : ndarray of shape (n_texts + 1,), int64
    """
    if not len(texts):
        return np.zeros(1, np.uint8), np.zeros(1, np.int64)
    if texts.null_count:
        texts = texts.fill_null("")  # what lies below a null may be anything
    _, offsets, data = texts.buffers()
    wide = str(texts.type) == "large_string"
    own = slice(texts.offset, texts.offset + len(texts) + 1)
    places: NDArray[np.int64] = np.frombuffer(offsets, np.int64 if wide else np.int32)[own].astype(
        np.int64
    )
    empty = data is None or not data.size
    return np.zeros(1, np.uint8) if empty else np.frombuffer(data, np.uint8), places
