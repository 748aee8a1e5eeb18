"""The design's table of bad input, a test a row."""

from __future__ import annotations

import json
import os
import shutil

import pytest

from adclassifier import cli
from adclassifier.cli import exits

GOOD = "Áo thun nam 99k freeship toàn quốc"


@pytest.fixture
def score(capsys, bundle_folder, tmp_path):
    """Score bytes under a name; give the exit code, stderr and the folder."""

    def score_bytes(content, *arguments, name="in.csv", output="out.csv", model=bundle_folder):
        (tmp_path / name).write_bytes(content)
        code = cli.main(
            ["score", str(tmp_path / name), "--output", str(tmp_path / output),
             "--model", str(model), *map(str, arguments)]
        )  # fmt: skip
        return code, capsys.readouterr().err, tmp_path

    return score_bytes


def rejected(folder, output="out.csv"):
    lines = (folder / f"{output}.rejected.jsonl").read_text("utf-8").splitlines()
    return [(row["row"], row["reason"]) for row in map(json.loads, lines)]


NO_USE = {
    "empty file": (b"", {}),
    "header only": (b"id,text\n", {}),
    "no text column": (b"id,views\n1,2\n", {}),
    "text column not there": (b"id,text\n1,a\n", {"arguments": ["--text-column", "caption"]}),
    "date column not there": (b"id,text\n1,a\n", {"arguments": ["--date-column", "day"]}),
    "duplicate header": (b"text,text\na,b\n", {}),
    "unknown ending of the input": (b"text\na\n", {"name": "in.doc"}),
    "unknown ending of the output": (b"text\na\n", {"output": "out.doc"}),
    "unknown encoding": ("văn bản\nÁo thun\n".encode("utf-16-le"), {}),
    "damaged XLSX": (b"PK\x03\x04", {"name": "in.xlsx"}),
    "damaged Parquet": (b"PAR1", {"name": "in.parquet"}),
    "damaged gzip": (b"\x1f\x8b\x08", {"name": "in.csv.gz"}),
    "no chat in JSON": (b'{"a": 1}', {"name": "in.json"}),
    "unknown way to split": (b"a", {"name": "in.txt", "arguments": ["--split", "lines"]}),
    "unknown option": (b"text\na\n", {"arguments": ["--nope"]}),
    "output is the input": (b"text\na\n", {"output": "in.csv", "arguments": ["--overwrite"]}),
    "column of ours": (b"text,outcome\na,b\n", {}),
}


@pytest.mark.parametrize(("content", "options"), NO_USE.values(), ids=NO_USE)
def test_score_says_in_one_line_what_cannot_be_used(score, content, options):
    options = dict(options)
    code, err, folder = score(content, *options.pop("arguments", ()), **options)
    assert code == exits.FAILED
    assert err.startswith("error: ")
    assert err.count("\n") == 1
    assert err.count("; ") >= 1
    assert os.listdir(folder) == [options.get("name", "in.csv")]


def test_score_names_a_missing_file(bundle_folder, tmp_path, capsys):
    source, output = str(tmp_path / "no.csv"), str(tmp_path / "out.csv")
    code = cli.main(["score", source, "--output", output, "--model", str(bundle_folder)])
    assert code == exits.FAILED
    assert capsys.readouterr().err.startswith(f"error: {source}: ")
    assert os.listdir(tmp_path) == []


def test_score_keeps_an_output_that_is_there(score, tmp_path):
    (tmp_path / "out.csv").write_text("earlier", encoding="utf-8")
    code, err, _ = score(GOOD.encode().join([b"text\n", b"\n"]))
    assert code == exits.FAILED
    assert err == (
        f"error: {tmp_path / 'out.csv'}: is there already; pass --overwrite to replace it\n"
    )
    assert (tmp_path / "out.csv").read_text("utf-8") == "earlier"


def damaged(folder):
    with (folder / "weights.npz").open("r+b") as stream:
        stream.truncate(1000)


def altered(folder):
    content = (folder / "weights.npz").read_bytes()
    middle = len(content) // 2
    flipped = bytes([content[middle] ^ 1])
    (folder / "weights.npz").write_bytes(content[:middle] + flipped + content[middle + 1 :])


def foreign(folder):
    (folder / "bundle.json").write_text('{"framework": "other"}', encoding="utf-8")


