"""Measure the normaliser: right changes, words kept in lawful texts, tricks undone, time.

    python benchmarks/normalisation.py PATH_TO/vilexnorm_dev.csv

prints the figures and writes them to benchmarks/results/normalisation.json. ViLexNorm (CC
BY-NC-SA) is read where it lies and never copied.
"""

from __future__ import annotations

import argparse
import csv
import datetime
import hashlib
import json
import re
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

from adclassifier.text.accents import strip_accents
from adclassifier.text.codepoints import fold_code_points, replace_surrogates
from adclassifier.text.normalize import normalize
from adclassifier.text.offsets import Rewriter

ROOT = Path(__file__).parents[1]
TABLES = {
    "tricks_blind.tsv": {"role": "development"},
    "tricks_blind_final.tsv": {"role": "development", "restored_at_first_sight": "225 of 260"},
    "tricks_blind_third.tsv": {"role": "development", "restored_at_first_sight": "184 of 200"},
    "tricks_own.tsv": {"role": "development", "author": "the author of the rules"},
    "tricks_blind_fourth.tsv": {"role": "development", "restored_at_first_sight": "210 of 220"},
}
"""Which tables rules were written against, or their failures read ("development"): all by now."""

_TOKEN = re.compile(r"⟨[a-z]+⟩|[^\W_]+|[^\w\s]")
_WORD = re.compile(r"[^\W_]+")
_CONTACT = re.compile("⟨[a-z]+⟩")
_TYPICAL_CHARS = 120


@dataclass(frozen=True)
class Changes:
    """What the normaliser did to sentences whose right spelling is known, in tokens."""

    n_changed: int
    n_right: int
    n_to_keep: int
    n_touched: int

    @property
    def precision(self) -> float:
        """Share of the tokens that it changed that are right."""
        return self.n_right / self.n_changed

    @property
    def touched(self) -> float:
        """Share of the tokens that should stay and that it changed."""
        return self.n_touched / self.n_to_keep


def folded(text: str) -> str:
    """Carry out the first stage alone: case, composition, spaces."""
    rewriter = Rewriter(replace_surrogates(text))
    fold_code_points(rewriter)
    return rewriter.text


def compare(pairs: Iterable[tuple[str, str]]) -> tuple[Changes, Counter[tuple[str, str]]]:
    """Compare the canonical text of sentences with their right spelling.

    Parameters
    ----------
    pairs : iterable of (str, str)
        A sentence as it was written and as it should be.

    Returns
    -------
    Changes
        The counts.
    Counter of (str, str)
        The wrong changes: written, put in its place.
    """
    counts: Counter[str] = Counter()
    wrong: Counter[tuple[str, str]] = Counter()
    for written, right in pairs:
        _compare(folded(written), folded(right), counts, wrong)
    names = ("changed", "right", "to_keep", "touched")
    return Changes(*(counts[name] for name in names)), wrong


def _compare(
    written: str, right: str, counts: Counter[str], wrong: Counter[tuple[str, str]]
) -> None:
    """Add the counts of one sentence."""
    canonical = normalize(written)
    found = list(_TOKEN.finditer(canonical.text))
    sources = [canonical.span(*token.span()) for token in found]
    changed = [
        written[first:last] != token[0] and not token[0].startswith("⟨")
        for token, (first, last) in zip(found, sources, strict=True)
    ]
    matched = _matched([token[0] for token in found], _TOKEN.findall(right))
    for place, token in enumerate(found):
        if changed[place]:
            counts["changed"] += 1
            counts["right"] += place in matched
            if place not in matched:
                wrong[written[slice(*sources[place])], token[0]] += 1
    spans = [span for span, change in zip(sources, changed, strict=True) if change]
    tokens = list(_TOKEN.finditer(written))
    for place in _matched([token[0] for token in tokens], _TOKEN.findall(right)):
        start, end = tokens[place].span()
        counts["to_keep"] += 1
        counts["touched"] += any(first < end and start < last for first, last in spans)


def _matched(tokens: list[str], others: list[str]) -> set[int]:
    """Give the places of the tokens that the other list holds, in order."""
    blocks = SequenceMatcher(None, tokens, others, autojunk=False).get_matching_blocks()
    return {place for block in blocks for place in range(block.a, block.a + block.size)}


