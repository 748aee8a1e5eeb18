"""Many short texts at once: the plain kernel's answers, to the bit."""

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from adclassifier.features import (
    FeatureShape,
    code_points,
    find_cues,
    fold_table,
    kernels,
    token_classes,
)
from adclassifier.features.bulk_sliding import (
    ROW_COLUMNS,
    Scratch,
    Tables,
    make_scratch,
    score_many,
)
from adclassifier.features.cuts import write_windows
from adclassifier.text.normalize import normalize

ROOT = Path(__file__).parents[1]
GROUPS = ("cure_verb", "disease", "offer_cta", "offer_price", "superlative")
N_HEADS = 3
Answers = tuple[NDArray[np.float64], NDArray[np.int32]]

WORDS = st.sampled_from(
    ["trị", "tri", "dứt", "điểm", "viêm", "xoang", "mua", "ngay", "100%", "🔥", ".", "!", "\n", "ă"]
)
SOUPS = st.lists(WORDS, max_size=60).map(" ".join)
NOISE = st.text(st.characters(exclude_categories=["Cs"]), max_size=80)


@dataclass(frozen=True)
class Model:
    """Weights drawn at random: a sum that differs in the last bit shows."""

    features: FeatureShape
    tables: Tables

    @classmethod
    def of(cls, features: FeatureShape, window_chars: int = 60, stride_chars: int = 10) -> "Model":
        random = np.random.default_rng(7)
        table = np.zeros((features.n_rows, ROW_COLUMNS), np.float32)
        table[:, :N_HEADS] = random.normal(size=(features.n_rows, N_HEADS))
        table[:, N_HEADS] = random.random(features.n_rows) * 9.0
        window = np.array([window_chars, stride_chars], np.int64)
        bias = random.normal(size=N_HEADS)
        cue_weights = features.cue_weights()
        numbers = features.as_array()
        tables = Tables(token_classes(), fold_table(), numbers, cue_weights, window, table, bias)
        return cls(features, tables)

    def scratch(self, room: int = 6000, token_slots: int = 64) -> Scratch:
        return make_scratch(
            self.tables.shape,
            self.tables.window,
            room=room,
            token_slots=token_slots,
        )

    def plain(self, texts: Sequence[str]) -> Answers:
        decisions = np.empty((len(texts), N_HEADS))
        windows = np.empty((len(texts), N_HEADS, 2), np.int32)
        of = self.tables
        for i, text in enumerate(texts):
            decisions[i], windows[i] = kernels().score_text(
                code_points(text),
                of.classes,
                of.fold,
                find_cues(text, self.features.cue_groups),
                of.shape,
                of.cue_weights,
                of.window,
                of.table,
                of.bias,
            )
        return decisions, windows

    def many(self, texts: Sequence[str], scratch: Scratch) -> Answers:
        points = [code_points(text) for text in texts]
        cues = [find_cues(text, self.features.cue_groups) for text in texts]
        decisions = np.empty((len(texts), N_HEADS))
        windows = np.empty((len(texts), N_HEADS, 2), np.int32)
        score_many(
            np.concatenate([*points, np.empty(0, np.int32)]),
            starts_of(points)[:-1],
            np.diff(starts_of(points)).astype(np.int32),
            np.concatenate([*cues, np.empty((0, 3), np.int32)]),
            starts_of(cues),
            self.tables,
            scratch,
            decisions,
            windows,
        )
        return decisions, windows


def starts_of(parts: Sequence[NDArray[np.int32]]) -> NDArray[np.int64]:
    return np.cumsum([0, *(len(part) for part in parts)]).astype(np.int64)


def assert_same_bits(found: Answers, expected: Answers) -> None:
    assert found[0].tobytes() == expected[0].tobytes()
    assert found[1].tobytes() == expected[1].tobytes()


MODEL = Model.of(
    FeatureShape(
        n_bits=10,
        min_length=5,
        border_chars=5,
        cue_groups=GROUPS,
        cue_weight=5.0,
        pair_weight=2.5,
    )
)
SHAPES = {
    "no cues": FeatureShape(n_bits=10, border_chars=5),
    "no characters": FeatureShape(n_bits=10, max_chars=0, border_chars=5),
    "no borders": FeatureShape(n_bits=10, border_chars=0),
    "borders too short": FeatureShape(n_bits=10, border_chars=2),
    "shortest borders": FeatureShape(n_bits=10, border_chars=3),
    "long borders": FeatureShape(n_bits=10, border_chars=8),
    "words alone": FeatureShape(n_bits=10, max_words=1, max_chars=0),
    "three words": FeatureShape(n_bits=10, max_words=3, border_chars=4, min_length=2),
}


