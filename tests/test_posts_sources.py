"""Which files a source names, how they are opened, which column is read."""

from __future__ import annotations

import gzip
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard

from adclassifier.errors import InputError
from adclassifier.posts import open_posts, open_writer, read_posts


def texts(source: Path | str, **options: Any) -> list[str]:
    with open_posts(source, **options) as reader:
        return [row[reader.text_column] for batch in reader for row in batch.to_pylist()]


def fill(folder: Path, **files: str) -> None:
    for name, content in files.items():
        path = folder / name.replace("__", "/").replace("_", ".")
        path.parent.mkdir(exist_ok=True)
        path.write_text(content, "utf-8")


def test_open_posts_reads_a_folder_in_order_of_names(tmp_path: Path) -> None:
    fill(tmp_path, b_csv="id,text\n1,b\n", a_csv="text,x\na,0\n", sub__c_jsonl='{"text": "c"}')
    fill(tmp_path, a_csv_rejected_jsonl='{"row": 1}', readme_md="#", empty_csv="")
    fill(tmp_path, **{"sub___hidden_csv": "text\nh\n"})
    with open_posts(tmp_path) as reader:
        assert reader.columns == ("text", "x", "id", "source_file")
        assert [path.name for path in reader.skipped] == ["empty.csv", "readme.md"]
        rows = [row for batch in reader for row in batch.to_pylist()]
    assert [(row["text"], row["x"], row["id"]) for row in rows] == [
        ("a", "0", None),
        ("b", None, "1"),
        ("c", None, None),
    ]
    assert [Path(row["source_file"]).name for row in rows] == ["a.csv", "b.csv", "c.jsonl"]


def test_open_posts_reads_a_pattern(tmp_path: Path) -> None:
    fill(tmp_path, a_csv="text\na\n", b_csv="text\nb\n", c_tsv="text\nc\n", sub__d_csv="text\nd\n")
    assert texts(f"{tmp_path}/*.csv") == ["a", "b"]
    assert texts(f"{tmp_path}/**/*.csv") == ["a", "b", "d"]


def test_open_posts_takes_a_name_before_a_pattern(tmp_path: Path) -> None:
    path = tmp_path / "posts[1].csv"
    path.write_text("text\na\n")
    with open_posts(path) as reader:
        assert (reader.paths, reader.source_column) == ((path,), None)


def test_source_file_keeps_out_of_the_way(tmp_path: Path) -> None:
    fill(tmp_path, a_csv="text,source_file\na,x\n", b_csv="text,source_file\nb,y\n")
    with open_posts(tmp_path) as reader:
        assert reader.source_column == "source_file_2"
        assert [row["source_file"] for b in reader for row in b.to_pylist()] == ["x", "y"]


def test_open_posts_makes_few_chunks_of_many_small_files(tmp_path: Path) -> None:
    for number in range(25):
        (tmp_path / f"{number:02}.txt").write_text(f"bài {number}\n")
    with open_posts(tmp_path, chunk_rows=10) as reader:
        chunks = list(reader.chunks())
    assert [len(chunk.rows) for chunk in chunks] == [10, 10, 5]
    assert chunks[1].batch.to_pylist()[0]["text"] == "bài 10"


def test_write_several_files_as_one(tmp_path: Path) -> None:
    fill(tmp_path, a_csv="id,text\n01,a\n", b_jsonl='{"text": "b", "likes": 1.50}')
    output = tmp_path / "out.csv"
    with open_posts(tmp_path) as reader, open_writer(output, inputs=reader.paths) as writer:
        for chunk in reader.chunks():
            writer.write(chunk.batch, chunk.rows)
    assert output.read_text().splitlines() == [
        "id,text,likes,source_file",
        f"01,a,,{tmp_path}/a.csv",
        f",b,1.50,{tmp_path}/b.jsonl",
    ]


@pytest.mark.parametrize("alike", [True, False])
def test_write_parquet_files_keep_types_where_they_agree(tmp_path: Path, alike: bool) -> None:
    pq.write_table(pa.table({"id": [1], "text": ["a"]}), tmp_path / "a.parquet")
    second = [2] if alike else ["2"]
    pq.write_table(pa.table({"id": second, "text": ["b"]}), tmp_path / "b.parquet")
    output = tmp_path / "out.parquet"
    with open_posts(f"{tmp_path}/?.parquet") as reader, open_writer(output) as writer:
        for chunk in reader.chunks():
            writer.write(chunk.batch, chunk.rows)
    assert pq.read_table(output).column("id").to_pylist() == ([1, 2] if alike else ["1", "2"])


