"""Read what data scientists give to learn from: texts and targets in any of their shapes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import issparse
from sklearn.utils.multiclass import type_of_target


def list_texts(texts: Any) -> list[str]:
    """List texts; a frame is one only if it has one column, since iterating it gives names.

    Raises
    ------
    ValueError
        If there is one string, or more than one column.
    TypeError
        If a text is no string.
    """
    if isinstance(texts, str):
        raise ValueError("expected an iterable of texts, got one string; pass [text]")
    shape = getattr(texts, "shape", None)
    if shape is None or len(shape) == 1:
        listed = list(texts)
    elif len(shape) == 2 and shape[1] == 1:
        listed = list(np.asarray(texts, dtype=object)[:, 0])
    else:
        raise ValueError(f"expected texts in one dimension or one column, got shape {shape}")
    for i, text in enumerate(listed):
        if not isinstance(text, str):
            raise TypeError(f"text {i}: expected str, got {type(text).__name__}")
    return listed


def read_targets(y: Any) -> tuple[NDArray[Any], NDArray[np.bool_], bool]:
    """Read the targets of texts in any shape that `TextEstimator.fit` takes.

    Returns
    -------
    classes : ndarray of shape (n_classes,)
        Names, sorted.
    indicator : ndarray of shape (n_texts, n_rows), bool
        One row a class; one in all, for the second, where there are two and one label a text.
    multilabel : bool
        Whether several may hold for a text.

    Raises
    ------
    ValueError
        If the targets have none of the shapes, or hold one class only.
    """
    if _holds_label_tuples(y):
        names = np.array(sorted({label for labels in y for label in labels}))
        return names, np.array([np.isin(names, list(labels)) for labels in y]), True
    if issparse(y):
        y = y.toarray()
    values = np.asarray(y)
    kind = type_of_target(values)
    if values.ndim == 2 and kind in ("multilabel-indicator", "binary"):
        names = np.asarray(y.columns) if isinstance(y, pd.DataFrame) else np.arange(values.shape[1])
        return names, values.astype(bool), True
    if kind not in ("binary", "multiclass"):
        raise ValueError(f"expected classes, an indicator matrix or label tuples; got {kind}")
    classes = np.unique(values)
    if len(classes) < 2:
        raise ValueError(f"expected at least two classes, got only {classes.tolist()}")
    rows = classes[1:] if len(classes) == 2 else classes
    return classes, values[:, None] == rows, False


def _holds_label_tuples(y: Any) -> bool:
    """Tell label tuples from columns: the members are collections of names, not an array's rows."""
    if issparse(y) or getattr(y, "ndim", 1) != 1:
        return False
    collections = (list, tuple, set, frozenset)
    members = list(y)
    return bool(members) and all(
        isinstance(member, collections) and all(isinstance(label, str) for label in member)
        for member in members
    )