def newer(folder):
    manifest = json.loads((folder / "bundle.json").read_text("utf-8"))
    (folder / "bundle.json").write_text(json.dumps({**manifest, "format": 999}), encoding="utf-8")


def missing(folder):
    shutil.rmtree(folder)


@pytest.mark.parametrize("spoil", [damaged, altered, foreign, newer, missing])
def test_score_refuses_a_model_that_cannot_be_used(score, bundle_folder, tmp_path_factory, spoil):
    folder = tmp_path_factory.mktemp("models") / "bundle"
    shutil.copytree(bundle_folder, folder)
    spoil(folder)
    code, err, out = score(f"text\n{GOOD}\n".encode(), model=folder)
    assert code == exits.FAILED
    assert err.startswith(f"error: {folder}")
    assert err.count("\n") == 1
    assert os.listdir(out) == ["in.csv"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_score_reads_files_with_a_byte_order_mark(score, encoding):
    code, _, folder = score(f"text,shop\n{GOOD},Hoa\n".encode(encoding))
    assert code == exits.DONE
    assert f"\n{GOOD},Hoa," in (folder / "out.csv").read_text("utf-8")


BROKEN = {
    "no_text": ('{"text": ""}', '{"id": 1}', '{"text": null}'),
    "text_not_string": ('{"text": 5}', '{"text": ["a"]}'),
    "too_long": ('{"text": "' + "a " * 50_001 + '"}',),
    "broken_json": ('{"text": "a', "text"),
    "not_an_object": ("[1, 2]", "5"),
}
ROWS = [(reason, row) for reason, rows in BROKEN.items() for row in rows]


@pytest.mark.parametrize(("reason", "row"), ROWS, ids=[f"{r}-{w[:12]}" for r, w in ROWS])
def test_score_puts_a_broken_row_aside_and_goes_on(score, reason, row):
    good = json.dumps({"text": GOOD})
    content = f"{good}\n{row}\n{good}\n".encode()
    code, err, folder = score(content, name="in.jsonl", output="out.jsonl")
    assert code == exits.DONE
    assert f"1 rejected (1 {reason})" in err
    assert rejected(folder, "out.jsonl") == [(2, reason)]
    assert len((folder / "out.jsonl").read_text("utf-8").splitlines()) == 2


@pytest.mark.parametrize(
    ("reason", "row"),
    [("invalid_utf8", b"\xff\xfe,1"), ("wrong_field_count", b"a,b,c"), ("no_text", b" ,1")],
)
def test_score_puts_a_broken_line_of_csv_aside(score, reason, row):
    code, _, folder = score(b"text,n\n" + GOOD.encode() + b",1\n" + row + b"\n")
    assert code == exits.DONE
    assert rejected(folder) == [(3, reason)]


def test_score_is_strict_about_rejected_rows_when_asked(score):
    code, _, folder = score(f"text,n\n{GOOD},1\n,2\n".encode(), "--strict")
    assert code == exits.FOUND
    assert (folder / "out.csv").is_file()


@pytest.mark.parametrize(
    "text",
    ["Áo\x00thun 99k", "Áo \x07thun 99k", "Áo \u202ethun 99k", "Á\u200bo th\u200dun 99k"],
    ids=["NUL", "control", "bidi", "zero width"],
)
def test_score_judges_texts_with_strange_characters(score, text):
    content = json.dumps({"text": text}).encode()
    code, _, folder = score(content, name="in.jsonl", output="out.jsonl")
    row = json.loads((folder / "out.jsonl").read_text("utf-8"))
    assert code == exits.DONE
    assert row["text"] == text
    assert row["p_violating"] is not None


def test_score_judges_half_characters_of_json(score):
    code, _, folder = score(
        b'{"text": "\\ud83d \\u00c1o thun nam 99k"}', name="in.jsonl", output="out.jsonl"
    )
    assert code == exits.DONE
    assert json.loads((folder / "out.jsonl").read_text("utf-8"))["p_violating"] is not None


def test_score_where_every_row_is_rejected_leaves_the_side_file_only(score):
    code, err, folder = score(b"text,n\n,1\n,2\n")
    assert code == exits.FAILED
    assert err == (
        f"error: {folder / 'in.csv'}: every row was rejected (2 no_text); "
        f"see {folder / 'out.csv'}.rejected.jsonl\n"
    )
    assert sorted(os.listdir(folder)) == ["in.csv", "out.csv.rejected.jsonl"]
