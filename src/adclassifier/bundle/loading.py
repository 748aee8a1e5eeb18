"""Find a bundle and load it, checked from the outside in."""

from __future__ import annotations

import os
import re
from importlib.resources import files as package_files
from pathlib import Path
from typing import Any

from pydantic_core import from_json

from adclassifier.bundle.arrays import read_npz
from adclassifier.bundle.contents import array_forms, build_classifier, check_codes, check_values
from adclassifier.bundle.folder import list_names, read_file, read_files
from adclassifier.bundle.manifest import CARD, MANIFEST, WEIGHTS, Manifest, parse_manifest
from adclassifier.classifier import AdClassifier
from adclassifier.errors import BundleNotFoundError, UntrustedBundleError

#: Names of the environment: the bundle to use, and the content hash that it must have.
BUNDLE_VARIABLE, PIN_VARIABLE = "ADCLASSIFIER_MODEL", "ADCLASSIFIER_MODEL_SHA256"

_PIN = re.compile(r"[0-9a-f]{64}")


def find_bundle(path: str | Path | None = None) -> Path:
    """Say which folder `load` reads.

    Parameters
    ----------
    path : str or Path, optional
        Without it, the one that ``ADCLASSIFIER_MODEL`` names; without that, the one in the package.

    Returns
    -------
    Path
        A folder with a ``bundle.json``.

    Raises
    ------
    BundleNotFoundError
        If there is none.
    """
    wished = path or os.environ.get(BUNDLE_VARIABLE)
    folder = Path(wished) if wished else Path(str(package_files("adclassifier") / "default_bundle"))
    if MANIFEST not in list_names(folder):
        raise BundleNotFoundError(
            str(folder), f"no {MANIFEST} in it", "expected a bundle; `adclassifier train` makes one"
        )
    return folder


def load(path: str | Path | None = None, *, sha256: str | None = None) -> AdClassifier:
    """Load a classifier. Nothing in the folder is run, whoever wrote it.

    Parameters
    ----------
    path : str or Path, optional
        The bundle's folder; see `find_bundle`.
    sha256 : str, optional
        The content hash that the bundle must have, 64 hexadecimal digits; without it, the one in
        ``ADCLASSIFIER_MODEL_SHA256``, if that is set.

    Returns
    -------
    AdClassifier
        Gives the probabilities of the one that was saved, to the bit.

    Raises
    ------
    BundleNotFoundError
        If there is no bundle.
    BundleVersionError
        If another version wrote it, or it has labels that this version does not know.
    UntrustedBundleError
        If it is damaged, altered, not the pinned one, or holds anything but the expected numbers.

    Examples
    --------
    >>> classifier = load("models/local")                    # doctest: +SKIP
    >>> classifier.predict(["Nhận làm bằng lái xe"])         # doctest: +SKIP
    """
    folder = find_bundle(path)
    manifest = parse_manifest(read_file(folder / MANIFEST), where=str(folder / MANIFEST))
    _check_pin(manifest, sha256, where=str(folder))
    _check_names(folder, manifest)
    contents = read_files(folder, manifest.files)
    check_codes(manifest, where=str(folder / MANIFEST))
    where = str(folder / WEIGHTS)
    arrays = read_npz(contents[WEIGHTS], array_forms(manifest), where=where)
    check_values(manifest, arrays, where=where)
    return build_classifier(manifest, arrays, _read_card(contents[CARD], str(folder / CARD)))


def _check_pin(manifest: Manifest, sha256: str | None, *, where: str) -> None:
    """Compare the content hash with the pinned one; an empty pin is a mistake, not a permission."""
    pin = os.environ.get(PIN_VARIABLE) if sha256 is None else sha256
    if pin is None:
        return
    found = manifest.content_hash()
    if not _PIN.fullmatch(pin.lower()):
        raise UntrustedBundleError(where, f"pin {pin!r}", "expected 64 hexadecimal digits")
    if pin.lower() != found:
        raise UntrustedBundleError(where, f"content hash {found}", f"pinned {pin}")


def _check_names(folder: Path, manifest: Manifest) -> None:
    """Refuse a folder with files that the manifest does not list."""
    extra = sorted(list_names(folder) - {MANIFEST, *manifest.files})
    if extra:
        raise UntrustedBundleError(
            str(folder),
            f"unlisted {', '.join(map(repr, extra[:5]))}",
            f"expected only {', '.join(sorted([MANIFEST, *manifest.files]))}",
        )


def _read_card(data: bytes, where: str) -> dict[str, Any]:
    """Read the card: any JSON object."""
    try:
        card = from_json(data, allow_inf_nan=False)
    except ValueError as error:
        raise UntrustedBundleError(where, f"no JSON ({error})", "expected an object") from error
    if not isinstance(card, dict):
        raise UntrustedBundleError(where, type(card).__name__, "expected an object")
    return card
