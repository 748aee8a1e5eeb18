"""What a lawful advert states, as data: whether a text states it, and that the data is sound."""

from __future__ import annotations

import pytest

from adclassifier.errors import TaxonomyError
from adclassifier.signals import find_signals
from adclassifier.signals.lawfulness import (
    CheckedCondition,
    check_conditions,
    load_conditions,
    parse_conditions,
)
from adclassifier.taxonomy import load_taxonomy
from adclassifier.text.normalize import normalize

CLAIM, COSMETIC = "supplement.disease_claim", "cosmetics.no_declaration"
REPLICA, CARRIED = "counterfeit.brand_replica", "smuggled.hand_carried"
CLINIC, FIREWORKS = "illegal_service.unlicensed_medical", "banned_goods.fireworks"
OTC, CURE = "medicine.otc_illegal_channel", "medicine.unregistered_cure"
SENTENCE = "Thực phẩm này không phải là thuốc và không có tác dụng thay thế thuốc chữa bệnh"

CONDITION = """
[sources]
own = "một trang"
[[conditions]]
code = "sentence"
name = "Câu"
provenance = "law.md §5"
verified = "text_copy"
source = "S4"
subcodes = ["supplement.disease_claim"]
groups = ["compulsory_supplement"]
"""


def check(text: str, *subcodes: str) -> dict[str, CheckedCondition]:
    canonical = normalize(text)
    signals = find_signals(text, canonical, offer=True)
    found = check_conditions(text, canonical, subcodes, signals)
    return {each.condition.code: each for each in found}


@pytest.mark.parametrize(
    ("text", "subcode", "code", "state"),
    [
        ("Viên khớp 350k", CLAIM, "supplement_sentence", "unmet"),
        (f"Viên khớp. {SENTENCE}", CLAIM, "supplement_sentence", "met"),
        (f"VIÊN KHỚP. {SENTENCE.upper()}", CLAIM, "supplement_sentence", "met"),
        ("Thực phẩm bảo vệ sức khỏe viên khớp", CLAIM, "supplement_category", "met"),
        ("Thực phẩm bảo vệ sức khoẻ viên khớp", CLAIM, "supplement_category", "met"),
        ("TPBVSK viên khớp", CLAIM, "supplement_category", "unclear"),
        ("Viên khớp, số XNQC 1123/2025/XNQC-ATTP", CLAIM, "supplement_confirmation_no", "met"),
        ("Viên khớp đã có XNQC", CLAIM, "supplement_confirmation_no", "unclear"),
        ("Viên khớp chưa có XNQC", CLAIM, "supplement_confirmation_no", "unmet"),
        ("Viên khớp số ĐKSP: 2214/2024/ĐKSP", CLAIM, "supplement_declaration_no", "met"),
        ("Viên khớp chữa khỏi thoái hóa", CLAIM, "no_disease_claim", "unmet"),
        ("Viên khớp hỗ trợ vận động", CLAIM, "no_disease_claim", "met"),
        ("Viên khớp được bác sĩ khuyên dùng", CLAIM, "no_medical_authority", "unmet"),
        ("Kem dưỡng nhà làm", COSMETIC, "cosmetics_receipt_no", "unmet"),
        ("Kem dưỡng, số 000123/25/CBMP-HN/QLD", COSMETIC, "cosmetics_receipt_no", "met"),
        ("Kem dưỡng của công ty TNHH An Bình", COSMETIC, "responsible_name", "met"),
        ("Thuốc ho, SĐK VD-12345-20", CURE, "medicine_registration_no", "met"),
        ("Thuốc ho. Đọc kỹ hướng dẫn sử dụng trước khi dùng", OTC, "medicine_sentence", "met"),
        ("Thuốc ho 50k", OTC, "medicine_channel", "unclear"),
        ("Tiêm filler, GPHĐ 112/SYT", CLINIC, "clinic_license_no", "met"),
        ("Tiêm filler tại nhà", CLINIC, "clinic_license_no", "unmet"),
        ("Tiêm filler tại nhà", CLINIC, "clinic_scope", "unclear"),
        ("Hàng Nhật về, có hóa đơn VAT", CARRIED, "vat_invoice", "met"),
        ("Hàng Nhật về, không hóa đơn VAT", CARRIED, "vat_invoice", "unmet"),
        ("Hàng Nhật về, không có tem phụ", CARRIED, "sub_label", "unmet"),
        ("Hàng Nhật về, đủ C/O", CARRIED, "import_papers", "met"),
        ("Hàng Nhật về", CARRIED, "import_papers", "unmet"),
        ("Túi của đại lý ủy quyền", REPLICA, "authorised_dealer", "met"),
        ("Túi chính hãng", REPLICA, "authorised_dealer", "unclear"),
        ("Pháo hoa Z121 Bộ Quốc phòng", FIREWORKS, "lawful_fireworks_seller", "met"),
        ("Pháo hoa Viettel", FIREWORKS, "lawful_fireworks_seller", "unclear"),
    ],
)
def test_check_conditions_says_what_a_text_states(
    text: str, subcode: str, code: str, state: str
) -> None:
    assert check(text, subcode)[code].state == state


