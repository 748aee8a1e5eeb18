"""Manifests, cards and folders that are not as `save` leaves them."""

import hashlib
import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from adclassifier.bundle import load
from adclassifier.bundle.manifest import parse_manifest
from adclassifier.errors import (
    BundleError,
    BundleNotFoundError,
    BundleVersionError,
    UntrustedBundleError,
)

REMOVED = object()


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ADCLASSIFIER_MODEL_SHA256", raising=False)


@pytest.fixture
def folder(bundle_folder: Path, tmp_path: Path) -> Path:
    shutil.copytree(bundle_folder, tmp_path / "b")
    return tmp_path / "b"


@pytest.fixture
def manifest(bundle_folder: Path) -> dict[str, Any]:
    return json.loads((bundle_folder / "bundle.json").read_bytes())


def rehash(manifest: dict[str, Any]) -> bytes:
    """The manifest as an attacker would write it: its content hash is that of the rest."""
    rest = {k: v for k, v in manifest.items() if k != "content_hash" and v is not REMOVED}
    content = json.dumps(rest, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    return json.dumps(
        {**rest, "content_hash": hashlib.sha256(content.encode()).hexdigest()}
    ).encode()


def refused(folder: Path, kind: type[BundleError] = UntrustedBundleError) -> BundleError:
    """The error, which must say where, what was found and what would be right."""
    with pytest.raises(kind) as caught:
        load(folder)
    error = caught.value
    assert error.where.startswith(str(folder))
    assert error.found
    assert error.expected
    return error


def test_parse_manifest_takes_a_manifest_that_is_only_written_anew(
    manifest: dict[str, Any],
) -> None:
    assert parse_manifest(rehash(manifest), where="m").name == manifest["name"]


SHA = "0" * 64


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("format", "1"),
        ("format", 1.5),
        ("format", True),
        ("format", None),
        ("format", REMOVED),
        ("comment", "an unknown key"),
        ("name", ""),
        ("name", "../x"),
        ("name", "x\n"),
        ("name", "\u001b[31mx"),
        ("name", "<b>"),
        ("name", REMOVED),
        ("labels", []),
        ("labels", ["medicine", "medicine"]),
        ("labels", "medicine"),
        ("labels", [7]),
        ("heads", ["violating", "offer"]),
        ("heads", []),
        ("subcode_entries", -1),
        ("subcode_entries", 1.5),
        ("subcode_entries", "9"),
        ("segmenter", "shell"),
        ("window_chars", 0),
        ("window_chars", -600),
        ("stride_chars", 0),
        ("stride_chars", 10**6),
        ("thresholds", {}),
        ("thresholds", None),
        ("prior", 0.0),
        ("prior", 1.0),
        ("prior", "0.3"),
        ("prior", float("nan")),
        ("prior", float("inf")),
        ("max_chars", 0),
        ("max_chars", 10**12),
        ("taxonomy_sha256", "new"),
        ("lexicon_sha256", "new"),
        ("lexicon_sha256", REMOVED),
        ("features", {}),
        ("features", None),
        ("features", REMOVED),
        ("ngrams", {"max_words": 3, "min_chars": 2, "max_chars": 5, "n_bits": 18}),
        ("law_as_of", "today"),
        ("files", {}),
        ("files", {"weights.npz": SHA}),
        ("files", {"weights.npz": SHA, "card.json": SHA, "../../etc/passwd": SHA}),
        ("files", {"weights.npz": SHA, "card.json": SHA, "/etc/passwd.md": SHA}),
        ("files", {"weights.npz": SHA, "card.json": SHA, "a\\b.md": SHA}),
        ("files", {"weights.npz": SHA, "card.json": SHA, "a/b.md": SHA}),
        ("files", {"weights.npz": SHA, "card.json": SHA, "run.py": SHA}),
        ("files", {"weights.npz": SHA, "card.json": SHA, "a.md\n": SHA}),
        ("files", {"weights.npz": SHA, "card.json": SHA, "bundle.json": SHA}),
        ("files", {"weights.npz": SHA, "card.json": SHA[1:]}),
        ("files", {"weights.npz": SHA, "card.json": SHA} | {f"{i}.md": SHA for i in range(99)}),
    ],
)
def test_parse_manifest_refuses_other_values(
    manifest: dict[str, Any], key: str, value: object
) -> None:
    with pytest.raises(UntrustedBundleError) as caught:
        parse_manifest(rehash(manifest | {key: value}), where="m")
    assert caught.value.where.startswith("m")
    assert caught.value.found
    assert caught.value.expected


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("max_words", 10**6),
        ("max_words", 0),
        ("min_chars", -1),
        ("max_chars", 10**6),
        ("n_bits", 40),
        ("n_bits", -1),
        ("n_bits", REMOVED),
        ("min_length", -1),
        ("border_chars", 10**6),
        ("border_chars", -1),
        ("border_chars", REMOVED),
        ("cue_groups", ["guarantee", "disease"]),
        ("cue_groups", ["disease", "disease"]),
        ("cue_groups", ["disease", 7]),
        ("cue_groups", ["Disease"]),
        ("cue_groups", ["../disease"]),
        ("cue_groups", ["a\n"]),
        ("cue_groups", [""]),
        ("cue_groups", "disease"),
        ("cue_groups", None),
        ("cue_groups", [f"g{i:03}" for i in range(401)]),
        ("cue_groups", REMOVED),
        ("cue_weight", -0.1),
        ("cue_weight", float("nan")),
        ("cue_weight", float("inf")),
        ("cue_weight", 1e9),
        ("cue_weight", "5"),
        ("cue_weight", None),
        ("cue_weight", REMOVED),
        ("pair_weight", -0.1),
        ("pair_weight", float("nan")),
        ("pair_weight", float("-inf")),
        ("pair_weight", 1e9),
        ("pair_weight", REMOVED),
        ("idf_shift", 1.0),
    ],
)
def test_parse_manifest_refuses_other_features(
    manifest: dict[str, Any], key: str, value: object
) -> None:
    features = {k: v for k, v in {**manifest["features"], key: value}.items() if v is not REMOVED}
    with pytest.raises(UntrustedBundleError) as caught:
        parse_manifest(rehash(manifest | {"features": features}), where="m")
    assert caught.value.where.startswith("m: features")


