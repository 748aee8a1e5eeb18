"""Write the data card's tables: what there is, counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from adclassifier.corpus.reading import AUTHORED
from adclassifier.corpus.record import Labelled
from adclassifier.taxonomy import load_taxonomy

FEW = 10  # a sub-code with fewer real examples cannot be judged on real text


def render_card(labelled: Sequence[Labelled]) -> str:
    """Write the counts of labelled texts as Markdown tables: sources, labels, kinds, sub-codes.

    Parameters
    ----------
    labelled : sequence of Record or Annotation
        Authored records and annotations of public texts.
    """
    taxonomy = load_taxonomy()
    sources = sorted({row.source for row in labelled}, key=lambda name: (not _authored(name), name))
    kinds = [kind.code for kind in taxonomy.kinds]
    parts = [
        "**Texts of each source**",
        _source_table(labelled, sources),
        "**Labels** (a text may carry several)",
        _cross_table(labelled, sources, taxonomy.label_codes, lambda row: row.labels),
        "**Kinds**",
        _cross_table(labelled, sources, kinds, lambda row: (row.kind,)),
        "**Sub-codes**",
        _subcode_table(labelled, [subcode.code for subcode in taxonomy.subcodes]),
    ]
    return "\n\n".join(parts)


def count_labels(labelled: Iterable[Labelled]) -> dict[str, tuple[int, int]]:
    """Count the authored and the real texts of each label, in the order of the taxonomy."""
    counts = Counter((label, _authored(row.source)) for row in labelled for label in row.labels)
    return {code: (counts[code, True], counts[code, False]) for code in load_taxonomy().label_codes}


def _authored(source: str) -> bool:
    """Tell whether a source is a file written for this project."""
    return source.startswith(AUTHORED)


def _table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Write a Markdown table whose first column is words and whose others are numbers."""
    lines = [header, ["---", *["---:"] * (len(header) - 1)], *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)


def _source_table(labelled: Sequence[Labelled], sources: Sequence[str]) -> str:
    """Count texts, violating and doubtful ones by source."""
    rows = []
    for name in (*sources, "all"):
        own = [row for row in labelled if name in (row.source, "all")]
        counts = [
            len(own),
            sum(bool(row.labels) for row in own),
            sum(row.borderline for row in own),
            sum(bool(row.accept) for row in own),
        ]
        rows.append([name, *(f"{count:,}" for count in counts)])
    return _table(["source", "texts", "violating", "borderline", "another label acceptable"], rows)


def _cross_table(
    labelled: Sequence[Labelled],
    sources: Sequence[str],
    codes: Sequence[str],
    codes_of: Callable[[Labelled], Sequence[str]],
) -> str:
    """Count texts by source and code."""
    counts = Counter((row.source, code) for row in labelled for code in codes_of(row))
    rows = [[name, *(counts[name, code] or "" for code in codes)] for name in sources]
    totals = [sum(counts[name, code] for name in sources) for code in codes]
    return _table(["source", *codes], [*rows, ["all", *totals]])


def _subcode_table(labelled: Sequence[Labelled], subcodes: Sequence[str]) -> str:
    """Count authored and real texts by sub-code, and name those with few real ones."""
    counts = Counter((code, _authored(row.source)) for row in labelled for code in row.subcodes)
    rows = [[code, counts[code, True], counts[code, False]] for code in subcodes]
    few = [f"`{code}` ({counts[code, False]})" for code in subcodes if counts[code, False] < FEW]
    gaps = f"Fewer than {FEW} real examples, so not measurable on real text: {', '.join(few)}."
    return _table(["sub-code", "authored", "real"], rows) + f"\n\n{gaps}"


def render_measured(figures: Mapping[str, Any]) -> str:
    """Write what was measured with the public texts at hand: how well sources are guessed.

    Parameters
    ----------
    figures : mapping
        As `measure` in `adclassifier.corpus.measuring` gives them.
    """
    stored, read = figures["as_stored"], figures["as_read"]
    rows = [
        [
            name,
            guess["n_texts"],
            f"{stored['sources'][name]['recall']:.2f}",
            f"{guess['recall']:.2f}",
            guess["taken_for"],
            " ".join(f"`{piece}`" for piece in map(_visible, guess["giveaways"])),
        ]
        for name, guess in read["sources"].items()
    ]
    header = [
        "source",
        "texts",
        "guessed as stored",
        "guessed as read",
        "taken for",
        "given away by",
    ]
    groups = figures["groups"]
    return "\n".join(
        [
            "A guesser (logistic regression on runs of 2–4 characters of canonical text, 5 folds "
            f"by group) names the right one of {len(rows)} sources for {stored['accuracy']:.1%} of "
            f"the texts as the data sets store them and {read['accuracy']:.1%} as our reader gives "
            f"them (mean over sources {stored['balanced']:.1%} and {read['balanced']:.1%}; the "
            f"largest source alone is {read['chance']:.1%}).",
            "",
            _table(header, rows),
            "",
            f"Near-duplicates: {figures['n_texts']:,} texts form {groups['n_groups']:,} groups; "
            f"{groups['n_in_groups']:,} texts have a near-duplicate, the largest group holds "
            f"{groups['largest']}, {groups['n_across_sources']} groups reach over sources, and "
            f"{groups['n_beside_dev']} training texts have a near-duplicate in the development "
            "set.",
            "",
            f"Measured {figures['date']} by `{figures['command']}` on texts with SHA-256 "
            f"`{figures['data_sha256'][:12]}`.",
        ]
    )


def _visible(piece: str) -> str:
    """Write a run of characters so that spaces and line ends are seen in a table."""
    return piece.replace("\n", "↵").replace(" ", "␣").replace("|", "\\|")
