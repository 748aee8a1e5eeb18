"""What can be said of notebooks without running them; `pytest --nbmake notebooks` runs them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest

import adclassifier

FOLDER = Path(__file__).parents[1] / "notebooks"
PATHS = sorted(FOLDER.glob("*.ipynb"))
PROJECT = ("adclassifier", "adclassifier_api")

every_notebook = pytest.mark.parametrize("path", PATHS, ids=[path.stem for path in PATHS])


def read(path: Path) -> Any:
    return nbformat.read(path, as_version=nbformat.NO_CONVERT)


def code_of(path: Path) -> list[str]:
    return [cell.source for cell in read(path).cells if cell.cell_type == "code"]


def project_imports(code: str) -> Iterator[tuple[str, str]]:
    """Give module and name of what is imported from the project; "" for a whole module."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            found = [(alias.name, "") for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            found = [(node.module or "", alias.name) for alias in node.names]
        else:
            continue
        yield from (pair for pair in found if pair[0].partition(".")[0] in PROJECT)


def test_notebooks_are_numbered_without_gaps() -> None:
    assert [path.stem.partition("_")[0] for path in PATHS] == [
        f"{number:02d}" for number in range(1, len(PATHS) + 1)
    ]
    assert len(PATHS) >= 3


@every_notebook
def test_notebook_is_valid(path: Path) -> None:
    nbformat.validate(read(path))


@every_notebook
def test_notebook_is_stored_without_outputs(path: Path) -> None:
    for cell in read(path).cells:
        assert not cell.get("outputs")
        assert cell.get("execution_count") is None
        assert cell.metadata == {}


@every_notebook
def test_notebook_runs_with_any_python(path: Path) -> None:
    metadata = read(path).metadata
    assert metadata.kernelspec.name == "python3"
    assert set(metadata.language_info) == {"name"}


@every_notebook
def test_notebook_imports_public_names_only(path: Path) -> None:
    imported = [pair for code in code_of(path) for pair in project_imports(code)]
    assert imported
    assert [pair for pair in imported if pair[0] != "adclassifier"] == []
    assert {name for _, name in imported} <= set(adclassifier.__all__)


@every_notebook
def test_notebook_shows_plots(path: Path) -> None:
    assert any("plt.show()" in code for code in code_of(path))


@every_notebook
def test_notebook_names_no_folder_outside(path: Path) -> None:
    assert not any(
        isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and (node.value.startswith("/") or "../../" in node.value)
        for code in code_of(path)
        for node in ast.walk(ast.parse(code))
    )


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("from adclassifier import load", [("adclassifier", "load")]),
        ("from adclassifier.config import load_config", [("adclassifier.config", "load_config")]),
        ("import adclassifier.bundle as b", [("adclassifier.bundle", "")]),
        ("import numpy", []),
    ],
)
def test_project_imports_finds_them(code: str, found: list[tuple[str, str]]) -> None:
    assert list(project_imports(code)) == found
