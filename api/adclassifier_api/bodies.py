"""Read request bodies: JSON in UTF-8 and nothing else."""

from __future__ import annotations

import email.message
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import HTTPException, Request, Response
from fastapi.routing import APIRoute
from pydantic_core import from_json

from adclassifier_api.problems import FieldError, InvalidBodyError


class StrictJsonRequest(Request):
    """A request whose JSON has no NaN, no half of a surrogate pair and no bottomless nesting.

    `json.loads`, which the framework calls otherwise, takes the first two, guesses UTF-16 and
    UTF-32, and runs out of stack on the third.
    """

    async def json(self) -> Any:
        """Parse the body.

        Raises
        ------
        InvalidBodyError
            If it is no JSON in UTF-8; says where, not what.
        """
        body = await self.body()
        try:
            return from_json(body, allow_inf_nan=False)
        except ValueError as error:
            message = f"Not valid JSON in UTF-8: {error}"
            raise InvalidBodyError([FieldError(loc=["body"], message=message)]) from error


class StrictJsonRoute(APIRoute):
    """A route that refuses a body of another type before it is read."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Put the checks before the framework's own handler."""
        handler = super().get_route_handler()

        async def handle(request: Request) -> Response:
            if not is_plain_json(request):
                raise HTTPException(415)
            return await handler(StrictJsonRequest(request.scope, request.receive))

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
