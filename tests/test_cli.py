"""The commands, in process."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import signal
import subprocess
import sys
from importlib.metadata import version

import pytest

from adclassifier import cli
from adclassifier.cli import exits
from adclassifier.provisions import NO_BASIS, load_law

LAWFUL = "Áo thun nam 99k, freeship toàn quốc"
COMMANDS = ("train", "evaluate", "predict", "score", "explain", "labels", "corpus")


@pytest.fixture
def run(capsys, bundle_folder, monkeypatch):
    """Run the command line with the tiny model; give code, stdout and stderr."""
    monkeypatch.setenv("ADCLASSIFIER_MODEL", str(bundle_folder))
    monkeypatch.delenv("ADCLASSIFIER_MODEL_SHA256", raising=False)

    def run_with(*arguments, stdin=b""):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8"))
        code = cli.main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        return code, out, err

    return run_with


@pytest.fixture
def posts(tmp_path, flagged_text, clear_text):
    path = tmp_path / "posts.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([("id", "message"), ("a", flagged_text), ("b", clear_text)])
    return path


def test_main_without_arguments_prints_help(run):
    code, out, _ = run()
    assert code == exits.DONE
    assert all(command in out for command in COMMANDS)


def test_main_prints_the_version(run):
    assert run("--version") == (exits.DONE, f"adclassifier {version('adclassifier')}\n", "")


@pytest.mark.parametrize(
    ("arguments", "where", "found"),
    [
        (["--nope"], "adclassifier", "--nope"),
        (["nope"], "adclassifier", "'nope'"),
        (["predict"], "adclassifier predict", "'TEXT'"),
        (["predict", "a", "b"], "adclassifier predict", "(b)"),
        (["score", "a.csv"], "adclassifier score", "'--output'"),
        (["predict", "a", "--prior", "x"], "adclassifier predict", "'--prior'"),
        (["predict", "a", "--model"], "adclassifier", "--model"),
        (["corpus", "nope"], "adclassifier corpus", "'nope'"),
    ],
)
def test_main_says_wrong_usage_in_one_line(run, arguments, where, found):
    code, out, err = run(*arguments)
    assert (code, out) == (exits.FAILED, "")
    assert err.startswith(f"error: {where}: ")
    assert found in err
    assert err.endswith(f"; see `{where} --help`\n")
    assert err.count("\n") == 1


def test_main_lets_no_name_steer_the_terminal(run):
    code, _, err = run("evaluate", "\x1b[31mno\nsuch.jsonl")
    assert code == exits.FAILED
    assert err.startswith("error: \ufffd[31mno such.jsonl: ")
    assert err.count("\n") == 1


def test_main_ends_with_130_at_ctrl_c(run, monkeypatch):
    def interrupt(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("adclassifier.catalog.labels", interrupt)
    assert run("labels")[0] == exits.INTERRUPTED


class Terminating(io.RawIOBase):
    """Standard input of one line, after which SIGTERM comes."""

    def __init__(self, line, folder):
        self.line = line
        self.folder = folder
        self.seen = []

    def readable(self):
        return True

    def readinto(self, target):
        if not self.line:
            self.seen = os.listdir(self.folder)
            signal.raise_signal(signal.SIGTERM)
        n = len(self.line)
        target[:n], self.line = self.line, b""
        return n


def test_main_removes_what_is_half_written_at_sigterm(bundle_folder, tmp_path, monkeypatch):
    stdin = Terminating(json.dumps({"text": LAWFUL}).encode() + b"\n", tmp_path)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(stdin))
    before = signal.getsignal(signal.SIGTERM)
    output = str(tmp_path / "out.jsonl")
    code = cli.main(
        ["score", "-", "-o", output, "--chunk-rows", "1", "--model", str(bundle_folder)]
    )
    assert [name.endswith(".tmp") for name in stdin.seen] == [True]
    assert code == exits.TERMINATED
    assert os.listdir(tmp_path) == []
    assert signal.getsignal(signal.SIGTERM) is before


def test_main_leaves_a_sigterm_that_is_ignored_alone(run):
    before = signal.signal(signal.SIGTERM, signal.SIG_IGN)
    try:
        assert run("labels", "--json")[0] == exits.DONE
        assert signal.getsignal(signal.SIGTERM) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGTERM, before)


def test_importing_the_command_line_loads_nothing_heavy():
    heavy = {"numba", "underthesea", "pandas", "pyarrow", "sklearn", "matplotlib", "mlflow"}
    code = (
        "import sys; from adclassifier.cli import main; main(['labels', '--json']); "
        f"print(sorted({heavy!r} & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr == "[]\n"


def test_the_program_runs_as_a_process(bundle_folder):
    done = subprocess.run(
        [sys.executable, "-m", "adclassifier.cli", "predict", "-", "--json"],
        input=f"{LAWFUL}\n".encode(),
        capture_output=True,
        check=False,
        env={**os.environ, "ADCLASSIFIER_MODEL": str(bundle_folder), "PYTHONIOENCODING": "ascii"},
    )
    assert done.returncode == exits.DONE
    assert json.loads(done.stdout)["outcome"] in ("clear", "review", "flag")


# ---- predict


def test_predict_prints_one_json_object(run, classifier, flagged_text):
    code, out, err = run("predict", flagged_text, "--json")
    (prediction,) = classifier.predict([flagged_text])
    assert (code, err) == (exits.DONE, "")
    assert json.loads(out) == prediction.as_row(classifier.model)
    assert out.count("\n") == 1


def test_predict_takes_a_text_that_begins_with_a_dash(run):
    code, out, _ = run("predict", "--json", "--", "-Áo thun 99k")
    assert code == exits.DONE
    assert json.loads(out)["outcome"] != "unreadable"


@pytest.mark.parametrize("stdin", [LAWFUL.encode(), f"\ufeff{LAWFUL}\r\n".encode()])
def test_predict_reads_standard_input(run, stdin):
    _, out, _ = run("predict", "-", "--json", stdin=stdin)
    _, expected, _ = run("predict", LAWFUL, "--json")
    assert out == expected


def test_predict_refuses_standard_input_that_is_not_utf8(run):
    code, out, err = run("predict", "-", stdin=b"\xff\xfe\xfa")
    assert (code, out) == (exits.FAILED, "")
    assert err == "error: stdin: not UTF-8 at byte 0; text in UTF-8\n"


def test_predict_reads_a_lone_surrogate_as_a_replacement(run):
    _, out, _ = run("predict", f"Áo thun 99k {chr(0xDCFF)}", "--json")
    _, expected, _ = run("predict", "Áo thun 99k \ufffd", "--json")
    assert out == expected


def test_predict_shows_the_finding_in_vietnamese(run, classifier, flagged_text):
    _, out, _ = run("predict", flagged_text)
    (prediction,) = classifier.predict([flagged_text])
    joined = " ".join(out.split())
    assert "Kết quả: có dấu hiệu vi phạm" in joined
    for code in (*prediction.labels, *prediction.subcodes):
        assert f"({code})" in joined
    for provision in map(load_law().get, prediction.provisions):
        assert " ".join(provision.citation.split()) in joined
    for evidence in prediction.evidence:
        assert " ".join(evidence.text.split()) in joined


def test_predict_never_speaks_of_a_violation_without_signs(run, flagged_text):
    for text in (flagged_text, LAWFUL, "???"):
        _, out, _ = run("predict", text)
        joined = " ".join(out.lower().split())
        # a law's own words may speak of it; ours stand before the citations
        ours = joined.partition("căn cứ cần tra cứu")[0]
        assert not re.search("(?<!dấu hiệu )vi phạm", ours)


def test_predict_marks_what_must_be_checked_again(run, classifier, flagged_text):
    _, out, _ = run("predict", flagged_text)
    (prediction,) = classifier.predict([flagged_text])
    marks = sum(bool(load_law().get(i).mark) for i in prediction.provisions)
    assert " ".join(out.split()).count("(cần kiểm tra lại)") == marks


def test_predict_says_which_day_the_law_is_of(run, flagged_text):
    undated = " ".join(run("predict", flagged_text)[1].split())
    dated = " ".join(run("predict", flagged_text, "--posted-at", "10/5/2026")[1].split())
    assert f"tính đến {load_law().as_of:%d/%m/%Y}" in undated
    assert "Không rõ ngày đăng" in undated
    assert "theo ngày đăng 10/05/2026" in dated


def test_show_prediction_says_where_nothing_can_be_cited(capsys):
    from adclassifier.classifier import Prediction
    from adclassifier.cli.views import show_prediction

    found = Prediction(
        "flag", 0.9, 0.9, {}, ("banned_goods",), ("banned_goods.counterfeit_money",), "S1"
    )
    show_prediction(found, "tiny@0", None, authority=False)
    assert f"Tiền giả: {NO_BASIS}" in capsys.readouterr().out


def test_predict_names_the_penal_code_only_to_authorities(run, flagged_text):
    public = json.loads(run("predict", flagged_text, "--json")[1])["provisions"]
    full = json.loads(run("predict", flagged_text, "--json", "--authority")[1])["provisions"]
    law = load_law()
    assert not any(law.get(i).penal for i in public)
    assert set(public) < set(full)


def test_predict_drops_less_urgent_findings(run, classifier, flagged_text):
    row = json.loads(run("predict", flagged_text, "--json", "--min-severity", "S1")[1])
    (expected,) = classifier.predict([flagged_text], min_severity="S1")
    assert row["subcodes"] == list(expected.subcodes)


def test_predict_shifts_the_prior(run, flagged_text):
    low = json.loads(run("predict", flagged_text, "--json", "--prior", "0.01")[1])
    high = json.loads(run("predict", flagged_text, "--json", "--prior", "0.9")[1])
    assert low["p_violating"] < high["p_violating"]


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["--prior", "2"], "error: prior: 2.0; a share above 0 and below 1\n"),
        (["--min-severity", "S9"], "error: min_severity: unknown severity 'S9'; S1 S2 S3 S4\n"),
        (
            ["--posted-at", "soon"],
            "error: --posted-at: no date 'soon'; 2026-05-12 or 12/5/2026\n",
        ),
    ],
)
def test_predict_refuses_options_out_of_range(run, arguments, line):
    assert run("predict", LAWFUL, *arguments) == (exits.FAILED, "", line)


def test_predict_fails_on_violating_when_asked(run, flagged_text):
    assert run("predict", flagged_text, "--fail-on-violating")[0] == exits.FOUND
    assert run("predict", "???", "--fail-on-violating")[0] == exits.DONE


def test_predict_does_not_let_a_text_steer_the_terminal(run, flagged_text):
    _, out, _ = run("predict", flagged_text.replace(" ", " \x1b[31m\u202e", 3))
    assert "\x1b" not in out
    assert "\u202e" not in out


def test_predict_takes_the_text_for_no_markup(run, flagged_text):
    code, _, _ = run("predict", f"{flagged_text} [/bold] [link=x]")
    assert code == exits.DONE


def test_predict_pins_the_model(run, classifier):
    right = run("predict", LAWFUL, "--sha256", classifier.content_hash)
    wrong = run("predict", LAWFUL, "--sha256", "0" * 64)
    assert right[0] == exits.DONE
    assert wrong[0] == exits.FAILED
    assert wrong[2].startswith("error: ")


# ---- explain


def test_explain_shows_each_text(run, flagged_text):
    code, out, _ = run("explain", flagged_text, LAWFUL)
    assert code == exits.DONE
    assert out.count("Kết quả:") == 2


def test_explain_writes_a_page(run, tmp_path, flagged_text):
    page = tmp_path / "page.html"
    code, out, _ = run("explain", f"<script>alert(1)</script> {flagged_text}", "--html", page)
    content = page.read_text(encoding="utf-8")
    assert (code, out) == (exits.DONE, "")
    assert "<script" not in content
    assert "&lt;" in content


def test_explain_keeps_a_page_that_is_there(run, tmp_path):
    page = tmp_path / "page.html"
    page.write_text("earlier", encoding="utf-8")
    code, _, err = run("explain", LAWFUL, "--html", page)
    assert code == exits.FAILED
    assert err == f"error: {page}: is there already; pass --overwrite to replace it\n"
    assert page.read_text(encoding="utf-8") == "earlier"
    assert run("explain", LAWFUL, "--html", page, "--overwrite")[0] == exits.DONE


# ---- score


def test_score_writes_the_file_and_says_what_it_did(run, posts, tmp_path):
    code, out, err = run("score", posts, "--output", tmp_path / "out.csv")
    assert (code, out) == (exits.DONE, "")
    assert "text in column 'message'" in err
    assert "2 rows read: 1 flagged" in err
    assert (tmp_path / "out.csv").is_file()


def test_score_writes_to_standard_output(run, posts):
    code, out, err = run("score", posts, "--output", "-", "--quiet")
    assert (code, err) == (exits.DONE, "")
    assert [json.loads(line)["id"] for line in out.splitlines()] == ["a", "b"]


def test_score_reads_standard_input(run, tmp_path):
    line = json.dumps({"text": LAWFUL, "id": 7})
    code, out, _ = run(
        "score", "-", "-o", "-", "--stdout-format", "csv", "--no-evidence", stdin=line.encode()
    )
    assert code == exits.DONE
    (row,) = csv.DictReader(io.StringIO(out))
    assert row["id"] == "7"
    assert "evidence" not in row


def test_score_agrees_with_predict(run, posts, flagged_text):
    _, out, _ = run("score", posts, "--output", "-")
    scored = json.loads(out.splitlines()[0])
    assert json.loads(run("predict", flagged_text, "--json")[1]).items() <= scored.items()


def test_score_writes_a_report(run, posts, tmp_path, flagged_text):
    report = tmp_path / "report.html"
    code, _, _ = run("score", posts, "-o", tmp_path / "out.csv", "--report", report)
    content = report.read_text(encoding="utf-8")
    assert code == exits.DONE
    assert "dấu hiệu" in content
    assert "0912345678" not in content


@pytest.mark.parametrize(
    "report", ["out.csv", "posts.csv", "missing/report.html", ".", "report.txt", "report", ".html"]
)
def test_score_refuses_a_report_that_cannot_be_written(run, posts, tmp_path, report):
    before = posts.read_bytes()
    code, _, err = run("score", posts, "-o", tmp_path / "out.csv", "--report", tmp_path / report)
    assert code == exits.FAILED
    assert err.count("\n") == 1
    assert posts.read_bytes() == before
    assert os.listdir(tmp_path) == ["posts.csv"]


def test_score_shows_flagged_posts_masked(run, posts, tmp_path, flagged_text):
    _, out, _ = run("score", posts, "-o", tmp_path / "a.csv", "--show", "5")
    _, shown, _ = run("score", posts, "-o", tmp_path / "b.csv", "--show", "5", "--show-contacts")
    assert "0912345678" not in out
    assert "0912345678" in shown
    assert out.count("Kết quả: có dấu hiệu vi phạm") == 1


def test_score_is_strict_when_asked(run, tmp_path):
    source = tmp_path / "in.csv"
    source.write_text(f'text,n\n"{LAWFUL}",1\n,2\n', encoding="utf-8")
    assert run("score", source, "-o", tmp_path / "a.csv")[0] == exits.DONE
    assert run("score", source, "-o", tmp_path / "b.csv", "--strict")[0] == exits.FOUND
    assert (tmp_path / "b.csv").is_file()


def test_score_fails_on_violating_when_asked(run, posts, tmp_path):
    assert run("score", posts, "-o", tmp_path / "a.csv", "--fail-on-violating")[0] == exits.FOUND


def test_score_puts_a_prefix_before_our_columns(run, posts):
    _, out, _ = run("score", posts, "-o", "-", "--prefix", "ai_")
    assert set(json.loads(out.splitlines()[0])) >= {"id", "message", "ai_outcome", "ai_model"}


# ---- labels


def test_labels_prints_json(run):
    from adclassifier import catalog

    code, out, _ = run("labels", "--json")
    assert code == exits.DONE
    assert json.loads(out) == catalog.labels()


def test_labels_prints_every_code(run):
    from adclassifier.taxonomy import load_taxonomy

    _, out, _ = run("labels")
    taxonomy = load_taxonomy()
    codes = {subcode.code.partition(".")[2] for subcode in taxonomy.subcodes}
    codes |= {signal.code for signal in taxonomy.signals}
    assert {"disease_claim", "missing_disclaimer"} <= codes
    assert {code for code in codes if code not in out} == set()


def test_labels_prints_every_provision(run):
    _, out, _ = run("labels")
    listed = set(re.findall(r"[^\s│]+", out))
    assert listed >= {p.id for p in load_law().provisions if not p.penal}


def test_labels_hides_the_penal_code_from_the_public(run):
    assert "Bộ luật Hình sự" not in " ".join(run("labels")[1].split())
    assert any(p.penal for p in load_law().provisions)
    assert "BLHS" in run("labels", "--json", "--authority")[1]


# ---- evaluate


@pytest.fixture
def records(tmp_path, flagged_text, clear_text):
    rows = [
        {"id": "a", "text": flagged_text, "labels": ["illegal_service"], "kind": "violating_ad"},
        {"id": "b", "text": clear_text, "labels": [], "kind": "lawful_ad"},
        {"id": "c", "text": "???", "labels": ["medicine"], "kind": "violating_ad"},
    ]
    path = tmp_path / "records.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)) + "\n", encoding="utf-8")
    return path


def test_evaluate_prints_figures(run, records):
    code, out, _ = run("evaluate", records, "--json")
    figures = json.loads(out)
    assert code == exits.DONE
    assert (figures["n"], figures["n_violating"]) == (3, 2)
    assert {"strict", "accepted", "intervals", "worst_slice"} <= set(figures)


def test_evaluate_prints_tables(run, records):
    assert run("evaluate", records, "--markdown")[1].startswith("3 texts, 2 with signs")
    assert "ROC-AUC" in run("evaluate", records)[1]


def test_evaluate_lists_misses(run, records):
    _, out, _ = run("evaluate", records, "--misses")
    assert "Bỏ sót: có dấu hiệu vi phạm mà không nêu (1)" in out
    assert "1 nêu đúng, 1 bỏ sót" in out


def test_evaluate_joins_labels_with_posts(run, tmp_path, posts):
    labels = tmp_path / "labels.jsonl"
    rows = [
        {"id": "a", "labels": ["medicine"]},
        {"id": "b", "labels": []},
        {"id": "z", "labels": []},
    ]
    labels.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    code, out, _ = run("evaluate", labels, "--texts", posts, "--json")
    assert code == exits.DONE
    assert json.loads(out)["n"] == 2


def test_evaluate_names_posts_that_no_label_speaks_of(run, tmp_path, posts):
    labels = tmp_path / "labels.jsonl"
    labels.write_text('{"id": "z", "labels": []}\n', encoding="utf-8")
    code, _, err = run("evaluate", labels, "--texts", posts)
    assert code == exits.FAILED
    assert err == f"error: {labels}: no post has one of its ids; the labels of these posts\n"


@pytest.mark.parametrize("joined", [False, True])
def test_evaluate_names_file_and_line_of_an_unknown_label(run, tmp_path, posts, joined):
    path = tmp_path / "labels.jsonl"
    row = {"id": "a", "text": "Kem", "labels": ["cosmetic"]}
    path.write_text(json.dumps(row) + "\n", encoding="utf-8")
    code, _, err = run("evaluate", path, *(["--texts", posts] if joined else []))
    assert code == exits.FAILED
    found = "labels: unknown value 'cosmetic'; did you mean 'cosmetics'?"
    assert err == f"error: {path}:1: {found}\n"


def test_evaluate_names_an_empty_file(run, tmp_path):
    path = tmp_path / "records.jsonl"
    path.write_bytes(b"")
    _, _, err = run("evaluate", path)
    assert err == f"error: {path}: no records; expected one JSON object a line\n"


@pytest.mark.parametrize("content", ["", "{", '{"id": "a"}\n'])
def test_evaluate_refuses_files_that_are_no_records(run, tmp_path, content):
    path = tmp_path / "records.jsonl"
    path.write_text(content, encoding="utf-8")
    code, out, err = run("evaluate", path, "--json")
    assert (code, out) == (exits.FAILED, "")
    assert err.startswith("error: ")
    assert err.count("\n") == 1


# ---- corpus


def test_corpus_check_names_the_place(run, records, tmp_path):
    path = tmp_path / "bad.jsonl"
    path.write_text('{"id": "a", "text": "Áo", "labels": ["cosmetic"]}\n', encoding="utf-8")
    code, out, _ = run("corpus", "check", path)
    assert code == exits.FOUND
    assert f"{path}:1: labels: unknown value 'cosmetic'; did you mean 'cosmetics'?" in out


def test_corpus_check_passes_what_is_right(run, tmp_path):
    path = tmp_path / "good.jsonl"
    path.write_text('{"id": "a", "text": "Áo thun", "labels": []}\n', encoding="utf-8")
    assert run("corpus", "check", path)[:2] == (exits.DONE, "1 records, 0 problems\n")


def test_corpus_hydrate_joins_what_annotations_wrote(run, tmp_path):
    texts, notes = tmp_path / "texts.jsonl", tmp_path / "notes"
    row = {"id": "shop:1", "text": "Áo thun 99k", "labels": [], "source": "shop"}
    texts.write_text(json.dumps(row) + "\n", encoding="utf-8")
    output = tmp_path / "joined.jsonl"
    assert run("corpus", "annotations", texts, "-o", notes)[1] == "shop: 1\n"
    code, out, _ = run("corpus", "hydrate", "--from", texts, "--annotations", notes, "-o", output)
    assert code == exits.DONE
    assert "1 of 1 annotations joined" in out
    assert json.loads(output.read_text("utf-8"))["text"] == "Áo thun 99k"


def test_corpus_card_wants_both_parts(run):
    code, _, err = run("corpus", "card", "--texts", "a.jsonl")
    assert code == exits.FAILED
    assert err == "error: corpus card: --texts or --dev alone; both, or neither\n"
