import pandas as pd
import pytest

from adclassifier.corpus import read_table
from adclassifier.errors import DatasetError, InputError

ROWS = [
    {"text": "Kem đặc trị nám, uống thêm viên giảm cân", "labels": "cosmetics|supplement"},
    {"text": "Áo thun 99k", "labels": ""},
    {"text": "   ", "labels": "medicine"},
    {"text": "Bán kháng sinh không cần toa", "labels": "medicine"},
]
WRITERS = {
    ".csv": lambda frame, path: frame.to_csv(path, index=False),
    ".tsv": lambda frame, path: frame.to_csv(path, index=False, sep="\t"),
    ".jsonl": lambda frame, path: frame.to_json(
        path, orient="records", lines=True, force_ascii=False
    ),
    ".parquet": lambda frame, path: frame.to_parquet(path),
    ".xlsx": lambda frame, path: frame.to_excel(path, index=False),
}


def write(path, rows):
    WRITERS[path.suffix](pd.DataFrame(rows), path)
    return path


@pytest.mark.parametrize(
    ("ending", "empty_row"),
    [(".csv", 4), (".tsv", 4), (".xlsx", 4), (".jsonl", 3), (".parquet", 3)],
)
def test_read_table_reads_every_format(tmp_path, ending, empty_row):
    records, report = read_table(write(tmp_path / f"ads{ending}", ROWS), label_column="labels")
    assert [record.labels for record in records] == [
        ("cosmetics", "supplement"),
        (),
        ("medicine",),
    ]
    assert records[0].text == ROWS[0]["text"]
    assert records[0].source == "ads"
    assert report.empty_rows == (empty_row,)
    assert str(report) == f"3 of 4 rows read, 1 without text left out: rows {empty_row}"


@pytest.mark.parametrize(
    ("cell", "labels"),
    [
        ("cosmetics | medicine|cosmetics", ("cosmetics", "medicine")),
        ("", ()),
        ("legal", ()),
        (" medicine ", ("medicine",)),
    ],
)
def test_read_table_splits_labels(tmp_path, cell, labels):
    path = write(tmp_path / "f.csv", [{"text": "a", "labels": cell}])
    assert read_table(path, label_column="labels")[0][0].labels == labels


@pytest.mark.parametrize("sign", [";", ","])
def test_read_table_joins_labels_by_the_bar_alone(tmp_path, sign):
    path = write(tmp_path / "f.csv", [{"text": "a", "labels": f"cosmetics{sign}medicine"}])
    with pytest.raises(DatasetError, match=r"f\.csv:2: .*labels are joined by '\|'"):
        read_table(path, label_column="labels")


def test_read_table_reads_a_column_for_each_label(tmp_path):
    rows = [
        {"noi_dung": "a", "medicine": "1", "cosmetics": "0", "ma": "x-1"},
        {"noi_dung": "b", "medicine": "No", "cosmetics": "TRUE", "ma": "x-2"},
    ]
    records, _ = read_table(
        write(tmp_path / "f.csv", rows),
        text_column="noi_dung",
        label_columns=["medicine", "cosmetics"],
        id_column="ma",
    )
    assert [(record.id, record.labels) for record in records] == [
        ("x-1", ("medicine",)),
        ("x-2", ("cosmetics",)),
    ]
    assert [(record.offer, record.kind) for record in records] == [(True, "violating_ad")] * 2


def test_read_table_takes_numbers_and_missing_values_of_parquet(tmp_path):
    rows = [{"text": "a", "medicine": 1.0}, {"text": None, "medicine": 0.0}]
    rows.append({"text": "b", "medicine": None})
    records, report = read_table(write(tmp_path / "f.parquet", rows), label_columns=["medicine"])
    assert [record.labels for record in records] == [("medicine",)]
    assert (report.empty_rows, report.unlabelled_rows) == ((2,), (3,))


def test_read_table_reads_lists_in_jsonl(tmp_path):
    path = tmp_path / "f.jsonl"
    path.write_text('{"text": "a", "labels": ["medicine", "cosmetics"]}\n')
    assert read_table(path, label_column="labels")[0][0].labels == ("medicine", "cosmetics")


