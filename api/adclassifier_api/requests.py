"""What `POST /v1/predict` takes."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, FiniteFloat, model_validator
from pydantic_core import PydanticCustomError

from adclassifier_api.examples import EXAMPLE_REQUEST

#: Limits of one request; a client with more sends several.
MAX_POSTS = 100
MAX_TEXT_CHARS = 20_000
MAX_BODY_BYTES = 2 * 1024 * 1024

PostId = Annotated[str, Field(max_length=256)] | int
PostedAt = Annotated[str, Field(max_length=64)] | int | FiniteFloat


def _count_posts(posts: Any) -> Any:
    """Count the posts before each is read: a small body may hold a million empty ones."""
    if isinstance(posts, list) and not 1 <= len(posts) <= MAX_POSTS:
        raise PydanticCustomError("posts_count", f"Expected 1 to {MAX_POSTS} posts")
    return posts


class _Strict(BaseModel):
    """A model that takes no unknown field and turns no type into another."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _knows_its_fields(cls, value: Any) -> Any:
        """Refuse unknown fields at once: the framework would keep an error for each of them."""
        if isinstance(value, dict) and not value.keys() <= cls.model_fields.keys():
            known = ", ".join(cls.model_fields)
            raise PydanticCustomError("extra_forbidden", f"Unknown field; expected {known}")
        return value


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

    posts: Annotated[
        list[Post], Field(min_length=1, max_length=MAX_POSTS), BeforeValidator(_count_posts)
    ]
    explain: bool = Field(
        default=False, description="Give the words that speak for each label of a flagged post."
    )
