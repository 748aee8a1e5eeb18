import numpy as np
import pytest

from adclassifier.corpus import Record, assign_groups, group_folds, require_groups, split_by_group
from adclassifier.corpus.groups import syllable_pairs
from adclassifier.errors import LabelCountError

BASE = "Kem trị nám tàn nhang nhà làm, 350k một hũ, freeship toàn quốc nha mấy chị"


@pytest.mark.parametrize(
    "variant",
    [
        BASE,
        BASE.upper(),
        "Kem tri nam tan nhang nha lam, 350k mot hu, freeship toan quoc nha may chi",
        "🔥🔥 " + BASE + " ❤️ 0912 345 678",
        BASE.replace("350k", "290k"),
        BASE.replace(", ", "\n"),
    ],
)
def test_assign_groups_joins_variants(variant):
    assert assign_groups([BASE, "Bán căn hộ hai phòng ngủ", variant]).tolist() == [0, 1, 0]


@pytest.mark.parametrize(
    "other",
    [
        "Kem dưỡng ẩm ban đêm 350k, freeship nội thành",
        "Thuốc trị nám có an toàn không mấy chị",
        "",
    ],
)
def test_assign_groups_keeps_other_texts_apart(other):
    assert assign_groups([BASE, other]).tolist() == [0, 1]


def test_assign_groups_does_not_join_texts_without_syllables():
    assert assign_groups(["🔥", "", "🔥"]).tolist() == [0, 1, 2]


def test_assign_groups_joins_neighbours_of_neighbours_and_declared_groups():
    first, middle, last = "a b c d e f g h", "c d e f g h i j", "e f g h i j k l"
    assert assign_groups([first, last]).tolist() == [0, 1]
    assert assign_groups([first, last, middle]).tolist() == [0, 0, 0]
    declared = ["", "pair-1", "", "pair-1"]
    assert assign_groups(["x1", "x2", "x3", "x4"], declared=declared).tolist() == [0, 1, 2, 1]


def test_assign_groups_of_nothing_is_empty():
    assert assign_groups([]).shape == (0,)


def test_assign_groups_finds_what_exact_search_finds():
    rng = np.random.default_rng(0)
    texts = []
    for _ in range(60):
        words = [f"w{number}" for number in rng.integers(0, 5000, 30)]
        texts.append(" ".join(words))
        words[int(rng.integers(30))] = "khác"
        texts.append(" ".join(words))
    shingles = [syllable_pairs(text) for text in texts]
    groups = assign_groups(texts)
    for i, own in enumerate(shingles):
        for j, other in enumerate(shingles[:i]):
            near = len(own & other) >= 0.5 * len(own | other)
            assert near == (groups[i] == groups[j])


@pytest.fixture
def dealt():
    rng = np.random.default_rng(1)
    groups = rng.integers(0, 120, 400)
    return groups, rng.random(400) < 0.3


def test_group_folds_part_no_group(dealt):
    groups, y = dealt
    folds = group_folds(groups, y, n_splits=4)
    assert all(len(set(folds[groups == group])) == 1 for group in groups)
    assert sorted(set(folds)) == [0, 1, 2, 3]
    assert all(abs(y[folds == fold].mean() - y.mean()) < 0.1 for fold in range(4))


def test_group_folds_depend_on_the_seed_alone(dealt):
    groups, y = dealt
    assert (group_folds(groups, y) == group_folds(groups, y)).all()
    assert (group_folds(groups, y) != group_folds(groups, y, random_state=1)).any()


@pytest.mark.parametrize(
    ("groups", "y", "found"),
    [
        ([0, 1, 2], [1, 0, 0], "1 groups of near-duplicates with a label and 2 without"),
        ([0, 0, 0, 1, 2], [1, 1, 1, 0, 0], "1 groups of near-duplicates with a label and 2"),
        ([0, 1, 2], [1, 1, 1], "3 groups of near-duplicates with a label and 0 without"),
    ],
)
def test_require_groups_counts_the_groups_of_either_kind(groups, y, found):
    with pytest.raises(LabelCountError) as error:
        require_groups(groups, y, n_splits=2)
    assert found in error.value.found
    assert "at least 2 of each" in error.value.expected


def test_require_groups_lets_through_what_can_be_dealt():
    groups, y = [0, 1, 2, 3], [1, 1, 0, 0]
    require_groups(groups, y, n_splits=2)
    assert sorted(set(group_folds(groups, y, n_splits=2))) == [0, 1]


def test_split_by_group_parts_no_group(dealt):
    groups, y = dealt
    train, test = split_by_group(groups, y, test_share=0.25)
    assert sorted([*train, *test]) == list(range(400))
    assert not set(groups[train]) & set(groups[test])
    assert 60 < len(test) < 140


def test_record_compares_without_its_place():
    assert Record("a", "x", where="f:1") == Record("a", "x", where="g:2")
