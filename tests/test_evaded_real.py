from __future__ import annotations

import json
import os
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from adclassifier.corpus import clean_source_text, hash_text, read_annotations
from adclassifier.evasion import TRICKS
from adclassifier.lexicon import load_lexicon
from adclassifier.taxonomy import load_taxonomy

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "data" / "evaded"
ROWS: list[dict[str, Any]] = [
    json.loads(line) for line in (FOLDER / "real.jsonl").read_text("utf-8").splitlines()
]
README = (FOLDER / "README.md").read_text("utf-8")
FIELDS = (
    *("id", "source", "sha256", "kinds", "labels"),
    *("offer", "kind", "accept", "borderline", "known"),
)
KINDS = (
    *("violating_ad", "lawful_ad", "news", "warning", "complaint"),
    *("question", "buy_request", "education", "personal", "other"),
)
ANNOTATED = {note.id: note for note in read_annotations(ROOT / "data" / "annotations")}
LABELS = load_taxonomy().label_codes
each_row = pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"])


def own_kinds() -> set[str]:
    """Names that the README defines, beside those of the tricks."""
    return set(re.findall(r"^- `(\w+)`: ", README, flags=re.MULTILINE))


def table(column: str) -> dict[str, tuple[int, ...]]:
    """Read a table of the README: texts, violating, lawful, unseen by the name in a column."""
    body = README.split(f"| {column} | texts |", 1)[1].split("\n\n", 1)[0]
    rows = re.findall(r"^\| `(\w+)` \| (\d+) \| (\d+) \| (\d+) \| (\d+) \|$", body, re.MULTILINE)
    return {name: tuple(map(int, counts)) for name, *counts in rows}


def counted(names: list[tuple[str, dict[str, Any]]]) -> dict[str, tuple[int, ...]]:
    """Count as the README's tables do."""
    texts = Counter(name for name, _ in names)
    violating = Counter(name for name, row in names if row["labels"])
    unseen = Counter(name for name, row in names if not row["known"])
    return {n: (texts[n], violating[n], texts[n] - violating[n], unseen[n]) for n in texts}


def test_real_has_texts_enough() -> None:
    violating = sum(bool(row["labels"]) for row in ROWS)
    assert len(ROWS) >= 150
    assert violating >= 60
    assert len(ROWS) - violating >= 60


@pytest.mark.parametrize("field", ["id", "sha256"])
def test_real_names_a_text_once(field: str) -> None:
    assert max(Counter(row[field] for row in ROWS).values()) == 1


@each_row
def test_real_holds_no_text(row: dict[str, Any]) -> None:
    strings = [row["id"], row["source"], row["kind"], *row["kinds"], *row["labels"], *row["accept"]]
    assert tuple(row) == FIELDS
    assert all(re.fullmatch(r"[\w:-]{1,40}", string, re.ASCII) for string in strings)
    assert re.fullmatch(r"[0-9a-f]{64}", row["sha256"])
    assert row["id"].startswith(f"{row['source']}:")


@each_row
def test_real_uses_known_names(row: dict[str, Any]) -> None:
    assert row["kinds"] == sorted({*row["kinds"]})
    assert row["kinds"]
    assert {*row["kinds"]} <= {*TRICKS} | own_kinds()
    assert {*row["labels"]} <= {*LABELS}
    assert {*row["accept"]} <= {*LABELS, "legal"}
    assert row["kind"] in KINDS


@each_row
def test_real_calls_violating_what_has_a_label(row: dict[str, Any]) -> None:
    assert (row["kind"] == "violating_ad") == bool(row["labels"])
    assert isinstance(row["offer"], bool)
    assert isinstance(row["borderline"], bool)
    assert row["offer"] or not row["labels"]


@each_row
def test_real_says_of_each_text_whether_it_is_annotated(row: dict[str, Any]) -> None:
    note = ANNOTATED.get(row["id"])
    assert (note is not None) == row["known"]
    if note is not None:
        assert (note.sha256, [*note.labels]) == (row["sha256"], row["labels"])


def test_real_keeps_unseen_texts_out_of_training() -> None:
    trained = {note.sha256 for note in ANNOTATED.values()}
    assert not trained & {row["sha256"] for row in ROWS if not row["known"]}


def test_real_keeps_unseen_texts_out_of_the_lexicon() -> None:
    cited = {cue.provenance.removeprefix("real:") for cue in load_lexicon().cues}
    assert not cited & {row["id"] for row in ROWS if not row["known"]}


def test_readme_defines_at_most_five_kinds_of_its_own() -> None:
    assert len(own_kinds()) <= 5
    assert not own_kinds() & {*TRICKS}


def test_readme_counts_kinds_as_the_file_does() -> None:
    assert table("kind") == counted([(kind, row) for row in ROWS for kind in row["kinds"]])


def test_readme_counts_sources_as_the_file_does() -> None:
    assert table("source") == counted([(row["source"], row) for row in ROWS])


def test_readme_gives_the_totals() -> None:
    violating = sum(bool(row["labels"]) for row in ROWS)
    unseen = [row for row in ROWS if not row["known"]]
    assert f"`real.jsonl`: {len(ROWS)} public texts" in README
    assert f"{violating} violating and {len(ROWS) - violating} lawful" in README
    assert f"The {len(unseen)} others are **unseen**" in README
    assert f"{sum(bool(row['labels']) for row in unseen)} of them violate" in README


@pytest.mark.real
def test_real_hashes_are_those_of_the_texts() -> None:
    folder = os.environ.get("ADCLASSIFIER_DATA")
    if not folder:
        pytest.skip("ADCLASSIFIER_DATA names no folder with the public texts")
    hashes = {}
    for name in ("train", "pool"):
        path = Path(folder) / "real_posts" / f"{name}.jsonl"
        for text in map(json.loads, path.read_text("utf-8").split("\n")[:-1]):
            hashes[text["id"]] = text
    assert all(
        hash_text(clean_source_text(hashes[row["id"]]["text"], row["source"])) == row["sha256"]
        for row in ROWS
    )
