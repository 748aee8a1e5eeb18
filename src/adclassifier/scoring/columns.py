"""Build the added columns from what was judged: arrays for all rows, lists where there are any."""

from __future__ import annotations

from operator import attrgetter
from typing import Any

import numpy as np
import pyarrow as pa

from adclassifier.classifier import Judgements
from adclassifier.classifier.judging import OUTCOMES
from adclassifier.scoring.options import ScoreOptions, added_schema

__all__ = ["judged_columns"]

#: Columns of lists; a `Prediction` has them by the same names.
_LISTS = ("labels", "subcodes", "signals", "provisions", "evidence")


def judged_columns(judged: Judgements, model: str, options: ScoreOptions) -> Any:
    """Give the added columns of judged posts, the values of `Prediction.as_row`.

    Parameters
    ----------
    judged : Judgements
    model : str
        What `AdClassifier.model` says.
    options : ScoreOptions
        Whether there is evidence, and what stands before the names.

    Returns
    -------
    pyarrow.RecordBatch
        With the schema of `added_schema`.
    """
    schema = added_schema(judged.labels, options)
    unreadable = ~judged.readable
    columns: dict[str, Any] = {
        f"p_{head}": pa.array(judged.probabilities[:, i], mask=unreadable, from_pandas=False)
        for i, head in enumerate(judged.heads)
    }
    columns |= {
        "violating": pa.array(judged.violating),
        "outcome": pa.array(OUTCOMES, pa.string()).take(pa.array(judged.outcomes)),
        "severity": _severities(judged),
        "model": pa.repeat(pa.scalar(model, pa.string()), len(judged.outcomes)),
    }
    for name in _LISTS:
        place = schema.get_field_index(options.prefix + name)
        if place >= 0:
            columns[name] = _lists(judged, name, schema.field(place).type)
    arrays = [columns[name.removeprefix(options.prefix)] for name in schema.names]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def _severities(judged: Judgements) -> Any:
    """Give the severity of each row, null for most."""
    known = sorted({each.severity for each in judged.details.values() if each.severity})
    places = np.zeros(len(judged.outcomes), np.int8)
    absent = np.ones(len(places), np.bool_)
    for i, prediction in judged.details.items():
        if prediction.severity:
            places[i], absent[i] = known.index(prediction.severity), False
    return pa.array(known, pa.string()).take(pa.array(places, mask=absent))


def _lists(judged: Judgements, name: str, kind: Any) -> Any:
    """Give a column of lists, empty for every row without details."""
    lengths = np.zeros(len(judged.outcomes) + 1, np.int32)
    values: list[Any] = []
    for i, prediction in judged.details.items():
        entries = getattr(prediction, name)
        lengths[i + 1] = len(entries)
        values += entries
    offsets = pa.array(np.cumsum(lengths, dtype=np.int32))
    return pa.ListArray.from_arrays(offsets, _values(values, kind.value_type), type=kind)


def _values(entries: list[Any], kind: Any) -> Any:
    """Give entries of lists: codes, or objects whose fields are named as they are."""
    if not pa.types.is_struct(kind):
        return pa.array(entries, kind)
    fields = [kind.field(place) for place in range(kind.num_fields)]
    columns = [pa.array([*map(attrgetter(field.name), entries)], field.type) for field in fields]
    return pa.StructArray.from_arrays(columns, fields=fields)
