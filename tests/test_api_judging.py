"""The HTTP service: threads that judge, start-up, the bytes of an answer, and the times it says."""

from __future__ import annotations

import dataclasses
import json
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import anyio
import pytest
from adclassifier_api.answers import make_predictions_model
from adclassifier_api.app import create_app
from adclassifier_api.judging import SHORT_CHARS, Judges
from adclassifier_api.settings import ServiceSettings
from starlette.testclient import TestClient

from adclassifier import AdClassifier
from adclassifier.classifier import Judgements

_TIMES = re.compile(r"(?:wait;dur=([\d.]+), judge;dur=([\d.]+), )?total;dur=([\d.]+)")


@pytest.fixture(scope="module")
def client(classifier: AdClassifier) -> Iterator[TestClient]:
    with TestClient(create_app(classifier, ServiceSettings())) as client:
        yield client


@dataclasses.dataclass(frozen=True, eq=False)
class Patient(AdClassifier):
    """A classifier that judges when it is told to, and says when it was asked."""

    asked: threading.Event = dataclasses.field(default_factory=threading.Event)
    told: threading.Event = dataclasses.field(default_factory=threading.Event)

    def predict_json(self, *args: Any, **options: Any) -> list[bytes]:
        self.asked.set()
        assert self.told.wait(60)
        return super().predict_json(*args, **options)


@pytest.fixture
def patient(classifier: AdClassifier) -> Patient:
    names = [field.name for field in dataclasses.fields(classifier)]
    return Patient(**{name: getattr(classifier, name) for name in names})


@pytest.mark.parametrize("explain", [False, True])
def test_predict_writes_the_bytes_that_the_documented_model_would(
    client: TestClient, classifier: AdClassifier, flagged_text: str, clear_text: str, explain: bool
) -> None:
    posts = [{"id": "a", "text": flagged_text}, {"id": 10**30, "text": clear_text}, {"text": "?"}]
    content = client.post("/v1/predict", json={"posts": posts, "explain": explain}).content
    answer = make_predictions_model(classifier.labels).model_validate_json(content)
    assert content == answer.model_dump_json(exclude_unset=True).encode()
    outcomes = [prediction["outcome"] for prediction in json.loads(content)["predictions"]]
    assert (outcomes[0], outcomes[-1]) == ("flag", "unreadable")


def test_predict_says_how_long_it_waited_judged_and_took(
    client: TestClient, flagged_text: str
) -> None:
    response = client.post("/v1/predict", json={"posts": [{"text": flagged_text}]})
    found = _TIMES.fullmatch(response.headers["Server-Timing"])
    assert found is not None
    wait, judge, total = map(float, found.groups())
    assert judge > 0
    assert total >= wait + judge


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/healthz"), ("POST", "/v1/predict"), ("GET", "/nowhere")]
)
def test_every_answer_says_how_long_it_took(client: TestClient, method: str, path: str) -> None:
    found = _TIMES.fullmatch(client.request(method, path).headers["Server-Timing"])
    assert found is not None
    assert found[1] is None


def test_health_is_answered_while_a_post_is_judged(patient: Patient) -> None:
    patient.told.set()
    with TestClient(create_app(patient, ServiceSettings())) as client:
        patient.told.clear()
        patient.asked.clear()
        with ThreadPoolExecutor(1) as pool:
            answer = pool.submit(client.post, "/v1/predict", json={"posts": [{"text": "a"}]})
            assert patient.asked.wait(60)
            health = client.get("/healthz")
            unfinished = not answer.done()
            patient.told.set()
            assert answer.result().status_code == 200
    assert health.status_code == 200
    assert unfinished


