"""CSV and TSV: one bad row costs one row."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from adclassifier.errors import InputError
from adclassifier.posts import blocks, delimited, open_posts


def read(path: Path, **options: Any) -> tuple[list[dict[str, str]], list[tuple[int, str]]]:
    """Give all rows, and number and reason of the rejected ones."""
    rows: list[dict[str, str]] = []
    rejected: list[tuple[int, str]] = []
    with open_posts(path, **options) as reader:
        for chunk in reader.chunks():
            rows += chunk.batch.to_pylist()
            rejected += [(row.row, str(row.reason)) for row in chunk.rejected]
    return rows, rejected


def write(folder: Path, content: str | bytes, name: str = "posts.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@pytest.mark.parametrize(
    ("content", "texts"),
    [
        pytest.param("id,text\n1,a\n", ["a"], id="plain"),
        pytest.param("id,text\r\n1,a\r\n", ["a"], id="crlf"),
        pytest.param("id,text\r1,a\r", ["a"], id="old mac"),
        pytest.param("id,text\n1,a", ["a"], id="no newline at the end"),
        pytest.param("\n\nid,text\n\n1,a\n\n", ["a"], id="blank lines"),
        pytest.param('id,text\n1,"a\nb"\n', ["a\nb"], id="newline in quotes"),
        pytest.param('id,text\n1,"a\r\nb"\n', ["a\r\nb"], id="crlf in quotes"),
        pytest.param('id,text\n1,"a ""b"""\n', ['a "b"'], id="doubled quotes"),
        pytest.param('id,text\n1,"Sữa" giá 5k\n2,b\n', ["Sữa giá 5k", "b"], id="stray quote"),
        pytest.param('id,text\n1,tivi 32"\n', ['tivi 32"'], id="quote inside"),
        pytest.param("id;text\n1;a,b\n", ["a,b"], id="semicolons"),
        pytest.param("id\ttext\n1\ta,b\n", ["a,b"], id="tabs"),
        pytest.param('"a;b;c",text\n1,x\n', ["x"], id="delimiters in a quoted name"),
        pytest.param("text\nmột\nhai\n", ["một", "hai"], id="one column"),
        pytest.param("id,text,\n1,a,\n", ["a"], id="delimiter at line ends"),
        pytest.param("id,text\n1,a\0b\n", ["a\0b"], id="NUL"),
        pytest.param("id,text\n1,\u202ea\u200b\x07\n", ["\u202ea\u200b\x07"], id="bidi and bell"),
        pytest.param(
            "id,text\n1,a\u2028b\x85c\x0cd\n", ["a\u2028b\x85c\x0cd"], id="odd separators"
        ),
        pytest.param("id,text\n1,=1+1\n", ["=1+1"], id="formula"),
    ],
)
def test_open_posts_reads_csv(tmp_path: Path, content: str, texts: list[str]) -> None:
    rows, rejected = read(write(tmp_path, content))
    assert [row["text"] for row in rows] == texts
    assert rejected == []


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_open_posts_reads_encodings_with_a_mark(tmp_path: Path, encoding: str) -> None:
    mark = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}.get(encoding, b"")
    path = write(tmp_path, mark + "id,text\n007,Kem trị nám 🌿\n".encode(encoding))
    assert read(path)[0] == [{"id": "007", "text": "Kem trị nám 🌿"}]


def test_open_posts_keeps_cells_as_they_are(tmp_path: Path) -> None:
    content = "phone,price,when,text\n0901234567,1.50,01/02/2026,  a \nNaN,,null,b\n"
    rows, _ = read(write(tmp_path, content))
    assert list(rows[0].values()) == ["0901234567", "1.50", "01/02/2026", "  a "]
    assert list(rows[1].values()) == ["NaN", "", "null", "b"]


@pytest.mark.parametrize(
    ("content", "texts", "rejected"),
    [
        pytest.param("id,text\n1,a,x\n2,b\n", ["b"], [(2, "wrong_field_count")], id="too many"),
        pytest.param("id,text\n1\n2,b\n", ["b"], [(2, "wrong_field_count")], id="too few"),
        pytest.param(
            "id,text\n1,\n2, \t\n3,b\n", ["b"], [(2, "no_text"), (3, "no_text")], id="none"
        ),
        pytest.param(
            b"id,text\n1,tr\xe1\xbb nam\n2,b\n", ["b"], [(2, "invalid_utf8")], id="invalid UTF-8"
        ),
        pytest.param(
            b"id,text\n\xff,a\n2,b\n", ["b"], [(2, "invalid_utf8")], id="invalid in another column"
        ),
        pytest.param(
            b"id,text\n1,\xed\xa0\x80\n2,b\n", ["b"], [(2, "invalid_utf8")], id="encoded surrogate"
        ),
        pytest.param(
            b"id,text\n1,\xff\n2\n3,b\n",
            ["b"],
            [(2, "invalid_utf8"), (3, "wrong_field_count")],
            id="in order of the file",
        ),
        pytest.param("id,text\n1,12345678901\n2,b\n", ["b"], [(2, "too_long")], id="too long"),
        pytest.param(
            'id,text\n1,"open\n2,b\n3,c\n',
            ["b", "c"],
            [(2, "unclosed_quote")],
            id="open to the end",
        ),
        pytest.param('id,text\n1,b\n2,"open', ["b"], [(3, "unclosed_quote")], id="cut at the end"),
        pytest.param(
            'id,text\n1,"open\n2,"b"\n3,c\n',
            ["b", "c"],
            [(2, "unclosed_quote")],
            id="next row's quote",
        ),
        pytest.param(
            '1,text\n1,"a"b,"c\n2,d\n', ["d"], [(2, "unclosed_quote")], id="stray and open"
        ),
    ],
)
def test_open_posts_rejects_one_csv_row(
    tmp_path: Path, content: str | bytes, texts: list[str], rejected: list[tuple[int, str]]
) -> None:
    rows, found = read(write(tmp_path, content), max_chars=10)
    assert [row["text"] for row in rows] == texts
    assert found == rejected


