"""Reliability diagrams: what was forecast against how often it happened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from matplotlib.figure import Figure

from foedus.figures.style import as_svg, styled
from foedus.telling.palette import BLUE, FAINT, INK, PALE

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from foedus.statistics.scores import ReliabilityBin


def draw_reliability(forecasters: Mapping[str, Sequence[ReliabilityBin]]) -> str:
    """One panel per forecaster, as SVG."""
    with styled():
        figure = Figure(figsize=(4.1 * len(forecasters), 4.4), layout="constrained")
        axes = figure.subplots(1, len(forecasters), squeeze=False)[0]
        for ax, (name, bins) in zip(axes, forecasters.items(), strict=True):
            _panel(ax, name, bins)
        axes[0].set_ylabel("Share that happened")
        return as_svg(figure)


def _panel(ax: Axes, name: str, bins: Sequence[ReliabilityBin]) -> None:
    ax.plot([0, 1], [0, 1], color=FAINT, linewidth=1, linestyle="--", zorder=1)
    for each in bins:
        ax.plot(
            [each.forecast] * 2, [each.low, each.high], color=PALE, linewidth=9, zorder=2,
            solid_capstyle="butt",
        )  # fmt: skip
        inside = each.low <= each.observed <= each.high
        ax.plot(
            each.forecast, each.observed, marker="o" if inside else "D", markersize=7,
            color=BLUE, markerfacecolor=BLUE if inside else "white", markeredgewidth=1.6, zorder=3,
        )  # fmt: skip
        ax.annotate(
            str(each.cases), (each.forecast, each.observed), xytext=(7, -3),
            textcoords="offset points", fontsize=8, color=INK,
        )  # fmt: skip
    ax.set(xlim=(-0.03, 1.08), ylim=(-0.05, 1.05), xlabel="Forecast probability", aspect="equal")
    ax.set_title(name)
