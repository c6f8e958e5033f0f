"""Histograms as SVG that takes its colours and letters from the page around it; the same numbers give the same bytes."""

import io
import logging
import math
import re
from collections.abc import Sequence

import matplotlib as mpl
import numpy as np
import numpy.typing as npt
from markupsafe import Markup
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from autograder.judge.meters.cpu import CPU_LIMIT

# Where it keeps its list of fonts is nobody's concern: letters are the page's, not matplotlib's.
logging.getLogger("matplotlib").setLevel(logging.ERROR)

# Stand-ins in what matplotlib writes, for colours that a style sheet decides: they differ in light, dark and print.
COLOURS = {"#000001": "var(--ink)", "#000002": "var(--quiet)", "#000003": "var(--good)", "#000004": "var(--bad)"}
INK, QUIET, GOOD, BAD = COLOURS
PIXEL = 1 / 72  # inches: an SVG of matplotlib has 72 units an inch, and a page shows each as a pixel
WIDE = 400  # pixels: a wider figure has room for more bins and numbers
FEW = 40  # submissions: with fewer, 20 bins would be mostly empty
DECADES = (-1, 3)  # of the axis of CPU time: below are misses of the clock, above it does not matter how much
BINS_A_DECADE = 8
INFINITE = DECADES[1] + 0.35  # where the bar of those stands that ran out of memory or time


def of_scores(scores: Sequence[float], most: float, size: tuple[int, int]) -> Markup:
    """Draw how points are distributed.

    Parameters
    ----------
    scores : sequence of float
        Points of each submission.
    most : float
        Full marks, which belong to the last bin.
    size : (int, int)
        Width and height, pixels.
    """
    values, wide = np.asarray(scores, float), size[0] > WIDE
    bins = 20 if wide and len(values) >= FEW else 10
    counts, edges = np.histogram(np.clip(values[np.isfinite(values)], 0, most), bins, (0, most))
    ticks = {value: f"{value:g}" for value in (most * np.linspace(0, 1, 6 if wide else 3)).round(2)}
    return _bars(edges[:-1], np.diff(edges), counts, [GOOD] * bins, ticks, size)


def of_ratios(ratios: Sequence[float], size: tuple[int, int]) -> Markup:
    """Draw how CPU times are distributed, on a logarithmic axis with the limit in it; at its end those without end.

    Parameters
    ----------
    ratios : sequence of float
        CPU time of each submission in units of the reference's; infinite for one that ran out of memory or time.
    size : (int, int)
        Width and height, pixels.
    """
    low, high = DECADES
    limit = math.log10(CPU_LIMIT)
    width = 1 / BINS_A_DECADE
    edges = limit + width * np.arange(-math.ceil((limit - low) / width), math.ceil((high - limit) / width) + 1)
    values = np.asarray(ratios, float)
    finite = values[np.isfinite(values)]
    logs = np.clip(np.log10(np.maximum(finite, 10.0**low)), edges[0], edges[-1])
    # A reading at the limit is within it: bins are closed on the right, those of np.histogram on the left.
    counts = np.bincount(np.searchsorted(edges[1:-1], logs), minlength=len(edges) - 1)
    lefts, widths = np.append(edges[:-1], INFINITE - width / 2), np.full(len(edges), width)
    colours = [GOOD if left < limit - width / 2 else BAD for left in lefts]
    ticks = {-1.0: "0.1", 0.0: "1", limit: f"{CPU_LIMIT:g}", 2.0: "100", 3.0: "1000", INFINITE: "∞"}
    return _bars(lefts, widths, np.append(counts, np.isinf(values).sum()), colours, ticks, size, limit)


def _bars(
    lefts: npt.NDArray[np.float64],
    widths: npt.NDArray[np.float64],
    heights: npt.NDArray[np.int64],
    colours: list[str],
    ticks: dict[float, str],
    size: tuple[int, int],
    limit: float | None = None,
) -> Markup:
    """Draw bars with their left edges, widths, heights and colours, numbers below the axis by their place, and a limit."""
    with mpl.rc_context({"svg.hashsalt": "page", "svg.fonttype": "none", "font.size": 11, "axes.linewidth": 0.8}):
        figure = Figure(figsize=(size[0] * PIXEL, size[1] * PIXEL))
        left, bottom, top = 30, 22, 12 if limit is None else 20
        margins = (left / size[0], bottom / size[1], 1 - (left + 14) / size[0], 1 - (bottom + top) / size[1])
        axes = figure.add_axes(margins)
        shown = heights > 0
        axes.bar(
            (lefts + 0.06 * widths)[shown],
            heights[shown],
            0.88 * widths[shown],
            align="edge",
            color=np.array(colours)[shown],
            clip_on=False,
            zorder=2,
        )
        axes.set_xlim(lefts[0], lefts[-1] + widths[-1])
        axes.set_ylim(0, max(1, *heights))
        axes.yaxis.set_major_locator(MaxNLocator(4 if size[0] > WIDE else 3, integer=True, steps=[1, 2, 5, 10], min_n_ticks=1))
        axes.set_xticks(list(ticks), list(ticks.values()))
        axes.grid(axis="y", color=QUIET, linewidth=0.5, alpha=0.35, zorder=0, clip_on=False)
        axes.tick_params(length=0, labelcolor=QUIET, pad=4)
        for side in ("left", "right", "top"):
            axes.spines[side].set_visible(False)
        axes.spines["bottom"].set_color(QUIET)
        if limit is not None:
            axes.axvline(limit, color=INK, linewidth=1.2, linestyle=(0, (4, 3)), zorder=3, clip_on=False)
            axes.text(limit, 1.02, "limit", color=INK, ha="center", va="bottom", transform=axes.get_xaxis_transform())
        figure.patch.set_visible(False)
        axes.patch.set_visible(False)
        drawn = io.StringIO()
        figure.savefig(drawn, format="svg", metadata={"Creator": None, "Date": None, "Format": None, "Type": None})
    return _inline(drawn.getvalue(), size)


def _inline(drawn: str, size: tuple[int, int]) -> Markup:
    """Make an SVG part of a page whose policy permits no style in it: styles become attributes."""
    drawn = drawn[drawn.index("<svg") :]
    drawn = re.sub(r"<svg[^>]*>", f'<svg viewBox="0 0 {size[0]} {size[1]}" aria-hidden="true">', drawn, count=1)
    drawn = re.sub(r"<style.*?</style>|<metadata>.*?</metadata>|<defs>\s*</defs>", "", drawn, flags=re.DOTALL)
    drawn = drawn.replace("xlink:href", "href")
    referred = set(re.findall(r'"#(\w+)"', drawn))
    drawn = re.sub(r' id="([^"]*)"', lambda match: match[0] if match[1] in referred else "", drawn)
    drawn = re.sub(r'style="([^"]*)"', lambda match: _attributes(match[1]), drawn)
    for stand_in, colour in COLOURS.items():
        drawn = drawn.replace(stand_in, colour)
    return Markup(drawn)


def _attributes(style: str) -> str:
    declared = (declaration.partition(":") for declaration in style.split(";"))
    return " ".join(f'{key.strip()}="{value.strip()}"' for key, _, value in declared if key.strip() != "font-family")
