"""Cues by name: where they stand, where they are from, and that with the rest they add up."""

from __future__ import annotations

import io
import json
import unicodedata
from collections import Counter, defaultdict
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from adclassifier import cli
from adclassifier.classifier import AdClassifier, Prediction
from adclassifier.classifier.cues_used import (
    CueShares,
    UsedCue,
    explained_labels,
    find_used_cues,
)
from adclassifier.cli import exits
from adclassifier.explain import widen_to_graphemes
from adclassifier.lexicon import load_lexicon
from adclassifier.report import explanation_page, render_explanation
from adclassifier.report.cues import CUES_TITLE, RECALLED
from adclassifier.text.normalize import normalize

LEXICON = load_lexicon()
PHRASES = [cue.phrase for cue in LEXICON.cues][::7]
TEXT = "Túi LV rep 1:1 full box, ib em nha. Viên uống trị dứt điểm tiểu đường, tri dut diem!"
ANY_TEXT = st.lists(
    st.one_of(st.sampled_from(PHRASES), st.text(st.sampled_from("aạ bđnhi 1.,\n🔥_"), max_size=30)),
    max_size=12,
).map(" ".join)


@pytest.fixture(scope="module")
def without_cues(classifier: AdClassifier) -> AdClassifier:
    """The same n-grams, and no cue among the features."""
    heads = classifier.heads
    n_buckets = heads.shape.n_buckets
    shape = replace(heads.shape, cue_groups=(), cue_weight=0.0, pair_weight=0.0)
    plain = replace(
        heads, shape=shape, idf=heads.idf[:n_buckets], weights=heads.weights[:n_buckets]
    )
    return replace(classifier, heads=plain)


@pytest.fixture(scope="module")
def recalled_text(classifier: AdClassifier) -> str:
    """A text with a cue from memory that the small classifier counts for a label."""
    for cue in LEXICON.cues:
        text = f"shop bán {cue.phrase} nha"
        if cue.recalled and any(
            used.recalled and used.contribution
            for used in find_used_cues(text, classifier.heads, classifier.labels[:1])[0].cues
        ):
            return text
    raise AssertionError("no recalled cue counts")


def used(classifier: AdClassifier, text: str, label: str = "violating") -> CueShares:
    [shares] = find_used_cues(text, classifier.heads, [label])
    return shares


def terminal(text: str, classifier: AdClassifier) -> str:
    [prediction] = classifier.predict([text])
    console = Console(file=io.StringIO(), width=250, force_terminal=False, color_system=None)
    with console.capture() as printed:
        console.print(render_explanation(text, prediction, classifier))
    return printed.get()


@given(text=ANY_TEXT)
@settings(deadline=None)
def test_find_used_cues_adds_up_to_the_probability(classifier: AdClassifier, text: str) -> None:
    names = classifier.heads.names
    [probabilities] = classifier.predict_proba([text])
    found = find_used_cues(text, classifier.heads, names)
    assert [shares.probability for shares in found] == pytest.approx(probabilities, abs=1e-9)


@given(text=ANY_TEXT)
@settings(deadline=None)
def test_find_used_cues_gives_a_group_its_row_and_half_of_its_pairs(
    classifier: AdClassifier, text: str
) -> None:
    heads, canonical = classifier.heads, normalize(text).text
    head = heads.names.index("violating")
    window = tuple(heads.decisions([canonical])[1][0, head].tolist())
    rows, values, _ = heads.features(heads.tokens(canonical).window(*window))
    terms = heads.slope[head] * values * heads.weights[rows, head].astype(np.float64)
    total = np.zeros(heads.shape.n_rows)
    np.add.at(total, rows, terms)
    groups, n_buckets = heads.shape.cue_groups, heads.shape.n_buckets
    expected = dict(zip(groups, total[n_buckets : n_buckets + len(groups)], strict=True))
    of_pairs = total[n_buckets + len(groups) :]
    for (one, other), share in zip(combinations(groups, 2), of_pairs, strict=True):
        expected[one] += share / 2
        expected[other] += share / 2
    found: dict[str, float] = defaultdict(float)
    for cue in used(classifier, text).cues:
        found[cue.group] += cue.contribution
    assert found == pytest.approx({group: expected[group] for group in found}, abs=1e-9)
    assert sum(found.values()) == pytest.approx(sum(expected.values()), abs=1e-9)


