"""Read the service's settings: options first, then the environment, then what is here."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from joblib import cpu_count
from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from adclassifier.errors import ConfigError

_PREFIX = "ADCLASSIFIER_"


def _count_cores() -> int:
    """Count the cores that this process may use; 2 at least: one long batch blocks nobody."""
    return max(2, int(cpu_count()))


class ServiceSettings(BaseSettings):
    """Everything that an operator may set, each also as ``ADCLASSIFIER_<NAME>``.

    Parameters
    ----------
    host : str, default="127.0.0.1"
        Address to listen on; one that other machines reach needs ``insecure_no_auth``.
    port : int, in [0, 65535], default=8000
        0 takes a free one.
    model : path or None
        Bundle's folder; None takes the one in the package.
    model_sha256 : str or None
        Content hash that the bundle must have.
    workers : int, in [1, 64], default=1
        Processes that serve; they share one model in memory.
    max_threads : int, default=number of cores that may be used, at least 2
        Requests that a worker judges at the same time; the others wait their turn.
    insecure_no_auth : bool, default=False
        Serve whoever reaches the address: there are no keys yet.
    """

    model_config = SettingsConfigDict(
        env_prefix=_PREFIX, env_ignore_empty=True, frozen=True, extra="forbid"
    )

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8000
    model: Path | None = None
    model_sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")] | None = None
    workers: Annotated[int, Field(ge=1, le=64)] = 1
    max_threads: Annotated[int, Field(ge=1, le=256)] = Field(default_factory=_count_cores)
    insecure_no_auth: bool = False


def read_settings(options: Mapping[str, Any]) -> ServiceSettings:
    """Read the settings; the only reader of the service's environment.

    Parameters
    ----------
    options : mapping
        What the command line gave, by setting; None where it gave nothing.

    Returns
    -------
    ServiceSettings

    Raises
    ------
    ConfigError
        If a value cannot be used; names its option and its variable.

    Examples
    --------
    >>> read_settings({"port": "9000", "model": None}).port
    9000
    """
    given = {name: value for name, value in options.items() if value is not None}
    try:
        return ServiceSettings(**given)
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0])
        where = f"--{name.replace('_', '-')} or {_PREFIX}{name.upper()}"
        raise ConfigError(where, repr(first["input"]), first["msg"]) from error
