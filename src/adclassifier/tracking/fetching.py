"""Take a bundle out of MLflow: the service, `score` and Spark use the folder, not MLflow."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

from adclassifier.bundle import load
from adclassifier.errors import BundleNotFoundError, OutputExistsError
from adclassifier.tracking.runs import BUNDLE_NAME, MODEL_NAME
from adclassifier.tracking.store import import_mlflow, masked, pointed_at, require_store

_RUN = re.compile(r"(?:runs:/)?(?P<id>[0-9a-f]{32})/?")


def fetch_bundle(
    address: str,
    folder: str | Path,
    *,
    sha256: str | None = None,
    tracking_uri: str | None = None,
) -> Path:
    """Copy the bundle of a run or of a registered model into a folder.

    Parameters
    ----------
    address : str
        A run's id or ``runs:/<id>``; ``models:/<name>/<version>`` or ``models:/<name>@<alias>``.
    folder : path
        Must not exist; appears when the bundle is whole and was loaded once.
    sha256 : str, optional
        Refuse any other content: a registry is as trustworthy as those who may write to it.
    tracking_uri : str, optional
        See `require_store`.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    OutputExistsError
        If the folder exists.
    BundleNotFoundError
        If there is no such run or model, or no bundle in it.
    BundleError
        If the bundle cannot be trusted or read.
    MissingExtraError, InputError
        See `require_store`.
    """
    target = Path(folder)
    if target.exists():
        raise OutputExistsError(str(target), "exists already", "expected a new folder")
    uri = require_store(tracking_uri)
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".fetch-") as temporary:
        bundle = _download(address, Path(temporary), uri)
        load(bundle, sha256=sha256)
        bundle.rename(target)
    return target


def _download(address: str, folder: Path, tracking_uri: str) -> Path:
    """Download the model, which is little more than its bundle; give the bundle in it."""
    mlflow = import_mlflow()
    run = _RUN.fullmatch(address)
    model = f"runs:/{run['id']}/{MODEL_NAME}" if run else address
    try:
        # not its argument `tracking_uri`: models of runs are looked up in the current store anyway
        with pointed_at(mlflow, tracking_uri):
            found = mlflow.artifacts.download_artifacts(artifact_uri=model, dst_path=str(folder))
    except mlflow.MlflowException as error:
        raise BundleNotFoundError(
            f"MLflow at {masked(tracking_uri)}",
            f"nothing stored as {address!r}",
            "expected a run's id or models:/<name>/<version>",
        ) from error
    bundle = Path(found) / "artifacts" / BUNDLE_NAME
    if not bundle.is_dir():
        raise BundleNotFoundError(address, "no bundle in it", "expected a model of `train --track`")
    return bundle
