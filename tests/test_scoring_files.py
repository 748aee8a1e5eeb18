"""Scoring of files: every format, in chunks, whole or not at all."""

from __future__ import annotations

import csv
import json
import os

import openpyxl
import pyarrow.parquet as pq
import pytest

from adclassifier.errors import InputError, OutputExistsError
from adclassifier.scoring import FileOptions, ScoreOptions, added_schema, score_file

LAWFUL = "Áo thun nam 99k, freeship toàn quốc"


@pytest.fixture
def posts(tmp_path, flagged_text, clear_text):
    path = tmp_path / "posts.csv"
    rows = [
        ("phone", "noi_dung", "ngay_dang"),
        ("0901234567", flagged_text, "10/5/2026"),
        ("0912", clear_text, "hôm qua"),
        ("0913", "", ""),
        ("0914", "???", ""),
    ]
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(rows)
    return path


def read_csv(path):
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_score_file_counts_what_it_did(posts, tmp_path, classifier):
    summary = score_file(posts, tmp_path / "out.csv", classifier)
    assert (summary.text_column, summary.date_column) == ("noi_dung", "ngay_dang")
    assert summary.n_read == 4
    assert summary.outcomes["flag"] == 1
    assert summary.outcomes["unreadable"] == 1
    assert summary.rejected == {"no_text": 1}
    assert (summary.n_bad_dates, summary.bad_dates) == (1, ["3"])


def test_score_file_names_the_first_days_it_could_not_read(tmp_path, classifier):
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.csv").write_text("text,date\nÁo thun,2026-5-1\nÁo len,x\n", encoding="utf-8")
    lines = "".join(f"Áo thun,{day}\n" for day in ("x", "1/5/2026", "x", "", *"xxx"))
    (folder / "b.csv").write_text(f"text,date\n{lines}", encoding="utf-8")
    files = FileOptions(chunk_rows=2)
    summary = score_file(folder, tmp_path / "out.csv", classifier, files=files)
    assert summary.n_bad_dates == 6
    assert summary.bad_dates == [
        f"{folder}/a.csv:3", *(f"{folder}/b.csv:{row}" for row in (2, 4, 6, 7))
    ]  # fmt: skip


def test_score_file_writes_the_input_back_unchanged(posts, tmp_path, classifier):
    score_file(posts, tmp_path / "out.csv", classifier)
    before, after = read_csv(posts), read_csv(tmp_path / "out.csv")
    kept = [{name: row[name] for name in before[0]} for row in after]
    assert kept == [row for row in before if row["noi_dung"]]
    assert after[0]["phone"] == "0901234567"


def test_score_file_writes_cells_as_the_contract_says(posts, tmp_path, classifier, flagged_text):
    score_file(posts, tmp_path / "out.csv", classifier)
    flagged, lawful, unreadable = read_csv(tmp_path / "out.csv")
    (prediction,) = classifier.predict([flagged_text])
    assert (flagged["violating"], lawful["violating"]) == ("true", "false")
    assert flagged["labels"] == "|".join(prediction.labels)
    assert flagged["subcodes"] == "|".join(prediction.subcodes)
    assert json.loads(flagged["evidence"]) == prediction.as_row("")["evidence"]
    assert float(flagged["p_violating"]) == prediction.p_violating
    assert unreadable["p_violating"] == ""
    assert flagged["model"] == classifier.model


@pytest.mark.parametrize("ending", [".csv", ".tsv", ".jsonl", ".parquet", ".xlsx", ".csv.gz"])
def test_score_file_writes_every_format(posts, tmp_path, classifier, ending):
    output = tmp_path / f"out{ending}"
    score_file(posts, output, classifier)
    again = score_file(
        output, tmp_path / "again.jsonl", classifier, ScoreOptions(replace_columns=True)
    )
    assert again.n_read == 3


def test_score_file_keeps_types_in_parquet(posts, tmp_path, classifier):
    output = tmp_path / "out.parquet"
    score_file(posts, output, classifier)
    schema = pq.read_schema(output)
    added = added_schema(classifier.labels, ScoreOptions())
    assert [schema.field(name).type for name in added.names] == added.types


def test_score_file_writes_strings_that_excel_takes_for_strings(tmp_path, classifier):
    source, output = tmp_path / "in.csv", tmp_path / "out.xlsx"
    source.write_text(f"text,note\n{LAWFUL.replace(',', '')},=1+1\n", encoding="utf-8")
    score_file(source, output, classifier)
    sheet = openpyxl.load_workbook(output).active
    cell = sheet.cell(2, 2)
    assert (cell.value, cell.data_type) == ("=1+1", "s")


