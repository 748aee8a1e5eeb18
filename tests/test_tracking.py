from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from adclassifier.bundle import load
from adclassifier.classifier import AdClassifier, bulk
from adclassifier.cli import main
from adclassifier.corpus import read_corpus
from adclassifier.errors import (
    BundleNotFoundError,
    InputError,
    OutputExistsError,
    UntrustedBundleError,
)
from adclassifier.scoring import ScoreOptions, added_schema, score_frame
from adclassifier.tracking import fetch_bundle, require_store, track
from adclassifier.tracking.store import pointed_at

# Read by MLflow when it is imported: nothing leaves the machine that runs the tests.
os.environ.update(MLFLOW_DISABLE_TELEMETRY="true", DO_NOT_TRACK="true")

mlflow = pytest.importorskip("mlflow", reason="the extra `tracking` is not installed")

pytestmark = [
    pytest.mark.slow,
    # MLflow's advice to itself: hints of its own classes, its own deprecations
    pytest.mark.filterwarnings(r"ignore:::mlflow\..*"),
    # MLflow's own use of SQLAlchemy: nothing here can choose another loader strategy
    pytest.mark.filterwarnings("ignore:The ``noload`` loader strategy"),
    # MLflow leaves connections of its SQLite stores to the garbage collector
    pytest.mark.filterwarnings("ignore:unclosed database:ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

POSTS = pd.DataFrame(
    {
        "text": [
            "Thuốc gia truyền trị dứt điểm tiểu đường, cam kết khỏi 100%, inbox em báo giá",
            "Chiều nay mưa to quá, cả nhà nhớ mang áo mưa nhé",
        ],
        "posted_at": ["2026-03-01", None],
    }
)
CONFIG = {"features": {"n_bits": 12, "segmenter": "syllable"}, "data": {"weights": {"default": 1}}}
HASHES = {"corpus/goods.jsonl": "ab" * 32}
METRICS = {"n": 40, "accepted": {"macro_f1": 0.75, "ece": None}, "worst_slice": {"name": "zalo"}}
PLOTS = {"scores.svg": b"<svg xmlns='http://www.w3.org/2000/svg'/>"}
CORPUS = Path(__file__).parents[1] / "data" / "corpus"
STARTUP_S = 90.0


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """An empty folder as the current one: MLflow keeps artifacts of SQLite stores there."""
    folder = tmp_path_factory.mktemp("mlflow")
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("MLFLOW_")]:
            patch.delenv(name)
        patch.setenv("MLFLOW_DISABLE_TELEMETRY", "true")
        patch.setenv("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
        patch.chdir(folder)
        yield folder


@pytest.fixture(scope="module")
def database(folder: Path) -> str:
    return f"sqlite:///{folder / 'runs.db'}"


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[str]:
    """A server of MLflow on a free port of loopback, with its own database and artifacts."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "mlflow", "server", "--host", "127.0.0.1"),
            *("--port", str(port), "--workers", "1"),
            *("--backend-store-uri", f"sqlite:///{folder / 'server.db'}"),
            *("--artifacts-destination", str(folder / "server-artifacts")),
        ],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        address = f"http://127.0.0.1:{port}"
        _wait(f"{address}/health", process)
        yield address
    finally:
        # at once: asked politely it takes twenty seconds, and nothing of it is kept
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=30)


def _wait(address: str, process: subprocess.Popen[bytes]) -> None:
    """Ask until the server answers; a server that dies or takes too long is an error."""
    deadline = time.monotonic() + STARTUP_S
    while True:
        try:
            with urllib.request.urlopen(address, timeout=5):  # noqa: S310  loopback
                return
        except OSError:
            if time.monotonic() > deadline:
                raise
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=0.2)
            raise RuntimeError(f"mlflow server ended with {process.returncode}")


@dataclass(frozen=True)
class Stored:
    """A run in a store."""

    uri: str
    run_id: str

    @property
    def client(self) -> Any:
        return mlflow.MlflowClient(tracking_uri=self.uri)

    def download(self, name: str, folder: Path) -> Path:
        return Path(self.client.download_artifacts(self.run_id, name, str(folder)))


@pytest.fixture(scope="module", params=["database", "server"])
def stored(request: pytest.FixtureRequest, classifier: AdClassifier, bundle_folder: Path) -> Stored:
    uri = request.getfixturevalue(request.param)
    run_id = track(
        classifier,
        bundle_folder,
        config=CONFIG,
        data_hashes=HASHES,
        metrics=METRICS,
        plots=PLOTS,
        tracking_uri=uri,
    )
    return Stored(uri, run_id)


@pytest.fixture
def pyfunc(stored: Stored, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The registered model, loaded where nothing may be unpickled."""
    monkeypatch.setenv("MLFLOW_ALLOW_PICKLE_DESERIALIZATION", "false")
    with pointed_at(mlflow, stored.uri):
        yield mlflow.pyfunc.load_model("models:/adclassifier/1")


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_track_ends_the_run_well(stored: Stored) -> None:
    assert stored.client.get_run(stored.run_id).info.status == "FINISHED"


def test_track_stores_settings_and_hashes_as_parameters(stored: Stored) -> None:
    assert stored.client.get_run(stored.run_id).data.params == {
        "features.n_bits": "12",
        "features.segmenter": "syllable",
        "data.weights.default": "1",
        "data_sha256.corpus/goods.jsonl": "ab" * 32,
    }


def test_track_stores_numbers_as_metrics(stored: Stored) -> None:
    assert stored.client.get_run(stored.run_id).data.metrics == {
        "n": 40.0,
        "accepted.macro_f1": 0.75,
    }


def test_track_names_the_data_sets(stored: Stored) -> None:
    inputs = stored.client.get_run(stored.run_id).inputs.dataset_inputs
    assert [(i.dataset.name, i.dataset.digest) for i in inputs] == [
        ("corpus/goods.jsonl", ("ab" * 32)[:36])
    ]


def test_track_names_the_bundle(stored: Stored, classifier: AdClassifier) -> None:
    tags = stored.client.get_run(stored.run_id).data.tags
    assert tags["bundle"] == classifier.model
    assert tags["bundle_sha256"] == classifier.content_hash


@pytest.mark.parametrize(("name", "value"), [("config.json", CONFIG), ("evaluation.json", METRICS)])
def test_track_stores_whole_documents(
    stored: Stored, tmp_path: Path, name: str, value: dict[str, Any]
) -> None:
    assert json.loads(stored.download(name, tmp_path).read_text("utf-8")) == value


def test_track_stores_plots(stored: Stored, tmp_path: Path) -> None:
    assert contents(stored.download("plots", tmp_path)) == PLOTS


def test_track_registers_the_model(stored: Stored, classifier: AdClassifier) -> None:
    version = stored.client.get_model_version("adclassifier", "1")
    assert version.run_id == stored.run_id


@pytest.mark.parametrize("kind", ["params", "metrics"])
def test_track_stores_more_than_fits_one_request(
    server: str, classifier: AdClassifier, bundle_folder: Path, kind: str
) -> None:
    many = {f"value{i:04}": float(i) for i in range(1100)}
    run_id = track(
        classifier,
        bundle_folder,
        config=many if kind == "params" else {},
        data_hashes={},
        metrics=many if kind == "metrics" else {},
        plots={},
        tracking_uri=server,
        registered_model=None,
    )
    run = mlflow.MlflowClient(tracking_uri=server).get_run(run_id)
    assert {name: float(value) for name, value in getattr(run.data, kind).items()} == many


def test_track_registers_nothing_unless_named(
    folder: Path, classifier: AdClassifier, bundle_folder: Path
) -> None:
    uri = f"sqlite:///{folder / 'unregistered.db'}"
    track_little(classifier, bundle_folder, tracking_uri=uri, registered_model=None)
    assert list(mlflow.MlflowClient(tracking_uri=uri).search_registered_models()) == []


def test_train_track_stores_the_run_of_the_command_line(
    server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", server)
    records = read_corpus(CORPUS / "goods.jsonl")[::4]
    table = pd.DataFrame(
        {"text": [r.text for r in records], "y": ["|".join(r.labels) for r in records]}
    )
    table.to_csv(tmp_path / "mine.csv", index=False)
    settings = ["features.n_bits=10", "learning.n_folds=2", "learning.n_jobs=1"]
    command = [
        *("train", "--data", str(tmp_path / "mine.csv"), "--label-column", "y", "--track"),
        *("--output", str(tmp_path / "bundle"), "--name", "mine"),
        *(part for setting in settings for part in ("--set", setting)),
    ]
    assert main(command) == 0
    run_id = capsys.readouterr().err.split("MLflow run ")[1].split()[0]
    stored = Stored(server, run_id)
    run = stored.client.get_run(run_id)
    assert run.data.params["features.n_bits"] == "10"
    assert len(run.data.params["data_sha256.mine.csv"]) == 64
    assert any(name.endswith("violating.roc_auc") for name in run.data.metrics)
    assert any(name.endswith(".svg") for name in contents(stored.download("plots", tmp_path)))
    fetched = fetch_bundle(run_id, tmp_path / "fetched", tracking_uri=server)
    assert contents(fetched) == contents(tmp_path / "bundle")


@pytest.mark.parametrize("address", ["{run}", "runs:/{run}", "models:/adclassifier/1"])
def test_fetch_bundle_gives_the_bytes_that_were_tracked(
    stored: Stored, bundle_folder: Path, tmp_path: Path, address: str
) -> None:
    found = fetch_bundle(
        address.format(run=stored.run_id), tmp_path / "fetched", tracking_uri=stored.uri
    )
    assert found == tmp_path / "fetched"
    assert contents(found) == contents(bundle_folder)


def test_fetch_bundle_leaves_nothing_beside_the_folder(stored: Stored, tmp_path: Path) -> None:
    fetch_bundle(stored.run_id, tmp_path / "fetched", tracking_uri=stored.uri)
    assert [path.name for path in tmp_path.iterdir()] == ["fetched"]


@pytest.mark.parametrize(
    "address", ["0" * 32, "models:/adclassifier/99", "models:/nobody/1", "nonsense"]
)
def test_fetch_bundle_refuses_what_is_not_stored(
    stored: Stored, tmp_path: Path, address: str
) -> None:
    with pytest.raises(BundleNotFoundError, match=address):
        fetch_bundle(address, tmp_path / "fetched", tracking_uri=stored.uri)
    assert list(tmp_path.iterdir()) == []


def test_fetch_bundle_refuses_another_hash(stored: Stored, tmp_path: Path) -> None:
    with pytest.raises(UntrustedBundleError):
        fetch_bundle(stored.run_id, tmp_path / "fetched", sha256="0" * 64, tracking_uri=stored.uri)
    assert list(tmp_path.iterdir()) == []


def test_fetch_bundle_refuses_a_folder_that_exists(stored: Stored, tmp_path: Path) -> None:
    with pytest.raises(OutputExistsError, match="exists already"):
        fetch_bundle(stored.run_id, tmp_path, tracking_uri=stored.uri)


def test_fetch_bundle_refuses_a_run_without_a_model(stored: Stored, tmp_path: Path) -> None:
    run = stored.client.create_run(stored.client.create_experiment(tmp_path.name))
    with pytest.raises(BundleNotFoundError):
        fetch_bundle(run.info.run_id, tmp_path / "fetched", tracking_uri=stored.uri)


def test_pyfunc_gives_the_contract_columns(pyfunc: Any, classifier: AdClassifier) -> None:
    expected = added_schema(classifier.labels, ScoreOptions()).names
    assert pyfunc.predict(POSTS).columns.tolist() == expected


def test_pyfunc_agrees_with_the_classifier(pyfunc: Any, classifier: AdClassifier) -> None:
    expected = score_frame(POSTS, classifier=classifier).drop(columns=list(POSTS.columns))
    pd.testing.assert_frame_equal(pyfunc.predict(POSTS), expected)


@pytest.mark.parametrize(
    "posts",
    [
        POSTS[["text"]],
        POSTS.assign(platform="zalo", violating="theirs"),
        POSTS.assign(posted_at=pd.to_datetime(POSTS["posted_at"])),
        POSTS.set_index(pd.Index([7, 3])),
    ],
    ids=["text-only", "more-columns", "timestamps", "indexed"],
)
def test_pyfunc_takes_other_frames(pyfunc: Any, posts: pd.DataFrame) -> None:
    judged = pyfunc.predict(posts)
    assert judged.index.tolist() == posts.index.tolist()
    assert judged["p_violating"].tolist() == pyfunc.predict(POSTS)["p_violating"].tolist()


def test_pyfunc_is_warm_when_it_is_loaded(pyfunc: Any) -> None:
    assert bulk.pays(pyfunc.unwrap_python_model()._classifier.heads, 1)


def test_pyfunc_refuses_a_frame_without_text(pyfunc: Any) -> None:
    with pytest.raises(mlflow.MlflowException, match="text"):
        pyfunc.predict(POSTS.rename(columns={"text": "caption"}))


def test_pyfunc_describes_its_columns(pyfunc: Any, classifier: AdClassifier) -> None:
    signature = pyfunc.metadata.signature
    assert signature.inputs.input_names() == ["text", "posted_at"]
    assert signature.outputs.input_names() == added_schema(classifier.labels, ScoreOptions()).names


def test_pyfunc_holds_no_pickle(stored: Stored, tmp_path: Path) -> None:
    with pointed_at(mlflow, stored.uri):
        model = mlflow.artifacts.download_artifacts(
            "models:/adclassifier/1", dst_path=str(tmp_path)
        )
    endings = {path.suffix for path in Path(model).rglob("*") if path.is_file()}
    assert endings <= {"", ".py", ".json", ".npz", ".yaml", ".txt", ".svg", ".png", ".md"}
    assert "adclassifier==" in (Path(model) / "requirements.txt").read_text()


def test_track_writes_one_file_here_by_default(
    folder: Path, classifier: AdClassifier, bundle_folder: Path, tmp_path: Path
) -> None:
    run_id = track_little(classifier, bundle_folder)
    assert (folder / "mlflow.db").is_file()
    assert load(fetch_bundle(run_id, tmp_path / "fetched")).model == classifier.model


def test_track_heeds_the_variables_of_mlflow(
    monkeypatch: pytest.MonkeyPatch,
    database: str,
    classifier: AdClassifier,
    bundle_folder: Path,
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", database)
    monkeypatch.setenv("MLFLOW_EXPERIMENT_NAME", "from the environment")
    run_id = track_little(classifier, bundle_folder)
    client = mlflow.MlflowClient(tracking_uri=database)
    found = client.get_experiment(client.get_run(run_id).info.experiment_id)
    assert found.name == "from the environment"


def test_track_takes_names_before_the_variables(
    monkeypatch: pytest.MonkeyPatch,
    database: str,
    classifier: AdClassifier,
    bundle_folder: Path,
) -> None:
    monkeypatch.setenv("MLFLOW_EXPERIMENT_NAME", "from the environment")
    run_id = track_little(
        classifier, bundle_folder, tracking_uri=database, experiment="ours", run_name="first"
    )
    client = mlflow.MlflowClient(tracking_uri=database)
    run = client.get_run(run_id)
    assert client.get_experiment(run.info.experiment_id).name == "ours"
    assert run.info.run_name == "first"


@pytest.mark.parametrize("variable", [None, "sqlite:///of-the-variable.db"])
@pytest.mark.parametrize("told", [None, "sqlite:///told.db"])
def test_pointed_at_puts_the_former_store_back(
    folder: Path, monkeypatch: pytest.MonkeyPatch, variable: str | None, told: str | None
) -> None:
    mlflow.set_tracking_uri(told)
    if variable is None:
        monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    else:
        monkeypatch.setenv("MLFLOW_TRACKING_URI", variable)
    before = mlflow.get_tracking_uri()
    with pointed_at(mlflow, "sqlite:///elsewhere.db"):
        assert mlflow.get_tracking_uri() == "sqlite:///elsewhere.db"
    assert mlflow.get_tracking_uri() == before
    assert mlflow.is_tracking_uri_set() == (variable is not None or told is not None)
    mlflow.set_tracking_uri(None)


def test_track_marks_a_run_that_failed(
    database: str, classifier: AdClassifier, tmp_path: Path
) -> None:
    with pytest.raises(FileNotFoundError):
        track_little(classifier, tmp_path / "gone", tracking_uri=database, experiment="failing")
    client = mlflow.MlflowClient(tracking_uri=database)
    experiment = client.get_experiment_by_name("failing")
    (run,) = client.search_runs([experiment.experiment_id])
    assert run.info.status == "FAILED"


def test_fetch_bundle_refuses_a_damaged_store(
    folder: Path, classifier: AdClassifier, bundle_folder: Path, tmp_path: Path
) -> None:
    uri = f"sqlite:///{folder / 'damaged.db'}"
    run_id = track_little(classifier, bundle_folder, tracking_uri=uri)
    client = mlflow.MlflowClient(tracking_uri=uri)
    (model,) = client.search_logged_models([client.get_run(run_id).info.experiment_id])
    weights = Path(model.artifact_location) / "artifacts" / "bundle" / "weights.npz"
    weights.write_bytes(weights.read_bytes()[:-1])
    with pytest.raises(UntrustedBundleError):
        fetch_bundle(run_id, tmp_path / "fetched", tracking_uri=uri)


@pytest.mark.parametrize(
    ("uri", "message"),
    [
        ("http://me:secret@127.0.0.1:9", "MLflow at http://127.0.0.1:9: cannot be used"),
        ("nonsense://x", "MLflow at nonsense://x: cannot be used"),
        ("sqlite:////dev/null/runs.db", "MLflow at sqlite:////dev/null/runs.db: cannot be used"),
    ],
)
@pytest.mark.usefixtures("folder")
def test_require_store_refuses_where_nothing_answers(uri: str, message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        require_store(uri)
    assert "secret" not in str(caught.value)


def track_little(classifier: AdClassifier, bundle_folder: Path, **more: Any) -> str:
    """Track a run of which only the model is looked at."""
    return track(classifier, bundle_folder, config={}, data_hashes={}, metrics={}, plots={}, **more)