@given(text=ANY_TEXT)
@settings(deadline=None)
def test_find_used_cues_names_entries_of_the_lexicon(classifier: AdClassifier, text: str) -> None:
    entries = {(cue.group, cue.phrase): cue for cue in LEXICON.cues}
    for cue in used(classifier, text).cues:
        entry = entries[cue.group, cue.phrase]
        assert cue.about == LEXICON.groups[cue.group].about
        assert (cue.meaning, cue.provenance) == (entry.meaning, entry.provenance)
        assert cue.recalled == (entry.provenance == "recalled")


@given(text=ANY_TEXT)
@settings(deadline=None)
def test_find_used_cues_gives_places_of_the_original(classifier: AdClassifier, text: str) -> None:
    for cue in used(classifier, text).cues:
        assert cue.text == text[cue.start : cue.end]
        assert cue.text
        assert (cue.start, cue.end) == widen_to_graphemes(text, cue.start, cue.end)


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_find_used_cues_shows_the_words_as_written(classifier: AdClassifier, form: str) -> None:
    text = unicodedata.normalize(form, TEXT)
    found = [(cue.text, cue.phrase, cue.group) for cue in used(classifier, text).cues]
    written = unicodedata.normalize(form, "trị dứt điểm")
    assert (written, "trị dứt điểm", "cure_verb") in found
    assert ("tri dut diem", "trị dứt điểm", "cure_verb") in found
    assert ("rep 1:1", "rep 1:1", "replica_vocab") in found


def test_find_used_cues_shares_alike_among_cues_of_a_group(classifier: AdClassifier) -> None:
    shares = defaultdict(set)
    for cue in used(classifier, TEXT).cues:
        shares[cue.group].add(round(cue.contribution, 12))
    assert set(map(len, shares.values())) == {1}
    counts = Counter(cue.group for cue in used(classifier, TEXT).cues)
    assert max(counts.values()) > 1


def test_find_used_cues_leaves_out_what_lies_outside_the_window(classifier: AdClassifier) -> None:
    text = f"túi rep 1:1 nha. {'trời mưa to quá em ơi. ' * 60}thuốc trị dứt điểm viêm xoang"
    found = find_used_cues(text, classifier.heads, classifier.heads.names)
    phrases = [{cue.phrase for cue in shares.cues} for shares in found]
    assert any("rep 1:1" in each for each in phrases)
    assert any("viêm xoang" in each for each in phrases)
    assert not any({"rep 1:1", "viêm xoang"} <= each for each in phrases)


def test_find_used_cues_has_none_for_a_model_without_cues(without_cues: AdClassifier) -> None:
    shares = used(without_cues, TEXT)
    assert shares.cues == ()
    expected = without_cues.predict_proba([TEXT])[0, without_cues.heads.names.index("violating")]
    assert shares.probability == pytest.approx(expected, abs=1e-9)


def test_find_used_cues_takes_words_of_underthesea(classifier: AdClassifier) -> None:
    words = replace(classifier, heads=replace(classifier.heads, segmenter="underthesea"))
    [probabilities] = words.predict_proba([TEXT])
    found = find_used_cues(TEXT, words.heads, words.heads.names)
    assert [shares.probability for shares in found] == pytest.approx(probabilities, abs=1e-9)
    assert "trị dứt điểm" in {cue.phrase for shares in found for cue in shares.cues}


def cue(contribution: float, *, recalled: bool) -> UsedCue:
    provenance = "recalled" if recalled else "law.md §2"
    return UsedCue(0, 1, "a", "a", "g", "about", "means", provenance, recalled, contribution)


def test_sourced_probability_takes_the_shares_of_recalled_cues_away() -> None:
    cues = (cue(2.0, recalled=True), cue(0.5, recalled=False), cue(-1.0, recalled=True))
    shares = CueShares("medicine", -0.5, 0.25, cues)
    assert (shares.log_odds, shares.recalled) == (1.25, 1.0)
    plain = CueShares("medicine", -0.5, 0.75, ())
    assert shares.sourced_probability == plain.probability == plain.sourced_probability


