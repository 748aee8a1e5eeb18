"""Draw the data card's plots, the same bytes for the same data."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

_AUTHORED, _REAL = "#b8c4d6", "#1f5a99"


def draw_labels(counts: Mapping[str, tuple[int, int]], path: Path) -> None:
    """Draw how many authored and real texts each label has.

    Parameters
    ----------
    counts : mapping of str to (int, int)
        Authored and real texts, by label.
    path : path
        The SVG file.
    """
    figure = Figure(figsize=(7, 3.2), layout="constrained")
    axes = figure.add_subplot()
    _paired_bars(axes, counts, ("authored", "real"), "{:.0f}")
    axes.set_xlabel("texts with the label")
    _save(figure, path)


def draw_guesses(stored: Mapping[str, Any], read: Mapping[str, Any], path: Path) -> None:
    """Draw how well each source is guessed before and after what it added was cut.

    Parameters
    ----------
    stored, read : mapping
        Figures of `source_guessability` of the texts as stored and as read.
    path : path
        The SVG file.
    """
    pairs = {
        name: (guess["recall"], read["sources"][name]["recall"])
        for name, guess in stored["sources"].items()
    }
    figure = Figure(figsize=(7, 4.2), layout="constrained")
    axes = figure.add_subplot()
    _paired_bars(axes, pairs, ("as stored", "as read"), "{:.2f}")
    axes.set_xlim(0, 1.1)
    axes.set_xlabel("share of the source's texts that are guessed right")
    _save(figure, path)


def _paired_bars(
    axes: Axes,
    pairs: Mapping[str, tuple[float, float]],
    names: tuple[str, str],
    number: str,
) -> None:
    """Draw two horizontal bars with their values for every name."""
    places = np.arange(len(pairs))
    for offset, name, color, values in zip(
        (-0.2, 0.2), names, (_AUTHORED, _REAL), zip(*pairs.values(), strict=True), strict=True
    ):
        bars = axes.barh(places + offset, values, height=0.38, color=color, label=name)
        axes.bar_label(bars, fmt=number.format, padding=3, fontsize=8)
    axes.set_yticks(places, list(pairs))
    axes.invert_yaxis()
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, fontsize=9)


def _save(figure: Figure, path: Path) -> None:
    """Write a figure as SVG without date, machine or random names."""
    settings = {"svg.hashsalt": "adclassifier", "svg.fonttype": "none", "font.family": "sans-serif"}
    with mpl.rc_context(cast("Any", settings)):
        figure.savefig(path, format="svg", metadata={"Date": None, "Creator": None})
