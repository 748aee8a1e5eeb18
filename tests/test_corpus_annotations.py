import hashlib
import json
import unicodedata
from dataclasses import replace
from pathlib import Path

import pytest

from adclassifier.corpus import (
    Record,
    annotate,
    hash_text,
    hydrate,
    read_annotations,
    read_corpus,
    write_annotations,
    write_corpus,
)
from adclassifier.corpus.fingerprint import annotation_string, annotation_text
from adclassifier.errors import DatasetError, InputError

ANNOTATIONS = Path(__file__).parents[1] / "data" / "annotations"
TEXT = "Gọi <PHONE> ngay,  đặc trị mụn\nxem <URL>"
RECORD = Record(
    "fb:1",
    TEXT,
    ("cosmetics",),
    ("cosmetics.drug_claim",),
    offer=True,
    kind="violating_ad",
    evidence=("đặc trị mụn\nxem",),
    source="fb",
    accept=("legal",),
    borderline=True,
)
LAWFUL = Record("fb:2", "Áo thun 99k", offer=True, kind="lawful_ad", source="fb")


@pytest.fixture
def notes(tmp_path):
    write_annotations([LAWFUL, RECORD], tmp_path / "annotations")
    return tmp_path / "annotations"


def write_texts(path, *rows):
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "other",
    [
        "Gọi 0912 345 678 ngay, đặc trị mụn xem https://shop.example/a?b=1",
        "Gọi +84912.345.678 ngay, đặc trị mụn xem www.shop.example",
        "Gọi < phone > ngay, đặc trị mụn\n\nxem <URL> ",
        unicodedata.normalize("NFD", TEXT),
    ],
)
def test_hash_text_is_that_of_masked_unmasked_and_respaced_copies(other):
    assert hash_text(other) == hash_text(TEXT)


@pytest.mark.parametrize(
    "text",
    [
        "giá 1.200.000.000 đồng",
        "mã 20123456789012",
        "lô 0912",
        "combo 0,5 kg",
        "số 00912345678901",
        "a@b",
    ],
)
def test_annotation_text_takes_no_other_number_for_a_contact(text):
    assert annotation_text(text).text == text


def test_annotation_string_is_the_text_of_annotation_text():
    folder = Path(__file__).parents[1] / "data" / "corpus"
    texts = [record.text for record in read_corpus(folder)[::20]]
    texts += Path(__file__).with_name("naughty_strings.txt").read_text("utf-8").split("\n")
    texts += [unicodedata.normalize("NFD", text) + f"\t<{text} >  " for text in texts]
    texts += [f"{text}<Phone>{text[:9]} www.a.b {text} +84 912.345.678" for text in texts[::7]]
    assert [annotation_string(text) for text in texts] == [annotation_text(t).text for t in texts]


def test_hash_text_tells_texts_apart():
    assert hash_text("Áo 99k") != hash_text("Áo 98k")


def test_hash_text_is_that_of_the_annotation_text_of_format_1():
    # every file in data/annotations hangs on this
    data = "Gọi ⟨phone⟩ ngay, đặc trị mụn xem ⟨url⟩".encode()
    assert hash_text(TEXT) == hashlib.sha256(data).hexdigest()


def test_write_annotations_holds_no_text(notes):
    rows = [json.loads(line) for line in (notes / "fb.jsonl").read_text().splitlines()]
    assert [row["id"] for row in rows] == ["fb:1", "fb:2"]
    assert list(rows[0]) == [
        "id",
        "sha256",
        "labels",
        "subcodes",
        "offer",
        "kind",
        "evidence",
        "evidence_sha256",
        "accept",
        "borderline",
    ]
    assert rows[0]["evidence"] == [[18, 33]]
    assert "trị" not in (notes / "fb.jsonl").read_text()


def test_write_annotations_leaves_no_half_file(notes):
    before = (notes / "fb.jsonl").read_bytes()
    broken = Record("fb:3", "x", ("cosmetics",), evidence=("not there",), source="fb")
    with pytest.raises(ValueError, match="substring not found"):
        write_annotations([RECORD, broken], notes)
    assert (notes / "fb.jsonl").read_bytes() == before
    assert [path.name for path in notes.iterdir()] == ["fb.jsonl"]


