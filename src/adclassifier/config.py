"""Read the settings of training: defaults in the package, a user's file, single overrides."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from adclassifier.errors import ConfigError

Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Count = Annotated[int, Field(ge=1)]
Share = Annotated[float, Field(gt=0, le=1)]
Weights = dict[str, Annotated[float, Field(ge=0, allow_inf_nan=False)]]


class _Section(BaseModel):
    """One table of the file: frozen, and an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class DataConfig(_Section):
    """What each source's texts count; weights need a ``default``."""

    weights: Weights
    label_weights: Weights
    offer_weights: Weights
    min_real_positives: Count
    own_intercepts: tuple[str, ...]

    @model_validator(mode="after")
    def _has_default(self) -> DataConfig:
        for name in ("weights", "label_weights", "offer_weights"):
            if "default" not in getattr(self, name):
                raise ValueError(f"{name} has no weight for 'default'")
        return self


class FeaturesConfig(_Section):
    """What the features are."""

    segmenter: Literal["syllable", "underthesea"]
    max_words: Annotated[int, Field(ge=1, le=5)]
    min_chars: Annotated[int, Field(ge=1, le=8)]
    max_chars: Annotated[int, Field(ge=0, le=8)]
    border_chars: Annotated[int, Field(ge=0, le=8)]
    cue_weight: Annotated[float, Field(ge=0, le=1000)]
    pair_weight: Annotated[float, Field(ge=0, le=1000)]
    n_bits: Annotated[int, Field(ge=8, le=20)]
    min_length: Annotated[int, Field(ge=0)]
    idf_shift: Annotated[float, Field(ge=0, allow_inf_nan=False)]


class WindowsConfig(_Section):
    """How long texts are cut, in characters of canonical text."""

    chars: Annotated[int, Field(ge=50)]
    stride: Count

    @model_validator(mode="after")
    def _overlaps(self) -> WindowsConfig:
        if self.stride > self.chars // 2:
            raise ValueError(f"stride {self.stride} is more than half of chars {self.chars}")
        if self.stride < self.chars // 20:
            raise ValueError(f"stride {self.stride} is less than 1/20 of chars {self.chars}")
        return self


class LearningConfig(_Section):
    """How the linear models are fitted."""

    c: Positive
    subcode_c: Positive
    subcode_entries: Count
    n_folds: Annotated[int, Field(ge=2)]
    random_state: Annotated[int, Field(ge=0)]
    n_jobs: Count


class StreamingConfig(_Section):
    """How is learnt from more texts than memory should hold."""

    above: Count
    block_texts: Annotated[int, Field(ge=1, le=100_000)]
    epochs: Count
    visits: Count
    first_step: Positive


class ThresholdsConfig(_Section):
    """How probabilities become decisions."""

    beta: Positive
    slack: Annotated[float, Field(ge=0, le=0.3)]
    review_recall: Share
    offer_recall: Share
    fallback: Share


class BundleConfig(_Section):
    """How the result is named, and what it judges."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")]
    max_chars: Count


class Config(_Section):
    """Settings of training; see ``default.toml`` for what each is for.

    Examples
    --------
    >>> load_config(overrides=["learning.c=1.5"]).learning.c
    1.5
    """

    data: DataConfig
    features: FeaturesConfig
    windows: WindowsConfig
    learning: LearningConfig
    streaming: StreamingConfig
    thresholds: ThresholdsConfig
    bundle: BundleConfig


def load_config(path: str | Path | None = None, overrides: Iterable[str] = ()) -> Config:
    """Load the settings: the package's defaults, then a file, then single values.

    Parameters
    ----------
    path : path, optional
        TOML with some of the settings of ``default.toml``.
    overrides : iterable of str
        ``section.name=value``, the value as TOML (a bare word counts as text).

    Raises
    ------
    ConfigError
        Naming the file or option, every setting that is unknown or out of range, and what would
        be right.
    """
    settings = tomllib.loads((files("adclassifier") / "default.toml").read_text("utf-8"))
    config = _check(settings, "default.toml")
    if path is not None:
        _merge(settings, _read(Path(path)))
        config = _check(settings, str(path))
    # one by one, so that an error names the setting that is wrong
    for override in overrides:
        _merge(settings, _parse_override(override))
        config = _check(settings, f"--set {override}")
    return config


def _check(settings: Mapping[str, Any], where: str) -> Config:
    """Make the settings a Config, or say all that is wrong with them."""
    try:
        return Config.model_validate(settings)
    except ValidationError as error:
        found = "; ".join(
            f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors()
        )
        raise ConfigError(where, found, "see `default.toml` for the settings") from error


def _read(path: Path) -> dict[str, Any]:
    """Read a user's file."""
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise ConfigError(str(path), error.strerror or "cannot be read", "a TOML file") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(str(path), str(error), "a TOML file in UTF-8") from error


def _parse_override(override: str) -> dict[str, Any]:
    """Read ``section.name=value``."""
    name, equals, value = override.partition("=")
    if not equals or name.count(".") < 1:
        raise ConfigError(f"--set {override}", "no setting", "section.name=value")
    try:
        parsed = tomllib.loads(f"value = {value}")["value"]
    except tomllib.TOMLDecodeError:
        parsed = value
    for part in reversed(name.split(".")):
        parsed = {part: parsed}
    return dict(parsed)


def _merge(settings: dict[str, Any], more: Mapping[str, Any]) -> None:
    """Put the values of one tree over those of another, in place."""
    for name, value in more.items():
        if isinstance(value, Mapping) and isinstance(settings.get(name), dict):
            _merge(settings[name], value)
        else:
            settings[name] = value
