"""Surround a post with words that are to mislead."""

from __future__ import annotations

import re
import string
import unicodedata

import numpy as np

from adclassifier.evasion.places import phrases_pattern, pick
from adclassifier.evasion.tables import load_tables

_TAIL_SIGNS = string.ascii_lowercase + string.digits


def tail_tokens(text: str, rng: np.random.Generator) -> str:
    """Append meaningless tokens and tags, as who posts the same text a hundred times.

    Examples
    --------
    >>> tail_tokens("Sỉ lẻ toàn quốc", np.random.default_rng(1))
    'Sỉ lẻ toàn quốc bf38il 3joxt #capcut 3lq2eke #trending hsja1ckr'
    """
    tags = load_tables()["framing"]["tags"]
    tokens = [
        pick(rng, tags) if rng.random() < 0.3 else _token(rng) for _ in range(rng.integers(4, 10))
    ]
    return " ".join([text, *tokens])


def _token(rng: np.random.Generator) -> str:
    """Draw letters and digits without a meaning."""
    return "".join(pick(rng, _TAIL_SIGNS) for _ in range(rng.integers(4, 9)))


def padding(text: str, rng: np.random.Generator) -> str:
    """Put lawful passages before, behind or around the text, on their own lines or run on.

    Examples
    --------
    >>> len(padding("Sỉ lẻ toàn quốc", np.random.default_rng(0))) > 200
    True
    """
    passages = list(rng.permutation(load_tables()["framing"]["passages"]))[: rng.integers(2, 6)]
    n_before = pick(rng, (0, len(passages) // 2, len(passages)))
    joint = pick(rng, ("\n", " "))
    return joint.join([*passages[:n_before], text, *passages[n_before:]])


def camouflage(text: str, rng: np.random.Generator) -> str:
    """Quote the compulsory sentence, at times with another that reassures, before or behind.

    Examples
    --------
    >>> print(camouflage("Uống là khỏi tiểu đường", np.random.default_rng(0)))
    Uống là khỏi tiểu đường
    Sản phẩm này không phải là thuốc và không có tác dụng thay thế thuốc chữa bệnh.
    Hàng công ty, có hóa đơn VAT và tem phụ đầy đủ.
    """
    framing = load_tables()["framing"]
    sentences = [pick(rng, framing["compulsory"])]
    if rng.random() < 0.5:
        sentences.append(pick(rng, framing["reassuring"]))
    parts = (text, *sentences) if rng.random() < 0.7 else (*sentences, text)
    return "\n".join(parts)


def denied_offer(text: str, rng: np.random.Generator) -> str:
    """Say "không bán X", then sell X: X is what the post itself names, otherwise goods at large.

    Examples
    --------
    >>> denied_offer("Thuốc giảm cân 300k, ib em", np.random.default_rng(0))
    'Đây không phải bài bán thuốc giảm cân, đừng hiểu lầm ạ. Thuốc giảm cân 300k, ib em'
    """
    framing = load_tables()["framing"]
    composed = unicodedata.normalize("NFC", text).lower()
    named = re.search(phrases_pattern(framing["goods"]), composed)
    goods = named[0] if named else pick(rng, framing["unnamed_goods"])
    denial = pick(rng, framing["denials"]).format(goods=goods)
    return f"{denial} {text}" if rng.random() < 0.6 else f"{text} {denial}"
