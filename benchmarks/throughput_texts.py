"""Make the texts that benchmarks/throughput.py measures on: distinct, of any number, length, mix.

Posts of the pool are drawn with a fixed seed, and every copy has a word of another post in the
place of one of its own, so that remembering identical texts flatters nobody.
"""

from __future__ import annotations

import csv
import itertools
import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

SEED = 4
_WORD = re.compile(r"\S+")
_BATCH_ROWS = 20_000


def read_texts(path: Path) -> list[str]:
    """Read the texts of a .jsonl of posts; those without a word are left out."""
    with path.open(encoding="utf-8") as lines:
        return [text for line in lines if _WORD.search(text := json.loads(line)["text"])]


def resample(texts: Sequence[str], n: int, seed: int = SEED) -> list[str]:
    """Draw texts with replacement, and make every copy differ from all others.

    Parameters
    ----------
    texts : sequence of str
        At least one, each with a word.
    n : int
        How many are drawn; fewer are the beginning of more.
    seed : int

    Returns
    -------
    list of str
        No two alike. A word is exchanged for one of another text; where that gives a text that
        is there already (as with texts of one word), words of others are put behind it.
    """
    rng, more = np.random.default_rng(seed), np.random.default_rng(~seed & 0xFFFF)
    words = [[found.span() for found in _WORD.finditer(text)] for text in texts]
    seen: dict[str, None] = {}
    while len(seen) < n:
        # whole blocks, whatever n is: the numbers drawn must not depend on it
        own, other = rng.integers(len(texts), size=(2, _BATCH_ROWS))
        places = rng.random((2, _BATCH_ROWS))
        for i, j, (at, of) in zip(own, other, places.T, strict=True):
            start, end = words[i][int(at * len(words[i]))]
            text = texts[i][:start] + texts[j][slice(*words[j][int(of * len(words[j]))])]
            text += texts[i][end:]
            while text in seen:
                k = int(more.integers(len(texts)))
                text += " " + texts[k][slice(*words[k][-1])]
            seen[text] = None
            if len(seen) == n:
                break
    return list(seen)


def mix(flagged: Sequence[str], others: Sequence[str], n: int, share: float) -> list[str]:
    """Draw texts of two kinds, a share of the first kind, in an order by chance; no two alike."""
    n_flagged, n_others = round(1.01 * n * share), round(1.01 * n * (1 - share)) + 1
    drawn = resample(flagged, n_flagged) + resample(others, n_others, SEED + 1)
    together = list(dict.fromkeys(drawn))
    order = np.random.default_rng(SEED).permutation(len(together))
    return [together[i] for i in order[:n]]


def of_length(texts: Sequence[str], n: int, n_chars: int) -> list[str]:
    """Make texts of exactly so many characters, of posts put behind each other; no two alike."""
    mean = sum(map(len, texts)) / len(texts)
    pieces: Iterator[str] = itertools.chain.from_iterable(
        resample(texts, int(1.2 * n * (n_chars / mean + 1)) + 100, SEED + k)
        for k in itertools.count()
    )
    made: dict[str, None] = {}
    while len(made) < n:
        text = next(pieces)
        while len(text) < n_chars:
            text += "\n" + next(pieces)
        made[text[:n_chars]] = None
    return list(made)


def write_posts(texts: Sequence[str], path: Path) -> None:
    """Write posts with id and text, in the format that the file's ending names."""
    ids = [str(i) for i in range(len(texts))]
    if path.suffix == ".parquet":
        table = pa.table({"id": ids, "text": pa.array(texts, pa.string())})
        pq.write_table(table, path, row_group_size=_BATCH_ROWS)
        return
    with path.open("w", encoding="utf-8", newline="") as stream:
        if path.suffix == ".csv":
            writer = csv.writer(stream)
            writer.writerow(["id", "text"])
            writer.writerows(zip(ids, texts, strict=True))
        else:
            for number, text in zip(ids, texts, strict=True):
                row = {"id": number, "text": text}
                stream.write(json.dumps(row, ensure_ascii=False) + "\n")


def n_bytes(texts: Sequence[str]) -> int:
    """Count the bytes of texts in UTF-8."""
    return sum(len(text.encode()) for text in texts)
