"""Compile the kernels, and keep what was compiled where this machine lets us.

numba is asked here and nowhere else, so that the choice of cache folder, the missing
``fastmath`` (sums must be the same bits on every run) and the released GIL are one decision.
"""

from __future__ import annotations

import functools
import hashlib
import os
import tempfile
import warnings
from collections.abc import Callable, Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, TypeVar, cast

import numba

#: Modules outside this package whose numbers are compiled into kernels.
_NUMBERS_FROM = ("text/stages.py", "text/word_model.py", "text/word_tokens.py")
_NO_WAY_IN = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}

Function = TypeVar("Function", bound=Callable[..., object])


@functools.cache
def _source_mark() -> str:
    """Name the state of the kernels' source.

    numba compiles anew when a kernel's own file changed, not when one that it calls from did, or
    takes numbers from.
    """
    package = files("adclassifier")
    sources = [*_sources(package / "features"), *(package / name for name in _NUMBERS_FROM)]
    texts = (each.read_bytes() for each in sources)
    return hashlib.sha256(b"".join(texts)).hexdigest()[:12]


def _sources(folder: Traversable) -> Iterator[Traversable]:
    """Give the modules below a folder, by name."""
    for entry in sorted(folder.iterdir(), key=lambda each: each.name):
        if entry.is_dir():
            yield from _sources(entry)
        elif entry.name.endswith(".py"):
            yield entry


def _user() -> int:
    """Give the number of the user; 0 on Windows, as files there say too."""
    return os.getuid() if hasattr(os, "getuid") else 0


def _candidate_folders() -> list[Path]:
    """Folders to try, the user's wish first."""
    wished = os.environ.get("ADCLASSIFIER_CACHE")
    cache_home = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    shared_temp = Path(tempfile.gettempdir()) / f"adclassifier-{_user()}"
    return [*([Path(wished)] if wished else []), Path(cache_home) / "adclassifier", shared_temp]


def _is_ours_to_write(folder: Path) -> bool:
    """Whether the folder is (or can be made) ours: what lies in it is run."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError:
        return False
    return folder.stat().st_uid == _user() and os.access(folder, os.W_OK | os.X_OK)


@functools.cache
def cache_folder() -> Path | None:
    """Find the folder for compiled kernels.

    Returns
    -------
    Path or None
        Inside ``ADCLASSIFIER_CACHE``, the user's cache folder or a private temporary one, whichever
        can be written first; None, with one warning, when none can: kernels are then compiled anew
        in every process, which costs some seconds.
    """
    for folder in _candidate_folders():
        inside = folder / _source_mark()
        # Both: whoever owns the outer folder could put another in the inner one's place.
        if _is_ours_to_write(folder) and _is_ours_to_write(inside):
            return inside
    warnings.warn(
        "no writable folder for compiled kernels: every start costs some seconds more; "
        "set ADCLASSIFIER_CACHE to a folder of your own",
        RuntimeWarning,
        stacklevel=2,
    )
    return None


def jit(function: Function) -> Function:
    """Compile a kernel on first use, without the GIL, cached on disk where possible.

    Parameters
    ----------
    function : callable
        Written in the part of Python and NumPy that numba compiles.

    Returns
    -------
    callable
        The compiled function, called like the original.
    """
    return _compile(function, {})


def jit_in_place(function: Function) -> Function:
    """Compile a kernel that makes no arrays, only reads and writes those it is given.

    Nobody then counts who holds an array. Counting is what a small function with many arrays
    spends most of its time on, and threads that share a table wait for each other over it. It is
    also compiled into its callers: handing on thirty arrays costs more than most of these do.

    Parameters
    ----------
    function : callable
        As `jit` takes it. What it makes (``np.empty``) would never be freed; views are no arrays
        of their own.

    Returns
    -------
    callable
        The compiled function, called like the original.
    """
    return _compile(function, {"_nrt": False, "forceinline": True})


def jit_inner(function: Function) -> Function:
    """Compile a kernel like `jit_in_place` that only other kernels call, never Python.

    Parameters
    ----------
    function : callable
        As `jit_in_place` takes it.

    Returns
    -------
    callable
        Can be called from kernels alone: the way in from Python costs more time to compile than
        most of these do.
    """
    return _compile(function, {"_nrt": False, "forceinline": True, **_NO_WAY_IN})


def jit_lean(function: Function) -> Function:
    """Compile a long kernel like `jit_inner`, but leave it to the compiler to copy it into callers.

    Parameters
    ----------
    function : callable
        As `jit_in_place` takes it.

    Returns
    -------
    callable
        Can be called from kernels alone.
    """
    return _compile(function, {"_nrt": False, **_NO_WAY_IN})


def jit_spliced(function: Function) -> Function:
    """Compile a kernel only as a part of its callers, of which there should be one.

    A long kernel that calls long ones would otherwise be compiled with all of them once more for
    every level above it.

    Parameters
    ----------
    function : callable
        As `jit_in_place` takes it.

    Returns
    -------
    callable
        Can be called from kernels alone.
    """
    return _compile(function, {"_nrt": False, "inline": "always", **_NO_WAY_IN})


def _compile(function: Function, options: dict[str, Any]) -> Function:
    """Decorate with numba, on our own cache folder."""
    folder = cache_folder()
    # The locator is chosen while decorating, so numba's global setting is only lent for this call.
    settings: Any = numba.config
    before = settings.CACHE_DIR
    settings.CACHE_DIR = str(folder) if folder else before
    try:
        decorate: Any = numba.njit
        compiled = decorate(nogil=True, cache=folder is not None, **options)(function)
    finally:
        settings.CACHE_DIR = before
    return cast(Function, compiled)