def test_score_file_gives_the_same_in_small_chunks(posts, tmp_path, classifier):
    score_file(posts, tmp_path / "a.jsonl", classifier)
    score_file(posts, tmp_path / "b.jsonl", classifier, files=FileOptions(chunk_rows=1))
    assert (tmp_path / "a.jsonl").read_bytes() == (tmp_path / "b.jsonl").read_bytes()


def test_score_file_writes_rejected_rows_aside_and_masked(tmp_path, classifier):
    source = tmp_path / "in.jsonl"
    source.write_text(
        json.dumps({"text": LAWFUL}, ensure_ascii=False) + '\n{"text": 0912345678, "zalo\n',
        encoding="utf-8",
    )
    score_file(source, tmp_path / "out.csv", classifier)
    aside = json.loads((tmp_path / "out.csv.rejected.jsonl").read_text("utf-8"))
    assert (aside["row"], aside["reason"]) == (2, "broken_json")
    assert "0912345678" not in aside["head"]


def test_score_file_shows_contacts_when_asked(tmp_path, classifier):
    source = tmp_path / "in.jsonl"
    source.write_text(f'{{"text": "{LAWFUL}"}}\n{{"text": 0912345678\n', encoding="utf-8")
    score_file(source, tmp_path / "out.csv", classifier, files=FileOptions(show_contacts=True))
    assert "0912345678" in (tmp_path / "out.csv.rejected.jsonl").read_text("utf-8")


def test_score_file_makes_no_side_file_where_nothing_was_rejected(tmp_path, classifier):
    source = tmp_path / "in.jsonl"
    source.write_text(f'{{"text": "{LAWFUL}"}}\n', encoding="utf-8")
    score_file(source, tmp_path / "out.csv", classifier)
    assert sorted(os.listdir(tmp_path)) == ["in.jsonl", "out.csv"]


def test_score_file_keeps_a_key_that_only_later_rows_have(tmp_path, classifier):
    source = tmp_path / "in.jsonl"
    source.write_text(
        f'{{"text": "{LAWFUL}"}}\n{{"text": "{LAWFUL}", "shop": "Hoa"}}\n', encoding="utf-8"
    )
    files = FileOptions(chunk_rows=1)
    score_file(source, tmp_path / "out.csv", classifier, files=files)
    assert [row["shop"] for row in read_csv(tmp_path / "out.csv")] == ["", "Hoa"]


def test_score_file_gives_each_chunk_to_the_onlooker(posts, tmp_path, classifier):
    seen = []
    score_file(
        posts,
        tmp_path / "out.csv",
        classifier,
        ScoreOptions(prefix="ai_"),
        FileOptions(chunk_rows=2),
        on_chunk=lambda frame, summary: seen.append((frame, summary.text_column)),
    )
    assert [len(frame) for frame, _ in seen] == [2, 1]
    frame, column = seen[0]
    assert column == "noi_dung"
    assert frame.loc[0, "phone"] == "0901234567"
    assert isinstance(frame.loc[0, "labels"], list)


def test_score_file_tells_its_progress(posts, tmp_path, classifier):
    counts = []
    score_file(
        posts,
        tmp_path / "out.csv",
        classifier,
        files=FileOptions(chunk_rows=2),
        on_progress=lambda summary: counts.append(summary.n_read),
    )
    assert counts[-1] == 4
    assert counts == sorted(counts)


def test_score_file_leaves_nothing_where_it_is_interrupted(posts, tmp_path, classifier):
    def interrupt(*_):
        raise KeyboardInterrupt

    before = sorted(os.listdir(tmp_path))
    files = FileOptions(chunk_rows=1)
    with pytest.raises(KeyboardInterrupt):
        score_file(posts, tmp_path / "out.csv", classifier, files=files, on_chunk=interrupt)
    assert sorted(os.listdir(tmp_path)) == before


