from __future__ import annotations

import unicodedata

import pytest

from adclassifier.errors import TaxonomyError
from adclassifier.provisions import load_law
from adclassifier.taxonomy import Taxonomy, load_taxonomy, parse_taxonomy, taxonomy_text

# Written out a second time from the legal notes § 4 and the design: severity, who set it, agencies.
SUBCODES = {
    "counterfeit.brand_replica": "S3 law.md qltt so_khcn cong_an_kinh_te",
    "counterfeit.fake_quality": "S2 law.md qltt cong_an_kinh_te",
    "counterfeit.fake_label_stamp": "S2 project qltt so_khcn cong_an_kinh_te",
    "smuggled.hand_carried": "S3 law.md qltt hai_quan thue",
    "smuggled.no_invoice_origin": "S3 law.md qltt hai_quan thue",
    "smuggled.used_banned_import": "S3 law.md qltt hai_quan thue",
    "medicine.prescription": "S2 law.md so_y_te so_vhtt qltt cong_an",
    "medicine.otc_illegal_channel": "S2 law.md so_y_te so_vhtt qltt cong_an",
    "medicine.unregistered_cure": "S2 law.md so_y_te so_vhtt qltt cong_an",
    "supplement.disease_claim": "S2 law.md so_y_te chi_cuc_attp ubnd_tinh so_vhtt",
    "supplement.medical_authority": "S3 project so_y_te chi_cuc_attp ubnd_tinh so_vhtt",
    "supplement.no_confirmation": "S4 law.md so_y_te chi_cuc_attp ubnd_tinh so_vhtt",
    "cosmetics.drug_claim": "S3 law.md so_y_te qltt so_vhtt",
    "cosmetics.no_declaration": "S4 project so_y_te qltt so_vhtt",
    "cosmetics.homemade_mix": "S3 project so_y_te qltt so_vhtt",
    "banned_goods.narcotics": "S1 law.md cong_an",
    "banned_goods.e_cigarette": "S2 law.md cong_an qltt",
    "banned_goods.n2o_shisha": "S3 project cong_an qltt",
    "banned_goods.fireworks": "S1 law.md cong_an qltt",
    "banned_goods.weapons": "S1 law.md cong_an",
    "banned_goods.wildlife": "S2 project cong_an kiem_lam",
    "banned_goods.smuggled_tobacco": "S3 project cong_an qltt",
    "banned_goods.sexual_stimulant": "S3 project cong_an qltt",
    "banned_goods.ad_prohibited": "S4 law.md cong_an qltt",
    "banned_goods.counterfeit_money": "S1 law.md cong_an",
    "banned_goods.spy_jamming": "S2 project cong_an",
    "illegal_service.fake_documents": "S2 law.md cong_an",
    "illegal_service.gambling": "S1 law.md cong_an",
    "illegal_service.illegal_lending": "S3 law.md cong_an nhnn",
    "illegal_service.bank_account_trade": "S2 law.md cong_an nhnn",
    "illegal_service.data_trade": "S2 project cong_an",
    "illegal_service.prostitution": "S2 project cong_an",
    "illegal_service.unlicensed_medical": "S2 project cong_an so_y_te",
    "illegal_service.organ_surrogacy_baby": "S1 law.md cong_an so_y_te",
    "illegal_service.debt_collection": "S3 project cong_an",
    "illegal_service.invoice_trade": "S3 project cong_an thue",
    "illegal_service.scam_recovery_invest": "S2 project cong_an",
    "illegal_service.illegal_migration_job": "S1 project cong_an",
    "illegal_service.hacking": "S3 project cong_an",
}
DANGER = {
    "counterfeit": 3,
    "smuggled": 4,
    "medicine": 2,
    "supplement": 5,
    "cosmetics": 6,
    "banned_goods": 0,
    "illegal_service": 1,
}
LABELS = list(DANGER)
SIGNALS = [
    *("missing_disclaimer", "disease_claim", "superlative", "guarantee", "medical_staff"),
    *("patient_testimonial", "no_seller_identity", "no_ad_marker", "no_declaration_no"),
    *("fake_official_page", "price_anomaly", "contact_obfuscation", "pay_by_scratch_card"),
]
KINDS = [
    *("violating_ad", "lawful_ad", "news", "warning", "complaint", "question", "buy_request"),
    *("education", "personal", "other"),
]


