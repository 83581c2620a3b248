"""Fan charts of cohesion and its components."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from foedus.figures.style import SHORT, SMALL_POINTS, marks, page, time_axis, years
from foedus.runs.provenance import provenance
from foedus.scenarios.language.quantities import COMPONENTS
from foedus.statistics.quantiles import histogram_quantiles
from foedus.telling.headlines import cohesion_headline
from foedus.telling.palette import BLUE, FAINT
from foedus.telling.words import COMPONENT_MEANINGS, COMPONENT_TITLES, Titles

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from foedus.simulation.outcome import Ensemble
    from foedus.telling.summary import Summary

WIDE, NARROW = 0.18, 0.38
"""Opacity of the 90 % and of the 50 % band."""


def cohesion_figure(ensemble: Ensemble, summary: Summary) -> Figure:
    """Cohesion large, its five components beside it, month by month."""
    dotted = Titles(ensemble).marks()
    note = "Each from 0 to 1, over the trials."
    if dotted:
        note += " Dotted: what the scenario itself does."
    figure = page(
        (11.0, 7.4), f"{cohesion_headline(summary)}.", note, provenance(ensemble), fan_legend()
    )
    grid = figure.add_gridspec(2, len(COMPONENTS), height_ratios=(1.9, 1.0))
    large = figure.add_subplot(grid[0, :])
    fan(large, ensemble, "cohesion")
    large.set_title(f"Cohesion: {COMPONENT_MEANINGS['cohesion']}")
    large.set_ylabel("Cohesion (0 to 1)")
    time_axis(large, ensemble.dates)
    marks(large, dotted, ensemble.dates, labels=True)
    for n, name in enumerate(COMPONENTS):
        small = _component(figure.add_subplot(grid[1, n]), ensemble, name)
        marks(small, dotted, ensemble.dates)
        small.tick_params(labelleft=n == 0)
        small.set_ylabel("Component (0 to 1)" if n == 0 else "")
    return figure


def _component(ax: Axes, ensemble: Ensemble, name: str) -> Axes:
    fan(ax, ensemble, name)
    time_axis(ax, ensemble.dates, ticks=3)
    ax.set_xlabel("Year" if len(ensemble.dates) > SHORT else "Month")
    ax.set_title(f"{COMPONENT_TITLES[name]}\n", fontsize=9.0)
    meaning = ax.text(0.0, 1.03, COMPONENT_MEANINGS[name], transform=ax.transAxes)
    meaning.set(fontsize=SMALL_POINTS, color=FAINT, in_layout=False)
    return ax


def fan(
    ax: Axes, ensemble: Ensemble, name: str, member: str | None = None, colour: str = BLUE
) -> Axes:
    """Median of a series over the trials, with its 50 % and 90 % bands.

    Args:
        ax: Where to draw.
        ensemble: What to draw.
        name: Of the series.
        member: Code of the member; None for the alliance.
        colour: Of line and bands.

    Returns:
        The axes, for the caller to adorn.
    """
    place = [(one.name, one.member) for one in ensemble.series].index((name, member))
    bands(ax, ensemble.dates, histogram_quantiles(ensemble.histograms[:, place]), colour)
    ax.set_ylim(0.0, 1.0)
    return ax


def bands(
    ax: Axes, dates: tuple[str, ...], quantiles: NDArray[np.float64], colour: str = BLUE
) -> None:
    """A median and its bands over time; quantiles of shape ``(month, 5)``."""
    low, lower, median, upper, high = quantiles.T
    time = years(dates)
    ax.fill_between(time, low, high, color=colour, alpha=WIDE, linewidth=0)
    ax.fill_between(time, lower, upper, color=colour, alpha=NARROW, linewidth=0)
    ax.plot(time, median, color=colour, linewidth=2.0)


def fan_legend(colour: str = BLUE) -> list[Artist]:
    """What the parts of a fan mean."""
    return [
        Line2D([], [], color=colour, linewidth=2.0, label="Median"),
        Patch(facecolor=colour, alpha=NARROW + WIDE, label="Middle 50 % of trials"),
        Patch(facecolor=colour, alpha=WIDE, label="Middle 90 %"),
    ]
