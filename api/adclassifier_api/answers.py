"""What the service answers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, create_model

from adclassifier_api.requests import PostId

Outcome = Literal["flag", "review", "clear", "unreadable"]
Severity = Literal["S1", "S2", "S3", "S4"]

_SPAN = "Range of Unicode code points of the text as sent, half-open."


class Answer(BaseModel):
    """A model that says exactly what the library says: a field it does not know is a fault."""

    model_config = ConfigDict(extra="forbid")


class Signal(Answer):
    """A rule sign, independent of the labels."""

    code: str
    start: int = Field(description=_SPAN)
    end: int
    text: str


class Evidence(Answer):
    """Words that speak for a label."""

    start: int = Field(description=_SPAN)
    end: int
    text: str
    label: str
    contribution: float = Field(description="Their share of the label's log-odds.")


def _probability(meaning: str) -> Any:
    return (
        float | None,
        Field(ge=0, le=1, description=f"{meaning}; null where the text is unreadable."),
    )


def make_prediction_model(labels: Sequence[str]) -> type[BaseModel]:
    """Make the model of one prediction: a label is data, so its column is too.

    Parameters
    ----------
    labels : sequence of str
        The classifier's, in order.

    Returns
    -------
    type of BaseModel
        Fields named and ordered as `Prediction.as_row` does.

    Examples
    --------
    >>> list(make_prediction_model(["medicine"]).model_fields)[:6]
    ['id', 'violating', 'outcome', 'p_violating', 'labels', 'p_medicine']
    """
    fields: dict[str, Any] = {
        "id": (PostId | None, Field(default=None, description="As in the request, if given.")),
        "violating": (bool, Field(description="Shows signs of at least one label.")),
        "outcome": (
            Outcome,
            Field(
                description="flag: violating · review: likely, nothing decided · clear · "
                "unreadable: no letters, or neither Vietnamese nor English."
            ),
        ),
        "p_violating": _probability("Calibrated probability that at least one label holds"),
        "labels": (list[str], Field(description="Decided labels, the most dangerous first.")),
        **{f"p_{label}": _probability(f"Calibrated probability of {label}") for label in labels},
        "p_offer": _probability("Calibrated probability that goods or services are offered"),
        "subcodes": (list[str], Field(description="Of the decided labels; see /v1/labels.")),
        "severity": (
            Severity | None,
            Field(description="S1 the most urgent; null if not flagged."),
        ),
        "signals": (list[Signal], Field(description="For flag and review.")),
        "provisions": (
            list[str],
            Field(description="Ids of those in force on the post's date; see /v1/labels."),
        ),
        "evidence": (
            list[Evidence] | None,
            Field(default=None, description="Only with explain; of flagged posts."),
        ),
        "model": (str, Field(description="Bundle's name @ 12 digits of its content hash.")),
    }
    return create_model(
        "Prediction",
        __base__=Answer,
        __doc__="What is said of one post: signs, never a verdict; a person decides.",
        **fields,
    )


def make_predictions_model(labels: Sequence[str]) -> type[BaseModel]:
    """Make the model of the answer of `POST /v1/predict` for a classifier with these labels."""
    prediction: Any = make_prediction_model(labels)
    fields: dict[str, Any] = {
        "model": (str, Field(description="As in each prediction.")),
        "law_as_of": (dt.date, Field(description="Day of the law where a post has no date.")),
        "predictions": (list[prediction], Field(description="One a post, in order.")),
    }
    return create_model("Predictions", __base__=Answer, __doc__="The posts, judged.", **fields)


class Health(Answer):
    """The process lives, or is ready."""

    status: Literal["ok"] = "ok"


class ModelInfo(Answer):
    """The model that answers."""

    model: str = Field(description="Name @ first 12 digits of the content hash.")
    name: str
    content_hash: str
    labels: list[str]
    thresholds: dict[str, float] = Field(
        description="One a label; offer; review, compared with p_violating."
    )
    prior: float = Field(description="Share of violating posts that the calibration assumes.")
    max_chars: int = Field(description="Longest text that the model judges anywhere.")
    law_as_of: dt.date
    version: str = Field(description="Of the package.")
    card: dict[str, Any] = Field(
        description="Summary of the model card: provenance, headline figures and the worst slice."
    )
