"""Take request bodies: JSON in UTF-8 and nothing else."""

from __future__ import annotations

import email.message
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import HTTPException, Request, Response
from fastapi.routing import APIRoute
from starlette.requests import ClientDisconnect

from adclassifier_api.requests import read_request


class PredictRoute(APIRoute):
    """A route that reads its body by itself, after a look at its type.

    The framework would parse the body and then check it, look for dependencies, of which there
    are none, and for what else an endpoint may ask for: half of what it takes of a single post.
    It still writes the document.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Give the endpoint what the body holds."""

        async def handle(request: Request) -> Response:
            if not is_plain_json(request):
                raise HTTPException(415)
            try:
                body = await request.body()
            except ClientDisconnect as error:
                raise HTTPException(400) from error
            response: Response = await self.endpoint(read_request(body))
            return response

        return handle


def is_plain_json(request: Request) -> bool:
    """Tell whether the headers declare JSON in UTF-8, not compressed."""
    if request.headers.get("content-encoding", "identity") != "identity":
        return False
    declared = request.headers.get("content-type", "")
    if declared == "application/json":  # as nearly all say it, and need no parser for
        return True
    header = email.message.Message()
    header["content-type"] = declared
    charset = str(header.get_param("charset", "utf-8")).lower()
    return header.get_content_type() == "application/json" and charset in ("utf-8", "utf8")
