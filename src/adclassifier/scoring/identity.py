"""Know an input again: the size and SHA-256 of its files."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from adclassifier.errors import InputError

#: Name of the thread that hashes: it holds no lock that a forked process would need.
HASHING = "adclassifier-hashing"


class InputIdentity:
    """The input's files with their hashes, which are computed beside the judging.

    Parameters
    ----------
    paths : sequence of Path
        Files, none for standard input, which cannot be known again.
    """

    def __init__(self, paths: Sequence[Path]) -> None:
        self._paths = paths
        self._found: list[dict[str, Any]] = []
        self._error: OSError | None = None
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to hash, unless that is being done."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._hash_all, name=HASHING, daemon=True)
            self._thread.start()

    @property
    def known(self) -> bool:
        """Whether the hashes are there."""
        return self._thread is not None and not self._thread.is_alive()

    def wait(self) -> list[dict[str, Any]]:
        """Give each file's name, size and hash.

        Raises
        ------
        InputError
            If a file cannot be read any more.
        """
        self.start()
        if self._thread is not None:
            self._thread.join()
        if self._error is not None:
            error = self._error
            found = f"cannot be read any more ({error.strerror})"
            raise InputError(str(error.filename), found) from error
        return self._found

    def stop(self) -> None:
        """Hash no further."""
        self._stopped.set()
        if self._thread is not None:
            self._thread.join()

    def _hash_all(self) -> None:
        try:
            for path in self._paths:
                self._found.append(self._hash(path))
        except OSError as error:
            self._error = error

    def _hash(self, path: Path) -> dict[str, Any]:
        digest = hashlib.sha256()
        size = 0
        with path.open("rb", buffering=0) as stream:
            while not self._stopped.is_set() and (some := stream.read(1 << 20)):
                digest.update(some)
                size += len(some)
        return {"path": str(path), "bytes": size, "sha256": digest.hexdigest()}