def test_judges_keep_a_thread_for_short_requests() -> None:
    judges, release = Judges(2), threading.Event()

    def long() -> bytes:
        release.wait(60)
        return b"long"

    async def ask() -> bytes:
        async with anyio.create_task_group() as group:
            for _ in range(3):
                group.start_soon(judges.run, long, SHORT_CHARS + 1)
            await anyio.wait_all_tasks_blocked()
            try:
                with anyio.fail_after(30):
                    return (await judges.run(lambda: b"short", SHORT_CHARS)).content
            finally:
                release.set()

    assert anyio.run(ask) == b"short"


@pytest.mark.parametrize(("max_threads", "n_chars"), [(1, 1), (2, 1), (2, SHORT_CHARS + 1)])
def test_judges_judge_no_more_requests_at_a_time_than_they_may(
    max_threads: int, n_chars: int
) -> None:
    judges, release, n_begun = Judges(max_threads), threading.Event(), []

    def judge() -> bytes:
        n_begun.append(1)
        release.wait(60)
        return b""

    async def ask() -> int:
        async with anyio.create_task_group() as group:
            for _ in range(max_threads + 2):
                group.start_soon(judges.run, judge, n_chars)
            await anyio.wait_all_tasks_blocked()
            with anyio.fail_after(30):
                while not n_begun:
                    await anyio.lowlevel.checkpoint()
            await anyio.wait_all_tasks_blocked()
            found = len(n_begun)
            release.set()
        return found

    assert anyio.run(ask) <= max_threads
    assert len(n_begun) == max_threads + 2


def test_service_is_not_ready_while_it_warms_up(
    classifier: AdClassifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = create_app(classifier, ServiceSettings())
    seen: list[bool] = []
    judge = AdClassifier.judge

    def watch(self: AdClassifier, *args: Any, **options: Any) -> Judgements:
        seen.append(app.state.ready)
        return judge(self, *args, **options)

    monkeypatch.setattr(AdClassifier, "judge", watch)
    with TestClient(app) as client:
        assert seen == [False] * 3  # by the library, twice, then through the application
        assert client.get("/readyz").status_code == 200


_FIRST_REQUEST = """
import sys
from pathlib import Path
from starlette.testclient import TestClient
from adclassifier import load
from adclassifier_api.app import create_app
from adclassifier_api.settings import ServiceSettings

with TestClient(create_app(load(sys.argv[1]), ServiceSettings())) as client:
    client.get("/healthz")
    before = set(sys.modules)
    body = {"posts": [{"text": sys.argv[2], "posted_at": "2026-10-05"}], "explain": True}
    answer = client.post("/v1/predict", json=body).json()
    assert answer["predictions"][0]["outcome"] == "flag"
    print(sorted(set(sys.modules) - before))
"""


@pytest.mark.slow
def test_first_request_finds_everything_imported(bundle_folder: Path, flagged_text: str) -> None:
    command = [sys.executable, "-c", _FIRST_REQUEST, str(bundle_folder), flagged_text]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("[]\n", "")


_TABLES = """
import inspect, json, sys
from pathlib import Path
from adclassifier import load
from adclassifier_api.warming import warm_up

def tables():
    modules = [module for name, module in sys.modules.items() if name.startswith("adclassifier.")]
    cached = [f for m in modules for f in vars(m).values() if hasattr(f, "cache_info")]
    return {
        f"{f.__module__}.{f.__qualname__}"
        for f in cached
        if not inspect.signature(f).parameters and f.cache_info().currsize
    }

classifier = load(sys.argv[1])
warm_up(classifier)
before = tables()
lines = Path(sys.argv[2]).read_text("utf-8").splitlines()[1:]
texts = [text for line in lines for text in line.split("\\t")[:2]]
classifier.predict_json(texts + ["мы продаём чай", "กขค", "giá 20k", "💊"], explain=True)
print(len(before) > 30, sorted(tables() - before))
"""


@pytest.mark.slow
def test_warm_up_reads_every_table(bundle_folder: Path) -> None:
    tricks = Path(__file__).with_name("data") / "tricks_own.tsv"
    command = [sys.executable, "-c", _TABLES, str(bundle_folder), str(tricks)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("True []\n", "")
