from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from sklearn import metrics as reference

from adclassifier.metrics.acceptance import View
from adclassifier.metrics.slices import length_band, slice_figures, slice_members, worst_slices

N_ROWS = 200


def record(row: int) -> Any:
    violating = row % 4 == 0
    return SimpleNamespace(
        text="a" * (row * 5),
        labels=("medicine", "smuggled") if violating else (),
        subcodes=("medicine.prescription",) if violating else (),
        kind="violating_ad" if violating else "news",
        style=("emoji", "caps") if row % 3 == 0 else (),
        platform=None,
        source=("captions", "tiki")[row % 7 == 0],
        post_type="",
    )


def view(open_rows: int = 0) -> View:
    rng = np.random.default_rng(0)
    written = (np.arange(N_ROWS) % 4 == 0)[:, None]
    score = np.round(rng.random(N_ROWS) + 0.3 * written[:, 0], 1)[:, None]
    ranked = (np.arange(N_ROWS) >= open_rows)[:, None]
    return View(written=written, truth=written, chosen=score > 0.7, ranked=ranked, score=score)


def test_slice_members_lists_every_field_and_skips_missing_values() -> None:
    members = slice_members([record(row) for row in range(N_ROWS)])
    assert {field for field, _ in members} == {
        "label", "subcode", "kind", "style", "source", "length"
    }  # fmt: skip
    assert members["style", "emoji"].sum() == 67
    assert (members["label", "medicine"] == members["label", "smuggled"]).all()
    assert members["kind", "news"].sum() == 150
    assert sum(rows.sum() for (field, _), rows in members.items() if field == "length") == N_ROWS


@pytest.mark.parametrize(
    ("length", "band"),
    [(0, "0-49"), (49, "0-49"), (50, "50-149"), (299, "150-299"), (300, "300-599"), (600, "600+")],
)
def test_length_band_counts_code_points(length: int, band: str) -> None:
    assert length_band("ệ" * length) == band


@pytest.mark.parametrize("open_rows", [0, 60])
def test_slice_figures_equal_scikit_learn(open_rows: int) -> None:
    members = slice_members([record(row) for row in range(N_ROWS)])
    judged = view(open_rows)
    figures = slice_figures(judged, members)
    truth, chosen, score = judged.truth[:, 0], judged.chosen[:, 0], judged.score[:, 0]
    for value in ("captions", "tiki"):
        rows, part = members["source", value], figures["source"][value]
        kept = rows & judged.ranked[:, 0]
        assert part["n"] == rows.sum()
        assert part["n_violating"] == truth[rows].sum()
        assert part["f1"] == pytest.approx(reference.f1_score(truth[rows], chosen[rows]))
        assert part["recall"] == pytest.approx(reference.recall_score(truth[rows], chosen[rows]))
        assert part["fpr"] == pytest.approx(chosen[rows & ~truth].mean())
        assert part["roc_auc"] == pytest.approx(reference.roc_auc_score(truth[kept], score[kept]))


def test_slice_figures_are_none_where_there_is_nothing_to_compare() -> None:
    figures = slice_figures(view(), slice_members([record(row) for row in range(N_ROWS)]))
    news, medicine = figures["kind"]["news"], figures["label"]["medicine"]
    assert (news["f1"], news["recall"], news["roc_auc"]) == (None, None, None)
    assert news["fpr"] > 0
    assert (medicine["f1"], medicine["fpr"], medicine["roc_auc"]) == (None, None, None)
    assert medicine["recall"] > 0


def part(n: int, n_violating: int, score: float | None) -> dict[str, Any]:
    return {"n": n, "n_violating": n_violating} | dict.fromkeys(
        ("f1", "recall", "fpr", "roc_auc"), score
    )


def test_worst_slices_leave_small_slices_out() -> None:
    worst = worst_slices({
        "source": {"large": part(100, 20, 0.5), "few_violating": part(100, 19, 0.1)},
        "kind": {"few_lawful": part(39, 20, 0.4) | {"fpr": 0.9}},
        "style": {"only_violating": part(30, 30, None)},
    })  # fmt: skip
    assert {figure: one["value"] for figure, one in worst.items()} == {
        "f1": "few_lawful", "recall": "few_lawful", "roc_auc": "large", "fpr": "large"
    }  # fmt: skip
    assert worst["roc_auc"] == {
        "field": "source", "value": "large", "score": 0.5, "n": 100, "n_violating": 20
    }  # fmt: skip


def test_worst_slices_name_nothing_when_all_are_small() -> None:
    assert worst_slices({"source": {"small": part(40, 10, 0.5)}}) == {}
    assert worst_slices({}) == {}
