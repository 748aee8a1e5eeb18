from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import unicodedata
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adclassifier import evasion
from adclassifier.evasion import HELD_OUT, TRAINABLE, TRICKS
from adclassifier.evasion.tables import load_tables

ROOT = Path(__file__).parents[1]
RESULTS = json.loads((ROOT / "benchmarks" / "results" / "evasion.json").read_text("utf-8"))
# Everything that a trick looks for: accents, goods, a brand, a platform, short forms, a number.
POST = "Thuốc giảm cân Gucci không hiệu quả hoàn tiền, nhắn Zalo 0912 345 678 được giá tốt"
FRAMING = ("tail_tokens", "padding", "camouflage", "denied_offer")
SEPARATING = ("dotted_words", "spaced_words", "split_words", "emoji_between_letters", "zero_width")
each_trick = pytest.mark.parametrize("name", TRICKS)


def apply(name: str, text: str, seed: int = 0) -> str:
    return TRICKS[name](text, np.random.default_rng(seed))


def letters(text: str) -> str:
    return "".join(sign for sign in unicodedata.normalize("NFC", text) if sign.isalpha())


def naughty_strings() -> list[str]:
    lines = (ROOT / "tests" / "naughty_strings.txt").read_text("utf-8").splitlines()
    return ["", " ", "\0", "\ud800", *lines]


@each_trick
def test_tricks_change_a_post(name: str) -> None:
    assert apply(name, POST) != POST


@each_trick
def test_tricks_give_the_same_text_for_the_same_seed(name: str) -> None:
    assert apply(name, POST, seed=7) == apply(name, POST, seed=7)


@pytest.mark.parametrize("name", sorted({*TRICKS} - {"accents_off", "fullwidth"}))
def test_tricks_depend_on_the_seed(name: str) -> None:
    assert len({apply(name, POST, seed) for seed in range(12)}) > 1


@each_trick
def test_tricks_take_decomposed_letters_like_composed_ones(name: str) -> None:
    decomposed = apply(name, unicodedata.normalize("NFD", POST))
    assert unicodedata.normalize("NFC", decomposed) == unicodedata.normalize(
        "NFC", apply(name, POST)
    )


@each_trick
def test_tricks_take_naughty_strings(name: str) -> None:
    assert all(isinstance(apply(name, text), str) for text in naughty_strings())


@each_trick
@given(text=st.text(max_size=60), seed=st.integers(0, 99))
@settings(max_examples=20, deadline=None)
def test_tricks_repeat_themselves_on_any_text(name: str, text: str, seed: int) -> None:
    assert apply(name, text, seed) == apply(name, text, seed)


@each_trick
@pytest.mark.parametrize(
    "kept", ["https://abc.example/sp?id=1", "zalo.me/0912345678", "ban@abc.example", "<PHONE>"]
)
def test_tricks_keep_links_and_placeholders(name: str, kept: str) -> None:
    assert kept in apply(name, f"Nhắn {kept} nhé {POST}")


@pytest.mark.parametrize("name", FRAMING)
def test_framing_keeps_the_post_whole(name: str) -> None:
    assert POST in apply(name, POST)


@pytest.mark.parametrize("name", SEPARATING)
def test_separating_tricks_keep_every_letter(name: str) -> None:
    assert letters(apply(name, POST)) == letters(POST)


def test_joined_words_loses_only_spaces() -> None:
    written = apply("joined_words", POST)
    assert written.replace(" ", "") == POST.replace(" ", "")
    assert written.count(" ") < POST.count(" ")


def test_accents_off_leaves_ascii_only() -> None:
    assert apply("accents_off", "Đừng uống thuốc đểu").isascii()


def test_fullwidth_is_undone_by_compatibility_folding() -> None:
    assert unicodedata.normalize("NFKC", apply("fullwidth", POST)) == POST


@pytest.mark.parametrize("name", ["telex_residue", "vni_residue"])
def test_residue_leaves_some_keys_standing(name: str) -> None:
    written = apply(name, POST)
    assert len(written) > len(POST)
    assert letters(POST) not in letters(written)


