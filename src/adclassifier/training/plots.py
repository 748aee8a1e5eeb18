"""Draw what a model's card says, the same bytes for the same figures."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any, cast

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure

from adclassifier.classifier import VIOLATING
from adclassifier.metrics import calibration_bins
from adclassifier.training.fitting import Fitting

_BLUE, _GREY, _ORANGE = "#1f5a99", "#b8c4d6", "#c4622d"


def draw_plots(fitting: Fitting) -> dict[str, bytes]:
    """Draw the plots that a bundle carries.

    Parameters
    ----------
    fitting : Fitting
        What `fit` gave.

    Returns
    -------
    dict of str to bytes
        SVG by file name: ``labels.svg`` (precision, recall, F1 of each label) and
        ``calibration.svg`` (said and found share of violating texts), both out of fold on the part
        that the model was calibrated on. Without figures for that part there is no ``labels.svg``:
        few real texts, and no authored ones, are calibrated on as "authored".
    """
    plots = {"calibration.svg": _calibration(fitting)}
    basis = fitting.calibration.basis
    figures = fitting.classifier.card["figures"].get(basis)
    if figures:
        plots["labels.svg"] = _labels(figures["accepted"]["per_label"], basis)
    return plots


def _labels(per_label: Mapping[str, Mapping[str, Any]], basis: str) -> bytes:
    """Draw a group of bars a label."""
    figure = Figure(figsize=(7, 3.8), layout="constrained")
    axes = figure.add_subplot()
    places = np.arange(len(per_label))
    for offset, name, color in (
        (-0.27, "precision", _GREY),
        (0.0, "recall", _BLUE),
        (0.27, "f1", _ORANGE),
    ):
        values = [part[name] or 0.0 for part in per_label.values()]
        bars = axes.barh(places + offset, values, height=0.25, color=color, label=name)
        axes.bar_label(bars, fmt="{:.2f}", padding=3, fontsize=7)
    names = [f"{code} ({part['support']})" for code, part in per_label.items()]
    axes.set_yticks(places, names)
    axes.invert_yaxis()
    axes.set_xlim(0, 1.1)
    axes.set_xlabel(f"out of fold, {basis} texts, acceptable labels counted as right")
    axes.spines[["top", "right"]].set_visible(False)
    figure.legend(frameon=False, fontsize=8, ncols=3, loc="outside upper right")
    return _svg(figure)


def _calibration(fitting: Fitting) -> bytes:
    """Draw the share of violating texts found against the probability said."""
    examples = fitting.examples
    rows = (
        examples.real if fitting.calibration.basis == "real" else np.ones(len(examples.real), bool)
    )
    column = examples.column(VIOLATING)
    said = fitting.calibration.probabilities(fitting.decisions)[rows, column]
    bins = calibration_bins(examples.targets[rows, column], said)
    figure = Figure(figsize=(4.2, 3.8), layout="constrained")
    axes = figure.add_subplot()
    axes.plot([0, 1], [0, 1], color=_GREY, linewidth=1)
    axes.plot(
        [each.mean_probability for each in bins],
        [each.share_true for each in bins],
        "o-",
        color=_BLUE,
        markersize=4,
    )
    axes.set_xlabel("probability said")
    axes.set_ylabel("share of violating texts")
    axes.spines[["top", "right"]].set_visible(False)
    return _svg(figure)


def _svg(figure: Figure) -> bytes:
    """Render as SVG without date, machine or random names."""
    settings = {"svg.hashsalt": "adclassifier", "svg.fonttype": "none", "font.family": "sans-serif"}
    stream = io.BytesIO()
    with mpl.rc_context(cast("Any", settings)):
        figure.savefig(stream, format="svg", metadata={"Date": None, "Creator": None})
    return stream.getvalue()