def test_score_file_keeps_the_earlier_output_where_it_is_interrupted(posts, tmp_path, classifier):
    output = tmp_path / "out.csv"
    output.write_text("earlier", encoding="utf-8")

    def interrupt(*_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        score_file(posts, output, classifier, files=FileOptions(overwrite=True), on_chunk=interrupt)
    assert output.read_text(encoding="utf-8") == "earlier"


def test_score_file_refuses_an_output_that_is_there(posts, tmp_path, classifier):
    output = tmp_path / "out.csv"
    output.write_text("earlier", encoding="utf-8")
    with pytest.raises(OutputExistsError):
        score_file(posts, output, classifier)
    assert output.read_text(encoding="utf-8") == "earlier"


def test_score_file_refuses_a_column_of_ours(tmp_path, classifier):
    source = tmp_path / "in.csv"
    source.write_text("text,outcome\nÁo thun,x\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"in\.csv: column 'outcome' is one of ours; "):
        score_file(source, tmp_path / "out.csv", classifier)
    assert os.listdir(tmp_path) == ["in.csv"]


def test_score_file_replaces_a_column_of_ours_when_asked(tmp_path, classifier):
    source = tmp_path / "in.csv"
    source.write_text("text,outcome\nÁo thun nam 99k freeship,x\n", encoding="utf-8")
    score_file(source, tmp_path / "out.csv", classifier, ScoreOptions(replace_columns=True))
    (row,) = read_csv(tmp_path / "out.csv")
    assert row["outcome"] != "x"


def test_score_file_refuses_a_file_without_rows(tmp_path, classifier):
    source = tmp_path / "in.csv"
    source.write_text("id,text\n", encoding="utf-8")
    with pytest.raises(InputError, match="holds no rows"):
        score_file(source, tmp_path / "out.csv", classifier)
    assert os.listdir(tmp_path) == ["in.csv"]


def test_score_file_reads_an_exported_chat(tmp_path, classifier):
    messages = [
        {"sender_name": "Lan", "content": "còn hàng không shop", "timestamp_ms": 1778556720000},
        {"sender_name": "Shop", "content": LAWFUL, "timestamp_ms": 1778556900000},
        {"sender_name": "Shop", "photos": [], "timestamp_ms": 1778556910000},
    ]
    source = tmp_path / "chat.json"
    source.write_text(json.dumps({"messages": messages}), encoding="utf-8")
    summary = score_file(source, tmp_path / "out.csv", classifier)
    rows = read_csv(tmp_path / "out.csv")
    assert [(row["speaker"], row["text"]) for row in rows] == [
        ("Lan", "còn hàng không shop"),
        ("Shop", LAWFUL),
    ]
    assert summary.date_column == "posted_at"
    assert summary.n_bad_dates == 0
    assert summary.rejected == {"no_text": 1}


def test_score_file_reads_a_folder_and_says_where_each_row_is_from(tmp_path, classifier):
    folder = tmp_path / "in"
    folder.mkdir()
    for name in ("a.csv", "b.csv"):
        (folder / name).write_text("text\nÁo thun nam 99k\n", encoding="utf-8")
    (folder / "notes.pdf").write_bytes(b"%PDF")
    summary = score_file(folder, tmp_path / "out.csv", classifier)
    sources = [row["source_file"] for row in read_csv(tmp_path / "out.csv")]
    assert [os.path.basename(source) for source in sources] == ["a.csv", "b.csv"]
    assert summary.n_skipped_files == 1


def test_score_file_reads_a_pasted_chat(tmp_path, classifier):
    source = tmp_path / "chat.txt"
    source.write_text(
        "[10:32, 12/5/2026] Lan: còn hàng không shop\n"
        "[10:35, 12/5/2026] Shop: còn nhé\nGiá: 200k\n",
        encoding="utf-8",
    )
    score_file(source, tmp_path / "out.csv", classifier, files=FileOptions(split="chat"))
    rows = read_csv(tmp_path / "out.csv")
    assert [(row["speaker"], row["text"]) for row in rows] == [
        ("Lan", "còn hàng không shop"),
        ("Shop", "còn nhé\nGiá: 200k"),
    ]


def test_score_file_scores_paragraphs(tmp_path, classifier):
    source = tmp_path / "page.txt"
    source.write_text("Áo thun nam 99k\n\nQuần jean nữ 199k\n", encoding="utf-8")
    files = FileOptions(split="paragraphs")
    assert score_file(source, tmp_path / "a.csv", classifier, files=files).n_read == 2
    assert score_file(source, tmp_path / "b.csv", classifier).n_read == 1


# ---- several files


@pytest.fixture
def folder(tmp_path):
    """A folder of two files."""
    folder = tmp_path / "in"
    folder.mkdir()
    for name, shirt in (("a.csv", "Áo thun"), ("b.csv", "Áo len")):
        (folder / name).write_text(f"id,text\n1,{shirt} 99k freeship\n", encoding="utf-8")
    return folder


AGAIN = FileOptions(overwrite=True)


@pytest.mark.parametrize("name", ["out.csv", "a-first.jsonl", "out.parquet", "out.xlsx"])
@pytest.mark.parametrize("pattern", ["", "*", "**/*"])
def test_score_file_takes_no_earlier_output_for_input(folder, classifier, name, pattern):
    source, output = folder / pattern, folder / name
    options = ScoreOptions(evidence=False)
    first = score_file(source, output, classifier, options)
    content = output.read_bytes()
    again = score_file(source, output, classifier, files=AGAIN)
    assert (first.n_read, again.n_read, again.n_skipped_files) == (2, 2, 0)
    score_file(source, output, classifier, options, AGAIN)
    # a workbook bears the time it was made
    assert output.read_bytes() == content or name.endswith(".xlsx")


def test_score_file_takes_no_earlier_side_file_for_input(folder, classifier):
    (folder / "b.csv").write_text("id,text\n1,\n", encoding="utf-8")
    for _ in range(2):
        summary = score_file(folder, folder / "out.jsonl", classifier, files=AGAIN)
        assert (summary.n_read, summary.rejected) == (2, {"no_text": 1})


def test_score_file_does_not_lose_posts_in_a_folder_to_the_output(folder, classifier):
    posts = (folder / "b.csv").read_bytes()
    with pytest.raises(InputError, match=r"b\.csv: is the input too"):
        score_file(folder, folder / "b.csv", classifier, files=AGAIN)
    assert (folder / "b.csv").read_bytes() == posts


def test_score_file_says_where_there_is_nothing_but_its_output(folder, classifier):
    score_file(folder, folder / "out.csv", classifier)
    for name in ("a.csv", "b.csv"):
        (folder / name).unlink()
    with pytest.raises(InputError, match="in: no file but the output itself"):
        score_file(folder, folder / "out.csv", classifier, files=AGAIN)


def test_score_file_names_the_file_with_a_column_of_ours(folder, tmp_path, classifier):
    (folder / "c.csv").write_text("text,labels\nÁo thun,x\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"c\.csv: column 'labels' is one of ours"):
        score_file(folder, tmp_path / "out.csv", classifier)


@pytest.mark.parametrize("ending", [".csv", ".jsonl", ".parquet"])
def test_score_file_replaces_source_file_when_asked(folder, tmp_path, classifier, ending):
    score_file(folder, folder / f"earlier{ending}", classifier)
    for name in ("a.csv", "b.csv"):
        (folder / name).rename(tmp_path / name)
    score_file(tmp_path / "a.csv", folder / f"single{ending}", classifier)
    options = ScoreOptions(replace_columns=True)
    score_file(folder, tmp_path / "out.csv", classifier, options)
    rows = read_csv(tmp_path / "out.csv")
    assert [os.path.basename(row["source_file"]) for row in rows] == [
        *[f"earlier{ending}"] * 2, f"single{ending}"
    ]  # fmt: skip
    assert not [name for name in rows[0] if name.startswith("source_file_")]


def test_score_file_replaces_columns_that_only_later_rows_have(tmp_path, classifier):
    source = tmp_path / "in.jsonl"
    rows = [{"text": LAWFUL}, {"text": LAWFUL, "model": "old", "n": 1}]
    source.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    options, files = ScoreOptions(replace_columns=True), FileOptions(chunk_rows=1)
    score_file(source, tmp_path / "out.jsonl", classifier, options, files)
    scored = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text("utf-8").splitlines()]
    assert [row["model"] for row in scored] == [classifier.model] * 2
    assert scored[1]["n"] == 1


def test_score_file_names_the_rows_that_a_sheet_could_not_hold(tmp_path, classifier):
    source = tmp_path / "in.csv"
    rows = [LAWFUL, LAWFUL + " a" * 20_000, LAWFUL]
    source.write_text("text\n" + "".join(f'"{row}"\n' for row in rows), encoding="utf-8")
    summary = score_file(source, tmp_path / "out.xlsx", classifier)
    assert (summary.n_cut_cells, summary.cut_rows) == (1, [3])