def test_read_annotations_gives_what_was_written(notes):
    assert read_annotations(notes) == [annotate(RECORD), annotate(LAWFUL)]


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"sha256": None}, "'sha256' is NoneType"),
        ({"evidence": [[0, 1], [2, 3]]}, "differ in length"),
        ({"labels": "cosmetics"}, "'labels' is str"),
    ],
)
def test_read_annotations_names_bad_rows(notes, change, found):
    path = notes / "fb.jsonl"
    row = json.loads(path.read_text().splitlines()[0]) | change
    path.write_text(json.dumps(row))
    with pytest.raises(DatasetError, match=found) as error:
        read_annotations(path)
    assert error.value.where == f"{path}:1"


@pytest.mark.parametrize("source", ["authored:goods", "../fb", ""])
def test_write_annotations_refuses_a_source_that_names_no_file(tmp_path, source):
    with pytest.raises(InputError, match="the code of a public source"):
        write_annotations([replace(LAWFUL, source=source)], tmp_path)


@pytest.mark.parametrize("id_", ["fb:1", "1"])
def test_hydrate_joins_by_id(notes, tmp_path, id_):
    texts = write_texts(tmp_path / "t.jsonl", {"id": id_, "text": TEXT})
    records, report = hydrate(notes, texts)
    assert records == [RECORD]
    assert (report.n_by_id, report.n_by_hash, report.unmatched) == (1, 0, ("fb:2",))


def test_hydrate_joins_by_hash_and_moves_offsets_to_the_local_copy(notes, tmp_path):
    local = "Gọi  0912345678 ngay, đặc trị  mụn xem https://a.example/x"
    (tmp_path / "t.csv").write_text(f'Comment,n\n"{local}",1\n', encoding="utf-8")
    records, report = hydrate(notes, tmp_path / "t.csv")
    assert report.n_by_hash == 1
    assert records[0].text == local
    assert records[0].evidence == ("đặc trị  mụn xem",)


def test_hydrate_cuts_what_the_source_adds_before_it_compares(tmp_path):
    record = Record("vlsp2019:a", "Váy xinh 99k", source="vlsp2019", kind="lawful_ad")
    write_annotations([record], tmp_path / "annotations")
    local = "Váy xinh 99k Lan Vũ added 2 new photos. <URL> Photos from Lan Vũ's post"
    for row in ({"id": "a", "text": local}, {"text": local}):
        texts = write_texts(tmp_path / "t.jsonl", row)
        assert hydrate(tmp_path / "annotations", texts)[0] == [record]


def test_hydrate_reads_its_own_output(tmp_path):
    # a second cut would take the author's own dot before the line end
    record = Record("vlsp2019:a", "Váy xinh.\nInbox", source="vlsp2019", kind="lawful_ad")
    write_annotations([record], tmp_path / "annotations")
    write_corpus([record], tmp_path / "hydrated.jsonl")
    assert hydrate(tmp_path / "annotations", tmp_path / "hydrated.jsonl")[0] == [record]


def test_hydrate_realigns_evidence_in_an_edited_copy(notes, tmp_path):
    local = "MỚI! Gọi <PHONE> ngay, đặc trị mụn xem <URL>"
    texts = write_texts(tmp_path / "t.jsonl", {"id": "fb:1", "text": local})
    records, report = hydrate(notes, texts)
    assert report.realigned == ("fb:1",)
    assert records[0].evidence == ("đặc trị mụn xem",)


@pytest.mark.parametrize(
    ("id_", "text"), [("fb:1", "Gọi <PHONE> ngay, dưỡng da"), ("fb:2", "Áo thun 98k")]
)
def test_hydrate_lists_a_text_that_does_not_bear_its_labels(notes, tmp_path, id_, text):
    texts = write_texts(tmp_path / "t.jsonl", {"id": id_, "text": text})
    records, report = hydrate(notes, texts)
    assert (records, report.mismatched) == ([], (id_,))
    assert id_ in str(report)


def test_hydrate_accounts_for_every_annotation(notes, tmp_path):
    texts = write_texts(tmp_path / "t.jsonl", {"text": "khác"})
    _, report = hydrate(notes, texts)
    assert report.n_joined + len(report.mismatched) + len(report.unmatched) == 2
    assert "0 of 2 annotations joined with 1 texts" in str(report)


def test_committed_annotations_hold_no_text():
    allowed = {"id", "sha256", "labels", "subcodes", "offer", "kind", "evidence"}
    allowed |= {"evidence_sha256", "accept", "borderline"}
    for path in ANNOTATIONS.glob("*.jsonl"):
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            assert set(row) == allowed
            assert line.isascii(), row["id"]
            assert all(end > start >= 0 for start, end in row["evidence"]), row["id"]
            assert row["id"].startswith(f"{path.stem}:")
