"""Bundles that someone damaged or forged: every hash made right again, as an attacker would."""

import hashlib
import io
import json
import os
import pickle
import shutil
import struct
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adclassifier.bundle import load
from adclassifier.bundle.arrays import ArrayForm, read_npz
from adclassifier.errors import BundleError, UntrustedBundleError
from adclassifier.lexicon import load_lexicon

Members = list[tuple[str, bytes]]


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ADCLASSIFIER_MODEL_SHA256", raising=False)


@pytest.fixture
def folder(bundle_folder: Path, tmp_path: Path) -> Path:
    """A copy to spoil, with a plot."""
    shutil.copytree(bundle_folder, tmp_path / "b")
    (tmp_path / "b" / "extra.svg").write_bytes(b"<svg/>")
    forge(tmp_path / "b", {"extra.svg": b"<svg/>"})
    return tmp_path / "b"


def forge(folder: Path, files: dict[str, bytes], **changes: Any) -> None:
    """Write files and change keys of the manifest, then make every hash right."""
    manifest = json.loads((folder / "bundle.json").read_bytes())
    del manifest["content_hash"]
    for name, content in files.items():
        (folder / name).write_bytes(content)
        manifest["files"][name] = hashlib.sha256(content).hexdigest()
    manifest |= changes
    content = json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    manifest["content_hash"] = hashlib.sha256(content.encode()).hexdigest()
    (folder / "bundle.json").write_text(json.dumps(manifest), "utf-8")


def unpack(folder: Path) -> Members:
    with zipfile.ZipFile(folder / "weights.npz") as archive:
        return [(member.filename, archive.read(member)) for member in archive.infolist()]


