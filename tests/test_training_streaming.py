"""Learning from blocks on disk: counting, blocks, groups, folds, descent."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from scipy.special import expit

from adclassifier.config import Config, load_config
from adclassifier.corpus import Record, assign_groups, read_corpus
from adclassifier.corpus.sketches import sketch
from adclassifier.errors import DatasetError
from adclassifier.features import FeatureShape, Tokens
from adclassifier.features.vectorizer import count_block
from adclassifier.text.normalize import normalize
from adclassifier.training.examples import lay_out
from adclassifier.training.fitting import learn_features
from adclassifier.training.learning import build_vectorizer, fit_linear
from adclassifier.training.streaming import descent
from adclassifier.training.streaming.blocks import Block, write_arrays
from adclassifier.training.streaming.groups import deal_folds, group_texts
from adclassifier.training.streaming.learning import fit_folds
from adclassifier.training.streaming.sampling import read_examples, read_rows
from adclassifier.training.streaming.spool import Spool, normalize_many, spool

CORPUS = Path(__file__).parents[1] / "data" / "corpus"
SMALL = (
    *("features.n_bits=12", "learning.n_folds=2", "learning.n_jobs=1", "bundle.name=tiny"),
    *("streaming.above=100", "streaming.block_texts=64", "streaming.visits=10000"),
)
SHAPE = FeatureShape(
    n_bits=12, border_chars=5, cue_groups=("cure_verb", "disease"), cue_weight=5.0, pair_weight=2.5
)


def quiet(_: str) -> None:
    """Say nothing."""


@pytest.fixture(scope="module")
def records() -> list[Record]:
    """Some hundred authored records of all labels."""
    return read_corpus(CORPUS)[::24]


@pytest.fixture(scope="module")
def config() -> Config:
    return load_config(overrides=SMALL)


@pytest.fixture(scope="module")
def spooled(
    records: list[Record], config: Config, tmp_path_factory: pytest.TempPathFactory
) -> Spool:
    return spool(iter(records), tmp_path_factory.mktemp("blocks"), config, quiet)


# ---- counting


def test_count_block_gives_the_bits_of_counting_text_by_text(records: list[Record]) -> None:
    texts = [
        "",
        "chữa dứt điểm viêm xoang, chữa dứt điểm",
        *(normalize(r.text).text for r in records),
    ]
    counts = count_block(texts, SHAPE)
    for i, text in enumerate(texts):
        rows, weights, _ = Tokens.of(text, SHAPE.cue_groups).occurrences(SHAPE)
        columns, inverse = np.unique(rows, return_inverse=True)
        own = counts[i]
        assert own.indices.tolist() == columns.tolist()
        assert own.data.tobytes() == np.bincount(inverse, weights).astype(np.float64).tobytes()


def test_learn_idf_from_blocks_is_that_of_all_texts(
    spooled: Spool, records: list[Record], config: Config
) -> None:
    vectorizer, features = learn_features(lay_out(records, config), config)
    ours = build_vectorizer(config).learn_idf(spooled.frequency, len(records))
    assert np.array_equal(ours.idf_, vectorizer.idf_)
    rows = np.arange(0, len(records), 7)
    difference = abs(read_rows(spooled, rows, ours) - features[rows])
    assert difference.max() < 1e-6 * features.max()


# ---- blocks


def test_spool_keeps_records_and_what_is_said_of_them(
    spooled: Spool, records: list[Record], config: Config
) -> None:
    rows = np.arange(5, len(records), 11)
    ours, theirs = read_examples(spooled, rows, config), lay_out(records, config)
    assert ours.records == tuple(records[i] for i in rows)
    assert ours.canonical == [theirs.canonical[i] for i in rows]
    for name in ("targets", "weights", "open", "real"):
        assert np.array_equal(getattr(ours, name), getattr(theirs, name)[rows])


def test_normalize_many_gives_what_normalize_gives(records: list[Record]) -> None:
    texts = [record.text for record in records]
    texts += [
        "",
        " \ud800 a\udfff",
        *(CORPUS.parents[1] / "tests" / "naughty_strings.txt").read_text("utf-8").split("\n"),
    ]
    assert normalize_many(texts) == [normalize(text).text for text in texts]


def test_spool_refuses_an_id_that_occurs_twice_in_different_blocks(
    records: list[Record], config: Config, tmp_path: Path
) -> None:
    with pytest.raises(DatasetError, match="twice"):
        spool([*records, records[0]], tmp_path, config, quiet)


def test_spool_refuses_texts_without_a_label(
    records: list[Record], config: Config, tmp_path: Path
) -> None:
    lawful = [record for record in records if not record.violating]
    with pytest.raises(DatasetError, match="carry a label"):
        spool(lawful, tmp_path, config, quiet)


def test_write_arrays_leaves_nothing_behind_when_it_fails(tmp_path: Path) -> None:
    unwritable = np.array([object()], dtype=object)
    with pytest.raises(ValueError, match="pickle"):
        write_arrays(tmp_path / "block.npz", fine=np.zeros(9), broken=unwritable)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.name == "nt", reason="kill -9 is of POSIX systems")
def test_write_arrays_killed_at_work_leaves_whole_files_alone(tmp_path: Path) -> None:
    program = (
        "import sys; import numpy as np; from pathlib import Path\n"
        "from adclassifier.training.streaming.blocks import write_arrays\n"
        "for number in range(10**6):\n"
        f"    write_arrays(Path({str(tmp_path)!r}) / f'block-{{number % 40}}.npz', "
        "values=np.full(10**6, number))\n"
        "    print(number, flush=True)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE)
    assert process.stdout is not None
    for _ in range(20):
        process.stdout.readline()
    process.send_signal(signal.SIGKILL)
    process.communicate()
    for path in tmp_path.glob("block-*.npz"):
        with np.load(path) as arrays:
            values = arrays["values"]
        assert len(values) == 10**6
        assert values.min() == values.max()


def test_block_reads_back_what_it_was_given(tmp_path: Path) -> None:
    counts = csr_matrix(np.array([[0.0, 1.5, 0.0], [0.0, 0.0, 0.0], [2.0, 0.0, 1.0]]))
    texts = ["trị nám 😀", "", "áo\nthun"]
    given = [Record(f"a-{i}", text, labels=("cosmetics",)) for i, text in enumerate(texts)]
    block = Block(tmp_path, 0, 10, 13)
    block.write(given, texts, counts)
    assert block.records() == given
    assert block.canonical() == texts
    assert block.counts(3).toarray().tolist() == counts.toarray().tolist()
    assert not list(tmp_path.glob("*.tmp"))


# ---- groups and folds


def test_group_texts_finds_the_groups_that_assign_groups_finds() -> None:
    texts = [record.text for record in read_corpus(CORPUS)[::12]]
    texts += [f"{text} gọi ngay" for text in texts[::3]]
    canonical = [normalize(text).text for text in texts]
    nobody = np.zeros(len(texts), np.int32)
    ours = group_texts(sketch(canonical), nobody, undeclared=0)
    theirs = assign_groups(texts)
    assert len(np.unique(theirs)) < len(texts)
    assert np.array_equal(ours, theirs)


def test_group_texts_joins_declared_groups() -> None:
    sketches = sketch(["kem trị nám da", "bán chung cư cũ", "áo thun cotton nam", ""])
    declared = np.array([1, 0, 1, 0], np.int32)
    assert group_texts(sketches, declared, undeclared=0).tolist() == [0, 1, 0, 2]


def test_deal_folds_keeps_groups_whole_and_shares_even() -> None:
    draw = np.random.default_rng(3)
    groups = draw.integers(0, 900, size=4000)
    groups = np.unique(groups, return_inverse=True)[1]
    violating = draw.random(4000) < 0.1
    folds = deal_folds(groups, violating, n_splits=4, random_state=0)
    assert all(len(np.unique(folds[groups == group])) == 1 for group in np.unique(groups))
    sizes, found = np.bincount(folds), np.bincount(folds, weights=violating)
    assert np.ptp(sizes) < 0.1 * sizes.mean()
    assert np.ptp(found) < 0.3 * found.mean()


# ---- descent


@pytest.mark.parametrize("margin", [-600.0, -3.0, 0.0, 2.5, 800.0])
@pytest.mark.parametrize("reach", [0.0, 0.3, 8.0])
@pytest.mark.parametrize("square", [0.0, 0.4, 3.0])
def test_step_length_solves_its_equation(margin: float, reach: float, square: float) -> None:
    step = descent.step_length(margin, reach, square)
    assert step == pytest.approx(reach * expit(-(margin + step * square)), abs=1e-3 * reach + 1e-12)


def test_descend_comes_to_the_minimum_of_the_exact_solver() -> None:
    draw = np.random.default_rng(0)
    features = csr_matrix(draw.random((400, 30)) * (draw.random((400, 30)) < 0.3))
    truth = features @ draw.normal(size=30) + draw.normal(size=400) > 0.3
    counts = draw.choice([0.2, 1.0], size=400)
    c = 2.0
    wanted, bias = fit_linear(features, truth, counts, c, 0)
    weights, average = np.zeros((31, 1)), np.zeros((31, 1))
    state = np.zeros(2, np.int64)
    for _ in range(300):
        descent.descend(
            features.indptr.astype(np.int64),
            features.indices,
            features.data.astype(np.float32),
            np.full((400, 2), [30, -1], np.int32),
            draw.permutation(400),
            truth[:, None],
            counts[:, None],
            weights,
            average,
            state,
            4.0,
            1.0 / (c * 400),
        )
    signs = np.where(truth, 1.0, -1.0)

    def loss(own: np.ndarray) -> float:
        margins = signs * (features @ own[:30] + own[30])
        return float(0.5 / c * own @ own + counts @ np.logaddexp(0.0, -margins))

    best = loss(np.append(wanted.astype(float), bias))
    assert loss(average[:, 0]) < 1.001 * best
    assert loss(0.9 * average[:, 0]) > 1.001 * best


def test_fit_folds_gives_the_same_bits_for_one_and_two_jobs(
    spooled: Spool, records: list[Record], config: Config
) -> None:
    folds = np.arange(len(records)) % 2
    vectorizer = build_vectorizer(config).learn_idf(spooled.frequency, len(records))
    both = [
        fit_folds(spooled, folds, vectorizer, load_config(overrides=[*SMALL, n_jobs]), quiet)
        for n_jobs in ("learning.n_jobs=1", "learning.n_jobs=2")
    ]
    for (weights, bias), (others, other_bias) in zip(*both, strict=True):
        assert weights.any()
        assert weights.tobytes() == others.tobytes()
        assert bias.tobytes() == other_bias.tobytes()


def test_fit_folds_does_not_learn_from_the_fold_it_leaves_out(
    spooled: Spool, records: list[Record], config: Config
) -> None:
    folds = np.arange(len(records)) % 2
    vectorizer = build_vectorizer(config).learn_idf(spooled.frequency, len(records))
    targets = spooled.examples.targets.copy()
    targets[folds == 0] = ~targets[folds == 0]
    other = replace(spooled, examples=replace(spooled.examples, targets=targets))
    without, with_ = (
        fit_folds(each, folds, vectorizer, config, quiet) for each in (spooled, other)
    )
    assert np.array_equal(without[0][0], with_[0][0])
    assert not np.array_equal(without[1][0], with_[1][0])
