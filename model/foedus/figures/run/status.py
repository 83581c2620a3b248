"""Shares of trials in which each member is active, frozen or out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.patches import Patch

from foedus.dictionary.vocabulary import STATUS_NAMES
from foedus.figures.style import marks, marks_note, page, panel_size, panel_title, panels, years
from foedus.runs.provenance import provenance
from foedus.telling.cast import Cast
from foedus.telling.headlines import status_headline
from foedus.telling.numbers import percent
from foedus.telling.palette import STATUS_COLOURS

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from foedus.simulation.outcome import Ensemble
    from foedus.telling.summary import Summary

ROOM = 0.07
"""Smallest share of a bar in which its number has room."""


def status_figure(ensemble: Ensemble, summary: Summary) -> Figure:
    """Stacked shares of trials by status for each member, month by month."""
    cast, dates = Cast(ensemble), ensemble.dates
    found = cast.marks()
    note = (
        "Share of trials in which a member is active, frozen or out, month by month."
        f"{marks_note(found, dates)}"
    )
    title = f"{status_headline(summary)}."
    count = len(ensemble.members)
    figure = page(panel_size(count), title, note, provenance(ensemble), status_legend())
    shares = 100.0 * ensemble.status_counts / ensemble.trials
    for n, ax in enumerate(panels(figure, dates, count, "Share of trials (%)")):
        stack = [shares[:, n, STATUS_NAMES.index(name)] for name in STATUS_COLOURS]
        ax.stackplot(years(dates), stack, colors=list(STATUS_COLOURS.values()), linewidth=0)
        ax.set_ylim(0.0, 100.0)
        marks(ax, found, dates)
        panel_title(ax, cast.member_titles[n])
    return figure


def status_bars(ax: Axes, summary: Summary) -> Axes:
    """Status at the end: a bar a member, cut by share of trials."""
    titles = [one.title for one in summary.members]
    left = [0.0] * len(titles)
    for name, colour in STATUS_COLOURS.items():
        shares = [one.end_status[name].share for one in summary.members]
        widths = [100.0 * share for share in shares]
        bars = ax.barh(titles, widths, left=left, color=colour, height=0.72)
        words = [f"{percent(share)} %" if share >= ROOM else "" for share in shares]
        ink = "black" if name == "frozen" else "white"
        ax.bar_label(bars, words, label_type="center", color=ink, fontsize=8.0)
        left = [a + b for a, b in zip(left, widths, strict=True)]
    ax.invert_yaxis()
    ax.set_xlim(0.0, 100.0)
    ax.set_xlabel("Share of trials (%)")
    ax.grid(visible=False, axis="y")
    ax.tick_params(axis="y", length=0)
    return ax


def status_legend() -> list[Artist]:
    """What the colours mean."""
    return [Patch(color=colour, label=name) for name, colour in STATUS_COLOURS.items()]
