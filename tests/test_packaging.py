import json
import os
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
BUNDLE = ROOT / "models" / "default"
TEXT = "Nhận làm bằng lái xe máy, ô tô, không cần thi, bao hồ sơ gốc, ib zalo 0900000000"

pytestmark = [pytest.mark.slow, pytest.mark.model]


def _run(*command, cwd, **environment):
    """Run a command without the developer's settings; give what it printed."""
    kept = ("PATH", "HOME", "LANG", "ADCLASSIFIER_CACHE")
    variables = {name: os.environ[name] for name in kept if name in os.environ} | environment
    done = subprocess.run(
        [str(part) for part in command], cwd=cwd, env=variables, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()


def _build(kind, folder, sources=ROOT):
    _run(
        sys.executable,
        "-m",
        "build",
        f"--{kind}",
        "--no-isolation",
        "--outdir",
        folder,
        cwd=sources,
    )
    return next(folder.glob("adclassifier-*"))


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    return _build("wheel", tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def sdist(tmp_path_factory):
    return _build("sdist", tmp_path_factory.mktemp("sdist"))


@pytest.fixture(scope="module")
def environment(wheel, tmp_path_factory):
    """Install the wheel into an environment of its own; give its folder of programs.

    Our dependencies, half a gigabyte, are not installed once more: a .pth file lends those of the
    running environment. Folders lent that way have their own .pth files ignored, among them the
    one that would lead to these sources, and come after the environment's own packages.
    """
    folder = tmp_path_factory.mktemp("environment")
    _run(sys.executable, "-m", "venv", "--without-pip", folder, cwd=folder)
    python = folder / "bin" / "python"
    install = ("install", "--no-deps", "--no-index", "--quiet", wheel)
    _run(sys.executable, "-m", "pip", "--python", python, *install, cwd=folder)
    ours = sysconfig.get_path("purelib", vars={"base": str(folder), "platbase": str(folder)})
    Path(ours, "lent.pth").write_text(sysconfig.get_path("purelib") + "\n", "utf-8")
    return folder / "bin"


def _names(wheel):
    return zipfile.ZipFile(wheel).namelist()


def test_wheel_holds_the_shipped_bundle_byte_for_byte(wheel):
    archive = zipfile.ZipFile(wheel)
    prefix = "adclassifier/default_bundle/"
    stored = {
        name.removeprefix(prefix): archive.read(name)
        for name in _names(wheel)
        if name.startswith(prefix)
    }
    assert "bundle.json" in stored
    assert stored == {
        str(path.relative_to(BUNDLE)): path.read_bytes()
        for path in BUNDLE.rglob("*")
        if path.is_file()
    }


def test_wheel_holds_both_packages_and_their_data(wheel):
    for package in (ROOT / "src" / "adclassifier", ROOT / "api" / "adclassifier_api"):
        files = {
            str(path.relative_to(package.parent))
            for path in package.rglob("*")
            if path.is_file() and "__pycache__" not in path.parts
        }
        assert files - set(_names(wheel)) == set()


def test_wheel_holds_nothing_else(wheel):
    folders = {name.split("/")[0] for name in _names(wheel)}
    assert folders == {"adclassifier", "adclassifier_api", "adclassifier-0.1.0.dist-info"}
    assert [
        name for name in _names(wheel) if "tests/" in name or name.endswith((".pyc", ".ipynb"))
    ] == []


def test_wheel_holds_licence_and_notice(wheel):
    licences = [name.rpartition("/")[2] for name in _names(wheel) if "/licenses/" in name]
    assert sorted(licences) == ["LICENSE", "NOTICE"]


def test_wheel_built_from_the_source_archive_is_the_same(wheel, sdist, tmp_path):
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path, filter="data")
    again = _build("wheel", tmp_path / "again", next(tmp_path.glob("adclassifier-*")))
    assert sorted(_names(again)) == sorted(_names(wheel))


def test_source_archive_holds_no_public_text_and_no_local_model(sdist):
    with tarfile.open(sdist) as archive:
        names = archive.getnames()
    assert [name for name in names if "/data/hydrated" in name or "/models/local" in name] == []


def test_installed_package_predicts_with_its_own_bundle(environment, tmp_path):
    printed = _run(environment / "adclassifier", "predict", "--json", "--", TEXT, cwd=tmp_path)
    prediction = json.loads(printed)
    assert prediction["violating"] is True
    assert prediction["labels"] == ["illegal_service"]


def test_installed_package_is_not_these_sources(environment, tmp_path):
    code = (
        "import adclassifier as a, adclassifier_api as b; print(a.__file__, b.__file__, sep='\\n')"
    )
    for path in _run(environment / "python", "-c", code, cwd=tmp_path).splitlines():
        assert Path(path).is_relative_to(environment.parent)


def test_installed_package_brings_the_service(environment, tmp_path):
    assert "--port" in _run(environment / "adclassifier-api", "--help", cwd=tmp_path)
