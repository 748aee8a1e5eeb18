import json
from pathlib import Path

import numpy as np
import pytest

from adclassifier.corpus import Record, assign_groups, source_guessability, write_annotations
from adclassifier.corpus.card import count_labels, render_card, render_measured
from adclassifier.corpus.measuring import read_labelled, replace_block, write_card, write_measured
from adclassifier.corpus.writing import write_corpus
from adclassifier.errors import InputError

ROOT = Path(__file__).parents[1]
CARD = ROOT / "data" / "README.md"
MEASURED = ROOT / "benchmarks" / "results" / "source_guessability.json"


def block(name):
    content = CARD.read_text(encoding="utf-8")
    return content.partition(f"<!-- {name}:begin -->\n")[2].partition(f"\n<!-- {name}:end -->")[0]


def test_card_holds_the_counts_of_the_committed_data():
    assert block("counts") == render_card(read_labelled(ROOT / "data"))


def test_card_holds_the_measured_figures():
    assert block("measured") == render_measured(json.loads(MEASURED.read_text(encoding="utf-8")))


def test_card_says_that_the_corpus_is_authored():
    assert "**The authored part is AUTHORED.**" in CARD.read_text(encoding="utf-8")


def test_render_card_counts_by_source_label_kind_and_subcode():
    records = [
        Record(
            "a", "x", ("medicine",), ("medicine.prescription",), kind="violating_ad", source="fb"
        ),
        Record("b", "y", kind="news", source="fb", borderline=True),
        Record("c", "z", ("medicine",), ("medicine.prescription",), source="authored:f"),
    ]
    lines = render_card(records).splitlines()
    assert "| fb | 2 | 1 | 1 | 0 |" in lines
    assert "| all | 3 | 2 | 1 | 0 |" in lines
    assert "| medicine.prescription | 1 | 1 |" in lines
    assert "`medicine.prescription` (1)" in lines[-1]
    assert count_labels(records)["medicine"] == (1, 1)


def test_replace_block_refuses_a_card_without_the_block():
    with pytest.raises(InputError, match="no block 'counts'"):
        replace_block("text", "counts", "new", where="README.md")


@pytest.fixture(scope="module")
def two_sources():
    rng = np.random.default_rng(0)
    words = ["áo", "quần", "váy", "giày", "túi", "mũ", "khăn", "dép", "son", "kem"]
    texts = [" ".join(rng.choice(words, 12)) for _ in range(80)]
    return texts, ["a"] * 40 + ["b"] * 40, np.arange(80)


def test_source_guessability_is_chance_without_a_mark(two_sources):
    texts, sources, groups = two_sources
    assert source_guessability(texts, sources, groups).accuracy < 0.75


def test_source_guessability_names_what_gives_a_source_away(two_sources):
    texts, sources, groups = two_sources
    marked = [t + " qzx" if s == "b" else t for t, s in zip(texts, sources, strict=True)]
    found = source_guessability(marked, sources, groups)
    assert found.accuracy > 0.85
    assert found.chance == 0.5
    assert any(piece in " qzx" for piece in found.sources["b"].giveaways[:4])


def test_write_card_measures_writes_and_draws_the_same_twice(tmp_path, two_sources):
    texts = two_sources[0]
    records = [Record(f"fb:{i}", t, kind="other", source="fb") for i, t in enumerate(texts)]
    data = tmp_path / "data"
    write_corpus(records[:40], tmp_path / "real.jsonl")
    write_corpus(
        [Record(f"x-{i}", t, kind="other") for i, t in enumerate(texts[40:])],
        data / "corpus" / "goods.jsonl",
    )
    write_annotations(records[:40], data / "annotations")
    (data / "README.md").write_text(
        "A\n<!-- counts:begin -->\n<!-- counts:end -->\nB\n"
        "<!-- measured:begin -->\nOLD FIGURES\n<!-- measured:end -->\n"
    )
    measured = tmp_path / "results" / "m.json"
    figures = write_measured(
        [data / "corpus"],
        [tmp_path / "real.jsonl"],
        [tmp_path / "real.jsonl"],
        measured,
        date="2026-11-24",
        command="measure",
    )
    assert figures["groups"]["n_beside_dev"] >= 40
    assert set(figures["as_read"]["sources"]) == {"authored", "fb"}
    card = write_card(data, measured)
    content = card.read_text(encoding="utf-8")
    assert "| fb | 40 |" in content
    assert "OLD FIGURES" not in content
    plots = {path.name: path.read_bytes() for path in (data / "plots").iterdir()}
    assert sorted(plots) == ["labels.svg", "sources.svg"]
    write_card(data, measured)
    assert card.read_text(encoding="utf-8") == content
    assert plots == {path.name: path.read_bytes() for path in (data / "plots").iterdir()}


def test_write_card_asks_for_the_measured_figures(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        write_card(ROOT / "data", tmp_path / "m.json")


def test_groups_of_the_authored_files_keep_their_number():
    # 4,891 captions written one by one: hardly any is a variant of another
    texts = [row.text for row in read_labelled(ROOT / "data") if isinstance(row, Record)]
    groups = assign_groups(texts)
    assert groups.max() + 1 > 0.97 * len(texts)
