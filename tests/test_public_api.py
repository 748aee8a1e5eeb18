import inspect
import json
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

import adclassifier

PACKAGE = Path(adclassifier.__file__).parent
PROMISED = [
    "AdClassifier",
    "Evidence",
    "Prediction",
    "TextEstimator",
    "__version__",
    "evaluate",
    "labels",
    "load",
    "read_corpus",
    "read_posts",
    "score_frame",
    "train",
]

# Import the package and tell which modules came with it, which files of other kinds than code were
# opened meanwhile (Python itself looks for a .zip of its library), and what became of the process's
# own settings.
WATCH_IMPORT = """
import json, logging, os, sys, warnings
opened = []
sys.addaudithook(lambda event, args: event == "open" and opened.append(str(args[0])))
def settings():
    log = logging.getLogger()
    return {
        "environment": dict(os.environ),
        "log": [log.level, *log.handlers],
        "warnings": list(warnings.filters),
    }
before, modules = settings(), set(sys.modules)
import adclassifier
after = settings()
print(json.dumps({
    "modules": sorted(set(sys.modules) - modules),
    "opened": [path for path in opened if not path.endswith((".py", ".pyc", ".so", ".zip"))],
    "changed": [name for name in before if before[name] != after[name]],
}))
"""


@pytest.fixture(scope="module")
def importing(tmp_path_factory):
    done = subprocess.run(
        [sys.executable, "-c", WATCH_IMPORT],
        cwd=tmp_path_factory.mktemp("elsewhere"),
        capture_output=True,
        check=True,
        text=True,
    )
    return json.loads(done.stdout)


def test_all_is_what_the_design_promises():
    assert list(adclassifier.__all__) == PROMISED


def test_all_is_sorted():
    assert list(adclassifier.__all__) == sorted(adclassifier.__all__)


@pytest.mark.parametrize("name", PROMISED)
def test_all_names_exist_and_are_documented(name):
    value = getattr(adclassifier, name)
    assert isinstance(value, str) or inspect.getdoc(value)


def test_all_leaves_no_public_name_out():
    ours = {
        name
        for name, value in vars(adclassifier).items()
        if getattr(value, "__module__", "").startswith("adclassifier") and not name.startswith("_")
    }
    assert ours - set(adclassifier.__all__) == set()


def test_dir_lists_every_public_name():
    assert set(adclassifier.__all__) <= set(dir(adclassifier))


def test_version_is_that_of_the_installed_package():
    assert adclassifier.__version__ == version("adclassifier")


def test_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no_such_name"):
        _ = adclassifier.no_such_name


@pytest.mark.parametrize("module", ["mlflow", "fastapi", "numba", "underthesea", "matplotlib"])
def test_import_leaves_heavy_modules_alone(importing, module):
    assert module not in importing["modules"]


def test_import_opens_no_file_but_the_packages_own(importing):
    # The version stands in the metadata that the installer wrote.
    opened = [path for path in importing["opened"] if not path.endswith(".dist-info/METADATA")]
    assert [path for path in opened if not Path(path).is_relative_to(PACKAGE)] == []


def test_import_changes_nothing_in_the_process(importing):
    assert importing["changed"] == []
