"""The compiled matcher finds what `Lexicon.matches` finds, cue for cue."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from adclassifier.errors import ConfigError
from adclassifier.features.codepoints import TABLE_SIZE, code_points
from adclassifier.features.cue_table import (
    CODED_POINTS,
    CueTable,
    build_cue_table,
    cue_table,
    group_numbers,
)
from adclassifier.features.cue_trie import place_keys, slot_shift
from adclassifier.features.cues import (
    find_cue_rows,
    find_cues,
    find_matches,
    find_rows_of_texts,
    matcher,
)
from adclassifier.lexicon import TONE_PLACES, Cue, Group, Lexicon, build_lexicon, load_lexicon
from adclassifier.text.normalize import normalize, strip_accents

DATA = Path(__file__).parents[1] / "data"
PHRASES = [cue.phrase for cue in load_lexicon().cues]
SHORTEST = min(PHRASES, key=len)
# What stands between phrases in the texts below, or runs into them.
GLUE = [" ", "  ", "\n", "_", "", ", ", "/", "-", "(", ")", "a", "đ", "9", "⟨phone⟩", "⟨", "⟩", "#"]
# Tones of either place, so that phrases are broken and put together anew.
TONED = ["hóa đơn", "hoá_đơn", "tòan", "khỏe", "thúy", "ủy quyền", "óa", "oóa"]

Row = tuple[int, int, int]


def compiled(table: CueTable, text: str) -> list[Row]:
    room = np.empty((8 * len(text) + 8, 3), np.int32)
    n_cues = matcher().match_cues(code_points(text), table, room)
    return [(start, end, cue) for start, end, cue in room[:n_cues].tolist()]


def reference(lexicon: Lexicon, text: str) -> list[Row]:
    return [(m.start, m.end, lexicon.cues.index(m.cue)) for m in lexicon.matches(text)]


def lexicon_of(phrases: dict[str, list[str]], shadows: dict[str, set[str]]) -> Lexicon:
    cues = [
        Cue(phrase, group, "a meaning", "recalled", "optional" if " " in phrase else "required")
        for group, written in phrases.items()
        for phrase in written
    ]
    return build_lexicon(cues, [Group(c, "", frozenset(shadows.get(c, ()))) for c in phrases])


def spelled(phrase: str, accents: list[bool]) -> str:
    """Strip the accents of some words of a phrase."""
    words = phrase.split(" ")
    kept = [accents[i % len(accents)] for i in range(len(words))]
    return " ".join(w if keep else strip_accents(w) for w, keep in zip(words, kept, strict=True))


WRITTEN = st.builds(
    spelled, st.sampled_from(PHRASES), st.lists(st.booleans(), min_size=1, max_size=3)
)
PIECES = st.one_of(
    WRITTEN, WRITTEN, st.sampled_from(GLUE), st.sampled_from(TONED), st.text(max_size=3)
)
SYLLABLES = st.sampled_from(sorted({word for phrase in PHRASES for word in phrase.split(" ")}))


@given(st.lists(st.lists(PIECES, max_size=9).map("".join), max_size=5))
@example([f"{SHORTEST} " * 500, "", "\0thuốc", SHORTEST])  # more cues than the first room holds
@settings(deadline=None)  # the first compiles
def test_find_rows_of_texts_finds_what_stands_in_each(texts: list[str]) -> None:
    found = [rows.tolist() for rows in find_rows_of_texts(texts)]
    assert found == [find_cue_rows(text).tolist() for text in texts]


@pytest.mark.parametrize("path", sorted(DATA.glob("corpus/*.jsonl")), ids=lambda path: path.stem)
def test_find_matches_equals_the_lexicon_on_the_corpus(path: Path) -> None:
    # every third text: normalizing all of them takes ten times as long as both matchers
    lines = path.read_text(encoding="utf-8").splitlines()[::3]
    texts = [normalize(json.loads(line)["text"]).text for line in lines]
    differing = [text for text in texts if find_matches(text) != load_lexicon().matches(text)]
    assert differing == []


def test_find_matches_equals_the_lexicon_on_raw_samples() -> None:
    text = (DATA / "samples" / "posts.jsonl").read_text(encoding="utf-8").lower()
    assert find_matches(text) == load_lexicon().matches(text)


@pytest.mark.parametrize("joiner", [" ", "_", "\n"])
@pytest.mark.parametrize("write", [str, strip_accents])
def test_find_matches_equals_the_lexicon_on_every_phrase(joiner: str, write: type[str]) -> None:
    text = "\n".join(write(phrase).replace(" ", joiner) for phrase in PHRASES)
    assert find_matches(text) == load_lexicon().matches(text)


@given(pieces=st.lists(PIECES, max_size=12), between=st.sampled_from(["", " "]))
@settings(max_examples=300, deadline=None)
def test_find_matches_equals_the_lexicon_on_phrases_run_together(
    pieces: list[str], between: str
) -> None:
    text = between.join(pieces)
    assert find_matches(text) == load_lexicon().matches(text)


@given(words=st.lists(SYLLABLES, max_size=30))
@settings(max_examples=200, deadline=None)
def test_find_matches_equals_the_lexicon_on_words_of_phrases(words: list[str]) -> None:
    text = " ".join(words)
    assert find_matches(text) == load_lexicon().matches(text)


@given(text=st.text(max_size=60))
@example(text="\0khỏi cần\0")
@example(text="\U00020000trị nám \U000e0041trị nám \U000f0000trị nám \U0002fffftrị nám")
@settings(deadline=None)
def test_find_matches_equals_the_lexicon_on_any_text(text: str) -> None:
    assert find_matches(text) == load_lexicon().matches(text)


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "_", "⟨", "trị nám", "⟨trị nám⟩", "⟨ trị nám⟩", "trị nám⟩", "trị nám⟨"),
        *("trị\n\nnám", "trị__nám", "trị  nám", " trị nám ", "xtrị nám", "trị nám9", "trị nam"),
        *("#short", "a#short", "(qc)", "a(qc)b", "giá /hộp", "hiệu quả 100%", "hiệu quả 100%9"),
        *("pa++++", "khỏi cần", "khoi can", "khỏi can", "hóa đơn", "hoá đơn", "hoa đơn"),
    ],
)
def test_find_matches_equals_the_lexicon_on_edges(text: str) -> None:
    assert find_matches(text) == load_lexicon().matches(text)


@pytest.mark.parametrize("pair", list(TONE_PLACES))
def test_match_cues_takes_tones_of_either_place(pair: str) -> None:
    lexicon = lexicon_of({"one": [f"x{pair} {pair}"]}, {})
    text = f"x{TONE_PLACES[pair]} {pair}, x{pair} {TONE_PLACES[pair]}, x{pair} {pair}{pair}"
    assert compiled(build_cue_table(lexicon), text) == reference(lexicon, text)
    assert len(reference(lexicon, text)) == 2


@pytest.mark.parametrize(
    ("phrases", "shadows"),
    [
        ({"one": ["a b", "a b c", "b c", "b"]}, {}),
        ({"one": ["a b c"], "two": ["b c", "a b", "c d"]}, {"one": {"two"}}),
        ({"one": ["a b"], "two": ["a b"], "three": ["a b"]}, {"two": {"one", "three"}}),
        ({"one": ["a b"], "two": ["a b"]}, {"one": {"two"}, "two": {"one"}}),
        # a hidden match still hides
        ({"a": ["a b c d"], "b": ["b c d"], "c": ["c d"]}, {"a": {"b"}, "b": {"c"}}),
        ({"one": ["á b", "ạ b", "à b", "a b"], "two": ["à b"]}, {}),
        ({"one": ["đ"]}, {}),
        ({"one": ["abcdefghijklmn o", "abcdefghijklmno p", "abcdefg h"]}, {}),
        ({"one": ["abcdefgh b", "abcdefhg c", "abcdefghi d"]}, {}),
        ({"one": ["a  b", "a - b", "--", "a--"]}, {}),
    ],
    ids=[
        "nested",
        "shadow",
        "same-place",
        "mutual",
        "chain",
        "tones",
        "one",
        "long",
        "turned",
        "signs",
    ],
)
@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_match_cues_hides_what_the_lexicon_hides(
    phrases: dict[str, list[str]], shadows: dict[str, set[str]], data: st.DataObject
) -> None:
    lexicon = lexicon_of(phrases, shadows)
    pieces = [*(phrase for group in phrases.values() for phrase in group), *"abcdà -_ "]
    text = data.draw(st.lists(st.sampled_from(pieces), max_size=9).map(" ".join))
    assert compiled(build_cue_table(lexicon), text) == reference(lexicon, text)


def test_match_cues_compares_words_that_do_not_fit_a_key() -> None:
    # hashes do not collide by chance: a table whose spellings are lost stands for one where they do
    lexicon = lexicon_of({"one": ["abcdefgh a", "abcdefg b"]}, {})
    table = build_cue_table(lexicon)
    lost = table._replace(spellings=np.zeros_like(table.spellings))
    assert compiled(table, "abcdefgh a, abcdefg b") == [(0, 10, 0), (12, 21, 1)]
    assert compiled(lost, "abcdefgh a, abcdefg b") == [(12, 21, 1)]


def test_match_cues_takes_letters_that_code_points_leave_out_for_letters() -> None:
    text = "\U00020000trị nám, trị nám"
    room = np.empty((9, 3), np.int32)
    assert code_points(text)[0] == 0
    assert matcher().match_cues(code_points(text), cue_table(), room) == len(find_matches(text))


def test_match_cues_says_how_much_room_it_needs() -> None:
    points, table = code_points("trị dứt điểm viêm xoang"), cue_table()
    needed = -matcher().match_cues(points, table, np.empty((0, 3), np.int32))
    assert matcher().match_cues(points, table, np.empty((needed - 1, 3), np.int32)) == -needed
    assert matcher().match_cues(points, table, np.empty((needed, 3), np.int32)) == 2


def test_find_matches_makes_room_for_dense_texts() -> None:
    text = "pin " * 500
    assert find_matches(text) == load_lexicon().matches(text)
    assert len(find_matches("trị nám " * 500)) >= 500


def test_find_cues_numbers_the_groups_asked_for() -> None:
    text = "trị dứt điểm viêm xoang, khỏi cần bác sĩ"
    groups = ("disease", "medical_staff", "no such group", "cure_verb")
    expected = [
        [match.start, match.end, groups.index(match.cue.group)]
        for match in load_lexicon().matches(text)
        if match.cue.group in groups
    ]
    assert find_cues(text, groups).tolist() == expected
    assert len(expected) >= 2


def test_group_numbers_follow_the_lexicon() -> None:
    groups = tuple(load_lexicon().groups)
    assert group_numbers(groups[::-1]).tolist() == list(range(len(groups)))[::-1]


def test_cue_table_knows_every_letter_and_digit_of_unicode() -> None:
    table = cue_table()
    letters = np.array([chr(point).isalnum() for point in range(CODED_POINTS)])
    letters[0] = True
    np.testing.assert_array_equal(table.codes >= table.first_letter, letters)


def test_cue_table_leaves_no_letter_behind_its_end() -> None:
    assert CODED_POINTS >= TABLE_SIZE
    assert not any(chr(point).isalnum() for point in range(CODED_POINTS, 0x110000))


def test_build_cue_table_rejects_too_many_signs() -> None:
    phrases = [f"{chr(0x4E00 + i)} x" for i in range(300)]
    with pytest.raises(ConfigError, match=r"different signs; at most 256"):
        build_cue_table(lexicon_of({"one": phrases}, {}))


@given(keys=st.sets(st.integers(1, 2**64 - 1), max_size=60))
def test_place_keys_puts_each_where_a_search_ends(keys: set[int]) -> None:
    slots, slot_of = place_keys(np.array(sorted(keys), np.uint64))
    assert slots[slot_of].tolist() == sorted(keys)
    for key, slot in zip(sorted(keys), slot_of.tolist(), strict=True):
        first = (key * 0x9E3779B97F4A7C15) % 2**64 >> slot_shift(len(slots))
        passed = (np.arange(first, first + (slot - first) % len(slots))) % len(slots)
        assert slots[passed].all()


def test_build_lexicon_rejects_blanks_at_an_edge() -> None:
    with pytest.raises(ConfigError, match="blank at an edge"):
        lexicon_of({"one": ["trị nám "]}, {})
