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
    labels = load_taxonomy().label_codes
    targets = np.array(
        [[*(code in r.labels for code in labels), r.violating, bool(r.offer)] for r in records]
    )
    canonical = [normalize(record.text).text for record in records]
    offer_unknown = np.array([record.offer is None for record in records])
    either_way = could_go_either_way(records, labels)
    return Examples(
        records=tuple(records),
        labels=labels,
        canonical=canonical,
        tokens=[join_words(text, config.features.segmenter) for text in canonical],
        groups=assign_groups([r.text for r in records], declared=[r.group for r in records]),
        targets=targets,
        weights=_weights(records, head_names(labels), offer_unknown, config),
        open=np.column_stack([either_way, np.zeros(len(records), dtype=bool)]),
        real=np.array([not is_authored(record) for record in records]),
    )


def is_authored(record: Record) -> bool:
    """Tell whether a record was written for this project."""
    return record.source.partition(":")[0] == AUTHORED


def _check(records: Sequence[Record]) -> None:
    """Refuse what cannot be learnt from."""
    seen: set[str] = set()
    for record in records:
        if record.id in seen:
            raise DatasetError(
                record.where or "records", f"id {record.id!r} twice", "unique ids over all files"
            )
        seen.add(record.id)
    n_violating = sum(record.violating for record in records)
    if not 0 < n_violating < len(records):
        raise DatasetError(
            "records",
            f"{n_violating} of {len(records)} texts carry a label",
            "expected some with a label and some without",
        )


def _weights(
    records: Sequence[Record],
    heads: Sequence[str],
    offer_unknown: NDArray[np.bool_],
    config: Config,
) -> NDArray[np.float64]:
    """Give each text its source's weight for each head; shape (n_texts, n_heads).

    The largest is 1 for every head: weights are relative, and must not stand in for the strength
    of regularisation where there are authored texts alone.
    """
    label = np.array([_weight(record, config.data.label_weights) for record in records])
    whole = np.array([_weight(record, config.data.weights) for record in records])
    offer = np.array([_weight(record, config.data.offer_weights) for record in records])
    own = {VIOLATING: whole, OFFER: np.where(offer_unknown, 0.0, offer)}
    weights = np.column_stack([own.get(head, label) for head in heads])
    largest = weights.max(axis=0)
    return weights / np.where(largest > 0, largest, 1.0)


def _weight(record: Record, weights: Mapping[str, float]) -> float:
    """Find the weight of a record's source: that of the longest beginning of its name, if any."""
    known = [name for name in weights if record.source.startswith(name)]
    return weights[max(known, key=len, default="default")]
