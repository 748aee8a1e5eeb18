"""The HTTP service: its OpenAPI document and the page made of it.

``ADCLASSIFIER_GOLDEN=write`` (``make golden``) rewrites the golden document.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from adclassifier_api.answers import make_predictions_model
from adclassifier_api.app import create_app
from adclassifier_api.examples import EXAMPLE_REQUEST, make_example_answer
from adclassifier_api.pages import render_docs
from adclassifier_api.settings import ServiceSettings
from starlette.testclient import TestClient

from adclassifier import AdClassifier

GOLDEN = Path(__file__).parent / "golden" / "openapi.json"


@pytest.fixture(scope="module")
def client(classifier: AdClassifier) -> Iterator[TestClient]:
    with TestClient(create_app(classifier, ServiceSettings())) as client:
        yield client


@pytest.fixture(scope="module")
def document(client: TestClient) -> dict[str, Any]:
    found: dict[str, Any] = client.get("/openapi.json").json()
    return found


def test_openapi_is_the_golden_file(document: dict[str, Any]) -> None:
    if os.environ.get("ADCLASSIFIER_GOLDEN") == "write":
        text = json.dumps(document, ensure_ascii=False, indent=1)
        GOLDEN.write_text(text + "\n", "utf-8")
    assert document == json.loads(GOLDEN.read_text("utf-8"))


def test_openapi_closes_the_words_for_outcome_and_severity(document: dict[str, Any]) -> None:
    fields = document["components"]["schemas"]["Prediction"]["properties"]
    assert fields["outcome"]["enum"] == ["flag", "review", "clear", "unreadable"]
    assert fields["severity"]["anyOf"][0]["enum"] == ["S1", "S2", "S3", "S4"]


def test_openapi_has_a_probability_for_each_label(
    document: dict[str, Any], classifier: AdClassifier
) -> None:
    fields = document["components"]["schemas"]["Prediction"]["properties"]
    assert {f"p_{label}" for label in classifier.labels} <= fields.keys()


def test_openapi_gives_every_refusal_as_a_problem(document: dict[str, Any]) -> None:
    refusals = [
        list(response["content"])
        for path in document["paths"].values()
        for operation in path.values()
        for status, response in operation["responses"].items()
        if status >= "400"
    ]
    assert refusals
    assert all(types == ["application/problem+json"] for types in refusals)


def test_example_answer_is_what_the_model_of_answers_takes(classifier: AdClassifier) -> None:
    answer = make_example_answer(classifier.labels)
    model = make_predictions_model(classifier.labels)
    assert model.model_validate(answer).model_dump(mode="json", exclude_unset=True) == answer


def test_example_answer_speaks_of_the_example_request(client: TestClient) -> None:
    sent = client.post("/v1/predict", json=EXAMPLE_REQUEST).json()
    answer = make_example_answer([])
    texts = [post["text"] for post in EXAMPLE_REQUEST["posts"]]
    assert [row["id"] for row in sent["predictions"]] == [r["id"] for r in answer["predictions"]]
    for text, row in zip(texts, answer["predictions"], strict=True):
        found = [text[evidence["start"] : evidence["end"]] for evidence in row["evidence"]]
        assert found == [evidence["text"] for evidence in row["evidence"]]


def test_example_answer_uses_codes_of_the_catalog(client: TestClient) -> None:
    catalog = client.get("/v1/labels").json()
    row = make_example_answer([])["predictions"][0]
    (label,) = [label for label in catalog["labels"] if [label["code"]] == row["labels"]]
    (subcode,) = [code for code in label["subcodes"] if [code["code"]] == row["subcodes"]]
    assert subcode["severity"] == row["severity"]
    assert set(row["provisions"]) <= {provision["id"] for provision in subcode["provisions"]}


class _Page(HTMLParser):
    """What a page loads, runs, names and points to."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.loaded: list[str] = []
        self.links: list[str] = []
        self.ids: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.tags.add(tag)
        self.ids += [values["id"]] if "id" in values else []
        self.links += [values["href"]] if tag == "a" else []
        if tag == "link":
            self.loaded.append(values["href"])
        self.loaded += [values["src"]] if "src" in values else []


@pytest.fixture(scope="module")
def page(client: TestClient) -> _Page:
    return _Page(client.get("/docs").text)


def test_docs_loads_nothing_but_its_own_style(page: _Page, client: TestClient) -> None:
    assert page.loaded == ["docs.css"]
    assert "script" not in page.tags
    assert client.get("/docs.css").headers["Content-Type"].startswith("text/css")


def test_docs_points_only_to_what_is_there(page: _Page, client: TestClient) -> None:
    inside = {link.removeprefix("#") for link in page.links if link.startswith("#")}
    assert inside <= set(page.ids)
    assert [link for link in page.links if not link.startswith("#")] == ["openapi.json"]


def test_docs_shows_every_address_and_schema(page: _Page, document: dict[str, Any]) -> None:
    operations = [f"{m.upper()}-{path}" for path, ms in document["paths"].items() for m in ms]
    assert set(page.ids) == {*operations, *document["components"]["schemas"]}
    assert len(page.ids) == len(set(page.ids))


def test_docs_policy_forbids_scripts(client: TestClient) -> None:
    policy = client.get("/docs").headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert not re.search("script|unsafe|http", policy)


def test_render_docs_escapes_what_the_document_says() -> None:
    hostile = "<script>alert(1)</script>"
    page = render_docs(
        {
            "info": {"title": hostile, "version": hostile, "description": hostile},
            "paths": {},
            "components": {"schemas": {"A": {"description": hostile, "properties": {}}}},
        }
    )
    assert hostile not in page
