"""Show the OpenAPI document as a page: rendered here, without a script, a font or a CDN.

Swagger UI was weighed: its bundles on the package index are old (4.15, which cannot show OpenAPI
3.1) or 1.5 MB of script that has to be allowed to run; a page of ours needs neither.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import Any, NamedTuple

from fastapi import APIRouter, FastAPI, Response
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

_PACKAGE = "adclassifier_api"
_PAGE_POLICY = "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'"
_LIMITS = {
    "minItems": "at least {} entries",
    "maxItems": "at most {} entries",
    "maxLength": "at most {} characters",
    "minimum": "from {}",
    "maximum": "to {}",
}


class Operation(NamedTuple):
    """One method of one address, as the page shows it."""

    method: str
    path: str
    summary: str
    description: str
    request: Mapping[str, Any] | None
    responses: Mapping[str, Mapping[str, Any]]
    example: Any


def make_pages_router(app: FastAPI) -> APIRouter:
    """Make the router of `/docs` and its style sheet.

    Parameters
    ----------
    app : FastAPI
        Whose OpenAPI document is shown.
    """
    router = APIRouter(include_in_schema=False)
    style = files(_PACKAGE).joinpath("templates", "docs.css").read_text("utf-8")

    @router.get("/docs", response_class=HTMLResponse)
    def read_docs() -> HTMLResponse:
        page = render_docs(app.openapi())
        return HTMLResponse(page, headers={"Content-Security-Policy": _PAGE_POLICY})

    @router.get("/docs.css")
    def read_style() -> Response:
        return Response(style, media_type="text/css")

    return router


def render_docs(document: Mapping[str, Any]) -> str:
    """Render an OpenAPI document as one page of HTML.

    Parameters
    ----------
    document : mapping
        OpenAPI 3.1; its schemas under ``components``.

    Returns
    -------
    str
        Everything from the document is escaped.
    """
    environment = Environment(
        loader=PackageLoader(_PACKAGE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["type_of"] = describe_type
    environment.filters["limits_of"] = describe_limits
    environment.filters["schema_of"] = find_schema
    environment.filters["pretty"] = lambda value: json.dumps(value, ensure_ascii=False, indent=2)
    return environment.get_template("docs.html").render(
        info=document["info"],
        operations=list(_operations(document)),
        schemas=document["components"]["schemas"],
    )


def _operations(document: Mapping[str, Any]) -> Iterator[Operation]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            body = operation.get("requestBody", {"content": {}})["content"]
            answers = operation["responses"]
            yield Operation(
                method=method.upper(),
                path=path,
                summary=operation["summary"],
                description=operation["description"],
                request=find_schema(body),
                responses=answers,
                example=answers["200"]["content"]["application/json"].get("example"),
            )


def find_schema(content: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Give the schema of a body's first media type; None where there is no body."""
    return next((entry["schema"] for entry in content.values()), None)


def describe_type(schema: Mapping[str, Any]) -> str:
    """Say the type of a value in a few words.

    Examples
    --------
    >>> describe_type({"anyOf": [{"type": "string"}, {"type": "null"}]})
    'string or null'
    >>> describe_type({"type": "array", "items": {"$ref": "#/components/schemas/Post"}})
    'list of Post'
    """
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(map(describe_type, schema["anyOf"])))
    if "enum" in schema or "const" in schema:
        return " | ".join(map(str, schema.get("enum", [schema.get("const")])))
    if schema.get("type") == "array":
        return f"list of {describe_type(schema['items'])}"
    kind = str(schema.get("format", schema.get("type", "any")))
    values = schema.get("additionalProperties")
    return f"map to {describe_type(values)}" if isinstance(values, dict) else kind


def describe_limits(schema: Mapping[str, Any]) -> str:
    """Say the limits of a value, those of its kinds included.

    Examples
    --------
    >>> describe_limits({"type": "array", "minItems": 1, "maxItems": 100})
    'at least 1 entries, at most 100 entries'
    """
    own = [words.format(schema[key]) for key, words in _LIMITS.items() if key in schema]
    kinds = [describe_limits(kind) for kind in schema.get("anyOf", [])]
    return ", ".join([*own, *filter(None, kinds)])