def read_vilexnorm(path: Path) -> list[tuple[str, str]]:
    """Read the sentences of a ViLexNorm file and their right spelling."""
    with path.open(encoding="utf-8", newline="") as file:
        return [(row["original"], row["normalized"]) for row in csv.DictReader(file)]


def corpus_texts(*, lawful: bool = False) -> Iterator[str]:
    """Give the authored texts, all or those without a label."""
    for path in sorted((ROOT / "data/corpus").glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            record = json.loads(line)
            if not (lawful and record["labels"]):
                yield record["text"]


def words_kept(texts: Iterable[str]) -> float:
    """Give the share of the words that stay, of those that are no trick and no contact.

    A word that was written without accents stays if it only gains them.
    """
    n_words = n_kept = 0
    for text in texts:
        canonical = normalize(text)
        undone = [(trick.start, trick.end) for trick in canonical.tricks]
        undone += [canonical.span(*token.span()) for token in _CONTACT.finditer(canonical.text)]
        kept = {(*canonical.span(*word.span()), word[0]) for word in _WORD.finditer(canonical.text)}
        bare = {(start, end, strip_accents(word)) for start, end, word in kept}
        for start, end, word in _folded_words(text):
            if not any(first < end and start < last for first, last in undone):
                n_words += 1
                n_kept += (start, end, word) in kept or (start, end, word) in bare
    return n_kept / n_words


def _folded_words(text: str) -> Iterator[tuple[int, int, str]]:
    """Give the words after the first stage, with their places in the original."""
    rewriter = Rewriter(replace_surrogates(text))
    fold_code_points(rewriter)
    for word in _WORD.finditer(rewriter.text):
        yield (*rewriter.span(*word.span()), word[0])


def restored(path: Path) -> dict[str, float]:
    """Give the share of the strings of a table of tricks whose clean text comes back, by kind."""
    right: Counter[str] = Counter()
    total: Counter[str] = Counter()
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            tricked = row["tricked"].replace("\\n", "\n")
            same = normalize(tricked).text == normalize(row["clean"]).text
            if row["kind"] == "none":
                same = same and normalize(row["clean"]).text == row["clean"]
            for kind in (row["kind"], "all"):
                right[kind] += same
                total[kind] += 1
    return {kind: right[kind] / total[kind] for kind in sorted(total)}


def milliseconds_per_post(texts: list[str]) -> float:
    """Give the processor time for 120 characters, the tables being read already."""
    for text in texts[:200]:
        normalize(text)
    start = time.process_time()
    for text in texts:
        normalize(text)
    spent = time.process_time() - start
    return 1000 * spent * _TYPICAL_CHARS / sum(map(len, texts))


def measure(vilexnorm: Path) -> dict[str, object]:
    """Measure everything and say on what."""
    changes, _ = compare(read_vilexnorm(vilexnorm))
    tricks = {path.name: restored(path) for path in sorted((ROOT / "tests/data").glob("tricks*"))}
    return {
        "command": f"python benchmarks/normalisation.py {vilexnorm.name}",
        "date": datetime.datetime.now(tz=datetime.UTC).date().isoformat(),
        "data_sha256": hashlib.sha256(vilexnorm.read_bytes()).hexdigest(),
        "vilexnorm": {
            "n_changed": changes.n_changed,
            "share_of_changes_right": round(changes.precision, 4),
            "n_to_keep": changes.n_to_keep,
            "share_of_unchanged_touched": round(changes.touched, 4),
        },
        "lawful_words_kept": round(words_kept(corpus_texts(lawful=True)), 4),
        "tricks_restored": {
            name: TABLES[name] | {kind: round(share, 4) for kind, share in shares.items()}
            for name, shares in tricks.items()
        },
        "ms_per_120_characters": round(milliseconds_per_post(list(corpus_texts())), 3),
    }


def main() -> None:
    """Print the figures and write them down."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("vilexnorm", type=Path, help="vilexnorm_dev.csv")
    result = json.dumps(measure(parser.parse_args().vilexnorm), ensure_ascii=False, indent=2)
    print(result)
    target = ROOT / "benchmarks/results/normalisation.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(result + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
