"""What a shortcut skips, the long way would have refused."""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adclassifier.text import codepoints, short_forms, tables
from adclassifier.text.accents import strip_accents
from adclassifier.text.language import latin_words
from adclassifier.text.leet import _DOUBTFUL, Run, _letters, kind_of_run
from adclassifier.text.leet import decode as decode_leet
from adclassifier.text.leet_rows import has_readings, has_sure
from adclassifier.text.neighbours import is_bare_pair, word_chance
from adclassifier.text.phones import number_units
from adclassifier.text.platforms import is_pun, pun_firsts
from adclassifier.text.respelling import _parted, _toned_words, meanings
from adclassifier.text.separating import _is_usual, separated
from adclassifier.text.short_forms import form_rules, spoken
from adclassifier.text.spelling import counts, is_unit, readings, split_units, weight, words
from adclassifier.text.stretching import _THRICE, _shortened_word, shortened
from adclassifier.text.syllables import is_bare_syllable, is_syllable
from adclassifier.text.telex import _TELEX_TOKEN, _telex, decode

BARE = sorted(readings())
USUAL = sorted(counts())
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


@given(st.sampled_from(sorted(_toned_words())), st.data())
@settings(max_examples=500, deadline=None)
def test_meanings_of_words_with_accents_are_what_the_rules_make(
    usual: tuple[str, str], data: st.DataObject
) -> None:
    # the rules taken backwards from a usual syllable, and then all of them forwards
    written = usual[0]
    for place in ("codas", "nuclei", "onsets"):
        written = data.draw(st.sampled_from(respelled_backwards(written, place)))
    vowel = re.search("[aăâeêioôơuưy]", written)
    place = vowel.end() if vowel else 0
    token = unicodedata.normalize("NFC", written[:place] + usual[1] + written[place:])
    letters, tone = _parted(token)
    known = token in words() or is_syllable(token)
    if token.isascii() or not 2 <= len(token) <= 8 or not token.isalpha() or known:
        return
    spellings = {
        whole
        for onset in respelled(letters, "onsets")
        for nucleus in respelled(onset, "nuclei")
        for whole in respelled(nucleus, "codas")
    }
    usual_of = _toned_words()
    expected = {word for whole in spellings for word in usual_of.get((whole, tone), ())}
    assert {word for word, _ in meanings(token)} == expected or len(expected) > 8


def respelled_backwards(token: str, place: str) -> list[str]:
    found = [token]
    for manner in ("fashion", "dialect"):
        for old, row in tables.toml_table("respelling.toml")[manner][place].items():
            for new in row.split():
                if place == "onsets" and token.startswith(new):
                    found.append(old + token.removeprefix(new))
                elif place == "codas" and token.endswith(new):
                    found.append(token.removesuffix(new) + old)
                elif place == "nuclei" and new in token:
                    found.append(token.replace(new, old, 1))
    return found


STROKES = st.sampled_from(
    [*"aeiouydwsfrxjnhtgcmbkq", "aa", "ee", "oo", "dd", "uw", "ow", "ng", "th", "nh", "uo"]
)


@given(st.lists(STROKES, min_size=1, max_size=6))
@settings(max_examples=1000, deadline=None)
def test_decode_passes_over_no_key_strokes(pieces: list[str]) -> None:
    token = "".join(pieces)
    assert decode(token) == (_telex(token) if _TELEX_TOKEN.fullmatch(token) else "")


@given(st.sampled_from(USUAL), st.data())
@settings(max_examples=500, deadline=None)
def test_shortened_passes_over_no_stretched_word(word: str, data: st.DataObject) -> None:
    places = st.lists(st.integers(0, len(word) - 1), max_size=2)
    times = {place: data.draw(st.integers(1, 3)) for place in data.draw(places)}
    token = "".join(letter * times.get(place, 1) for place, letter in enumerate(word))
    changed = _THRICE.search(token) is not None if token.isascii() else token not in counts()
    assert shortened(token) == (_shortened_word(token) if changed and len(token) > 1 else "")


def test_every_usual_syllable_is_made_of_plain_letters_and_accents() -> None:
    # or `shortened` would pass over words in which another letter is repeated
    assert [word for word in USUAL if not re.fullmatch("[a-z]+", strip_accents(word))] == []
    assert [word for word in USUAL if not (word.isascii() or is_syllable(word))] == []


def likeliest(token: str) -> tuple[str, ...]:
    rows: list[dict[str, tuple[float, tuple[str, ...]]]] = [{"": (0.0, ())}]
    for end in range(1, len(token) + 1):
        rows.append({})
        for start in range(max(0, end - 9), end):
            unit = token[start:end]
            if not rows[start] or not _is_usual(unit):
                continue
            first, last = spoken(unit)
            score, row = max(
                (score + word_chance(left, first), row)
                for left, (score, row) in rows[start].items()
            )
            score -= 4.0 if first != unit else 0.0
            if last not in rows[end] or score > rows[end][last][0]:
                rows[end][last] = (score, (*row, unit))
    score, units = max(rows[-1].values(), default=(0.0, ()))
    return units if len(units) > 1 and score > -12.0 * len(units) else ()


@given(
    st.lists(st.sampled_from([*USUAL, "zalo", "ib", "shop", "xyz", "r"]), min_size=1, max_size=4)
)
@settings(max_examples=500, deadline=None)
def test_separated_gives_the_likeliest_row_of_words_with_accents(pieces: list[str]) -> None:
    token = "".join(pieces)
    known = token in counts() or token in words() or token in latin_words() or is_syllable(token)
    if not token.isascii():
        expected = likeliest(token) if 5 <= len(token) <= 60 and not known else ()
        assert separated(token) == expected


@given(st.one_of(st.sampled_from(BARE + USUAL), st.text("aăâbcđeêghiknơưôtuáảỹ", max_size=5)))
@settings(deadline=None)
def test_is_unit_says_yes_of_syllables_and_listed_words(unit: str) -> None:
    syllable = is_bare_syllable(unit) if unit.isascii() else is_syllable(unit)
    assert is_unit(unit) == (syllable or unit in words())


SOME = st.text("0134579abcđêuoigtk²", max_size=4)


@given(SOME, st.sampled_from("26٣"), SOME)
@settings(deadline=None)
def test_kind_of_run_is_idle_where_a_figure_stands_for_no_letter(
    left: str, figure: str, right: str
) -> None:
    run = left + figure + right
    ways = [decode_leet(run), _DOUBTFUL.fullmatch(run)]
    found = [has_sure(run, _letters()), has_readings(run, _letters())]
    assert (kind_of_run(run), ways, found) == (Run.IDLE, [None, None], [False, False])


@pytest.mark.parametrize("figures", ["0", "12", "111", "0912345678", "٣٣٣", "7" * 50])
def test_no_stage_makes_anything_of_figures(figures: str) -> None:
    # or `facts.answer` would have to ask them
    changes = [change(figures) for change in (shortened, decode, meanings, separated)]
    assert changes == ["", "", (), ()]
    assert not is_pun(figures)
    assert figures not in counts().keys() | pun_firsts()


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
