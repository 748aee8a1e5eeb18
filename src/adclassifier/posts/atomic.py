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

    def commit(self) -> None:
        """Store the bytes safely, then give the file its name."""
        try:
            self.stream.flush()
            os.fsync(self.stream.fileno())
            self.stream.close()
            if self._overwrite:
                os.replace(self.temporary, self.path)
            else:
                self._rename_new()
        except BaseException:
            self.abort()
            raise
        self._sync_folder()

    def abort(self) -> None:
        """Leave nothing behind."""
        with contextlib.suppress(OSError):  # a full disk refuses the last bytes once more
            self.stream.close()
        self.temporary.unlink(missing_ok=True)

    def _rename_new(self) -> None:
        """Rename without replacing: a hard link fails where the name is taken."""
        try:
            os.link(self.temporary, self.path)
        except FileExistsError as error:
            raise exists_already(self.path) from error
        except OSError:  # a file system without hard links
            if self.path.exists():
                raise exists_already(self.path) from None
            os.replace(self.temporary, self.path)
        self.temporary.unlink(missing_ok=True)

    def _sync_folder(self) -> None:
        """Make the new name survive a power cut, where the system can (not on Windows)."""
        if os.name == "nt":
            return
        folder = os.open(self.path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def exists_already(path: Path) -> OutputExistsError:
    """Build the error for an output that is there."""
    return OutputExistsError(str(path), "is there already", "pass --overwrite to replace it")
