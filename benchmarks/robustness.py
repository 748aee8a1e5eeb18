"""Measure what must not change a decision: placeholders or contacts, lawful text around a post.

Prints the figures and keeps them in benchmarks/results/robustness.json.
"""

from __future__ import annotations

import argparse
import dataclasses
import datetime as dt
import hashlib
import itertools
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from adclassifier import AdClassifier, load, read_corpus
from adclassifier.corpus import Record

RESULTS = Path(__file__).parent / "results"
PADDING_CHARS = (500, 1000, 5000)
POSTS_A_PAGE = 10
# Invented contacts, in the shapes that sellers write them.
CONTACTS = {
    "<PHONE>": ("0912 345 678", "0987654321", "09.0000.0123", "+84 912 345 678", "0368.123.456"),
    "<URL>": (
        "https://abc-shop.example/sp?id=1",
        "http://bit.ly/3xYzAb1",
        "zalo.me/0900000123",
        "www.hang-moi.example",
    ),
    "<EMAIL>": ("ban.hang@abc.example", "shop123@mail.example"),
}
# The lawful texts that stand around a post: what is news, knowledge or private life.
QUIET_KINDS = ("news", "education", "personal", "other")


def with_contacts(text: str, start: int = 0) -> str:
    """Put invented contacts in the place of a data set's placeholders."""
    number = start
    for placeholder, contacts in CONTACTS.items():
        while placeholder in text:
            text = text.replace(placeholder, contacts[number % len(contacts)], 1)
            number += 1
    return text


def placeholders(classifier: AdClassifier, records: Sequence[Record]) -> dict[str, Any]:
    """Share of posts with a placeholder that are decided alike with invented contacts in place."""
    held = [r.text for r in records if any(name in r.text for name in CONTACTS)]
    stored = classifier.predict(held, explain=False)
    invented = classifier.predict([with_contacts(t, i) for i, t in enumerate(held)], explain=False)
    alike = [
        (a.outcome, a.labels) == (b.outcome, b.labels)
        for a, b in zip(stored, invented, strict=True)
    ]
    return {"n": len(held), "alike": sum(alike) / len(held)}


def lawful_passage(quiet: Sequence[str], n_chars: int, start: int, joint: str) -> str:
    """Join quiet texts, from one on, until there are enough characters."""
    passage = ""
    for text in itertools.islice(itertools.cycle(quiet), start, None):
        passage += (joint if passage else "") + text
        if len(passage) >= n_chars:
            return passage
    raise AssertionError("a cycle does not end")


def padding(classifier: AdClassifier, records: Sequence[Record]) -> dict[str, Any]:
    """Share of the violating posts found alone that are found inside lawful text of others too.

    The lawful text is of the same file, so the model was not trained on it either.
    """
    quiet = [r.text for r in records if not r.violating and not r.accept and r.kind in QUIET_KINDS]
    alone = _found(classifier, [r for r in records if r.violating])
    places: dict[str, Callable[[str, str, str], str]] = {
        "before": lambda post, other, joint: other + joint + post,
        "after": lambda post, other, joint: post + joint + other,
        "around": lambda post, other, joint: other + joint + post + joint + other,
    }
    kept: dict[str, float] = {}
    flagged: dict[str, float] = {}
    for joint, name in (("\n", "lines"), (" ", "run on")):
        for n_chars in PADDING_CHARS:
            others = [lawful_passage(quiet, n_chars, 7 * i, joint) for i in range(len(alone))]
            flagged[f"{n_chars}, {name}"] = _n_flagged(classifier, others) / len(others)
            for place, put in places.items():
                padded = [
                    dataclasses.replace(record, text=put(record.text, other, joint))
                    for record, other in zip(alone, others, strict=True)
                ]
                found = len(_found(classifier, padded))
                kept[f"{n_chars} {place}, {name}"] = found / len(alone)
    return {
        "n": sum(record.violating for record in records),
        "n_found_alone": len(alone),
        "kept": kept,
        "flagged_without_the_post": flagged,
    }


def long_pages(classifier: AdClassifier, records: Sequence[Record]) -> dict[str, Any]:
    """Share of pages of lawful posts that are flagged, and what the rate by post allows."""
    posts = [record.text for record in records if not record.violating]
    rate = _n_flagged(classifier, posts) / len(posts)
    pages = [
        "\n".join(posts[i : i + POSTS_A_PAGE])
        for i in range(0, len(posts) - POSTS_A_PAGE + 1, POSTS_A_PAGE // 2)
    ]
    return {
        "n_pages": len(pages),
        "flagged_by_post": rate,
        "flagged_by_page": _n_flagged(classifier, pages) / len(pages),
        "allowed_by_page": 1 - (1 - rate) ** POSTS_A_PAGE,
    }


def _found(classifier: AdClassifier, records: Sequence[Record]) -> list[Record]:
    """Give the records of which a label is decided."""
    predictions = classifier.predict([record.text for record in records], explain=False)
    pairs = zip(records, predictions, strict=True)
    return [record for record, prediction in pairs if {*record.labels} & {*prediction.labels}]


def _n_flagged(classifier: AdClassifier, texts: Sequence[str]) -> int:
    return sum(p.violating for p in classifier.predict(texts, explain=False))


def main() -> None:
    """Read the command line, measure, print, keep."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path, help="labelled records, never trained on")
    parser.add_argument("--model", type=Path, help="bundle; by default the shipped one")
    asked = parser.parse_args()
    classifier, records = load(asked.model), read_corpus(asked.file)
    result = {
        "command": f"python benchmarks/robustness.py {asked.file.name}",
        "date": dt.datetime.now(dt.UTC).date().isoformat(),
        "data_sha256": hashlib.sha256(asked.file.read_bytes()).hexdigest(),
        "model": classifier.model,
        "placeholders": placeholders(classifier, records),
        "padding": padding(classifier, records),
        "long_pages": long_pages(classifier, records),
    }
    text = json.dumps(result, ensure_ascii=False, indent=1)
    (RESULTS / "robustness.json").write_text(text + "\n", encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
