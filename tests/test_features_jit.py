"""Compiled kernels are kept where the machine lets us, and work where it does not."""

import os
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from adclassifier.features.jit import cache_folder, jit


@pytest.fixture(autouse=True)
def ask_anew() -> Iterator[None]:
    """The folder is chosen once a process; these tests choose again, and leave no choice behind."""
    cache_folder.cache_clear()
    yield
    cache_folder.cache_clear()


@pytest.fixture
def no_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Every candidate lies below a file, where no folder can be made."""
    (tmp_path / "file").touch()
    monkeypatch.setenv("ADCLASSIFIER_CACHE", str(tmp_path / "file"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "file"))
    return tmp_path


def double(value: int) -> int:
    return 2 * value


def test_cache_folder_is_the_wished_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADCLASSIFIER_CACHE", str(tmp_path / "new"))
    folder = cache_folder()
    assert folder is not None
    assert folder.parent == tmp_path / "new"
    assert folder.stat().st_mode & 0o077 == 0


def test_cache_folder_goes_on_to_the_users(
    no_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(no_folder / "cache"))
    folder = cache_folder()
    assert folder is not None
    assert folder.parent == no_folder / "cache" / "adclassifier"


def test_cache_folder_goes_on_to_a_private_temporary_one(
    no_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(no_folder))
    folder = cache_folder()
    assert folder is not None
    assert folder.parent.parent == no_folder
    assert folder.stat().st_mode & 0o077 == 0


def test_cache_folder_warns_once_without_any(no_folder: Path) -> None:
    with pytest.warns(RuntimeWarning, match="ADCLASSIFIER_CACHE"):
        assert cache_folder() is None
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert cache_folder() is None


@pytest.mark.filterwarnings("ignore:no writable folder:RuntimeWarning")  # what it is about
def test_jit_compiles_without_a_folder(no_folder: Path) -> None:
    assert jit(double)(21) == 42


def test_jit_keeps_what_it_compiled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADCLASSIFIER_CACHE", str(tmp_path))
    assert jit(double)(21) == 42
    assert list(tmp_path.rglob("*.nbi"))


@pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() != 0, reason="needs root to give away")
def test_cache_folder_is_no_folder_of_another_user(
    no_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ADCLASSIFIER_CACHE", str(no_folder / "theirs"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(no_folder / "cache"))
    (no_folder / "theirs").mkdir()
    os.chown(no_folder / "theirs", 12345, -1)
    folder = cache_folder()
    assert folder is not None
    assert folder.parent == no_folder / "cache" / "adclassifier"
