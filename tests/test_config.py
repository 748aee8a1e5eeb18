from __future__ import annotations

from pathlib import Path

import pytest

from adclassifier.config import load_config
from adclassifier.errors import ConfigError


def test_load_config_lets_a_file_override_the_defaults_and_a_setting_override_the_file(
    tmp_path: Path,
) -> None:
    file = tmp_path / "mine.toml"
    file.write_text("[features]\nn_bits = 12\nmax_words = 1\n", encoding="utf-8")
    config = load_config(file, ["features.max_words=2", "bundle.name=mine"])
    assert (config.features.n_bits, config.features.max_words) == (12, 2)
    assert config.bundle.name == "mine"


def test_load_config_keeps_other_weights_when_one_source_is_set() -> None:
    weights = load_config(overrides=["data.weights.tiki=0.5"]).data.weights
    assert weights["tiki"] == 0.5
    assert "authored" in weights


@pytest.mark.parametrize(
    ("override", "named"),
    [
        ("features.n_bit=12", "n_bit"),
        ("features.n_bits=60", "n_bits"),
        ("features.segmenter=words", "segmenter"),
        ("windows.stride=400", "stride"),
        ("learning.c=0", "learning.c"),
        ("thresholds.review_recall=1.5", "review_recall"),
        ("bundle.name=A B", "bundle.name"),
        ("nonsense", "section.name=value"),
    ],
)
def test_load_config_names_the_setting_that_is_wrong(override: str, named: str) -> None:
    with pytest.raises(ConfigError, match=named.replace(".", r"\.")):
        load_config(overrides=[override])


@pytest.mark.parametrize("content", [b"features = [", b"\xff\xfe"])
def test_load_config_names_a_file_that_is_no_toml(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "mine.toml"
    file.write_bytes(content)
    with pytest.raises(ConfigError, match=r"mine\.toml"):
        load_config(file)


def test_load_config_names_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"gone\.toml"):
        load_config(tmp_path / "gone.toml")
