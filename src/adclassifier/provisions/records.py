"""Read TOML records, and name all that is wrong with them at once."""

from __future__ import annotations

import difflib
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, TypeVar

from pydantic import StringConstraints, TypeAdapter, ValidationError

from adclassifier.errors import TaxonomyError

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Form = TypeVar("Form")


def parse_toml(where: str, texts: Mapping[str, str], form: type[Form]) -> Form:
    """Read TOML texts as one checked record, their lists joined.

    Parameters
    ----------
    where : str
        What to call the texts together in an error.
    texts : mapping of str to str
        File name to TOML text.
    form : type
        The dataclass or pydantic model that says what is right.

    Raises
    ------
    TaxonomyError
        Naming every text that is no TOML and every key given twice, else every fault of form.
    """
    data, problems = _join(texts)
    if problems:
        raise problems_error(where, problems)
    try:
        return TypeAdapter(form).validate_python(data)
    except ValidationError as error:
        found = [f"{_place(data, fault['loc'])}: {fault['msg']}" for fault in error.errors()]
        raise problems_error(where, found) from error


def problems_error(where: str, problems: list[str]) -> TaxonomyError:
    """Make one error that names all problems.

    Examples
    --------
    >>> str(problems_error("law", ["ND87_D51: fine_min is above fine_max"]))
    'law: 1 problem: ND87_D51: fine_min is above fine_max'
    """
    count = f"{len(problems)} problem" + ("s" if len(problems) > 1 else "")
    return TaxonomyError(where, f"{count}: " + "; ".join(problems))


def nearest(word: str, words: Iterable[str]) -> str:
    """Suggest the known word that is most like a wrong one; empty when none is.

    Examples
    --------
    >>> nearest("cosmetic", ["cosmetics", "medicine"])
    "did you mean 'cosmetics'?"
    """
    close = difflib.get_close_matches(word, list(words), n=1)
    return f"did you mean {close[0]!r}?" if close else ""


def repeated(words: Iterable[str]) -> list[str]:
    """Give the words that occur more than once, in order of first sight.

    Examples
    --------
    >>> repeated(["a", "b", "a"])
    ['a']
    """
    return [word for word, times in Counter(words).items() if times > 1]


def _join(texts: Mapping[str, str]) -> tuple[dict[str, Any], list[str]]:
    """Parse the texts and join their lists; give what could not be joined as well."""
    data: dict[str, Any] = {}
    problems = []
    for name, text in texts.items():
        try:
            part = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            problems.append(f"{name}: not valid TOML: {error}")
            continue
        for key, value in part.items():
            both = [data.get(key, []), value]
            if all(isinstance(each, list) for each in both):
                data[key] = both[0] + value
            elif key in data:
                problems.append(f"{name}: {key} given before")
            else:
                data[key] = value
    return data, problems


def _place(data: Any, steps: tuple[int | str, ...]) -> str:
    """Say where a fault is, naming records by their id or code, not by their number."""
    names = []
    for step in steps:
        try:
            data = data[step]
        except (LookupError, TypeError):  # a key that is missing, or pydantic's own "[key]"
            data = None
        record = data if isinstance(data, dict) else {}
        names.append(str(record.get("id") or record.get("code") or step))
    return ".".join(names)