@pytest.fixture(scope="module")
def taxonomy() -> Taxonomy:
    return load_taxonomy()


def test_load_taxonomy_has_the_labels_signals_and_kinds_of_the_design(taxonomy: Taxonomy) -> None:
    assert list(taxonomy.label_codes) == LABELS
    assert [signal.code for signal in taxonomy.signals] == SIGNALS
    assert [kind.code for kind in taxonomy.kinds] == KINDS


def test_load_taxonomy_has_the_39_subcodes_with_severity_and_routes(taxonomy: Taxonomy) -> None:
    assert len(SUBCODES) == 39
    assert {
        each.code: " ".join((each.severity, each.severity_set_by, *each.routes))
        for each in taxonomy.subcodes
    } == SUBCODES


def test_routes_are_set_by_the_notes_for_goods_and_by_the_project_for_the_rest(
    taxonomy: Taxonomy,
) -> None:
    project = {each.label for each in taxonomy.subcodes if each.routes_set_by == "project"}
    notes = {each.label for each in taxonomy.subcodes if each.routes_set_by == "law.md"}
    assert project == {"banned_goods", "illegal_service"}
    assert notes == set(LABELS) - project


@pytest.mark.parametrize(
    ("label", "count"), list(zip(LABELS, [3, 3, 3, 3, 3, 11, 13], strict=True))
)
def test_subcodes_of_gives_those_of_the_label(taxonomy: Taxonomy, label: str, count: int) -> None:
    found = taxonomy.subcodes_of(label)
    assert len(found) == count
    assert {subcode.label for subcode in found} == {label}


def test_danger_order_is_that_of_the_notes(taxonomy: Taxonomy) -> None:
    assert {label.code: label.danger for label in taxonomy.labels} == DANGER
    assert taxonomy.danger_order(LABELS) == tuple(sorted(LABELS, key=lambda code: DANGER[code]))


@pytest.mark.parametrize(
    ("codes", "severity"),
    [
        ([], None),
        (["banned_goods.ad_prohibited"], "S4"),
        (["banned_goods.ad_prohibited", "smuggled.hand_carried"], "S3"),
        (["cosmetics.drug_claim", "banned_goods.weapons", "medicine.prescription"], "S1"),
    ],
)
def test_severity_is_the_most_urgent(
    taxonomy: Taxonomy, codes: list[str], severity: str | None
) -> None:
    assert taxonomy.severity(codes) == severity


@pytest.mark.parametrize("code", SUBCODES)
def test_every_subcode_cites_what_is_in_force_penal_hints_last(
    taxonomy: Taxonomy, code: str
) -> None:
    provisions = [load_law().get(i) for i in taxonomy.subcode(code).provisions]
    assert provisions
    assert list(load_law().in_force(taxonomy.subcode(code).provisions)) == provisions
    assert sorted(provisions, key=lambda p: p.penal) == provisions


def test_penal_only_subcodes_show_no_basis_to_the_public(taxonomy: Taxonomy) -> None:
    law = load_law()
    none = ("chưa xác định căn cứ, cần tra cứu",)
    found = {each.code for each in taxonomy.subcodes if law.citations(each.provisions) == none}
    assert found == {
        "banned_goods.counterfeit_money",
        "illegal_service.hacking",
        "illegal_service.illegal_migration_job",
        "illegal_service.invoice_trade",
    }


def test_signals_that_need_no_offer_are_those_about_the_account_or_its_spelling(
    taxonomy: Taxonomy,
) -> None:
    free = {signal.code for signal in taxonomy.signals if not signal.needs_offer}
    assert free == {"fake_official_page", "contact_obfuscation"}


def test_texts_are_vietnamese_with_accents_in_one_form(taxonomy: Taxonomy) -> None:
    names = {label.code: label.name for label in taxonomy.labels}
    names |= {subcode.code: subcode.name for subcode in taxonomy.subcodes}
    names |= {signal.code: signal.name for signal in taxonomy.signals}
    names |= {kind.code: kind.name for kind in taxonomy.kinds}
    names |= {route.code: route.name for route in taxonomy.routes}
    assert [code for code, name in names.items() if name.isascii()] == []
    assert unicodedata.is_normalized("NFC", taxonomy_text())


