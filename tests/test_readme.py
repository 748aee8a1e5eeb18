import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "models/README.md", "data/README.md"]
MAX_LINES = 200


@pytest.fixture(scope="module")
def readme():
    return (ROOT / "README.md").read_text("utf-8")


@pytest.fixture(scope="module")
def targets():
    return set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))


def test_readme_is_read_in_one_sitting(readme):
    assert len(readme.splitlines()) < MAX_LINES


def test_readme_figures_are_those_of_the_results():
    command = [sys.executable, "benchmarks/readme.py", "--check"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_readme_shows_a_doctest_on_the_shipped_model(readme):
    assert ">>> import adclassifier" in readme


def test_readme_asks_for_two_commands_first(readme):
    first = re.search(r"^```\n(.*?)^```", readme, re.MULTILINE | re.DOTALL).group(1)
    assert [line.split("#")[0].strip() for line in first.splitlines()] == ["make demo", "make test"]


@pytest.mark.parametrize("page", PAGES)
def test_pages_link_to_files_that_exist(page):
    text = (ROOT / page).read_text("utf-8")
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text)
    assert [link for link in links if not (ROOT / page).parent.joinpath(link).exists()] == []


@pytest.mark.parametrize("page", PAGES)
def test_pages_name_make_targets_that_exist(page, targets):
    text = (ROOT / page).read_text("utf-8")
    named = set(re.findall(r"(?:^|`|=… )make ([a-z-]+)", text, re.MULTILINE))
    assert named - targets == set()


def test_readme_maps_every_module(readme):
    package = ROOT / "src" / "adclassifier"
    modules = {
        path.stem if path.suffix == ".py" else path.name
        for path in package.iterdir()
        if path.suffix == ".py" or (path / "__init__.py").exists()
    }
    missing = {name for name in modules - {"__init__"} if f"`{name}`" not in readme}
    assert missing == set()


def test_readme_names_every_command(readme):
    shown = subprocess.run(
        [Path(sys.executable).with_name("adclassifier"), "--help"],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    commands = re.findall(r"^[│|]? ?([a-z]+) {2,}", shown, re.MULTILINE)
    assert commands
    assert [name for name in commands if f"adclassifier {name}" not in readme] == []
