from __future__ import annotations

import json
import time
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest
from sklearn import metrics as reference

from adclassifier.errors import DatasetError
from adclassifier.metrics import (
    evaluate_predictions,
    expected_calibration_error,
    perfect_calibration_error,
    render_markdown,
)

CODES = ("medicine", "supplement", "cosmetics", "banned_goods")
TEXT = "Kem đặc trị nám tận gốc, cam kết không tái lại"


@dataclass(frozen=True)
class Example:
    text: str = TEXT
    labels: tuple[str, ...] = ()
    subcodes: tuple[str, ...] = ()
    accept: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    kind: str | None = "lawful_ad"
    source: str | None = None
    platform: str | None = None
    post_type: str | None = None
    style: tuple[str, ...] = ()
    group: str | None = None
    offer: bool | None = True


@dataclass(frozen=True)
class Span:
    start: int
    end: int


@dataclass(frozen=True)
class Guess:
    outcome: str
    p_violating: float | None
    probabilities: dict[str, float | None]
    labels: tuple[str, ...] = ()
    evidence: tuple[Span, ...] = ()


def guess(p_violating: float | None, labels: tuple[str, ...] = (), **options: Any) -> Guess:
    outcome = "unreadable" if p_violating is None else "flag" if labels else "clear"
    absent = None if p_violating is None else 0.1
    probabilities = {code: p_violating if code in labels else absent for code in CODES}
    return Guess(**{"outcome": outcome, "probabilities": probabilities} | options,
                 p_violating=p_violating, labels=labels)  # fmt: skip


def pick(rng: np.random.Generator, share: float) -> tuple[str, ...]:
    return tuple(code for code in CODES if rng.random() < share)


def random_example(rng: np.random.Generator, row: int) -> Example:
    labels = pick(rng, 0.3) if rng.random() < 0.3 else ()
    accept = pick(rng, 0.2) if rng.random() < 0.3 else ()
    kinds = ("lawful_ad", "news", "personal")
    return Example(
        text=TEXT * int(rng.integers(1, 20)),
        labels=labels,
        subcodes=tuple(f"{code}.some" for code in labels),
        accept=(*accept, "legal") if labels and rng.random() < 0.2 else accept,
        evidence=("đặc trị nám", "không tái lại") if labels else (),
        kind="violating_ad" if labels else kinds[row % 3],
        source=("captions", "tiki")[row % 2],
        style=("emoji", "caps") if row % 5 == 0 else (),
        group=f"g{row // 2}",
    )


def random_guess(rng: np.random.Generator, example: Example) -> Guess:
    if rng.random() < 0.02:
        return guess(None)
    truth = [code in example.labels for code in CODES]
    scores = 1 / (1 + np.exp(-(rng.normal(size=len(CODES)) * 1.2 + 3.0 * np.array(truth) - 2.2)))
    probabilities: dict[str, float | None] = {
        code: round(float(score), 2) for code, score in zip(CODES, scores, strict=True)
    }
    labels = tuple(code for code in CODES if (probabilities[code] or 0) >= 0.6)
    return Guess(
        outcome="flag" if labels else "review" if max(scores) > 0.4 else "clear",
        p_violating=round(float(max(scores)), 2),
        probabilities=probabilities,
        labels=labels,
        evidence=(Span(4, 20),) if labels else (),
    )


@pytest.fixture(scope="module")
def sample() -> tuple[list[Example], list[Guess]]:
    rng = np.random.default_rng(0)
    examples = [random_example(rng, row) for row in range(900)]
    return examples, [random_guess(rng, example) for example in examples]


@pytest.fixture(scope="module")
def result(sample: tuple[list[Example], list[Guess]]) -> dict[str, Any]:
    return evaluate_predictions(*sample, label_codes=CODES, n_draws=200)


def written_matrix(examples: list[Example]) -> np.ndarray:
    return np.array([[code in example.labels for code in CODES] for example in examples])


def chosen_matrix(guesses: list[Guess]) -> np.ndarray:
    return np.array([[code in one.labels for code in CODES] for one in guesses])


def accepted_matrix(examples: list[Example], guesses: list[Guess]) -> np.ndarray:
    """Write the rule of acceptance once more, record by record."""
    rows = []
    for example, one in zip(examples, guesses, strict=True):
        swaps = set(one.labels) & set(example.accept) - set(example.labels)
        truth, missing = set(example.labels) | swaps, set(example.labels) - set(one.labels)
        stand_ins = len(swaps)
        for code in CODES:
            if code in missing and ("legal" in example.accept or stand_ins > 0):
                truth.discard(code)
                stand_ins -= 1
        rows.append([code in truth for code in CODES])
    return np.array(rows)


