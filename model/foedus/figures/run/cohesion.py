"""Fan charts of cohesion, its factors, and what stands apart from it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from foedus.figures.style import SHORT, SMALL_POINTS, fitted, marks, page, time_axis, years
from foedus.runs.provenance import provenance
from foedus.statistics.quantiles import histogram_quantiles
from foedus.telling.headlines import cohesion_headline, reference_words
from foedus.telling.palette import BLUE, FAINT, INK
from foedus.telling.words import (
    APART,
    COMPONENT_MEANINGS,
    COMPONENT_TITLES,
    FACTORS,
    Titles,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from foedus.simulation.outcome import Ensemble
    from foedus.telling.summary import Summary

WIDE, NARROW = 0.18, 0.38
"""Opacity of the 90 % and of the 50 % band."""

LEAST_TOP, HEADROOM = 0.2, 1.1
"""Lowest end of an axis of cohesion, and how far it goes beyond the reference."""

WIDE_ROOM, NARROW_ROOM, ONE_LINE = 3.2, 1.9, 0.16
"""Room for what a panel's measure means, in inches."""


def cohesion_figure(ensemble: Ensemble, summary: Summary) -> Figure:
    """Cohesion large; below it its three factors, and what stands apart, month by month."""
    dotted = Titles(ensemble).marks()
    note = "Medians and bands over the trials. Cohesion is the product of its three factors, "
    note += "member by member and crisis by crisis; what stands apart is never averaged in."
    if dotted:
        note += " Dotted: what the scenario itself does."
    figure = page(
        (11.0, 9.6), f"{cohesion_headline(summary)}.", note, provenance(ensemble), fan_legend()
    )
    grid = figure.add_gridspec(3, len(FACTORS) * len(APART), height_ratios=(1.9, 1.0, 1.0))
    large = cohesion_fan(figure.add_subplot(grid[0, :]), ensemble, summary)
    large.set_title(f"Cohesion: {COMPONENT_MEANINGS['cohesion']}")
    marks(large, dotted, ensemble.dates, labels=True)
    for row, (names, label) in enumerate(((FACTORS, "Factor"), (APART, "Apart")), start=1):
        width = grid.ncols // len(names)
        for n, name in enumerate(names):
            place = grid[row, n * width : (n + 1) * width]
            small = _component(figure.add_subplot(place), ensemble, name)
            marks(small, dotted, ensemble.dates)
            small.tick_params(labelleft=n == 0)
            small.set_ylabel(f"{label} (0 to 1)" if n == 0 else "")
            if row == 1:
                small.set_xlabel("")
    return figure


def cohesion_fan(ax: Axes, ensemble: Ensemble, summary: Summary) -> Axes:
    """Cohesion over time, with the level of the reference date and per cent of it on the right.

    The axis ends a little above what is reached: the answer to a hard test is never near 1.
    """
    fan(ax, ensemble, "cohesion")
    time_axis(ax, ensemble.dates)
    reference = summary.reference
    place = [(one.name, one.member) for one in ensemble.series].index(("cohesion", None))
    (high,) = histogram_quantiles(ensemble.histograms[:, place], (0.95,)).T
    top = min(1.0, math.ceil(10.0 * max(LEAST_TOP, HEADROOM * reference, *high)) / 10.0)
    ax.set_ylim(0.0, top)
    ax.set_ylabel("Cohesion (0 to 1)")
    if not reference > 0.0:
        return ax
    ax.axhline(reference, color=INK, linewidth=0.9, linestyle="--", zorder=1.6)
    ax.annotate(
        f"{reference_words(summary)[:1].upper()}{reference_words(summary)[1:]}",
        (0.995, reference),
        xycoords=("axes fraction", "data"),
        xytext=(0, 2),
        textcoords="offset points",
        ha="right",
        va="bottom",
        fontsize=SMALL_POINTS,
        color=FAINT,
    )
    right = ax.secondary_yaxis("right", functions=_per_cent_of(reference))
    right.set_ylabel(f"Per cent of {reference_words(summary)}")
    return ax


def _per_cent_of(reference: float) -> tuple[Callable[[Any], Any], Callable[[Any], Any]]:
    """From a level to per cent of another, and back."""
    return lambda level: 100.0 * level / reference, lambda share: share * reference / 100.0


def _component(ax: Axes, ensemble: Ensemble, name: str) -> Axes:
    fan(ax, ensemble, name)
    time_axis(ax, ensemble.dates, ticks=3 if name in APART else 6)
    ax.set_xlabel("Year" if len(ensemble.dates) > SHORT else "Month")
    ax.set_title(f"{COMPONENT_TITLES[name]}\n", fontsize=9.0)
    room = WIDE_ROOM if name in FACTORS else NARROW_ROOM
    text, points = fitted(COMPONENT_MEANINGS[name], room, ONE_LINE, SMALL_POINTS)
    meaning = ax.text(0.0, 1.03, text, transform=ax.transAxes)
    meaning.set(fontsize=points, color=FAINT, in_layout=False)
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
