"""Count the syllables and pairs of the authored texts for the normaliser's tables.

    python benchmarks/count_syllables.py

writes the counts of syllable_counts.tsv, pairs.tsv and neighbours.tsv in the folder
src/adclassifier/text/tables anew. Rows that are not found again stay. Only texts of data/corpus are
read, which were written for this project.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from adclassifier.text.codepoints import fold_code_points, replace_surrogates
from adclassifier.text.normalize import normalize
from adclassifier.text.offsets import Rewriter
from adclassifier.text.syllables import is_syllable

ROOT = Path(__file__).parents[1]
TABLES = ROOT / "src/adclassifier/text/tables"

_RUN = re.compile(r"(?<![^\W_])[^\W\d_]+(?: [^\W\d_]+)*(?![^\W_])")
_ACCENTED = re.compile("[ăâđêôơưà-ỹ]")
_FEW_LETTERS = 14
"""A line with an accented letter among so many is written with accents."""

_BROKEN = frozenset(["dotted", "spaced", "leet", "telex"])
_LEAST_PAIRS = 2
_LEAST_TIMES = 2


def accented_lines() -> Iterator[set[str]]:
    """Give the accented lines of each authored text, in lower case and composed.

    Texts with broken words are left out: their pieces are no words.
    """
    for path in sorted((ROOT / "data/corpus").glob("*.jsonl")):
        for record in path.read_text(encoding="utf-8").splitlines():
            text = json.loads(record)["text"]
            if any(trick.kind in _BROKEN for trick in normalize(text).tricks):
                continue
            rewriter = Rewriter(replace_surrogates(text))
            fold_code_points(rewriter)
            lines = rewriter.text.split("\n")
            yield {
                line for line in lines if len(_ACCENTED.findall(line)) * _FEW_LETTERS > len(line)
            }


def count() -> tuple[Counter[str], Counter[str]]:
    """Count the syllables, and the texts that hold each pair."""
    singles: Counter[str] = Counter()
    pairs: Counter[str] = Counter()
    for lines in accented_lines():
        found: set[str] = set()
        for run in (run[0].split(" ") for line in lines for run in _RUN.finditer(line)):
            # "khoong" is the keys of không, and a possible syllable
            known = [is_syllable(word) and "oo" not in word for word in run]
            singles.update(word for word, usual in zip(run, known, strict=True) if usual)
            found.update(
                f"{run[place]} {run[place + 1]}"
                for place in range(len(run) - 1)
                if known[place] and known[place + 1]
            )
        pairs.update(found)
    return singles, pairs


def _rewrite(name: str, counted: dict[str, str]) -> None:
    """Put rows into a table in the place of those counted before, and keep the others."""
    lines = (TABLES / name).read_text(encoding="utf-8").splitlines()
    head = [line for line in lines if line.startswith("#")]
    columns, *rows = (line for line in lines if not line.startswith("#"))
    kept = [row for row in rows if row.split("\t")[0] not in counted]
    (TABLES / name).write_text("\n".join([*head, columns, *counted.values(), *kept, ""]), "utf-8")


def _keys(name: str) -> set[str]:
    """Give the first column of the rows that were counted."""
    lines = (TABLES / name).read_text(encoding="utf-8").splitlines()
    return {line.split("\t")[0] for line in lines if line.endswith("\tcorpus")}


def main() -> None:
    """Write the tables and say how large they are."""
    singles, pairs = count()
    n_words = singles.total()
    compounds = _keys("pairs.tsv")
    _rewrite(
        "syllable_counts.tsv",
        {
            word: f"{word}\t{times}\tcorpus"
            for word, times in singles.most_common()
            if times >= _LEAST_TIMES
        },
    )
    cohesive, others = {}, {}
    for pair, times in pairs.most_common():
        first, second = pair.split(" ")
        cohesion = math.log2(times * n_words / (singles[first] * singles[second]))
        if pair in compounds:
            cohesive[pair] = f"{pair}\t{times}\t{cohesion:.1f}\tcorpus"
        elif times >= _LEAST_PAIRS:
            others[pair] = f"{pair}\t{times}\tcorpus"
    _rewrite("pairs.tsv", cohesive)
    _rewrite("neighbours.tsv", others)
    print(f"{n_words} words, {len(singles)} syllables, {len(cohesive)} + {len(others)} pairs")


if __name__ == "__main__":
    main()
