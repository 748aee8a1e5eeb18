"""Lay labelled records out as arrays: what each head learns from, and how much each text counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from adclassifier.classifier import OFFER, VIOLATING, head_names
from adclassifier.classifier.heads import join_words
from adclassifier.config import Config
from adclassifier.corpus import Record, assign_groups
from adclassifier.errors import DatasetError
from adclassifier.metrics import could_go_either_way
from adclassifier.taxonomy import load_taxonomy
from adclassifier.text.normalize import normalize

AUTHORED = "authored"


@dataclass(frozen=True, slots=True, eq=False)
class Examples:
    """Records as arrays; columns are the heads: the labels, "violating", "offer".

    Parameters
    ----------
    records : tuple of Record
        Like ``canonical`` and ``tokens`` empty where the texts are on disk (`training.streaming`).
    labels : tuple of str
        Codes, in the order of the taxonomy.
    canonical : list of str
        Canonical texts.
    tokens : list of str
        The same with words joined, where the segmenter joins words.
    groups : ndarray of shape (n_texts,), int64
        Near-duplicates share a group.
    targets : ndarray of shape (n_texts, n_heads), bool
    weights : ndarray of shape (n_texts, n_heads), float64
        How much a text counts for a head; 0 where nobody said what it is.
    open : ndarray of shape (n_texts, n_heads), bool
        Whether a second careful reader could decide the other way.
    real : ndarray of shape (n_texts,), bool
        Whether a text was published by somebody, not authored for this project.
    """

    records: tuple[Record, ...]
    labels: tuple[str, ...]
    canonical: list[str]
    tokens: list[str]
    groups: NDArray[np.int64]
    targets: NDArray[np.bool_]
    weights: NDArray[np.float64]
    open: NDArray[np.bool_]
    real: NDArray[np.bool_]

    @property
    def heads(self) -> tuple[str, ...]:
        """Names of the columns."""
        return head_names(self.labels)

    def column(self, head: str) -> int:
        """Give the column of a head."""
        return self.heads.index(head)


def lay_out(records: Sequence[Record], config: Config) -> Examples:
    """Normalise, group and tabulate records.

    Parameters
    ----------
    records : sequence of Record
        Ids must be unique.
    config : Config

    Raises
    ------
    DatasetError
        If there are no records, an id occurs twice, or none or all of them are violating.
    """
    _check(records)
    names = sorted({record.source for record in records})
    labels = load_taxonomy().label_codes
    canonical = [normalize(record.text).text for record in records]
    places = {name: place for place, name in enumerate(names)}
    source = np.array([places[record.source] for record in records])
    return Examples(
        records=tuple(records),
        labels=labels,
        canonical=canonical,
        tokens=[join_words(text, config.features.segmenter) for text in canonical],
        groups=assign_groups([r.text for r in records], declared=[r.group for r in records]),
        targets=tabulate_targets(records, labels),
        weights=weigh_texts(
            names,
            source,
            head_names(labels),
            np.array([record.offer is None for record in records]),
            config,
        ),
        open=tabulate_open(records, labels),
        real=np.array([not is_authored(name) for name in names])[source],
    )


def tabulate_targets(records: Sequence[Record], labels: Sequence[str]) -> NDArray[np.bool_]:
    """Say which heads hold for each text; shape (n_texts, n_heads)."""
    return np.array(
        [[*(code in r.labels for code in labels), r.violating, bool(r.offer)] for r in records]
    )


def tabulate_open(records: Sequence[Record], labels: Sequence[str]) -> NDArray[np.bool_]:
    """Say which heads could go either way for each text; shape (n_texts, n_heads)."""
    either_way = could_go_either_way(records, labels)
    return np.column_stack([either_way, np.zeros(len(records), dtype=bool)])


def is_authored(source: str) -> bool:
    """Tell whether the texts of a source were written for this project."""
    return source.partition(":")[0] == AUTHORED


def _check(records: Sequence[Record]) -> None:
    """Refuse what cannot be learnt from."""
    seen: set[str] = set()
    for record in records:
        require_new(record, seen)
    require_both_sides(sum(record.violating for record in records), len(records))


def require_new(record: Record, seen: set[str]) -> None:
    """Refuse an id that was seen before, and take it up."""
    if record.id in seen:
        raise DatasetError(
            record.where or "records", f"id {record.id!r} twice", "unique ids over all files"
        )
    seen.add(record.id)


def require_both_sides(n_violating: int, n_texts: int) -> None:
    """Refuse texts that all carry a label, or none of which does."""
    if not 0 < n_violating < n_texts:
        raise DatasetError(
            "records",
            f"{n_violating} of {n_texts} texts carry a label",
            "expected some with a label and some without",
        )


def weigh_texts(
    names: Sequence[str],
    source: NDArray[np.integer],
    heads: Sequence[str],
    offer_unknown: NDArray[np.bool_],
    config: Config,
) -> NDArray[np.float64]:
    """Give each text its source's weight for each head.

    The largest is 1 for every head: weights are relative, and must not stand in for the strength
    of regularisation where there are authored texts alone.

    Parameters
    ----------
    names : sequence of str
        Sources.
    source : ndarray of shape (n_texts,), int
        Place of each text's source in ``names``.
    heads : sequence of str
    offer_unknown : ndarray of shape (n_texts,), bool
        Whether nobody said if the text is an offer.
    config : Config

    Returns
    -------
    ndarray of shape (n_texts, n_heads), in [0, 1]
    """
    data = config.data
    own = {VIOLATING: data.weights, OFFER: data.offer_weights}
    table = [[_weight(name, own.get(head, data.label_weights)) for head in heads] for name in names]
    weights: NDArray[np.float64] = np.array(table)[source]
    if OFFER in heads:
        weights[offer_unknown, list(heads).index(OFFER)] = 0.0
    largest = weights.max(axis=0)
    weights /= np.where(largest > 0, largest, 1.0)
    return weights


def _weight(source: str, weights: Mapping[str, float]) -> float:
    """Find the weight of a source: that of the longest beginning of its name, if any."""
    known = [name for name in weights if source.startswith(name)]
    return weights[max(known, key=len, default="default")]
