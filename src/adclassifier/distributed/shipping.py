"""Bring the model to the workers, and load it once in each."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from adclassifier.bundle import load
from adclassifier.bundle.folder import read_file, read_files
from adclassifier.bundle.manifest import MANIFEST, parse_manifest
from adclassifier.classifier import AdClassifier
from adclassifier.distributed.cluster import Cluster
from adclassifier.errors import InputError

# One per process: Spark keeps its Python workers from task to task.
_loaded: dict[tuple[str, str | None], AdClassifier] = {}


@dataclass(frozen=True, slots=True)
class ShippedBundle:
    """The model as a worker finds it.

    Parameters
    ----------
    content_hash : str
        What the driver loaded; a worker takes nothing else.
    version : str
        The driver's version of this package: another one may judge otherwise.
    files : pyspark.Broadcast of dict of str to bytes, or None
        The bundle's files. A broadcast, unlike a file added to the context, needs no name that is
        free, leaves nothing in a session that lives on, and reaches workers that come later.
    path : str or None
        A folder that every worker sees, in place of `files`.
    """

    content_hash: str
    version: str
    files: Any = None
    path: str | None = None


def ship(context: Any, folder: Path, content_hash: str, cluster: Cluster) -> ShippedBundle:
    """Give the workers a bundle.

    Parameters
    ----------
    context : pyspark.SparkContext
    folder : Path
        The bundle as the driver loaded it.
    content_hash : str
        64 hexadecimal digits.
    cluster : Cluster
        Says where the workers find it, if nothing is to be sent.
    """
    ours = version("adclassifier")
    if cluster.model_on_workers is not None:
        return ShippedBundle(content_hash, ours, path=cluster.model_on_workers)
    return ShippedBundle(content_hash, ours, files=context.broadcast(read_bundle(folder)))


def read_bundle(folder: Path) -> dict[str, bytes]:
    """Read the files of a bundle that was loaded, by name."""
    manifest = read_file(folder / MANIFEST)
    files = parse_manifest(manifest, where=str(folder / MANIFEST)).files
    return {MANIFEST: manifest, **read_files(folder, files)}


def load_once(bundle: ShippedBundle) -> AdClassifier:
    """Load the model on a worker, or give the one that this process loaded before.

    Raises
    ------
    InputError
        If this machine runs another version of the package.
    BundleError
        If the bundle is not the driver's.
    """
    ours = version("adclassifier")
    if ours != bundle.version:
        raise InputError("a worker's adclassifier", ours, f"the driver's, {bundle.version}")
    key = (bundle.content_hash, bundle.path)
    if key not in _loaded:
        _loaded.clear()  # a session that tries several models must not hold them all
        _loaded[key] = _load(bundle)
    return _loaded[key]


def _load(bundle: ShippedBundle) -> AdClassifier:
    """Load the model, if it is the driver's."""
    if bundle.path is not None:
        return load(bundle.path, sha256=bundle.content_hash)
    with tempfile.TemporaryDirectory(prefix="adclassifier-") as name:
        for file, content in bundle.files.value.items():
            Path(name, file).write_bytes(content)
        return load(name, sha256=bundle.content_hash)