@pytest.mark.filterwarnings("ignore:Duplicate name:UserWarning")  # some of our forgeries have one
def pack(members: Members, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", compression) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return packed.getvalue()


def npy(array: np.ndarray[Any, Any], version: tuple[int, int] = (1, 0)) -> bytes:
    stored = io.BytesIO()
    np.lib.format.write_array(stored, array, version=version)
    return stored.getvalue()


def with_array(folder: Path, name: str, content: bytes) -> bytes:
    return pack([(n, content if n == f"{name}.npy" else c) for n, c in unpack(folder)])


def stored(folder: Path, name: str) -> Any:
    return np.load(io.BytesIO(dict(unpack(folder))[f"{name}.npy"])).copy()


def refused(folder: Path, kind: type[BundleError] = UntrustedBundleError) -> BundleError:
    """The error, which must say where, what was found and what would be right."""
    with pytest.raises(kind) as caught:
        load(folder)
    error = caught.value
    assert error.where.startswith(str(folder))
    assert error.found
    assert error.expected
    return error


def test_load_takes_a_bundle_that_is_only_made_anew(folder: Path) -> None:
    # The forger's tools themselves spoil nothing: what is refused below is refused for its cause.
    forge(folder, {"weights.npz": pack(unpack(folder)), "card.json": b"{}"}, prior=0.25)
    assert load(folder).prior == 0.25


class Trap:
    """What a pickle can do: call something while it is read."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Callable[..., None], tuple[str]]:
        return os.mkdir, (str(self.path),)


def test_load_runs_no_pickle_in_an_array(folder: Path, tmp_path: Path) -> None:
    trap = np.full(stored(folder, "bias").shape, Trap(tmp_path / "sprung"), dtype=object)
    forge(folder, {"weights.npz": with_array(folder, "bias", npy(trap))})
    refused(folder)
    assert not (tmp_path / "sprung").exists()


@pytest.mark.parametrize("name", ["weights.npz", "card.json", "extra.svg"])
def test_load_runs_no_pickle_in_place_of_a_file(folder: Path, tmp_path: Path, name: str) -> None:
    forge(folder, {name: pickle.dumps(Trap(tmp_path / "sprung"))})
    if name == "extra.svg":
        load(folder)  # plots are for people; nothing reads them
    else:
        refused(folder)
    assert not (tmp_path / "sprung").exists()


@pytest.mark.parametrize(
    ("name", "dtype"),
    [
        ("weights", "<i8"),
        ("weights", "<f8"),
        ("weights", "<c8"),
        ("weights", ">f2"),
        ("weights", "<u2"),
        ("bias", "<c16"),
        ("bias", ">f8"),
        ("bias", "<i8"),
        ("bias", "<m8[s]"),
        ("bias", "<U2"),
        ("bias", [("x", "<f8")]),
        ("subcode_starts", "<u4"),
    ],
)
def test_load_refuses_foreign_types(folder: Path, name: str, dtype: Any) -> None:
    array = np.zeros(stored(folder, name).shape, dtype)
    forge(folder, {"weights.npz": with_array(folder, name, npy(array))})
    assert name in refused(folder).where


@pytest.mark.parametrize(
    "change",
    [
        lambda a: a[:-1],
        lambda a: np.vstack([a, a[:1]]),
        lambda a: a.T,
        lambda a: a.ravel(),
        lambda a: a[None],
        np.asfortranarray,
    ],
    ids=["row less", "row more", "transposed", "flat", "one more axis", "fortran order"],
)
def test_load_refuses_other_shapes(folder: Path, change: Callable[[Any], Any]) -> None:
    array = change(stored(folder, "weights"))
    forge(folder, {"weights.npz": with_array(folder, "weights", npy(array))})
    assert "weights" in refused(folder).where


def header(text: str) -> bytes:
    padded = text.encode() + b" " * (-(len(text) + 11) % 64) + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(padded)) + padded


@pytest.mark.parametrize(
    "text",
    [
        "{'descr': '<f8', 'fortran_order': False, 'shape': (1099511627776,), }",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (" + "9" * 50 + ",), }",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (,), }",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (-1,), }",
        "{'descr': '<f8', 'fortran_order': 1, 'shape': (9,), }",
        "{'descr': '|O', 'fortran_order': False, 'shape': (9,), }",
        "{'descr': __import__('os').getcwd(), 'fortran_order': False, 'shape': (9,), }",
        "-" * 200 + "1",
        "(" * 200,
        "",
    ],
)
def test_load_refuses_headers_that_say_something_else(folder: Path, text: str) -> None:
    numbers = stored(folder, "bias").tobytes()
    forge(folder, {"weights.npz": with_array(folder, "bias", header(text) + numbers)})
    refused(folder)


def test_load_refuses_a_header_of_another_version(folder: Path) -> None:
    newer = npy(stored(folder, "bias"), version=(2, 0))
    forge(folder, {"weights.npz": with_array(folder, "bias", newer)})
    assert "version 1.0" in refused(folder).found


def features(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "bundle.json").read_bytes())["features"]
    return found


def lying_size(folder: Path, size: int) -> bytes:
    """The same archive, whose directory declares another size for its first member."""
    data = bytearray(pack(unpack(folder)))
    struct.pack_into("<I", data, data.index(b"PK\x01\x02") + 24, size)
    return bytes(data)


HUGE: dict[str, Callable[[Path], tuple[dict[str, bytes], dict[str, Any]]]] = {
    "the manifest, by entries": lambda f: ({}, {"subcode_entries": 10**12}),
    "the manifest, by entries that overflow": lambda f: ({}, {"subcode_entries": 2**62}),
    "the manifest, by buckets": lambda f: ({}, {"features": features(f) | {"n_bits": 20}}),
    "the manifest, by groups of cues": lambda f: (
        {},
        {"features": features(f) | {"cue_groups": sorted(load_lexicon().groups)[:-1]}},
    ),
    "the directory of the archive": lambda f: ({"weights.npz": lying_size(f, 2**32 - 2)}, {}),
    "a bomb": lambda f: (
        {"weights.npz": with_array(f, "bias", npy(stored(f, "bias")) + bytes(10**8))},
        {},
    ),
    "a bomb that declares little": lambda f: (
        {
            "weights.npz": with_array(f, "bias", npy(stored(f, "bias")) + bytes(10**8)).replace(
                struct.pack("<I", len(npy(stored(f, "bias"))) + 10**8),
                struct.pack("<I", len(npy(stored(f, "bias")))),
            )
        },
        {},
    ),
}


@pytest.mark.parametrize("case", HUGE)
def test_load_allocates_nothing_huge(folder: Path, case: str) -> None:
    files, changes = HUGE[case](folder)
    forge(folder, files, **changes)
    tracemalloc.start()
    try:
        refused(folder)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 20e6


def test_read_npz_refuses_a_manifest_that_asks_for_huge_arrays() -> None:
    # Zeros shrink to a thousandth: an archive may honestly hold what no memory does.
    with pytest.raises(UntrustedBundleError, match="huge"):
        read_npz(b"", {"weights": ArrayForm("<f2", (2**20, 2**10))}, where="weights.npz")


@pytest.mark.parametrize(
    "change",
    [
        lambda members: [*members, ("bonus.npy", npy(np.zeros(3)))],
        lambda members: [*members, ("run.pkl", pickle.dumps(print))],
        lambda members: [*members, ("../weights.npy", members[0][1])],
        lambda members: [(f"../{name}", content) for name, content in members],
        lambda members: [*members, members[0]],
        lambda members: members[1:],
        lambda members: [],
    ],
    ids=["one more", "pickle", "leads out, more", "leads out", "twice", "one less", "none"],
)
@pytest.mark.filterwarnings("ignore:Duplicate name:UserWarning")  # the forgery "twice"
def test_load_refuses_other_members(folder: Path, change: Callable[[Members], Members]) -> None:
    forge(folder, {"weights.npz": pack(change(unpack(folder)))})
    assert "member" in refused(folder).found


@pytest.mark.parametrize("compression", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_load_refuses_other_compressions(folder: Path, compression: int) -> None:
    forge(folder, {"weights.npz": pack(unpack(folder), compression)})
    assert "compression" in refused(folder).found


def test_load_refuses_encrypted_members(folder: Path) -> None:
    data = bytearray(pack(unpack(folder)))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + offset] |= 1
    forge(folder, {"weights.npz": bytes(data)})
    refused(folder)


@pytest.mark.parametrize("name", ["weights.npz", "card.json", "extra.svg", "bundle.json"])
def test_load_refuses_a_truncated_file(folder: Path, name: str) -> None:
    content = (folder / name).read_bytes()
    (folder / name).write_bytes(content[: len(content) // 2])
    assert name in refused(folder).where


@pytest.mark.parametrize("kept", [0.0, 0.3, 0.6, 0.99])
def test_load_refuses_a_truncated_archive_with_the_right_hash(folder: Path, kept: float) -> None:
    content = (folder / "weights.npz").read_bytes()
    forge(folder, {"weights.npz": content[: int(len(content) * kept)]})
    refused(folder)


@pytest.mark.parametrize("name", ["weights.npz", "card.json", "extra.svg"])
def test_load_refuses_a_wrong_hash(folder: Path, name: str) -> None:
    content = bytearray((folder / name).read_bytes())
    content[-1] ^= 1
    (folder / name).write_bytes(content)
    assert "SHA-256" in refused(folder).found


def test_load_refuses_a_wrong_content_hash(folder: Path) -> None:
    manifest = json.loads((folder / "bundle.json").read_bytes())
    (folder / "bundle.json").write_text(json.dumps(manifest | {"prior": 0.001}))
    assert "content_hash" in refused(folder).where


def test_load_refuses_a_forgery_that_is_not_the_pinned_bundle(folder: Path) -> None:
    pin = load(folder).content_hash
    weights = -stored(folder, "weights")
    forge(folder, {"weights.npz": with_array(folder, "weights", npy(weights))})
    load(folder)
    with pytest.raises(UntrustedBundleError, match=pin):
        load(folder, sha256=pin)


def changed(values: Any, where: Any, value: float) -> Any:
    values[where] = value
    return values


NUMBERS: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "NaN weight": ("weights", lambda a: changed(a, (0, 0), np.nan)),
    "infinite weight": ("weights", lambda a: changed(a, (-1, -1), np.inf)),
    "NaN idf": ("idf", lambda a: changed(a, 5, np.nan)),
    "negative idf": ("idf", lambda a: changed(a, 5, -1.0)),
    "NaN bias": ("bias", lambda a: changed(a, 0, np.nan)),
    "slope 0": ("slope", lambda a: changed(a, 0, 0.0)),
    "negative slope": ("slope", lambda a: changed(a, -1, -1.0)),
    "infinite intercept": ("intercept", lambda a: changed(a, 0, -np.inf)),
    "first start not 0": ("subcode_starts", lambda a: changed(a, 0, 1)),
    "last start beyond": ("subcode_starts", lambda a: changed(a, -1, 2**30)),
    "negative start": ("subcode_starts", lambda a: changed(a, 1, -5)),
    "falling starts": ("subcode_starts", lambda a: changed(a, 1, a[-1])),
    "negative bucket": ("subcode_buckets", lambda a: changed(a, 0, -1)),
    "bucket beyond": ("subcode_buckets", lambda a: changed(a, -1, 2**20)),
    "NaN weight of a pair of cues": ("weights", lambda a: changed(a, (-1, 0), np.nan)),
    "unsorted buckets": ("subcode_buckets", lambda a: a[::-1]),
    "bucket twice": ("subcode_buckets", lambda a: changed(a, 1, a[0])),
}


@pytest.mark.parametrize("case", NUMBERS)
def test_load_refuses_numbers_that_no_model_has(folder: Path, case: str) -> None:
    name, change = NUMBERS[case]
    array = np.ascontiguousarray(change(stored(folder, name)))
    forge(folder, {"weights.npz": with_array(folder, name, npy(array))})
    assert refused(folder).where.endswith(f"weights.npz: {name}")


@given(
    spoilt=st.lists(
        st.tuples(st.floats(0.0, 1.0, exclude_max=True), st.integers(0, 255)), min_size=1
    ),
    from_end=st.booleans(),
)
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_load_of_changed_bytes_is_refused_or_sound(
    bundle_folder: Path, folder: Path, spoilt: list[tuple[float, int]], from_end: bool
) -> None:
    content = bytearray((bundle_folder / "weights.npz").read_bytes())
    # The last bytes are the archive's directory, where a change does most.
    room = 800 if from_end else len(content)
    for place, value in spoilt:
        content[-1 - int(place * room)] = value
    forge(folder, {"weights.npz": bytes(content)})
    try:
        loaded = load(folder)
    except BundleError:
        return
    assert np.isfinite(loaded.predict_proba(["kem trộn"])).all()
