import json
import os
import re
import subprocess
from importlib.metadata import requires
from pathlib import Path

import ahocorasick
import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from adclassifier.corpus import read_corpus

ROOT = Path(__file__).parents[1]
MAX_LINES = 300
# A wheel with the bundle stays under 16 MB; nothing else in the repository is large.
MAX_BYTES = 12_000_000
VAGUE_NAMES = {"utils", "helpers", "common", "core", "misc"}
GENERATED = re.compile(
    r"^(build|dist|wheelhouse|demo|mlruns|mlartifacts)/|^(data/hydrated|models/local)/|^report\.html$"
    r"|(^|/)(__pycache__|\.venv|\.ipynb_checkpoints|[^/]+\.egg-info)/|(^|/)\.(DS_Store|coverage)$"
    r"|\.(pyc|pyo|whl|log|orig|rej|swp|db|sqlite3?)$"
)


def _joined(*parts):
    """Write a forbidden string so that this file does not hold it."""
    return "".join(parts)


FORBIDDEN = {
    "a package registry": re.compile(
        "|".join(
            re.escape(_joined(name, ".", ending))
            for name, ending in (
                ("pypi", "org"),
                ("pythonhosted", "org"),
                ("anaconda", "org"),
                ("npmjs", "com"),
                ("npmjs", "org"),
                ("unpkg", "com"),
                ("jsdelivr", "net"),
                ("cdnjs", "cloudflare"),
                ("docker", "io"),
                ("ghcr", "io"),
                ("quay", "io"),
            )
        )
    ),
    "a folder of one machine": re.compile(
        r"(?<![\w.⟩>…-])/("
        + _joined("wo", "rk")
        + "|"
        + _joined("ro", "ot")
        + "|"
        + _joined("ho", "me")
        + r")/\w"
    ),
    "a folder beside the repository": re.compile(re.escape(_joined("../", "shared"))),
}
ALLOWED = {("a folder beside the repository", ".ci/run")}


@pytest.fixture(scope="module")
def tracked():
    """All files that a commit of everything would hold, with their text (None: not text)."""
    if not (ROOT / ".git").exists():
        pytest.skip("no git repository: what is tracked cannot be told")
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    paths = sorted(name for name in set(listing.split("\0")) if (ROOT / name).is_file())
    return {name: _text_of(ROOT / name) for name in paths if not (ROOT / name).is_symlink()}


def _text_of(path):
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return None


@pytest.mark.parametrize("what", FORBIDDEN)
def test_repository_names_nothing_outside(tracked, what):
    found = [
        f"{name}:{number}: {line.strip()[:120]}"
        for name, text in tracked.items()
        if text is not None and (what, name) not in ALLOWED
        for number, line in enumerate(text.splitlines(), start=1)
        if FORBIDDEN[what].search(line)
    ]
    assert found == []


def test_repository_holds_nothing_generated(tracked):
    assert [name for name in tracked if GENERATED.search(name)] == []


def test_repository_holds_no_large_file(tracked):
    assert [name for name in tracked if (ROOT / name).stat().st_size > MAX_BYTES] == []


def test_repository_keeps_files_readable_in_one_sitting(tracked):
    sizes = {
        name: text.count("\n")
        for name, text in tracked.items()
        if name.startswith(("src/", "api/", "benchmarks/")) and name.endswith(".py")
    }
    assert {name: size for name, size in sizes.items() if size > MAX_LINES} == {}


def test_repository_names_modules_for_what_they_do(tracked):
    assert [
        name for name in tracked if name.endswith(".py") and Path(name).stem in VAGUE_NAMES
    ] == []


def test_repository_has_no_note_to_do_later(tracked):
    note = re.compile(r"\b(" + _joined("TO", "DO") + "|" + _joined("FIX", "ME") + r")\b")
    code = {
        name: text for name, text in tracked.items() if name.endswith((".py", ".toml", "Makefile"))
    }
    assert [name for name, text in code.items() if note.search(text)] == []


