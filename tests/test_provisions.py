from __future__ import annotations

import re
import tomllib
from datetime import date
from pathlib import Path

import pytest

from adclassifier.errors import TaxonomyError
from adclassifier.provisions import NO_BASIS, UNDATED_MARK, Law, law_texts, load_law, parse_law

GOLDEN = tomllib.loads((Path(__file__).parent / "golden" / "law.toml").read_text("utf-8"))

# The rows that the notes mark [V]; the others, where not [M], are [V2].
TEXT_COPY = (
    r"LQC_D7\.\d|LQC_D8\.1|ND98_.*|ND15_.*|ND282_.*|LDT_.*|ND54_D126\.6|ND46_2026|NQ66\.13_2026|"
    r"NQ15_2026|BLHS_D(188|190|192|197|201|251|304|306|321|322|341)"
)


@pytest.fixture(scope="module")
def law() -> Law:
    return load_law()


@pytest.mark.parametrize("name", GOLDEN["ids"].split())
def test_load_law_holds_every_id_of_the_notes(law: Law, name: str) -> None:
    begins = re.compile(re.escape(name) + r"(\.|[a-zđ]|$)")
    assert [i for i in law.ids if begins.match(i)]


def test_load_law_holds_every_penal_article_as_hint(law: Law) -> None:
    articles = {f"BLHS_D{number}" for number in GOLDEN["penal_articles"].split()}
    assert {p.id for p in law.provisions if p.penal} == articles | {"BLHS_D194.1", "BLHS_2025"}


def test_load_law_is_of_the_day_of_the_notes(law: Law) -> None:
    assert law.as_of == date(2026, 11, 22)


def test_effective_from_is_null_where_the_notes_give_no_day(law: Law) -> None:
    found = {p.id for p in law.provisions if p.effective_from is None}
    assert found == set(GOLDEN["no_start"].split())


def test_effective_from_is_the_day_of_the_notes(law: Law) -> None:
    starts = GOLDEN["starts"]
    found = {p.id: p.effective_from for p in law.provisions if p.effective_from}
    beginning = {i: next(filter(i.startswith, starts)) for i in found}
    assert found == {i: starts[begins] for i, begins in beginning.items()}
    assert set(beginning.values()) == set(starts)


def test_fine_is_null_where_the_notes_give_no_amount(law: Law) -> None:
    without = {p.id for p in law.provisions if p.fine_vnd == (None, None)}
    penal = {p.id for p in law.provisions if p.penal}
    assert without - penal == set(GOLDEN["no_fine"].split())
    assert penal - without == {"BLHS_D197"}


def test_fine_vnd_is_the_amount_of_the_notes(law: Law) -> None:
    found = {p.id: p.fine_vnd for p in law.provisions if p.fine_vnd != (None, None)}
    fines = {i: [round(n * 1_000_000) for n in pair] for i, pair in GOLDEN["fines"].items()}
    assert found == {i: (pair[0], pair[1] if pair[1:] else None) for i, pair in fines.items()}


def test_article_is_null_where_the_notes_give_none(law: Law) -> None:
    found = {p.id for p in law.provisions if p.article is None}
    assert found == set(GOLDEN["no_article"].split())


def test_repealed_records_end_when_their_successor_starts(law: Law) -> None:
    ends = {p.id: p.effective_to for p in law.provisions if p.status == "repealed"}
    assert ends == GOLDEN["ends"] | dict.fromkeys(GOLDEN["no_end"].split())


def test_verified_is_the_mark_of_the_notes(law: Law) -> None:
    unverified = set(GOLDEN["unverified"].split())
    read = {i for i in law.ids if re.fullmatch(TEXT_COPY, i)} - unverified
    found = {
        verified: {p.id for p in law.provisions if p.verified == verified}
        for verified in ("unverified", "text_copy", "secondary")
    }
    expected = {"unverified": unverified, "text_copy": read}
    assert found == expected | {"secondary": set(law.ids) - unverified - read}


@pytest.mark.parametrize(
    ("name", "mark"),
    [
        ("ND98_D63.3b", ""),
        ("ND87_D50.5c", "cần kiểm tra lại"),
        ("ND87_D49.2", "cần kiểm tra lại"),
        ("LDUOC_D79", "cần kiểm tra lại, chưa rõ ngày hiệu lực"),
        ("LDUOC_D6", "cần kiểm tra lại"),
    ],
)
def test_mark_warns_of_what_was_not_read(law: Law, name: str, mark: str) -> None:
    assert law.get(name).mark == mark


