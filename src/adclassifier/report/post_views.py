"""Put one scored post into the words of a report."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from adclassifier.provisions import load_law
from adclassifier.report.citations import Citation, cite, law_day, without_basis
from adclassifier.report.passages import (
    Contact,
    Mark,
    Piece,
    choose_ranges,
    cut_passage,
    find_contacts,
    mask_origin,
    quote,
)
from adclassifier.report.scored_posts import ScoredPost
from adclassifier.report.wording import day, inert, percent, signed
from adclassifier.taxonomy import Named, Subcode, load_taxonomy

_ORIGIN_NAMES = {
    "platform": "Nền tảng",
    "account": "Tài khoản",
    "posted_at": "Ngày đăng",
    "id": "Mã bài",
}
#: A long text may show one sign hundreds of times.
_MOST_QUOTES = 5
_MOST_SIGNAL_MARKS = 40
#: Longer words of one finding are not a quotation any more; the text itself shows them all.
_MOST_QUOTE_CHARS = 200
#: A column that was taken for the account by mistake may hold whole articles.
_MOST_ORIGIN_CHARS = 200
_MOST_ADDRESS_CHARS = 2000
_WEB_ADDRESS = re.compile(r"https?://[^\s<>\"'`\\]+", re.IGNORECASE)
# Addresses such as zalo.me/0912345678 hold a phone number; ids of posts are longer.
_PHONE_IN_ADDRESS = re.compile(r"(?<!\d)(?:\+?84|0)[235789]\d{8}(?!\d)")


@dataclass(frozen=True, slots=True)
class LabelView:
    """A decided label: its name, number in the taxonomy, probability, and the words behind it."""

    name: str
    hue: int
    probability: str
    words: tuple[tuple[tuple[Piece, ...], str], ...]


@dataclass(frozen=True, slots=True)
class SignalView:
    """A rule sign with some of the places that show it."""

    name: str
    definition: str
    quotes: tuple[tuple[Piece, ...], ...]
    n_more: int


@dataclass(frozen=True, slots=True)
class PostView:
    """Everything a report shows of one post."""

    pieces: tuple[Piece, ...]
    n_chars: int
    origin: tuple[tuple[str, str], ...]
    address: str
    is_link: bool
    probability: str
    severity: Named | None
    nearest: str
    labels: tuple[LabelView, ...]
    subcodes: tuple[Subcode, ...]
    signals: tuple[SignalView, ...]
    routes: tuple[str, ...]
    citations: tuple[Citation, ...]
    without_basis: tuple[str, ...]
    law_day: str
    to_verify: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Viewer:
    """Makes the views of posts.

    Parameters
    ----------
    show_contacts : bool
        Whether phone numbers, links, e-mails and accounts are shown.
    authority : bool
        Whether hints of the Penal Code are shown.
    """

    show_contacts: bool
    authority: bool

    def view(self, post: ScoredPost) -> PostView:
        """Put a post into words."""
        taxonomy, law = load_taxonomy(), load_law()
        contacts = () if self.show_contacts else find_contacts(post.text)
        marks = _marks(post)
        ranges = choose_ranges(post.text, marks)
        subcodes = tuple(taxonomy.subcode(code) for code in post.subcodes)
        citations = cite(post.provisions, law, authority=self.authority)
        bare = without_basis(subcodes, law, post.posted_on, authority=self.authority)
        routes = dict.fromkeys(route for subcode in subcodes for route in subcode.routes)
        address = self.address(post.origin.get("url", ""))
        return PostView(
            pieces=cut_passage(post.text, marks, contacts, ranges),
            n_chars=len(post.text),
            origin=self.origin(post),
            address=inert(address),
            is_link=_WEB_ADDRESS.fullmatch(address) is not None,
            probability=percent(post.p_violating),
            severity=next((s for s in taxonomy.severities if s.code == post.severity), None),
            nearest="" if post.labels else _nearest(post),
            labels=tuple(_label_view(label, post, contacts) for label in post.labels),
            subcodes=subcodes,
            signals=_signal_views(post, contacts),
            routes=tuple(taxonomy.route(route).name for route in routes),
            citations=citations,
            without_basis=bare,
            law_day=law_day(post.posted_on, law),
            to_verify=_to_verify(post, subcodes, citations, bare),
        )

    def origin(self, post: ScoredPost) -> tuple[tuple[str, str], ...]:
        """Name where a post comes from, contacts masked."""
        return tuple(
            (name, self._origin_value(post, role))
            for role, name in _ORIGIN_NAMES.items()
            if role in post.origin
        )

    def place(self, post: ScoredPost) -> str:
        """Say in one line where a post comes from."""
        values = [value for _, value in self.origin(post)]
        values.append(inert(self.address(post.origin.get("url", ""))))
        return " · ".join(value for value in values if value)

    def address(self, url: str) -> str:
        """Give the post's own address, which stays: without it nobody can look at the post."""
        written = url.strip()[:_MOST_ADDRESS_CHARS]
        return written if self.show_contacts else _PHONE_IN_ADDRESS.sub("…", written)

    def _origin_value(self, post: ScoredPost, role: str) -> str:
        if role == "posted_at" and post.posted_on is not None:
            return day(post.posted_on)
        value = post.origin[role][:_MOST_ORIGIN_CHARS]
        # The id of a post is a long number that must stay, and may look like a bank account. What
        # is masked comes out inert, and made inert twice it would have two apostrophes.
        shown = self.show_contacts or role == "id"
        return inert(value) if shown else mask_origin(value)


