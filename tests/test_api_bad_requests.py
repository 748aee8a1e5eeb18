"""The HTTP service: what it refuses, and that it never repeats what was sent."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import anyio
import pytest
from adclassifier_api.app import create_app
from adclassifier_api.requests import MAX_BODY_BYTES, MAX_POSTS, MAX_TEXT_CHARS
from adclassifier_api.settings import ServiceSettings
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from adclassifier import AdClassifier

SECRET = "bi-mat-0908123456"  # noqa: S105 - stands for what must not be repeated
JSON = {"Content-Type": "application/json"}
GOOD = b'{"posts": [{"text": "a"}]}'


@pytest.fixture(scope="module")
def client(classifier: AdClassifier) -> Iterator[TestClient]:
    with TestClient(create_app(classifier, ServiceSettings())) as client:
        yield client


def post_bytes(client: TestClient, body: bytes) -> Any:
    return client.post("/v1/predict", content=body, headers=JSON)


def of_post(**fields: Any) -> bytes:
    return json.dumps({"posts": [{"text": "a"} | fields]}).encode()


NOT_JSON = {
    "nothing": b"",
    "cut off": b'{"posts": [',
    "two documents": GOOD + GOOD,
    "NaN": b'{"posts": [{"text": "a", "posted_at": NaN}]}',
    "Infinity": b'{"posts": [{"text": "a", "posted_at": -Infinity}]}',
    "infinite float": b'{"posts": [{"text": "a", "posted_at": 1e999}]}',
    "high surrogate": rb'{"posts": [{"text": "\ud800"}]}',
    "low surrogate": rb'{"posts": [{"text": "a\udfffb"}]}',
    "surrogate in a name": rb'{"posts": [{"text": "a", "\ud800": 1}]}',
    "surrogate as bytes": b'{"posts": [{"text": "\xed\xa0\x80"}]}',
    "invalid UTF-8": b'{"posts": [{"text": "\xff"}]}',
    "UTF-16": GOOD.decode().encode("utf-16"),
    "byte order mark": b"\xef\xbb\xbf" + GOOD,
    "deep nesting": b"[" * 100_000,
    "deep nesting in a field": b'{"posts": ' + b"[" * 5_000 + b"]" * 5_000 + b"}",
    "number of 5,000 digits": b'{"posts": [{"text": "a", "id": ' + b"9" * 5_000 + b"}]}",
    "control character": b'{"posts": [{"text": "\x01"}]}',
}
NOT_THE_SCHEMA = {
    "null": b"null",
    "list": b"[]",
    "string": b'"posts"',
    "no posts": b"{}",
    "posts null": b'{"posts": null}',
    "posts as an object": b'{"posts": {"text": "a"}}',
    "no post": b'{"posts": []}',
    "too many posts": json.dumps({"posts": [{"text": "a"}] * (MAX_POSTS + 1)}).encode(),
    "a million posts": b'{"posts": [' + b"0," * 1_000_000 + b"0]}",
    "post as a string": b'{"posts": ["a"]}',
    "no text": b'{"posts": [{"id": "1"}]}',
    "text null": of_post(text=None),
    "text as a number": of_post(text=1),
    "text as a list": of_post(text=["a"]),
    "text too long": of_post(text="a" * (MAX_TEXT_CHARS + 1)),
    "unknown field": of_post(txet="a"),
    "field unknown beside posts": b'{"posts": [{"text": "a"}], "prior": 0.1}',
    "explain as a word": b'{"posts": [{"text": "a"}], "explain": "yes"}',
    "explain as a number": b'{"posts": [{"text": "a"}], "explain": 1}',
    "explain null": b'{"posts": [{"text": "a"}], "explain": null}',
    "id as a fraction": of_post(id=1.5),
    "id as a boolean": of_post(id=True),
    "id too long": of_post(id="x" * 257),
    "platform as a number": of_post(platform=1),
    "platform too long": of_post(platform="x" * 65),
    "date as a boolean": of_post(posted_at=True),
    "date as an object": of_post(posted_at={}),
    "date too long": of_post(posted_at="x" * 65),
    "date that is a word": of_post(posted_at="hôm qua"),
    "day that does not exist": of_post(posted_at="31/02/2026"),
    "number that is no epoch": of_post(posted_at=7),
    "number of 4,000 digits as date": of_post(posted_at=10**4_000),
    "negative number as date": of_post(posted_at=-1715500000),
}


@pytest.mark.parametrize("body", NOT_JSON.values(), ids=NOT_JSON.keys())
def test_predict_refuses_what_is_not_plain_json(client: TestClient, body: bytes) -> None:
    assert post_bytes(client, body).status_code == 422


@pytest.mark.parametrize("body", NOT_THE_SCHEMA.values(), ids=NOT_THE_SCHEMA.keys())
def test_predict_refuses_what_is_not_the_schema(client: TestClient, body: bytes) -> None:
    response = post_bytes(client, body)
    assert response.status_code == 422
    assert response.json()["errors"][0]["loc"][0] == "body"


@pytest.mark.parametrize(
    "body",
    [
        GOOD,
        json.dumps({"posts": [{"text": "ạ" * MAX_TEXT_CHARS}]}).encode(),
        json.dumps({"posts": [{"text": "a"}] * MAX_POSTS}).encode(),
        rb'{"posts": [{"text": "\ud83d\ude00"}]}',
        of_post(text="\x00"),
        GOOD + b" " * (MAX_BODY_BYTES - len(GOOD)),
    ],
    ids=["good", "longest text", "most posts", "surrogate pair", "NUL", "largest body"],
)
def test_predict_takes_what_is_at_the_limit(client: TestClient, body: bytes) -> None:
    assert post_bytes(client, body).status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "headers", "body", "status"),
    [
        ("GET", "/nowhere", {}, b"", 404),
        ("GET", f"/v1/{SECRET}", {}, b"", 404),
        ("POST", "/v1/predict/", JSON, GOOD, 404),
        ("GET", "/v1/predict", {}, b"", 405),
        ("DELETE", "/v1/model", {}, b"", 405),
        ("POST", "/v1/predict", JSON, b" " * (MAX_BODY_BYTES + 1), 413),
        ("POST", "/v1/labels", JSON, b" " * (MAX_BODY_BYTES + 1), 413),
        ("POST", "/v1/predict", {"Content-Type": "text/plain"}, GOOD, 415),
        ("POST", "/v1/predict", {"Content-Type": "application/xml"}, GOOD, 415),
        ("POST", "/v1/predict", {"Content-Type": "application/json; charset=utf-16"}, GOOD, 415),
        ("POST", "/v1/predict", {"Content-Type": "multipart/form-data"}, GOOD, 415),
        ("POST", "/v1/predict", {}, GOOD, 415),
        ("POST", "/v1/predict", JSON | {"Content-Encoding": "gzip"}, GOOD, 415),
        ("POST", "/v1/predict", JSON, b"{}", 422),
    ],
)
def test_refusal_is_a_problem_with_its_status(
    client: TestClient, method: str, path: str, headers: dict[str, str], body: bytes, status: int
) -> None:
    response = client.request(method, path, headers=headers, content=body)
    assert response.status_code == status
    assert response.headers["Content-Type"] == "application/problem+json"
    problem = response.json()
    assert problem["status"] == status
    assert {"type", "title", "detail"} <= problem.keys()


@pytest.mark.parametrize(
    "body", [GOOD, *NOT_THE_SCHEMA.values()], ids=["good", *NOT_THE_SCHEMA.keys()]
)
def test_predict_says_of_a_large_body_what_it_says_of_a_small_one(
    client: TestClient, body: bytes
) -> None:
    small, large = post_bytes(client, body), post_bytes(client, body.ljust(200_000))
    assert (small.status_code, small.json()) == (large.status_code, large.json())


def test_predict_takes_it_as_no_fault_that_the_client_leaves(
    client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/v1/predict",
        "query_string": b"",
        "headers": [(b"content-type", b"application/json")],
    }
    pieces = [
        {"type": "http.request", "body": GOOD[:5], "more_body": True},
        {"type": "http.disconnect"},
    ]
    sent: list[Any] = []

    async def receive() -> Any:
        return pieces.pop(0)

    async def send(message: Any) -> None:
        sent.append(message)

    anyio.run(client.app, scope, receive, send)
    assert sent[0]["status"] == 400
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


def test_predict_refuses_a_body_that_grows_too_large_without_saying_so(client: TestClient) -> None:
    def pieces() -> Iterator[bytes]:
        for _ in range(MAX_BODY_BYTES // 65_536 + 1):
            yield b" " * 65_536

    response = client.post("/v1/predict", content=pieces(), headers=JSON)
    assert response.json()["type"] == "urn:adclassifier:problem:too-large"


def test_refusal_of_a_method_names_those_allowed(client: TestClient) -> None:
    assert client.get("/v1/predict").headers["Allow"] == "POST"


def test_predict_names_every_post_whose_date_it_cannot_read(client: TestClient) -> None:
    dates = ["2026-01-01", "ngày kia", None, 5]
    posts = [{"text": "a", "posted_at": date} for date in dates]
    errors = client.post("/v1/predict", json={"posts": posts}).json()["errors"]
    assert [error["loc"] for error in errors] == [
        ["body", "posts", 1, "posted_at"],
        ["body", "posts", 3, "posted_at"],
    ]


@pytest.mark.parametrize(
    "body",
    [
        {"posts": [{"text": [SECRET]}]},
        {"posts": [{"text": "a", SECRET: 1}]},
        {"posts": [{"text": "a", "posted_at": SECRET}]},
        {"posts": [{"text": SECRET, "id": {SECRET: SECRET}}]},
        {"posts": SECRET},
        {SECRET: SECRET},
        SECRET,
    ],
)
def test_refusal_never_repeats_what_was_sent(client: TestClient, body: Any) -> None:
    response = client.post("/v1/predict", json=body)
    assert response.status_code == 422
    assert SECRET not in response.text + str(response.headers)


def test_refusal_names_each_post_once_whose_fields_are_unknown(client: TestClient) -> None:
    unknown = {f"field {i}": i for i in range(1000)}
    posts = [{"text": "a"}, {"text": 1} | unknown, "a", {"id": True, "text": 2}, unknown]
    errors = client.post("/v1/predict", json={"posts": posts}).json()["errors"]
    expected = "Unknown field; expected id, text, posted_at, platform"
    where = [error["loc"][2:] for error in errors]
    assert where == [[1], [2], [3, "id"], [3, "text"], [4]]
    assert [errors[i]["message"] for i in (0, 4)] == [expected] * 2


def test_refusal_lists_the_first_twenty_errors(client: TestClient) -> None:
    response = client.post("/v1/predict", json={"posts": [{}] * MAX_POSTS})
    assert len(response.json()["errors"]) == 20


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
NAMES = st.sampled_from(["id", "text", "posted_at", "platform", "posts", "explain"]) | st.text()
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner) | st.dictionaries(NAMES, inner), max_leaves=10
)
POSTS = st.fixed_dictionaries(
    {"text": st.text()},
    optional={
        "id": st.text() | st.integers(),
        "posted_at": st.none()
        | st.text()
        | st.integers()
        | st.floats()
        | st.datetimes().map(str)
        | st.integers(0, 10**13),
        "platform": st.text(),
    },
)
REQUESTS = st.fixed_dictionaries(
    {"posts": st.lists(POSTS | VALUES, max_size=4)}, optional={"explain": st.booleans() | VALUES}
)


@settings(max_examples=200, deadline=None)
@given(body=st.one_of(REQUESTS, VALUES))
def test_predict_answers_200_or_422_to_any_json(client: TestClient, body: Any) -> None:
    response = post_bytes(client, json.dumps(body).encode())
    assert response.status_code in (200, 422)


@settings(max_examples=100, deadline=None)
@given(body=st.binary())
def test_predict_answers_422_to_any_bytes(client: TestClient, body: bytes) -> None:
    assert post_bytes(client, body).status_code == 422