def test_parse_manifest_takes_features_without_cues(manifest: dict[str, Any]) -> None:
    none = {"cue_groups": [], "cue_weight": 0.0, "pair_weight": 0.0}
    parsed = parse_manifest(rehash(manifest | {"features": manifest["features"] | none}), where="m")
    shape = parsed.features.shape()
    assert shape.n_rows == shape.n_buckets == 2 ** manifest["features"]["n_bits"]


@pytest.mark.parametrize("value", [-0.1, 1.1, float("nan"), None, "0.5"])
def test_parse_manifest_refuses_thresholds_outside_0_to_1(
    manifest: dict[str, Any], value: object
) -> None:
    thresholds = {**manifest["thresholds"], "offer": value}
    with pytest.raises(UntrustedBundleError, match=r"thresholds\.offer"):
        parse_manifest(rehash(manifest | {"thresholds": thresholds}), where="m")


@pytest.mark.parametrize("change", [{"more": 0.5}, {"review": REMOVED}])
def test_parse_manifest_refuses_thresholds_of_other_heads(
    manifest: dict[str, Any], change: dict[str, Any]
) -> None:
    thresholds = {
        key: value
        for key, value in {**manifest["thresholds"], **change}.items()
        if value is not REMOVED
    }
    with pytest.raises(UntrustedBundleError, match="expected one each for"):
        parse_manifest(rehash(manifest | {"thresholds": thresholds}), where="m")


@pytest.mark.parametrize(
    "data",
    [b"", b"null", b"[]", b"{", b"\xff\xfe", b"[" * 100_000, b'{"a":' * 100_000, b"\x80\x04N."],
)
def test_parse_manifest_refuses_what_is_no_object(data: bytes) -> None:
    with pytest.raises(UntrustedBundleError):
        parse_manifest(data, where="m")


def test_parse_manifest_repeats_no_foreign_value(manifest: dict[str, Any]) -> None:
    with pytest.raises(UntrustedBundleError) as caught:
        parse_manifest(rehash(manifest | {"segmenter": "\u001b]0;owned\u0007"}), where="m")
    assert "owned" not in str(caught.value)


@pytest.mark.parametrize("found", [0, 1, 3, 99])
def test_load_names_another_format(folder: Path, manifest: dict[str, Any], found: int) -> None:
    (folder / "bundle.json").write_bytes(rehash(manifest | {"format": found, "a_new_key": 1}))
    error = refused(folder, BundleVersionError)
    assert error.found == str(found)
    assert "reads 2" in error.expected


