"""`adclassifier train`, on a few authored texts and small settings."""

from __future__ import annotations

import csv
import hashlib
import json
import os
from pathlib import Path

import pytest

from adclassifier import bundle, cli
from adclassifier.cli import exits
from adclassifier.cli.runs import data_hashes

DATA = Path(__file__).parents[1] / "data" / "corpus"
SMALL = [
    argument
    for setting in ("features.n_bits=10", "learning.n_folds=2", "learning.n_jobs=1")
    for argument in ("--set", setting)
]


@pytest.fixture(scope="module")
def rows():
    """Every ninth authored record: all labels, some hundred texts."""
    files = sorted(DATA.glob("*.jsonl"))
    lines = [line for file in files for line in file.read_text("utf-8").splitlines()]
    return [json.loads(line) for line in lines[::9]]


@pytest.fixture
def corpus(rows, tmp_path):
    path = tmp_path / "corpus.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)) + "\n", encoding="utf-8")
    return path


def table(path, rows, header, cells):
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([header, *map(cells, rows)])
    return path


@pytest.fixture
def train(capsys, tmp_path):
    """Train into a folder; give code, stderr and the folder."""

    def run(*arguments, output="model"):
        folder = tmp_path / output
        code = cli.main(["train", *map(str, arguments), "--output", str(folder), *SMALL])
        return code, capsys.readouterr().err, folder

    return run


def test_train_saves_the_same_bundle_twice(train, corpus):
    code, err, first = train("--corpus", corpus, "--name", "mine")
    _, _, second = train("--corpus", corpus, "--name", "mine", output="again")
    classifier = bundle.load(first)
    assert code == exits.DONE
    assert classifier.name == "mine"
    assert f"{classifier.model} in {first}" in err
    assert classifier.content_hash == bundle.load(second).content_hash


def test_train_learns_from_a_table_of_joined_labels(train, rows, tmp_path):
    data = table(
        tmp_path / "own.csv",
        rows,
        ("caption", "nhan"),
        lambda r: (r["text"], "|".join(r["labels"])),
    )
    code, err, folder = train("--data", data, "--text-column", "caption", "--label-column", "nhan")
    assert code == exits.DONE
    assert f"{len(rows)} of {len(rows)} rows read" in err
    assert bundle.load(folder).predict(["Áo thun 99k"])


def test_train_joins_annotations_with_texts(train, rows, tmp_path, capsys):
    public = [{**row, "id": f"shop:{n}", "source": "shop"} for n, row in enumerate(rows)]
    texts = tmp_path / "texts.jsonl"
    texts.write_text("\n".join(map(json.dumps, public)) + "\n", encoding="utf-8")
    cli.main(["corpus", "annotations", str(texts), "--output", str(tmp_path / "notes")])
    code, err, folder = train("--annotations", tmp_path / "notes", "--texts", texts)
    assert code == exits.DONE
    assert f"{len(rows)} of {len(rows)} annotations joined" in err
    assert (folder / "bundle.json").is_file()


REFUSED = {
    "no data": ([], "error: train: no data; --corpus, --annotations with --texts, or --data"),
    "annotations alone": (
        ["--annotations", "notes"],
        "error: train: --annotations without --texts; both, since one names the other",
    ),
    "texts alone": (
        ["--texts", "texts"],
        "error: train: --texts without --annotations; both, since one names the other",
    ),
    "no such corpus": (["--corpus", "nowhere.jsonl"], "error: nowhere.jsonl: "),
    "no label column": (["--data", "own.csv"], "error: own.csv: no single place for labels; "),
    "two label columns": (
        ["--data", "own.csv", "--label-column", "a", "--label-columns", "b"],
        "error: own.csv: no single place for labels; ",
    ),
    "unknown setting": (["--set", "learning.speed=3"], "error: --set "),
    "no setting": (["--set", "fast"], "error: --set fast: "),
    "no such configuration": (["--config", "nowhere.toml"], "error: nowhere.toml: "),
    "no name": (["--name", "Tên"], "error: --set bundle.name=Tên: "),
}


@pytest.mark.parametrize(("arguments", "line"), REFUSED.values(), ids=REFUSED)
def test_train_says_in_one_line_what_cannot_be_used(train, arguments, line):
    code, err, folder = train(*arguments)
    assert code == exits.FAILED
    assert err.startswith(line)
    assert err.count("\n") == 1
    assert not folder.exists()


def test_train_names_an_unknown_label_and_the_nearest(train, tmp_path):
    data = tmp_path / "own.csv"
    data.write_text("text,label\nÁo thun,cosmetic\n", encoding="utf-8")
    code, err, _ = train("--data", data, "--label-column", "label")
    assert code == exits.FAILED
    assert f"{data}:2" in err
    assert "did you mean 'cosmetics'?" in err
    assert err.count("\n") == 1


def test_train_says_in_one_line_that_there_are_too_few_texts(train, tmp_path):
    data = tmp_path / "own.csv"
    data.write_text("text,label\nÁo thun,\nKem trộn,cosmetics\nVáy,\n", encoding="utf-8")
    code, err, folder = train("--data", data, "--label-column", "label")
    assert code == exits.FAILED
    last = err.splitlines()[-1]
    assert last.startswith("error: records: 1 groups of near-duplicates with a label and 2 without")
    assert "at least 2 of each" in last
    assert not folder.exists()


def test_train_saves_what_few_labelled_texts_teach(train, rows, tmp_path):
    lawful = [row for row in rows if not row["labels"]][:40]
    labelled = [row for row in rows if row["labels"]][:5]
    data = table(
        tmp_path / "own.csv",
        [*lawful, *labelled],
        ("text", "label"),
        lambda r: (r["text"], "|".join(r["labels"])),
    )
    code, _, folder = train("--data", data, "--label-column", "label")
    assert code == exits.DONE
    assert (folder / "bundle.json").is_file()


def test_train_keeps_a_model_that_is_there(train, corpus, bundle_folder, tmp_path):
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "bundle.json").write_text("earlier", encoding="utf-8")
    code, err, _ = train("--corpus", corpus)
    assert code == exits.FAILED
    assert "is there already; pass --overwrite" in err
    assert (folder / "bundle.json").read_text("utf-8") == "earlier"


def test_train_refuses_a_file_for_a_folder(train, corpus, tmp_path):
    (tmp_path / "model").write_text("a file", encoding="utf-8")
    code, err, _ = train("--corpus", corpus, "--overwrite")
    assert code == exits.FAILED
    assert "is a file; the folder of a model" in err


def test_data_hashes_names_files_without_this_machines_folders(tmp_path):
    folder = tmp_path / "corpus"
    folder.mkdir()
    (folder / "a.jsonl").write_bytes(b"a")
    (tmp_path / "own.csv").write_bytes(b"b")
    found = data_hashes([folder, tmp_path / "own.csv"])
    assert found == {
        "corpus/a.jsonl": hashlib.sha256(b"a").hexdigest(),
        "own.csv": hashlib.sha256(b"b").hexdigest(),
    }
    assert os.fspath(tmp_path) not in "".join(found)