def _marks(post: ScoredPost) -> tuple[Mark, ...]:
    """Mark evidence; where there is none, what shows signals."""
    evidence = tuple(
        Mark(each["start"], each["end"], each["label"], each["contribution"])
        for each in post.evidence
    )
    signals = tuple(Mark(each["start"], each["end"], each["code"]) for each in post.signals)
    return evidence + signals[:_MOST_SIGNAL_MARKS]


def _label_view(label: str, post: ScoredPost, contacts: Sequence[Contact]) -> LabelView:
    """Put a decided label into words."""
    words = [each for each in post.evidence if each["label"] == label]
    strongest = sorted(words, key=lambda each: (-each["contribution"], each["start"]))
    taxonomy = load_taxonomy()
    return LabelView(
        name=taxonomy.label(label).name,
        hue=taxonomy.label_codes.index(label),
        probability=percent(post.probabilities[label]) if label in post.probabilities else "",
        words=tuple(
            (_quote(post.text, each, contacts), signed(each["contribution"])) for each in strongest
        ),
    )


def _nearest(post: ScoredPost) -> str:
    """Name the likeliest label of a post that none was decided for."""
    chances = post.probabilities
    if not chances:
        return ""
    label = max(chances, key=lambda code: chances[code])
    return f"{load_taxonomy().label(label).name}, {percent(chances[label])}"


def _signal_views(post: ScoredPost, contacts: Sequence[Contact]) -> tuple[SignalView, ...]:
    """Put the signals into words, one entry a code."""
    taxonomy = load_taxonomy()
    by_code: dict[str, list[Mapping[str, Any]]] = {}
    for signal in post.signals:
        by_code.setdefault(signal["code"], []).append(signal)
    return tuple(
        SignalView(
            name=taxonomy.signal(code).name,
            definition=taxonomy.signal(code).definition,
            quotes=tuple(_quote(post.text, each, contacts) for each in found[:_MOST_QUOTES]),
            n_more=max(0, len(found) - _MOST_QUOTES),
        )
        for code, found in by_code.items()
    )


def _quote(text: str, span: Mapping[str, Any], contacts: Sequence[Contact]) -> tuple[Piece, ...]:
    """Quote the words of a finding, a very long one by its beginning."""
    end = min(span["end"], span["start"] + _MOST_QUOTE_CHARS)
    pieces = quote(text, span["start"], end, contacts)
    return pieces if end == span["end"] else (*pieces, Piece("…"))


def _to_verify(
    post: ScoredPost,
    subcodes: Sequence[Subcode],
    citations: Sequence[Citation],
    bare: Sequence[str],
) -> tuple[str, ...]:
    """Say what a person must find out before deciding."""
    steps = ["Người đăng là ai; hàng hóa, dịch vụ có thật được chào bán không."]
    steps += [
        f"{subcode.name}: có thể hợp pháp nếu là trường hợp sau. {subcode.lawful_if}"
        for subcode in subcodes
        if subcode.lawful_if
    ]
    if post.posted_on is None:
        steps.append("Xác định ngày đăng, vì căn cứ áp dụng phụ thuộc ngày đăng.")
    if any(citation.to_check for citation in citations):
        steps.append("Đối chiếu văn bản chính thức của các căn cứ ghi “cần kiểm tra lại”.")
    if bare:
        steps.append("Tra cứu căn cứ cho hành vi chưa xác định căn cứ.")
    return tuple(steps)
