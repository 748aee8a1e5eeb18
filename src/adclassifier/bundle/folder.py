"""Read the files of a bundle once each, and put a folder in place as a whole."""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
import stat
from collections.abc import Mapping
from pathlib import Path

from adclassifier.errors import (
    BundleNotFoundError,
    InputError,
    OutputExistsError,
    UntrustedBundleError,
)

MAX_FILE_BYTES = 64 * 2**20
# A pipe in place of a file must not hang us, nor a link lead out of the folder.
_READ_FLAGS = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
_BINARY = getattr(os, "O_BINARY", 0)


def list_names(folder: Path) -> set[str]:
    """Give the names in a bundle's folder.

    Raises
    ------
    BundleNotFoundError
        If there is no folder.
    """
    try:
        return set(os.listdir(folder))
    except (OSError, ValueError) as error:
        raise BundleNotFoundError(
            str(folder), "no such folder", "expected a bundle; `adclassifier train` makes one"
        ) from error


def read_file(path: Path) -> bytes:
    """Read a file of a bundle.

    Raises
    ------
    UntrustedBundleError
        If it is not there, no plain file, or larger than any bundle's.
    """
    if path.is_symlink():
        raise UntrustedBundleError(str(path), "a link", "expected a plain file")
    try:
        descriptor = os.open(path, _READ_FLAGS | _BINARY)
    except OSError as error:
        raise UntrustedBundleError(
            str(path), f"cannot be read ({error.strerror})", "expected a plain file"
        ) from error
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise UntrustedBundleError(str(path), "no file", "expected a plain file")
        if status.st_size > MAX_FILE_BYTES:
            raise UntrustedBundleError(
                str(path), f"{status.st_size} bytes", f"expected at most {MAX_FILE_BYTES}"
            )
        with open(descriptor, "rb", closefd=False) as stream:
            return stream.read(status.st_size)
    finally:
        os.close(descriptor)


def read_files(folder: Path, hashes: Mapping[str, str]) -> dict[str, bytes]:
    """Read files, if they are those that were hashed.

    Raises
    ------
    UntrustedBundleError
        If one is missing, damaged or no plain file.
    """
    contents = {}
    for name, expected in hashes.items():
        contents[name] = read_file(folder / name)
        found = hashlib.sha256(contents[name]).hexdigest()
        if found != expected:
            raise UntrustedBundleError(
                str(folder / name), f"SHA-256 {found}", f"the manifest says {expected}"
            )
    return contents


def replace_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write files to a new folder, and give it its name when all are there.

    A bundle of that name steps aside first and is removed last, so that whoever looks finds the
    old one, the new one or, between two renames, none; never a mixture.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    mark = secrets.token_hex(4)
    temporary = folder.with_name(f".{folder.name}.{mark}.tmp")
    aside = folder.with_name(f".{folder.name}.{mark}.old")
    try:
        temporary.mkdir()
        for name, content in files.items():
            _write_file(temporary / name, content)
        _rename(temporary, folder, aside)
    except OSError as error:
        raise InputError(
            str(folder), f"cannot be written ({error.strerror})", "a folder you may write to"
        ) from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    shutil.rmtree(aside, ignore_errors=True)


def refuse_foreign(folder: Path, known: set[str] | None) -> None:
    """Refuse to replace a folder that holds anything but a bundle.

    Parameters
    ----------
    folder : Path
    known : set of str or None
        Names that the manifest in the folder lists; None when there is no manifest.

    Raises
    ------
    OutputExistsError
        If there is a file of that name, or a folder with something else in it.
    """
    if not folder.is_dir():
        foreign = folder.exists()
    else:
        foreign = bool(set(os.listdir(folder)) - (known or set()))
    if foreign:
        raise OutputExistsError(
            str(folder), "is there and is no bundle", "expected a new folder or a bundle to replace"
        )


def _write_file(path: Path, content: bytes) -> None:
    """Write a file through to the disk."""
    with path.open("xb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())


def _rename(temporary: Path, folder: Path, aside: Path) -> None:
    """Put the new folder in the old one's place; put the old one back if that fails."""
    replaced = folder.exists()
    if replaced:
        folder.rename(aside)
    try:
        temporary.rename(folder)
    except OSError:
        if replaced:
            aside.rename(folder)
        raise