@pytest.mark.parametrize("ending", ["csv", "tsv", "jsonl", "txt"])
@pytest.mark.parametrize("codec", ["gz", "zst"])
def test_open_posts_decompresses(tmp_path: Path, ending: str, codec: str) -> None:
    content = {"jsonl": b'{"text": "a"}\n', "txt": b"a\n"}.get(ending, b"text\na\n")
    pack = gzip.compress if codec == "gz" else zstandard.ZstdCompressor().compress
    path = tmp_path / f"posts.{ending}.{codec}"
    path.write_bytes(pack(content))
    assert texts(path) == ["a"]


@pytest.mark.parametrize("codec", ["gz", "zst"])
@pytest.mark.parametrize("rows", [10, 200_000])
def test_open_posts_tells_a_truncated_file(tmp_path: Path, codec: str, rows: int) -> None:
    content = "text\n" + "".join(f"bài số {number}\n" for number in range(rows))
    pack = gzip.compress if codec == "gz" else zstandard.ZstdCompressor().compress
    path = tmp_path / f"posts.csv.{codec}"
    path.write_bytes(pack(content.encode())[:-20])
    with pytest.raises(InputError, match="the file is damaged"):
        texts(path)


@pytest.mark.parametrize("ending", ["parquet", "xlsx"])
def test_open_posts_refuses_damaged_tables(tmp_path: Path, ending: str) -> None:
    good = tmp_path / f"good.{ending}"
    with open_writer(good) as writer:
        writer.write(pa.RecordBatch.from_pydict({"text": ["a"] * 100}))
    content = good.read_bytes()
    for damaged in (b"", b"text\na\n", content[: len(content) // 2], content[:-1]):
        good.write_bytes(damaged)
        with pytest.raises(InputError, match="good"):
            open_posts(good)


def test_open_posts_refuses_a_zip_that_is_no_workbook(tmp_path: Path) -> None:
    path = tmp_path / "posts.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.txt", "a")
    with pytest.raises(InputError, match="no XLSX workbook"):
        open_posts(path)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("missing.csv", "no such file"),
        ("posts.doc", "unknown ending '.doc'"),
        ("nothing*.csv", "no file that can be read"),
        ("folder", "no file that can be read"),
        ("posts.csv.bz2", "unknown ending"),
    ],
)
def test_open_posts_refuses_sources(tmp_path: Path, name: str, message: str) -> None:
    fill(tmp_path, posts_doc="a", posts_csv_bz2="a", folder__a_md="a")
    with pytest.raises(InputError, match=message):
        open_posts(tmp_path / name)


def test_open_posts_looks_into_every_file_before_the_first_row(tmp_path: Path) -> None:
    fill(tmp_path, a_csv="caption\na\n", b_csv="text\nb\n")
    with pytest.raises(InputError, match=r"b\.csv: no column 'caption' among 'text'"):
        open_posts(tmp_path)


@pytest.mark.parametrize(
    ("header", "asked", "chosen"),
    [
        ("caption,message,text", None, "text"),
        ("title,content,message", None, "message"),
        ("id,Nội dung", None, "Nội dung"),
        ("id,NOI-DUNG", None, "NOI-DUNG"),
        ("Text,text", None, "text"),
        ("TEXT,Text", None, "TEXT"),
        ("id,text,ghi_chu", "ghi_chu", "ghi_chu"),
        ("id,text,Ghi chú", "ghi chu", "Ghi chú"),
    ],
)
def test_open_posts_chooses_the_text_column(
    tmp_path: Path, header: str, asked: str | None, chosen: str
) -> None:
    fill(tmp_path, a_csv=header + "\n" + ",".join("x" for _ in header.split(",")) + "\n")
    with open_posts(tmp_path / "a.csv", text_column=asked) as reader:
        assert reader.text_column == chosen


def test_open_posts_names_the_nearest_column(tmp_path: Path) -> None:
    fill(tmp_path, a_csv="id,ghi_chu,text\n1,2,3\n")
    with pytest.raises(InputError, match=r"no column 'ghichu' among 'id', .*; nearest: 'ghi_chu'"):
        open_posts(tmp_path / "a.csv", text_column="ghichu")