def test_mark_warns_of_every_provision_that_any_day_is_given_for(law: Law) -> None:
    first = law.in_force(law.ids, date.min)
    assert {p.id for p in first} == {p.id for p in law.provisions if UNDATED_MARK in p.mark}
    assert all(UNDATED_MARK in p.citation for p in first)
    assert len(first) > 3


def test_not_before_is_the_year_of_the_number_or_a_day_of_the_notes(law: Law) -> None:
    days = {
        *(date(2025, 2, 21), date(2025, 10, 30), date(2025, 12, 26), date(2026, 1, 26)),
        *(date(2026, 2, 12), date(2026, 3, 27), date(2026, 3, 30), date(2026, 4, 6)),
        *(date(2026, 4, 29), date(2026, 6, 30), date(2026, 8, 19)),
    }
    others = {p.not_before for p in law.provisions if p.not_before} - days
    assert all((day.month, day.day) == (1, 1) for day in others)


@pytest.mark.parametrize(
    ("asked", "on", "given"),
    [
        ("ND87_D50.5c", date(2026, 5, 15), ["ND87_D50.5c"]),
        ("ND87_D50.5c", date(2026, 5, 14), ["ND38_2021"]),
        ("ND87_D50.5c", date(2026, 5, 10), ["ND38_2021"]),
        ("ND87_D50.5c", None, ["ND87_D50.5c"]),
        ("ND87_D50.5c", date(2020, 12, 31), []),
        ("ND87_D49.2", date(2026, 5, 10), ["ND38_D33.2"]),
        ("ND342_D4", date(2026, 2, 14), ["ND181_2013"]),
        ("ND342_D18", date(2026, 2, 14), ["ND181_2013", "ND70_2021"]),
        ("ND342_D18", date(2015, 6, 1), ["ND181_2013"]),
        ("ND163_D104", date(2025, 6, 30), ["ND54_D126.6"]),
        ("ND90_D59.4", date(2026, 5, 14), ["ND117_2020"]),
        ("LTMDT_D17.1e", date(2026, 6, 30), ["ND52_2013", "ND85_2021"]),
        ("LTMDT_D17.1e", date(2026, 7, 1), ["LTMDT_D17.1e"]),
        ("ND282_D36.4", date(2025, 10, 29), ["ND144_2021"]),
        ("ND282_D36.4", date(2025, 10, 30), ["ND282_D36.4"]),
        ("ND37_2026", date(2025, 12, 31), ["ND43_2017"]),
        ("LQC_D15a.2", date(2025, 12, 31), []),
        ("LQC_D7.5", date(2024, 1, 1), ["LQC_D7.5"]),
        ("ND98_D63.2c", date(2021, 12, 31), []),
        ("ND38_2021", date(2026, 5, 14), ["ND38_2021"]),
        ("ND38_2021", date(2026, 5, 15), []),
        ("ND38_2021", None, []),
        ("ND144_2021", None, []),
        ("ND46_2026", None, []),
        ("ND248_D52.2", None, []),
        ("ND248_D52.2", date(2027, 1, 1), ["ND248_D52.2"]),
        ("ND147_D23+27", None, ["ND147_D23+27"]),
    ],
)
def test_in_force_gives_the_law_of_the_day(
    law: Law, asked: str, on: date | None, given: list[str]
) -> None:
    assert [p.id for p in law.in_force([asked], on)] == given


def test_in_force_gives_each_provision_once_in_the_order_asked(law: Law) -> None:
    asked = ["ND98_D15", "ND87_D50.5c", "ND87_D53.2", "ND98_D15"]
    found = law.in_force(asked, date(2026, 5, 10))
    assert [p.id for p in found] == ["ND98_D15", "ND38_2021"]


def test_get_suggests_the_nearest_id(law: Law) -> None:
    with pytest.raises(TaxonomyError, match=r"unknown id 'ND98_D63\.3'.*'ND98_D63\.3b'"):
        law.get("ND98_D63.3")


@pytest.mark.parametrize(
    ("ids", "penal", "expected"),
    [
        ([], False, (NO_BASIS,)),
        (["BLHS_D207"], False, (NO_BASIS,)),
        (["BLHS_D207"], True, ("Điều 207 Bộ luật Hình sự 2015 (cần kiểm tra lại)",)),
        (["ND98_D15", "BLHS_D188"], False, ("Điều 15 NĐ 98/2020/NĐ-CP",)),
        (["NQ173"], False, ("NQ 173/2024/QH15 (cần kiểm tra lại)",)),
    ],
)
def test_citations_hide_penal_hints_and_say_when_there_is_no_basis(
    law: Law, ids: list[str], penal: bool, expected: tuple[str, ...]
) -> None:
    assert law.citations(ids, penal=penal) == expected