@pytest.mark.parametrize("view", ["strict", "accepted"])
def test_evaluate_predictions_equals_scikit_learn_on_labels(
    sample: tuple[list[Example], list[Guess]], result: dict[str, Any], view: str
) -> None:
    chosen = chosen_matrix(sample[1])
    truth = written_matrix(sample[0]) if view == "strict" else accepted_matrix(*sample)
    part = result[view]
    precision, recall, f1, support = reference.precision_recall_fscore_support(truth, chosen)
    for column, code in enumerate(CODES):
        figures = part["per_label"][code]
        assert figures["precision"] == pytest.approx(precision[column])
        assert figures["recall"] == pytest.approx(recall[column])
        assert figures["f1"] == pytest.approx(f1[column])
        assert figures["support"] == support[column]
    assert part["micro_f1"] == pytest.approx(reference.f1_score(truth, chosen, average="micro"))
    assert part["macro_f1"] == pytest.approx(reference.f1_score(truth, chosen, average="macro"))


@pytest.mark.parametrize("view", ["strict", "accepted"])
def test_evaluate_predictions_equals_scikit_learn_on_ranking(
    sample: tuple[list[Example], list[Guess]], result: dict[str, Any], view: str
) -> None:
    examples, guesses = sample
    y_true = np.array([bool(example.labels) for example in examples])
    y_prob = np.array([one.p_violating or 0.0 for one in guesses])
    open_rows = np.array([
        "legal" in e.accept if e.labels else bool(set(e.accept) - {"legal"}) for e in examples
    ])  # fmt: skip
    kept = ~open_rows if view == "accepted" else np.ones(len(examples), dtype=bool)
    figures = result[view]["violating"]
    assert figures["n_left_out"] == (~kept).sum()
    assert figures["roc_auc"] == pytest.approx(reference.roc_auc_score(y_true[kept], y_prob[kept]))
    expected = reference.average_precision_score(y_true[kept], y_prob[kept])
    assert figures["average_precision"] == pytest.approx(expected)
    error = expected_calibration_error(y_true[kept], y_prob[kept])
    assert result[view]["ece"] == pytest.approx(error)
    assert result[view]["ece_perfect"] == perfect_calibration_error(y_prob[kept])


def test_evaluate_predictions_leaves_open_labels_out_of_their_average_precision() -> None:
    examples = [
        Example(labels=("cosmetics",), accept=("medicine",)),
        Example(labels=("medicine",)),
        Example(),
        Example(accept=("supplement",)),
    ]
    scores = (0.9, 0.8, 0.1, 0.2)
    guesses = [replace(guess(p), probabilities=dict.fromkeys(CODES, p)) for p in scores]
    result = evaluate_predictions(examples, guesses, label_codes=CODES, n_draws=5)
    assert result["strict"]["per_label"]["medicine"]["average_precision"] == 0.5
    assert result["accepted"]["per_label"]["medicine"]["average_precision"] == 1.0
    left_out = {code: part["n_left_out"] for code, part in result["accepted"]["per_label"].items()}
    assert left_out == {"medicine": 1, "supplement": 1, "cosmetics": 1, "banned_goods": 0}
    assert result["accepted"]["violating"]["n_left_out"] == 1


def test_evaluate_predictions_of_a_hand_computed_example() -> None:
    examples = [
        Example(labels=("cosmetics",), kind="violating_ad"),
        Example(labels=("cosmetics",), kind="violating_ad", accept=("legal",)),
        Example(labels=("cosmetics",), kind="violating_ad", accept=("medicine",)),
        Example(accept=("supplement",)),
        Example(),
        Example(kind="news"),
    ]
    guesses = [
        guess(0.9, ("cosmetics",)),
        guess(0.2),
        guess(0.8, ("medicine",)),
        guess(0.7, ("supplement",)),
        guess(0.6, ("medicine",)),
        guess(None),
    ]
    result = evaluate_predictions(examples, guesses, label_codes=CODES, n_draws=5)
    strict, accepted = result["strict"], result["accepted"]
    assert (result["n"], result["n_violating"]) == (6, 3)
    # labels, strict: 1 hit, 3 wrong, 2 missed; accepted: 3 hits, 1 wrong (medicine, row 5)
    assert strict["micro_f1"] == pytest.approx(2 / (2 + 3 + 2))
    assert accepted["micro_f1"] == pytest.approx(6 / (6 + 1))
    # violating, strict: 2 hits, 2 wrong, 1 missed; accepted: 3 hits, 1 wrong
    assert strict["violating"]["precision"] == 0.5
    assert strict["violating"]["recall"] == pytest.approx(2 / 3)
    assert accepted["violating"]["precision"] == 0.75
    assert accepted["violating"]["recall"] == 1.0
    assert strict["false_positive_rate"] == {"lawful_ad": 1.0, "news": 0.0}
    assert accepted["false_positive_rate"] == {"lawful_ad": 1.0, "news": 0.0}
    # strict: pairs won .9>.7 .9>.6 .9>0 .8>.7 .8>.6 .8>0 .2>0 of 9; accepted: .9 .8 over .6 0
    assert strict["violating"]["roc_auc"] == pytest.approx(7 / 9)
    assert accepted["violating"]["roc_auc"] == 1.0
    assert strict["outcome"] == {
        "clear": pytest.approx(1 / 6),
        "review": 0.0,
        "flag": pytest.approx(4 / 6),
        "unreadable": pytest.approx(1 / 6),
    }
    # no label has ten positives
    assert strict["macro_f1"] is None
    assert strict["macro_labels"] == []
    assert strict["per_label"]["banned_goods"]["f1"] is None