@pytest.mark.parametrize("code", ["medicine.horoscope", "horoscopes.paid", "medicine"])
def test_load_names_unknown_subcodes(folder: Path, manifest: dict[str, Any], code: str) -> None:
    codes = [code, *manifest["subcodes"][1:]]
    (folder / "bundle.json").write_bytes(rehash(manifest | {"subcodes": codes}))
    assert f"unknown sub-code '{code}'" in refused(folder, BundleVersionError).found


def test_load_names_unknown_labels(folder: Path, manifest: dict[str, Any]) -> None:
    labels = ["horoscopes", *manifest["labels"][1:]]
    thresholds = dict.fromkeys([*labels, "offer", "review"], 0.5)
    changes = {
        "labels": labels,
        "heads": [*labels, "violating", "offer"],
        "thresholds": thresholds,
        "subcodes": [],
    }
    (folder / "bundle.json").write_bytes(rehash(manifest | changes))
    assert "unknown label 'horoscopes'" in refused(folder, BundleVersionError).found


def test_load_names_unknown_groups_of_cues(folder: Path, manifest: dict[str, Any]) -> None:
    groups = [*manifest["features"]["cue_groups"][:-1], "zodiac"]
    features = manifest["features"] | {"cue_groups": groups}
    (folder / "bundle.json").write_bytes(rehash(manifest | {"features": features}))
    assert "unknown group of cues 'zodiac'" in refused(folder, BundleVersionError).found


@pytest.mark.parametrize(
    "card", [b"", b"[]", b"null", b"{", b'{"f1": NaN}', b"\xff", b'{"a":' * 100_000]
)
def test_load_refuses_a_card_that_is_no_object(
    folder: Path, manifest: dict[str, Any], card: bytes
) -> None:
    (folder / "card.json").write_bytes(card)
    files = manifest["files"] | {"card.json": hashlib.sha256(card).hexdigest()}
    (folder / "bundle.json").write_bytes(rehash(manifest | {"files": files}))
    assert "card.json" in refused(folder).where


@pytest.mark.parametrize("name", ["weights.npz", "card.json"])
def test_load_names_a_missing_file(folder: Path, name: str) -> None:
    (folder / name).unlink()
    assert refused(folder).where == str(folder / name)


def test_load_finds_no_bundle_without_a_manifest(folder: Path) -> None:
    (folder / "bundle.json").unlink()
    refused(folder, BundleNotFoundError)


@pytest.mark.parametrize("name", ["run.py", ".hidden", "weights.pkl", "card.JSON"])
def test_load_refuses_files_that_are_not_listed(folder: Path, name: str) -> None:
    (folder / name).write_bytes(b"")
    assert repr(name) in refused(folder).found


def test_load_refuses_folders_inside(folder: Path) -> None:
    (folder / "more").mkdir()
    assert "'more'" in refused(folder).found


@pytest.mark.parametrize("name", ["bundle.json", "weights.npz", "card.json"])
def test_load_refuses_links_in_place_of_files(folder: Path, name: str) -> None:
    (folder / name).rename(folder.parent / name)
    (folder / name).symlink_to(folder.parent / name)
    error = refused(folder)
    assert (error.where, error.found) == (str(folder / name), "a link")


@pytest.mark.parametrize("name", ["bundle.json", "weights.npz"])
@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes have no names on this system")
def test_load_does_not_wait_for_a_pipe(folder: Path, name: str) -> None:
    (folder / name).unlink()
    os.mkfifo(folder / name)
    assert refused(folder).where == str(folder / name)


@pytest.mark.parametrize("name", ["bundle.json", "weights.npz"])
def test_load_refuses_a_folder_in_place_of_a_file(folder: Path, name: str) -> None:
    (folder / name).unlink()
    (folder / name).mkdir()
    assert refused(folder).where == str(folder / name)


def test_load_refuses_a_file_larger_than_any_bundle(folder: Path) -> None:
    with (folder / "weights.npz").open("r+b") as stream:
        stream.truncate(2**40)  # a hole: takes no room on the disk
    assert str(2**40) in refused(folder).found


def test_load_follows_a_link_to_the_folder(folder: Path) -> None:
    (folder.parent / "link").symlink_to(folder, target_is_directory=True)
    assert load(folder.parent / "link").content_hash == load(folder).content_hash
