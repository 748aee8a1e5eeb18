"""Save a classifier to a folder."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import numpy as np
from pydantic import TypeAdapter, ValidationError

from adclassifier.bundle.arrays import write_npz
from adclassifier.bundle.contents import (
    array_forms,
    check_codes,
    check_values,
    take_arrays,
    take_manifest,
)
from adclassifier.bundle.folder import read_file, refuse_foreign, replace_folder
from adclassifier.bundle.manifest import CARD, MANIFEST, WEIGHTS, Manifest, render_json
from adclassifier.classifier import AdClassifier
from adclassifier.errors import UntrustedBundleError

_NO_PLOTS: Mapping[str, bytes] = MappingProxyType({})
_PLOT_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}\.(png|svg|md)")
_LISTED = TypeAdapter(dict[str, object])


def save(
    classifier: AdClassifier, folder: str | Path, *, plots: Mapping[str, bytes] = _NO_PLOTS
) -> AdClassifier:
    """Save a classifier as a bundle.

    The same classifier and plots give the same bytes. A bundle that is there is replaced as a
    whole.

    Parameters
    ----------
    classifier : AdClassifier
    folder : str or Path
        Where the bundle goes; missing parents are made.
    plots : mapping of str to bytes
        Files for people, by name: ``.png``, ``.svg``, ``.md``.

    Returns
    -------
    AdClassifier
        The same, with the ``content_hash`` of what was stored.

    Raises
    ------
    OutputExistsError
        If the folder holds anything that is no part of a bundle.
    BundleError
        If the classifier could not be loaded again.
    ValueError
        If the name of a plot is no plain file name, or a field is out of its range.
    """
    # A link to a bundle stays a link: the folder behind it is replaced.
    target = Path(folder).resolve()
    refuse_foreign(target, _listed_names(target))
    for name in plots:
        if not _PLOT_NAME.fullmatch(name):
            raise ValueError(f"plots: expected names like 'scores.png', got {name!r}")
    arrays = take_arrays(classifier)
    files = {
        **plots,
        WEIGHTS: write_npz(arrays),
        CARD: render_json(classifier.card),
    }
    hashes = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    manifest = take_manifest(classifier, hashes)
    _check(manifest, classifier)
    replace_folder(target, {**files, MANIFEST: manifest.render()})
    return replace(classifier, content_hash=manifest.content_hash())


def _check(manifest: Manifest, classifier: AdClassifier) -> None:
    """Refuse to save what would be refused on loading."""
    where, arrays = f"classifier {classifier.name!r}", take_arrays(classifier)
    check_codes(manifest, where=where)
    for name, form in array_forms(manifest).items():
        array = arrays[name]
        if array.dtype != np.dtype(form.dtype) or array.shape != form.shape:
            raise UntrustedBundleError(
                f"{where}: {name}", f"{array.dtype} of shape {array.shape}", f"expected {form}"
            )
    check_values(manifest, arrays, where=where)


def _listed_names(folder: Path) -> set[str] | None:
    """Give the names that a manifest in the folder lists, of whatever format; None without one."""
    if not (folder / MANIFEST).is_file():
        return None
    try:
        listed = _LISTED.validate_json(read_file(folder / MANIFEST)).get("files")
    except ValidationError:
        return None
    return {MANIFEST, *listed} if isinstance(listed, dict) else None
