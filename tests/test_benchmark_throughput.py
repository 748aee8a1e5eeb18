"""The parts of benchmarks/throughput.py that can be wrong; its timings are no tests."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"
TEXTS = ["kem trộn trắng da\ncam kết 7 ngày", "áo thun", "sale", "xin chào cả nhà", "sale"]
PARTS = ("bars", "judge", "learn", "measure", "page", "peers", "plot", "roofline", "texts", "watch")


@pytest.fixture(scope="module")
def parts() -> Iterator[SimpleNamespace]:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(BENCHMARKS))
        names = [f"throughput_{part}" for part in PARTS]
        modules = [__import__(name) for name in names]
        yield SimpleNamespace(**dict(zip(PARTS, modules, strict=True)))
        for name in [*names, "throughput_peer", "ablations_page"]:
            sys.modules.pop(name, None)


def row(family: str, rate: float, **others: Any) -> dict[str, Any]:
    texts = "mix" if family.endswith(("mix", "evidence")) else "pool"
    figures = dict.fromkeys(("posts_per_cpu_s", "mb_per_s", "rss_mb", "start_up_s"), 1.0)
    figures |= {"posts_per_s": rate, "pss_mb": 500.0, "short": False, "shares": {}}
    about = {"name": family, "family": family, "texts": texts, "jobs": 1, "n_posts": 10_000}
    return {**about, **figures, **others}


ROWS = [
    row("scikit-learn", 2_000.0),
    row("scikit-learn mix", 1_000.0),
    row("scikit-learn our n-grams mix", 4_000.0),
    row("fastText", 30_000.0),
    row("adclassifier score", 50_000.0, name="ours, 1 job"),
    row("adclassifier score", 80_000.0, name="ours, 2 jobs", jobs=2),
    row("adclassifier score", 90_000.0, name="ours, 2 jobs", jobs=2, n_posts=20_000, pss_mb=600.0),
    row("adclassifier score with evidence", 20_000.0),
]


@pytest.fixture
def result(parts: SimpleNamespace) -> dict[str, Any]:
    work = {"bytes": 140.0, "chars": 106.0, "tokens": 25.0, "hashes": 400.0, "gathers": 300.0}
    work |= {"all_hashes": 700.0, "all_gathers": 500.0}
    machine = {"bytes_per_s": 1e10, "gathers_per_s": 1e8, "hashes_per_s": 2e8, "table_mb": 10.5}
    machine |= {"random_gathers_per_s": 5e7}
    limits = parts.roofline.shares(work, machine, 50_000.0)
    return {
        "command": "make bench",
        "date": "2026-11-26",
        "data_sha256": "d" * 64,
        "machine": {"cpu": "a chip", "cores": 2, "load": 0.1},
        "repeats": 1,
        "n_starts": 3,
        "pause_s": 0.05,
        "texts": {"mean_chars": 106.2, "mix": {"flag": 0.098, "review": 0.02}, "pool": {}},
        "left_out": {"Spark": "score has no --engine"},
        "does": {each["name"]: "what it does" for each in ROWS},
        "accuracy": {
            "key": "k",
            "n_folds": 3,
            "figures": {"sklearn": {"roc_auc": 0.9111, "macro_f1": 0.5222}},
        },
        "accuracy_of": {"scikit-learn": "sklearn"},
        "single_calls": {"fastText": {"p50_ms": 0.125, "p99_ms": 0.25}},
        "rows": ROWS,
        "lengths": [{**each, "n_chars": n} for each in ROWS[2:3] for n in (50, 400)],
        "roofline": {"n_columns": 10, "work": work, "machine": machine, **limits},
    }


def cells(page: str, name: str) -> list[str]:
    """Find the first row of a table that begins with a name."""
    line = next(line for line in page.splitlines() if line.startswith(f"| {name} |"))
    return [cell.strip() for cell in line.strip("|").split("|")]


def test_resample_gives_no_two_texts_alike(parts: SimpleNamespace) -> None:
    drawn = parts.texts.resample(TEXTS, 3_000)
    assert len(drawn) == len({*drawn}) == 3_000


def test_resample_gives_fewer_as_the_beginning_of_more(parts: SimpleNamespace) -> None:
    assert parts.texts.resample(TEXTS, 300)[:200] == parts.texts.resample(TEXTS, 200)


def test_resample_changes_with_the_seed_alone(parts: SimpleNamespace) -> None:
    first, again, other = (parts.texts.resample(TEXTS, 50, seed) for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_resample_exchanges_one_word_and_keeps_line_breaks(parts: SimpleNamespace) -> None:
    long = "\n".join(f"từ{i}" for i in range(40))
    for text in parts.texts.resample([long], 20):
        words = text.split()
        assert text.count("\n") == 39
        assert sum(word != f"từ{i}" for i, word in enumerate(words[:40])) <= 1


def test_read_texts_leaves_out_texts_without_words(parts: SimpleNamespace, tmp_path: Path) -> None:
    path = tmp_path / "posts.jsonl"
    path.write_text('{"text": "một\u2028hai"}\n{"text": " "}\n', encoding="utf-8")
    assert parts.texts.read_texts(path) == ["một\u2028hai"]


@pytest.mark.parametrize("share", [0.1, 0.5])
def test_mix_has_the_share_of_flagged_anywhere(parts: SimpleNamespace, share: float) -> None:
    flagged = [f"cấm {i} cấm {i}" for i in range(500)]
    others = [f"thường {i} thường {i}" for i in range(500)]
    mixed = parts.texts.mix(flagged, others, 4_000, share)
    held = np.array(["cấm" in text for text in mixed])
    assert len(mixed) == len({*mixed}) == 4_000
    assert held.mean() == pytest.approx(share, abs=0.02)
    assert held[:2_000].mean() == pytest.approx(share, abs=0.03)


@pytest.mark.parametrize("n_chars", [12, 50, 400])
def test_of_length_gives_distinct_texts_of_that_length(
    parts: SimpleNamespace, n_chars: int
) -> None:
    texts = [f"{i} {i * i} bán hàng số {i}" for i in range(200)]
    made = parts.texts.of_length(texts, 60, n_chars)
    assert {*map(len, made)} == {n_chars}
    assert len({*made}) == len(made) == 60


@pytest.mark.parametrize("ending", [".parquet", ".csv", ".jsonl"])
def test_write_posts_writes_as_many_rows(
    parts: SimpleNamespace, tmp_path: Path, ending: str
) -> None:
    path = tmp_path / f"posts{ending}"
    parts.texts.write_posts(TEXTS, path)
    assert parts.measure.count_rows(path) == len(TEXTS)


def test_rate_leaves_start_up_out(parts: SimpleNamespace) -> None:
    start, usage = (
        parts.watch.Usage(2.0, 1.5, 90.0, 99.0),
        parts.watch.Usage(7.0, 9.5, 300.0, 310.0),
    )
    peer = parts.peers.Peer("ours", "ours", (), "")
    figures = asdict(parts.measure.rate(peer, start, usage, 1_000, 2_000_000))
    expected = {"posts_per_s": 200.0, "posts_per_cpu_s": 125.0, "mb_per_s": 0.4, "pss_mb": 300.0}
    assert {name: figures[name] for name in expected} == pytest.approx(expected)
    assert not figures["short"]


def test_rate_keeps_start_up_in_where_it_is_most_of_the_time(parts: SimpleNamespace) -> None:
    start, usage = parts.watch.Usage(2.0, 1.5, 90.0, 99.0), parts.watch.Usage(2.1, 4.0, 90.0, 99.0)
    peer = parts.peers.Peer("ours", "ours", (), "")
    found = parts.measure.rate(peer, start, usage, 1_000, 2_000_000)
    assert found.short
    assert found.posts_per_s == pytest.approx(1_000 / 2.1)
    assert found.posts_per_cpu_s == pytest.approx(400.0)


def test_best_takes_the_least_time_and_the_most_memory(parts: SimpleNamespace) -> None:
    usages = [parts.watch.Usage(2.0, 5.0, 10.0, 30.0), parts.watch.Usage(3.0, 4.0, 20.0, 25.0)]
    assert parts.measure.best(usages) == parts.watch.Usage(2.0, 4.0, 20.0, 30.0)


def test_tree_of_holds_children_and_not_others(parts: SimpleNamespace) -> None:
    waiting = [sys.executable, "-c", "input()"]
    with subprocess.Popen(waiting, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as child:
        assert child.pid in parts.watch.tree_of(os.getpid())
        assert parts.watch.tree_of(child.pid) == [child.pid]
        child.communicate(b"\n")


def test_memory_of_sees_what_is_allocated(parts: SimpleNamespace) -> None:
    before, _, _ = parts.watch.memory_of(os.getpid())
    held = np.ones(8_000_000)
    after, rss, highest = parts.watch.memory_of(os.getpid())
    assert after - before > 0.9 * held.nbytes
    assert highest >= rss * 0.99


def test_memory_of_gives_zeros_of_no_process(parts: SimpleNamespace) -> None:
    assert parts.watch.memory_of(2**31 - 1) == (0, 0, 0)


def test_run_counts_cpu_time_of_children_too(parts: SimpleNamespace) -> None:
    busy = "sum(range(10_000_000))"
    code = f"import subprocess, sys; subprocess.run([sys.executable, '-c', '{busy}'])"
    usage = parts.watch.run([sys.executable, "-c", code])
    alone = parts.watch.run([sys.executable, "-c", "pass"])
    assert usage.cpu_s > alone.cpu_s + 0.05
    assert usage.seconds > 0.05


def test_run_tells_what_a_failed_command_said(parts: SimpleNamespace) -> None:
    with pytest.raises(RuntimeError, match="exit code 3: no such model"):
        parts.watch.run([sys.executable, "-c", "print('no such model'); raise SystemExit(3)"])


@pytest.mark.parametrize(
    ("flags", "wanted", "unwanted"),
    [
        ({"--jobs", "--no-dedupe"}, {"--jobs", "--no-dedupe", "--no-evidence"}, {"--engine"}),
        (set(), {"--no-evidence"}, {"--jobs", "--no-dedupe"}),
    ],
)
def test_our_peers_use_the_options_there_are(
    parts: SimpleNamespace, flags: set[str], wanted: set[str], unwanted: set[str]
) -> None:
    first = next(parts.peers.our_peers(Path("bundle"), [2], frozenset(flags)))
    assert wanted <= {*first.command}
    assert not unwanted & {*first.command}


def test_list_peers_gives_each_a_name_of_its_own(parts: SimpleNamespace) -> None:
    kinds = ("sklearn", "sklearn-equal", "fasttext", "underthesea", "pyfunc")
    flags = frozenset({"--jobs", "--engine"})
    models = {kind: Path(kind) for kind in kinds}
    masters = ["local[2]", "spark://127.0.0.1:7077"]
    peers = parts.peers.list_peers(models, Path("bundle"), [1, 2], flags, masters)
    names = [peer.name for peer in peers]
    assert len(names) == len({*names}) == 16
    assert {peer.texts for peer in peers} == {"pool", "mix"}


def test_bars_compare_the_fastest_at_the_most_posts(parts: SimpleNamespace) -> None:
    found = {bar.promised: (bar.found, bar.reached) for bar in parts.bars.bars(ROWS)}
    assert found["Parquet, no evidence: 30 × scikit-learn, the usual n-grams"] == ("45.00 ×", True)
    promised = "evidence, 10 % flagged: 10 × scikit-learn"
    assert found[f"{promised}, usual n-grams"] == ("20.00 ×", True)
    assert found[f"{promised}, ours"] == ("5.00 ×", False)
    assert found["Parquet, no evidence: 2 × fastText"] == ("3.00 ×", True)
    assert found["peak memory of at most 700 MB"] == ("600 MB", True)
    assert found["peak memory does not grow, 10,000 to 20,000 posts"] == ("1.20 ×", False)
    assert not any("CSV" in promised for promised in found)


def test_render_shows_each_peer_at_its_most_posts(
    parts: SimpleNamespace, result: dict[str, Any]
) -> None:
    page = parts.page.render(result)
    assert cells(page, "ours, 2 jobs")[1:3] == ["20,000", "90,000"]
    assert cells(page, "fastText")[8:10] == ["0.12", "0.25"]
    assert cells(page, "scikit-learn")[-2:] == ["0.911", "0.522"]
    assert "9.8% flagged" in page


def test_render_compares_with_the_first_peer_of_the_same_texts(
    parts: SimpleNamespace, result: dict[str, Any]
) -> None:
    page = parts.page.render(result)
    names = ("scikit-learn", "fastText", "scikit-learn mix", "adclassifier score with evidence")
    assert [cells(page, name)[5] for name in names] == ["1.0", "15.0", "1.0", "20.0"]


def test_render_names_what_was_left_out(parts: SimpleNamespace, result: dict[str, Any]) -> None:
    assert "- Spark: score has no --engine" in parts.page.render(result)


def test_render_marks_rates_of_short_runs(parts: SimpleNamespace, result: dict[str, Any]) -> None:
    result["rows"] = [{**each, "short": True} for each in ROWS]
    assert cells(parts.page.render(result), "fastText")[2] == "≥ 30,000"


def test_jobs_table_compares_with_the_fewest_jobs(parts: SimpleNamespace) -> None:
    lines = parts.page.jobs_table(ROWS).splitlines()
    assert lines[-1] == "| adclassifier score | 2 | 90,000 | 1.80 × |"
    assert not any("fastText" in line for line in lines)


def test_roofline_note_says_what_limits(parts: SimpleNamespace, result: dict[str, Any]) -> None:
    note = parts.page.roofline_note(result["roofline"])
    assert "What limits is all else" in note
    assert "hashes and gathers alone would allow 199,442 posts" in note


def test_draw_gives_the_same_bytes(parts: SimpleNamespace, result: dict[str, Any]) -> None:
    assert parts.plot.draw(result) == parts.plot.draw(result)
