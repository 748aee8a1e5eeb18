"""Draw the figures of benchmarks/throughput.py, the same bytes for the same figures."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any, cast

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from throughput_bars import Row, largest

_BLUE, _GREY = "#1f5a99", "#b8c4d6"
_COLORS = ("#1f5a99", "#c4622d", "#4f8a5b", "#8b6aa8", "#7a7a7a")


def draw(result: Mapping[str, Any]) -> bytes:
    """Draw rates by peer, by number of posts and by length of the texts, as SVG."""
    figure = Figure(figsize=(10, 8.5), layout="constrained")
    places = figure.add_gridspec(2, 2)
    draw_rates(figure.add_subplot(places[0, :]), list(largest(result["rows"]).values()))
    ours = [row for row in result["rows"] if row["texts"] == "pool"]
    left, right = (figure.add_subplot(place) for place in (places[1, 0], places[1, 1]))
    draw_lines(left, ours, "n_posts", "pss_mb")
    left.set_xlabel("posts")
    left.set_ylabel("peak memory, MB")
    draw_lines(right, result["lengths"], "n_chars", "mb_per_s")
    right.set_xlabel("characters a text")
    right.set_ylabel("MB of text a second")
    return svg(figure)


def draw_rates(axes: Axes, rows: list[Row]) -> None:
    """Draw a bar a peer; ours in another colour."""
    names = [row["name"] for row in rows]
    colors = [_BLUE if name.startswith("adclassifier") else _GREY for name in names]
    bars = axes.barh(names, [row["posts_per_s"] for row in rows], color=colors)
    axes.bar_label(bars, fmt="{:,.0f}", padding=3, fontsize=8)
    axes.set_xscale("log")
    axes.margins(x=0.15)
    axes.invert_yaxis()
    axes.set_xlabel("posts a second, without start-up")
    axes.tick_params(labelsize=8)
    axes.spines[["top", "right"]].set_visible(False)


def draw_lines(axes: Axes, rows: list[Row], x: str, y: str) -> None:
    """Draw a line a program, with its most jobs."""
    most = {row["family"]: row["jobs"] for row in sorted(rows, key=lambda row: int(row["jobs"]))}
    for number, (family, jobs) in enumerate(most.items()):
        own = [row for row in rows if (row["family"], row["jobs"]) == (family, jobs)]
        color = _COLORS[number % len(_COLORS)]
        style = "-" if number < len(_COLORS) else "--"
        values = [row[x] for row in own], [row[y] for row in own]
        axes.plot(*values, f"o{style}", color=color, markersize=4, label=family)
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.legend(frameon=False, fontsize=7)
    axes.spines[["top", "right"]].set_visible(False)


def svg(figure: Figure) -> bytes:
    """Render without date, machine or random names."""
    settings = {"svg.hashsalt": "adclassifier", "svg.fonttype": "none", "font.family": "sans-serif"}
    stream = io.BytesIO()
    with mpl.rc_context(cast("Any", settings)):
        figure.savefig(stream, format="svg", metadata={"Date": None, "Creator": None})
    return stream.getvalue()