def test_evaluate_predictions_takes_false_alarms_from_records_written_lawful() -> None:
    examples = [Example(labels=("cosmetics",), accept=("legal",)), Example(), Example(kind="news")]
    guesses = [guess(0.1), guess(0.9, ("cosmetics",)), guess(0.1)]
    result = evaluate_predictions(examples, guesses, label_codes=CODES, n_draws=5)
    assert result["accepted"]["false_positive_rate"] == {"lawful_ad": 1.0, "news": 0.0}


def test_evaluate_predictions_averages_labels_with_ten_positives() -> None:
    labels = [("cosmetics",)] * 10 + [("medicine",)] * 9 + [()] * 5
    examples = [Example(labels=written) for written in labels]
    guesses = [guess(0.9, ("cosmetics",)) for _ in range(24)]
    result = evaluate_predictions(examples, guesses, label_codes=CODES, n_draws=5)
    assert result["strict"]["macro_labels"] == ["cosmetics"]
    assert result["strict"]["macro_f1"] == pytest.approx(20 / (20 + 14))


def test_evaluate_predictions_takes_unreadable_as_clear_with_probability_zero() -> None:
    examples = [Example(labels=("cosmetics",)), Example()]
    unreadable = evaluate_predictions(examples, [guess(None)] * 2, label_codes=CODES, n_draws=5)
    zero = guess(0.0, probabilities=dict.fromkeys(CODES, 0.0), outcome="unreadable")
    assert unreadable == evaluate_predictions(examples, [zero] * 2, label_codes=CODES, n_draws=5)
    assert unreadable["strict"]["violating"]["recall"] == 0.0
    assert unreadable["strict"]["violating"]["roc_auc"] == 0.5


@pytest.mark.parametrize(("n_rows", "defined"), [(199, []), (200, ["50"]), (800, ["50", "200"])])
def test_evaluate_predictions_gives_precision_at_k_for_four_times_k_rows(
    n_rows: int, defined: list[str]
) -> None:
    examples = [Example(labels=("cosmetics",) if row < 40 else ()) for row in range(n_rows)]
    examples[40] = Example(accept=("medicine",))
    guesses = [guess(1 - row / n_rows) for row in range(n_rows)]
    result = evaluate_predictions(examples, guesses, label_codes=CODES, n_draws=5)
    strict, accepted = result["strict"]["precision_at"], result["accepted"]["precision_at"]
    assert [k for k in ("50", "200") if strict[k] is not None] == defined
    assert [k for k in ("50", "200") if result["intervals"]["strict"]["precision_at"][k]] == defined
    if defined:
        assert strict["50"] == pytest.approx(40 / 50)
        assert accepted["50"] == pytest.approx(41 / 50)


def test_evaluate_predictions_measures_evidence_in_syllables() -> None:
    # marked "đặc trị nám" (3 syllables); shown "trị nám tận" (3), two of them the same
    marked = Example(labels=("cosmetics",), evidence=("đặc trị nám",))
    shown = guess(0.9, ("cosmetics",), evidence=(Span(8, 19),))
    legal = replace(marked, accept=("legal",))
    result = evaluate_predictions(
        [marked, legal, Example()], [shown, guess(0.2), shown], label_codes=CODES, n_draws=5
    )
    assert result["strict"]["evidence_f1"] == pytest.approx(4 / (4 + 1 + 1 + 3))
    assert result["accepted"]["evidence_f1"] == pytest.approx(4 / (4 + 1 + 1))
    assert result["strict"]["evidence_f1_flagged"] == pytest.approx(4 / (4 + 1 + 1))


