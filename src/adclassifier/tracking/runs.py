"""Store a training run in MLflow: settings, data, figures, plots, and the model as a pyfunc."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from importlib import resources
from importlib.metadata import version
from pathlib import Path
from types import ModuleType
from typing import Any

import pandas as pd

from adclassifier.classifier import AdClassifier
from adclassifier.tracking.flattening import as_metrics, as_parameters
from adclassifier.tracking.signature import build_signature
from adclassifier.tracking.store import DEFAULT_NAME, import_mlflow, pointed_at, require_store

#: Name of the model inside a run, and of the bundle inside the model: `fetch_bundle` relies on it.
MODEL_NAME, BUNDLE_NAME = "model", "bundle"

#: Longest digest of a data set that MLflow keeps; the whole hash is a parameter.
_MAX_DIGEST = 36

#: Shown by MLflow's page beside the signature.
_EXAMPLE = "Thanh lý áo khoác còn mới, giá 150k, ai lấy nhắn mình nhé"


def track(
    classifier: AdClassifier,
    bundle_folder: str | Path,
    *,
    config: Mapping[str, Any],
    data_hashes: Mapping[str, str],
    metrics: Mapping[str, Any],
    plots: Mapping[str, bytes],
    tracking_uri: str | None = None,
    experiment: str | None = None,
    registered_model: str | None = DEFAULT_NAME,
    run_name: str | None = None,
) -> str:
    """Store a training run and register its model.

    Parameters
    ----------
    classifier : AdClassifier
        As `adclassifier.bundle.save` gave it back.
    bundle_folder : path
        Where it was saved; the folder goes into MLflow as it is.
    config : mapping
        The resolved configuration, nested; becomes parameters and ``config.json``.
    data_hashes : mapping of str to str
        SHA-256 of each file or data set that was learned from, by its name; become parameters
        ``data_sha256.<name>`` and data sets of the run.
    metrics : mapping
        Figures as `adclassifier.training.evaluate` gives them, nested; all of them become
        ``evaluation.json``, and their numbers metrics, without those of slices and intervals.
    plots : mapping of str to bytes
        Pictures by file name.
    tracking_uri : str, optional
        See `require_store`.
    experiment : str, optional
        Without it ``MLFLOW_EXPERIMENT_NAME`` or ``MLFLOW_EXPERIMENT_ID`` decides, and without
        those it is "adclassifier".
    registered_model : str or None, default="adclassifier"
        Name in the model registry; None registers nothing.
    run_name : str, optional
        Without it MLflow invents one.

    Returns
    -------
    str
        The run's id.

    Raises
    ------
    MissingExtraError
        If MLflow is not installed.
    InputError
        If nothing answers at the address.
    """
    uri = require_store(tracking_uri)
    mlflow = import_mlflow()
    with pointed_at(mlflow, uri):
        experiment_id = _experiment_id(mlflow, experiment)
        # nested: a notebook may have a run of its own open
        with mlflow.start_run(experiment_id=experiment_id, run_name=run_name, nested=True) as run:
            mlflow.set_tag("bundle", classifier.model)
            mlflow.set_tag("bundle_sha256", classifier.content_hash)
            _log_settings(mlflow, config, data_hashes)
            _log_figures(mlflow, metrics, plots)
            _log_model(mlflow, classifier, Path(bundle_folder), registered_model)
    return str(run.info.run_id)


def _experiment_id(mlflow: ModuleType, name: str | None) -> str | None:
    """Find or make the experiment; None leaves the choice to MLflow's own variables."""
    if name is None and {"MLFLOW_EXPERIMENT_NAME", "MLFLOW_EXPERIMENT_ID"} & os.environ.keys():
        return None
    client = mlflow.MlflowClient()
    found = client.get_experiment_by_name(name or DEFAULT_NAME)
    return str(found.experiment_id if found else client.create_experiment(name or DEFAULT_NAME))


def _log_settings(
    mlflow: ModuleType, config: Mapping[str, Any], data_hashes: Mapping[str, str]
) -> None:
    mlflow.log_params(as_parameters({**config, "data_sha256": data_hashes}))
    mlflow.log_text(_as_json(config), "config.json")
    sources = mlflow.data.code_dataset_source
    for name, digest in data_hashes.items():
        # no path: where a file lay on one machine says nothing on another
        source = sources.CodeDatasetSource(tags={})
        data = mlflow.data.meta_dataset.MetaDataset(source, name, digest[:_MAX_DIGEST])
        mlflow.log_input(data, context="training")


def _log_figures(
    mlflow: ModuleType, metrics: Mapping[str, Any], plots: Mapping[str, bytes]
) -> None:
    mlflow.log_metrics(as_metrics(metrics))
    mlflow.log_text(_as_json(metrics), "evaluation.json")
    with tempfile.TemporaryDirectory() as folder:
        for name, picture in plots.items():
            (Path(folder) / name).write_bytes(picture)
        mlflow.log_artifacts(folder, "plots")


def _log_model(
    mlflow: ModuleType,
    classifier: AdClassifier,
    bundle_folder: Path,
    registered_model: str | None,
) -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        resources.as_file(resources.files("adclassifier.tracking") / "served_model.py") as code,
    ):
        # a copy, because MLflow names what it stores after the folder it was given
        bundle = shutil.copytree(bundle_folder, Path(folder) / BUNDLE_NAME)
        mlflow.pyfunc.log_model(
            name=MODEL_NAME,
            python_model=str(code),
            artifacts={BUNDLE_NAME: str(bundle)},
            registered_model_name=registered_model,
            signature=build_signature(classifier.labels),
            input_example=pd.DataFrame({"text": [_EXAMPLE]}),
            # said, not guessed: guessing runs the model in another process
            pip_requirements=[f"{name}=={version(name)}" for name in ("adclassifier", "mlflow")],
        )


def _as_json(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True, default=str) + "\n"