def test_notebooks_are_stored_without_outputs(tracked):
    cells = [
        (name, cell)
        for name, text in tracked.items()
        if name.endswith(".ipynb")
        for cell in json.loads(text)["cells"]
        if cell["cell_type"] == "code"
    ]
    assert [name for name, cell in cells if cell["outputs"] or cell["execution_count"]] == []


@pytest.mark.real
def test_repository_holds_no_public_text(tracked):
    folder = os.environ.get("ADCLASSIFIER_DATA")
    if not folder:
        pytest.skip("ADCLASSIFIER_DATA names no folder with the public texts")
    # The middle of a text: openings and ends are greetings and contact lines that many texts share.
    pieces = ahocorasick.Automaton()
    posts = [Path(folder) / "real_posts" / f"{name}.jsonl" for name in ("train", "dev")]
    for record in read_corpus(posts, as_stored=True):
        middle = " ".join(record.text.split())
        start = len(middle) // 2 - 40
        if start > 0:
            pieces.add_word(middle[start : start + 80], record.id)
    pieces.make_automaton()
    found = {
        (name, identifier)
        for name, text in tracked.items()
        if text is not None
        for _, identifier in pieces.iter(" ".join(text.replace("\\n", " ").split()))
    }
    assert found == set()


@pytest.mark.parametrize("path", [".ci/run", "deploy/wheelhouse/install.sh"])
def test_scripts_are_executable(path):
    assert os.access(ROOT / path, os.X_OK)


def test_constraints_are_exact_versions_and_nothing_else():
    line = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*==[0-9][A-Za-z0-9.+!]*( ; .+)?")
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    assert [text for text in lines if not text.startswith("#") and not line.fullmatch(text)] == []


def test_constraints_pin_every_direct_dependency_within_its_range():
    pinned = {}
    for text in (ROOT / "constraints.txt").read_text("utf-8").splitlines():
        if not text.startswith("#"):
            name, _, version = text.partition(" ;")[0].partition("==")
            pinned[canonicalize_name(name)] = version
    for text in requires("adclassifier"):
        requirement = Requirement(text)
        chosen = [extra for extra in ("", "api", "tracking", "dev") if _applies(requirement, extra)]
        if chosen and requirement.name != "adclassifier":
            assert requirement.specifier.contains(pinned[canonicalize_name(requirement.name)]), text


def _applies(requirement, extra):
    return requirement.marker is None or requirement.marker.evaluate({"extra": extra})


def test_make_lists_every_target_for_people():
    makefile = (ROOT / "Makefile").read_text("utf-8")
    phony = (
        re.search(r"^\.PHONY:((?:.*\\\n)*.*)$", makefile, re.MULTILINE).group(1).replace("\\", "")
    )
    shown = subprocess.run(
        ["make", "--no-print-directory", "help"],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    listed = {line.split()[0] for line in shown.splitlines()}
    assert listed == set(phony.split()) - {"real-texts"}


@pytest.mark.parametrize("target", ["demo", "train"])
def test_make_installs_only_the_base_package_for(target):
    planned = subprocess.run(
        ["make", "--dry-run", "--always-make", target],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    assert "--editable ." in planned
    assert "[" not in "".join(line for line in planned.splitlines() if "--editable" in line)


def test_make_release_model_refuses_without_the_public_texts():
    environment = {name: value for name, value in os.environ.items() if name != "ADCLASSIFIER_DATA"}
    done = subprocess.run(
        ["make", "real-texts"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        check=False,
        text=True,
    )
    assert done.returncode == 2
    assert "ADCLASSIFIER_DATA: unset" in done.stderr


def test_hooks_are_local():
    hooks = (ROOT / ".pre-commit-config.yaml").read_text("utf-8")
    assert re.findall(r"repo: (.*)", hooks) == ["local"]
