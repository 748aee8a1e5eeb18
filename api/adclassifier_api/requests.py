"""What `POST /v1/predict` takes."""

from __future__ import annotations

from collections.abc import Set
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    FiniteFloat,
    TypeAdapter,
    model_validator,
)
from pydantic_core import PydanticCustomError

from adclassifier_api.examples import EXAMPLE_REQUEST

#: Limits of one request; a client with more sends several.
MAX_POSTS = 100
MAX_TEXT_CHARS = 20_000
MAX_BODY_BYTES = 2 * 1024 * 1024

PostId = Annotated[str, Field(max_length=256)] | int
PostedAt = Annotated[str, Field(max_length=64)] | int | FiniteFloat


class _Strict(BaseModel):
    """A model that takes no unknown field and turns no type into another."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class _Known(BaseModel):
    """A model that refuses unknown fields at once: else there is an error for each of them."""

    @model_validator(mode="before")
    @classmethod
    def _knows_its_fields(cls, value: Any) -> Any:
        if _has_unknown(value, cls.model_fields.keys()):
            known = ", ".join(cls.model_fields)
            raise PydanticCustomError("extra_forbidden", f"Unknown field; expected {known}")
        return value


def _has_unknown(value: Any, fields: Set[str]) -> bool:
    return isinstance(value, dict) and not value.keys() <= fields


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


class _KnownPost(_Known, Post):
    """The same, and one error where a field is unknown."""


_KNOWN_POSTS = TypeAdapter(list[_KnownPost])
_POST_FIELDS = Post.model_fields.keys()


def _check_posts(posts: Any) -> Any:
    """Count the posts and look at their fields before each is read.

    A small body may hold a million empty posts, or a post a million fields. All posts are looked
    at here, since a validator of each took twice as long as all else about it.
    """
    if not isinstance(posts, list):
        return posts
    if not 1 <= len(posts) <= MAX_POSTS:
        raise PydanticCustomError("posts_count", f"Expected 1 to {MAX_POSTS} posts")
    if any(_has_unknown(post, _POST_FIELDS) for post in posts):
        _KNOWN_POSTS.validate_python(posts, from_attributes=True)  # raises what the framework would
    return posts


class PredictRequest(_Known, _Strict):
    """Posts to judge."""

    model_config = ConfigDict(json_schema_extra={"example": EXAMPLE_REQUEST})

    posts: Annotated[
        list[Post], Field(min_length=1, max_length=MAX_POSTS), BeforeValidator(_check_posts)
    ]
    explain: bool = Field(
        default=False, description="Give the words that speak for each label of a flagged post."
    )
