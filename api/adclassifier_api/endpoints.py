"""The addresses under /v1 and the two probes."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from fastapi import APIRouter, HTTPException, Request, Response
from pydantic_core import to_json

from adclassifier import AdClassifier, __version__, labels
from adclassifier.errors import InputError
from adclassifier_api.answers import Health, ModelInfo, make_predictions_model
from adclassifier_api.bodies import PredictRoute
from adclassifier_api.catalog import Labels
from adclassifier_api.examples import make_example_answer
from adclassifier_api.judging import Judges
from adclassifier_api.problems import FieldError, InvalidBodyError, Problem
from adclassifier_api.requests import MAX_BODY_BYTES, Post, PostedAt, PredictRequest

logger = logging.getLogger(__name__)

#: Of a card: what is left out or said elsewhere, what stays of each part, and of each way to judge.
_LONG = frozenset({"config", "figures", "thresholds", "prior"})
_PART_FIGURES = ("n", "n_violating", "strict", "accepted", "worst_slice")
_HEADLINES = ("micro_f1", "macro_f1", "violating", "false_positive_rate", "ece")


def _problems(descriptions: Mapping[int, str]) -> dict[int | str, dict[str, Any]]:
    """Describe refusals in the OpenAPI document, by status."""
    return {
        status: {"model": Problem, "description": description}
        for status, description in descriptions.items()
    }


_JSON = "application/json"
_FAULT = _problems({500: "A fault of the service"})


def make_predict_router(classifier: AdClassifier, judges: Judges) -> APIRouter:
    """Make the router of `POST /v1/predict`.

    Parameters
    ----------
    classifier : AdClassifier
        The one that judges, for as long as the process lives.
    judges : Judges
        The threads that it judges in.
    """
    router = APIRouter(prefix="/v1", tags=["predict"], route_class=PredictRoute)

    @router.post(
        "/predict",
        summary="Judge posts",
        response_model=make_predictions_model(classifier.labels),
        max_body_size=MAX_BODY_BYTES,
        response_description="One prediction a post, in order",
        responses={200: {"content": {_JSON: {"example": make_example_answer(classifier.labels)}}}}
        | _problems(
            {
                413: "Body over 2 MiB",
                415: "Not application/json in UTF-8",
                422: "Not JSON, or not as the schema asks",
            }
        )
        | _FAULT,
    )
    async def predict(request: PredictRequest) -> Response:
        """Say of each post which signs of violation it shows, in the order of the posts.

        The numbers are those of the command line. A body that breaks any rule is refused whole.
        """
        n_chars = sum(len(post.text) for post in request.posts)
        logger.info("predict: %d posts, %d characters", len(request.posts), n_chars)
        judged = await judges.run(partial(_judge, classifier, request), n_chars)
        headers = {"Server-Timing": judged.server_timing()}
        return Response(judged.content, media_type=_JSON, headers=headers)

    return router


def _judge(classifier: AdClassifier, request: PredictRequest) -> bytes:
    """Judge the posts and write the answer.

    The framework is given bytes: checking an answer field by field and writing it took it three
    times as long as writing alone. A test checks answers against the documented model.
    """
    dates = [post.posted_at for post in request.posts]
    texts = [post.text for post in request.posts]
    try:
        rows = classifier.predict_json(texts, posted_at=dates, explain=request.explain)
    except InputError as error:
        raise InvalidBodyError(_find_unreadable_dates(classifier, dates)) from error
    facts = to_json({"model": classifier.model, "law_as_of": classifier.law_as_of})
    predictions = b",".join(map(_with_id, request.posts, rows))
    return b'%b,"predictions":[%b]}' % (facts.removesuffix(b"}"), predictions)


def _with_id(post: Post, row: bytes) -> bytes:
    """Put the caller's id before the columns of a prediction."""
    return row if post.id is None else b'{"id":%b,%b' % (to_json(post.id), row.removeprefix(b"{"))


def _find_unreadable_dates(
    classifier: AdClassifier, dates: Sequence[PostedAt | None]
) -> list[FieldError]:
    """Name every post whose date the classifier refuses: its own error quotes the first one."""
    message = "Not a date: expected ISO 8601, dd/mm/yyyy, or epoch seconds or milliseconds"
    unreadable: list[FieldError] = []
    for i, date in enumerate(dates):
        try:
            classifier.predict([""], posted_at=[date])
        except InputError:
            unreadable.append(FieldError(loc=["body", "posts", i, "posted_at"], message=message))
    return unreadable


def make_facts_router(classifier: AdClassifier) -> APIRouter:
    """Make the router of what does not change while the process lives."""
    router = APIRouter(prefix="/v1", tags=["facts"])
    catalog = Labels.model_validate(labels())
    info = ModelInfo(
        model=classifier.model,
        name=classifier.name,
        content_hash=classifier.content_hash,
        labels=list(classifier.labels),
        thresholds=dict(classifier.thresholds),
        prior=classifier.prior,
        max_chars=classifier.max_chars,
        law_as_of=classifier.law_as_of,
        version=__version__,
        card=summarize_card(classifier.card),
    )

    @router.get("/labels", summary="Labels, sub-codes, signals and the law", responses=_FAULT)
    def read_labels() -> Labels:
        """Give everything that a post can be said to be; names and definitions in Vietnamese."""
        return catalog

    @router.get("/model", summary="The model that answers", responses=_FAULT)
    def read_model() -> ModelInfo:
        """Give the model's name, hash, thresholds and figures."""
        return info

    return router


def summarize_card(card: Mapping[str, Any]) -> dict[str, Any]:
    """Keep of a card what fits a screen: the whole, with every slice, stays in the bundle.

    Parameters
    ----------
    card : mapping
        As training writes it; parts that are missing are left out.

    Returns
    -------
    dict
        Provenance, and of each part's figures the headlines and the worst slice.

    Examples
    --------
    >>> figures = {"real": {"n": 9, "strict": {"micro_f1": 0.8, "slices": {}}, "intervals": {}}}
    >>> summarize_card({"n_texts": 9, "config": {}, "figures": figures})
    {'n_texts': 9, 'figures': {'real': {'n': 9, 'strict': {'micro_f1': 0.8}}}}
    """
    figures = {
        part: {
            name: _pick(value, _HEADLINES) if name in ("strict", "accepted") else value
            for name, value in _pick(found, _PART_FIGURES).items()
        }
        for part, found in card.get("figures", {}).items()
    }
    return {name: card[name] for name in card if name not in _LONG} | {"figures": figures}


def _pick(values: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    return {name: values[name] for name in names if name in values}


def make_probe_router() -> APIRouter:
    """Make the router of the probes: on the event loop, so that no batch delays them."""
    router = APIRouter(tags=["probes"])

    @router.get("/healthz", summary="Does the process live?")
    async def read_health() -> Health:
        """Answer as soon as the process listens."""
        return Health()

    @router.get(
        "/readyz", summary="May posts be sent?", responses=_problems({503: "Not ready yet"})
    )
    async def read_readiness(request: Request) -> Health:
        """Answer 200 once the model has judged a first text."""
        if not request.app.state.ready:
            raise HTTPException(503)
        return Health()

    return router