def test_open_posts_counts_rows_like_a_sheet(tmp_path: Path) -> None:
    path = write(tmp_path, 'id,text\n1,"a\nb\nc"\n\n2,\n3,d\n')
    with open_posts(path) as reader:
        chunks = list(reader.chunks())
    assert [number for chunk in chunks for number in chunk.numbers] == [2, 5]
    assert [row.row for chunk in chunks for row in chunk.rejected] == [4]
    assert (reader.rows_read, reader.rejected) == (3, {"no_text": 1})


def test_open_posts_reads_a_file_whose_lines_do_not_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (blocks, delimited):
        monkeypatch.setattr(module, "LINE_CHARS", 50)
    monkeypatch.setattr(blocks.read_lines, "__defaults__", (50,))
    path = write(tmp_path, "id,text\n1,a\n2," + "x" * 170 + "\n3,b\n" + "4," + "y" * 120)
    rows, rejected = read(path)
    assert [row["text"] for row in rows] == ["a", "b"]
    assert rejected == [(3, "too_long"), (5, "too_long")]


def test_open_posts_stops_an_unclosed_quote_at_the_longest_record(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (blocks, delimited):
        monkeypatch.setattr(module, "LINE_CHARS", 200)
    monkeypatch.setattr(blocks.read_lines, "__defaults__", (200,))
    lines = [f"{number},text {number}" for number in range(100)]
    path = write(tmp_path, "\n".join(["id,text", '0,"open', *lines]))
    rows, rejected = read(path)
    assert len(rows) == 100
    assert rejected == [(2, "unclosed_quote")]


def test_open_posts_gives_up_on_quotes_that_never_pair(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delimited, "REREAD_CHARS", 100)
    path = write(tmp_path, "id,text\n" + 'a"a,"b""\n' * 50)
    with pytest.raises(InputError, match="quotes do not pair up"):
        read(path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param(b"", "the file is empty", id="empty"),
        pytest.param(b"\n\n", "no header", id="blank"),
        pytest.param(b"id,text,text\n1,a,b\n", "column 'text' stands twice", id="duplicate header"),
        pytest.param(b"id,name\n1,a\n", "no text column among 'id', 'name'", id="no text column"),
        pytest.param("id,text\n1,a".encode("utf-16-le"), "without a byte order mark", id="UTF-16"),
        pytest.param("id,text\n1,a".encode("utf-32"), "UTF-32", id="UTF-32"),
        pytest.param(b"id,t\xeaxt\n1,a\n", "the header is not UTF-8", id="header in Latin-1"),
        pytest.param(b"PK\x03\x04rest", "not text", id="zip"),
        pytest.param(
            b"id,text\n" + "1,n\u00e1m\n".encode("latin-1") * 5, "4 of 4 lines", id="whole Latin-1"
        ),
    ],
)
def test_open_posts_refuses_csv(tmp_path: Path, content: bytes, message: str) -> None:
    path = write(tmp_path, content)
    with pytest.raises(InputError, match=message) as caught:
        open_posts(path)
    assert str(path) in str(caught.value)


def test_open_posts_reads_tsv(tmp_path: Path) -> None:
    rows, _ = read(write(tmp_path, 'id\ttext\n1\ta,b;c\n2\t"x\ty"\n', "posts.tsv"))
    assert [row["text"] for row in rows] == ["a,b;c", "x\ty"]


@pytest.mark.parametrize("chunk_rows", [1, 2, 3, 1000])
def test_open_posts_gives_the_same_rows_in_any_chunks(tmp_path: Path, chunk_rows: int) -> None:
    path = write(tmp_path, 'id,text\n1,a\n2,\n3,"b\nc"\n4\n5,d\n')
    rows, rejected = read(path, chunk_rows=chunk_rows)
    assert [row["text"] for row in rows] == ["a", "b\nc", "d"]
    assert rejected == [(3, "no_text"), (5, "wrong_field_count")]
