"""Intercepts of sources take up what their texts share, and are gone when the model serves."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from adclassifier.config import Config, load_config
from adclassifier.corpus import Record
from adclassifier.training.examples import Examples, lay_out
from adclassifier.training.learning import fit_heads, fit_linear, own_intercepts

SMALL = ["learning.n_jobs=1", "data.weights={default = 1.0}"]
WITH, WITHOUT = (
    load_config(overrides=[*SMALL, f"data.own_intercepts={kinds}"])
    for kinds in ('["authored"]', "[]")
)


@pytest.fixture(scope="module")
def examples(sample_records: list[Record]) -> Examples:
    """Forty violating texts of one authored file, ten of another with as many lawful, ten real."""
    violating = [record for record in sample_records if record.violating]
    lawful = [record for record in sample_records if not record.violating]
    parts = [
        *(replace(record, source="authored:all") for record in violating[:40]),
        *(replace(record, source="authored:half") for record in [*violating[40:50], *lawful[:10]]),
        *(replace(record, source="posts") for record in [*violating[50:55], *lawful[10:15]]),
    ]
    return lay_out(parts, WITH)


def sources(examples: Examples) -> NDArray[np.str_]:
    return np.array([record.source for record in examples.records])


@pytest.mark.parametrize(
    ("kinds", "names"),
    [
        (["authored"], ["authored:all", "authored:half"]),
        (["authored", "posts"], ["authored:all", "authored:half", "posts"]),
        (["posts"], ["posts"]),
        ([], []),
    ],
)
def test_own_intercepts_gives_each_source_of_the_kinds_a_column(
    examples: Examples, kinds: list[str], names: list[str]
) -> None:
    expected = sources(examples)[:, None] == np.array(names, dtype=str)[None, :]
    assert np.array_equal(own_intercepts(examples, kinds).toarray(), expected)


def test_own_intercepts_gives_real_texts_alone_no_column(examples: Examples) -> None:
    real = replace(examples, records=tuple(r for r in examples.records if r.source == "posts"))
    assert own_intercepts(real, ["authored"]).shape == (10, 0)


def test_own_intercepts_lets_a_source_of_violating_texts_raise_its_own_column(
    examples: Examples,
) -> None:
    target = examples.targets[:, examples.column("violating")]
    columns = own_intercepts(examples, ["authored"])
    weights, _ = fit_linear(columns, target, np.ones(len(target)), 2.0, 0)
    assert weights[0] > 1.0 > weights[1]


def test_fit_heads_gives_weights_of_the_features_alone(examples: Examples) -> None:
    features = csr_matrix(np.random.default_rng(0).random((len(examples.records), 7)))
    ((weights, bias),) = fit_heads(examples, features, None, WITH)
    assert weights.shape == (7, len(examples.heads))
    assert bias.shape == (len(examples.heads),)


def test_fit_heads_blames_no_word_for_what_its_source_explains(examples: Examples) -> None:
    # the one feature is a word that stands in all texts of the file with nothing but violating ones
    features = csr_matrix((sources(examples) == "authored:all").astype(float)[:, None])
    head = examples.column("violating")
    blamed, spared = (word_weight(examples, features, each, head) for each in (WITHOUT, WITH))
    assert 0.0 < spared < 0.75 * blamed


def word_weight(examples: Examples, features: csr_matrix, config: Config, head: int) -> float:
    ((weights, _),) = fit_heads(examples, features, None, config)
    return float(weights[0, head])