def test_read_table_names_unknown_labels_with_the_nearest_all_at_once(tmp_path):
    rows = [{"text": "a", "labels": "cosmetic"}, {"text": "b", "labels": "medicin|smuggled"}]
    path = write(tmp_path / "f.csv", rows)
    with pytest.raises(DatasetError) as error:
        read_table(path, label_column="labels")
    message = str(error.value)
    assert message.startswith(f"{path}:2: unknown label 'cosmetic' in 'labels'")
    assert "did you mean 'cosmetics'?" in message
    assert f"{path}:3: unknown label 'medicin' in 'labels'; did you mean 'medicine'?" in message


def test_read_table_names_cells_that_are_not_0_or_1(tmp_path):
    path = write(tmp_path / "f.csv", [{"text": "a", "medicine": "2"}])
    forms = "expected one of 1 1.0 true yes x, or one of 0 0.0 false no, in any case"
    with pytest.raises(DatasetError, match=f"cell '2' in 'medicine'; {forms}"):
        read_table(path, label_columns=["medicine"])


def test_read_table_refuses_a_blank_cell_beside_a_judged_one(tmp_path):
    rows = [{"text": "a", "medicine": "1", "cosmetics": "0"}]
    rows.append({"text": "b", "medicine": "0", "cosmetics": " "})
    path = write(tmp_path / "f.csv", rows)
    with pytest.raises(DatasetError, match=r"f\.csv:3: a blank cell in 'cosmetics'"):
        read_table(path, label_columns=["medicine", "cosmetics"])


def test_read_table_leaves_out_and_counts_rows_that_nobody_judged(tmp_path):
    rows = [{"text": "a", "medicine": "1"}, {"text": "b", "medicine": ""}]
    path = write(tmp_path / "f.csv", [*rows, {"text": "c", "medicine": "0"}])
    records, report = read_table(path, label_columns=["medicine"])
    assert [record.text for record in records] == ["a", "c"]
    assert str(report) == "2 of 3 rows read, 1 without labels left out: rows 3"


def test_read_table_takes_any_label_without_the_taxonomy(tmp_path):
    path = write(tmp_path / "f.csv", [{"text": "a", "spam": "3"}, {"text": "b", "spam": "0"}])
    records, _ = read_table(path, label_column="spam", taxonomy=False)
    assert [record.labels for record in records] == [("3",), ("0",)]
    assert records[0].kind == ""
    assert records[0].offer is None


@pytest.mark.parametrize(
    ("options", "found"),
    [
        ({}, "no single place for labels"),
        ({"label_column": "labels", "label_columns": ["medicine"]}, "no single place for labels"),
        ({"label_column": "label"}, "no column 'label'; 'label': did you mean 'labels'?"),
        ({"label_column": "labels", "text_column": "txt"}, "did you mean 'text'?"),
        ({"label_columns": ["medicines"]}, "did you mean 'medicine'?"),
        ({"label_column": "labels", "id_column": "ma"}, "no column 'ma'"),
    ],
)
def test_read_table_refuses_columns_that_are_not_there(tmp_path, options, found):
    path = write(tmp_path / "f.csv", ROWS)
    with pytest.raises(InputError) as error:
        read_table(path, **options)
    assert found in str(error.value)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("f.doc", b"text"),
        ("f.csv", b""),
        ("f.csv", b"text,labels\n\xff\xfe,a\n"),
        ("f.csv", b'text,labels\na,"b\n'),
        ("f.parquet", b"no parquet"),
        ("f.xlsx", b"no workbook"),
    ],
)
def test_read_table_refuses_damaged_files(tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(InputError) as error:
        read_table(path, label_column="labels")
    assert error.value.where == str(path)


def test_read_table_refuses_a_missing_file(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        read_table(tmp_path / "f.csv", label_column="labels")


def test_read_table_names_broken_lines_of_jsonl(tmp_path):
    path = tmp_path / "f.jsonl"
    path.write_text('{"text": "a", "labels": ""}\n{"text"\n')
    with pytest.raises(DatasetError, match=r"f\.jsonl:2: broken JSON"):
        read_table(path, label_column="labels")