def test_open_posts_refuses_a_parquet_text_column_of_numbers(tmp_path: Path) -> None:
    pq.write_table(pa.table({"text": [1, 2]}), tmp_path / "a.parquet")
    with pytest.raises(InputError, match="column 'text' holds int64"):
        open_posts(tmp_path / "a.parquet")


def test_open_posts_refuses_a_parquet_column_named_twice(tmp_path: Path) -> None:
    table = pa.table([["a"], ["b"]], names=["text", "text"])
    pq.write_table(table, tmp_path / "a.parquet")
    with pytest.raises(InputError, match="column 'text' stands twice"):
        open_posts(tmp_path / "a.parquet")


@pytest.mark.parametrize(
    "kind", [pa.large_string(), pa.string_view(), pa.dictionary(pa.int8(), pa.string())]
)
def test_open_posts_rejects_rows_of_parquet(tmp_path: Path, kind: Any) -> None:
    column = pa.array(["a", None, " ", "x" * 11, "b"]).cast(kind)
    pq.write_table(pa.table({"text": column, "n": [1, 2, 3, 4, 5]}), tmp_path / "a.parquet")
    with open_posts(tmp_path / "a.parquet", max_chars=10) as reader:
        (chunk,) = reader.chunks()
    assert chunk.batch.to_pylist() == [{"text": "a", "n": "1"}, {"text": "b", "n": "5"}]
    assert chunk.numbers == [1, 5]
    assert [(row.row, row.reason) for row in chunk.rejected] == [
        (2, "no_text"),
        (3, "no_text"),
        (4, "too_long"),
    ]


def test_open_posts_rejects_invalid_utf8_in_parquet(tmp_path: Path) -> None:
    raw = pa.array([b"a", b"tr\xe1", b"b"])
    column = pa.Array.from_buffers(pa.string(), 3, raw.buffers())
    pq.write_table(pa.table({"id": [1, 2, 3], "text": column}), tmp_path / "a.parquet")
    with open_posts(tmp_path / "a.parquet") as reader:
        (chunk,) = reader.chunks()
    assert [row["text"] for row in chunk.batch.to_pylist()] == ["a", "b"]
    assert [(row.row, row.reason, row.head) for row in chunk.rejected] == [
        (2, "invalid_utf8", "2, tr\ufffd")
    ]


def test_open_posts_reads_a_sheet(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in ([], ["phone", "text", 2026], ["0901", "a\nb"], [], ["1", "x", "y", "z"], [None, 5]):
        book.active.append(row)
    book.active.append(["2", "_x0041__x000D_"])
    book.save(tmp_path / "a.xlsx")
    with open_posts(tmp_path / "a.xlsx") as reader:
        assert reader.columns == ("phone", "text", "2026")
        (chunk,) = reader.chunks()
    assert chunk.batch.to_pylist() == [
        {"phone": "0901", "text": "a\nb", "2026": None},
        {"phone": "2", "text": "A\r", "2026": None},
    ]
    assert [(row.row, str(row.reason)) for row in chunk.rejected] == [
        (5, "wrong_field_count"),
        (6, "text_not_string"),
    ]


def test_open_posts_reads_a_sheet_that_lies_about_its_size(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in (["id", "text"], ["1", "a"], ["2", "b"]):
        book.active.append(row)
    book.save(tmp_path / "a.xlsx")
    with (
        zipfile.ZipFile(tmp_path / "a.xlsx") as good,
        zipfile.ZipFile(tmp_path / "b.xlsx", "w") as lying,
    ):
        for name in good.namelist():
            lying.writestr(name, good.read(name).replace(b'"A1:B3"', b'"A1:A2"'))
    assert texts(tmp_path / "b.xlsx") == ["a", "b"]


def test_read_posts_gives_strings_and_one_warning(tmp_path: Path) -> None:
    fill(tmp_path, a_csv="phone,caption\n0901,a\n0902,\n0903\n")
    with pytest.warns(UserWarning, match="rows left out: 1 no_text, 1 wrong_field_count") as caught:
        posts = read_posts(tmp_path / "a.csv")
    assert len(caught) == 1
    assert isinstance(posts, pd.DataFrame)
    assert posts.to_dict("records") == [{"phone": "0901", "caption": "a"}]
    assert posts.attrs["text_column"] == "caption"
