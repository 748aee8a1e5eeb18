"""Cut a text into pieces to show: marked words, masked contacts, left-out stretches."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from adclassifier.entities.contacts import find_contacts as find_canonical_contacts
from adclassifier.explain import widen_to_graphemes
from adclassifier.report.wording import contact_name, inert, number, visible
from adclassifier.text.normalize import normalize

#: A text of more characters is shown only around its marks …
_LONG_CHARS = 3000
#: … with as much before and after each, or its beginning when it has none …
_AROUND_CHARS = 300
#: … and no more than this of one mark: a "word" may be as long as the text.
_MOST_MARK_CHARS = 1000
_BEGINNING_CHARS = 1500


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of the original text that is shown marked.

    Parameters
    ----------
    start, end : int
        Half-open range of code points of the original text.
    code : str
        Code of the label or signal; empty for a word of an explanation.
    contribution : float or None
        Share of the label's log-odds; None for a signal.
    """

    start: int
    end: int
    code: str
    contribution: float | None = None


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch that is shown in one way.

    Parameters
    ----------
    text : str
        What is shown: never a character that disturbs the page.
    kind : str
        ``text``; ``contact`` for a masked contact; ``gap`` for what was left out.
    marks : tuple of Mark
        Those that touch it.
    """

    text: str
    kind: str = "text"
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True)
class Contact:
    """A contact to mask: half-open range of code points and its kind."""

    start: int
    end: int
    kind: str


def find_contacts(text: str) -> tuple[Contact, ...]:
    """Find the contacts to mask in a text, disguised ones too, in order and not overlapping.

    Examples
    --------
    >>> find_contacts("Ib zalo 0912.345.678 nha")
    (Contact(start=8, end=20, kind='phone'),)
    """
    canonical = normalize(text)
    found: list[Contact] = []
    for contact in find_canonical_contacts(text, canonical):
        start, end = canonical.span(contact.start, contact.end)
        if found and start < found[-1].end:
            last = found[-1]
            found[-1] = Contact(last.start, max(last.end, end), last.kind)
        elif start < end:
            found.append(Contact(start, end, contact.kind))
    return tuple(found)


def mask_origin(value: str) -> str:
    """Mask numbers and addresses in where a post comes from, but not the name it is found by.

    Examples
    --------
    >>> mask_origin("Shop Hoa 0912345678"), mask_origin("@shop.hoa")
    ('Shop Hoa ⟨số điện thoại⟩', "'@shop.hoa")
    """
    contacts = [
        contact
        for contact in find_contacts(value)
        if contact.kind != "url" and not value.startswith("@", contact.start)
    ]
    return "".join(piece.text for piece in cut_passage(value, (), contacts))


def cut_passage(
    text: str,
    marks: Sequence[Mark],
    contacts: Sequence[Contact],
    shown: Sequence[tuple[int, int]] | None = None,
) -> tuple[Piece, ...]:
    """Cut a text into pieces.

    A contact is never cut: a mark that touches it covers it whole, and so does a shown range.

    Parameters
    ----------
    text : str
        The original text.
    marks : sequence of Mark
        May overlap.
    contacts : sequence of Contact
        To mask, in order, not overlapping; empty to show all.
    shown : sequence of (start, end), optional
        Ranges to show, in order; the whole text by default.

    Returns
    -------
    tuple of Piece
        In the order of the text.

    Examples
    --------
    >>> contact = Contact(4, 14, "phone")
    >>> for piece in cut_passage("gọi 0912345678 ngay", [Mark(0, 6, "medicine", 1.0)], [contact]):
    ...     print(repr(piece.text), piece.kind, len(piece.marks))
    'gọi ' text 1
    '⟨số điện thoại⟩' contact 1
    ' ngay' text 0
    """
    ranges = [(0, len(text))] if shown is None else shown
    kinds = {contact.start: contact.kind for contact in contacts}
    pieces: list[Piece] = []
    left_out = 0
    for start, end in _stretches(len(text), marks, contacts, ranges):
        if not any(low < end and start < high for low, high in ranges):
            left_out += end - start
            continue
        pieces += _gap(left_out)
        left_out = 0
        touching = tuple(mark for mark in marks if mark.start < end and start < mark.end)
        if start in kinds:
            pieces.append(Piece(contact_name(kinds[start]), "contact", touching))
        else:
            words = visible(text[start:end])
            pieces.append(Piece(words if start else inert(words), "text", touching))
    return (*pieces, *_gap(left_out))


def quote(text: str, start: int, end: int, contacts: Sequence[Contact]) -> tuple[Piece, ...]:
    """Cut a range of a text into pieces, its contacts masked.

    Examples
    --------
    >>> contact = Contact(4, 14, "phone")
    >>> [piece.text for piece in quote("gọi 0912345678 ngay", 0, 6, [contact])]
    ['gọi ', '⟨số điện thoại⟩']
    """
    pieces = cut_passage(text, (), contacts, [(start, end)])
    return tuple(piece for piece in pieces if piece.kind != "gap")


def choose_ranges(text: str, marks: Iterable[Mark]) -> list[tuple[int, int]]:
    """Choose what to show of a text: all of a short one, the surroundings of marks of a long one.

    Returns
    -------
    list of (start, end)
        In order, not touching.

    Examples
    --------
    >>> choose_ranges("ngắn", [])
    [(0, 4)]
    >>> choose_ranges("a" * 9000, [Mark(4000, 4010, "medicine", 1.0)])
    [(3700, 4310)]
    """
    if len(text) <= _LONG_CHARS:
        return [(0, len(text))]
    around = [
        widen_to_graphemes(
            text,
            max(0, mark.start - _AROUND_CHARS),
            min(len(text), mark.end + _AROUND_CHARS, mark.start + _MOST_MARK_CHARS),
        )
        for mark in sorted(marks, key=lambda mark: mark.start)
    ]
    ranges: list[tuple[int, int]] = []
    for start, end in around or [widen_to_graphemes(text, 0, _BEGINNING_CHARS)]:
        if ranges and start <= ranges[-1][1]:
            ranges[-1] = (ranges[-1][0], max(end, ranges[-1][1]))
        else:
            ranges.append((start, end))
    return ranges


def _stretches(
    length: int,
    marks: Sequence[Mark],
    contacts: Sequence[Contact],
    ranges: Sequence[tuple[int, int]],
) -> list[tuple[int, int]]:
    """Split a text wherever something begins or ends, never inside a contact."""
    edges = {0, length}
    edges.update(edge for mark in marks for edge in (mark.start, mark.end))
    edges.update(edge for pair in ranges for edge in pair)
    for contact in contacts:
        edges -= {edge for edge in edges if contact.start < edge < contact.end}
        edges |= {contact.start, contact.end}
    ordered = sorted(edge for edge in edges if 0 <= edge <= length)
    return list(itertools.pairwise(ordered))


def _gap(n_chars: int) -> list[Piece]:
    """Say how much was left out; nothing where nothing was."""
    return [Piece(f"[… lược {number(n_chars)} ký tự …]", "gap")] if n_chars else []
