"""Put the service together around one classifier."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from starlette.middleware import Middleware

from adclassifier import AdClassifier, __version__
from adclassifier_api import problems
from adclassifier_api.endpoints import make_facts_router, make_predict_router, make_probe_router
from adclassifier_api.guard import Guard
from adclassifier_api.judging import Judges
from adclassifier_api.pages import make_pages_router
from adclassifier_api.requests import MAX_BODY_BYTES
from adclassifier_api.settings import ServiceSettings
from adclassifier_api.warming import rehearse, warm_up

_TITLE = "adclassifier"
_DESCRIPTION = """\
Finds signs of illegal advertising in Vietnamese posts and video captions, with the words that say
so and the provisions that an inspector would cite. It never says "illegal": a person decides.

Every refusal is a problem as RFC 9457 describes it (application/problem+json) and never repeats
what was sent. Limits of one request: 100 posts, 20,000 characters a text, 2 MiB.
"""


def create_app(classifier: AdClassifier, settings: ServiceSettings) -> FastAPI:
    """Make the application.

    Parameters
    ----------
    classifier : AdClassifier
        Judges every post; loaded once, by the caller.
    settings : ServiceSettings
        Only ``max_threads`` is used here.

    Returns
    -------
    FastAPI
        Ready for an ASGI server; `/readyz` answers 200 after its start-up.
    """
    judges = Judges(settings.max_threads)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        warm_up(classifier)
        await rehearse(app)
        app.state.ready = True
        yield
        app.state.ready = False

    app = _Service(
        title=_TITLE,
        description=_DESCRIPTION,
        version=__version__,
        lifespan=lifespan,
        middleware=[Middleware(Guard, max_body_bytes=MAX_BODY_BYTES)],
        redirect_slashes=False,
        docs_url=None,  # these two load their scripts from a CDN; see `pages`
        redoc_url=None,
        # posts are people's data: nothing about a request leaves because a variable asks for it
        telemetry={"tracing": False, "metrics": False, "logs": False, "auto_configure": False},
    )
    app.state.ready = False
    problems.add_problem_handlers(app)
    app.include_router(make_predict_router(classifier, judges))
    app.include_router(make_facts_router(classifier))
    app.include_router(make_probe_router())
    app.include_router(make_pages_router(app))
    return app


class _Service(FastAPI):
    """FastAPI, with refusals under their own media type in the document."""

    def openapi(self) -> dict[str, Any]:
        """Give the OpenAPI document, made once."""
        if self.openapi_schema is None:
            self.openapi_schema = get_openapi(
                title=self.title,
                version=self.version,
                description=self.description,
                routes=self.routes,
            )
            _name_problem_types(self.openapi_schema)
        return self.openapi_schema


def _name_problem_types(document: dict[str, Any]) -> None:
    for path in document["paths"].values():
        for operation in path.values():
            for status, response in operation["responses"].items():
                if status >= "400":
                    response["content"] = {
                        problems.MEDIA_TYPE: response["content"]["application/json"]
                    }
