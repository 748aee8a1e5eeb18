"""benchmarks/public.py on a handful of authored texts; the public ones are no matter of tests."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import f1_score

from adclassifier.corpus import read_corpus

ROOT = Path(__file__).parents[1]
RECORDS = read_corpus("data/corpus/goods.jsonl")[::12][:60]


@pytest.fixture(scope="module")
def public() -> Iterator[ModuleType]:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT / "benchmarks"))
        import public

        yield public
        for name in ("public", "public_contenders", "public_tasks"):
            sys.modules.pop(name, None)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "vispam").mkdir()
    rows = [(record.text, int(record.violating)) for record in RECORDS]
    for name, part in (("train", rows[::3] + rows[1::3]), ("dev", rows[2::3])):
        frame = pd.DataFrame(part, columns=["Comment", "Label"])
        frame.to_csv(tmp_path / "vispam" / f"{name}.csv", index=False)
    return tmp_path


def test_read_examples_leaves_out_rows_without_text(public: ModuleType, tmp_path: Path) -> None:
    path = tmp_path / "train.csv"
    path.write_text("Comment,Label\náo thun,0\n,1\nkem trộn,1\n", encoding="utf-8")
    examples = public.read_examples(path, public.TASKS[0])
    assert examples.texts == ["áo thun", "kem trộn"]
    assert examples.y.tolist() == [0, 1]


def test_choose_offsets_finds_the_shift(public: ModuleType) -> None:
    rng = np.random.default_rng(0)
    y = rng.integers(3, size=300)
    decisions = np.eye(3)[y] + 0.1 * rng.normal(size=(300, 3)) + [0.0, -1.5, 1.5]
    offsets = public.choose_offsets(y, decisions)
    assert public.macro_f1(y, decisions.argmax(axis=1)) < 0.6
    assert public.macro_f1(y, (decisions + offsets).argmax(axis=1)) > 0.98


@pytest.mark.parametrize(
    ("y", "predicted"),
    [([0, 0, 1, 2, 2], [0, 1, 1, 2, 0]), ([0, 1, 1], [0, 0, 0]), ([0, 2, 2], [0, 2, 0])],
)
def test_macro_f1_is_scikit_learns(public: ModuleType, y: list[int], predicted: list[int]) -> None:
    expected = f1_score(y, predicted, average="macro", zero_division=0.0)
    assert public.macro_f1(np.array(y), np.array(predicted)) == pytest.approx(expected)


def test_draw_macro_f1_of_the_whole_sample_is_scikit_learns(
    public: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    y, predicted = np.array([0, 0, 1, 2, 2, 2]), np.array([0, 1, 1, 2, 0, 2])
    monkeypatch.setattr(public, "draw_weights", lambda *_: [np.ones((1, 6))])
    drawn = public.draw_macro_f1(list("abcdef"), y, predicted)
    np.testing.assert_allclose(drawn, [public.macro_f1(y, predicted)])


def test_missing_names_the_package(public: ModuleType) -> None:
    absent = public.Contender("none", lambda settings: settings, [], package="no_such_package")
    assert public.missing(absent) == "the package no_such_package is not installed"


def test_measure_judges_ours_beside_scikit_learns(
    public: ModuleType, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, reference = (
        next(c for c in public.CONTENDERS if c.name == name)
        for name in (public.OURS, public.REFERENCE)
    )
    settings = {**ours.candidates[0], "n_bits": 12}
    quick = [
        replace(ours, candidates=[settings]),
        replace(reference, candidates=reference.candidates[:1]),
    ]
    monkeypatch.setattr(public, "CONTENDERS", quick)
    result = public.measure(public.TASKS[0], folder)
    assert (result["n_train"], result["n_dev"]) == (40, 20)
    for row in result["contenders"].values():
        assert row["interval"][0] <= row["macro_f1"] <= row["interval"][1]
    assert "published, on the official test split, not on dev" in public.table({"x": result})


def test_underthesea_names_a_class_for_each_text(public: ModuleType) -> None:
    contender = next(c for c in public.CONTENDERS if c.package == "underthesea_core")
    texts = [record.text for record in RECORDS]
    y = np.array([int(record.violating) for record in RECORDS])
    decisions = contender.build(contender.candidates[0]).fit(texts, y).decide(texts)
    assert decisions.sum(axis=1).tolist() == [1.0] * len(texts)
    assert (decisions.argmax(axis=1) == y).mean() > 0.9
