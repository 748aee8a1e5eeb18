from __future__ import annotations

import json
import re
import time
import unicodedata
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adclassifier.corpus import read_annotations
from adclassifier.errors import ConfigError
from adclassifier.lexicon import Cue, Group, build_lexicon, load_lexicon
from adclassifier.text.normalize import normalize, strip_accents

FOLDER = files("adclassifier") / "lexicons"
LEXICONS = [path for path in FOLDER.iterdir() if path.name.endswith(".toml")]
DATA = Path(__file__).parents[1] / "data"
CORPUS = DATA / "corpus"
GROUPS = [
    *("compulsory_medicine", "compulsory_supplement", "cure_verb", "disease", "fake_official"),
    *("guarantee", "medical_staff", "negation", "offer_contact", "offer_cta", "offer_price"),
    *("offer_shipping", "offer_unit", "platform", "question", "replica_vocab", "reporting_verb"),
    *("scratch_card", "smuggled_vocab", "superlative", "testimonial"),
]


def matched(text: str) -> list[tuple[str, str]]:
    return [
        (match.cue.group, text[match.start : match.end]) for match in load_lexicon().matches(text)
    ]


@pytest.fixture(scope="module")
def corpus() -> dict[str, str]:
    records = {}
    for path in sorted(CORPUS.glob("*.jsonl")):
        with path.open(encoding="utf-8") as lines:
            for record in map(json.loads, lines):
                written = unicodedata.normalize("NFC", record["text"]).lower()
                records[record["id"]] = f"{written} | {normalize(record['text']).text}"
    return records


@pytest.mark.parametrize("group", GROUPS)
def test_load_lexicon_has_every_group_that_signals_need(group: str) -> None:
    assert any(cue.group == group for cue in load_lexicon().cues)


def test_load_lexicon_finds_every_phrase_as_people_write_it() -> None:
    # the normalizer may write a phrase otherwise; then its group must know the other spelling too
    lost = [
        (cue.group, cue.phrase)
        for cue in load_lexicon().cues
        if cue.group not in [group for group, _ in matched(normalize(cue.phrase).text)]
    ]
    assert lost == []


def test_load_lexicon_cites_records_that_hold_the_phrase(corpus: dict[str, str]) -> None:
    wrong = []
    for cue in load_lexicon().cues:
        source, _, record = cue.provenance.partition(":")
        if source == "corpus":
            lexicon = build_lexicon([cue], [Group(cue.group, "", frozenset())])
            if not lexicon.matches(corpus.get(record, "")):
                wrong.append((cue.phrase, record))
    assert wrong == []


def test_load_lexicon_cites_no_text_of_the_final_test() -> None:
    final = {note.id for note in read_annotations(DATA / "final")}
    cited = {cue.provenance.removeprefix("real:") for cue in load_lexicon().cues}
    assert len(final) == 600
    assert not cited & final


def test_load_lexicon_says_in_english_what_each_cue_means() -> None:
    assert all(re.fullmatch(r"[ -~]{3,}", cue.meaning) for cue in load_lexicon().cues)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("đặc trị viêm xoang", ("disease", "viêm xoang")),
        ("dac tri viem xoang", ("disease", "viem xoang")),
        ("đặc trị viêm xoang", ("cure_verb", "đặc trị")),
        ("khỏi mụn", ("disease", "mụn")),
        ("thoái hoá cột sống", ("disease", "thoái hoá cột sống")),
        ("thoái hóa cột sống", ("disease", "thoái hóa cột sống")),
        ("#trị_thâm", ("cure_claim", "trị_thâm")),
        ("không thay thế\nthuốc", ("compulsory_supplement", "không thay thế\nthuốc")),
        ("ib giá 50k/hộp nha", ("offer_unit", "/hộp")),
        ("ship cod toàn quốc", ("offer_shipping", "ship cod")),
    ],
)  # fmt: skip
def test_matches_finds(text: str, found: tuple[str, str]) -> None:
    assert found in matched(text)


@pytest.mark.parametrize(
    ("text", "group"),
    [
        ("mun", "disease"),  # "mụn" needs its accent
        ("bảng gia đình", "offer_price"),
        ("viếm xoáng", "disease"),  # other accents than the phrase's
        ("bantrĩ", "disease"),  # inside a word
        ("liên hệ ⟨email⟩", "offer_contact"),  # inside a token
        ("khỏi cần lo", "gone_verb"),  # shadowed by an innocent phrase
        ("sửa chữa xe máy", "cure_verb"),
        ("hỏi ý kiến bác sĩ trước khi dùng", "medical_staff"),
        ("tân sơn nhất", "superlative"),
        ("", "disease"),
    ],
)
def test_matches_leaves_out(text: str, group: str) -> None:
    assert group not in [found for found, _ in matched(text)]


def test_matches_keeps_the_longest_of_a_group() -> None:
    diseases = [text for group, text in matched("viêm loét dạ dày") if group == "disease"]
    assert diseases == ["viêm loét dạ dày"]


def test_matches_is_ordered_and_in_range() -> None:
    text = "trị nám, trị mụn, hết sẹo, cam kết khỏi 100%, ib em báo giá"
    found = load_lexicon().matches(text)
    starts = [match.start for match in found]
    assert starts == sorted(starts)
    assert all(0 <= match.start < match.end <= len(text) for match in found)


@settings(max_examples=150, deadline=None)
@given(st.text(st.sampled_from("aăâeêioôơuưyđtrkhgnmb ạộựểỗ⟨⟩\n_.-1%#😀"), max_size=80))
def test_matches_only_what_is_written(text: str) -> None:
    for match in load_lexicon().matches(text):
        written = strip_accents(text[match.start : match.end]).replace("_", " ").replace("\n", " ")
        assert written == strip_accents(match.cue.phrase)


@pytest.mark.parametrize(
    ("cues", "groups", "problem"),
    [
        ([Cue("trị nám", "cure", "m", "somebody")], ["cure"], "provenance 'somebody'"),
        ([Cue("trị nám", "cure", "m", "corpus:a-1")] * 2, ["cure"], "stands twice"),
        ([Cue("trị nám", "care", "m", "recalled")], ["cure"], "unknown group"),
        ([Cue("trị", "cure", "m", "recalled")], ["cure"], "accents must be required"),
        ([Cue("trị nám", "cure", "m", "recalled", "any")], ["cure"], "accents 'any'"),  # type: ignore[arg-type]
    ],
)
def test_build_lexicon_names_what_is_wrong(
    cues: list[Cue], groups: list[str], problem: str
) -> None:
    with pytest.raises(ConfigError, match=re.escape(problem)):
        build_lexicon(cues, [Group(code, "about", frozenset()) for code in groups])


def test_build_lexicon_refuses_a_shadow_on_nothing() -> None:
    with pytest.raises(ConfigError, match="shadows unknown group 'x'"):
        build_lexicon([], [Group("a", "about", frozenset("x"))])


def test_cue_recalled_tells_what_was_written_from_memory() -> None:
    assert Cue("a b", "g", "m", "recalled").recalled
    assert not Cue("a b", "g", "m", "law.md §4.4").recalled


@pytest.mark.parametrize("part", ["trị mụn ", "1-", "không ", "a", "⟨phone⟩ ", "khỏi_"])
def test_matches_takes_time_in_proportion(part: str) -> None:
    text = (part * 100_000)[:100_000]
    load_lexicon()
    start = time.process_time()
    load_lexicon().matches(text)
    assert time.process_time() - start < 2  # 0.2 s on the machine where it was measured
