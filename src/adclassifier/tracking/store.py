"""Reach MLflow: import it, say which store is meant, and point it there for a while."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import ModuleType

from adclassifier.errors import InputError, MissingExtraError

#: Where runs go when nobody says otherwise: one file in the folder of the call.
DEFAULT_TRACKING_URI = "sqlite:///mlflow.db"

#: Name of the experiment and of the registered model when nobody says otherwise.
DEFAULT_NAME = "adclassifier"

_VARIABLE = "MLFLOW_TRACKING_URI"
_PASSWORD = re.compile(r"(?<=://)[^/@]*@")


def import_mlflow() -> ModuleType:
    """Import MLflow, which is an extra.

    Raises
    ------
    MissingExtraError
        If it is not installed.
    """
    # Read by MLflow when it is imported, so it must stand before: posts are people's data, and
    # offices without internet would wait for a call home. Who wants telemetry sets it to false.
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    try:
        import mlflow
    except ImportError as error:
        raise MissingExtraError("mlflow", "tracking") from error
    return mlflow


def require_store(tracking_uri: str | None = None) -> str:
    """Make sure that a run can be stored, before hours are spent on it.

    Parameters
    ----------
    tracking_uri : str, optional
        Where runs are stored: ``sqlite:///file.db``, ``http://server:5000``. Without it
        ``mlflow.set_tracking_uri`` and ``MLFLOW_TRACKING_URI`` decide, and without those it is
        `DEFAULT_TRACKING_URI`.

    Returns
    -------
    str
        The address that `track` will use.

    Raises
    ------
    MissingExtraError
        If MLflow is not installed.
    InputError
        If nothing answers there, or it is not MLflow.
    """
    mlflow = import_mlflow()
    uri = resolve_uri(mlflow, tracking_uri)
    # MLflow tries a dead server seven times, over four minutes; its settings are the environment.
    with _environment({"MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1"}):
        try:
            mlflow.MlflowClient(tracking_uri=uri).search_experiments(max_results=1)
        # OSError: the folder of a database; ImportError: the driver of one
        except (mlflow.MlflowException, OSError, ImportError) as error:
            raise InputError(
                f"MLflow at {masked(uri)}",
                "cannot be used: " + masked(str(error)).splitlines()[0],
                f"expected a running server or a database such as {DEFAULT_TRACKING_URI}",
            ) from error
    return uri


def resolve_uri(mlflow: ModuleType, tracking_uri: str | None) -> str:
    """Say which store is meant: the argument, what MLflow was told, or the default."""
    if tracking_uri is not None:
        return tracking_uri
    if mlflow.is_tracking_uri_set():
        return str(mlflow.get_tracking_uri())
    return DEFAULT_TRACKING_URI


def masked(text: str) -> str:
    """Leave user names and passwords of addresses out of a message.

    Examples
    --------
    >>> masked("no answer from http://me:secret@server:5000")
    'no answer from http://server:5000'
    """
    return _PASSWORD.sub("", text)


@contextmanager
def pointed_at(mlflow: ModuleType, uri: str) -> Iterator[None]:
    """Make a store MLflow's current one, which is process-wide, and put the former one back."""
    # without the variable MLflow says what it was told in code, which comes first
    variable = os.environ.pop(_VARIABLE, None)
    former = mlflow.get_tracking_uri() if mlflow.is_tracking_uri_set() else None
    mlflow.set_tracking_uri(uri)
    try:
        yield
    finally:
        mlflow.set_tracking_uri(former)
        if variable is not None:
            os.environ[_VARIABLE] = variable


@contextmanager
def _environment(defaults: Mapping[str, str]) -> Iterator[None]:
    """Set variables that are not set, for a while."""
    added = {name: value for name, value in defaults.items() if name not in os.environ}
    os.environ.update(added)
    try:
        yield
    finally:
        for name in added:
            del os.environ[name]