@pytest.mark.parametrize(
    ("method", "code", "suggestion"),
    [
        ("label", "cosmetic", "'cosmetics'"),
        ("subcode", "supplement.disease_claims", "'supplement.disease_claim'"),
        ("signal", "superlatives", "'superlative'"),
        ("kind", "new", "'news'"),
        ("route", "qlt", "'qltt'"),
    ],
)
def test_lookup_suggests_the_nearest_code(
    taxonomy: Taxonomy, method: str, code: str, suggestion: str
) -> None:
    with pytest.raises(TaxonomyError, match=rf"unknown code '{code}'; did you mean {suggestion}"):
        getattr(taxonomy, method)(code)


NEW_LABEL = """
[[labels]]
code = "pesticide"
name = "Thuốc bảo vệ thực vật"
description = "Thử."
danger = 7
"""
NEW_SUBCODE = """
[[subcodes]]
code = "pesticide.banned"
name = "Thuốc bảo vệ thực vật cấm"
definition = "Thử."
severity = "S2"
severity_set_by = "project"
routes = ["qltt"]
routes_set_by = "project"
"""


def test_parse_taxonomy_takes_a_new_label_without_python() -> None:
    taxonomy = parse_taxonomy(taxonomy_text() + NEW_LABEL + NEW_SUBCODE, load_law())
    assert taxonomy.label_codes == (*LABELS, "pesticide")
    assert taxonomy.subcodes_of("pesticide")[0].severity == "S2"
    assert taxonomy.danger_order(["pesticide", "cosmetics"]) == ("cosmetics", "pesticide")
    assert load_law().citations(taxonomy.subcode("pesticide.banned").provisions) == (
        "chưa xác định căn cứ, cần tra cứu",
    )


@pytest.mark.parametrize(
    ("extra", "problem"),
    [
        (NEW_LABEL, "pesticide: has no sub-code"),
        (NEW_SUBCODE, "pesticide.banned: unknown label 'pesticide'"),
        (NEW_LABEL.replace("= 7", "= 3"), "danger 3 given to two labels"),
        (NEW_LABEL.replace("pesticide", "offer"), "offer: reserved, take another code"),
        (NEW_LABEL.replace("danger = 7", ""), "labels.pesticide.danger: Field required"),
        (NEW_LABEL + 'colour = "red"', "labels.pesticide.colour: Unexpected keyword argument"),
        (NEW_LABEL.replace('"Thử."', '" "'), "labels.pesticide.description: String should"),
        (NEW_SUBCODE.replace(".banned", ""), "subcodes.pesticide.code: String should match"),
        (NEW_SUBCODE.replace("S2", "S9"), "unknown severity 'S9', expected one of S1, S2, S3, S4"),
        (NEW_SUBCODE.replace("qltt", "qlt"), "unknown route 'qlt'"),
        (NEW_SUBCODE.replace("project", "me"), "unknown severity_set_by 'me'"),
        (NEW_SUBCODE.replace("project", "me"), "unknown routes_set_by 'me'"),
        (NEW_SUBCODE + 'provisions = ["ND98_D63.3"]', "unknown provision 'ND98_D63.3'"),
        (NEW_SUBCODE + 'provisions = ["ND38_2021"]', "provision ND38_2021 is repealed"),
        (NEW_SUBCODE + NEW_SUBCODE, "subcodes: pesticide.banned given twice"),
        ('[[kinds]]\ncode = "news"\nname = "Tin"', "kinds: news given twice"),
        ("[[kinds]", "not valid TOML"),
    ],
)
def test_parse_taxonomy_names_the_problem(extra: str, problem: str) -> None:
    with pytest.raises(TaxonomyError) as raised:
        parse_taxonomy(taxonomy_text() + extra, load_law())
    assert problem in str(raised.value)


def test_parse_taxonomy_names_all_problems_at_once() -> None:
    broken = NEW_SUBCODE.replace("S2", "S9").replace("qltt", "qlt") + 'provisions = ["ND1_D1"]'
    with pytest.raises(TaxonomyError) as raised:
        parse_taxonomy(taxonomy_text() + broken, load_law(), where="mine.toml")
    assert raised.value.where == "mine.toml"
    assert raised.value.found.startswith("4 problems: ")
    for word in ("label 'pesticide'", "severity 'S9'", "route 'qlt'", "provision 'ND1_D1'"):
        assert word in raised.value.found
