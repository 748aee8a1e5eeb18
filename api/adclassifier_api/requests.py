"""What `POST /v1/predict` takes."""

from __future__ import annotations

import contextlib
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    FiniteFloat,
    TypeAdapter,
    ValidationError,
)
from pydantic_core import PydanticCustomError, from_json

from adclassifier_api.examples import EXAMPLE_REQUEST
from adclassifier_api.problems import FieldError, InvalidBodyError, describe_errors

#: Limits of one request; a client with more sends several.
MAX_POSTS = 100
MAX_TEXT_CHARS = 20_000
MAX_BODY_BYTES = 2 * 1024 * 1024

#: A hundred posts of some hundred characters. Up to here a body is checked while it is parsed; in a
#: larger one there is room for so many unknown fields that an error for each takes 0.2 s.
_USUAL_BYTES = 128 * 1024

PostId = Annotated[str, Field(max_length=256)] | int
PostedAt = Annotated[str, Field(max_length=64)] | int | FiniteFloat


class _Strict(BaseModel):
    """A model that takes no unknown field and turns no type into another."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class Post(_Strict):
    """One post or video caption."""

    id: PostId | None = Field(default=None, description="Your own; given back as it is.")
    text: Annotated[str, Field(max_length=MAX_TEXT_CHARS)] = Field(
        description="As it was written. A text without letters is answered as unreadable."
    )
    posted_at: PostedAt | None = Field(
        default=None,
        description=(
            "Decides which provisions were in force: ISO 8601, dd/mm/yyyy, or epoch seconds or "
            "milliseconds. What names no zone is in Asia/Ho_Chi_Minh. Left out, the law as of "
            "`law_as_of` is used."
        ),
    )
    platform: Annotated[str, Field(max_length=64)] | None = Field(
        default=None, description="Where it was posted; does not change the prediction."
    )


class PredictRequest(_Strict):
    """Posts to judge."""

    model_config = ConfigDict(json_schema_extra={"example": EXAMPLE_REQUEST})

    posts: Annotated[list[Post], Field(min_length=1, max_length=MAX_POSTS)]
    explain: bool = Field(
        default=False, description="Give the words that speak for each label of a flagged post."
    )


def read_request(body: bytes) -> PredictRequest:
    """Parse a body and check it.

    Parameters
    ----------
    body : bytes
        JSON in UTF-8: no NaN, no half of a surrogate pair, no bottomless nesting. `json.loads`
        takes the first two, guesses UTF-16 and UTF-32, and runs out of stack on the third.

    Returns
    -------
    PredictRequest

    Raises
    ------
    InvalidBodyError
        If it is no such JSON, or not as the schema asks; says where, not what.

    Examples
    --------
    >>> read_request(b'{"posts": [{"text": "a"}]}').posts[0].text
    'a'
    """
    if not body:
        raise InvalidBodyError([FieldError(loc=["body"], message="Field required")])
    if len(body) <= _USUAL_BYTES:
        with contextlib.suppress(ValidationError):
            return PredictRequest.model_validate_json(body)  # both in one walk over the bytes
    return _read_warily(body)


def _read_warily(body: bytes) -> PredictRequest:
    """Say what is wrong with a body, with no error for each of a million unknown fields."""
    try:
        value = from_json(body, allow_inf_nan=False)
    except ValueError as error:
        message = f"Not valid JSON in UTF-8: {error}"
        raise InvalidBodyError([FieldError(loc=["body"], message=message)]) from error
    try:
        # `from_attributes`: the message then tells no name of a class, as the framework's do
        return _KNOWN_REQUEST.validate_python(value, from_attributes=True)
    except ValidationError as error:
        faults = error.errors(include_url=False, include_context=False, include_input=False)
        placed = [{"loc": ("body", *fault["loc"]), "msg": fault["msg"]} for fault in faults]
        raise InvalidBodyError(describe_errors(placed)) from error


def _knows_fields_of(model: type[BaseModel]) -> BeforeValidator:
    """Refuse unknown fields at once: else there is an error for each of them."""

    def check(value: Any) -> Any:
        if isinstance(value, dict) and not value.keys() <= model.model_fields.keys():
            known = ", ".join(model.model_fields)
            raise PydanticCustomError("extra_forbidden", f"Unknown field; expected {known}")
        return value

    return BeforeValidator(check)


def _count_posts(posts: Any) -> Any:
    """Count the posts before each is read: a small body may hold a million empty ones."""
    if isinstance(posts, list) and not 1 <= len(posts) <= MAX_POSTS:
        raise PydanticCustomError("posts_count", f"Expected 1 to {MAX_POSTS} posts")
    return posts


class _CountedRequest(PredictRequest):
    """The same, and one error where posts are too many or have unknown fields."""

    posts: Annotated[list[Annotated[Post, _knows_fields_of(Post)]], BeforeValidator(_count_posts)]


_KNOWN_REQUEST = TypeAdapter[PredictRequest](
    Annotated[_CountedRequest, _knows_fields_of(_CountedRequest)]
)
