"""benchmarks/service.py: which texts are sent to whom, and how they are written."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"
MODULES = ("load", "service_servers", "service_measures", "service")


@pytest.fixture(scope="module")
def service() -> Iterator[ModuleType]:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(BENCHMARKS))
        yield import_module("service")
        for name in MODULES:
            sys.modules.pop(name, None)


def asked(folder: Path, texts: list[str], others: list[str], batches: int) -> Namespace:
    for name, each in (("texts", texts), ("others", others)):
        lines = [json.dumps({"text": text}) + "\n" for text in each]
        (folder / name).write_text("".join(lines), "utf-8")
    return Namespace(texts=folder / "texts", others=folder / "others", batches=batches, seconds=0.0)


def test_read_texts_measures_with_texts_that_no_service_is_sent_before(
    service: ModuleType, tmp_path: Path
) -> None:
    texts = [f"bài {i % 900}" for i in range(1000)]
    others = [f"bài {i}" for i in range(100)] + ["khác"]
    found = service.read_texts(asked(tmp_path, texts, others, batches=1))
    assert not set(found.measured) & set(found.others)
    assert {*found.measured, *found.others} == {*texts, *others}
    assert 0 < len(found.measured) <= 220


def test_texts_are_handed_out_in_order_and_over_again(service: ModuleType) -> None:
    texts = service.Texts([], ["a", "b", "c"])
    assert (texts.take(2), texts.take(2)) == (["a", "b"], ["c", "a"])


def test_write_requests_sends_both_services_the_same_texts(service: ModuleType) -> None:
    def bodies(name: str) -> list[object]:
        written = service.measures.write_requests(name, ["a", "b", "c", "d"], 2)
        return [json.loads(each.partition(b"\r\n\r\n")[2]) for each in written]

    ours = [[post["text"] for post in body["posts"]] for body in bodies("ours")]
    theirs = [[row[0] for row in body["dataframe_split"]["data"]] for body in bodies("mlflow")]
    assert ours == theirs == [["a", "b"], ["c", "d"]]


def test_leave_cold_takes_out_what_warms_the_model(service: ModuleType, tmp_path: Path) -> None:
    code = BENCHMARKS.parent / "src/adclassifier/tracking/served_model.py"
    copy = tmp_path / "model" / code.name
    copy.parent.mkdir()
    copy.write_text(code.read_text("utf-8"), "utf-8")
    import_module("service_servers").leave_cold(tmp_path)
    lines = set(code.read_text("utf-8").splitlines()) - set(copy.read_text("utf-8").splitlines())
    assert {line.strip() for line in lines} == {"self._classifier.warm()"}
