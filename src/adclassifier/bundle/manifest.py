"""Say what a bundle is: the form of ``bundle.json``, and the hash that names a content."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from typing import Annotated, Final, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

from adclassifier.errors import BundleVersionError, UntrustedBundleError
from adclassifier.features import FeatureShape

#: Raise it by one when a reader of the old number would misread or refuse a new bundle: an array or
#: a key added, removed, renamed, or given another meaning; an n-gram that `features` hashes or
#: weighs otherwise than before. Not for new weights, labels or figures.
#: `load` reads this number and no other; a bundle is made anew by training, not converted.
FORMAT: Final = 2

MANIFEST, WEIGHTS, CARD = "bundle.json", "weights.npz", "card.json"

Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,60}$")]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$")]
#: No slash and no leading dot: a name cannot lead out of the folder.
FileName = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,99}\.(json|npz|png|svg|md)$")
]
Probability = Annotated[float, Field(ge=0.0, le=1.0)]

_FORM = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class Features(BaseModel):
    """`FeatureShape` at the border. The limits hold memory, not quality."""

    model_config = _FORM

    max_words: int = Field(ge=1, le=8)
    min_chars: int = Field(ge=0, le=16)
    max_chars: int = Field(ge=0, le=16)
    n_bits: int = Field(ge=1, le=20)
    min_length: int = Field(ge=0, le=100_000)
    border_chars: int = Field(ge=0, le=16)
    cue_groups: tuple[Code, ...] = Field(max_length=400)
    cue_weight: float = Field(ge=0.0, le=1000.0)
    pair_weight: float = Field(ge=0.0, le=1000.0)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        """Hold the groups in order, each once."""
        if list(self.cue_groups) != sorted(set(self.cue_groups)):
            raise ValueError("cue_groups: expected codes in order, each once")
        return self

    @classmethod
    def of(cls, shape: FeatureShape) -> Self:
        """Take over a shape."""
        return cls(**asdict(shape))

    def shape(self) -> FeatureShape:
        """Give the shape that the kernel works with."""
        return FeatureShape(**self.model_dump())


class Manifest(BaseModel):
    """``bundle.json``, all but the content hash, which is made of the rest."""

    model_config = _FORM

    format: Literal[2] = FORMAT
    name: Name
    labels: tuple[str, ...] = Field(min_length=1)
    heads: tuple[str, ...]
    subcodes: tuple[str, ...]
    subcode_entries: int = Field(ge=0)
    features: Features
    segmenter: Literal["syllable", "underthesea"]
    window_chars: int = Field(ge=10, le=1_000_000)
    stride_chars: int
    thresholds: dict[str, Probability]
    evidence_threshold: Probability | None
    prior: float = Field(gt=0.0, lt=1.0)
    max_chars: int = Field(ge=1, le=10_000_000)
    taxonomy_sha256: Sha256
    lexicon_sha256: Sha256
    law_as_of: Annotated[str, StringConstraints(pattern=r"^\d{4}-\d\d-\d\d$")]
    files: dict[FileName, Sha256] = Field(max_length=100)

    @model_validator(mode="after")
    def _agree(self) -> Self:
        """Hold the fields to one another."""
        if self.heads != (*self.labels, "violating", "offer"):
            raise ValueError("heads: expected the labels, then 'violating' and 'offer'")
        if len(set(self.heads)) != len(self.heads) or len(set(self.subcodes)) != len(self.subcodes):
            raise ValueError("labels, subcodes: expected every code once")
        expected = {*self.labels, "offer", "review"}
        if set(self.thresholds) != expected:
            raise ValueError(f"thresholds: expected one each for {', '.join(sorted(expected))}")
        if not self.window_chars // 20 <= self.stride_chars <= self.window_chars:
            raise ValueError("stride_chars: expected from 1/20 of window_chars to all of it")
        missing = {WEIGHTS, CARD} - set(self.files)
        if missing or MANIFEST in self.files:
            raise ValueError(f"files: expected {WEIGHTS} and {CARD}, and not {MANIFEST}")
        return self

    def content_hash(self) -> str:
        """Hash everything that the bundle holds: the fields here, and through them every file.

        Returns
        -------
        str
            64 hexadecimal digits.
        """
        return hashlib.sha256(render_json(self.model_dump(mode="json"))).hexdigest()

    def render(self) -> bytes:
        """Write ``bundle.json``."""
        fields = self.model_dump(mode="json")
        return render_json({**fields, "content_hash": self.content_hash()})


class _Stored(Manifest):
    """``bundle.json`` with the content hash that its writer found."""

    stored_hash: Sha256 = Field(alias="content_hash", exclude=True)


class _Versioned(BaseModel):
    """The one key that every format has."""

    model_config = ConfigDict(extra="ignore", strict=True)

    format: int


def parse_manifest(data: bytes, *, where: str) -> Manifest:
    """Read ``bundle.json``.

    Parameters
    ----------
    data : bytes
    where : str
        What to call the file in an error.

    Raises
    ------
    BundleVersionError
        If another format wrote it.
    UntrustedBundleError
        If a key is missing, unknown or out of range, or the content hash is not that of the rest.
    """
    try:
        found = _Versioned.model_validate_json(data).format
    except ValidationError as error:
        raise _form_error(where, error) from error
    if found != FORMAT:
        raise BundleVersionError(
            f"{where}: format", str(found), f"this version of adclassifier reads {FORMAT}"
        )
    try:
        manifest = _Stored.model_validate_json(data)
    except ValidationError as error:
        raise _form_error(where, error) from error
    actual = manifest.content_hash()
    if manifest.stored_hash != actual:
        raise UntrustedBundleError(
            f"{where}: content_hash", manifest.stored_hash, f"the content hashes to {actual}"
        )
    return manifest


def render_json(value: object) -> bytes:
    r"""Write JSON that depends on nothing but the value; NaN and infinity raise ValueError.

    Examples
    --------
    >>> render_json({"b": 1, "a": "chữ"}).decode()
    '{\n "a": "chữ",\n "b": 1\n}\n'
    """
    text = json.dumps(value, allow_nan=False, ensure_ascii=False, indent=1, sort_keys=True)
    return (text + "\n").encode("utf-8")


def _form_error(where: str, error: ValidationError) -> UntrustedBundleError:
    """Name the first wrong key; the values of a foreign file are not repeated."""
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    place = ".".join(map(str, first["loc"]))
    more = f" (and {error.error_count() - 1} more)" if error.error_count() > 1 else ""
    return UntrustedBundleError(
        f"{where}: {place}" if place else where,
        f"{first['msg']}{more}",
        "expected a bundle.json as adclassifier writes it",
    )
