"""JSONL: one broken line costs one row, and the rest comes back to the letter."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from adclassifier.errors import InputError
from adclassifier.posts import blocks, jsonl, open_posts, open_writer
from adclassifier.posts.jsonrows import JsonRows
from adclassifier.posts.jsontext import members, without_lone_surrogates


def read(path: Path | str, **options: Any) -> tuple[list[dict[str, str]], list[tuple[int, str]]]:
    """Give all rows, and number and reason of the rejected ones."""
    rows: list[dict[str, str]] = []
    rejected: list[tuple[int, str]] = []
    with open_posts(path, **options) as reader:
        for chunk in reader.chunks():
            rows += chunk.batch.to_pylist()
            rejected += [(row.row, str(row.reason)) for row in chunk.rejected]
    return rows, rejected


def write(folder: Path, content: str | bytes) -> Path:
    path = folder / "posts.jsonl"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def copy(path: Path, added: dict[str, list[Any]], **options: Any) -> list[str]:
    """Read, add columns, write; give the lines written."""
    output = path.with_name("out.jsonl")
    with open_posts(path, **options) as reader, open_writer(output, overwrite=True) as writer:
        for chunk in reader.chunks():
            writer.write(pa.RecordBatch.from_pydict(added), chunk.rows)
    return output.read_text("utf-8").splitlines()


LONE = "\\ud83d"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        pytest.param('{"text": "a"', "broken_json", id="cut"),
        pytest.param('{"text": "a"}}', "broken_json", id="rubbish behind"),
        pytest.param("{'text': 'a'}", "broken_json", id="single quotes"),
        pytest.param("text", "broken_json", id="no JSON"),
        pytest.param('{"text": "a\tb"}', "broken_json", id="bare tab"),
        pytest.param("[" * 100_000, "broken_json", id="deep and broken"),
        pytest.param('{"text": "a", "x": ' + "[" * 400 + "]" * 400 + "}", "broken_json", id="deep"),
        pytest.param('{"n": ' + "9" * 5000 + ', "text": "a"}', "broken_json", id="endless number"),
        pytest.param('{"text": "a", "text": "b"}', "broken_json", id="key twice"),
        pytest.param('{"text": "a", "te\\u0078t": "b"}', "broken_json", id="key twice, escaped"),
        pytest.param('{"text": "a", "n": 1, "n": 1}', "broken_json", id="another key twice"),
        pytest.param('["a"]', "not_an_object", id="list"),
        pytest.param('[{"a": 1, "a": 2}]', "not_an_object", id="list of a key twice"),
        pytest.param('"a"', "not_an_object", id="string"),
        pytest.param("null", "not_an_object", id="null"),
        pytest.param("NaN", "not_an_object", id="NaN"),
        pytest.param('{"text": 12}', "text_not_string", id="number"),
        pytest.param('{"text": true}', "text_not_string", id="truth"),
        pytest.param('{"text": ["a"]}', "text_not_string", id="list of texts"),
        pytest.param('{"text": null}', "no_text", id="text null"),
        pytest.param('{"text": NaN}', "no_text", id="text NaN"),
        pytest.param('{"text": ""}', "no_text", id="empty text"),
        pytest.param('{"text": " \\n\\u00a0"}', "no_text", id="blank text"),
        pytest.param('{"id": 1}', "no_text", id="text missing"),
        pytest.param("{}", "no_text", id="empty object"),
        pytest.param(json.dumps({"text": "x" * 51}), "too_long", id="too long"),
        pytest.param(b'{"text": "tr\xe1\xbb"}', "invalid_utf8", id="invalid UTF-8"),
        pytest.param(b'{"text": "a", "b": "\xff"}', "invalid_utf8", id="invalid elsewhere"),
        pytest.param(b'{"text": "\xff"', "invalid_utf8", id="invalid and cut"),
    ],
)
def test_open_posts_rejects_one_line(tmp_path: Path, line: str | bytes, reason: str) -> None:
    raw = line.encode() if isinstance(line, str) else line
    path = write(tmp_path, b'{"text": "one"}\n' + raw + b'\n\n{"text": "two"}')
    rows, rejected = read(path, max_chars=50)
    assert [row["text"] for row in rows] == ["one", "two"]
    assert rejected == [(2, reason)]


@pytest.mark.parametrize(
    ("line", "text"),
    [
        pytest.param('{"text": "a\\u0000b"}', "a\0b", id="NUL"),
        pytest.param('{"text": "\\u202ea\\u200b"}', "\u202ea\u200b", id="bidi and zero-width"),
        pytest.param('{"text": "a\\ud800b"}', "a\ufffdb", id="high half"),
        pytest.param('{"text": "a\\uDE00b"}', "a\ufffdb", id="low half"),
        pytest.param('{"text": "\\ude00\\ud83d"}', "\ufffd\ufffd", id="halves turned round"),
        pytest.param('{"text": "\\ud83d\\ud83d\\ude00"}', "\ufffd😀", id="half and pair"),
        pytest.param('{"text": "\\ud83d\\ude00"}', "😀", id="pair"),
        pytest.param('{"text": "\\\\ud83d"}', "\\ud83d", id="escaped backslash"),
        pytest.param('{"text": "b", "x": {"a": 1, "a": 2}}', "b", id="key twice further in"),
        pytest.param('  {"text": "a"}  \r', "a", id="space around"),
        pytest.param('{"text": "a\u2028b\x85c"}', "a\u2028b\x85c", id="odd separators"),
        pytest.param('{"likes": NaN, "text": "NaN"}', "NaN", id="NaN beside"),
        pytest.param('{"text": "\u200b"}', "\u200b", id="zero-width alone"),
    ],
)
def test_open_posts_reads_hostile_text(tmp_path: Path, line: str, text: str) -> None:
    rows, rejected = read(write(tmp_path, line + "\n"))
    assert [row["text"] for row in rows] == [text]
    assert rejected == []


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        pytest.param('{"text":"a","n":1.50}', '{"text":"a","n":1.50, "p": 1}', id="number"),
        pytest.param('{"text":"a", "n":1e999}', '{"text":"a", "n":1e999, "p": 1}', id="huge"),
        pytest.param(
            '{"text":"a","x":{"y":[1,{}]}}', '{"text":"a","x":{"y":[1,{}]}, "p": 1}', id="nested"
        ),
        pytest.param(
            '{"text":"a","n":-Infinity,"s":"NaN \\" NaN"}',
            '{"text":"a","n":null,"s":"NaN \\" NaN", "p": 1}',
            id="Infinity",
        ),
        pytest.param(
            f'{{"text":"a","n":1.0,"{LONE}":"{LONE}"}}',
            '{"text":"a","n":1.0,"\\ufffd":"\\ufffd", "p": 1}',
            id="half characters",
        ),
    ],
)
def test_write_keeps_each_object_to_the_letter(tmp_path: Path, line: str, expected: str) -> None:
    assert copy(write(tmp_path, line), {"p": [1]}) == [expected]


@pytest.mark.parametrize("odd", ['{"text": "b" }', '{"text": "b"\t}', '{"text": "b", "n": 1.50  }'])
def test_write_leaves_no_space_before_the_added_members(tmp_path: Path, odd: str) -> None:
    path = write(tmp_path, '{"text": "a"}\n' + odd)
    kept = odd[:-1].rstrip()
    assert copy(path, {"p": [1, 2]}) == ['{"text": "a", "p": 1}', f'{kept}, "p": 2}}']


def test_write_adds_to_objects_from_which_all_was_taken(tmp_path: Path) -> None:
    rows = JsonRows(["text"], ['{"text": "a"}', '{"text": "b"}'], [{"text": "a"}, {"text": "b"}])
    output = tmp_path / "out.jsonl"
    with open_writer(output) as writer:
        writer.write(pa.RecordBatch.from_pydict({"p": [1, 2]}), rows.drop({"text"}))
    assert output.read_text("utf-8").splitlines() == ['{"p": 1}', '{"p": 2}']


def test_write_adds_lists_as_arrays(tmp_path: Path) -> None:
    added = {
        "labels": [["medicine"]],
        "signals": [[{"code": "guarantee", "start": 0}]],
        "p": [None],
    }
    (line,) = copy(write(tmp_path, '{"text": "a"}'), added)
    assert json.loads(line) == {"text": "a"} | {name: values[0] for name, values in added.items()}


def test_strings_spell_values_as_they_were(tmp_path: Path) -> None:
    line = (
        '{"text":"a","price":1.50,"n":12,"big":123456789012345678901234567890,"ok":true,"no":null}'
    )
    nested = '{"text":"b","price":[1.0, {"x":1e3}],"n":{"y":"ạ"}}'
    rows, _ = read(write(tmp_path, f"{line}\n{nested}\n"))
    first = ["a", "1.50", "12", "123456789012345678901234567890", "true", None]
    assert list(rows[0].values()) == first
    assert (rows[1]["price"], rows[1]["n"], rows[1]["ok"]) == (
        '[1.0, {"x":1e3}]',
        '{"y":"ạ"}',
        None,
    )


def test_scan_columns_finds_keys_of_later_rows(tmp_path: Path) -> None:
    path = write(tmp_path, '{"text": "a"}\n{"text": "b", "late": 1}\n')
    with open_posts(path, chunk_rows=1) as reader:
        assert reader.columns == ("text",)
    with open_posts(path, chunk_rows=1, scan_columns=True) as reader:
        assert reader.columns == ("text", "late")
        assert [row for batch in reader for row in batch.to_pylist()] == [
            {"text": "a", "late": None},
            {"text": "b", "late": "1"},
        ]


def test_write_loses_no_key_of_later_rows(tmp_path: Path) -> None:
    path = write(tmp_path, '{"text": "a"}\n{"text": "b", "late": 1}\n')
    assert copy(path, {"p": [1]}, chunk_rows=1)[1] == '{"text": "b", "late": 1, "p": 1}'
    output = tmp_path / "out.csv"
    with open_posts(path, chunk_rows=1) as reader:
        (_, late), writer = reader.chunks(), open_writer(output)
        with pytest.raises(InputError, match="'late', which has no column"):
            writer.write(late.batch, late.rows)
        writer.abort()
    assert {file.name for file in tmp_path.iterdir()} == {"posts.jsonl", "out.jsonl"}


def test_write_refuses_a_late_key_of_ours_and_drop_replaces_it(tmp_path: Path) -> None:
    path = write(tmp_path, '{"text": "a"}\n{"text": "b", "labels": "old", "n": 1.0}\n')
    with pytest.raises(InputError, match="'labels', which is a column of ours"):
        copy(path, {"labels": [["new"]]}, chunk_rows=1)
    output = tmp_path / "dropped.jsonl"
    with open_posts(path) as reader, open_writer(output) as writer:
        for chunk in reader.chunks():
            added = pa.RecordBatch.from_pydict({"labels": [["new"], []]})
            writer.write(added, chunk.rows.drop(["labels"]))
    assert output.read_text().splitlines() == [
        '{"text": "a", "labels": ["new"]}',
        '{"text": "b", "n": 1.0, "labels": []}',
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param("", "the file is empty", id="empty"),
        pytest.param("\n \n", "the file is empty", id="blank"),
        pytest.param('{"id": 1, "mesage": "a"}', "nearest: 'mesage'", id="no text column"),
    ],
)
def test_open_posts_refuses_jsonl(tmp_path: Path, content: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        open_posts(write(tmp_path, content))


def test_open_posts_reads_a_file_of_broken_lines(tmp_path: Path) -> None:
    rows, rejected = read(write(tmp_path, "x\ny\n"))
    assert rows == []
    assert rejected == [(1, "broken_json"), (2, "broken_json")]


def test_scan_columns_refuses_objects_that_are_no_table(tmp_path: Path) -> None:
    lines = "".join(
        f'{{"text": "a", "k{number}": 1}}\n' for number in range(jsonl.MOST_COLUMNS + 1)
    )
    with pytest.raises(InputError, match="different keys"):
        open_posts(write(tmp_path, lines), chunk_rows=100, scan_columns=True)


def test_open_posts_refuses_a_first_chunk_that_is_no_table(tmp_path: Path) -> None:
    keys = {f"k{number}": 1 for number in range(jsonl.MOST_COLUMNS)}
    with pytest.raises(InputError, match="different keys"):
        open_posts(write(tmp_path, json.dumps({"text": "a"} | keys)))


@pytest.mark.parametrize("chunk_rows", [1, 3, 7, 100])
def test_open_posts_gives_rejected_rows_in_order_where_the_head_is_cut(
    tmp_path: Path, chunk_rows: int
) -> None:
    odd = {4: "{broken", 9: '{"text": ""}', 15: "{broken", 16: '{"id": 1}', 30: "{broken"}
    lines = [odd.get(number, '{"text": "a"}') for number in range(1, 31)]
    path = write(tmp_path, "\n".join(lines))
    _, rejected = read(path, chunk_rows=chunk_rows, head_rows=25)
    assert [number for number, _ in rejected] == list(odd)


def test_open_posts_reads_utf16(tmp_path: Path) -> None:
    rows, _ = read(write(tmp_path, '{"text": "Kem trị nám 🌿"}\n'.encode("utf-16")))
    assert rows == [{"text": "Kem trị nám 🌿"}]


def test_open_posts_rejects_an_endless_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blocks, "LINE_CHARS", 40)
    monkeypatch.setattr(blocks.read_lines, "__defaults__", (40,))
    path = write(tmp_path, '{"text": "' + "x" * 100 + '"}\n{"text": "a"}\n[' + "1," * 50)
    rows, rejected = read(path)
    assert [row["text"] for row in rows] == ["a"]
    assert rejected == [(1, "too_long"), (3, "too_long")]


@pytest.mark.parametrize("scan", [False, True])
def test_open_posts_reads_stdin(monkeypatch: pytest.MonkeyPatch, scan: bool) -> None:
    content = b'{"text": "a"}\n{"text": "b", "late": 1}\n'
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
    with open_posts("-", chunk_rows=1, scan_columns=scan) as reader:
        assert reader.columns == (("text", "late") if scan else ("text",))
        assert reader.paths == ()
        assert [row["text"] for batch in reader for row in batch.to_pylist()] == ["a", "b"]


def test_members_reads_any_spacing() -> None:
    assert list(members('{ "a" :\t1 ,\n"b\\"": [ 2 ] }')) == [("a", "1"), ('b"', "[ 2 ]")]
    assert list(members("{ }")) == []


def test_without_lone_surrogates_keeps_what_is_whole() -> None:
    whole = r'{"a": "\\\ud83d\ude00 \\ud800 \u1ea1 \""}'
    assert without_lone_surrogates(whole) == whole


def test_open_posts_rejects_one_line_of_broken_utf16(tmp_path: Path) -> None:
    lines = [f'{{"text": "Kem trị nám {number}"}}\n' for number in range(3)]
    good, bad, last = (line.encode("utf-16-le") for line in lines)
    half = "😀".encode("utf-16-le")[:2]
    content = b"\xff\xfe" + good + bad.replace("K".encode("utf-16-le"), half) + last
    rows, rejected = read(write(tmp_path, content))
    assert [row["text"] for row in rows] == ["Kem trị nám 0", "Kem trị nám 2"]
    assert rejected == [(2, "invalid_utf8")]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_open_posts_rejects_a_last_line_of_utf16_that_was_cut(
    tmp_path: Path, encoding: str
) -> None:
    mark = "\ufeff".encode(encoding)
    lines = '{"text": "a"}\n{"text": "b"}\n'.encode(encoding)
    rows, rejected = read(write(tmp_path, mark + lines[:-1]))
    assert [row["text"] for row in rows] == ["a"]
    assert rejected == [(2, "invalid_utf8")]
