"""The pure parts of benchmarks/measure.py and benchmarks/readme.py."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from adclassifier.corpus import Record

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"
MODULES = ("measure", "readme")


@pytest.fixture(scope="module")
def modules() -> Iterator[dict[str, ModuleType]]:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(BENCHMARKS))
        yield {name: import_module(name) for name in MODULES}
        for name in MODULES:
            sys.modules.pop(name, None)


def test_leave_out_keeps_the_others(
    modules: dict[str, ModuleType], sample_records: list[Record], tmp_path: Path
) -> None:
    ids = tmp_path / "ids.txt"
    ids.write_text("\n".join(record.id for record in sample_records[:3]) + "\n", encoding="utf-8")
    assert modules["measure"].leave_out(sample_records, ids) == sample_records[3:]


def test_leave_out_refuses_an_id_of_no_record(
    modules: dict[str, ModuleType], sample_records: list[Record], tmp_path: Path
) -> None:
    ids = tmp_path / "ids.txt"
    ids.write_text("nobody:1\n", encoding="utf-8")
    with pytest.raises(SystemExit, match=r"ids\.txt: 1 ids of no record, as nobody:1"):
        modules["measure"].leave_out(sample_records, ids)


@pytest.mark.parametrize(
    ("model", "without", "expected"),
    [
        (None, None, "adclassifier evaluate dev.jsonl --json"),
        ("models/local", None, "adclassifier evaluate dev.jsonl --model models/local --json"),
        (None, "a/ids.txt", "python benchmarks/measure.py own dev.jsonl --without ids.txt"),
    ],
)
def test_command_is_what_a_user_types(
    modules: dict[str, ModuleType], model: str | None, without: str | None, expected: str
) -> None:
    asked = Namespace(
        name="own",
        file=Path("/somewhere/dev.jsonl"),
        model=Path(model) if model else None,
        without=Path(without) if without else None,
    )
    assert modules["measure"].command(asked) == expected


def test_strangers_names_the_worst_tricks_first(modules: dict[str, ModuleType]) -> None:
    kinds = {f"t{kept}": {"kept_recall": kept / 10} for kept in range(9, 0, -1)}
    [line] = modules["readme"].strangers({"evasion": {"kinds": kinds}})
    assert line.startswith("- Of 9 imitated tricks")
    assert line.endswith("`t1` 10%, `t2` 20%, `t3` 30%, `t4` 40%, `t5` 50%, `t6` 60%.")


def test_strangers_names_the_worst_source_first(modules: dict[str, ModuleType]) -> None:
    sources: dict[str, Any] = {
        name: {"accepted": {"left_out": {"value": value}}}
        for name, value in (("easy", 0.9), ("hard", 0.7))
    }
    mean = {"accepted": {"value": 0.8, "interval": [0.75, 0.85]}}
    [line] = modules["readme"].strangers({"sources": {"sources": sources, "mean": mean}})
    assert line.endswith("0.800 (0.75–0.85) on average; `hard` 0.700, `easy` 0.900.")


def test_strangers_says_nothing_of_what_was_not_measured(modules: dict[str, ModuleType]) -> None:
    assert modules["readme"].strangers({}) == []