def test_evaluate_predictions_resamples_whole_groups(
    sample: tuple[list[Example], list[Guess]], result: dict[str, Any]
) -> None:
    assert result["intervals"]["n_groups"] == 450
    by_row = evaluate_predictions(
        *sample, label_codes=CODES, groups=[None] * 900, n_draws=200, random_state=1
    )
    assert by_row["intervals"]["n_groups"] == 900
    copies = [row // 8 for row in range(7200)]
    grouped = evaluate_predictions(
        [sample[0][row] for row in copies],
        [sample[1][row] for row in copies],
        label_codes=CODES,
        groups=copies,
        n_draws=200,
    )
    widths = [
        high - low
        for low, high in (
            one["intervals"]["strict"]["violating"]["roc_auc"] for one in (by_row, grouped)
        )
    ]
    # eight copies of each row, kept together, know no more than one
    assert widths[1] == pytest.approx(widths[0], rel=0.25)


@pytest.mark.parametrize("view", ["strict", "accepted"])
def test_evaluate_predictions_gives_intervals_around_the_figures(
    result: dict[str, Any], view: str
) -> None:
    intervals = result["intervals"][view]
    for name in ("precision", "recall", "f1", "roc_auc", "average_precision"):
        low, high = intervals["violating"][name]
        assert low < result[view]["violating"][name] < high
    for name in ("micro_f1", "macro_f1", "evidence_f1"):
        low, high = intervals[name]
        assert low < result[view][name] < high
    low, high = intervals["ece"]
    assert 0 < low < high < 1


def test_evaluate_predictions_of_part_of_the_draws_equals_the_plain_figures() -> None:
    rng = np.random.default_rng(3)
    examples = [replace(random_example(rng, row), group=None) for row in range(60)]
    guesses = [random_guess(rng, example) for example in examples]
    one_draw = evaluate_predictions(examples, guesses, label_codes=CODES, n_draws=1, random_state=5)
    rows = np.random.default_rng(5).integers(60, size=60)
    redone = evaluate_predictions(
        [examples[row] for row in rows],
        [guesses[row] for row in rows],
        label_codes=CODES,
        n_draws=1,
    )
    for view in ("strict", "accepted"):
        drawn = one_draw["intervals"][view]
        assert drawn["micro_f1"] == pytest.approx([redone[view]["micro_f1"]] * 2)
        for name in ("f1", "roc_auc", "average_precision"):
            assert drawn["violating"][name] == pytest.approx([redone[view]["violating"][name]] * 2)


def test_evaluate_predictions_is_json_and_repeatable(
    sample: tuple[list[Example], list[Guess]], result: dict[str, Any]
) -> None:
    again = evaluate_predictions(*sample, label_codes=CODES, n_draws=200)
    assert json.dumps(again, allow_nan=False) == json.dumps(result, allow_nan=False)
    assert list(result) == ["n", "n_violating", "strict", "accepted", "intervals", "worst_slice"]
    assert json.loads(json.dumps(result)) == result


@pytest.mark.parametrize(
    ("examples", "guesses"),
    [
        ([], []),
        ([Example()], []),
        ([Example(labels=("cosmetic",))], [guess(0.1)]),
        ([Example(accept=("lawful",))], [guess(0.1)]),
        ([Example()], [replace(guess(0.9), labels=("legal",))]),
    ],
)
def test_evaluate_predictions_refuses_what_it_cannot_judge(
    examples: list[Example], guesses: list[Guess]
) -> None:
    with pytest.raises(DatasetError):
        evaluate_predictions(examples, guesses, label_codes=CODES)


def test_evaluate_predictions_of_6900_records_takes_under_ten_seconds_of_one_core() -> None:
    rng = np.random.default_rng(0)
    examples = [random_example(rng, row) for row in range(6900)]
    guesses = [random_guess(rng, example) for example in examples]
    started = time.process_time()
    evaluate_predictions(examples, guesses, label_codes=CODES)
    assert time.process_time() - started < 10


def test_render_markdown_writes_tables_that_say_the_figures(result: dict[str, Any]) -> None:
    page = render_markdown(json.loads(json.dumps(result)))
    auc = result["accepted"]["violating"]["roc_auc"]
    low, high = result["intervals"]["accepted"]["violating"]["roc_auc"]
    assert f"| violating or not: ROC-AUC | {auc:.3f} ({low:.3f}–{high:.3f}) |" in page
    recall = result["accepted"]["per_label"]["medicine"]["recall"]
    assert f"{recall:.3f}" in next(line for line in page.splitlines() if "`medicine`" in line)
    for table in page.split("\n\n")[1:]:
        assert len({line.count("|") for line in table.strip().splitlines()}) == 1


def test_render_markdown_shows_undefined_figures_as_a_dash() -> None:
    result = evaluate_predictions([Example()], [guess(0.1)], label_codes=CODES, n_draws=0)
    page = render_markdown(result)
    assert "| violating or not: ROC-AUC | – | – |" in page
    # no text carries the label: not a row of dashes
    assert "`medicine`" not in page
    assert "None" not in page
    assert "nan" not in page
