"""Hold the law as values: provisions, and which of them are in force on a day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from adclassifier.errors import TaxonomyError
from adclassifier.provisions.records import nearest

UNVERIFIED_MARK = "cần kiểm tra lại"
UNDATED_MARK = "chưa rõ ngày hiệu lực"
NO_BASIS = "chưa xác định căn cứ, cần tra cứu"

VERIFIED = ("text_copy", "secondary", "unverified")


@dataclass(frozen=True, slots=True)
class Provision:
    """One provision that an inspector may cite, or a whole instrument.

    Parameters
    ----------
    id : str
        Stable id, as in ``ND98_D63.3b``; its part before the first ``_`` is the instrument's code.
    instrument : str
        Name of the law or decree.
    article : str or None
        Article, clause and point in Vietnamese; None for a whole instrument, or where unknown.
    says : str
        Our Vietnamese summary; only words in “…” are the instrument's own.
    effective_from, effective_to : date or None
        In force from the first day, inclusive, to the last, EXCLUSIVE. None: not known, or no end.
    not_before : date or None
        The first day on which it can have existed (day of issue, or the year in its number). It
        keeps a record away from older posts and is never shown as a date of effect.
    status : str
        State on the law's ``as_of`` day: in_force, not_yet, repealed, suspended or unchecked.
    verified : str
        text_copy (the words were read in a copy), secondary (reported by a page or file) or
        unverified (from memory).
    source : str
        Keys into ``Law.sources``, joined by a comma; empty for what is from memory.
    fine_vnd : tuple of two int or None
        Lowest and highest fine for an individual, in VND; None where unknown.
    penal : bool
        A Penal Code hint, for authorities only.
    replaces : tuple of str
        Ids of the records that held before this one took effect.
    note : str
        Caution for the reader, in Vietnamese.
    url : str
        Official text to check against, where known.
    """

    id: str
    instrument: str
    article: str | None
    says: str
    effective_from: date | None
    effective_to: date | None
    not_before: date | None
    status: str
    verified: str
    source: str
    fine_vnd: tuple[int | None, int | None]
    penal: bool
    replaces: tuple[str, ...]
    note: str
    url: str

    @property
    def mark(self) -> str:
        """Give the warning to show beside the citation; empty when none is needed.

        It says that the words were not read, and that nothing is known of the day on which the
        provision took effect: it is cited for any earlier day too.

        Examples
        --------
        >>> from adclassifier.provisions import load_law
        >>> load_law().get("LKCB_D7.20").mark
        'cần kiểm tra lại, chưa rõ ngày hiệu lực'
        """
        undated = self.effective_from is None and self.not_before is None
        marks = (
            "" if self.verified == "text_copy" else UNVERIFIED_MARK,
            UNDATED_MARK if undated else "",
        )
        return ", ".join(filter(None, marks))

    @property
    def citation(self) -> str:
        """Cite the provision in Vietnamese, with its mark.

        Examples
        --------
        >>> from adclassifier.provisions import load_law
        >>> load_law().get("ND87_D50.5c").citation
        'điểm c khoản 5 Điều 50 NĐ 87/2026/NĐ-CP (cần kiểm tra lại)'
        """
        place = f"{self.article} {self.instrument}" if self.article else self.instrument
        return f"{place} ({self.mark})" if self.mark else place

    @property
    def fine(self) -> str:
        """Give the fine for an individual in Vietnamese; empty when no amount is known.

        Examples
        --------
        >>> from adclassifier.provisions import load_law
        >>> load_law().get("ND98_D15").fine
        '500.000–50.000.000 đồng'
        >>> load_law().get("ND98_D11").fine
        'từ 1.000.000 đồng'
        """
        low, high = (f"{n:,}".replace(",", ".") if n is not None else "" for n in self.fine_vnd)
        if low and high:
            return f"{low}–{high} đồng"
        return f"từ {low} đồng" if low else f"đến {high} đồng" if high else ""

    def started(self, on: date) -> bool:
        """Say whether it had taken effect, as far as is known, by the day ``on``."""
        start = self.effective_from or self.not_before
        return start is None or start <= on


@dataclass(frozen=True, slots=True)
class Law:
    """Every provision known, as of one day.

    Parameters
    ----------
    as_of : date
        The day whose state the records describe; it stands in for a post without a date.
    fine_note : str
        Vietnamese sentence that says whose fines the amounts are.
    sources : mapping of str to str
        What the keys in ``Provision.source`` stand for.
    statuses : mapping of str to str
        Vietnamese names of the statuses.
    provisions : tuple of Provision
        In the order of the files.
    """

    as_of: date
    fine_note: str
    sources: Mapping[str, str]
    statuses: Mapping[str, str]
    provisions: tuple[Provision, ...]
    _by_id: dict[str, Provision] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_id", {p.id: p for p in self.provisions})

    def __contains__(self, provision_id: object) -> bool:
        return provision_id in self._by_id

    @property
    def ids(self) -> tuple[str, ...]:
        """Give the ids of all provisions, in the order of the files."""
        return tuple(self._by_id)

    def get(self, provision_id: str) -> Provision:
        """Give the provision with this id; raise TaxonomyError when there is none."""
        if provision_id not in self._by_id:
            found = f"unknown id {provision_id!r}"
            raise TaxonomyError("provision", found, nearest(provision_id, self._by_id))
        return self._by_id[provision_id]

    def in_force(self, ids: Iterable[str], on: date | None = None) -> tuple[Provision, ...]:
        """Give the provisions in force on a day, each once, in the order asked.

        In place of one that had not started, give what it replaced, if that held. One whose
        start is unknown counts as in force from ``not_before`` until its end, and from any day when
        that is unknown as well: its ``mark`` says so. A suspended one never counts, nor does a
        repealed one of unknown end when asked for by its own id.

        Parameters
        ----------
        ids : iterable of str
            Ids of provisions, usually a sub-code's.
        on : date or None
            Day of the conduct; None stands for ``as_of``, never for today.

        Returns
        -------
        tuple of Provision
            Empty when nothing known was in force.

        Examples
        --------
        >>> from adclassifier.provisions import load_law
        >>> law = load_law()
        >>> [p.id for p in law.in_force(["ND87_D50.5c"], date(2026, 5, 15))]
        ['ND87_D50.5c']
        >>> [p.id for p in law.in_force(["ND87_D50.5c"], date(2026, 5, 10))]
        ['ND38_2021']
        """
        day = self.as_of if on is None else on
        found = {p.id: p for asked in ids for p in self._held(self.get(asked), day)}
        return tuple(found.values())

    def citations(
        self, ids: Iterable[str], on: date | None = None, *, penal: bool = False
    ) -> tuple[str, ...]:
        """Cite in Vietnamese what is in force; say so when there is no basis to cite.

        Parameters
        ----------
        ids : iterable of str
            Ids of provisions.
        on : date or None
            Day of the conduct; None stands for ``as_of``.
        penal : bool, default=False
            Include the Penal Code hints: for authorities only.

        Returns
        -------
        tuple of str
            Never empty.

        Examples
        --------
        >>> from adclassifier.provisions import load_law
        >>> load_law().citations(["BLHS_D207"])
        ('chưa xác định căn cứ, cần tra cứu',)
        """
        shown = [p.citation for p in self.in_force(ids, on) if penal or not p.penal]
        return tuple(shown) or (NO_BASIS,)

    def _held(self, provision: Provision, on: date, *, succeeded: bool = True) -> list[Provision]:
        """Give the provision, or the ones it replaced, as held on a day."""
        if not provision.started(on):
            replaced = (self.get(old) for old in provision.replaces)
            return [p for old in replaced for p in self._held(old, on, succeeded=False)]
        end = provision.effective_to
        ended = on >= end if end else succeeded and provision.status == "repealed"
        return [] if ended or provision.status == "suspended" else [provision]