def test_strongest_leaves_out_cues_that_move_nothing() -> None:
    cues = tuple(cue(share, recalled=False) for share in (0.0, 0.5, -2.0, 1.0))
    shares = CueShares("medicine", 0.0, 0.0, cues)
    assert [each.contribution for each in shares.strongest(2)] == [-2.0, 1.0]
    assert len(shares.strongest(9)) == 3


@pytest.mark.parametrize(
    ("labels", "probabilities", "expected"),
    [
        (("smuggled",), {"medicine": 0.9, "smuggled": 0.8}, ("smuggled", "violating")),
        ((), {"medicine": 0.1, "smuggled": 0.2}, ("smuggled", "violating")),
        ((), {"medicine": None, "smuggled": None}, ()),
    ],
)
def test_explained_labels_are_the_decided_or_the_likeliest(
    labels: tuple[str, ...],
    probabilities: dict[str, float | None],
    expected: tuple[str, ...],
) -> None:
    prediction = Prediction("clear", None, None, probabilities, labels)
    assert explained_labels(prediction) == expected


def test_render_explanation_names_the_cues(classifier: AdClassifier) -> None:
    printed = terminal(TEXT, classifier)
    assert CUES_TITLE in printed
    assert f"replica_vocab: {LEXICON.groups['replica_vocab'].about}" in printed
    assert "law.md §" in printed


def test_render_explanation_says_what_is_from_memory(
    classifier: AdClassifier, recalled_text: str
) -> None:
    assert RECALLED in terminal(recalled_text, classifier)


@pytest.mark.parametrize("text", ["12345 !!!", "Trà sen 90k", TEXT])
def test_render_explanation_shows_no_cues_of_a_model_without(
    without_cues: AdClassifier, text: str
) -> None:
    assert CUES_TITLE not in terminal(text, without_cues)


def test_explanation_page_names_the_cues(classifier: AdClassifier) -> None:
    page = explanation_page([TEXT], classifier.predict([TEXT]), classifier)
    assert CUES_TITLE in page
    assert f"replica_vocab: {LEXICON.groups['replica_vocab'].about}" in page


def test_explanation_page_says_what_is_from_memory(
    classifier: AdClassifier, recalled_text: str
) -> None:
    page = explanation_page([recalled_text], classifier.predict([recalled_text]), classifier)
    assert RECALLED in page


def rows_of(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[dict[str, object]]:
    assert cli.main(["explain", "--json", *arguments]) == exits.DONE
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_explain_prints_the_cues_as_json(
    capsys, monkeypatch, bundle_folder, classifier, recalled_text
):
    monkeypatch.setenv("ADCLASSIFIER_MODEL", str(bundle_folder))
    rows = rows_of(capsys, TEXT, recalled_text)
    for text, row in zip((TEXT, recalled_text), rows, strict=True):
        [prediction] = classifier.predict([text], all_signals=True)
        contract = json.loads(json.dumps(prediction.as_row(classifier.model)))
        assert {name: row[name] for name in contract} == contract
        found = find_used_cues(text, classifier.heads, explained_labels(prediction))
        assert row["explanation"] == [shares.as_row() for shares in found]
        assert set(row) - set(contract) == {"explanation"}
    assert any(each["recalled"] for head in rows[1]["explanation"] for each in head["cues"])


def test_explain_prints_the_counterfactual_as_json(
    capsys, monkeypatch, bundle_folder, flagged_text
):
    monkeypatch.setenv("ADCLASSIFIER_MODEL", str(bundle_folder))
    [row] = rows_of(capsys, "--counterfactual", flagged_text)
    counterfactual = row["counterfactual"]
    assert counterfactual["outcome_before"] == row["outcome"] == "flag"
    assert list(counterfactual["lawful_if"]) == row["subcodes"]
    assert {each["state"] for each in counterfactual["conditions"]} <= {"met", "unmet", "unclear"}


def test_explain_refuses_a_page_and_json_at_once(capsys, tmp_path):
    page = tmp_path / "page.html"
    assert cli.main(["explain", "a", "--json", "--html", str(page)]) == exits.FAILED
    assert capsys.readouterr().err.startswith("error: explain: --html with --json")
    assert not page.exists()
