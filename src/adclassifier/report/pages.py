"""Fill the templates: escaped, without script, with nothing fetched from elsewhere."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from adclassifier.report.passages import Mark
from adclassifier.report.wording import number, signed
from adclassifier.taxonomy import load_taxonomy


def fill(template: str, **values: Any) -> str:
    """Fill a template of this package; every value is escaped."""
    return _environment().get_template(template).render(values)


@cache
def _environment() -> Environment:
    """Prepare the templates."""
    environment = Environment(
        loader=PackageLoader("adclassifier.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    style = files("adclassifier.report") / "templates" / "style.css"
    environment.globals["style"] = Markup(style.read_text("utf-8"))  # noqa: S704 (our own file)
    environment.filters["number"] = number
    environment.filters["mark_title"] = _mark_title
    environment.filters["mark_class"] = _mark_class
    return environment


def _mark_title(marks: tuple[Mark, ...]) -> str:
    """Say what marked words speak for, and how much."""
    return "; ".join(dict.fromkeys(map(_mark_name, marks)))


def _mark_name(mark: Mark) -> str:
    taxonomy = load_taxonomy()
    if mark.contribution is None:
        return f"Dấu hiệu: {taxonomy.signal(mark.code).name}"
    return f"{taxonomy.label(mark.code).name}: {signed(mark.contribution)}"


def _mark_class(marks: tuple[Mark, ...]) -> str:
    """Choose the colour of marked words: of the strongest evidence; dots below for signals."""
    evidence = [mark for mark in marks if mark.contribution is not None]
    classes = ["sign"] if len(evidence) < len(marks) else []
    if evidence:
        strongest = max(evidence, key=lambda mark: mark.contribution or 0.0)
        classes.insert(0, f"hue-{load_taxonomy().label_codes.index(strongest.code) % 8}")
    return " ".join(classes)
