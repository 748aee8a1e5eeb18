"""Judge the rows of a chunk, equal posts once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from adclassifier.classifier import AdClassifier
from adclassifier.scoring.batch import score_batch
from adclassifier.scoring.options import ScoreOptions, added_schema

# Where fewer than this share of a chunk's posts are repeats, putting them back costs more.
_LEAST_REPEATED = 0.02


@dataclass(frozen=True, slots=True)
class Judge:
    """Gives the added columns for a batch of posts.

    Parameters
    ----------
    classifier : AdClassifier
        The model.
    options : ScoreOptions
        How.
    dedupe : bool
        Whether posts with the same text and day are judged once.
    """

    classifier: AdClassifier
    options: ScoreOptions
    dedupe: bool

    def __call__(self, batch: Any) -> Any:
        """Judge posts.

        Parameters
        ----------
        batch : pyarrow.RecordBatch
            The text column, and perhaps the date's.

        Returns
        -------
        pyarrow.RecordBatch
            The added columns, as many rows.
        """
        names = added_schema(self.classifier.labels, self.options).names
        groups = _group(batch) if self.dedupe else None
        if groups is None:
            return score_batch(batch, self.classifier, self.options).select(names)
        firsts, members = groups
        scored = score_batch(batch.take(firsts), self.classifier, self.options)
        return scored.select(names).take(members)


def _group(batch: Any) -> tuple[Any, Any] | None:
    """Find equal rows; None where there are few.

    Returns
    -------
    firsts : pyarrow.Array of int
        The first row of each group.
    members : pyarrow.Array of int
        The group of each row.
    """
    codes = pa.array(range(batch.num_rows), pa.int64())
    n_before = 1
    for column in batch.columns:
        encoded = column.dictionary_encode(null_encoding="encode")
        own = encoded.indices.cast(pa.int64())
        codes = own if n_before == 1 else pc.add(pc.multiply(codes, len(encoded.dictionary)), own)
        if n_before == 1 and len(encoded.dictionary) > (1 - _LEAST_REPEATED) * batch.num_rows:
            return None
        n_before = len(encoded.dictionary)
    grouped = codes.dictionary_encode()
    if len(grouped.dictionary) > (1 - _LEAST_REPEATED) * batch.num_rows:
        return None
    firsts = pc.index_in(grouped.dictionary, value_set=codes)
    return firsts, grouped.indices
