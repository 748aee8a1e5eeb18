"""What tracking does without MLflow."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from adclassifier.classifier import AdClassifier
from adclassifier.cli import main
from adclassifier.errors import MissingExtraError
from adclassifier.tracking import fetch_bundle, require_store, track
from adclassifier.tracking.flattening import as_metrics, as_parameters
from adclassifier.tracking.store import masked


@pytest.fixture
def without_mlflow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_DISABLE_TELEMETRY", "true")
    monkeypatch.setitem(sys.modules, "mlflow", None)


@pytest.mark.usefixtures("without_mlflow")
def test_require_store_names_the_missing_extra() -> None:
    with pytest.raises(MissingExtraError, match=r"pip install 'adclassifier\[tracking\]'"):
        require_store()


@pytest.mark.usefixtures("without_mlflow")
def test_track_names_the_missing_extra(classifier: AdClassifier, bundle_folder: Path) -> None:
    with pytest.raises(MissingExtraError, match="tracking"):
        track(classifier, bundle_folder, config={}, data_hashes={}, metrics={}, plots={})


@pytest.mark.usefixtures("without_mlflow")
def test_fetch_bundle_names_the_missing_extra(tmp_path: Path) -> None:
    with pytest.raises(MissingExtraError, match="tracking"):
        fetch_bundle("models:/adclassifier/1", tmp_path / "fetched")


@pytest.mark.usefixtures("without_mlflow")
def test_train_track_stops_before_training(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["train", "--corpus", "nowhere.jsonl", "--output", str(tmp_path / "new"), "--track"]
    assert main(command) == 2
    assert "pip install 'adclassifier[tracking]'" in capsys.readouterr().err


def test_import_of_tracking_leaves_mlflow_alone() -> None:
    code = "import sys, adclassifier.tracking; print('mlflow' in sys.modules)"
    environment = {k: v for k, v in os.environ.items() if not k.startswith("MLFLOW_")}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "False"


@pytest.mark.parametrize(
    ("config", "parameters"),
    [
        ({}, {}),
        ({"a": {"b": {"c": 1}}}, {"a.b.c": "1"}),
        ({"a": True, "b": None, "c": 0.5}, {"a": "true", "b": "null", "c": "0.5"}),
        ({"a": ["x", "y"]}, {"a": '["x", "y"]'}),
        ({"a": "chữ"}, {"a": "chữ"}),
        ({"weights": {"authored:goods": 1}}, {"weights.authored_goods": "1"}),
        ({"data": {"tin tức/ảnh.jsonl": "ab"}}, {"data.tin t_c/_nh.jsonl": "ab"}),
    ],
)
def test_as_parameters_writes_leaves(config: dict[str, object], parameters: dict[str, str]) -> None:
    assert as_parameters(config) == parameters


@pytest.mark.parametrize(
    ("figures", "metrics"),
    [
        ({"a": {"b": 1}}, {"a.b": 1.0}),
        ({"a": None, "b": [1, 2], "c": "x", "d": True}, {}),
        ({"a": float("nan"), "b": float("inf")}, {}),
        ({"precision_at": {"50": 0.9}}, {"precision_at.50": 0.9}),
        ({"real": {"slices": {"kind": {"news": {"f1": 1}}}, "n": 2}}, {"real.n": 2.0}),
        ({"intervals": {"n_draws": 100}, "worst_slice": {"f1": 0.5}}, {"worst_slice.f1": 0.5}),
    ],
)
def test_as_metrics_picks_finite_numbers(
    figures: dict[str, object], metrics: dict[str, float]
) -> None:
    assert as_metrics(figures) == metrics


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("postgresql://me:secret@db/runs", "postgresql://db/runs"),
        ("http://token@server:5000/x", "http://server:5000/x"),
        ("sqlite:///a@b/runs.db", "sqlite:///a@b/runs.db"),
        ("http://server/path@2", "http://server/path@2"),
    ],
)
def test_masked_leaves_passwords_out(text: str, shown: str) -> None:
    assert masked(text) == shown