def test_check_conditions_shows_the_words_in_the_original() -> None:
    text = "Hàng Nhật về nhiều, đủ TEM  PHỤ nhé"
    [(start, end)] = check(text, CARRIED)["sub_label"].words
    assert text[start:end] == "TEM  PHỤ"


def test_check_conditions_takes_only_what_matters_to_the_subcodes() -> None:
    assert check("Bán pháo hoa", FIREWORKS).keys() == {"lawful_fireworks_seller"}
    assert check("Bán pháo hoa") == {}


def test_check_conditions_takes_what_a_signal_calls_for() -> None:
    text = "Viên khớp hỗ trợ đau lưng, 350k/hộp"
    assert "no_seller_identity" in {s.code for s in find_signals(text, normalize(text), offer=True)}
    assert check(text)["responsible_name"].state == "unmet"


def test_load_conditions_marks_what_was_not_read() -> None:
    for condition in load_conditions().conditions:
        assert (condition.mark == "cần kiểm tra lại") == (condition.verified != "text_copy")


def test_load_conditions_never_promises_from_memory_alone() -> None:
    recalled = [
        (condition.code, phrase.phrase)
        for condition in load_conditions().conditions
        for phrase in (*condition.phrases, *condition.hints)
        if phrase.provenance == "recalled" and condition.verified == "text_copy"
    ]
    assert recalled == []


def test_load_conditions_asks_nothing_where_nothing_would_be_lawful() -> None:
    lawless = {subcode.code for subcode in load_taxonomy().subcodes if not subcode.lawful_if}
    asked = {code for each in load_conditions().conditions for code in each.subcodes}
    assert asked & lawless == set()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"supplement.disease_claim"', '"supplement.nope"', "unknown sub-code 'supplement.nope'"),
        ('"compulsory_supplement"', '"nope"', "unknown cue group 'nope'"),
        ('source = "S4"', 'source = "S99"', "unknown source 'S99'"),
        ('source = "S4"', 'source = ""', "text_copy without a source"),
        ('source = "S4"', 'source = "S4"\nbreaches = ["guarantee"]', "expected one of both"),
        ('source = "S4"', 'source = "S4"\nsignals = ["nope"]', "unknown signal 'nope'"),
        ('subcodes = ["supplement.disease_claim"]', "", "matters to nothing"),
        ('source = "S4"', 'source = "S4"\nnope = 1', "nope"),
        ('verified = "text_copy"', 'verified = "surely"', "verified"),
    ],
)
def test_parse_conditions_names_what_is_wrong(old: str, new: str, message: str) -> None:
    assert old in CONDITION
    with pytest.raises(TaxonomyError, match=message):
        parse_conditions(CONDITION.replace(old, new))


def test_parse_conditions_refuses_a_code_given_twice() -> None:
    table = CONDITION.split("[[conditions]]")[1]
    with pytest.raises(TaxonomyError, match="sentence given twice"):
        parse_conditions(f"{CONDITION}[[conditions]]{table}")
