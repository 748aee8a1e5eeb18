"""Describe to MLflow the frame that the model takes and the columns that it gives."""

from __future__ import annotations

from collections.abc import Sequence
from types import ModuleType
from typing import Any

import pyarrow as pa

from adclassifier.scoring import ScoreOptions, added_schema
from adclassifier.tracking.store import import_mlflow


def build_signature(labels: Sequence[str]) -> Any:
    """Build the `mlflow.models.ModelSignature` of a model with these labels.

    Dates come as text, as numbers and as pandas' own, so their column is of any type.
    """
    mlflow = import_mlflow()
    types = mlflow.types.schema
    inputs = [
        types.ColSpec("string", "text"),
        types.ColSpec(types.AnyType(), "posted_at", required=False),
    ]
    outputs = [
        types.ColSpec(_convert(types, field.type), field.name, required=False)
        for field in added_schema(labels, ScoreOptions())
    ]
    return mlflow.models.ModelSignature(types.Schema(inputs), types.Schema(outputs))


def _convert(types: ModuleType, kind: Any) -> Any:
    """Give MLflow's type for pyarrow's."""
    if pa.types.is_list(kind):
        return types.Array(_convert(types, kind.value_type))
    if pa.types.is_struct(kind):
        return types.Object([types.Property(f.name, _convert(types, f.type)) for f in kind])
    names = {pa.bool_(): "boolean", pa.float64(): "double", pa.int32(): "integer"}
    return types.DataType[names.get(kind, "string")]