@pytest.mark.parametrize("seed", range(10))
def test_camouflage_quotes_the_compulsory_sentence(seed: int) -> None:
    assert "không có tác dụng thay thế thuốc chữa bệnh" in apply("camouflage", POST, seed)


@pytest.mark.parametrize(
    ("text", "goods"),
    [("Thuốc giảm cân 300k", "thuốc giảm cân"), ("Pháo đủ loại, ship đêm", "pháo")],
)
def test_denied_offer_denies_what_the_post_sells(text: str, goods: str) -> None:
    assert re.search(
        rf"(?:không|phải).* bán {goods}|kinh doanh {goods}", apply("denied_offer", text)
    )


@pytest.mark.parametrize("name", ["emoji_digits", "word_digits"])
def test_digits_hide_numbers_and_leave_prices(name: str) -> None:
    written = apply(name, "Giá 350.000, gọi +84 912 345 678 hoặc 0987.654.321")
    assert "350.000" in written
    assert "912" not in written
    assert "654" not in written


def test_held_out_are_at_least_three_and_never_trainable() -> None:
    assert len(HELD_OUT) >= 3
    assert {*TRAINABLE} | HELD_OUT == {*TRICKS}
    assert not {*TRAINABLE} & HELD_OUT


def test_homoglyphs_are_single_signs_outside_ascii() -> None:
    alike = [sign for signs in load_tables()["homoglyphs"].values() for sign in signs]
    assert all(len(sign) == 1 and not sign.isascii() and sign.isalnum() for sign in alike)


def test_digit_tables_have_a_sign_for_every_digit() -> None:
    digits = load_tables()["digits"]
    assert [len(table) for table in (digits["words"], *digits["emoji"])] == [10] * (
        1 + len(digits["emoji"])
    )


@pytest.mark.parametrize("table", ["emoji_words", "puns"])
def test_phrase_tables_never_give_a_phrase_itself(table: str) -> None:
    assert not [phrase for phrase, spellings in load_tables()[table].items() if phrase in spellings]


def test_evasion_imports_nothing_of_the_normaliser() -> None:
    """Both sides were written apart; a shared table would hide what neither knows."""
    folder = Path(evasion.__file__).parent
    imported = {
        node.module or ""
        for path in folder.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ImportFrom)
    }
    ours = {name for name in imported if name.startswith("adclassifier")}
    assert all(name.startswith("adclassifier.evasion") for name in ours)


def test_results_know_every_trick() -> None:
    assert {*RESULTS["kinds"]} == {*TRICKS}
    assert {name for name, row in RESULTS["kinds"].items() if row["held_out"]} == HELD_OUT


@pytest.fixture(scope="module")
def measured(public_texts: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Measure the shipped bundle anew with the benchmark's own command."""
    output = tmp_path_factory.mktemp("evasion") / "evasion.json"
    file = public_texts / "real_posts" / "dev.jsonl"
    command = [sys.executable, "benchmarks/evasion.py", str(file), "--output", str(output)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    result: dict[str, Any] = json.loads(output.read_text("utf-8"))
    return result


@pytest.mark.real
@pytest.mark.model
@pytest.mark.slow
@pytest.mark.parametrize("name", [n for n, row in RESULTS["kinds"].items() if row["meets_bars"]])
def test_shipped_model_still_meets_the_bars(measured: dict[str, Any], name: str) -> None:
    row = measured["kinds"][name]
    assert row["kept_recall"] >= RESULTS["bars"]["kept_recall"]
    assert row["false_alarms"] <= RESULTS["bars"]["false_alarms"]


@pytest.mark.real
@pytest.mark.model
@pytest.mark.slow
@pytest.mark.parametrize(
    "name", [n for n, row in RESULTS["kinds"].items() if not row["meets_bars"]]
)
def test_shipped_model_is_no_worse_than_known_where_it_misses(
    measured: dict[str, Any], name: str
) -> None:
    known, row = RESULTS["kinds"][name], measured["kinds"][name]
    assert row["kept_recall"] >= known["kept_recall"] - RESULTS["bars"]["slack"]
    assert row["false_alarms"] <= max(known["false_alarms"], RESULTS["bars"]["false_alarms"])
