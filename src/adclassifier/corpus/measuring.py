"""Bring the data card up to date: measure, write tables, draw plots."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from adclassifier.corpus.annotations import read_annotations
from adclassifier.corpus.card import count_labels, render_card, render_measured
from adclassifier.corpus.fingerprint import hash_text
from adclassifier.corpus.groups import assign_groups
from adclassifier.corpus.guessing import Guessability, source_guessability
from adclassifier.corpus.plots import draw_guesses, draw_labels
from adclassifier.corpus.reading import AUTHORED, read_corpus
from adclassifier.corpus.record import Labelled, Record
from adclassifier.corpus.writing import write_atomically
from adclassifier.errors import InputError


def read_labelled(data: str | Path) -> list[Labelled]:
    """Read all labels that the repository holds: authored records and annotations."""
    folder = Path(data)
    return [*read_corpus(folder / "corpus"), *read_annotations(folder / "annotations")]


def write_card(data: str | Path, measured: str | Path) -> Path:
    """Rewrite the tables of the data card and its plots.

    Parameters
    ----------
    data : path
        Folder with ``corpus/``, ``annotations/`` and ``README.md``. Of the card, what stands
        between markers is replaced; ``plots/`` is written.
    measured : path
        JSON that `write_measured` wrote: what can only be said with the public texts at hand.

    Returns
    -------
    path
        The card.

    Raises
    ------
    InputError
        If the card lacks a marker, or the measured figures are missing.
    """
    folder, source = Path(data), Path(measured)
    if not source.is_file():
        raise InputError(str(source), "no such file", "the output of `corpus card --texts`")
    figures = json.loads(source.read_text(encoding="utf-8"))
    labelled = read_labelled(folder)
    card = folder / "README.md"
    content = card.read_text(encoding="utf-8")
    blocks = {"counts": render_card(labelled), "measured": render_measured(figures)}
    for name, block in blocks.items():
        content = replace_block(content, name, block, where=str(card))
    write_atomically(card, content)
    plots = folder / "plots"
    plots.mkdir(exist_ok=True)
    draw_labels(count_labels(labelled), plots / "labels.svg")
    draw_guesses(figures["as_stored"], figures["as_read"], plots / "sources.svg")
    return card


def replace_block(content: str, name: str, block: str, *, where: str) -> str:
    r"""Replace what stands between ``<!-- name:begin -->`` and ``<!-- name:end -->``.

    Examples
    --------
    >>> replace_block("a\n<!-- n:begin -->\nold\n<!-- n:end -->\nb", "n", "new", where="f")
    'a\n<!-- n:begin -->\nnew\n<!-- n:end -->\nb'
    """
    begin, end = f"<!-- {name}:begin -->", f"<!-- {name}:end -->"
    head, found, rest = content.partition(begin)
    _, closed, tail = rest.partition(end)
    if not found or not closed:
        raise InputError(where, f"no block {name!r}", f"{begin} … {end}")
    return f"{head}{begin}\n{block}\n{end}{tail}"


def write_measured(
    authored: Sequence[str | Path],
    texts: Sequence[str | Path],
    dev: Sequence[str | Path],
    output: str | Path,
    *,
    date: str,
    command: str,
) -> dict[str, Any]:
    """Measure what can only be said with the public texts at hand, and write it as JSON.

    Parameters
    ----------
    authored, texts : sequence of paths
        Record files and folders: ours, and the labelled public ones.
    dev : sequence of paths
        The development set: only counted against, never guessed.
    output : path
        The JSON file.
    date, command : str
        When and how this was run, for the reader of the figures.

    Returns
    -------
    dict
        What was written.
    """
    paths = [*authored, *texts]
    records = read_corpus(paths)
    groups = assign_groups([r.text for r in records], declared=[r.group for r in records])
    sources = [AUTHORED.rstrip(":") if r.source.startswith(AUTHORED) else r.source for r in records]
    stored = [record.text for record in read_corpus(paths, as_stored=True)]
    hashes = sorted(hash_text(record.text) for record in records)
    figures = {
        "command": command,
        "date": date,
        "data_sha256": hashlib.sha256("\n".join(hashes).encode()).hexdigest(),
        "n_texts": len(records),
        "groups": _group_figures(records, groups.tolist(), read_corpus(dev)),
        "as_stored": _rounded(source_guessability(stored, sources, groups)),
        "as_read": _rounded(source_guessability([r.text for r in records], sources, groups)),
    }
    write_atomically(Path(output), json.dumps(figures, ensure_ascii=False, indent=1) + "\n")
    return figures


def _group_figures(
    records: Sequence[Record], groups: Sequence[int], dev: Sequence[Record]
) -> dict[str, int]:
    """Count groups of near-duplicates, and training texts beside the development set."""
    sizes = Counter(groups)
    sources: dict[int, set[str]] = {}
    for record, group in zip(records, groups, strict=True):
        sources.setdefault(group, set()).add(record.source)
    joint = assign_groups([record.text for record in (*records, *dev)]).tolist()
    held = set(joint[len(records) :])
    return {
        "n_groups": len(sizes),
        "n_in_groups": sum(size for size in sizes.values() if size > 1),
        "largest": max(sizes.values()),
        "n_across_sources": sum(len(names) > 1 for names in sources.values()),
        "n_beside_dev": sum(group in held for group in joint[: len(records)]),
    }


def _rounded(guessability: Guessability) -> dict[str, Any]:
    """Give figures as JSON, to four decimals: more would differ between machines."""
    figures = dataclasses.asdict(guessability)
    for name in ("accuracy", "balanced", "chance"):
        figures[name] = round(figures[name], 4)
    for guess in figures["sources"].values():
        guess["recall"] = round(guess["recall"], 4)
    return figures
