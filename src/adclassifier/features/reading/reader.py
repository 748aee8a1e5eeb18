"""`Reader`: Arrow strings in, canonical code points out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from adclassifier.features.reading import facts
from adclassifier.features.reading.memo import Memo
from adclassifier.features.reading.readings import with_room
from adclassifier.text.language import is_readable
from adclassifier.text.normalize import MOST_ROUNDS, read_once

#: Times that questions are answered; what is not then goes the plain way.
_MOST_TURNS = 8
_ROOM = 1 << 14
_QUESTIONS = 1 << 18
_UNREAD = 3
_LONGEST_CONTEXT = 160
_MOST_ASKED = _QUESTIONS // 3


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Canonical texts of a batch.

    Parameters
    ----------
    points : ndarray of shape (n_chars,), int32
        Code points, text behind text in any order.
    starts : ndarray of shape (n_texts,), int64
        Where each text begins in ``points``.
    lengths : ndarray of shape (n_texts,), int32
    plain : ndarray of shape (n_texts,), bool
        Which of them went the plain way.
    """

    points: NDArray[np.int32]
    starts: NDArray[np.int64]
    lengths: NDArray[np.int32]
    plain: NDArray[np.bool_]

    def text(self, row: int) -> str:
        """Give one canonical text."""
        start = self.starts[row]
        return self.points[start : start + self.lengths[row]].tobytes().decode("utf-32-le")


class Reader:
    """Reads batches of texts; one for each thread.

    Examples
    --------
    >>> import pyarrow as pa
    >>> batch = Reader().read(pa.array(["THUỐC ko cần đơn", "th.uốc"]))
    >>> batch.text(0), batch.text(1), batch.plain.tolist()
    ('thuốc không cần đơn', 'thuốc', [False, True])
    """

    def __init__(self) -> None:
        from adclassifier.features.reading import building, readable, rounds, slots, words

        self._read_many, self._mark_readable = rounds.read_many, readable.mark_readable
        self._list_questions = slots.list_questions
        self._tables = building.tables()
        self._readings = with_room(building.readings())
        self._memo = Memo()
        self._places = np.zeros(_MOST_ASKED, np.int32)
        self._keys = np.zeros(_MOST_ASKED, np.uint64)
        self._words = words.Words(
            np.zeros((_ROOM, 2), np.int32),
            np.zeros(_ROOM, np.uint64),
            np.zeros(_ROOM, np.int32),
            np.zeros(_ROOM, np.uint64),
            np.zeros(_LONGEST_CONTEXT, np.int32),
            np.zeros(_QUESTIONS, np.int32),
            np.zeros(1, np.int64),
        )
        self._one = np.zeros(_ROOM, np.int32)
        self._other = np.zeros(_ROOM, np.int32)

    def read(self, texts: Any, *, most_rounds: int = MOST_ROUNDS) -> Batch:
        """Bring texts to their canonical spelling.

        Parameters
        ----------
        texts : pyarrow.StringArray or LargeStringArray
            A null reads as an empty text.
        most_rounds : int, default=MOST_ROUNDS
            Rounds carried out at most.

        Returns
        -------
        Batch
            What `text.normalize.normalize` gives for each.
        """
        data, offsets = string_buffers(texts)
        n = len(texts)
        room = np.empty(int(offsets[-1] - offsets[0]) * 2 + 64, np.int32)
        starts, lengths = np.zeros(n, np.int64), np.zeros(n, np.int32)
        status = np.full(n, _UNREAD, np.uint8)
        rows = np.arange(n)
        used = 0
        for _ in range(_MOST_TURNS):
            used = self._read_many(
                data,
                offsets,
                rows,
                self._tables,
                self._memo.answers,
                self._words,
                self._readings,
                self._one,
                self._other,
                room,
                starts,
                lengths,
                status,
                used,
                most_rounds,
            )
            if not self._answer():
                break
            rows = rows[status[rows] >= 2]
        plain = status != 0
        batch = Batch(room[:used], starts, lengths, plain)
        return self._read_plainly(texts, most_rounds, batch) if plain.any() else batch

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

    def _answer(self) -> int:
        """Answer what was asked; return how many questions there were."""
        asked = self._words.questions
        n_found = self._list_questions(
            asked, int(self._words.n_asked[0]), self._memo.answers.keys, self._places, self._keys
        )
        answered = set()
        for place, key in zip(
            self._places[:n_found].tolist(), self._keys[:n_found].tolist(), strict=True
        ):
            if key not in answered:
                answered.add(key)
                kind, size = asked[place : place + 2].tolist()
                question = asked[place + 2 : place + 2 + size].tobytes().decode("utf-32-le")
                self._memo.add(key, *facts.answer(kind, question))
        return len(answered)

    def _read_plainly(self, texts: Any, most_rounds: int, batch: Batch) -> Batch:
        """Carry out a round by the plain normaliser where nothing could be proved, then go on."""
        rows = np.flatnonzero(batch.plain)
        read = [read_once(texts[row].as_py() or "") for row in rows.tolist()]
        written = pa.array([text for text, _ in read], pa.large_string())
        changed = np.array([again for _, again in read])
        pieces, used = [batch.points], len(batch.points)
        if most_rounds > 1 and changed.any():
            rest = self.read(written.filter(pa.array(changed)), most_rounds=most_rounds - 1)
            batch.starts[rows[changed]] = rest.starts + used
            batch.lengths[rows[changed]] = rest.lengths
            pieces.append(rest.points)
            used += len(rest.points)
            rows, read = rows[~changed], [pair for pair in read if not pair[1]]
        for row, (text, _) in zip(rows.tolist(), read, strict=True):
            pieces.append(np.frombuffer(text.encode("utf-32-le"), np.int32))
            batch.starts[row], batch.lengths[row] = used, len(pieces[-1])
            used += len(pieces[-1])
        return Batch(np.concatenate(pieces), batch.starts, batch.lengths, batch.plain)


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
