"""Say what went wrong as RFC 9457 problems, without a word of what was sent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal, NamedTuple

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException

from adclassifier.errors import InvalidTextError

MEDIA_TYPE = "application/problem+json"

ProblemType = Literal[
    "urn:adclassifier:problem:bad-request",
    "urn:adclassifier:problem:not-found",
    "urn:adclassifier:problem:method-not-allowed",
    "urn:adclassifier:problem:too-large",
    "urn:adclassifier:problem:unsupported-media-type",
    "urn:adclassifier:problem:invalid-request",
    "urn:adclassifier:problem:internal-error",
    "urn:adclassifier:problem:not-ready",
]


class _Kind(NamedTuple):
    type: ProblemType
    title: str
    detail: str


#: Own titles: those of `http.HTTPStatus` change between versions of Python.
KINDS = {
    400: _Kind(
        "urn:adclassifier:problem:bad-request",
        "Bad request",
        "The request cannot be understood.",
    ),
    404: _Kind(
        "urn:adclassifier:problem:not-found",
        "Not found",
        "There is nothing at this address; see /docs.",
    ),
    405: _Kind(
        "urn:adclassifier:problem:method-not-allowed",
        "Method not allowed",
        "This address does not take this method; see the Allow header.",
    ),
    413: _Kind(
        "urn:adclassifier:problem:too-large",
        "Body too large",
        "The body is larger than 2 MiB; send fewer posts at a time.",
    ),
    415: _Kind(
        "urn:adclassifier:problem:unsupported-media-type",
        "Unsupported media type",
        "Send JSON in UTF-8, not compressed, as Content-Type: application/json.",
    ),
    422: _Kind(
        "urn:adclassifier:problem:invalid-request",
        "Invalid request",
        "The body is not as the schema asks; see errors.",
    ),
    500: _Kind(
        "urn:adclassifier:problem:internal-error",
        "Internal error",
        "A fault of the service: its log has more under the X-Request-ID of this answer.",
    ),
    503: _Kind(
        "urn:adclassifier:problem:not-ready",
        "Not ready",
        "The service is starting or stopping; ask again in a moment.",
    ),
}

#: Names that may stand in a location; any other comes from the caller and is left out.
_OUR_NAMES = frozenset({"body", "posts", "id", "text", "posted_at", "platform", "explain"})
_MOST_ERRORS = 20


class FieldError(BaseModel):
    """One thing that is wrong, and where."""

    loc: list[str | int] = Field(
        description='Path from "body" on; posts are counted from 0.',
        examples=[["body", "posts", 0, "text"]],
    )
    message: str = Field(examples=["Field required"])


class Problem(BaseModel):
    """A problem as RFC 9457 describes it. What was sent is never repeated in it."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                **KINDS[422]._asdict(),
                "status": 422,
                "errors": [{"loc": ["body", "posts", 0, "text"], "message": "Field required"}],
            }
        }
    )

    type: ProblemType
    title: str
    status: int
    detail: str
    errors: list[FieldError] | None = Field(
        default=None, description=f"With status 422: the first {_MOST_ERRORS} things wrong."
    )


class InvalidBodyError(HTTPException):
    """The body breaks a rule that the schema cannot express.

    Parameters
    ----------
    errors : list of FieldError
        What is wrong, in words of ours only.
    """

    def __init__(self, errors: list[FieldError]) -> None:
        super().__init__(422)
        self.errors = errors


def problem_response(
    status: int,
    *,
    errors: list[FieldError] | None = None,
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """Answer with a problem.

    Parameters
    ----------
    status : int, in [400, 599]
    errors : list of FieldError, optional
    headers : mapping of str to str, optional

    Examples
    --------
    >>> problem_response(404).media_type
    'application/problem+json'
    """
    kind = KINDS.get(status) or KINDS[400 if status < 500 else 500]
    problem = Problem(**kind._asdict(), status=status, errors=errors)
    return JSONResponse(
        problem.model_dump(exclude_none=True),
        status_code=status,
        headers=headers,
        media_type=MEDIA_TYPE,
    )


def describe_errors(errors: Iterable[Mapping[str, Any]]) -> list[FieldError]:
    """Keep of pydantic's errors what is ours, place and message: not the input, not the context.

    Returns
    -------
    list of FieldError
        One a place; where several kinds of value are taken, each says why this one is not it.

    Examples
    --------
    >>> describe_errors([{"loc": ("body", "0908 123 456"), "msg": "Unknown field", "input": "x"}])
    [FieldError(loc=['body'], message='Unknown field')]
    """
    messages: dict[tuple[str | int, ...], list[str]] = {}
    for error in errors:
        loc = tuple(step for step in error["loc"] if isinstance(step, int) or step in _OUR_NAMES)
        messages.setdefault(loc, []).append(error["msg"])
    return [FieldError(loc=list(loc), message="; or: ".join(m)) for loc, m in messages.items()]


def add_problem_handlers(app: FastAPI) -> None:
    """Make every refusal by the framework and by the library a problem.

    The handlers are coroutines, so that a refusal does not wait for a thread behind predictions.
    """

    @app.exception_handler(HTTPException)
    async def refuse(request: Request, error: HTTPException) -> JSONResponse:
        return problem_response(error.status_code, headers=error.headers)

    @app.exception_handler(InvalidBodyError)
    async def refuse_body(request: Request, error: InvalidBodyError) -> JSONResponse:
        return problem_response(422, errors=error.errors[:_MOST_ERRORS])

    @app.exception_handler(RequestValidationError)
    async def refuse_fields(request: Request, error: RequestValidationError) -> JSONResponse:
        return problem_response(422, errors=describe_errors(error.errors())[:_MOST_ERRORS])

    @app.exception_handler(InvalidTextError)
    async def refuse_text(request: Request, error: InvalidTextError) -> JSONResponse:
        message = f"{error.where}: {error.found}; {error.expected}"
        return problem_response(422, errors=[FieldError(loc=["body", "posts"], message=message)])
