"""What a shortcut skips, the long way would have refused."""

from __future__ import annotations

import re
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from adclassifier.text import codepoints, short_forms, tables
from adclassifier.text.language import latin_words
from adclassifier.text.neighbours import is_bare_pair
from adclassifier.text.phones import number_units
from adclassifier.text.respelling import meanings
from adclassifier.text.separating import separated
from adclassifier.text.short_forms import form_rules
from adclassifier.text.spelling import counts, readings, split_units, weight, words
from adclassifier.text.syllables import is_bare_syllable, is_syllable

BARE = sorted(readings())
PIECES = st.sampled_from(["không", "khong", "ko", "o", "hai", "bảy", "7", "٣", "n", "chín", "kh"])
LETTERS = st.builds(
    "".join,
    st.tuples(
        st.sampled_from(["", "k", "ck", "z", "dz", "j", "w", "f", "q", "ng", "gi", "tr", "y", "s"]),
        st.sampled_from(["a", "o", "i", "u", "ie", "uo", "oa", "j", "w", "ay", "ana", "e", "uw"]),
        st.sampled_from(["", "k", "ck", "g", "h", "q", "j", "t", "n", "ng", "m", "y", "nan"]),
    ),
).filter(lambda token: len(token) > 1)


@given(st.lists(PIECES, max_size=4))
@settings(deadline=None)
def test_number_units_counts_words_and_digits(pieces: list[str]) -> None:
    table = tables.toml_table("contacts.toml")["digit_words"]
    named = sorted((word for row in table.values() for word in row.split()), key=len, reverse=True)
    unit = re.compile(rf"(?:{'|'.join(named)}|(?<![a-z])o(?![a-z])|\d)")
    token = "".join(pieces)
    found = unit.findall(token)
    assert number_units(token) == (len(found) if "".join(found) == token else 0)


@given(st.lists(st.sampled_from(BARE), min_size=2, max_size=4))
@settings(max_examples=500, deadline=None)  # the tables are read in the first
def test_separated_gives_usual_words_that_were_seen_side_by_side(pieces: list[str]) -> None:
    token = "".join(pieces)
    known = token in counts() or token in words() or token in latin_words() or is_syllable(token)
    units = split_units(token) if len(token) >= 8 and token.isalpha() and not known else []
    usual = len(units) > 1 and min(map(weight, units)) >= 20
    paired = usual and all(is_bare_pair(*pair) for pair in pairwise(units))
    assert separated(token) == (tuple(units) if paired else ())


def respelled(token: str, place: str) -> list[str]:
    found = [token]
    for manner in ("fashion", "dialect"):
        for old, row in tables.toml_table("respelling.toml")[manner][place].items():
            for new in row.split():
                if place == "onsets" and token.startswith(old):
                    found.append(new + token.removeprefix(old))
                elif place == "codas" and token.endswith(old) and token != old:
                    found.append(token.removesuffix(old) + new)
                elif place == "nuclei" and old in token[1:]:
                    found.append(token.replace(old, new, 1))
    return found


@given(LETTERS)
@settings(max_examples=500, deadline=None)  # the tables are read in the first
def test_meanings_of_words_without_accents_are_what_the_rules_make(token: str) -> None:
    known = token in counts() or token in words() or token in latin_words()
    spellings = [
        whole
        for onset in respelled(token, "onsets")
        for nucleus in respelled(onset, "nuclei")
        for whole in respelled(nucleus, "codas")
    ]
    usual = {
        word for spelling in spellings for count, word in readings().get(spelling, ()) if count > 19
    }
    found = {word for word, _ in meanings(token)}
    if known or is_bare_syllable(token):
        assert not found
    else:
        assert found <= usual
        assert len(found) == min(len(usual), 8)


def test_every_usual_syllable_has_one_row_of_vowels() -> None:
    # or `meanings` would pass over spellings that stand for it
    assert [word for word in BARE if len(re.findall("[aeiouy]+", word)) != 1] == []


@given(st.text(st.sampled_from(" \n\t\r\x85\u3000ax."), max_size=12))
@settings(max_examples=1000)
def test_space_edits_are_of_every_run_that_is_no_single_blank(text: str) -> None:
    runs = re.finditer(r"\s{2,}|[^\S \n]|^\s|\s\Z", text)
    assert [run.span() for run in codepoints._SPACES.finditer(text)] == [run.span() for run in runs]


def test_a_sign_that_is_passed_over_would_have_stayed() -> None:
    signs = [*map(chr, range(0x20, 0xD800)), *map(chr, range(0x10000, 0x20000))]
    passed = [sign for sign in signs if sign not in codepoints._special_signs()]
    assert [sign for sign in passed if codepoints._cluster_edit(sign, 0, 1)] == []


FORMS = sorted(form_rules())


@given(
    st.lists(
        st.sampled_from([*FORMS, "k", "ko", "_", " ", "-", "/", "kem", "²", "ạ", "٣", "⟨", "."]),
        max_size=12,
    )
)
@settings(max_examples=500, deadline=None)  # the tables are read in the first
def test_places_of_short_forms_are_whole_tokens(pieces: list[str]) -> None:
    text = "".join(pieces)
    tokens = [(token[0], *token.span()) for token in re.finditer(r"[^\W_]+", text)]
    for form in {*FORMS, *pieces} & {token for token, *_ in tokens}:
        expected = [place for token, *place in tokens if token == form]
        assert [[*place] for place in short_forms._places(text, form)] == expected
