"""The HTTP service: what it answers to good requests."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from adclassifier_api.app import create_app
from adclassifier_api.settings import ServiceSettings
from starlette.testclient import TestClient

import adclassifier
from adclassifier import AdClassifier

SAMPLES = Path(__file__).parent.parent / "data" / "samples"
SECRET = "bi-mat-0908123456"  # noqa: S105 - stands for what must not be repeated


@pytest.fixture(scope="module")
def client(classifier: AdClassifier) -> Iterator[TestClient]:
    with TestClient(create_app(classifier, ServiceSettings())) as client:
        yield client


@pytest.fixture(scope="module")
def texts() -> list[str]:
    lines = (SAMPLES / "posts.jsonl").read_text("utf-8").splitlines()
    rows = [json.loads(line) for line in lines if line.endswith("}")]
    return [text for row in rows for text in [row["content"]] if isinstance(text, str)][:40]


def predict(client: TestClient, *posts: dict[str, Any], explain: bool = False) -> dict[str, Any]:
    response = client.post("/v1/predict", json={"posts": posts, "explain": explain})
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


@pytest.mark.parametrize("explain", [False, True])
def test_predict_says_what_the_library_says(
    client: TestClient, classifier: AdClassifier, texts: list[str], explain: bool
) -> None:
    expected = [
        prediction.as_row(classifier.model)
        for prediction in classifier.predict(texts, explain=explain)
    ]
    if not explain:
        for row in expected:
            del row["evidence"]
    answer = predict(client, *({"text": text} for text in texts), explain=explain)
    assert answer["predictions"] == expected


def test_predict_gives_fields_in_the_order_of_the_contract(
    client: TestClient, classifier: AdClassifier
) -> None:
    row = classifier.predict(["Bán thuốc"])[0].as_row(classifier.model)
    answer = predict(client, {"text": "Bán thuốc", "id": "a"}, explain=True)
    assert list(answer["predictions"][0]) == ["id", *row]


def test_predict_names_the_model_and_the_day_of_the_law(
    client: TestClient, classifier: AdClassifier
) -> None:
    answer = predict(client, {"text": "Bán thuốc"})
    assert (answer["model"], answer["law_as_of"]) == (
        classifier.model,
        classifier.law_as_of.isoformat(),
    )


@pytest.mark.parametrize("given", ["fb-1", "", "Ạ 1/2", 7, -1, 10**30])
def test_predict_gives_the_id_back(client: TestClient, given: str | int) -> None:
    assert predict(client, {"id": given, "text": "a"})["predictions"][0]["id"] == given


@pytest.mark.parametrize("post", [{"text": "a"}, {"text": "a", "id": None}])
def test_predict_leaves_out_an_id_that_was_not_given(
    client: TestClient, post: dict[str, Any]
) -> None:
    assert "id" not in predict(client, post)["predictions"][0]


@pytest.mark.parametrize("text", ["", " ", "123 !!", "\x00", "Привет, как дела сегодня"])
def test_predict_says_null_for_every_probability_of_an_unreadable_text(
    client: TestClient, classifier: AdClassifier, text: str
) -> None:
    row = predict(client, {"text": text})["predictions"][0]
    assert row["outcome"] == "unreadable"
    names = [f"p_{head}" for head in ("violating", *classifier.labels, "offer")]
    assert [row[name] for name in names] == [None] * len(names)


@pytest.mark.parametrize(
    "posted_at",
    ["2024-05-12", "2024-05-12T10:00:00Z", "12/05/2024", 1715500000, 1715500000000, "1715500000"],
)
def test_predict_cites_the_law_of_the_posts_day(
    client: TestClient, classifier: AdClassifier, texts: list[str], posted_at: str | int
) -> None:
    day = [dt.date(2024, 5, 12)] * len(texts)
    then = classifier.predict(texts, posted_at=day, explain=False)
    now = classifier.predict(texts, explain=False)
    answer = predict(client, *({"text": text, "posted_at": posted_at} for text in texts))
    found = [tuple(row["provisions"]) for row in answer["predictions"]]
    assert found == [prediction.provisions for prediction in then]
    assert found != [prediction.provisions for prediction in now]


def test_labels_gives_the_whole_catalog(client: TestClient) -> None:
    assert client.get("/v1/labels").json() == adclassifier.labels()


def test_model_describes_the_bundle(client: TestClient, classifier: AdClassifier) -> None:
    info = client.get("/v1/model").json()
    assert info["content_hash"] == classifier.content_hash
    assert info["thresholds"] == dict(classifier.thresholds)
    assert info["labels"] == list(classifier.labels)
    assert info["version"] == adclassifier.__version__


def test_model_gives_a_short_card_with_figures(client: TestClient) -> None:
    response = client.get("/v1/model")
    authored = response.json()["card"]["figures"]["authored"]
    assert 0.0 <= authored["strict"]["violating"]["roc_auc"] <= 1.0
    assert len(response.content) < 8_000


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_probes_answer_ok_once_started(client: TestClient, path: str) -> None:
    assert client.get(path).json() == {"status": "ok"}


def test_readyz_answers_503_before_the_first_text_is_judged(classifier: AdClassifier) -> None:
    not_started = TestClient(create_app(classifier, ServiceSettings()))
    assert not_started.get("/readyz").status_code == 503


@pytest.mark.parametrize("path", ["/v1/model", "/docs", "/nowhere", "/healthz"])
def test_every_answer_has_the_security_headers(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("given", "kept"), [("batch-7", True), ("x" * 65, False), ("hai từ".encode(), False)]
)
def test_request_id_is_kept_if_it_is_plain(
    client: TestClient, given: str | bytes, kept: bool
) -> None:
    response = client.get("/healthz", headers={"X-Request-ID": given})
    assert (response.headers["X-Request-ID"] == given) is kept


@dataclasses.dataclass(frozen=True, eq=False)
class BrokenHeads:
    """Heads with a fault whose message quotes the text, as third parties' messages do."""

    names: tuple[str, ...]

    def decisions(self, texts: list[str]) -> Any:
        raise RuntimeError(texts[0])


