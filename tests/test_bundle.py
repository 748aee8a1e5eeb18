"""What is saved is what is loaded, and what was there is replaced as a whole or not at all."""

import dataclasses
import os
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import numpy as np
import pytest

from adclassifier.bundle import find_bundle, load, save
from adclassifier.classifier import AdClassifier
from adclassifier.errors import (
    BundleError,
    BundleNotFoundError,
    BundleVersionError,
    InputError,
    OutputExistsError,
    UntrustedBundleError,
)

TEXTS = [
    "Kem trộn trắng da cấp tốc 7 ngày, ib 0912345678",
    "Nhận làm bằng lái xe, không cần thi",
    "Cảnh báo thủ đoạn bán thuốc giả",
    "",
    "Thuốc đặc trị tiểu đường. " * 100,
]


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ADCLASSIFIER_MODEL", raising=False)
    monkeypatch.delenv("ADCLASSIFIER_MODEL_SHA256", raising=False)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def full_size(classifier: AdClassifier) -> AdClassifier:
    """The same with 2^18 buckets, and rows of cues, of incompressible weights."""
    random = np.random.default_rng(0)
    shape = dataclasses.replace(classifier.heads.shape, n_bits=18)
    heads = dataclasses.replace(
        classifier.heads,
        shape=shape,
        idf=random.uniform(0, 8, shape.n_rows).astype(np.float16),
        weights=random.normal(size=(shape.n_rows, len(classifier.heads.names))).astype(np.float16),
    )
    assert classifier.evidence is not None
    weights = random.normal(size=shape.n_rows).astype(np.float16)
    evidence = dataclasses.replace(classifier.evidence, weights=weights)
    return dataclasses.replace(classifier, heads=heads, evidence=evidence)


def test_load_gives_the_same_probabilities_to_the_bit(
    classifier: AdClassifier, tmp_path: Path
) -> None:
    save(classifier, tmp_path / "b")
    loaded = load(tmp_path / "b")
    assert loaded.predict_proba(TEXTS).tobytes() == classifier.predict_proba(TEXTS).tobytes()


def test_load_gives_the_same_predictions(classifier: AdClassifier, tmp_path: Path) -> None:
    save(classifier, tmp_path / "b")
    assert load(tmp_path / "b").predict(TEXTS) == classifier.predict(TEXTS)


def test_load_gives_the_card_and_the_hash(classifier: AdClassifier, tmp_path: Path) -> None:
    card = {"macro_f1": 0.8125, "config": {"features": {"n_bits": 18}}, "tên": "mỹ phẩm"}
    saved = save(dataclasses.replace(classifier, card=card), tmp_path / "b")
    loaded = load(tmp_path / "b")
    assert (loaded.card, loaded.content_hash) == (card, saved.content_hash)
    assert loaded.model == f"{classifier.name}@{saved.content_hash[:12]}"


def test_save_gives_the_same_bytes_again(classifier: AdClassifier, tmp_path: Path) -> None:
    plots = {"b.svg": b"<svg/>", "a.png": b"png"}
    save(classifier, tmp_path / "one", plots=plots)
    reordered = dataclasses.replace(
        classifier,
        thresholds=dict(reversed(classifier.thresholds.items())),
        heads=dataclasses.replace(
            classifier.heads, weights=np.asfortranarray(classifier.heads.weights)
        ),
    )
    save(reordered, tmp_path / "elsewhere" / "two", plots=dict(reversed(plots.items())))
    assert contents(tmp_path / "one") == contents(tmp_path / "elsewhere" / "two")


def test_save_of_what_was_loaded_gives_the_same_bytes(bundle_folder: Path, tmp_path: Path) -> None:
    save(load(bundle_folder), tmp_path / "one")
    save(load(tmp_path / "one"), tmp_path / "two")
    assert contents(tmp_path / "one") == contents(tmp_path / "two")


def test_save_writes_no_clock_and_no_system(bundle_folder: Path) -> None:
    with zipfile.ZipFile(bundle_folder / "weights.npz") as archive:
        members = archive.infolist()
    assert {(m.date_time, m.create_system) for m in members} == {((1980, 1, 1, 0, 0, 0), 3)}


def test_save_hash_changes_with_any_file(classifier: AdClassifier, tmp_path: Path) -> None:
    bias = classifier.heads.bias.copy()
    bias[0] = np.nextafter(bias[0], np.inf)
    variants = {
        "plain": save(classifier, tmp_path / "0"),
        "plot": save(classifier, tmp_path / "1", plots={"a.svg": b"<svg/>"}),
        "other plot": save(classifier, tmp_path / "2", plots={"a.svg": b"<svg />"}),
        "card": save(dataclasses.replace(classifier, card={"x": 1}), tmp_path / "3"),
        "prior": save(dataclasses.replace(classifier, prior=0.123), tmp_path / "4"),
        "bias": save(
            dataclasses.replace(classifier, heads=dataclasses.replace(classifier.heads, bias=bias)),
            tmp_path / "5",
        ),
    }
    assert len({each.content_hash for each in variants.values()}) == len(variants)