@pytest.fixture(scope="module")
def adverts() -> list[str]:
    """Every tenth authored text, canonical."""
    lines: list[str] = []
    for path in sorted((ROOT / "data/corpus").glob("*.jsonl")):
        lines += path.read_text(encoding="utf-8").splitlines()[::10]
    return [normalize(json.loads(line)["text"]).text for line in lines]


def test_score_many_gives_the_bits_of_score_text(adverts: list[str]) -> None:
    assert len(adverts) > 100
    assert_same_bits(MODEL.many(adverts, MODEL.scratch()), MODEL.plain(adverts))


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_score_many_gives_the_bits_of_score_text_for_each_shape(
    adverts: list[str], shape: FeatureShape
) -> None:
    model = Model.of(shape)
    texts = adverts[::7]
    assert_same_bits(model.many(texts, model.scratch()), model.plain(texts))


def test_score_many_gives_the_bits_of_score_text_for_hostile_texts() -> None:
    lines = (ROOT / "tests/naughty_strings.txt").read_text(encoding="utf-8").split("\n")
    texts = [normalize(line).text for line in lines]
    scratch = MODEL.scratch(room=max(len(text) for text in texts))
    assert_same_bits(MODEL.many(texts, scratch), MODEL.plain(texts))


@given(
    texts=st.lists(SOUPS | NOISE, max_size=4),
    sizes=st.tuples(st.integers(1, 90), st.integers(1, 60)),
)
@settings(deadline=None)
def test_score_many_gives_the_bits_of_score_text_for_any_windows(
    texts: list[str], sizes: tuple[int, int]
) -> None:
    model = Model.of(MODEL.features, *sizes)
    assert_same_bits(model.many(texts, model.scratch(room=400)), model.plain(texts))


@pytest.mark.parametrize("text", ["", " ", "a", "⟨phone⟩", "x" * 41, "trị viêm xoang. " * 320])
def test_score_many_gives_the_bits_of_score_text_for_texts_of_any_length(text: str) -> None:
    assert_same_bits(MODEL.many([text], MODEL.scratch()), MODEL.plain([text]))


@pytest.mark.parametrize("slots", [1, 2, 1 << 12])
def test_score_many_does_not_depend_on_what_its_cache_holds(adverts: list[str], slots: int) -> None:
    scratch = MODEL.scratch(token_slots=slots)
    backwards = MODEL.many(adverts[::-1], scratch)
    assert_same_bits(MODEL.many(adverts, scratch), (backwards[0][::-1], backwards[1][::-1]))


def test_score_many_gives_the_same_bits_in_two_threads(adverts: list[str]) -> None:
    halves = [adverts[::2], adverts[1::2]]
    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(lambda half: MODEL.many(half, MODEL.scratch()), halves))
    for half, answers in zip(halves, found, strict=True):
        assert_same_bits(answers, MODEL.plain(half))


def test_score_many_refuses_a_text_that_its_scratch_has_no_room_for() -> None:
    texts = ["mua ngay", "mua ngay kem", "mua ngay"]
    decisions, windows = MODEL.many(texts, MODEL.scratch(room=10))
    assert np.isnan(decisions[1]).all()
    plain = MODEL.plain(texts)
    assert_same_bits((decisions[::2], windows[::2]), (plain[0][::2], plain[1][::2]))


@given(text=SOUPS | NOISE, sizes=st.tuples(st.integers(1, 120), st.integers(1, 150)))
@settings(deadline=None)
def test_write_windows_gives_the_windows_of_cut_windows(text: str, sizes: tuple[int, int]) -> None:
    points = code_points(text)
    ranges, steps = kernels().cut_windows(points, *sizes)
    cuts = make_scratch(MODEL.tables.shape, np.array(sizes), room=max(len(text), 1)).cuts
    n = write_windows(points, sizes[1], cuts)
    assert cuts.ranges[:n].tolist() == ranges.tolist()
    assert cuts.sizes[:n].tolist() == steps.tolist()