@pytest.fixture
def broken(classifier: AdClassifier) -> TestClient:
    heads: Any = BrokenHeads(classifier.heads.names)
    return TestClient(
        create_app(dataclasses.replace(classifier, heads=heads), ServiceSettings()),
        raise_server_exceptions=True,
    )


def test_predict_answers_a_bare_500_to_a_fault_of_ours(broken: TestClient) -> None:
    response = broken.post("/v1/predict", json={"posts": [{"text": SECRET}]})
    assert response.status_code == 500
    assert response.headers["Content-Type"] == "application/problem+json"
    assert SECRET not in response.text


def test_log_of_a_fault_has_the_trace_and_not_the_text(
    broken: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    broken.post("/v1/predict", json={"posts": [{"text": SECRET}]})
    (record,) = [r for r in caplog.records if r.levelno == logging.ERROR]
    assert "RuntimeError" in record.getMessage()
    assert "raise RuntimeError(texts[0])" in record.getMessage()
    assert SECRET not in caplog.text


def test_log_has_counts_and_nothing_that_was_sent(
    client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    post = {"id": SECRET, "text": SECRET, "platform": SECRET}
    client.post(f"/v1/predict?q={SECRET}", json={"posts": [post]}, headers={"X-Other": SECRET})
    client.post(f"/v1/predict?q={SECRET}", json={"posts": [post | {SECRET: 1}]})
    client.get(f"/{SECRET}")
    ours = [r.getMessage() for r in caplog.records if r.name.startswith("adclassifier")]
    assert any(f"1 posts, {len(SECRET)} characters" in message for message in ours)
    assert len(ours) == 4
    assert not [message for message in ours if SECRET in message]


def test_predict_gives_probabilities_that_are_not_rounded(
    client: TestClient, classifier: AdClassifier, texts: list[str]
) -> None:
    answer = predict(client, {"text": texts[0]})["predictions"][0]
    heads = [f"p_{head}" for head in classifier.heads.names]
    expected = classifier.predict_proba([texts[0]])[0]
    np.testing.assert_array_equal([answer[name] for name in heads], expected)
