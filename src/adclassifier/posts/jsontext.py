"""Work on the text of JSON objects, so that what was written is given back to the letter."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Collection, Iterator
from typing import Any

# Python's decoder gives up at about 1,000, depending on who calls it.
MOST_DEPTH = 300

_BRACKET = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}]', re.DOTALL)
_SPACE = re.compile(r"[ \t\n\r]*")
_ONLY_STRINGS = frozenset({str})
# What json.JSONDecoder is made of: public in the module, unknown to its type stubs.
_DECODER: Any = json.JSONDecoder()

_ESCAPE = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"  # a pair: one emoji
    r"|(?P<lone>\\u[dD][89a-fA-F][0-9a-fA-F]{2})"
    r"|\\."
)
# May also point at a letter after an escaped backslash; `_ESCAPE` then leaves it alone.
_MAYBE_LONE = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])"
    r"|(?<!\\u[dD][89abAB][0-9a-fA-F]{2})\\u[dD][c-fC-F][0-9a-fA-F]{2}"
)
_CONSTANT = re.compile(r'"(?:[^"\\]|\\.)*"|-?Infinity|NaN', re.DOTALL)


def members(raw: str) -> Iterator[tuple[str, str]]:
    """Give each key of a JSON object with its value as it is spelt.

    Parameters
    ----------
    raw : str
        A valid JSON object, without space around it.

    Examples
    --------
    >>> list(members('{"price": 1.50, "tags": ["a",1e3]}'))
    [('price', '1.50'), ('tags', '["a",1e3]')]
    """
    index = _skip_space(raw, 1)
    while raw[index] != "}":
        key, index = _DECODER.scan_once(raw, _skip_space(raw, index))
        start = _skip_space(raw, _skip_space(raw, index) + 1)
        _, end = _DECODER.scan_once(raw, start)
        yield key, raw[start:end]
        index = _skip_space(raw, end)
        if raw[index] == ",":
            index += 1


def _skip_space(raw: str, index: int) -> int:
    """Give the next place without white space."""
    match = _SPACE.match(raw, index)
    return index if match is None else match.end()


def without(raw: str, keys: Collection[str]) -> str:
    """Take keys out of a JSON object's text; the rest stays as it is spelt.

    Examples
    --------
    >>> without('{"id": 1.0, "labels": ["x"]}', {"labels"})
    '{"id": 1.0}'
    """
    kept = ((key, value) for key, value in members(raw) if key not in keys)
    inner = ", ".join(f"{json.dumps(key, ensure_ascii=False)}: {value}" for key, value in kept)
    return "{" + inner + "}"


def has_lone_surrogate(raw: str) -> bool:
    r"""Tell whether an escape may stand for half a character.

    Examples
    --------
    >>> has_lone_surrogate(r'{"text": "\ud83d\ude00"}'), has_lone_surrogate(r'{"text": "\ud83d"}')
    (False, True)
    """
    return _MAYBE_LONE.search(raw) is not None


def without_lone_surrogates(raw: str) -> str:
    r"""Write U+FFFD for escapes that stand for half a character: UTF-8 cannot hold one.

    Examples
    --------
    >>> print(without_lone_surrogates(r'{"text": "a\ud800b \ud83d\ude00 \\ud800"}'))
    {"text": "a\ufffdb \ud83d\ude00 \\ud800"}
    """
    return _ESCAPE.sub(lambda match: r"\ufffd" if match["lone"] else match[0], raw)


def without_constants(raw: str) -> str:
    """Write null for NaN and Infinity, which Python writes and JSON does not know.

    Examples
    --------
    >>> without_constants('{"likes": NaN, "text": "NaN"}')
    '{"likes": null, "text": "NaN"}'
    """
    return _CONSTANT.sub(lambda match: match[0] if match[0][0] == '"' else "null", raw)


def is_deep(raw: str) -> bool:
    """Tell whether values are nested so deep that other readers, or our own, may give up.

    Examples
    --------
    >>> is_deep('{"a": [[1], [2]]}'), is_deep('{"a": ' + "[" * 400 + "]" * 400 + "}")
    (False, True)
    """
    if len(raw) < 2 * MOST_DEPTH or raw.count("[") + raw.count("{") < MOST_DEPTH:
        return False
    depth = deepest = 0
    for match in _BRACKET.finditer(raw):
        depth += (match[0] in "[{") - (match[0] in "]}")
        deepest = max(deepest, depth)
    return deepest >= MOST_DEPTH


def scan_flat(raw: str) -> dict[str, Any] | None:
    r"""Decode an object as most are; None for any other text, which `Scanner` looks at.

    Such an object holds no list or object, no NaN or Infinity, no escaped backslash or half of a
    pair, and no key twice: it has as many quotes as the strings that came out of it need.

    Examples
    --------
    >>> scan_flat('{"text": "sữa \\"ong\\"", "likes": 3}')
    {'text': 'sữa "ong"', 'likes': 3}
    >>> [scan_flat(raw) for raw in ('{"a": 1, "a": 2}', '{"a": [1]}', '{"a": NaN}', '{"a": 1')]
    [None, None, None, None]
    """
    try:
        decoded, end = _DECODER.scan_once(raw, 0)
    except (ValueError, StopIteration, RecursionError):
        return None
    if type(decoded) is not dict or end != len(raw):
        return None
    n_quotes = raw.count('"')
    if "\\" in raw:
        if "\\\\" in raw or "\\ud" in raw or "\\uD" in raw:
            return None
        n_quotes -= raw.count('\\"')
    if _ONLY_STRINGS.issuperset(map(type, decoded.values())):
        return decoded if n_quotes == 4 * len(decoded) else None
    return decoded if n_quotes == _needed_quotes(decoded) else None


def _needed_quotes(record: dict[str, Any]) -> int:
    """Count the quotes around keys and strings; -1 where a value is a list, object or NaN."""
    kinds = list(map(type, record.values()))
    if dict in kinds or list in kinds:
        return -1
    if float in kinds and not all(math.isfinite(v) for v in record.values() if type(v) is float):
        return -1
    return 2 * (len(kinds) + kinds.count(str))


class Scanner:
    """A decoder of one object after another.

    Attributes
    ----------
    constants : list of str
        Receives the name of each NaN or Infinity, which is read as null.
    repeats : bool
        Whether the outermost object that was last read has a key twice.
    """

    def __init__(self) -> None:
        self.constants: list[str] = []
        self.repeats = False
        decoder: Any = json.JSONDecoder(
            parse_constant=self.constants.append, object_pairs_hook=self._build
        )
        self.scan: Any = decoder.scan_once  # (text, index) -> (value, end)

    def _build(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        """Make an object; the outermost comes last."""
        built = dict(pairs)
        self.repeats = len(built) < len(pairs)
        return built
