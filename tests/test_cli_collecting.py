from __future__ import annotations

import gc
from collections.abc import Iterator

import pyarrow as pa
import pytest

from adclassifier.cli.collecting import (
    collect_all,
    collect_seldom,
    collect_usually,
    give_back_memory,
)


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    before = gc.get_threshold()
    yield
    assert gc.get_threshold() == before
    assert gc.get_freeze_count() == 0


def test_collect_usually_leaves_out_what_was_loaded() -> None:
    usual = gc.get_threshold()
    collect_seldom()
    assert gc.get_threshold()[0] > 10 * usual[0]
    collect_usually()
    assert gc.get_threshold() == usual
    frozen = gc.get_freeze_count()
    assert frozen
    collect_usually()
    assert gc.get_freeze_count() == frozen
    collect_all()


def test_collect_all_ends_a_start_that_failed() -> None:
    collect_seldom()
    collect_all()


def test_collect_usually_changes_nothing_by_itself() -> None:
    collect_usually()


def test_give_back_memory_has_arrow_ask_the_system() -> None:
    before = pa.default_memory_pool()
    try:
        give_back_memory()
        assert pa.default_memory_pool().backend_name == "system"
    finally:
        pa.set_memory_pool(before)