def test_parse_law_reads_a_new_decree_without_python() -> None:
    extra = """
    [[instruments]]
    code = "ND5"
    name = "NĐ 5/2027/NĐ-CP"
    status = "not_yet"
    effective_from = 2027-06-01
    replaces = ["ND38_2021"]
    [[provisions]]
    id = "ND5_D1"
    article = "Điều 1"
    says = "Thử."
    verified = "secondary"
    source = "S9"
    """
    law = parse_law(law_texts() | {"new.toml": extra})
    assert [p.id for p in law.in_force(["ND5_D1"], date(2027, 6, 1))] == ["ND5_D1"]
    assert [p.id for p in law.in_force(["ND5_D1"], date(2026, 5, 1))] == ["ND38_2021"]
    assert law.in_force(["ND5_D1"], date(2026, 12, 1)) == ()


RECORD = """
[[provisions]]
id = "ND98_DX"
says = "Thử."
verified = "text_copy"
source = "S1"
"""


@pytest.mark.parametrize(
    ("extra", "problem"),
    [
        (RECORD.replace("ND98_DX", "ND98_D15"), "provision ND98_D15 given twice"),
        (RECORD.replace("ND98_DX", "ND999_D1"), "ND999_D1: no instrument 'ND999'"),
        (RECORD.replace("text_copy", "sure"), "ND98_DX: verified is 'sure'"),
        (RECORD.replace("S1", "S99"), "ND98_DX: unknown source 'S99'"),
        (RECORD.replace('source = "S1"', ""), "ND98_DX: verified without a source"),
        (RECORD + 'status = "gone"', "ND98_DX: unknown status 'gone'"),
        (RECORD + "fine_min = 9\nfine_max = 8", "ND98_DX: fine_min is above fine_max"),
        (RECORD + "fine_min = -9", "provisions.ND98_DX.fine_min: Input should be greater"),
        (RECORD + "fine = 9", "provisions.ND98_DX.fine: Extra inputs are not permitted"),
        (RECORD + 'replaces = ["ND38_1"]', "ND98_DX: replaces unknown 'ND38_1'"),
        (RECORD + 'replaces = ["ND98_D7"]', "replaces ND98_D7, which is not repealed"),
        (
            RECORD + 'effective_from = 2026-01-01\nreplaces = ["ND38_2021"]',
            "ND98_DX: starts before the end of ND38_2021",
        ),
        (
            RECORD + 'status = "repealed"\nreplaces = ["ND98_DX"]',
            "ND98_DX: replaces itself by way of ND98_DX",
        ),
        (
            RECORD + "effective_from = 2025-02-01\neffective_to = 2025-01-01",
            "ND98_DX: effective_from is not before effective_to",
        ),
        (RECORD + "effective_from = 2019-01-01", "ND98_DX: not_before is after effective_from"),
        (RECORD + "effective_from = 2028-01-01", "status and effective_from disagree"),
        (RECORD + "effective_to = 2026-01-01", "ND98_DX: status and effective_to disagree"),
        (RECORD + "effective_from = 2026", "provisions.ND98_DX.effective_from"),
        ("as_of = 2027-01-01", "extra.toml: as_of given before"),
        ("as_of = ", "extra.toml: not valid TOML"),
        ('[[instruments]]\ncode = "ND98"\nname = "Thử"', "instrument ND98 given twice"),
    ],
)
def test_parse_law_names_the_problem(extra: str, problem: str) -> None:
    with pytest.raises(TaxonomyError) as raised:
        parse_law(law_texts() | {"extra.toml": extra})
    assert problem in str(raised.value)


def test_parse_law_names_all_problems_at_once() -> None:
    extra = RECORD.replace("S1", "S99") + 'status = "gone"\nreplaces = ["ND38_1"]\n'
    extra += RECORD.replace("ND98_DX", "ND999_D1")
    with pytest.raises(TaxonomyError) as raised:
        parse_law(law_texts() | {"extra.toml": extra})
    assert raised.value.found.startswith("4 problems: ")
    assert [word in raised.value.found for word in ("S99", "gone", "ND38_1", "ND999")] == [True] * 4
