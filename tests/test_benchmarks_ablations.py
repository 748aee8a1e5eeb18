"""The pure parts of benchmarks/ablations.py; its figures need the public texts."""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from adclassifier.config import load_config

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"
MODULES = ("ablations", "ablations_page", "sources")


@pytest.fixture(scope="module")
def ablations() -> Iterator[ModuleType]:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(BENCHMARKS))
        import ablations

        yield ablations
        for name in MODULES:
            sys.modules.pop(name, None)


def row(difference: float, interval: list[float]) -> dict[str, Any]:
    figure = {"roc_auc": 0.9444, "difference": difference, "interval": interval}
    return {
        "roc_auc": {"real": 0.91, "adversarial": 0.7, "plain": 0.8, "natural": 0.85},
        "average_precision": 0.65,
        "accepted": figure,
        "strict": figure,
        "seconds": 31.4,
    }


RESULT = {
    "command": "python benchmarks/ablations.py",
    "date": "2026-11-26",
    "data_sha256": "d" * 64,
    "source_sha256": "5" * 64,
    "n_draws": 1000,
    "rows": {"shipped": row(0.0, [0.0, 0.0]), "C doubled": row(-0.012, [-0.02, 0.004])},
    "missing": [],
}
TRIED = [
    {"name": "a|b", "done": "c", "without": 0.9, "with": 0.8, "date": "today", "decision": "no"}
]


def lines(page: str, start: str) -> list[str]:
    return [line for line in page.splitlines() if line.startswith(f"| {start} |")]


def test_render_writes_a_row_with_its_paired_difference(ablations):
    (written,) = lines(ablations.render(RESULT, TRIED), "C doubled")
    assert written == (
        "| C doubled | 0.910 | 0.650 | 0.944 | -0.012 (-0.020 to +0.004) "
        "| 0.944 | -0.012 (-0.020 to +0.004) | 0.700 | 0.800 | 0.850 | 31 |"
    )


def test_render_writes_no_difference_of_the_shipped_recipe_to_itself(ablations):
    (written,) = lines(ablations.render(RESULT, TRIED), "shipped")
    assert "(" not in written


def test_render_gives_every_row_of_a_table_the_same_number_of_cells(ablations):
    page = ablations.render(RESULT, TRIED).replace(r"\|", "")
    first, second = page.split("## Tried")
    for part in (first, second):
        assert len({line.count("|") for line in part.splitlines() if line.startswith("|")}) == 1


def test_render_says_command_and_that_settings_were_chosen_on_dev(ablations):
    page = ablations.render(RESULT, TRIED)
    assert "python benchmarks/ablations.py" in page
    assert "Settings were chosen on dev" in page


def test_render_names_the_rows_that_were_not_measured(ablations):
    page = ablations.render({**RESULT, "missing": ["words only", "no cues"]}, TRIED)
    assert "Not measured on these data and this source: words only, no cues." in page


def test_render_escapes_bars_of_what_was_tried(ablations):
    assert lines(ablations.render(RESULT, TRIED), r"a\|b") != []


def test_tried_file_has_the_fields_of_the_table(ablations):
    tried = tomllib.loads((BENCHMARKS / "ablations_tried.toml").read_text("utf-8"))["tried"]
    assert all(one["name"] in ablations.render(RESULT, tried) for one in tried)


def test_compare_finds_no_difference_of_scores_to_themselves(ablations):
    rng = np.random.default_rng(0)
    violating, scores = rng.random(80) < 0.3, rng.random(80)
    figure = ablations.compare(violating, scores, scores)
    assert (figure["difference"], figure["interval"]) == (0.0, [0.0, 0.0])


def test_compare_is_narrower_than_two_intervals_would_be(ablations):
    """Scores that differ a little from the reference differ by less than either varies."""
    rng = np.random.default_rng(1)
    violating = rng.random(300) < 0.3
    reference = violating + rng.normal(size=300)
    scores = reference + 0.05 * rng.normal(size=300)
    low, high = ablations.compare(violating, scores, reference)["interval"]
    alone = ablations.compare(violating, scores, np.zeros(300))["interval"]
    assert high - low < (alone[1] - alone[0]) / 3


def test_compare_sees_which_scores_are_better(ablations):
    violating = np.arange(100) % 4 == 0
    good, blind = violating + np.linspace(0, 0.5, 100), np.zeros(100)
    figure = ablations.compare(violating, good, blind)
    assert figure["roc_auc"] == 1.0
    assert figure["difference"] == pytest.approx(0.5)
    assert figure["interval"] == pytest.approx([0.5, 0.5])


def key(ablations, override="learning.c=1.0", part="", data="d", source="s"):
    return ablations.cache_key(load_config(overrides=[override]), part, data, source)


def test_cache_key_is_the_same_for_the_same_measurement(ablations):
    assert key(ablations) == key(ablations)


@pytest.mark.parametrize(
    "other",
    [{"override": "learning.c=2.0"}, {"part": "real"}, {"data": "e"}, {"source": "t"}],
    ids=lambda other: next(iter(other)),
)
def test_cache_key_changes_with_all_that_a_measurement_depends_on(ablations, other):
    assert key(ablations, **other) != key(ablations)


def test_hash_files_sees_bytes_and_names_but_no_order(ablations, tmp_path):
    one, two = tmp_path / "one", tmp_path / "two"
    one.write_text("1")
    two.write_text("2")
    before = ablations.hash_files([one, two], tmp_path)
    assert ablations.hash_files([two, one], tmp_path) == before
    one.write_text("2")
    two.write_text("1")
    assert ablations.hash_files([one, two], tmp_path) != before


def test_list_rows_overrides_settings_that_exist_and_changes_each(ablations):
    shipped = load_config()
    rows = ablations.list_rows(shipped)
    assert next(iter(rows)) == ablations.SHIPPED
    measured = {name for name in rows if name not in (ablations.SHIPPED, *ablations.PARTS)}
    assert measured != set()
    assert all(load_config(overrides=rows[name]) != shipped for name in measured)


def test_list_rows_leaves_out_what_the_shipped_recipe_is_already(ablations):
    with_runs = load_config(overrides=["features.max_words=3"])
    assert "three-word runs" in ablations.list_rows(load_config(overrides=["features.max_words=2"]))
    assert "three-word runs" not in ablations.list_rows(with_runs)


@pytest.mark.parametrize(
    ("source", "way"),
    [
        ("vlsp2019", "real"),
        ("authored:goods", "adversarial"),
        ("authored:plain_goods_health", "plain"),
        ("authored:natural_money_and_jobs", "natural"),
    ],
)
def test_way_of_says_how_texts_came_about(ablations, source, way):
    assert ablations.way_of(source) == way