def test_save_stays_under_12_megabytes_and_loads_in_2_seconds(
    classifier: AdClassifier, tmp_path: Path
) -> None:
    save(full_size(classifier), tmp_path / "b")
    start = time.perf_counter()
    load(tmp_path / "b")
    assert time.perf_counter() - start < 2.0
    assert sum(len(content) for content in contents(tmp_path / "b").values()) < 12e6


def test_save_replaces_a_bundle_as_a_whole(classifier: AdClassifier, tmp_path: Path) -> None:
    save(classifier, tmp_path / "b", plots={"old.png": b"old"})
    saved = save(dataclasses.replace(classifier, prior=0.2), tmp_path / "b", plots={})
    assert set(contents(tmp_path / "b")) == {"bundle.json", "card.json", "weights.npz"}
    assert load(tmp_path / "b").content_hash == saved.content_hash
    assert os.listdir(tmp_path) == ["b"]


def test_save_keeps_the_old_bundle_when_the_disk_is_full(
    classifier: AdClassifier, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = save(classifier, tmp_path / "b")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(InputError, match="No space left"):
        save(dataclasses.replace(classifier, prior=0.2), tmp_path / "b")
    assert load(tmp_path / "b").content_hash == before.content_hash
    assert os.listdir(tmp_path) == ["b"]


def test_save_keeps_the_old_bundle_when_the_last_rename_fails(
    classifier: AdClassifier, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = save(classifier, tmp_path / "b")
    rename = Path.rename

    def refuse_new(self: Path, target: Path) -> Path:
        if self.suffix == ".tmp":
            raise OSError(5, "Input/output error")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", refuse_new)
    with pytest.raises(InputError, match="Input/output error"):
        save(dataclasses.replace(classifier, prior=0.2), tmp_path / "b")
    assert load(tmp_path / "b").content_hash == before.content_hash
    assert os.listdir(tmp_path) == ["b"]


def test_save_replaces_the_folder_behind_a_link(classifier: AdClassifier, tmp_path: Path) -> None:
    save(classifier, tmp_path / "real")
    (tmp_path / "link").symlink_to("real", target_is_directory=True)
    saved = save(dataclasses.replace(classifier, prior=0.2), tmp_path / "link")
    assert (tmp_path / "link").is_symlink()
    assert load(tmp_path / "real").content_hash == saved.content_hash


@pytest.mark.parametrize(
    "files",
    [
        {"letter.txt": b"mine"},
        {"bundle.json": b"{}", "letter.txt": b"mine"},
        {"bundle.json": b'{"files": {"weights.npz": ""}}', "letter.txt": b"mine"},
        {"bundle.json": b'{"files": ["letter.txt"]}', "letter.txt": b"mine"},
        {"bundle.json": b"no json"},
    ],
)
def test_save_refuses_a_folder_that_is_no_bundle(
    classifier: AdClassifier, tmp_path: Path, files: dict[str, bytes]
) -> None:
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    with pytest.raises(OutputExistsError, match="no bundle"):
        save(classifier, tmp_path)
    assert contents(tmp_path) == files


def test_save_refuses_a_bundle_with_a_foreign_file(
    classifier: AdClassifier, tmp_path: Path
) -> None:
    save(classifier, tmp_path / "b")
    (tmp_path / "b" / "notes.txt").write_text("mine")
    with pytest.raises(OutputExistsError):
        save(classifier, tmp_path / "b")
    assert (tmp_path / "b" / "notes.txt").read_text() == "mine"


def test_save_refuses_a_file(classifier: AdClassifier, tmp_path: Path) -> None:
    (tmp_path / "b").write_text("mine")
    with pytest.raises(OutputExistsError):
        save(classifier, tmp_path / "b")
    assert (tmp_path / "b").read_text() == "mine"


def test_save_takes_an_empty_folder(classifier: AdClassifier, tmp_path: Path) -> None:
    save(classifier, tmp_path)
    assert load(tmp_path).labels == classifier.labels


@pytest.mark.parametrize("name", ["../a.png", "a/b.png", "a.py", ".png", "a.png\n", "weights.npz"])
def test_save_refuses_plots_with_other_names(
    classifier: AdClassifier, tmp_path: Path, name: str
) -> None:
    with pytest.raises(ValueError, match="plots"):
        save(classifier, tmp_path / "b", plots={name: b""})
    assert not (tmp_path / "b").exists()


def test_save_refuses_weights_of_another_type(classifier: AdClassifier, tmp_path: Path) -> None:
    heads = dataclasses.replace(
        classifier.heads,
        weights=classifier.heads.weights.astype(np.float64),
    )
    with pytest.raises(BundleError, match=r"weights: float64 .*expected <f2"):
        save(dataclasses.replace(classifier, heads=heads), tmp_path / "b")


def test_save_refuses_weights_that_overflowed(classifier: AdClassifier, tmp_path: Path) -> None:
    weights = classifier.heads.weights.copy()
    weights[3, 1] = np.inf
    heads = dataclasses.replace(classifier.heads, weights=weights)
    with pytest.raises(BundleError, match="weights: NaN or infinity"):
        save(dataclasses.replace(classifier, heads=heads), tmp_path / "b")


def test_save_refuses_a_label_that_nobody_could_load(
    classifier: AdClassifier, tmp_path: Path
) -> None:
    labels = ("horoscopes", *classifier.labels[1:])
    odd = dataclasses.replace(
        classifier,
        labels=labels,
        heads=dataclasses.replace(classifier.heads, names=(*labels, "violating", "offer")),
        thresholds={**dict.fromkeys(labels, 0.5), "offer": 0.5, "review": 0.5},
    )
    with pytest.raises(BundleVersionError, match="unknown label 'horoscopes'"):
        save(odd, tmp_path / "b")


def test_save_refuses_a_group_of_cues_that_nobody_could_load(
    classifier: AdClassifier, tmp_path: Path
) -> None:
    groups = (*classifier.heads.shape.cue_groups[:-1], "zodiac")
    shape = dataclasses.replace(classifier.heads.shape, cue_groups=groups)
    odd = dataclasses.replace(classifier, heads=dataclasses.replace(classifier.heads, shape=shape))
    with pytest.raises(BundleVersionError, match="unknown group of cues 'zodiac'"):
        save(odd, tmp_path / "b")


@pytest.mark.parametrize("path", ["nowhere", "a.txt", "empty", "nul\0"])
def test_load_names_a_bundle_that_is_not_there(tmp_path: Path, path: str) -> None:
    (tmp_path / "a.txt").write_text("no folder")
    (tmp_path / "empty").mkdir()
    with pytest.raises(BundleNotFoundError) as caught:
        load(tmp_path / path)
    assert caught.value.where == str(tmp_path / path)
    assert "expected a bundle" in caught.value.expected


def test_find_bundle_takes_the_environment(
    bundle_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ADCLASSIFIER_MODEL", str(bundle_folder))
    assert find_bundle() == bundle_folder


def test_find_bundle_prefers_the_argument(
    bundle_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ADCLASSIFIER_MODEL", "/nowhere")
    assert find_bundle(str(bundle_folder)) == bundle_folder


def test_load_takes_the_pinned_bundle(bundle_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pin = load(bundle_folder).content_hash
    monkeypatch.setenv("ADCLASSIFIER_MODEL_SHA256", pin.upper())
    assert load(bundle_folder).content_hash == pin


def test_load_prefers_the_pin_of_the_argument(
    bundle_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pin = load(bundle_folder).content_hash
    monkeypatch.setenv("ADCLASSIFIER_MODEL_SHA256", "0" * 64)
    assert load(bundle_folder, sha256=pin).content_hash == pin


@pytest.mark.parametrize("pin", ["0" * 64, "", "0" * 63, "x" * 64])
@pytest.mark.parametrize("by", ["argument", "environment"])
def test_load_refuses_another_bundle_than_the_pinned(
    bundle_folder: Path, monkeypatch: pytest.MonkeyPatch, pin: str, by: str
) -> None:
    if by == "environment":
        monkeypatch.setenv("ADCLASSIFIER_MODEL_SHA256", pin)
    with pytest.raises(UntrustedBundleError, match="pin"):
        load(bundle_folder, sha256=pin if by == "argument" else None)


@pytest.mark.model
def test_find_bundle_falls_back_to_the_package() -> None:
    assert find_bundle().name == "default_bundle"
    assert load().labels


def test_load_imports_no_training(bundle_folder: Path) -> None:
    # A command that judges one text should not wait for what only training needs.
    check = "import sys; from adclassifier import load; load(sys.argv[1]); print(*sys.modules)"
    run = subprocess.run(
        [sys.executable, "-c", check, str(bundle_folder)],
        capture_output=True,
        check=True,
        text=True,
        env={key: value for key, value in os.environ.items() if key != "ADCLASSIFIER_MODEL_SHA256"},
    )
    assert not {"sklearn", "matplotlib", "mlflow"} & set(run.stdout.split())
