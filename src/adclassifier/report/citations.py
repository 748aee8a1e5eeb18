"""Show the law: each provision with what is known of it and what is not."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from adclassifier.provisions import NO_BASIS, Law, Provision
from adclassifier.report.wording import day
from adclassifier.taxonomy import Subcode

#: Shown where the words of a provision were read.
READ_MARK = "đã đọc bản chép"


@dataclass(frozen=True, slots=True)
class Citation:
    """A provision as a report shows it.

    Parameters
    ----------
    instrument, article, says, fine, status, note, url : str
        Vietnamese; empty where unknown. The status names the day it was looked up for.
    mark : str
        Whether its words were read, or must be checked.
    to_check : bool
        Whether they must.
    penal : bool
        A hint for an authority.
    """

    instrument: str
    article: str
    says: str
    fine: str
    status: str
    note: str
    url: str
    mark: str
    to_check: bool
    penal: bool


def cite(ids: Iterable[str], law: Law, *, authority: bool) -> tuple[Citation, ...]:
    """Show provisions by id; hints of the Penal Code only to an authority.

    Examples
    --------
    >>> from adclassifier.provisions import load_law
    >>> law = load_law()
    >>> [(c.instrument, c.article, c.mark) for c in cite(["ND87_D50.5c"], law, authority=False)]
    [('NĐ 87/2026/NĐ-CP', 'điểm c khoản 5 Điều 50', 'cần kiểm tra lại')]
    >>> cite(["BLHS_D192"], law, authority=False)
    ()
    """
    provisions = (law.get(provision_id) for provision_id in ids)
    return tuple(_citation(p, law) for p in provisions if authority or not p.penal)


def without_basis(
    subcodes: Iterable[Subcode], law: Law, on: dt.date | None, *, authority: bool
) -> tuple[str, ...]:
    """Say of each sub-code that has nothing to cite on a day that its basis must be looked up.

    Examples
    --------
    >>> from adclassifier.provisions import load_law
    >>> from adclassifier.taxonomy import load_taxonomy
    >>> money = load_taxonomy().subcode("banned_goods.counterfeit_money")
    >>> without_basis([money], load_law(), None, authority=False)
    ('Tiền giả: chưa xác định căn cứ, cần tra cứu',)
    """
    return tuple(
        f"{subcode.name}: {NO_BASIS}"
        for subcode in subcodes
        if all(p.penal and not authority for p in law.in_force(subcode.provisions, on))
    )


def law_day(on: dt.date | None, law: Law) -> str:
    """Say by which day's law a post is read.

    Examples
    --------
    >>> from adclassifier.provisions import load_law
    >>> law_day(None, load_law())
    'Không rõ ngày đăng: nêu căn cứ theo pháp luật tính đến 22/11/2026.'
    """
    if on is None:
        return f"Không rõ ngày đăng: nêu căn cứ theo pháp luật tính đến {day(law.as_of)}."
    if on > law.as_of:
        return (
            f"Nêu căn cứ theo ngày đăng {day(on)}; dữ liệu pháp luật chỉ tính đến "
            f"{day(law.as_of)}, cần tra cứu thay đổi sau ngày đó."
        )
    return f"Nêu căn cứ theo ngày đăng {day(on)}; dữ liệu pháp luật tính đến {day(law.as_of)}."


def _citation(provision: Provision, law: Law) -> Citation:
    """Put a provision into words."""
    return Citation(
        instrument=provision.instrument,
        article=provision.article or "",
        says=provision.says,
        fine=provision.fine,
        status=f"{law.statuses[provision.status]} (đến {day(law.as_of)})",
        note=provision.note,
        url=provision.url,
        mark=provision.mark or READ_MARK,
        to_check=bool(provision.mark),
        penal=provision.penal,
    )
