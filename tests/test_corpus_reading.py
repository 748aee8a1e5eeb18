import json

import pytest

from adclassifier.corpus import Record, read_corpus, write_corpus
from adclassifier.errors import DatasetError, InputError


def write_lines(path, *lines):
    path.write_text(
        "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines),
        encoding="utf-8",
    )
    return path


def row(**fields):
    return {"id": "a-1", "text": "Áo thun 99k", "labels": []} | fields


def test_read_corpus_reads_every_field(tmp_path):
    fields = {
        "labels": ["medicine"],
        "subcodes": ["medicine.prescription"],
        "offer": True,
        "kind": "violating_ad",
        "evidence": ["Áo"],
        "platform": "zalo",
        "post_type": "message",
        "style": ["plain"],
        "group": "g",
        "accept": ["legal"],
        "borderline": True,
        "note": "vì",
    }
    path = write_lines(tmp_path / "goods.jsonl", row(**fields))
    [record] = read_corpus(path)
    assert record == Record(
        id="a-1",
        text="Áo thun 99k",
        source="authored:goods",
        **{name: tuple(v) if isinstance(v, list) else v for name, v in fields.items()},
    )
    assert record.where == f"{path}:1"


@pytest.mark.parametrize(
    ("fields", "source"),
    [
        ({}, "authored:f"),
        ({"id": "vlsp2019:x"}, "vlsp2019"),
        ({"id": "vlsp2019:x", "source": "mine"}, "mine"),
        ({"source": None}, "authored:f"),
    ],
)
def test_read_corpus_names_the_source(tmp_path, fields, source):
    [record] = read_corpus(write_lines(tmp_path / "f.jsonl", row(**fields)))
    assert record.source == source


def test_read_corpus_cuts_additions_and_moves_evidence(tmp_path):
    stored = row(
        id="vlsp2019:x",
        text="Đặc trị.\nmụn Lan Vũ is with Hoa at Chợ Thuốc. <URL>",
        evidence=["Đặc trị.\nmụn", "Chợ Thuốc"],
    )
    path = write_lines(tmp_path / "f.jsonl", stored)
    [record] = read_corpus(path)
    assert (record.text, record.evidence) == ("Đặc trị\nmụn", ("Đặc trị\nmụn",))
    [record] = read_corpus(path, as_stored=True)
    assert record.text == stored["text"]


def test_read_corpus_leaves_authored_text_as_it_is(tmp_path):
    text = " Váy.\n.\n<URL> \\? "
    assert read_corpus(write_lines(tmp_path / "f.jsonl", row(text=text)))[0].text == text


def test_read_corpus_reads_folders_in_order_and_several_paths(tmp_path):
    for name in ("b", "a"):
        write_lines(tmp_path / f"{name}.jsonl", row(id=name))
    extra = write_lines(tmp_path / "c.jsonl", row(id="c"))
    assert [record.id for record in read_corpus(tmp_path)] == ["a", "b", "c"]
    assert [record.id for record in read_corpus([extra, tmp_path / "a.jsonl"])] == ["c", "a"]


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ('{"id": ', "broken JSON"),
        ("[1]", "a JSON list"),
        ({"id": "a-1", "labels": []}, "text: is missing; a string"),
        (row(labels="medicine"), "labels: is str; a list"),
        (row(labels=[1]), "labels: is list"),
        (row(offer="yes"), "offer: is str"),
        (row(text=None), "text: is NoneType"),
        (row(id=5), "id: is int"),
    ],
)
def test_read_corpus_names_file_and_line_of_a_bad_row(tmp_path, line, found):
    path = write_lines(tmp_path / "f.jsonl", row(), "", line)
    with pytest.raises(DatasetError, match=found) as error:
        read_corpus(path)
    assert error.value.where == f"{path}:3"


def test_read_corpus_names_invalid_utf8(tmp_path):
    path = tmp_path / "f.jsonl"
    path.write_bytes(b'{"id": "a", "text": "\xff", "labels": []}\n')
    with pytest.raises(DatasetError, match="not UTF-8 at byte 21"):
        read_corpus(path)


def test_read_corpus_names_twenty_bad_rows_at_once(tmp_path):
    path = write_lines(tmp_path / "f.jsonl", *["{}"] * 10)
    with pytest.raises(DatasetError) as error:
        read_corpus(path)
    message = str(error.value)
    assert message.count("is missing") == 20
    assert "… and 10 more" in message


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        ({"labels": ["cosmetic"]}, "labels: unknown value 'cosmetic'; did you mean 'cosmetics'?"),
        ({"subcodes": ["cosmetics.drug"]}, "subcodes: unknown value 'cosmetics.drug'"),
        ({"accept": ["lawful"]}, "accept: unknown value 'lawful'"),
    ],
)
def test_read_corpus_names_the_place_of_a_code_that_the_taxonomy_lacks(tmp_path, fields, found):
    path = write_lines(tmp_path / "f.jsonl", row(), row(**fields))
    with pytest.raises(DatasetError) as error:
        read_corpus(path)
    assert str(error.value).startswith(f"{path}:2: {found}")


def test_read_corpus_names_the_files_without_a_record(tmp_path):
    paths = [write_lines(tmp_path / f"{name}.jsonl", "") for name in "ab"]
    with pytest.raises(InputError, match="no records") as error:
        read_corpus(paths)
    assert error.value.where == f"{paths[0]}, {paths[1]}"


@pytest.mark.parametrize("name", ["missing.jsonl", "."])
def test_read_corpus_refuses_what_holds_no_records(tmp_path, name):
    with pytest.raises(InputError):
        read_corpus(tmp_path / name)


def test_write_corpus_is_read_back_unchanged(tmp_path):
    # once cut, "..\n" must not lose its second dot to a second reading
    record = Record("vlsp2019:x", "Giá 99k.\nInbox", ("medicine",), source="vlsp2019", offer=True)
    assert write_corpus([record], tmp_path / "hydrated" / "f.jsonl") == 1
    assert read_corpus(tmp_path / "hydrated") == [record]
