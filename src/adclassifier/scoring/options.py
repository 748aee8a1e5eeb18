"""What a caller may ask of scoring, and the columns that it adds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from adclassifier.errors import InputError
from adclassifier.posts.naming import quote_names
from adclassifier.taxonomy import load_taxonomy

_SIGNAL = pa.struct(
    [("code", pa.string()), ("start", pa.int32()), ("end", pa.int32()), ("text", pa.string())]
)
_EVIDENCE = pa.struct(
    [
        ("start", pa.int32()),
        ("end", pa.int32()),
        ("text", pa.string()),
        ("label", pa.string()),
        ("contribution", pa.float64()),
    ]
)
_CODES = pa.list_(pa.string())


@dataclass(frozen=True, slots=True)
class ScoreOptions:
    """How posts are scored.

    Parameters
    ----------
    text_column : str, default="text"
        Column of the text.
    posted_at_column : str or None, default="posted_at"
        Column of the day of the post, which decides the provisions named. Where the rows have no
        such column, or None is given, the law of the data's own day is used.
    evidence : bool, default=True
        Whether there is a column of evidence.
    all_signals : bool, default=False
        Give the signals of clear texts too.
    min_severity : str or None, default=None
        Drop findings that are less urgent, such as "S3".
    prior : float or None, default=None
        Share of violating posts where the texts come from, in (0, 1).
    authority : bool, default=False
        Name the articles of the Penal Code too.
    prefix : str, default=""
        Stands before the name of every added column.
    replace_columns : bool, default=False
        Whether an input column of the same name may be replaced; ``source_file``, which says where
        a row is from when several files are read, is one of these.

    Raises
    ------
    InputError
        If the severity is unknown or the prior is outside (0, 1).
    """

    text_column: str = "text"
    posted_at_column: str | None = "posted_at"
    evidence: bool = True
    all_signals: bool = False
    min_severity: str | None = None
    prior: float | None = None
    authority: bool = False
    prefix: str = ""
    replace_columns: bool = False

    def __post_init__(self) -> None:
        severities = [severity.code for severity in load_taxonomy().severities]
        if self.min_severity is not None and self.min_severity not in severities:
            raise InputError(
                "min_severity", f"unknown severity {self.min_severity!r}", " ".join(severities)
            )
        if self.prior is not None and not 0.0 < self.prior < 1.0:
            raise InputError("prior", str(self.prior), "a share above 0 and below 1")


def added_schema(labels: Sequence[str], options: ScoreOptions) -> Any:
    """Give the columns that scoring adds, in their order.

    Parameters
    ----------
    labels : sequence of str
        The classifier's.
    options : ScoreOptions
        Whether there is evidence, and what stands before the names.

    Returns
    -------
    pyarrow.Schema
        Lists of codes, and lists of records for signals and evidence.

    Examples
    --------
    >>> added_schema(("medicine",), ScoreOptions(evidence=False)).names[:6]
    ['violating', 'outcome', 'p_violating', 'labels', 'p_medicine', 'p_offer']
    """
    types = {
        "violating": pa.bool_(),
        "outcome": pa.string(),
        "p_violating": pa.float64(),
        "labels": _CODES,
        **{f"p_{label}": pa.float64() for label in labels},
        "p_offer": pa.float64(),
        "subcodes": _CODES,
        "severity": pa.string(),
        "signals": pa.list_(_SIGNAL),
        "provisions": _CODES,
        "evidence": pa.list_(_EVIDENCE),
        "model": pa.string(),
    }
    if not options.evidence:
        del types["evidence"]
    return pa.schema([(options.prefix + name, kind) for name, kind in types.items()])


def clashing_columns(
    columns: Iterable[str], labels: Sequence[str], options: ScoreOptions, *, where: str
) -> frozenset[str]:
    """Find the names of input columns that the added ones replace.

    Raises
    ------
    InputError
        If there are any and they may not be replaced, or one of them is the text or the date.

    Returns
    -------
    frozenset of str
        All names of added columns where they may be replaced (of JSONL, only later rows may have
        some of them), else none.
    """
    added = added_schema(labels, options).names
    clashes = [name for name in columns if name in added]
    if clashes and not options.replace_columns:
        shown = quote_names(clashes)
        found = (
            f"column {shown} is one of ours" if len(clashes) == 1 else f"columns {shown} are ours"
        )
        raise InputError(where, found, "pass --prefix or --replace-columns")
    for name in clashes:
        if name in (options.text_column, options.posted_at_column):
            raise InputError(
                where, f"column {name!r} is read and would be replaced", "pass --prefix"
            )
    return frozenset(added) if options.replace_columns else frozenset()
