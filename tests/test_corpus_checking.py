from dataclasses import replace
from pathlib import Path

import pytest

from adclassifier.corpus import Record, check, check_files
from adclassifier.corpus.checking import Problem

DATA = Path(__file__).parents[1] / "data"
GOOD = Record(
    "a-1",
    "Kem đặc trị nám 350k",
    ("cosmetics",),
    ("cosmetics.drug_claim",),
    offer=True,
    kind="violating_ad",
    evidence=("đặc trị nám",),
    source="authored:f",
    platform="zalo",
    post_type="message",
    style=("plain",),
    accept=("legal",),
    where="f.jsonl:7",
)
LAWFUL = Record("a-2", "Áo thun 99k", offer=True, kind="lawful_ad", where="f.jsonl:8")


def test_check_finds_nothing_in_good_records():
    assert check([GOOD, LAWFUL]) == []


@pytest.mark.parametrize(
    ("change", "field", "found", "expected"),
    [
        ({"labels": ("cosmetic",)}, "labels", "'cosmetic'", "did you mean 'cosmetics'?"),
        ({"subcodes": ("cosmetics.drug",)}, "subcodes", "'cosmetics.drug'", "drug_claim"),
        ({"accept": ("lawful",)}, "accept", "'lawful'", "legal"),
        ({"kind": "ad"}, "kind", "'ad'", "lawful_ad"),
        ({"platform": "fb"}, "platform", "'fb'", "facebook"),
        ({"post_type": "caption"}, "post_type", "'caption'", "video_caption"),
        ({"style": ("emojis",)}, "style", "'emojis'", "did you mean 'emoji'?"),
        ({"evidence": ("đặc trị mụn",)}, "evidence", "'đặc trị mụn'", "verbatim"),
        ({"evidence": (" ",)}, "evidence", "' '", "verbatim"),
        ({"text": "🔥", "evidence": ()}, "text", "no letter", "a text"),
        ({"kind": "lawful_ad"}, "kind", "['cosmetics']", "if and only if"),
        ({"labels": ()}, "kind", "[]", "if and only if"),
        ({"offer": False}, "offer", "false", "an ad is an offer"),
        ({"subcodes": ()}, "subcodes", "'cosmetics'", "at least one"),
        (
            {"subcodes": ("cosmetics.drug_claim", "medicine.prescription")},
            "subcodes",
            "'medicine'",
            "of the labels",
        ),
    ],
)
def test_check_names_line_field_found_and_expected(change, field, found, expected):
    problems = check([replace(GOOD, **change)])
    problem = next(p for p in problems if p.field == field and found in p.found)
    assert (problem.file, problem.line) == ("f.jsonl", 7)
    assert expected in problem.expected


@pytest.mark.parametrize("field", ["subcodes", "evidence"])
def test_check_refuses_signs_without_a_label(field):
    record = replace(LAWFUL, **{field: ("cosmetics.drug_claim",)}, text="cosmetics.drug_claim")
    assert field in {problem.field for problem in check([record])}


def test_check_finds_repeated_ids_and_groups_across_splits():
    twin = replace(LAWFUL, where="g.jsonl:3")
    [problem] = check([LAWFUL, twin])
    assert str(problem) == "g.jsonl:3: id: 'a-2' stands at f.jsonl:8 too; an id of its own"
    held_out = replace(GOOD, id="dev-1", text="KEM ĐẶC TRỊ NÁM 350k", evidence=())
    [problem] = check([GOOD, LAWFUL], held_out=[held_out])
    assert (problem.line, problem.field) == (7, "group")
    assert "'dev-1'" in problem.found


def test_check_finds_declared_groups_across_splits():
    [problem] = check([replace(GOOD, group="pair-1")], held_out=[replace(LAWFUL, group="pair-1")])
    assert problem.field == "group"


def test_check_leaves_records_without_details_alone():
    assert check([Record("x", "chữ", ("medicine",))]) == []


def test_check_files_goes_on_after_lines_that_are_no_records(tmp_path):
    path = tmp_path / "f.jsonl"
    rows = [
        '{"id": ',
        '{"id": "a", "text": 5, "labels": []}',
        '{"id": "b", "text": "Kem", "labels": ["cosmetic"], "kind": "violating_ad"}',
        '{"id": "c", "text": "Kem", "labels": [], "evidnce": ["Kem"], "price": 9}',
    ]
    path.write_text("\n".join(rows), encoding="utf-8")
    n_lines, problems = check_files([path])
    assert n_lines == 4
    assert [(problem.line, problem.field) for problem in problems] == [
        *((1, "line"), (2, "text"), (4, "evidnce"), (3, "labels"), (3, "subcodes")),
    ]
    assert str(problems[0]).startswith(f"{path}:1: line: broken JSON: ")
    assert str(problems[2]) == f"{path}:4: evidnce: unknown field; did you mean 'evidence'?"


def test_check_files_leaves_fields_of_the_users_own_alone(tmp_path):
    path = tmp_path / "f.jsonl"
    path.write_text(
        '{"id": "a", "text": "Kem", "labels": [], "address": true, "title": "", "source": "s",'
        ' "source_id": 7}\n',
        encoding="utf-8",
    )
    assert check_files([path]) == (1, [])


def test_check_files_finds_nothing_in_the_authored_corpus():
    n_records, problems = check_files([DATA / "corpus"])
    assert n_records >= 4891
    assert problems == []


def test_problem_reads_as_one_line():
    assert str(Problem("f", 1, "kind", "'ad'", "other")) == "f:1: kind: 'ad'; other"
