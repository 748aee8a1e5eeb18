from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path
from types import ModuleType

import pytest

pytestmark = pytest.mark.real
ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def benchmark() -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        "normalisation_benchmark", ROOT / "benchmarks/normalisation.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


def test_normalize_changes_rightly_and_leaves_the_rest_alone(benchmark: ModuleType) -> None:
    folder = os.environ.get("ADCLASSIFIER_DATA")
    if not folder:
        pytest.skip("ADCLASSIFIER_DATA names no folder with the public texts")
    pairs = benchmark.read_vilexnorm(Path(folder) / "normalisation" / "vilexnorm_dev.csv")
    changes, wrong = benchmark.compare(pairs)
    assert changes.precision >= 0.90, wrong.most_common(20)
    assert changes.touched <= 0.01
    assert changes.n_changed > 1000  # a normaliser that changes nothing is no normaliser
