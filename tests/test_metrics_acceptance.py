from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adclassifier.metrics import could_go_either_way
from adclassifier.metrics.acceptance import accepted_truth, either_way_mask

CODES = ("medicine", "supplement", "cosmetics")


def row(codes: str) -> np.ndarray:
    """Give an indicator row: "m", "s", "c" stand for the three labels."""
    return np.array([[code[0] in codes for code in CODES]])


def truth_of(written: str, chosen: str, accept: str) -> str:
    """Give the truth that counts, "v" for violating; "l" in accept is legal."""
    legal = np.array(["l" in accept])
    truth = accepted_truth(row(written), row(chosen), row(accept), legal)[0]
    return "".join(name for name, true in zip("mscv", truth, strict=True) if true)


@pytest.mark.parametrize(
    ("written", "chosen", "accept", "expected"),
    [
        # without accept the truth is what is written
        ("c", "", "", "cv"),
        ("c", "m", "", "cv"),
        ("", "m", "", ""),
        # lawful, a label accepted
        ("", "", "m", ""),
        ("", "m", "m", "mv"),
        ("", "m", "ms", "mv"),
        ("", "ms", "ms", "msv"),
        ("", "s", "m", ""),
        ("", "ms", "m", "mv"),
        # written, legal accepted
        ("c", "", "l", ""),
        ("c", "c", "l", "cv"),
        ("c", "m", "l", "v"),
        # written, another label accepted: in its place or beside it, but not nothing
        ("c", "m", "m", "mv"),
        ("c", "cm", "m", "mcv"),
        ("c", "c", "m", "cv"),
        ("c", "", "m", "cv"),
        ("c", "s", "m", "cv"),
        ("c", "sm", "m", "mv"),
        # both
        ("c", "", "ml", ""),
        ("c", "m", "ml", "mv"),
        # one stand-in replaces one missing label
        ("sc", "m", "m", "mcv"),
        ("sc", "mc", "m", "mcv"),
        ("sc", "", "l", ""),
        # naming what is written already changes nothing
        ("c", "", "c", "cv"),
        # legal accepted for a lawful record changes nothing
        ("", "m", "l", ""),
        ("", "", "l", ""),
    ],
)
def test_accepted_truth_follows_the_rule(
    written: str, chosen: str, accept: str, expected: str
) -> None:
    assert truth_of(written, chosen, accept) == expected


codes = st.sets(st.sampled_from("msc")).map("".join)
accepts = st.sets(st.sampled_from("mscl")).map("".join)


@given(codes, codes, accepts)
def test_accepted_truth_never_makes_an_error(written: str, chosen: str, accept: str) -> None:
    truth = set(truth_of(written, chosen, accept))
    as_written = set(written) | ({"v"} if written else set())
    as_chosen = set(chosen) | ({"v"} if chosen else set())
    assert truth ^ as_chosen <= as_written ^ as_chosen


@given(codes, codes, accepts)
def test_accepted_truth_differs_only_where_it_could_go_either_way(
    written: str, chosen: str, accept: str
) -> None:
    truth = accepted_truth(row(written), row(chosen), row(accept), np.array(["l" in accept]))[0]
    open_entries = either_way_mask(row(written), row(accept), np.array(["l" in accept]))[0]
    as_written = np.append(row(written)[0], bool(written))
    assert not ((truth != as_written) & ~open_entries).any()


@given(codes, accepts)
def test_accepted_truth_of_the_written_choice_is_what_is_written(written: str, accept: str) -> None:
    assert set(truth_of(written, written, accept)) - {"v"} == set(written)


@pytest.mark.parametrize(
    ("labels", "accept", "expected"),
    [
        ((), (), [0, 0, 0, 0]),
        ((), ("medicine",), [1, 0, 0, 1]),
        ((), ("legal",), [0, 0, 0, 0]),
        (("cosmetics",), (), [0, 0, 0, 0]),
        (("cosmetics",), ("legal",), [0, 0, 1, 1]),
        (("cosmetics",), ("medicine",), [1, 0, 1, 0]),
        (("cosmetics",), ("medicine", "legal"), [1, 0, 1, 1]),
        (("cosmetics",), ("cosmetics",), [0, 0, 0, 0]),
        (("supplement", "cosmetics"), ("medicine",), [1, 1, 1, 0]),
    ],
)
def test_could_go_either_way_marks_open_entries(
    labels: tuple[str, ...], accept: tuple[str, ...], expected: list[int]
) -> None:
    record = SimpleNamespace(labels=labels, accept=accept)
    assert could_go_either_way([record], CODES).astype(int).tolist() == [expected]


def test_could_go_either_way_takes_no_records() -> None:
    assert could_go_either_way([], CODES).shape == (0, 4)
