"""`adclassifier explain --counterfactual`."""

from __future__ import annotations

from adclassifier import cli
from adclassifier.cli import exits
from adclassifier.report.counterfactual import LAWFUL_TITLE, NOTE


def test_explain_shows_the_counterfactual_of_each_text(
    capsys, monkeypatch, bundle_folder, flagged_text, clear_text
):
    monkeypatch.setenv("ADCLASSIFIER_MODEL", str(bundle_folder))
    monkeypatch.setenv("COLUMNS", "200")
    assert cli.main(["explain", "--counterfactual", flagged_text, clear_text]) == exits.DONE
    out = capsys.readouterr().out
    assert out.count(NOTE) == 2
    assert out.count(LAWFUL_TITLE) == 1
    assert "Mô hình không nêu dấu hiệu ở bài này" in out


def test_explain_writes_the_counterfactual_to_a_page(
    monkeypatch, bundle_folder, flagged_text, tmp_path
):
    monkeypatch.setenv("ADCLASSIFIER_MODEL", str(bundle_folder))
    page = tmp_path / "page.html"
    arguments = ["explain", "--counterfactual", flagged_text, "--html", str(page)]
    assert cli.main(arguments) == exits.DONE
    assert NOTE in page.read_text(encoding="utf-8")


def test_explain_shows_no_counterfactual_unless_asked(
    capsys, monkeypatch, bundle_folder, flagged_text
):
    monkeypatch.setenv("ADCLASSIFIER_MODEL", str(bundle_folder))
    monkeypatch.setenv("COLUMNS", "200")
    assert cli.main(["explain", flagged_text]) == exits.DONE
    assert NOTE not in capsys.readouterr().out
