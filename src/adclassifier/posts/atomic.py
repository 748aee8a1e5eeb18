"""Write a file so that it is whole or not there at all."""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path
from typing import IO

from adclassifier.errors import InputError, OutputExistsError


class AtomicFile:
    """A file under a temporary name in its own folder, renamed when it is complete.

    Parameters
    ----------
    path : Path
        The name it gets on `commit`.
    overwrite : bool
        Whether a file of that name may be replaced. Without it, one that
        appeared in the meantime is kept and `commit` raises.

    Raises
    ------
    InputError
        If the folder is missing or cannot be written to.
    OutputExistsError
        On `commit`, as said.
    """

    def __init__(self, path: Path, *, overwrite: bool) -> None:
        self.path = path
        self.temporary = path.with_name(f".{path.name[:100]}.{secrets.token_hex(4)}.tmp")
        self._overwrite = overwrite
        try:
            self.stream: IO[bytes] = self.temporary.open("xb")
        except OSError as error:
            raise InputError(
                str(path), f"cannot be written ({error.strerror})", "a folder you may write to"
            ) from error

    def commit(self, path: Path | None = None) -> None:
        """Store the bytes safely, then give the file its name, or another one close by."""
        self.path = path or self.path
        try:
            self.stream.flush()
            os.fsync(self.stream.fileno())
            self.stream.close()
            place(self.temporary, self.path, overwrite=self._overwrite)
        except BaseException:
            self.abort()
            raise

    def abort(self) -> None:
        """Leave nothing behind."""
        with contextlib.suppress(OSError):  # a full disk refuses the last bytes once more
            self.stream.close()
        self.temporary.unlink(missing_ok=True)


def place(temporary: Path, path: Path, *, overwrite: bool) -> None:
    """Give a whole, stored file its name, safely.

    Parameters
    ----------
    temporary, path : Path
        What it is called, and will be called, in one file system.
    overwrite : bool
        Whether a file of that name may be replaced.

    Raises
    ------
    OutputExistsError
        If there is one that may not be replaced.
    """
    if overwrite:
        os.replace(temporary, path)
    else:
        _rename_new(temporary, path)
    _sync_folder(path.parent)


def _rename_new(temporary: Path, path: Path) -> None:
    """Rename without replacing: a hard link fails where the name is taken."""
    try:
        os.link(temporary, path)
    except FileExistsError as error:
        if not path.samefile(temporary):  # else this was stopped between link and unlink
            raise exists_already(path) from error
    except OSError:  # a file system without hard links
        if path.exists():
            raise exists_already(path) from None
        os.replace(temporary, path)
    temporary.unlink(missing_ok=True)


def _sync_folder(path: Path) -> None:
    """Make the new name survive a power cut, where the system can (not on Windows)."""
    if os.name == "nt":
        return
    folder = os.open(path, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def exists_already(path: Path) -> OutputExistsError:
    """Build the error for an output that is there."""
    return OutputExistsError(str(path), "is there already", "pass --overwrite to replace it")
